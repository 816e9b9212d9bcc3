//! The sound of an identity: a pure function of the run's time, so that a listener
//! on the same clock reads the delay off the code.

use std::f32::consts::TAU;
use std::sync::LazyLock;

use super::{HIGH, Identity, LOW, SYMBOL_SAMPLES, pair_of, symbol_at};
use crate::media::codec::rms_of_dbm0;

/// Level at which identities are spoken, dBm0.
pub const SPOKEN_DBM0: f64 = -16.0;

/// Points of a turn: every tone repeats after 512 samples.
const TURN: usize = 512;

/// Samples over which one pair gives way to the next, and speech to silence.
pub(crate) const FADE: u64 = 128;

/// Samples of a period of the amplitude modulation: 4 Hz.
const SWELL: usize = 2000;

/// Depth of the modulation: 6 dB between loudest and softest.
const DEPTH: f32 = 1.0 / 3.0;

struct Tables {
    sine: [f32; TURN],
    swell: Vec<f32>,
    fade: [f32; FADE as usize],
    amplitude: f32,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    sine: std::array::from_fn(|n| (TAU * n as f32 / TURN as f32).sin()),
    swell: (0..SWELL).map(|n| 1.0 + DEPTH * (TAU * n as f32 / SWELL as f32).cos()).collect(),
    fade: std::array::from_fn(|n| (TAU / 4.0 * (n as f32 + 0.5) / FADE as f32).sin()),
    // Two sines, each of mean square a²/2, swelling: a² (1 + m²/2).
    amplitude: rms_of_dbm0(SPOKEN_DBM0) as f32 / (1.0 + DEPTH * DEPTH / 2.0).sqrt(),
});

/// Generates an identity's samples.
#[derive(Debug, Clone)]
pub struct Speaker {
    identity: Identity,
}

impl Speaker {
    /// A speaker of the identity.
    pub const fn new(identity: Identity) -> Self {
        Self { identity }
    }

    /// Fills `samples` with what is spoken from sample `start` of the run on (8 kHz).
    pub fn fill(&self, start: u64, samples: &mut [i16]) {
        let tables = &*TABLES;
        for (offset, sample) in samples.iter_mut().enumerate() {
            let n = start + offset as u64;
            let (slot, within) = (n / SYMBOL_SAMPLES, n % SYMBOL_SAMPLES);
            let mut value = self.pair(slot, n);
            if within < FADE {
                let (rise, fall) =
                    (tables.fade[within as usize], tables.fade[(FADE - 1 - within) as usize]);
                value = value * rise + self.pair(slot.wrapping_sub(1), n) * fall;
            }
            let swell = tables.swell[(n % SWELL as u64) as usize];
            *sample = (value * swell * tables.amplitude).round() as i16;
        }
    }

    /// The two tones of a slot at sample `n`, each of amplitude 1. Phases depend on
    /// `n` alone: a tone that two neighbouring symbols share goes on unbroken.
    fn pair(&self, slot: u64, n: u64) -> f32 {
        // Before the first slot of the run there is none: the first one stands in.
        let slot = if slot == u64::MAX { 0 } else { slot };
        let (low, high) = pair_of(symbol_at(self.identity, slot));
        let phase = |bin: usize| (bin as u64 * (n % TURN as u64)) as usize % TURN;
        TABLES.sine[phase(LOW[low])] + TABLES.sine[phase(HIGH[high])]
    }
}

/// Fades `samples` in, or out, over their first [`FADE`] samples.
pub(crate) fn fade(samples: &mut [i16], rising: bool) {
    for (n, sample) in samples.iter_mut().enumerate() {
        let gain = match (TABLES.fade.get(n), rising) {
            (Some(gain), true) => *gain,
            (Some(_), false) => TABLES.fade[FADE as usize - 1 - n],
            (None, true) => 1.0,
            (None, false) => 0.0,
        };
        *sample = (f32::from(*sample) * gain) as i16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::codec::level_dbm0;

    #[test]
    fn the_level_is_as_designed_and_nothing_clips() {
        let mut samples = vec![0; 8000];
        Speaker::new(Identity::of(17)).fill(123_456, &mut samples);
        let mean_square =
            samples.iter().map(|&s| f64::from(s) * f64::from(s)).sum::<f64>() / 8000.0;
        assert!((f64::from(level_dbm0(mean_square)) - SPOKEN_DBM0).abs() < 0.5);
        assert!(samples.iter().all(|s| s.unsigned_abs() < 16_000));
    }

    #[test]
    fn packets_join_without_a_seam() {
        let speaker = Speaker::new(Identity::of(999));
        let mut whole = vec![0; 4000];
        speaker.fill(77, &mut whole);
        let mut parts = vec![0; 4000];
        for (n, part) in parts.chunks_mut(160).enumerate() {
            speaker.fill(77 + 160 * n as u64, part);
        }
        assert_eq!(whole, parts);
    }
}
