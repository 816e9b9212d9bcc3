//! Guide sections 2 to 5: whether the PBX is ready for the bridge, from what the probes and the
//! phones saw.

mod admission;
mod alg;
mod certificate;
mod fact;
mod firewall;
mod fragmentation;
mod licences;
mod public_address;
mod reachability;
mod registration_timeout;
mod remote_port;
mod rewritten_contact;
mod scope;
mod shared_extension;
mod softphone;
mod topology;
mod vantage;

pub use admission::{Barrier, let_in};
pub use alg::unaltered;
pub use certificate::certified;
pub use firewall::{any_source_port, media_port_outside};
pub use fragmentation::fragments_pass;
pub use licences::{Turn, at_once};
pub use public_address::{ReachedAt, names_itself, sends_from, wants_media};
pub use reachability::{reached, resolved};
pub use registration_timeout::{called_though_removed, lasts_when_renewed, removed};
pub use remote_port::{answers_at_port, right_port};
pub use rewritten_contact::{called_as_registered, contact_kept};
pub use shared_extension::{both_ring, no_desk_phone, rings_alone, stops_ringing};
pub use softphone::{
    fragments_came_through, is_too_large, large_invite, lost_as_fragments, may_be_too_long,
    outgoing_only, rang_only_briefly, speakable, unless_translated,
};
pub use vantage::{from_outside, stun, vantage};
