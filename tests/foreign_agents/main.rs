//! Real user agents on the reference PBX: it shares its SIP layer with the agents of the
//! harness, so a bug on both sides could hide from every test between the two.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed test is a failed test")]

mod baresip;
mod codecs;
mod ezk;
mod ffmpeg;
mod phones;
mod process;
mod rsipstack;
mod sipp;
mod site;
mod stock;
mod voice;

use std::net::{SocketAddr, UdpSocket};

/// Bound and let go: a port that nobody has.
fn free(ip: [u8; 4]) -> SocketAddr {
    UdpSocket::bind(SocketAddr::from((ip, 0))).unwrap().local_addr().unwrap()
}
