//! What can keep an agent from doing what it was told.

use crate::media::MediaError;
use crate::wire::{BindError, TlsError};

/// An agent could not act. None of these is a verdict on the PBX: what the PBX does
/// is an observation.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// A socket of the profile is not to be had.
    #[error("open {what}: {source}")]
    Bind {
        /// Which address of the profile.
        what: &'static str,
        /// Why.
        source: BindError,
    },
    /// Certificates or keys of the profile are of no use.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The media engine has no socket or thread left.
    #[error("start media: {0}")]
    Media(#[from] MediaError),
    /// The PBX's trunk was to register to us and has not.
    #[error("reach the PBX: its trunk has not registered")]
    TrunkNotRegistered,
    /// The PBX's name has no address (guide 5.2, "Unable to resolve URI").
    #[error("reach the PBX: {0}")]
    Unresolved(String),
    /// The profile has too few of something.
    #[error("find {0} in the profile")]
    Lacking(String),
    /// There is no call to act upon.
    #[error("{0}: the party has no call in that state")]
    NoCall(&'static str),
}
