//! Sockets, names and the tap. Nothing here knows SIP or RTP: bytes go in and out,
//! and every datagram is stamped and kept *before* anybody parses it.

mod bind;
mod channel;
mod clock;
mod pcap;
mod refused;
mod resolve;
mod tap;

pub use bind::{BindError, bind_udp};
pub use channel::{Alter, Channel, Protocol};
pub use clock::Clock;
pub use pcap::{CaptureError, write_pcap};
pub use refused::Refused;
pub use resolve::{ResolveError, resolve};
pub use tap::{Datagram, Tap, Way};
