//! The sound of an identity: a pure function of the run's time, so that a listener
//! on the same clock reads the delay off the code.

use std::f32::consts::TAU;
use std::sync::LazyLock;

use super::{HIGH, Identity, LOW, SYMBOL_SAMPLES, TONES, pair_of, symbol_at};
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

/// 1.5 · 2²³: around it neighbouring floats are 1 apart, and its own low 16 bits are zeros.
const ONES: f32 = 12_582_912.0;

struct Tables {
    /// Each tone over a turn, the low ones first, so that a run of samples is a run of memory.
    waves: [[f32; TURN]; TONES],
    swell: Vec<f32>,
    fade: [f32; FADE as usize],
    amplitude: f32,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    waves: std::array::from_fn(|tone| {
        let bin = LOW.iter().chain(&HIGH).nth(tone).copied().unwrap_or_default();
        std::array::from_fn(|n| (TAU * (bin * n % TURN) as f32 / TURN as f32).sin())
    }),
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
        let slot = start / SYMBOL_SAMPLES;
        let within = (start % SYMBOL_SAMPLES) as usize;
        let tones = self.tones(slot);
        let fading = (FADE as usize).saturating_sub(within).min(samples.len());
        let (fading, steady) = samples.split_at_mut(fading);
        // Before the first slot of the run there is none: the first one stands in.
        let before = self.tones(slot.saturating_sub(1));
        for (n, sample) in (start..).zip(&mut *fading) {
            let within = (n % SYMBOL_SAMPLES) as usize;
            let (rise, fall) = (TABLES.fade[within], TABLES.fade[FADE as usize - 1 - within]);
            let value = TABLES.pair(tones, n) * rise + TABLES.pair(before, n) * fall;
            *sample = TABLES.spoken(value, TABLES.swell[(n % SWELL as u64) as usize]);
        }
        TABLES.fill_steadily(tones, start + fading.len() as u64, steady);
    }

    /// The two tones of a slot, as rows of [`Tables::waves`].
    fn tones(&self, slot: u64) -> [usize; 2] {
        let (low, high) = pair_of(symbol_at(self.identity, slot));
        [low, LOW.len() + high]
    }
}

impl Tables {
    /// Two tones at sample `n`, each of amplitude 1. Phases depend on `n` alone: a tone that two
    /// neighbouring symbols share goes on unbroken.
    fn pair(&self, tones: [usize; 2], n: u64) -> f32 {
        let [low, high] = tones.map(|tone| self.waves[tone][(n % TURN as u64) as usize]);
        low + high
    }

    /// The sample of a value before the swell.
    fn spoken(&self, value: f32, swell: f32) -> i16 {
        // Beside so large a number the last bits of a float count in ones: it rounds without a
        // cast, which the processor would have to do sample by sample.
        (value * swell * self.amplitude + ONES).to_bits() as i16
    }

    /// What two tones sound like from sample `start` of the run on, in runs that the processor can
    /// take several samples of at a time.
    fn fill_steadily(&self, tones: [usize; 2], start: u64, mut samples: &mut [i16]) {
        let [low, high] = tones.map(|tone| &self.waves[tone]);
        let mut n = start;
        while !samples.is_empty() {
            let (turn, swell) = ((n % TURN as u64) as usize, (n % SWELL as u64) as usize);
            let length = samples.len().min(TURN - turn).min(SWELL - swell);
            let (run, later) = samples.split_at_mut(length);
            let waves = low[turn..turn + length].iter().zip(&high[turn..turn + length]);
            let swells = &self.swell[swell..swell + length];
            for ((sample, (low, high)), swell) in run.iter_mut().zip(waves).zip(swells) {
                *sample = self.spoken(low + high, *swell);
            }
            (samples, n) = (later, n + length as u64);
        }
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
    fn every_sample_is_that_of_its_two_tones() {
        let speaker = Speaker::new(Identity::of(555));
        let start = 3 * SYMBOL_SAMPLES + 200;
        let mut samples = vec![0; SYMBOL_SAMPLES as usize - 200];
        speaker.fill(start, &mut samples);
        let (low, high) = pair_of(symbol_at(Identity::of(555), 3));
        let amplitude = rms_of_dbm0(SPOKEN_DBM0) / (1.0 + 1.0 / 18.0_f64).sqrt();
        for (n, sample) in (start..).zip(samples) {
            let turns = |bin: usize| std::f64::consts::TAU * (bin as u64 * n) as f64 / 512.0;
            let swell = 1.0 + (std::f64::consts::TAU * n as f64 / 2000.0).cos() / 3.0;
            let value = (turns(LOW[low]).sin() + turns(HIGH[high]).sin()) * swell * amplitude;
            assert!((f64::from(sample) - value).abs() < 1.5, "sample {n}: {sample}, not {value}");
        }
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
