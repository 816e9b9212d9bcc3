//! Panics that nobody would hear of.
//!
//! While it runs, cucumber silences every panic of the process, also those of threads that
//! it knows nothing of. A fault of the harness must be told with its place, so that it is
//! mended and not taken for one of the PBX.

/// From now on each panic is logged. To be called while cucumber runs, which puts a silent
/// hook in place when it starts and the former one back when it ends.
pub(super) fn tell() {
    std::panic::set_hook(Box::new(|panic| tracing::error!("pbxcert is at fault: {panic}")));
}
