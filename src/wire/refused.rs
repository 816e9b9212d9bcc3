//! ICMP errors, and which destination they are about.

use std::io;
use std::net::SocketAddr;

/// Inside an [`io::Error`] of [`super::Channel::recv`]: nobody listens at the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nobody listens at {0} (ICMP port or host unreachable)")]
pub struct Refused(pub SocketAddr);

impl Refused {
    /// What an error says about a destination, if it does.
    pub fn in_error(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref::<Self>().copied()
    }
}
