//! Where a phone's requests go: the PBX, or the provider of an outside account.

use std::net::SocketAddr;

use crate::wire::resolve;

/// A SIP domain and the address behind it, resolved once per run. A name that has no
/// address is kept as such: it is a verdict (guide 5.2), not an error of the program.
#[derive(Debug, Clone)]
pub struct Peer {
    domain: String,
    address: Result<SocketAddr, String>,
}

impl Peer {
    /// Resolves `host`, which requests go to, on behalf of `domain`.
    pub async fn resolve(domain: &str, host: &str, port: u16) -> Self {
        let address = match resolve(host, port).await {
            Ok(addresses) => {
                addresses.first().copied().ok_or_else(|| format!("{host} has no address"))
            }
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
