//! From the next hop's URI to an address.

use std::net::SocketAddr;

use crate::sip::Uri;
use crate::wire;

/// Where a dialog's requests go. A name is resolved once per dialog.
#[derive(Debug)]
pub(crate) struct Targets {
    /// Where the dialog began, for a next hop that has no address.
    origin: SocketAddr,
    known: Option<(String, SocketAddr)>,
}

impl Targets {
    pub(crate) fn new(origin: SocketAddr) -> Self {
        Self { origin, known: None }
    }

    /// The address of a next hop: a literal one as it stands, however unreachable it
    /// looks; a name as resolved; the origin if neither.
    pub(crate) async fn address(&mut self, hop: Option<Uri>) -> SocketAddr {
        let Some(hop) = hop else { return self.origin };
        if let Some(address) = hop.socket_addr() {
            return address;
        }
        let name = hop.host_port();
        if let Some((known, address)) = &self.known
            && *known == name
        {
            return *address;
        }
        let address = match wire::resolve(&hop.host, hop.port.unwrap_or(5060)).await {
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
