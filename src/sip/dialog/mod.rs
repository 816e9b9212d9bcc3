//! Dialogs: what two user agents share between INVITE and BYE (RFC 3261 §12).

mod state;
mod target;

pub(crate) use state::Dialog;
pub(crate) use target::Targets;
