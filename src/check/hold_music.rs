//! "Caller hears hold music" (design §6).

use super::ear::{PRESENT, longest_run, longest_time, mostly};
use super::stream::stuck;
use super::{Ear, Judgement, Span};
use crate::profile::HoldAudio;
use crate::record::{Cause, Sound, StreamStats, Window};

/// Windows become final this long after their time, s.
const LAG_S: f64 = 0.4;
/// What the other party said just before the hold may still be on its way, s.
const SETTLE_S: f64 = 0.5;
/// Music must begin within this, s.
const BEGIN_S: f64 = 3.0;
/// Level that counts as sound, dBm0.
const AUDIBLE_DBM0: f32 = -50.0;
/// Share of windows with sound.
const COVERAGE: f64 = 0.6;
/// Longest silence, s.
const SILENCE_S: f64 = 4.0;
/// Share of the audible windows that gives the whole its class.
const MAJORITY: f64 = 0.7;
/// Share of the packets that repeat the one before where a tone is a stream that stands still.
const STUCK: f64 = 0.95;

/// Judges what the held party hears, by its sound and by the stream that brought it, counted over
/// the same time. Decides before the end only where the hold leaks.
pub fn hold_music(
    held: &Ear<'_>,
    stream: &StreamStats,
    expect: HoldAudio,
    span: &Span,
) -> Option<Judgement> {
    let expected = match expect {
        HoldAudio::Music => format!("{} hears hold music", held.party),
        HoldAudio::Tone => format!("{} hears music or a tone", held.party),
        HoldAudio::Any => format!("{} hears neither party", held.party),
    };
    let windows = held.between(span.from + SETTLE_S, span.now - LAG_S);
    if let Some(leak) = leak(held, windows, &expected) {
        return Some(leak);
    }
    if !span.over {
        return None;
    }
    let audible: Vec<&Window> = windows.iter().filter(|w| w.level_dbm0 > AUDIBLE_DBM0).collect();
    let share = audible.len() as f64 / windows.len().max(1) as f64;
    let loudness = audible.iter().map(|w| w.level_dbm0).sum::<f32>() / audible.len().max(1) as f32;
    let silence = longest_time(windows, |w| w.level_dbm0 <= AUDIBLE_DBM0);
    let begins = audible.first().map(|w| w.at - span.from);
    let Some(begins) = begins else {
        let observed =
            format!("{} hears {} for {:.0} s", held.party, mostly(windows), span.now - span.from);
        return Some(match expect {
            HoldAudio::Any => Judgement::note(Cause::HoldSilent, expected, observed),
            _ => Judgement::fail(Cause::HoldSilent, expected, observed),
        });
    };
    let class = class_of(&audible);
    let observed = format!(
        "{} hears {} at {loudness:.0} dBm0 in {:.0} % of the time, from {begins:.1} s on, longest \
         silence {silence:.1} s",
        held.party,
        word(class),
        100.0 * share
    );
    if expect == HoldAudio::Any {
        return Some(Judgement::pass(expected, observed));
    }
    let fail = |cause, told: String| Judgement::fail(cause, expected.clone(), told);
    // One packet's worth of the holder's voice, again and again, sounds like music, or like a tone
    // where the voice stood still.
    let stuck = stuck(stream).map(|(cause, told)| (cause, format!("{told}; {observed}")));
    Some(match (class, stuck) {
        (Sound::Ringback | Sound::Busy, _) => fail(Cause::HoldRingback, observed),
        (Sound::Noise, None) => fail(Cause::HoldNoise, observed),
        _ if begins > BEGIN_S || share < COVERAGE || silence > SILENCE_S => {
            fail(Cause::HoldInterrupted, observed)
        }
        (Sound::Tone, _) if expect == HoldAudio::Tone => Judgement::pass(expected, observed),
        // So does a tone of a multiple of 50 Hz, which is no worse than any other; most tones have
        // a few packets' worth of their own before they begin anew.
        (Sound::Tone, Some((cause, told))) if nearly_all(stream) => {
            Judgement::warn(cause, expected, told)
        }
        (Sound::Tone, _) => Judgement::warn(Cause::HoldTone, expected, observed),
        (_, Some((cause, told))) => fail(cause, told),
        (_, None) => Judgement::pass(expected, observed),
    })
}

fn nearly_all(stream: &StreamStats) -> bool {
    stream.repeated as f64 >= STUCK * stream.received as f64
}

/// The party that is held must hear neither the other, nor itself, nor anybody else.
fn leak(held: &Ear<'_>, windows: &[Window], expected: &str) -> Option<Judgement> {
    let present = |identity: u16| longest_run(windows, |w| w.hears(identity)) >= PRESENT;
    let observed = if present(held.peer) {
        format!("{} still hears the party that holds", held.party)
    } else if present(held.own) {
        format!("{} hears itself", held.party)
    } else {
        let stranger = Ear { windows, ..*held }.stranger()?;
        let observed =
            format!("{} hears somebody of another call (identity {stranger})", held.party);
        return Some(Judgement::fail(Cause::CrossedAudio, expected, observed));
    };
    Some(Judgement::fail(Cause::HoldLeaksAudio, expected, observed))
}

/// The class of most of what is audible. Music has steady moments and noisy ones: only
/// a clear majority makes it something else.
fn class_of(audible: &[&Window]) -> Sound {
    let share = |sounds: &[Sound]| {
        let count = audible.iter().filter(|w| sounds.contains(&w.sound)).count();
        count as f64 / audible.len().max(1) as f64
    };
    // A lost packet makes two short bursts of a long one: ringing and busy are counted
    // together and told by which is more of it.
    let (ringing, busy) = (share(&[Sound::Ringback]), share(&[Sound::Busy]));
    if ringing + busy > MAJORITY {
        return if ringing >= busy { Sound::Ringback } else { Sound::Busy };
    }
    for class in [Sound::Noise, Sound::Tone] {
        if share(&[class]) > MAJORITY {
            return class;
        }
    }
    if share(&[Sound::Ringback, Sound::Busy, Sound::Tone]) > 0.9 {
        Sound::Tone
    } else {
        Sound::Music
    }
}

const fn word(class: Sound) -> &'static str {
    match class {
        Sound::Ringback => "ringback",
        Sound::Busy => "busy tone",
        Sound::Noise => "noise",
        Sound::Tone => "a tone",
        _ => "music",
    }
}

#[cfg(test)]
mod tests {
    use super::super::ear::stage::{silence, voice, windows};
    use super::*;
    use crate::record::Verdict;

    type Told = (Vec<u16>, Sound, f32);

    fn judge(expect: HoldAudio, heard: impl Fn(f64) -> Told) -> Judgement {
        judge_stream(&StreamStats::default(), expect, heard)
    }

    fn judge_stream(
        stream: &StreamStats,
        expect: HoldAudio,
        heard: impl Fn(f64) -> Told,
    ) -> Judgement {
        let windows = windows(20.0, 35.0, heard);
        let held = Ear { party: "External 1", own: 2, peer: 1, spoken: 20, windows: &windows };
        let span = Span { from: 20.0, now: 35.0, planned: 15.0, over: true };
        hold_music(&held, stream, expect, &span).unwrap()
    }

    fn only(sound: Sound) -> impl Fn(f64) -> Told {
        move |_| (Vec::new(), sound, -20.0)
    }

    #[test]
    fn music_passes_with_its_class_and_pauses_are_allowed() {
        let judged = judge(HoldAudio::Music, only(Sound::Music));
        assert_eq!(judged.verdict, Verdict::Pass);
        let bars = |at: f64| if at % 4.0 < 1.0 { silence() } else { only(Sound::Music)(at) };
        assert_eq!(judge(HoldAudio::Music, bars).verdict, Verdict::Pass);
    }

    #[test]
    fn what_is_no_music_is_named() {
        let cause = |heard: &dyn Fn(f64) -> Told| judge(HoldAudio::Music, heard).cause;
        assert_eq!(cause(&|_| silence()), Some(Cause::HoldSilent));
        assert_eq!(cause(&only(Sound::Ringback)), Some(Cause::HoldRingback));
        assert_eq!(cause(&only(Sound::Busy)), Some(Cause::HoldRingback));
        let torn = |at: f64| only(if at % 1.0 < 0.4 { Sound::Busy } else { Sound::Ringback })(at);
        assert_eq!(cause(&torn), Some(Cause::HoldRingback));
        assert_eq!(cause(&only(Sound::Noise)), Some(Cause::HoldNoise));
        assert_eq!(cause(&only(Sound::Tone)), Some(Cause::HoldTone));
        assert_eq!(cause(&|_| voice(1)), Some(Cause::HoldLeaksAudio));
        assert_eq!(cause(&|_| voice(2)), Some(Cause::HoldLeaksAudio));
        assert_eq!(cause(&|_| voice(9)), Some(Cause::CrossedAudio));
        let late = |at: f64| if at < 25.0 { silence() } else { only(Sound::Music)(at) };
        assert_eq!(cause(&late), Some(Cause::HoldInterrupted));
    }

    #[test]
    fn the_profile_may_allow_tones_or_anything() {
        assert_eq!(judge(HoldAudio::Tone, only(Sound::Tone)).verdict, Verdict::Pass);
        assert_eq!(judge(HoldAudio::Any, |_| silence()).verdict, Verdict::Note);
        assert_eq!(judge(HoldAudio::Any, only(Sound::Noise)).verdict, Verdict::Pass);
        assert_eq!(judge(HoldAudio::Any, |_| voice(1)).verdict, Verdict::Fail);
    }

    #[test]
    fn a_stream_that_repeats_is_stuck_unless_a_tone_is_allowed() {
        let stream = StreamStats { received: 700, repeated: 690, ..StreamStats::default() };
        let told = |expect, sound| {
            let judged = judge_stream(&stream, expect, only(sound));
            (judged.verdict, judged.cause)
        };
        let stuck = Some(Cause::StuckAudio);
        assert_eq!(told(HoldAudio::Music, Sound::Music), (Verdict::Fail, stuck));
        assert_eq!(told(HoldAudio::Tone, Sound::Music), (Verdict::Fail, stuck));
        assert_eq!(told(HoldAudio::Music, Sound::Noise), (Verdict::Fail, stuck));
        assert_eq!(told(HoldAudio::Music, Sound::Tone), (Verdict::Warn, stuck));
        assert_eq!(told(HoldAudio::Tone, Sound::Tone), (Verdict::Pass, None));
        assert_eq!(told(HoldAudio::Any, Sound::Music), (Verdict::Pass, None));
        let some = StreamStats { received: 754, repeated: 469, ..StreamStats::default() };
        let tone = judge_stream(&some, HoldAudio::Music, only(Sound::Tone));
        assert_eq!(tone.cause, Some(Cause::HoldTone), "of 425 Hz");
    }
}
