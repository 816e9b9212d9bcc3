//! From the next hop's URI to an address.

use std::net::SocketAddr;

use crate::sip::Uri;
use crate::wire::{self, Channel};

/// Where a dialog's requests go. A name is resolved once per dialog.
#[derive(Debug)]
pub(crate) struct Targets {
    /// Where the dialog began, for a next hop that has no address.
    origin: SocketAddr,
    known: Option<(String, SocketAddr)>,
    channel: Channel,
    /// Whether a connection that the dialog began over serves for every next hop.
    server: bool,
}

impl Targets {
    pub(crate) fn new(origin: SocketAddr, channel: Channel, server: bool) -> Self {
        Self { origin, known: None, channel, server }
    }

    /// The address of a next hop: a literal one as it stands, however unreachable it
    /// looks; a name as resolved; the origin if neither. Where the dialog began over a
    /// connection and the hop is the same machine, that connection serves: who opened it may
    /// not take any (RFC 5923 §3). A server keeps to it for any hop: a phone behind a router
    /// comes from another address than it knows of itself (RFC 5626 §5.3).
    pub(crate) async fn address(&mut self, hop: Option<Uri>) -> SocketAddr {
        let Some(hop) = hop else { return self.origin };
        let address = self.resolved(&hop).await;
        let here = self.server || address.ip() == self.origin.ip();
        if here && self.channel.is_connected(self.origin) {
            return self.origin;
        }
        address
    }

    async fn resolved(&mut self, hop: &Uri) -> SocketAddr {
        if let Some(address) = hop.socket_addr() {
            return address;
        }
        let name = hop.host_port();
        if let Some((known, address)) = &self.known
            && *known == name
        {
            return *address;
        }
        let address = match wire::resolve(&hop.host, hop.port_or_default()).await {
            Ok(found) => found
                .iter()
                .find(|address| address.is_ipv4() == self.origin.is_ipv4())
                .or(found.first())
                .copied()
                .unwrap_or(self.origin),
            Err(error) => {
                tracing::warn!(%error, fallback = %self.origin, "next hop has no address");
                self.origin
            }
        };
        self.known = Some((name, address));
        address
    }
}
