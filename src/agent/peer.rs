//! Where a phone's requests go: the PBX, or the provider of an outside account.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::profile::{Protocol, Target};
use crate::wire::{self, Names, resolve};

/// How long DNS may take for one question; whoever has no SRV record waits no longer than that.
const LIMIT: Duration = Duration::from_secs(3);

/// The server that SRV records name.
async fn by_records(server: Target<'_>) -> Option<SocketAddr> {
    let protocol = match server.protocol {
        Protocol::Udp => wire::Protocol::Udp,
        Protocol::Tcp => wire::Protocol::Tcp,
        Protocol::Tls => wire::Protocol::Tls,
    };
    Names::of_this_machine(LIMIT).ok()?.server(server.host, protocol).await
}

/// A SIP domain and the address behind it, resolved once per run. A name that has no
/// address is kept as such: it is a verdict (guide 5.2), not an error of the program.
#[derive(Debug, Clone)]
pub struct Peer {
    domain: String,
    address: Result<SocketAddr, String>,
}

impl Peer {
    /// Finds the server of a profile on behalf of `domain`: where SRV records name one for a
    /// host without a port, that, else the addresses of the host (RFC 3263 §4.2).
    pub async fn locate(domain: &str, server: Target<'_>) -> Self {
        let host = server.host;
        let named = if server.is_looked_up() { by_records(server).await } else { None };
        let address = match named {
            Some(address) => Ok(address),
            None => match resolve(host, server.port_or_default()).await {
                Ok(addresses) => {
                    addresses.first().copied().ok_or_else(|| format!("{host} has no address"))
                }
                Err(error) => Err(error.to_string()),
            },
        };
        Self { domain: domain.to_owned(), address }
    }

    /// Resolves `host` on behalf of `domain`; only an address of the family that we ask from is of use.
    pub async fn resolve_like(ours: IpAddr, domain: &str, host: &str, port: u16) -> Self {
        let address = match resolve(host, port).await {
            Ok(addresses) => addresses
                .into_iter()
                .find(|address| address.is_ipv4() == ours.is_ipv4())
                .ok_or_else(|| format!("{host} has no address of the family of {ours}")),
            Err(error) => Err(error.to_string()),
        };
        Self { domain: domain.to_owned(), address }
    }

    /// Host part of addresses of record.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The address, or why there is none.
    pub fn address(&self) -> Result<SocketAddr, &str> {
        self.address.as_ref().copied().map_err(String::as_str)
    }
}
