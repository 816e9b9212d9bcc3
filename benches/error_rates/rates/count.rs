//! What was heard against what was said.

use super::call::{Call, Voice};
use super::codec::FRAME;
use super::path::Heard;

/// Half a window, samples.
const HALF: i64 = 256;

/// Time from the first word of a voice in a call until it has to be heard, s: an onset up
/// to here passes (design, two-way audio).
pub(crate) const FIRST_S: f64 = 1.0;

/// Time until it has to be heard again after a pause, s: what the checks do not judge
/// after a change of speakers.
pub(crate) const AGAIN_S: f64 = 0.3;

/// Time around what a voice says in which it may be heard, beside the window's own 64 ms, s:
/// again what the checks do not judge after a change of speakers. Its last tones may go on
/// in what follows.
pub(crate) const AROUND_S: f64 = 0.3;

/// Time before the end of a voice in which it need not be heard, s: jitter and drift.
pub(crate) const END_S: f64 = 0.1;

/// Windows in a row that the checks take for a voice that should not be there.
pub(crate) const PRESENT: u64 = 24;

/// How often it was heard aright and wrongly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Calls.
    pub(crate) calls: u64,
    /// Windows.
    pub(crate) windows: u64,
    /// Windows in which somebody is heard who does not speak: false accepts.
    pub(crate) wrong: u64,
    /// The longest run of them for one identity.
    pub(crate) longest_wrong: u64,
    /// Windows (of each voice) in which a voice has to be heard.
    pub(crate) to_hear: u64,
    /// Those in which it is not: false rejects.
    pub(crate) missed: u64,
    /// The longest run of them.
    pub(crate) longest_missed: u64,
}

impl Counts {
    /// Adds the counts of other calls.
    pub(crate) fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.windows += other.windows;
        self.wrong += other.wrong;
        self.longest_wrong = self.longest_wrong.max(other.longest_wrong);
        self.to_hear += other.to_hear;
        self.missed += other.missed;
        self.longest_missed = self.longest_missed.max(other.longest_missed);
    }

    /// Counts a call.
    pub(crate) fn of(call: &Call, heard: &Heard) -> Self {
        let mut counts = Self { calls: 1, ..Self::default() };
        let mut wrong_runs: Vec<(u16, u64)> = Vec::new();
        let mut missed_runs = vec![0; call.voices.len()];
        for window in &heard.windows {
            let middle = (window.at * 8000.0).round() as i64 - call.start as i64 - heard.shift;
            let time = Time { middle, heard };
            counts.windows += 1;
            let unsaid: Vec<u16> = window
                .heard
                .iter()
                .map(|heard| heard.identity)
                .filter(|id| !call.voices.iter().any(|v| v.number == *id && time.may_hold(v)))
                .collect();
            counts.wrong += u64::from(!unsaid.is_empty());
            wrong_runs = unsaid
                .into_iter()
                .map(|id| (id, 1 + wrong_runs.iter().find(|run| run.0 == id).map_or(0, |r| r.1)))
                .collect();
            let longest = wrong_runs.iter().map(|run| run.1).max().unwrap_or(0);
            counts.longest_wrong = counts.longest_wrong.max(longest);
            for (voice, run) in call.voices.iter().zip(&mut missed_runs) {
                if !voice.wanted || !time.has_to_hold(voice) {
                    continue;
                }
                counts.to_hear += 1;
                *run = if window.hears(voice.number) { 0 } else { *run + 1 };
                counts.missed += u64::from(*run > 0);
                counts.longest_missed = counts.longest_missed.max(*run);
            }
        }
        counts
    }
}

/// A window's place in a call.
struct Time<'a> {
    /// Its middle, samples from the start of the call as it is heard.
    middle: i64,
    heard: &'a Heard,
}

impl Time<'_> {
    /// When the voice's spans arrive, samples.
    fn spans<'a>(&'a self, voice: &'a Voice) -> impl Iterator<Item = (f64, f64)> + 'a {
        let arrives = |packet: usize| {
            let spoken = (packet * FRAME + voice.delay) as f64;
            spoken * (1.0 + self.heard.stretch)
        };
        voice.spans.iter().map(move |(from, to)| (arrives(*from), arrives(*to)))
    }

    /// Whether any part of the window holds it, or nearly.
    fn may_hold(&self, voice: &Voice) -> bool {
        let around = HALF as f64 + AROUND_S * 8000.0;
        let middle = self.middle as f64;
        self.spans(voice).any(|(from, to)| middle + around > from && middle - around < to)
    }

    /// Whether all of the window holds it, well after the onset, and most of it arrived.
    fn has_to_hold(&self, voice: &Voice) -> bool {
        let middle = self.middle as f64;
        let said = self.spans(voice).enumerate().any(|(n, (from, to))| {
            let onset = 8000.0 * if n == 0 { FIRST_S } else { AGAIN_S };
            let before = HALF as f64 + END_S * 8000.0;
            middle - HALF as f64 >= from + onset && middle + before <= to
        });
        said && self.arrived() >= 0.5
    }

    /// How much of the window arrived, in shares of its energy: its ends weigh little.
    fn arrived(&self) -> f64 {
        let packet = |n: i64| (self.middle + n).div_euclid(FRAME as i64);
        let is_lost = |packet: i64| {
            let known = usize::try_from(packet).ok().and_then(|n| self.heard.lost.get(n));
            known.copied().unwrap_or(false)
        };
        if !(packet(-HALF)..=packet(HALF - 1)).any(is_lost) {
            return 1.0;
        }
        (-HALF..HALF).filter(|n| !is_lost(packet(*n))).map(weight).sum()
    }
}

/// Share of a window's energy at sample `n` from its middle (Hann).
fn weight(n: i64) -> f64 {
    let amplitude = 0.5 + 0.5 * (std::f64::consts::PI * n as f64 / HALF as f64).cos();
    // The squares' sum is 3/8 of the window's length.
    amplitude * amplitude / (0.75 * HALF as f64)
}
