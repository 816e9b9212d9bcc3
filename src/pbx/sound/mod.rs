//! What the PBX itself plays: music to the held, ringback to the transferred.

mod music;
mod ringback;

pub(super) use music::music;
pub(super) use ringback::ringback;

/// Samples per second of everything that is played.
pub(super) const RATE: f32 = 8000.0;

/// The amplitude of a 16-bit sample whose root mean square is 0 dBm0: G.711's largest
/// sine is +3.14 dBm0.
pub(super) const ZERO_DBM0: f32 = 16_140.0;

#[cfg(test)]
#[path = "heard_tests.rs"]
mod tests;
