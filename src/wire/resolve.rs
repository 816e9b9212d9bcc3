//! From a host of the profile to addresses.

use std::net::SocketAddr;

/// A name has no address (guide 5.2, "Unable to resolve URI").
#[derive(Debug, thiserror::Error)]
#[error("{host} cannot be resolved: {reason}")]
pub struct ResolveError {
    /// The host name.
    pub host: String,
    /// What the resolver said.
    pub reason: String,
}

/// Resolves a host name or literal address to every address it has, in the
/// system's order. SRV and NAPTR are looked up by [`super::Names`].
pub async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, ResolveError> {
    let failed = |reason: String| ResolveError { host: host.to_owned(), reason };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found: Vec<SocketAddr> = tokio::net::lookup_host((bare, port))
        .await
        .map_err(|error| failed(error.to_string()))?
        .collect();
    if found.is_empty() { Err(failed("it has no address".to_owned())) } else { Ok(found) }
}
