//! The four transaction machines of RFC 3261 §17, pure: no socket, no clock.

pub mod invite_client;
pub mod invite_server;
pub mod request_client;
pub mod request_server;
mod step;
mod timers;

pub use step::{Action, Timer};
pub use timers::Timers;
