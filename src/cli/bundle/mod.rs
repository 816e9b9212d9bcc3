//! One archive of a run that can be sent and checked: the record, its reports, captures and
//! recordings, the profile with its passwords masked, and a manifest of SHA-256 digests.
//!
//! The archive is a `.tar.gz` with everything below one folder, and the same run makes the
//! same bytes. The manifest is no signature: whoever can write an archive can write another
//! record and its manifest. What [`verify`] shows is that nothing was lost or altered on the
//! way, and that the reports say what the record says and nothing else.

mod archive;
mod contents;
mod manifest;
mod name;
mod pack;
mod verify;

pub(super) use pack::pack;
pub(super) use verify::{Attested, verify};

/// Why there is no bundle, or none that can be judged.
#[derive(Debug, thiserror::Error)]
pub(super) enum BundleError {
    /// A file of the run cannot be read.
    #[error("{path}: {error}\n  a bundle needs all that the record names; restore the file")]
    File {
        /// Which.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// The folder holds something else than the run left there.
    #[error("{0}")]
    Folder(String),
    /// The archive cannot be written.
    #[error("{path} cannot be written: {error}\n  name another file with --bundle")]
    Write {
        /// Which.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// The archive cannot be read as one.
    #[error("{path} is no bundle that can be read: {why}")]
    Archive {
        /// Which.
        path: String,
        /// What is wrong with it.
        why: String,
    },
}
