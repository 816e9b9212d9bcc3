//! Defects of real PBXs, one row each, to be switched on at start.
//!
//! A defect is real misbehaviour on the wire; no check ever reads which are on. A row
//! says what it does and what should be found. How it is done stands where the PBX decides
//! (it asks [`Defects::has`]), or in a function beside the row that alters SIP messages
//! between the PBX and its socket ([`tamper`]). The rows are in one file per
//! phase of a call, as the table of advice is.

mod caller_id;
mod certificate;
mod defect;
mod description;
mod dialogs;
mod form;
mod hold;
mod keys;
mod load;
mod media;
mod network;
mod other_holds;
mod other_transfers;
mod protection;
mod refer;
mod registration;
mod resume;
mod row;
mod rtp;
mod sdp;
mod set;
mod set_up;
mod sound;
mod tamper;
mod teardown;
mod transfer;
mod transferred;
mod unanswered;

pub(super) use certificate::Flaw;
pub use defect::Defect;
pub(super) use hold::{Held, Meets};
pub(super) use other_holds::Offer;
pub(super) use protection::Keying;
pub use row::{Row, Setting};
pub(super) use sdp::Change;
pub use set::{DefectError, Defects};
pub(super) use tamper::Tampering;
pub(super) use teardown::Farewell;
pub(super) use transfer::{Handling, Misrouted, NotifyStyle};
