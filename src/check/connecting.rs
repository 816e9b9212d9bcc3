//! What a transferred party hears while the target rings.

use super::ear::mostly;
use super::{Ear, Judgement, Span};
use crate::record::{Cause, Window};

/// Level that counts as sound, dBm0.
const AUDIBLE_DBM0: f32 = -50.0;

/// Windows with sound that are heard as such: 0.26 s, less than any country's ringback
/// lasts.
const HEARD: usize = 8;

/// Judges whether the party hears anything at all: ringback, music, or the transferor who
/// has not left yet. Silence is never worse than a note: healthy PBXs leave it so unless
/// told otherwise (design §6).
pub fn hears_connecting(ear: &Ear<'_>, span: &Span) -> Option<Judgement> {
    let expected = format!("{} hears ringing or music while the target rings", ear.party);
    let windows = ear.between(span.from, span.now);
    let audible: Vec<Window> =
        windows.iter().filter(|w| w.level_dbm0 > AUDIBLE_DBM0).cloned().collect();
    if audible.len() >= HEARD {
        let begins = audible.first().map_or(0.0, |w| w.at - span.from);
        let observed = format!("{} hears {} from {begins:.1} s on", ear.party, mostly(&audible));
        return Some(Judgement::pass(expected, observed));
    }
    span.over.then(|| {
        let observed = format!("{} hears {} for {:.0} s", ear.party, mostly(windows), span.planned);
        Judgement::note(Cause::TransferRingsSilently, expected, observed)
    })
}

#[cfg(test)]
mod tests {
    use super::super::ear::stage::{silence, windows};
    use super::*;
    use crate::record::{Sound, Verdict};

    fn judge(now: f64, sound: impl Fn(f64) -> (Vec<u16>, Sound, f32)) -> Option<Judgement> {
        let windows = windows(10.0, now, sound);
        let ear = Ear { party: "External 1", own: 1, peer: 2, spoken: 5, windows: &windows };
        let span = Span { from: 10.0, now, planned: 5.0, over: now >= 15.0 };
        hears_connecting(&ear, &span)
    }

    #[test]
    fn a_first_ring_is_enough_and_silence_is_a_note() {
        let ring = |at: f64| match at {
            11.0..11.4 => (Vec::new(), Sound::Ringback, -20.0),
            _ => silence(),
        };
        assert!(judge(11.1, ring).is_none());
        let judged = judge(11.5, ring).unwrap();
        assert_eq!(judged.verdict, Verdict::Pass);
        assert!(judged.observed.contains("ringback from 1.0 s"), "{}", judged.observed);
        assert!(judge(14.0, |_| silence()).is_none());
        let judged = judge(15.0, |_| silence()).unwrap();
        assert_eq!(
            (judged.verdict, judged.cause),
            (Verdict::Note, Some(Cause::TransferRingsSilently))
        );
    }
}
