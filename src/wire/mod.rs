//! Sockets, names and the tap. Nothing here knows SIP or RTP (but for where a message
//! ends in a stream): bytes go in and out, and every datagram is stamped and kept *before* anybody parses it.

mod bind;
mod channel;
mod clock;
mod framing;
mod pcap;
mod refused;
mod resolve;
mod streams;
mod tap;
mod tls;

pub use bind::{BindError, bind_udp};
pub use channel::{Alter, Channel, Protocol};
pub use clock::Clock;
pub use framing::FramingError;
pub use pcap::{CaptureError, write_pcap};
pub use refused::Refused;
pub use resolve::{ResolveError, resolve};
pub use tap::{Datagram, Tap, Way};
pub use tls::{Certified, Tls, TlsError, Trust};
