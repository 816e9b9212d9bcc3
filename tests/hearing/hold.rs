//! What a held party hears after a talk: B is held, A holds.

use std::f64::consts::TAU;

use super::line::*;
use pbxcert::check::{Judgement, Span, hold_music};
use pbxcert::profile::HoldAudio;
use pbxcert::record::{Cause, StreamStats, Verdict};

/// Three seconds of talk, then 15 s on hold.
fn talk() -> Line {
    Line::quiet(18.0).voice(A, &[(0.0, 3.0)], 0.05, 0.0)
}

fn judge(line: &Line, expect: HoldAudio) -> Judgement {
    let windows = line.heard();
    let span = Span { from: START + 3.2, now: START + 18.0, planned: 15.0, over: true };
    hold_music(&ear(B, &windows), &StreamStats::default(), expect, &span).unwrap()
}

fn cause(line: &Line) -> Option<Cause> {
    judge(line, HoldAudio::Music).cause
}

#[test]
fn music_passes_loud_and_soft_and_with_a_pause() {
    for level in [-12.0, -20.0, -36.0] {
        let judged = judge(&talk().sound(level, 3.2, music), HoldAudio::Music);
        assert_eq!(judged.verdict, Verdict::Pass, "{level} dBm0: {judged:?}");
    }
    let paused = talk().sound(-20.0, 3.2, music).lose(|t| (8.0..10.5).contains(&t));
    assert_eq!(judge(&paused, HoldAudio::Music).verdict, Verdict::Pass);
}

#[test]
fn silence_ringing_busy_and_noise_are_no_music() {
    assert_eq!(cause(&talk()), Some(Cause::HoldSilent));
    for (on, off) in [(1.0, 4.0), (0.5, 0.5)] {
        let tone = talk().sound(-20.0, 3.2, beeps(425.0, on, off));
        assert_eq!(cause(&tone), Some(Cause::HoldRingback), "{on} s on, {off} s off");
    }
    assert_eq!(cause(&talk().sound(-40.0, 3.2, noise())), Some(Cause::HoldNoise));
}

#[test]
fn a_steady_tone_is_one() {
    let tone = talk().sound(-20.0, 3.2, |t| (TAU * 440.0 * t).sin());
    let judged = judge(&tone, HoldAudio::Music);
    assert_eq!((judged.verdict, judged.cause), (Verdict::Warn, Some(Cause::HoldTone)));
    assert_eq!(judge(&tone, HoldAudio::Tone).verdict, Verdict::Pass);
}

#[test]
fn a_leak_is_found_alone_and_under_music() {
    let alone = talk().voice(A, &[(3.0, 20.0)], 0.05, -20.0);
    assert_eq!(cause(&alone), Some(Cause::HoldLeaksAudio));
    let under = alone.sound(-30.0, 3.2, music);
    assert_eq!(cause(&under), Some(Cause::HoldLeaksAudio));
    let own = talk().voice(B, &[(3.0, 20.0)], 0.05, 0.0);
    assert_eq!(cause(&own), Some(Cause::HoldLeaksAudio));
}

#[test]
fn music_that_comes_late_or_stops_is_interrupted() {
    let late = talk().sound(-20.0, 8.0, music);
    assert_eq!(cause(&late), Some(Cause::HoldInterrupted));
    let stops = talk().sound(-20.0, 3.2, music).lose(|t| t > 11.0);
    assert_eq!(cause(&stops), Some(Cause::HoldInterrupted));
}
