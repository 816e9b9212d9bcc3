//! Judgements: pure functions from what was observed and heard to a verdict with
//! cause. `None` means that it is too early to say.

mod advice;
mod answer;
mod caller_id;
mod connecting;
mod contact;
mod contact_data;
mod continuity;
mod ear;
mod failed_transfer;
mod hang_up;
mod hold_answer;
mod hold_music;
mod holder_media;
mod judgement;
mod keys;
mod load;
mod media_address;
mod mid_call;
mod node;
mod number_form;
mod protection;
mod quality;
mod readiness;
mod registration;
mod ringing;
mod stream;
mod transfer;
mod two_way_audio;
mod unanswered;

pub use advice::{Advice, advice};
pub use answer::answered;
pub use caller_id::{Allowed, caller_id, shown_by_provider};
pub use connecting::hears_connecting;
pub use contact::with_contact_address;
pub use contact_data::{ContactTrial, better_value, data_comes_back};
pub use continuity::continuity;
pub use ear::{Ear, Span};
pub use failed_transfer::{
    FailedTransfer, all_released, introduced, lost_its_call, transfer_failed, transfer_settled,
};
pub use hang_up::{both_ended, dropped, silent_after_end};
pub use hold_answer::{hold_answered, resume_answered};
pub use hold_music::hold_music;
pub use holder_media::sent_nothing;
pub use judgement::{Judgement, elsewhere};
pub use keys::{Keys, keys_received, no_key_events};
pub use load::{Lacking, carried, heard_together, load_steps, registered_together};
pub use media_address::with_media_address;
pub use mid_call::{
    answer_repeated, codec_changed, offer_made, port_changed, refreshed, timer_taken,
};
pub use node::{both_bindings, one_node, reaches_other_node};
pub use number_form::{
    DialledForm, nobody_abroad, number_form, prefix_kept, shown_number, unless_extension,
    unless_unknown,
};
pub use protection::with_keys;
pub use quality::{Timeliness, expected_changes, quality_notes, unless_late};
pub use readiness::{
    Barrier, ReachedAt, Turn, answers_at_port, any_source_port, at_once, both_ring,
    called_as_registered, called_though_removed, certified, contact_kept, fragments_came_through,
    fragments_pass, from_outside, is_too_large, large_invite, lasts_when_renewed, let_in,
    lost_as_fragments, may_be_too_long, media_port_outside, names_itself, no_desk_phone,
    outgoing_only, rang_only_briefly, reached, removed, resolved, right_port, rings_alone,
    sends_from, speakable, stops_ringing, stun, unaltered, unless_translated, vantage, wants_media,
};
pub use registration::{expiry, forgotten, registered, same_address, unanswered};
pub use ringing::{Ring, called_at_contact, caller_sees_ringing, rings};
pub use stream::with_stream;
pub use transfer::{
    accepted, heard_after_transfer, notify_note, stays_between, transfer_lost, transferor_released,
};
pub use two_way_audio::{Phases, two_way_audio};
pub use unanswered::{Patience, given_up, refusal_told, ringing_over, still_rings, taken_back};
