//! Judgements: pure functions from what was observed and heard to a verdict with
//! cause. `None` means that it is too early to say.

mod advice;
mod answer;
mod call_advice;
mod caller_id;
mod connecting;
mod contact;
mod continuity;
mod ear;
mod hang_up;
mod hold_answer;
mod hold_music;
mod judgement;
mod media_address;
mod quality;
mod registration;
mod ringing;
mod stream;
mod stream_advice;
mod transfer;
mod two_way_audio;

pub use advice::{Advice, advice};
pub use answer::answered;
pub use caller_id::{Allowed, caller_id};
pub use connecting::hears_connecting;
pub use contact::with_contact_address;
pub use continuity::continuity;
pub use ear::{Ear, Span};
pub use hang_up::{both_ended, dropped, silent_after_end};
pub use hold_answer::{hold_answered, resume_answered};
pub use hold_music::hold_music;
pub use judgement::Judgement;
pub use media_address::with_media_address;
pub use quality::{expected_changes, quality_notes, unless_late};
pub use registration::{expiry, forgotten, registered, same_address, unanswered};
pub use ringing::{Ring, called_at_contact, caller_sees_ringing, rings};
pub use stream::{with_stream, with_stuck_music};
pub use transfer::{
    accepted, heard_after_transfer, notify_note, transfer_lost, transferor_released,
};
pub use two_way_audio::{Phases, two_way_audio};
