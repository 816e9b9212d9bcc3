//! Two endpoints on loopback, or one and a raw socket: calls, races and repairs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod calls;
mod digest;
mod endpoint;
mod forks;
mod offers;
mod pair;
mod races;
mod raw;
mod repairs;
mod streams;
mod timers;
mod transfers;
