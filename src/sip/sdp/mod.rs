//! Session descriptions and the offer/answer exchange (RFC 8866, RFC 3264).
//!
//! The reader is our own: what the report says about a PBX hangs on the difference between
//! a direction that was written and one that was implied, and no crate keeps it.

mod codec;
mod crypto;
mod description;
mod evaluate;
mod every_codec;
mod local;
mod negotiation;
mod offered;
mod read;
mod remark;

pub use codec::CodecSpec;
pub use crypto::{Encryption, KeyMaterial, Protection, SuiteSpec};
pub use description::{Attribute, Media, Origin, Session};
pub use evaluate::Agreed;
pub use every_codec::{EVERY_CODEC, Enabled, beyond};
pub use local::Local;
pub use negotiation::Negotiation;
pub use read::SdpError;
