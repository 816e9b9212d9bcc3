//! How often the detector hears who does not speak, and does not hear who does.
//!
//! The engine's own mouths speak and its own ear listens; between them are codecs of other
//! programs, loss, clocks, clipping and every sound that a line may carry.

pub(crate) mod call;
pub(crate) mod codec;
pub(crate) mod count;
pub(crate) mod dice;
pub(crate) mod distractor;
pub(crate) mod hold;
pub(crate) mod music;
pub(crate) mod page;
pub(crate) mod path;
pub(crate) mod plan;
pub(crate) mod program;
pub(crate) mod row;
pub(crate) mod sound;
pub(crate) mod speech;
pub(crate) mod tones;
