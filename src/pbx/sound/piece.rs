//! Everything that can be played, by name.

use super::busy::{busy, steady_tone};
use super::music::music;
use super::noise::noise;
use super::ringback::ringback;
use super::spoilt::{late_music, music_that_stops, music_with_holes};

/// Level of noise in place of music, dBm0.
const NOISE_DBM0: f32 = -30.0;

/// Seconds of it until it repeats.
const NOISE_S: f32 = 7.0;

/// A piece, played from its start and round and round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::pbx) enum Piece {
    /// Music on hold.
    Music,
    /// Ringback tone.
    Ringback,
    /// RTP that holds nothing.
    Silence,
    /// Busy tone.
    Busy,
    /// One steady tone.
    SteadyTone,
    /// White noise.
    Noise,
    /// Music for 5 s, then silence.
    MusicThatStops,
    /// Silence for 5 s, then music.
    LateMusic,
    /// Music with a silence of 5 s after every 2 s.
    MusicWithHoles,
}

impl Piece {
    /// Its samples.
    pub(in crate::pbx) fn compose(self) -> Vec<i16> {
        match self {
            Self::Music => music(),
            Self::Ringback => ringback(),
            Self::Silence => vec![0; 8000],
            Self::Busy => busy(),
            Self::SteadyTone => steady_tone(),
            Self::Noise => noise(NOISE_DBM0, NOISE_S),
            Self::MusicThatStops => music_that_stops(),
            Self::LateMusic => late_music(),
            Self::MusicWithHoles => music_with_holes(),
        }
    }
}
