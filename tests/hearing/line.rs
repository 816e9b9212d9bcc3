//! A telephone line between two parties, and what can happen on it.

use std::f64::consts::TAU;

use pbxcert::check::Ear;
use pbxcert::media::{Codec, Detector, Identity, Speaker, rms_of_dbm0};
use pbxcert::record::Window;

pub(crate) const A: u16 = 1;
pub(crate) const B: u16 = 2;
pub(crate) const STRANGER: u16 = 3;

/// When the tests' calls begin, s of the run.
pub(crate) const START: f64 = 100.0;

/// What arrives at one ear: a sound on a timeline that starts at [`START`].
#[derive(Clone)]
pub(crate) struct Line(Vec<f64>);

impl Line {
    /// Digital silence.
    pub(crate) fn quiet(seconds: f64) -> Self {
        Self(vec![0.0; samples(seconds)])
    }

    /// Adds an identity that speaks over some time spans (s from the start), `delay` s
    /// late and `db` louder than it was spoken.
    pub(crate) fn voice(mut self, number: u16, spans: &[(f64, f64)], delay: f64, db: f64) -> Self {
        let late = samples(delay);
        let mut spoken = vec![0; self.0.len()];
        let from = samples(START) - late;
        Speaker::new(Identity::of(number)).fill(from as u64, &mut spoken);
        let gain = 10_f64.powf(db / 20.0);
        for (n, (sum, sample)) in self.0.iter_mut().zip(spoken).enumerate() {
            let t = n as f64 / 8000.0 - delay;
            if spans.iter().any(|(from, to)| (*from..*to).contains(&t)) {
                *sum += gain * f64::from(sample);
            }
        }
        self
    }

    /// Adds a sound at a level in dBm0, from some second on.
    pub(crate) fn sound(mut self, level: f64, from: f64, mut of: impl FnMut(f64) -> f64) -> Self {
        let start = samples(from);
        let raw: Vec<f64> = (start..self.0.len()).map(|n| of(n as f64 / 8000.0 - from)).collect();
        let power = raw.iter().map(|x| x * x).sum::<f64>() / raw.len() as f64;
        let gain = rms_of_dbm0(level) / power.sqrt().max(1e-9);
        for (sum, x) in self.0[start..].iter_mut().zip(raw) {
            *sum += gain * x;
        }
        self
    }

    /// Silences what `is` says, packet by packet (of 20 ms, by their time).
    pub(crate) fn lose(mut self, is: impl Fn(f64) -> bool) -> Self {
        for (n, packet) in self.0.chunks_mut(160).enumerate() {
            if is(n as f64 * 0.02) {
                packet.fill(0.0);
            }
        }
        self
    }

    /// Clips at a level far below the signal's.
    pub(crate) fn clip(mut self, at: f64) -> Self {
        for x in &mut self.0 {
            *x = x.clamp(-at, at);
        }
        self
    }

    /// What the detector hears of it through G.711.
    pub(crate) fn heard(&self) -> Vec<Window> {
        let pcm: Vec<i16> = self.0.iter().map(|x| x.clamp(-32768.0, 32767.0) as i16).collect();
        let mut detector = Detector::new(samples(START) as u64);
        for packet in pcm.chunks(160) {
            detector.hear(&Codec::Pcma.decode(&Codec::Pcma.encode(packet)));
        }
        detector.finish();
        detector.take()
    }
}

/// The ear of A, who should hear B, or the other way round.
pub(crate) fn ear(own: u16, windows: &[Window]) -> Ear<'_> {
    let (party, peer) = if own == A { ("User A", B) } else { ("External 1", A) };
    Ear { party, own, peer, spoken: 16, windows }
}

fn samples(seconds: f64) -> usize {
    (seconds * 8000.0).round() as usize
}

/// White noise, the same every time.
pub(crate) fn noise() -> impl FnMut(f64) -> f64 {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as f64 / u64::MAX as f64 - 0.5
    }
}

/// Chords, three to the second, over a walking bass.
pub(crate) fn music(t: f64) -> f64 {
    let steps = [0, 5, 7, 3, 0, 8, 10, 2];
    let root = 196.0 * 2_f64.powf(f64::from(steps[(t * 3.0) as usize % 8]) / 12.0);
    let pluck = (-2.0 * (t * 3.0).fract()).exp();
    [1.0, 1.26, 1.498, 0.5]
        .iter()
        .flat_map(|ratio| (1..=6).map(move |k| (f64::from(k), root * ratio * f64::from(k))))
        .filter(|(_, f)| *f < 3500.0)
        .map(|(k, f)| pluck * (TAU * f * t).sin() / k)
        .sum()
}

/// A tone that is on and off.
pub(crate) fn beeps(hz: f64, on: f64, off: f64) -> impl Fn(f64) -> f64 {
    move |t| if t % (on + off) < on { (TAU * hz * t).sin() } else { 0.0 }
}
