//! Judgements: pure functions from what was observed and heard to a verdict with
//! cause. `None` means that it is too early to say.

mod advice;
mod answer;
mod caller_id;
mod hang_up;
mod hold_answer;
mod judgement;
mod registration;
mod ringing;
mod transfer;

pub use advice::{Advice, advice};
pub use answer::answered;
pub use caller_id::{Allowed, caller_id};
pub use hang_up::{both_ended, dropped, silent_after_end};
pub use hold_answer::{hold_answered, resume_answered};
pub use judgement::Judgement;
pub use registration::{expiry, registered, same_address};
pub use ringing::{Ring, caller_sees_ringing, rings};
pub use transfer::{accepted, notify_note, transferor_released};
