//! Sockets, names, STUN and the tap. Nothing here knows SIP or RTP (but for where a message
//! ends in a stream): bytes go in and out, and every datagram is stamped and kept *before* anybody parses it.

mod bind;
mod channel;
mod clock;
mod framing;
mod knock;
mod names;
mod pcap;
mod presented;
mod refused;
mod resolve;
mod stamped;
mod streams;
mod stun;
mod stun_server;
mod tap;
mod tls;
mod unverified;

pub use bind::{BindError, bind_udp};
pub use channel::{Alter, Channel, Protocol};
pub use clock::Clock;
pub use framing::FramingError;
pub use knock::knock;
pub use names::{NameError, NameRecords, Names, Naptr, Srv};
pub use pcap::{CaptureError, write_pcap};
pub use presented::{Distrust, HandshakeError, Presented, present};
pub use refused::Refused;
pub use resolve::{ResolveError, resolve};
pub(crate) use stamped::{Fetched, Fetcher, stamp_arrivals};
pub use stun::{STUN_PORT, StunError, StunReply, ask_stun, is_stun};
pub use stun_server::{StunManner, StunServer};
pub use tap::{Datagram, Tap, Way};
pub use tls::{BAD_CERTIFICATE, Certified, Tls, TlsError, Trust};
