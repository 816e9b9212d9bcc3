//! What a phone can do, and the phones of a certification: the bridge's Teams users on
//! one socket, the outside, and other extensions.
//!
//! Verbs start something and return; what comes of it is appended to the scenario's
//! [`Log`], on which a step waits with a deadline. Agents never judge.

mod answer;
mod attended;
mod binding;
mod call;
mod call_events;
mod caller_id;
mod connect;
mod contact_data;
mod dial;
mod error;
mod evidence;
mod hang_up;
mod hold;
mod incoming;
mod line;
mod log;
mod mid_call;
mod node;
mod peer;
mod phone;
mod presented;
mod register;
mod router;
mod softphone;
mod stage;
mod transfer;
mod transport;
mod trunk_registrar;

pub use call::Call;
pub use error::AgentError;
pub use evidence::{Gathered, PROBING, gather, write_rest};
pub use line::Line;
pub use log::Log;
pub use peer::Peer;
pub use phone::{Phone, PhoneSpec};
pub use stage::{Place, Stage};
pub use transfer::{BYE_AFTER_ACCEPT, Leaving};
