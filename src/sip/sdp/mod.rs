//! Session descriptions and the offer/answer exchange (RFC 8866, RFC 3264).
//!
//! The reader is our own: what the report says about a PBX hangs on the difference between
//! a direction that was written and one that was implied, and no crate keeps it.

mod codec;
mod description;
mod evaluate;
mod local;
mod negotiation;
mod read;
mod remark;

pub use codec::CodecSpec;
pub use description::{Attribute, Media, Origin, Session};
pub use evaluate::Agreed;
pub use local::Local;
pub use negotiation::Negotiation;
pub use read::SdpError;
