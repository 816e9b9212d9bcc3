//! What a broken relay does to what its ports send.
//!
//! A healthy relay has no [`Faults`], and its ports no [`Impaired`]. A faulty one takes a
//! packet through three places: what is heard (`audio`), what its header says (`stream`),
//! and how it reaches the phone (`passage`).

mod audio;
mod impaired;
mod kind;
mod mixing;
mod passage;
mod stream;

pub(super) use impaired::Impaired;
pub(in crate::pbx) use kind::{AudioFault, Faults, Mixing, PassageFault, StreamFault};
pub(super) use mixing::{Route, mix};
