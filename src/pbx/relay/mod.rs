//! The media relay: one thread that owns every RTP and RTCP socket of the PBX, passes
//! packets between legs, and plays music and ringback on its own clock.
//!
//! A leg has a *port*. What a port sends is its *source*: another port, a sound, or
//! nothing. The call decides sources; the thread never looks at calls. What is wrong with
//! a broken relay stands in `fault`.

mod allocate;
mod engine;
mod fault;
mod handle;
mod line;
mod outgoing;
mod playlist;
mod report;
mod transcoder;

pub(super) use fault::{AudioFault, Faults, Mixing, PassageFault, StreamFault};
pub use handle::RelayError;
pub(super) use handle::{Board, Port, PortId, Relay, Source, Stream};
