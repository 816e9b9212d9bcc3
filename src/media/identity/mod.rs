//! Voices that a listener can tell apart: what they are made of and how they sound.

mod code;
mod generator;
mod tones;
mod voice;

pub(crate) use generator::{FADE, fade};
pub use generator::{SPOKEN_DBM0, Speaker};
pub use voice::Identity;

pub(crate) use code::{PERIOD, SYMBOL_SAMPLES, symbol_at, triple};
pub(crate) use tones::{HIGH, LOW, TONES, pair_of, symbol_of};
