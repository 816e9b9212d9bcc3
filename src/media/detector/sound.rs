//! The class of a window without identities, judged with what comes before and after.

use std::collections::VecDeque;

use super::features::Features;
use super::pending::Pending;
use super::shape::{Progress, SILENCE_DBM0};
use crate::record::Sound;

/// Windows of a burst that is too long for a busy tone (0.8 s)…
const LONG_BURST: usize = 26;

/// …and too long for ringing (2.6 s).
const ENDLESS_BURST: usize = 82;

/// Windows that a tone must stand still to be called one (1.7 s): notes of slow music last
/// over a second.
const STEADY: usize = 52;

/// Share of the energy in two peaks that makes a window a tone.
const TONAL: f32 = 0.9;

/// Flatness of noise, averaged over windows.
const FLAT: f32 = 0.42;

/// Windows over which noise must stay as flat and as loud.
const STATIONARY: usize = 7;

/// How far the level of noise moves over them, dB.
const STATIONARY_DB: f32 = 5.0;

/// What the published windows leave to know for those to come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Classifier {
    /// Published windows in a row with the same call-progress tone.
    burst: usize,
    /// Published windows in a row with the same peaks.
    steady: usize,
    last: Option<Features>,
    noise_before: bool,
}

impl Classifier {
    /// Whether the class of the oldest window depends on windows to come.
    pub(crate) fn is_open(&self, pending: &VecDeque<Pending>) -> bool {
        let Some(first) = pending.front() else { return false };
        if is_silent(&first.features) {
            return false;
        }
        let ahead = pending.len();
        if first.features.shape.progress == Some(Progress::Single) {
            return run_ahead(pending, same_progress) == ahead && self.burst + ahead <= LONG_BURST;
        }
        is_tonal(&first.features)
            && run_ahead(pending, same_peaks) == ahead
            && self.steady + ahead <= STEADY
    }

    /// The class of the oldest window; it is about to be published.
    pub(crate) fn classify(&mut self, pending: &VecDeque<Pending>, identity: bool) -> Sound {
        let Some(first) = pending.front().map(|p| &p.features) else { return Sound::NoRtp };
        if identity || is_silent(first) {
            *self = Self::default();
            return Sound::Silence;
        }
        let goes_on = |same: fn(&Features, &Features) -> bool| {
            self.last.as_ref().is_some_and(|last| same(last, first))
        };
        self.burst = if goes_on(same_progress) { self.burst + 1 } else { 1 };
        self.steady = if goes_on(same_peaks) { self.steady + 1 } else { 1 };
        let noise = self.is_noise(pending);
        self.noise_before = noise;
        self.last = Some(first.clone());
        match first.shape.progress {
            Some(Progress::Ringing) => Sound::Ringback,
            Some(Progress::Busy) => Sound::Busy,
            Some(Progress::Dial) => Sound::Tone,
            Some(Progress::Single) => match self.burst - 1 + run_ahead(pending, same_progress) {
                0..LONG_BURST => Sound::Busy,
                LONG_BURST..ENDLESS_BURST => Sound::Ringback,
                _ => Sound::Tone,
            },
            None if noise => Sound::Noise,
            None if is_tonal(first)
                && self.steady - 1 + run_ahead(pending, same_peaks) >= STEADY =>
            {
                Sound::Tone
            }
            None => Sound::Music,
        }
    }

    /// Flat and even from here on; the last windows of a noise count as it.
    fn is_noise(&self, pending: &VecDeque<Pending>) -> bool {
        let ahead: Vec<&Features> = pending
            .iter()
            .map(|window| &window.features)
            .take(STATIONARY)
            .take_while(|features| !is_silent(features))
            .collect();
        if ahead.len() < STATIONARY {
            return self.noise_before && ahead.iter().all(|f| f.shape.flatness > FLAT / 2.0);
        }
        let flatness = ahead.iter().map(|f| f.shape.flatness).sum::<f32>() / STATIONARY as f32;
        let levels = ahead.iter().map(|f| f.level);
        let spread = levels.clone().fold(f32::MIN, f32::max) - levels.fold(f32::MAX, f32::min);
        flatness > FLAT && spread < STATIONARY_DB
    }
}

fn is_silent(features: &Features) -> bool {
    features.covered <= 0.0 || features.level <= SILENCE_DBM0
}

fn is_tonal(features: &Features) -> bool {
    features.shape.peaks_share >= TONAL
}

fn same_progress(a: &Features, b: &Features) -> bool {
    !is_silent(b) && a.shape.progress.is_some() && a.shape.progress == b.shape.progress
}

fn same_peaks(a: &Features, b: &Features) -> bool {
    let near = |bin: u16| b.shape.peaks.iter().any(|other| bin.abs_diff(*other) <= 1);
    // The second peak of a pure tone is whatever noise there is: one is enough.
    is_tonal(a) && is_tonal(b) && near(a.shape.peaks[0])
}

/// How many windows from the oldest on each go on with what the one before has.
fn run_ahead(pending: &VecDeque<Pending>, same: fn(&Features, &Features) -> bool) -> usize {
    let next = pending.iter().zip(pending.iter().skip(1));
    1 + next.take_while(|(a, b)| same(&a.features, &b.features)).count()
}
