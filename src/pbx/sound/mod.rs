//! What the PBX itself plays: music to the held, ringback to the transferred, and what
//! broken PBXs play in their place.

mod busy;
mod music;
mod noise;
mod piece;
mod ringback;
mod spoilt;

pub(super) use noise::noise;
pub(super) use piece::Piece;

#[cfg(test)]
use {music::music, ringback::ringback};

/// Samples per second of everything that is played.
pub(super) const RATE: f32 = 8000.0;

/// The amplitude of a 16-bit sample whose root mean square is 0 dBm0: G.711's largest
/// sine is +3.14 dBm0.
pub(super) const ZERO_DBM0: f32 = 16_140.0;

#[cfg(test)]
#[path = "heard_tests.rs"]
mod tests;
