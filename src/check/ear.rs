//! What a leg heard, as the hearing checks take it, and counting in it.

use crate::record::{Sound, Window};

/// Windows in a row, 0.77 s, that make an unexpected identity present. Music was seen to
/// match one symbol of a followed code, a quarter of a second, by chance: two changes of
/// symbol must be matched too before a PBX is blamed for what should not be heard.
pub(super) const PRESENT: usize = 24;

/// Longest time after which a window is final, s.
const LONGEST_LAG_S: f64 = 2.0;

/// One leg of a talk.
#[derive(Debug, Clone, Copy)]
pub struct Ear<'a> {
    /// Whose leg it is.
    pub party: &'a str,
    /// The identity that the party speaks.
    pub own: u16,
    /// The identity of the party that it should hear.
    pub peer: u16,
    /// Identities from this number on are spoken by nobody in this run.
    pub spoken: u16,
    /// What it heard, in order of time.
    pub windows: &'a [Window],
}

/// A stretch of listening, in seconds of the run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// When it began.
    pub from: f64,
    /// The present time.
    pub now: f64,
    /// How long it is to last.
    pub planned: f64,
    /// Whether it is over: the check must decide.
    pub over: bool,
}

impl<'a> Ear<'a> {
    /// The windows between two times.
    pub(super) fn between(&self, from: f64, to: f64) -> &'a [Window] {
        let start = self.windows.partition_point(|w| w.at < from);
        let end = self.windows.partition_point(|w| w.at < to);
        &self.windows[start.min(end)..end]
    }

    /// Up to when it is known what was heard: windows become final some 0.4 s after their
    /// time, and later where tones are yet to be explained.
    pub(super) fn heard_until(&self, now: f64) -> f64 {
        let last = self.windows.last().map_or(0.0, |w| w.at);
        last.max(now - LONGEST_LAG_S).min(now)
    }

    /// An identity that is neither its own nor its peer's and that is present.
    pub(super) fn stranger(&self) -> Option<u16> {
        self.windows
            .iter()
            .flat_map(|w| w.heard.iter().map(|h| h.identity))
            .filter(|identity| ![self.own, self.peer].contains(identity) && *identity < self.spoken)
            .find(|&identity| longest_run(self.windows, |w| w.hears(identity)) >= PRESENT)
    }

    /// When the peer was first heard.
    pub(super) fn onset(&self, from: f64) -> Option<f64> {
        self.windows.iter().find(|w| w.at >= from && w.hears(self.peer)).map(|w| w.at)
    }

    /// Median one-way delay of the peer's voice, s, where it was measured.
    pub(super) fn delay(&self, windows: &[Window]) -> Option<f64> {
        let heard = windows.iter().flat_map(|w| &w.heard).filter(|h| h.identity == self.peer);
        let mut delays: Vec<f32> = heard.filter_map(|h| h.delay_ms).collect();
        let middle = delays.len() / 2;
        if delays.is_empty() {
            return None;
        }
        let (_, median, _) = delays.select_nth_unstable_by(middle, f32::total_cmp);
        Some(f64::from(*median) / 1000.0)
    }

    /// How much of the windows holds the peer, and the longest time without it, s.
    pub(super) fn coverage(&self, windows: &[Window]) -> (f64, f64) {
        let heard = windows.iter().filter(|w| w.hears(self.peer)).count();
        let share = heard as f64 / windows.len().max(1) as f64;
        (share, longest_time(windows, |w| !w.hears(self.peer)))
    }
}

/// The class of what was heard for the most part.
pub(super) fn class_of_most(windows: &[Window]) -> Sound {
    most(windows).map_or(Sound::NoRtp, |(sound, _)| sound)
}

/// What was heard for the most part, in words.
pub(super) fn mostly(windows: &[Window]) -> &'static str {
    most(windows).map_or("nothing", |(_, words)| words)
}

fn most(windows: &[Window]) -> Option<(Sound, &'static str)> {
    let classes = [
        (Sound::NoRtp, "no RTP at all"),
        (Sound::Silence, "silence"),
        (Sound::Identity, "somebody's tones"),
        (Sound::Ringback, "ringback"),
        (Sound::Busy, "busy tone"),
        (Sound::Tone, "a steady tone"),
        (Sound::Noise, "noise"),
        (Sound::Music, "music"),
    ];
    let count = |sound| windows.iter().filter(|w| w.sound == sound).count();
    // These have longer pauses than tones.
    for cadenced in [(Sound::Ringback, "ringback"), (Sound::Busy, "busy tone")] {
        let tones = count(cadenced.0);
        let tones_and_pauses = tones + count(Sound::Silence);
        if 8 * tones > windows.len() && 10 * tones_and_pauses > 9 * windows.len() {
            return Some(cadenced);
        }
    }
    classes.into_iter().max_by_key(|(sound, _)| count(*sound))
}

/// The longest run of windows that pass the test, in windows.
pub(super) fn longest_run(windows: &[Window], test: impl Fn(&Window) -> bool) -> usize {
    let (mut run, mut longest) = (0, 0);
    for window in windows {
        run = if test(window) { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// The longest time in which all windows pass the test, s: from the first of them to the
/// first after them, or to the last.
pub(super) fn longest_time(windows: &[Window], test: impl Fn(&Window) -> bool) -> f64 {
    let mut longest: f64 = 0.0;
    let mut began: Option<f64> = None;
    for window in windows {
        match (test(window), began) {
            (true, None) => began = Some(window.at),
            (true, Some(start)) => longest = longest.max(window.at - start),
            (false, Some(start)) => {
                longest = longest.max(window.at - start);
                began = None;
            }
            (false, None) => {}
        }
    }
    longest
}

/// Makes windows for tests: one every 32 ms.
#[cfg(test)]
pub(super) mod stage {
    use super::Window;
    use crate::record::{Heard, Sound};

    /// Windows from `from` to `to`, each as `sound_at` says: identities, class, level.
    pub(in crate::check) fn windows(
        from: f64,
        to: f64,
        sound_at: impl Fn(f64) -> (Vec<u16>, Sound, f32),
    ) -> Vec<Window> {
        let count = ((to - from) / 0.032) as usize;
        (0..count)
            .map(|n| {
                let at = from + n as f64 * 0.032;
                let (identities, sound, level_dbm0) = sound_at(at);
                let heard = identities
                    .into_iter()
                    .map(|identity| Heard { identity, snr_db: 35.0, delay_ms: None })
                    .collect();
                Window { at, level_dbm0, sound, heard }
            })
            .collect()
    }

    /// One identity at the usual level.
    pub(in crate::check) fn voice(identity: u16) -> (Vec<u16>, Sound, f32) {
        (vec![identity], Sound::Identity, -16.0)
    }

    /// Nobody.
    pub(in crate::check) fn silence() -> (Vec<u16>, Sound, f32) {
        (Vec::new(), Sound::Silence, -90.0)
    }
}
