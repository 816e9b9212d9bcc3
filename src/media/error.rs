//! Why media could not be set up or written.

use std::io;
use std::path::PathBuf;

use crate::wire::BindError;

/// A failure of the media layer.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// No port for RTP or RTCP could be bound.
    #[error("bind a media port: {0}")]
    Bind(#[from] BindError),
    /// No even port with a free odd neighbour was found (RFC 3550 §11).
    #[error("find a free pair of media ports on {0}")]
    NoPortPair(std::net::IpAddr),
    /// A thread or a poller of the engine could not be started.
    #[error("start the media engine: {0}")]
    Engine(io::Error),
    /// The engine is shutting down.
    #[error("open a leg: the media engine has ended")]
    Ended,
    /// A recording could not be written.
    #[error("write {path}: {source}")]
    Recording {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        source: hound::Error,
    },
}
