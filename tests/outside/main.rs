//! The other two ways to the outside: accounts that own numbers, at a provider, and a PBX whose
//! trunk registers to us.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod mistakes;
mod provider;
mod registering_trunk;
mod rewritten;
mod router;
mod run;
mod same_pbx;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// A free port.
const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
