//! From Gherkin to agents and checks: the World, the leases, and the phrases grouped by
//! concept. A step's verdict comes from a check; nothing is judged here.

mod adapter;
mod admitting;
mod answering;
mod cast;
mod closing;
mod contacts;
mod crowd;
mod dialling;
mod failing;
mod giving_up;
mod hanging_up;
mod hearing;
mod holding;
mod joining;
mod keys;
mod lease;
mod licensing;
mod mid_call;
mod nodes;
mod numbering;
mod pairing;
mod phrase;
mod presenting;
mod reaching;
mod registering;
mod securing;
mod sharing;
mod softphone;
mod transferring;
mod trying;
mod waiting;
mod world;

pub use closing::Closed;
pub use lease::{Lease, Need, Pool, Users};
pub use phrase::{collection, phrase_list};
pub use world::{Options, Scene, World};

pub use crate::agent::Stage;
