//! From Gherkin to agents and checks: the World, the leases, and the phrases grouped by
//! concept. A step's verdict comes from a check; nothing is judged here.

mod adapter;
mod answering;
mod cast;
mod closing;
mod dialling;
mod hanging_up;
mod hearing;
mod holding;
mod lease;
mod pairing;
mod phrase;
mod registering;
mod transferring;
mod waiting;
mod world;

pub use closing::Closed;
pub use lease::{Lease, Need, Pool};
pub use phrase::{collection, phrase_list};
pub use world::{Options, Scene, World};

pub use crate::agent::Stage;
