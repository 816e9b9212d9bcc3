//! Sounds for the detector's tests: what a telephone line may carry.

use std::f64::consts::TAU;

use crate::media::codec::rms_of_dbm0;
use crate::media::{Codec, Detector, Identity, Speaker};
use crate::record::Window;

/// Where the tests' time begins, samples of the run: nowhere special.
pub(super) const START: u64 = 1_234_567;

/// Speech of an identity that left its sender `delay` samples ago.
pub(super) fn spoken(number: u16, delay: u64, seconds: f64) -> Vec<f64> {
    let mut samples = vec![0; (seconds * 8000.0) as usize];
    Speaker::new(Identity::of(number)).fill(START - delay, &mut samples);
    samples.into_iter().map(f64::from).collect()
}

/// A pseudo-random sequence in -1..1, the same every time.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn roll(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

/// `of(t)` at a level in dBm0.
pub(super) fn at_level(level: f64, seconds: f64, mut of: impl FnMut(f64) -> f64) -> Vec<f64> {
    let raw: Vec<f64> = (0..(seconds * 8000.0) as usize).map(|n| of(n as f64 / 8000.0)).collect();
    let rms = (raw.iter().map(|x| x * x).sum::<f64>() / raw.len() as f64).sqrt().max(1e-12);
    let gain = rms_of_dbm0(level) / rms;
    raw.into_iter().map(|x| x * gain).collect()
}

/// Tones in a cadence of on and off times, s.
pub(super) fn cadence(tones: &[f64], times: &[f64], seconds: f64) -> Vec<f64> {
    let period: f64 = times.iter().sum();
    let gain = rms_of_dbm0(-13.0);
    (0..(seconds * 8000.0) as usize)
        .map(|n| {
            let t = n as f64 / 8000.0;
            let mut place = t % period;
            for (n, length) in times.iter().enumerate() {
                if place < *length {
                    let sum: f64 = tones.iter().map(|f| (TAU * f * t).sin()).sum();
                    return if n % 2 == 0 { gain * sum } else { 0.0 };
                }
                place -= length;
            }
            0.0
        })
        .collect()
}

/// White noise.
pub(super) fn white(level: f64, seconds: f64) -> Vec<f64> {
    let mut dice = Dice::new(7);
    at_level(level, seconds, |_| dice.roll())
}

/// Noise that falls by 6 dB per octave above 500 Hz.
pub(super) fn coloured(level: f64, seconds: f64) -> Vec<f64> {
    let mut dice = Dice::new(11);
    let mut state = 0.0;
    at_level(level, seconds, |_| {
        state += 0.33 * (dice.roll() - state);
        state
    })
}

/// Chords of plucked strings with many partials, four notes to the second.
pub(super) fn chords(seconds: f64, tempo: f64, seed: u64) -> Vec<f64> {
    let mut dice = Dice::new(seed);
    let roots: Vec<i32> = (0..64).map(|_| (dice.roll() * 9.0) as i32).collect();
    at_level(-16.0, seconds, |t| {
        let beat = (t * tempo) as usize;
        let age = (t * tempo).fract() / tempo;
        let root = 220.0 * 2_f64.powf(f64::from(roots[beat % 64]) / 12.0);
        [0, 4, 7]
            .iter()
            .flat_map(|step| {
                let f = root * 2_f64.powf(f64::from(*step) / 12.0);
                (1..=8).map(move |k| (f64::from(k), f * f64::from(k)))
            })
            .filter(|(_, f)| *f < 3600.0)
            .map(|(k, f)| (TAU * f * t).sin() / k * (-2.0 * age).exp())
            .sum()
    })
}

/// A melody of pure tones in the very range of the identities.
pub(super) fn melody(seconds: f64, seed: u64) -> Vec<f64> {
    let mut dice = Dice::new(seed);
    let notes: Vec<f64> =
        (0..64).map(|_| 600.0 * 2_f64.powf((dice.roll() * 12.0).round() / 12.0)).collect();
    at_level(-16.0, seconds, |t| {
        let f = notes[(t * 4.0) as usize % 64];
        (TAU * f * t).sin() + 0.5 * (TAU * 3.0 * f * t).sin()
    })
}

/// Vowels of a gliding pitch, fricatives and pauses.
pub(super) fn speech(seconds: f64) -> Vec<f64> {
    let mut dice = Dice::new(3);
    at_level(-20.0, seconds, |t| {
        let syllable = (t * 5.0).fract();
        let kind = (t * 5.0) as u64 % 7;
        let pitch = 120.0 + 20.0 * (TAU * 0.7 * t).sin();
        let phase = TAU * 120.0 * t - 20.0 / 0.7 * (TAU * 0.7 * t).cos();
        match kind {
            0 | 3 => dice.roll() * 0.3,
            5 => 0.0,
            _ => {
                (1..25)
                    .map(|k| {
                        let f = pitch * f64::from(k);
                        let formants = [500.0 + 90.0 * kind as f64, 1500.0, 2500.0];
                        let gain: f64 =
                            formants.iter().map(|c| 1.0 / (1.0 + ((f - c) / 120.0).powi(2))).sum();
                        gain * (phase * f64::from(k)).sin()
                    })
                    .sum::<f64>()
                    * (TAU / 2.0 * syllable).sin()
            }
        }
    })
}

/// DTMF digits, 100 ms on and off.
pub(super) fn dtmf(seconds: f64) -> Vec<f64> {
    const ROWS: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
    const COLUMNS: [f64; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
    at_level(-13.0, seconds, |t| {
        let digit = (t * 5.0) as usize;
        let on = (t * 5.0).fract() < 0.5;
        let (low, high) = (ROWS[digit * 5 % 4], COLUMNS[digit * 7 / 2 % 4]);
        if on { (TAU * low * t).sin() + (TAU * high * t).sin() } else { 0.0 }
    })
}

/// Several sounds at once.
pub(super) fn mix(sounds: &[Vec<f64>]) -> Vec<f64> {
    let length = sounds.iter().map(Vec::len).max().unwrap_or_default();
    (0..length).map(|n| sounds.iter().filter_map(|sound| sound.get(n)).sum()).collect()
}

/// A sound made softer by some dB.
pub(super) fn softer(sound: Vec<f64>, db: f64) -> Vec<f64> {
    let gain = 10_f64.powf(-db / 20.0);
    sound.into_iter().map(|x| x * gain).collect()
}

/// What a codec makes of it.
pub(super) fn coded(sound: &[f64], codec: Codec) -> Vec<i16> {
    let samples: Vec<i16> = sound.iter().map(|x| x.clamp(-32768.0, 32767.0) as i16).collect();
    codec.decode(&codec.encode(&samples))
}

/// Every window of what the detector hears, through A-law.
pub(super) fn heard(sound: &[f64]) -> Vec<Window> {
    heard_samples(&coded(sound, Codec::Pcma))
}

/// Every window of samples.
pub(super) fn heard_samples(samples: &[i16]) -> Vec<Window> {
    let mut detector = Detector::new(START);
    let mut windows = Vec::new();
    for packet in samples.chunks(160) {
        detector.hear(packet);
        windows.extend(detector.take());
    }
    detector.finish();
    windows.extend(detector.take());
    windows
}

/// Share of the windows that hear the identity.
pub(super) fn share(windows: &[Window], identity: u16) -> f64 {
    windows.iter().filter(|w| w.hears(identity)).count() as f64 / windows.len() as f64
}
