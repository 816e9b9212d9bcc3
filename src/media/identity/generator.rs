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
        let mut n = start;
        let mut rest = samples;
        while !rest.is_empty() {
            let left = (SYMBOL_SAMPLES - n % SYMBOL_SAMPLES) as usize;
            let (symbol, later) = rest.split_at_mut(left.min(rest.len()));
            self.fill_symbol(n, symbol);
            n += symbol.len() as u64;
            rest = later;
        }
    }

    /// The same within one symbol.
    fn fill_symbol(&self, start: u64, samples: &mut [i16]) {
        let tables = &*TABLES;
        let slot = start / SYMBOL_SAMPLES;
        // Before the first slot of the run there is none: the first one stands in.
        let (tones, before) = (self.tones(slot), self.tones(slot.saturating_sub(1)));
        for (n, sample) in (start..).zip(samples) {
            let within = (n % SYMBOL_SAMPLES) as usize;
            let mut value = tables.pair(tones, n);
            if let (Some(rise), Some(fall)) =
                (tables.fade.get(within), FADE.checked_sub(within as u64 + 1))
            {
                value = value * rise + tables.pair(before, n) * tables.fade[fall as usize];
            }
            let swell = tables.swell[(n % SWELL as u64) as usize];
            // Rounds: a call of the mathematical library for each sample costs more than the rest.
            *sample = ((value * swell * tables.amplitude + 32_768.5) as i32 - 32_768) as i16;
        }
    }

    /// The frequencies of a slot's two tones, in turns of [`TURN`] samples.
    fn tones(&self, slot: u64) -> [u64; 2] {
        let (low, high) = pair_of(symbol_at(self.identity, slot));
        [LOW[low] as u64, HIGH[high] as u64]
    }
}

impl Tables {
    /// Two tones at sample `n`, each of amplitude 1. Phases depend on `n` alone: a tone that two
    /// neighbouring symbols share goes on unbroken.
    fn pair(&self, tones: [u64; 2], n: u64) -> f32 {
        let [low, high] = tones.map(|tone| self.sine[(tone * n) as usize % TURN]);
        low + high
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
