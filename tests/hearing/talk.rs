//! The call continues to work, or stops doing so.

use super::line::*;
use pbxcert::check::{Judgement, Span, continuity};
use pbxcert::record::{Cause, Verdict};

fn judge(seconds: f64, to_b: &Line) -> Judgement {
    let to_a = Line::quiet(seconds).voice(B, &[(0.0, 100.0)], 0.05, 0.0).heard();
    let to_b = to_b.heard();
    let span = Span { from: START, now: START + seconds, planned: seconds, over: true };
    continuity(&ear(A, &to_a), &ear(B, &to_b), &span).unwrap()
}

fn spoken(seconds: f64) -> Line {
    Line::quiet(seconds).voice(A, &[(-1.0, 100.0)], 0.05, 0.0)
}

#[test]
fn a_whole_talk_passes() {
    let judged = judge(45.0, &spoken(45.0));
    assert_eq!(judged.verdict, Verdict::Pass, "{judged:?}");
}

#[test]
fn one_lost_packet_in_fifty_is_no_gap() {
    let judged = judge(20.0, &spoken(20.0).lose(|t| ((t * 50.0) as u32 * 7 % 50) == 3));
    assert_eq!(judged.verdict, Verdict::Pass, "{judged:?}");
}

#[test]
fn the_end_of_the_audio_is_timed() {
    let judged = judge(45.0, &spoken(45.0).lose(|t| t > 12.3));
    assert_eq!(judged.cause, Some(Cause::AudioStopped));
    let told = ["at 12.2 s of 45 s", "at 12.3 s of 45 s", "at 12.4 s of 45 s"];
    assert!(told.iter().any(|told| judged.observed.contains(told)), "{}", judged.observed);
}

#[test]
fn interruptions_are_gaps() {
    let judged = judge(20.0, &spoken(20.0).lose(|t| t % 5.0 > 4.6));
    assert_eq!(judged.cause, Some(Cause::AudioGaps), "{judged:?}");
}

#[test]
fn a_call_that_crosses_in_the_middle_is_found() {
    let crossed = spoken(20.0).lose(|t| t > 8.0).voice(STRANGER, &[(8.0, 100.0)], 0.05, 0.0);
    assert_eq!(judge(20.0, &crossed).cause, Some(Cause::CrossedAudio));
}
