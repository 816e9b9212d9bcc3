//! A call: legs that the PBX keeps apart in signalling and joins in the media relay.
//!
//! Each leg is a dialog of its own (RFC 7092 §3.2.3, a media-terminating back-to-back user agent).
//! One task owns the whole call, so that nothing in it happens at the same time.

mod attended;
mod dial;
mod farewell;
mod hearing;
mod leg;
mod start;
mod state;
mod task;
mod transfer;

pub(super) use attended::Remote;
pub(super) use start::start;
