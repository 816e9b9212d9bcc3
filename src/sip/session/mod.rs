//! Calls: an INVITE dialog usage as UAC or UAS, each in a task of its own.

mod event;
mod handle;
mod task;

pub use event::{OfferReply, ReferReply, SessionError, SessionEvent, SessionEvents};
pub use handle::{InviteSpec, Session};
