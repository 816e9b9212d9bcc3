//! "The call continues to work": both parties hear each other all the time (design §6).

use super::ear::mostly;
use super::{Ear, Judgement, Span};
use crate::record::Cause;

/// Time after the start that is not judged, s.
const SETTLE_S: f64 = 0.3;
/// Windows that are not final yet at the end of a talk are not waited for, s.
const LAG_S: f64 = 0.5;
/// Share of windows in which the peer must be heard.
const COVERAGE: f64 = 0.95;
/// Longest gap, s.
const GAP_S: f64 = 0.2;
/// Silence that will not end any more, s: long enough for any re-negotiation.
const GONE_S: f64 = 5.0;
/// Silence up to the very end of the talk that is no mere gap, s.
const GONE_AT_END_S: f64 = 1.0;

/// Judges a talk. Decides early only where audio has stopped for good.
pub fn continuity(a: &Ear<'_>, b: &Ear<'_>, span: &Span) -> Option<Judgement> {
    let expected = format!("{} and {} hear each other all the time", a.party, b.party);
    let from = span.from + SETTLE_S;
    let until = a.heard_until(span.now).min(b.heard_until(span.now));
    // Where sound is hard to make out, the last windows take their time.
    let over = span.over && until >= span.from + span.planned - LAG_S;
    let mut judged = Judgement::pass(expected.clone(), String::new());
    let mut told = Vec::new();
    for (ear, peer) in [(a, b), (b, a)] {
        if let Some(stranger) = ear.stranger() {
            let observed =
                format!("{} hears somebody of another call (identity {stranger})", ear.party);
            return Some(Judgement::fail(Cause::CrossedAudio, expected, observed));
        }
        let windows = ear.between(from, until);
        let last = windows.iter().rev().find(|w| w.hears(ear.peer)).map_or(span.from, |w| w.at);
        let silent = until - last;
        if silent > GONE_S
            || (over && silent > GAP_S && silent > GONE_AT_END_S.min((until - from) / 2.0))
        {
            let observed = format!(
                "{} stopped hearing {} at {:.1} s of {:.0} s and then heard {}",
                ear.party,
                peer.party,
                last - span.from,
                span.planned,
                mostly(ear.between(last, until))
            );
            return Some(Judgement::fail(Cause::AudioStopped, expected, observed));
        }
        let (share, gap) = ear.coverage(windows);
        told.push(format!(
            "{} hears the other in {:.1} % of {:.0} s, longest gap {:.0} ms",
            ear.party,
            100.0 * share,
            span.now - span.from,
            1000.0 * gap
        ));
        if share < COVERAGE || gap > GAP_S {
            let observed = told.last().cloned().unwrap_or_default();
            judged = judged.or_worse(Judgement::fail(Cause::AudioGaps, expected.clone(), observed));
        }
    }
    if !over {
        return None;
    }
    if judged.observed.is_empty() {
        judged.observed = told.join("; ");
    }
    Some(judged)
}

#[cfg(test)]
mod tests {
    use super::super::ear::stage::{silence, voice, windows};
    use super::*;
    use crate::record::{Sound, Verdict};

    fn judge(now: f64, over: bool, b: impl Fn(f64) -> (Vec<u16>, Sound, f32)) -> Option<Judgement> {
        let (for_a, for_b) = (windows(5.0, now, |_| voice(2)), windows(5.0, now, b));
        let a = Ear { party: "User A", own: 1, peer: 2, spoken: 20, windows: &for_a };
        let b = Ear { party: "External 1", own: 2, peer: 1, spoken: 20, windows: &for_b };
        let planned = if over { now - 5.0 } else { 45.0 };
        continuity(&a, &b, &Span { from: 5.0, now, planned, over })
    }

    #[test]
    fn a_whole_talk_passes_with_its_numbers() {
        assert!(judge(20.0, false, |_| voice(1)).is_none());
        let judged = judge(50.0, true, |_| voice(1)).unwrap();
        assert_eq!(judged.verdict, Verdict::Pass);
        assert!(judged.observed.contains("100.0 % of 45 s"), "{}", judged.observed);
    }

    #[test]
    fn the_end_of_the_audio_is_timed_and_ends_the_wait() {
        let until_17_3 = |at: f64| if at < 17.3 { voice(1) } else { silence() };
        assert!(judge(20.0, false, until_17_3).is_none());
        let judged = judge(23.0, false, until_17_3).unwrap();
        assert_eq!(judged.cause, Some(Cause::AudioStopped));
        assert!(judged.observed.contains("at 12.3 s of 45 s"), "{}", judged.observed);
    }

    #[test]
    fn gaps_and_strangers_fail() {
        let gap = |at: f64| if (9.0..9.4).contains(&at) { silence() } else { voice(1) };
        assert_eq!(judge(50.0, true, gap).unwrap().cause, Some(Cause::AudioGaps));
        let crossed = |_| (vec![1, 9], Sound::Identity, -16.0);
        assert_eq!(judge(20.0, false, crossed).unwrap().cause, Some(Cause::CrossedAudio));
    }

    #[test]
    fn windows_that_are_late_are_waited_for() {
        let late = windows(5.0, 5.2, |_| voice(2));
        let a = Ear { party: "User A", own: 1, peer: 2, spoken: 20, windows: &late };
        let b = Ear { party: "External 1", own: 2, peer: 2, ..a };
        let at = |now| continuity(&a, &b, &Span { from: 5.0, now, planned: 1.0, over: true });
        assert!(at(6.1).is_none());
        assert!(at(8.0).is_some(), "but not for ever");
    }

    #[test]
    fn a_short_talk_that_was_never_heard_stopped_too() {
        assert_eq!(judge(7.0, true, |_| silence()).unwrap().cause, Some(Cause::AudioStopped));
    }
}
