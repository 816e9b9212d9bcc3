//! How many files and sockets this program may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Takes all that the system allows: every leg of a call has two sockets, and 1024 files, which
/// systems give for a start, are 250 calls with the embedded PBX at their other ends.
pub(super) fn allow_all() {
    let limit = getrlimit(Resource::Nofile);
    // Without more there are fewer calls at once, and whoever opens one too many says so.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}
