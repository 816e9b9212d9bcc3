//! From the transport that a profile names to sockets.

use std::net::SocketAddr;
use std::path::Path;

use super::AgentError;
use crate::profile::{Bridge, Protocol};
use crate::wire::{Certified, Channel, Tap, Tls, Trust};

/// Whom the profile trusts in place of this machine's authorities.
pub(super) fn trusted<'a>(ca_pem: Option<&'a str>, ca_file: Option<&'a Path>) -> Trust<'a> {
    match (ca_pem, ca_file) {
        (Some(pem), _) => Trust::Pem(pem),
        (None, Some(path)) => Trust::File(path),
        (None, None) => Trust::Machine,
    }
}

/// What a line speaks to its peer.
#[derive(Debug, Clone)]
pub(super) enum Transport {
    /// UDP; connections are taken too, since a message that is too long for UDP comes over
    /// one (RFC 3261 §18.1.1).
    Udp,
    Tcp,
    Tls(Tls),
}

impl Transport {
    /// To a PBX or provider of this host name.
    pub(super) fn to(
        protocol: Protocol,
        host: &str,
        trust: Trust<'_>,
        bridge: &Bridge,
    ) -> Result<Self, AgentError> {
        Ok(match protocol {
            Protocol::Udp => Self::Udp,
            Protocol::Tcp => Self::Tcp,
            Protocol::Tls => {
                let own = bridge.certificate.as_ref();
                let own = own.map(|(chain, key)| Certified::read(chain, key)).transpose()?;
                Self::Tls(Tls::new(host, trust, own.as_ref())?)
            }
        })
    }

    /// The parameter that a Contact needs to be called over it (RFC 3261 §19.1.1).
    pub(super) const fn parameter(&self) -> &'static str {
        match self {
            Self::Udp => "",
            Self::Tcp => ";transport=tcp",
            Self::Tls(_) => ";transport=tls",
        }
    }

    /// The port of an address that names none.
    pub(super) const fn default_port(&self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 5060,
            Self::Tls(_) => 5061,
        }
    }

    pub(super) fn bind(
        &self,
        what: &'static str,
        at: SocketAddr,
        tap: Tap,
    ) -> Result<Channel, AgentError> {
        let bound = match self {
            Self::Udp => Channel::every(at, None, tap),
            Self::Tcp => Channel::tcp(at, tap),
            Self::Tls(tls) => Channel::tls(at, tls.clone(), tap),
        };
        bound.map_err(|source| AgentError::Bind { what, source })
    }
}
