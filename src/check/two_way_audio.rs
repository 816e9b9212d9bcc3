//! "2-way audio is established": each party hears the other, and nobody else
//! (design §6).

use super::ear::{PRESENT, class_of_most, longest_run, mostly};
use super::{Ear, Judgement};
use crate::record::{Cause, Sound, Verdict, Window};

/// Onset up to here passes, s.
const PROMPT_S: f64 = 1.0;
/// Onset up to here warns, s; beyond it fails.
const LATEST_S: f64 = 3.0;
/// Time after a change of speakers that is not judged: delay, and windows that straddle
/// the change, s.
const SETTLE_S: f64 = 0.3;
/// How long both must have been heard together, s.
const TOGETHER_S: f64 = 1.0;
/// Share of windows in which the peer must be heard.
const COVERAGE: f64 = 0.95;
/// A share that chance may have.
const CHANCE: f64 = 0.1;
/// Longest gap, s.
const GAP_S: f64 = 0.2;
/// Least ratio of the peer's tones to the residual, dB.
const CLEAR_DB: f32 = 15.0;
/// Level at which parties speak, dBm0.
const SPOKEN_DBM0: f32 = -16.0;
/// One-way delay beyond this is unacceptable (ITU-T G.114), s.
const DELAY_S: f64 = 0.4;
/// Heard this much softer or louder than spoken, gain is wrong, dB. Gateways pad up to
/// 12 dB.
const SOFTER_DB: f32 = 18.0;
const LOUDER_DB: f32 = 9.0;
/// Windows in a row of one's own voice, in a second of silence from everybody else, that
/// make an echo.
const ECHO_WINDOWS: usize = 10;
/// Echo below this is worth a note only, dB against what was spoken.
const FAINT_ECHO_DB: f32 = -25.0;

/// When who spoke, in seconds of the run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Phases {
    /// From here A spoke alone.
    pub a_alone: f64,
    /// From here B spoke alone.
    pub b_alone: f64,
    /// From here both spoke.
    pub both: f64,
    /// The present time.
    pub now: f64,
    /// Whether there is no more waiting.
    pub last: bool,
    /// Whether a hold was resumed just before.
    pub resumed: bool,
}

/// Judges whether A and B hear each other, as soon as it can be said.
pub fn two_way_audio(a: &Ear<'_>, b: &Ear<'_>, phases: &Phases) -> Option<Judgement> {
    let expected = format!("{} and {} hear each other", a.party, b.party);
    for ear in [a, b] {
        if let Some(stranger) = ear.stranger() {
            let observed =
                format!("{} hears somebody of another call (identity {stranger})", ear.party);
            return Some(Judgement::fail(Cause::CrossedAudio, expected, observed));
        }
    }
    // Each direction: who listens, and how long its peer had spoken alone before.
    let b_hears = onset(b, phases.a_alone, phases.b_alone, phases.both);
    let a_hears = onset(a, phases.b_alone, phases.both, phases.both);
    let heard_until = a.heard_until(phases.now).min(b.heard_until(phases.now));
    let lasts = |ear: &Ear<'_>, onset: Option<Onset>| {
        onset.filter(|onset| !is_chance(ear, onset.at.max(phases.both), heard_until, phases.last))
    };
    let (a_hears, b_hears) = (lasts(a, a_hears), lasts(b, b_hears));
    let (Some(a_onset), Some(b_onset)) = (a_hears, b_hears) else {
        // Audio that comes far too late is told from audio that never comes.
        return phases.last.then(|| unheard(a, b, a_hears, b_hears, phases, expected));
    };
    let all = |ear: &Ear<'_>| ear.delay(ear.windows).unwrap_or_default();
    let delays = [all(a), all(b)];
    let together = phases.both.max(a_onset.at).max(b_onset.at)
        + SETTLE_S
        + delays.into_iter().fold(0.0, f64::max);
    if heard_until < together + TOGETHER_S && !phases.last {
        return None;
    }
    let mut judged = Judgement::pass(expected.clone(), String::new());
    let mut told = Vec::new();
    for (ear, onset, delay) in [(a, a_onset, delays[0]), (b, b_onset, delays[1])] {
        let windows = ear.between(together, heard_until);
        let (share, gap) = ear.coverage(windows);
        let clear = median_snr(windows, ear.peer);
        told.push(format!(
            "{} hears the other after {:.2} s, in {:.0} % of windows, {clear:.0} dB clear",
            ear.party,
            onset.after,
            100.0 * share
        ));
        if share < COVERAGE || gap > GAP_S {
            let observed = format!(
                "{} hears the other in {:.0} % of windows, longest gap {:.0} ms",
                ear.party,
                100.0 * share,
                1000.0 * gap
            );
            judged = judged.or_worse(Judgement::fail(Cause::AudioGaps, expected.clone(), observed));
        }
        if onset.after > PROMPT_S {
            let observed = format!("{} hears the other only after {:.1} s", ear.party, onset.after);
            let verdict = if onset.after > LATEST_S { Verdict::Fail } else { Verdict::Warn };
            let late = Judgement::of(verdict, Cause::LateAudio, expected.clone(), observed);
            judged = judged.or_worse(late);
        }
        let mut warn = |cause: Cause, observed: String| {
            let worse = Judgement::warn(cause, expected.clone(), observed);
            judged = judged.clone().or_worse(worse);
        };
        if clear < CLEAR_DB {
            let observed =
                format!("{} hears the other only {clear:.0} dB above the rest", ear.party);
            warn(Cause::DistortedAudio, observed);
        }
        let level = median_level(windows, ear.peer) - SPOKEN_DBM0;
        if !(-SOFTER_DB..=LOUDER_DB).contains(&level) {
            let way = if level < 0.0 { "softer" } else { "louder" };
            let observed =
                format!("{} hears the other {:.0} dB {way} than it speaks", ear.party, level.abs());
            warn(Cause::WrongLevel, observed);
        }
        if delay > DELAY_S {
            let observed =
                format!("{} hears the other with a delay of {:.0} ms", ear.party, 1000.0 * delay);
            warn(Cause::LongDelay, observed);
        }
    }
    for (ear, from, to) in [(a, phases.a_alone, phases.b_alone), (b, phases.b_alone, phases.both)] {
        if let Some(echo) = echo(ear, from, to, &expected) {
            judged = judged.or_worse(echo);
        }
    }
    if judged.observed.is_empty() {
        judged.observed = told.join("; ");
    }
    Some(judged)
}

#[derive(Clone, Copy)]
struct Onset {
    at: f64,
    /// Time that the peer had spoken before it was heard, s.
    after: f64,
}

/// The peer speaks from `alone` to `pause` and again from `both`.
fn onset(ear: &Ear<'_>, alone: f64, pause: f64, both: f64) -> Option<Onset> {
    let at = ear.onset(alone)?;
    let after = if at < pause + SETTLE_S || pause >= both {
        at - alone
    } else {
        (at - both).max(0.0) + (pause - alone)
    };
    Some(Onset { at, after })
}

/// Music matches a voice now and then for a moment: what has not lasted was chance.
fn is_chance(ear: &Ear<'_>, from: f64, until: f64, last: bool) -> bool {
    let windows = ear.between(from + SETTLE_S, until);
    if windows.len() < PRESENT {
        return last;
    }
    ear.coverage(windows).0 < CHANCE
}

fn unheard(
    a: &Ear<'_>,
    b: &Ear<'_>,
    a_hears: Option<Onset>,
    b_hears: Option<Onset>,
    phases: &Phases,
    expected: String,
) -> Judgement {
    let instead = |ear: &Ear<'_>| mostly(ear.between(phases.both, phases.now));
    match (a_hears, b_hears) {
        (None, None) => {
            let observed = format!(
                "neither hears the other: {} hears {}, {} hears {}",
                a.party,
                instead(a),
                b.party,
                instead(b)
            );
            Judgement::fail(Cause::NoAudio, expected, observed)
        }
        (a_hears, _) => {
            let (deaf, mute) = if a_hears.is_none() { (a, b) } else { (b, a) };
            let observed = format!(
                "{} does not hear {} but {}; the other direction works",
                deaf.party,
                mute.party,
                instead(deaf)
            );
            let music = class_of_most(deaf.between(phases.both, phases.now)) == Sound::Music;
            let cause =
                if phases.resumed && music { Cause::StillOnHold } else { Cause::OneWayAudio };
            Judgement::fail(cause, expected, observed)
        }
    }
}

fn median_snr(windows: &[Window], identity: u16) -> f32 {
    let mut ratios: Vec<f32> = windows
        .iter()
        .flat_map(|w| w.heard.iter().filter(|h| h.identity == identity).map(|h| h.snr_db))
        .collect();
    ratios.sort_by(f32::total_cmp);
    ratios.get(ratios.len() / 2).copied().unwrap_or(0.0)
}

/// Median level of the windows that hold the identity, dBm0.
fn median_level(windows: &[Window], identity: u16) -> f32 {
    let mut levels: Vec<f32> =
        windows.iter().filter(|w| w.hears(identity)).map(|w| w.level_dbm0).collect();
    levels.sort_by(f32::total_cmp);
    levels.get(levels.len() / 2).copied().unwrap_or(SPOKEN_DBM0)
}

/// One's own identity while nobody else speaks.
fn echo(ear: &Ear<'_>, from: f64, to: f64, expected: &str) -> Option<Judgement> {
    let windows = ear.between(from + SETTLE_S, to);
    if longest_run(windows, |w| w.hears(ear.own)) < ECHO_WINDOWS {
        return None;
    }
    let levels: Vec<f32> =
        windows.iter().filter(|w| w.hears(ear.own)).map(|w| w.level_dbm0).collect();
    let level = levels.iter().sum::<f32>() / levels.len().max(1) as f32 - SPOKEN_DBM0;
    let observed = format!("{} hears itself at {level:.0} dB of what it says", ear.party);
    Some(if level < FAINT_ECHO_DB {
        Judgement::note(Cause::Echo, expected, observed)
    } else {
        Judgement::warn(Cause::Echo, expected, observed)
    })
}

#[cfg(test)]
mod tests {
    use super::super::ear::stage::{silence, voice, windows};
    use super::*;

    const A: u16 = 1;
    const B: u16 = 2;

    fn phases(now: f64) -> Phases {
        let last = now >= 18.0;
        Phases { a_alone: 10.0, b_alone: 11.0, both: 12.0, now, last, resumed: false }
    }

    type Told = (Vec<u16>, Sound, f32);

    fn judge_at(
        now: f64,
        a_hears: impl Fn(f64) -> Told,
        b_hears: impl Fn(f64) -> Told,
    ) -> Option<Judgement> {
        let (for_a, for_b) = (windows(10.0, now, a_hears), windows(10.0, now, b_hears));
        let a = Ear { party: "User A", own: A, peer: B, spoken: 20, windows: &for_a };
        let b = Ear { party: "External 1", own: B, peer: A, spoken: 20, windows: &for_b };
        two_way_audio(&a, &b, &phases(now))
    }

    fn hears_b(at: f64) -> Told {
        if at > 11.05 { voice(B) } else { silence() }
    }

    fn hears_a(at: f64) -> Told {
        if (10.05..11.05).contains(&at) || at > 12.05 { voice(A) } else { silence() }
    }

    fn cause(judged: Option<Judgement>) -> Option<Cause> {
        judged.unwrap().cause
    }

    #[test]
    fn both_hear_each_other_and_it_is_said_after_a_second_together() {
        assert!(judge_at(13.0, hears_b, hears_a).is_none());
        let judged = judge_at(14.0, hears_b, hears_a).unwrap();
        assert_eq!(judged.verdict, Verdict::Pass, "{judged:?}");
        assert!(judged.observed.contains("100 %"), "{}", judged.observed);
    }

    #[test]
    fn each_direction_and_both_are_told_apart() {
        let silent = |_| silence();
        assert!(judge_at(17.9, hears_b, silent).is_none(), "onset may still come");
        let judged = judge_at(18.0, hears_b, silent).unwrap();
        assert_eq!(judged.cause, Some(Cause::OneWayAudio));
        assert!(judged.observed.starts_with("External 1 does not hear User A"), "{judged:?}");
        let judged = judge_at(18.0, silent, hears_a).unwrap();
        assert!(judged.observed.starts_with("User A does not hear External 1"), "{judged:?}");
        assert_eq!(cause(judge_at(18.0, silent, silent)), Some(Cause::NoAudio));
    }

    #[test]
    fn a_late_onset_warns() {
        let late = |at: f64| if at > 12.6 { voice(A) } else { silence() };
        let judged = judge_at(15.0, hears_b, late).unwrap();
        assert_eq!((judged.verdict, judged.cause), (Verdict::Warn, Some(Cause::LateAudio)));
        let very_late = |at: f64| if at > 15.2 { voice(A) } else { silence() };
        assert!(judge_at(15.0, hears_b, very_late).is_none());
        let judged = judge_at(17.5, hears_b, very_late).unwrap();
        assert_eq!((judged.verdict, judged.cause), (Verdict::Fail, Some(Cause::LateAudio)));
    }

    #[test]
    fn a_long_delay_and_a_wrong_level_warn() {
        let judge = |delay_ms: f32, level: f32| {
            let late = f64::from(delay_ms) / 1000.0;
            let (mut for_a, mut for_b) = (
                windows(10.0, 15.0, |at| hears_b(at - late)),
                windows(10.0, 15.0, |at| hears_a(at - late)),
            );
            for window in for_a.iter_mut().chain(&mut for_b).filter(|w| !w.heard.is_empty()) {
                window.heard[0].delay_ms = Some(delay_ms);
                window.level_dbm0 = level;
            }
            let a = Ear { party: "User A", own: A, peer: B, spoken: 20, windows: &for_a };
            let b = Ear { party: "External 1", own: B, peer: A, spoken: 20, windows: &for_b };
            let judged = two_way_audio(&a, &b, &phases(15.0)).unwrap();
            (judged.verdict, judged.cause)
        };
        assert_eq!(judge(300.0, -16.0), (Verdict::Pass, None));
        assert_eq!(judge(600.0, -16.0), (Verdict::Warn, Some(Cause::LongDelay)));
        assert_eq!(judge(20.0, -28.0), (Verdict::Pass, None));
        assert_eq!(judge(20.0, -44.0), (Verdict::Warn, Some(Cause::WrongLevel)));
    }

    #[test]
    fn music_after_a_resume_is_a_hold_that_goes_on() {
        let music = |_| (Vec::new(), Sound::Music, -18.0);
        let (for_a, mut for_b) = (windows(10.0, 18.0, hears_b), windows(10.0, 18.0, music));
        // For a moment the music is taken for A.
        for_b.iter_mut().filter(|w| (12.5..12.8).contains(&w.at)).for_each(|window| {
            window.heard = windows(0.0, 0.1, |_| voice(A))[0].heard.clone();
        });
        let a = Ear { party: "User A", own: A, peer: B, spoken: 20, windows: &for_a };
        let b = Ear { party: "External 1", own: B, peer: A, spoken: 20, windows: &for_b };
        for (resumed, expected) in [(true, Cause::StillOnHold), (false, Cause::OneWayAudio)] {
            let phases = Phases { resumed, ..phases(18.0) };
            assert_eq!(cause(two_way_audio(&a, &b, &phases)), Some(expected));
        }
    }

    #[test]
    fn gaps_strangers_and_echo_are_found() {
        let gappy = |at: f64| if at % 1.0 > 0.7 { silence() } else { hears_b(at) };
        assert_eq!(cause(judge_at(14.5, gappy, hears_a)), Some(Cause::AudioGaps));
        let crossed = |at: f64| {
            let mut heard = hears_b(at);
            if at > 12.5 {
                heard.0.push(7);
            }
            heard
        };
        assert_eq!(cause(judge_at(14.0, crossed, hears_a)), Some(Cause::CrossedAudio));
        let echo = |level: f32| {
            move |at: f64| {
                if (10.1..11.0).contains(&at) {
                    (vec![A], Sound::Identity, level)
                } else {
                    hears_b(at)
                }
            }
        };
        let loud = judge_at(14.0, echo(-30.0), hears_a).unwrap();
        assert_eq!((loud.verdict, loud.cause), (Verdict::Warn, Some(Cause::Echo)));
        let faint = judge_at(14.0, echo(-45.0), hears_a).unwrap();
        assert_eq!(faint.verdict, Verdict::Note);
    }

    #[test]
    fn buried_tones_warn() {
        let (mut for_a, for_b) = (windows(10.0, 14.0, hears_b), windows(10.0, 14.0, hears_a));
        for heard in for_a.iter_mut().flat_map(|w| w.heard.iter_mut()) {
            heard.snr_db = 9.0;
        }
        let a = Ear { party: "User A", own: A, peer: B, spoken: 20, windows: &for_a };
        let b = Ear { party: "External 1", own: B, peer: A, spoken: 20, windows: &for_b };
        assert_eq!(cause(two_way_audio(&a, &b, &phases(14.0))), Some(Cause::DistortedAudio));
    }
}
