//! How far an address reaches.

use std::net::IpAddr;

/// How far an address reaches: one that reaches less far than the one at which the PBX was
/// reached leads nowhere from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    Loopback,
    Link,
    Private,
    Global,
}

/// Of an address.
pub(super) fn scope(ip: IpAddr) -> Scope {
    match ip {
        IpAddr::V4(ip) => {
            // 100.64.0.0/10 is between a provider and its customers (RFC 6598).
            let shared = ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64;
            match () {
                () if ip.is_loopback() => Scope::Loopback,
                () if ip.is_link_local() => Scope::Link,
                () if ip.is_private() || shared => Scope::Private,
                () => Scope::Global,
            }
        }
        IpAddr::V6(ip) => match () {
            () if ip.is_loopback() => Scope::Loopback,
            () if ip.is_unicast_link_local() => Scope::Link,
            () if ip.is_unique_local() => Scope::Private,
            () => Scope::Global,
        },
    }
}
