//! Calls: an INVITE dialog usage as UAC or UAS, each in a task of its own.

mod acknowledge;
mod calling;
mod ending;
mod event;
mod handle;
mod offered;
mod offering;
mod outbox;
mod refer;
mod refresh;
mod reliable;
mod requests;
mod ringing;
mod start;
mod task;

pub use event::{OfferReply, ReferReply, SessionError, SessionEvent, SessionEvents};
pub use handle::{InviteSpec, Session};
