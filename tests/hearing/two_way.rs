//! Two-way audio: A alone for a second, B alone for a second, then both.

use super::line::*;
use pbxcert::check::{Judgement, Phases, two_way_audio};
use pbxcert::record::{Cause, Verdict};

/// When A and B speak, s from the start.
const A_SPEAKS: [(f64, f64); 2] = [(0.0, 1.0), (2.0, 10.0)];
const B_SPEAKS: [(f64, f64); 2] = [(1.0, 2.0), (2.0, 10.0)];

fn to_a() -> Line {
    Line::quiet(6.0).voice(B, &B_SPEAKS, 0.06, 0.0)
}

fn to_b() -> Line {
    Line::quiet(6.0).voice(A, &A_SPEAKS, 0.06, 0.0)
}

fn judge(to_a: &Line, to_b: &Line) -> Judgement {
    let (a, b) = (to_a.heard(), to_b.heard());
    let phases = Phases {
        a_alone: START,
        b_alone: START + 1.0,
        both: START + 2.0,
        now: START + 6.0,
        last: true,
        resumed: false,
    };
    two_way_audio(&ear(A, &a), &ear(B, &b), &phases).unwrap()
}

fn cause(to_a: &Line, to_b: &Line) -> Option<Cause> {
    judge(to_a, to_b).cause
}

#[test]
fn a_good_call_passes() {
    let judged = judge(&to_a(), &to_b());
    assert_eq!(judged.verdict, Verdict::Pass, "{judged:?}");
    let slow = Line::quiet(6.0).voice(A, &A_SPEAKS, 0.35, -12.0);
    let judged = judge(&to_a(), &slow);
    assert_eq!(judged.verdict, Verdict::Pass, "350 ms late and soft: {judged:?}");
}

#[test]
fn a_few_lost_packets_pass_and_a_long_gap_does_not() {
    let few = to_b().lose(|t| ((t * 50.0) as u32).is_multiple_of(50));
    assert_eq!(judge(&to_a(), &few).verdict, Verdict::Pass);
    let gap = to_b().lose(|t| (3.0..3.3).contains(&t));
    let judged = judge(&to_a(), &gap);
    assert_eq!((judged.verdict, judged.cause), (Verdict::Fail, Some(Cause::AudioGaps)));
}

#[test]
fn silence_on_one_side_or_both_is_told_apart() {
    let quiet = Line::quiet(6.0);
    let judged = judge(&to_a(), &quiet);
    assert_eq!(judged.cause, Some(Cause::OneWayAudio));
    assert!(judged.observed.starts_with("External 1 does not hear User A"), "{judged:?}");
    let judged = judge(&quiet, &to_b());
    assert!(judged.observed.starts_with("User A does not hear External 1"), "{judged:?}");
    assert_eq!(cause(&quiet, &quiet), Some(Cause::NoAudio));
}

#[test]
fn music_or_ringing_in_place_of_the_peer_is_no_audio() {
    let ringing = Line::quiet(6.0).sound(-16.0, 0.0, beeps(425.0, 1.0, 4.0));
    let music = Line::quiet(6.0).sound(-16.0, 0.0, music);
    assert_eq!(cause(&ringing, &music), Some(Cause::NoAudio));
}

#[test]
fn late_audio_warns_and_much_too_late_audio_fails() {
    let late = Line::quiet(6.0).voice(A, &[(2.6, 10.0)], 0.06, 0.0);
    let judged = judge(&to_a(), &late);
    assert_eq!((judged.verdict, judged.cause), (Verdict::Warn, Some(Cause::LateAudio)));
}

#[test]
fn a_third_party_is_crossed_audio_with_or_without_the_peer() {
    let beside = to_b().voice(STRANGER, &[(0.0, 10.0)], 0.1, -6.0);
    assert_eq!(cause(&to_a(), &beside), Some(Cause::CrossedAudio));
    let instead = Line::quiet(6.0).voice(STRANGER, &[(0.0, 10.0)], 0.1, 0.0);
    assert_eq!(cause(&to_a(), &instead), Some(Cause::CrossedAudio));
}

#[test]
fn echo_is_a_note_or_a_warning_by_its_level() {
    for (db, verdict) in [(-30.0, Verdict::Note), (-15.0, Verdict::Warn)] {
        let echoed = to_a().voice(A, &A_SPEAKS, 0.2, db);
        let judged = judge(&echoed, &to_b());
        assert_eq!((judged.verdict, judged.cause), (verdict, Some(Cause::Echo)), "{judged:?}");
    }
}

#[test]
fn noise_over_the_voice_is_distortion() {
    let noisy = to_b().sound(-24.0, 0.0, noise());
    assert_eq!(cause(&to_a(), &noisy), Some(Cause::DistortedAudio));
    let clipped = to_b().clip(400.0);
    let judged = judge(&to_a(), &clipped);
    assert_eq!(judged.cause, Some(Cause::DistortedAudio), "{judged:?}");
}
