//! The engine: two threads for all legs.
//!
//! One sends when it is time and does nothing else; one, with time to spare, receives what
//! the system has stamped, decodes, hears, reports by RTCP and fills the tap. Agents never
//! wait for either for longer than a packet takes to send, and neither waits for agents.

mod doors;
mod ear;
mod guard;
mod handle;
mod handset;
mod keypad;
mod leg_state;
mod listener;
mod mouth;
mod oddities;
mod pacer;
mod passed_on;
mod playout;
mod pressure;
mod receiver;
mod reception;
mod reports;
mod roll;
mod roster;
mod spoken;
mod state;
mod strain;
mod talker;

pub use handle::Engine;
pub use handset::{Earpiece, Mouthpiece};

pub(crate) use handle::Running;
pub(crate) use leg_state::LegState;
pub(crate) use state::be_punctual;

#[cfg(test)]
mod loopback;
