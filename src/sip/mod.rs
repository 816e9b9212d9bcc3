//! SIP: a reader that takes what phones and PBXs really send, and a writer that is strict.
//!
//! Values first: [`Message`] and what its headers hold. `rsip` reads and writes single
//! values; wherever it refuses or would not reproduce the text (IPv6, `tel:`, quoted names
//! with `<`, unknown parameters…), the lenient reader of each value takes over.

mod alarms;
mod dialog;
pub mod digest;
pub mod endpoint;
pub mod identifier;

mod mask;
mod message;
mod method;
mod name_addr;
mod params;
pub mod sdp;
pub mod session;
mod split;
pub mod transaction;
mod uri;
mod via;

pub use mask::masked;
pub use message::{Header, Message, ReadError, StartLine, reason_phrase};
pub use method::Method;
pub use name_addr::NameAddr;
pub use params::Params;
pub use uri::{Uri, UriError};
pub use via::Via;
