//! What the packets of a stream say about what was heard: the cause behind gaps,
//! distortion or silence, where it can be read off the stream that the PBX sent.

use super::Judgement;
use crate::record::{Cause, StreamStats, Verdict};

/// Loss from here on is worth a warning: G.107 rates G.711 without concealment below 60
/// of 100 then.
const LOSS: f64 = 0.03;
/// From here on nobody can talk: R is below 30.
const HEAVY_LOSS: f64 = 0.1;
/// Share of packets too late for a jitter buffer of 60 ms that is worth a warning.
const LATE: f64 = 0.05;
/// Fewer bursts of them are accidents.
const BURSTS: u64 = 3;
/// A stream of which more than half is odd is odd.
const MOST: f64 = 0.5;
/// Fewer packets, 1 s, say nothing.
const ENOUGH: u64 = 50;

/// Names the cause of what was heard, or not, by the streams of the talk: counts of its
/// own time only. Loss and lateness are worth a word even where everything was heard.
pub fn with_stream(judgement: Judgement, streams: &[StreamStats]) -> Judgement {
    if !is_about_audio(&judgement) {
        return judgement;
    }
    if let Some((cause, told)) = streams.iter().find_map(|stream| left_behind(stream, &judgement)) {
        let observed = format!("{}; {told}", judgement.observed);
        return Judgement::of(judgement.verdict, cause, judgement.expected, observed);
    }
    let enough = streams.iter().filter(|stream| stream.received >= ENOUGH);
    let Some((cause, told)) = enough
        .flat_map(|stream| {
            [
                undecodable(stream, &judgement),
                mistimed(stream),
                stuck(stream),
                loss(stream),
                late(stream),
            ]
        })
        .flatten()
        .find(|(cause, _)| {
            // A pass is spoilt only by what every listener suffers from.
            judgement.verdict != Verdict::Pass || matches!(cause, Cause::PacketLoss | Cause::Jitter)
        })
    else {
        return judgement;
    };
    let heavy = streams.iter().any(|stream| lost(stream) >= HEAVY_LOSS);
    let worth = if cause == Cause::PacketLoss && heavy { Verdict::Fail } else { Verdict::Warn };
    let observed = match judgement.verdict {
        Verdict::Pass => format!("{told}; {}", judgement.observed),
        _ => format!("{}; {told}", judgement.observed),
    };
    Judgement::of(judgement.verdict.max(worth), cause, judgement.expected, observed)
}

fn is_about_audio(judgement: &Judgement) -> bool {
    matches!(
        judgement.cause,
        None | Some(
            Cause::NoAudio
                | Cause::OneWayAudio
                | Cause::LateAudio
                | Cause::AudioGaps
                | Cause::AudioStopped
                | Cause::DistortedAudio
        )
    )
}

pub(super) type Told = Option<(Cause, String)>;

fn share(part: u64, stream: &StreamStats) -> f64 {
    part as f64 / stream.received.max(1) as f64
}

fn lost(stream: &StreamStats) -> f64 {
    let unique = stream.received.saturating_sub(stream.duplicated);
    stream.lost as f64 / (unique + stream.lost).max(1) as f64
}

/// What could not be decoded was not heard.
fn undecodable(stream: &StreamStats, judgement: &Judgement) -> Told {
    let unheard = matches!(judgement.cause, Some(Cause::NoAudio | Cause::OneWayAudio));
    let kind = stream.unagreed_type.filter(|_| unheard && share(stream.unagreed, stream) > MOST)?;
    let told = format!(
        "{} of {} packets to {} have payload type {kind}, which was not agreed on",
        stream.unagreed, stream.received, stream.party
    );
    Some((Cause::UnagreedPayload, told))
}

/// What goes to a port that the party has left is not heard.
fn left_behind(stream: &StreamStats, judgement: &Judgement) -> Told {
    let unheard = matches!(judgement.cause, Some(Cause::NoAudio | Cause::OneWayAudio));
    (unheard && stream.left_behind >= ENOUGH).then(|| {
        let told = format!(
            "{} packets went to the port that {} has left",
            stream.left_behind, stream.party
        );
        (Cause::MediaLeftBehind, told)
    })
}

fn mistimed(stream: &StreamStats) -> Told {
    let share = share(stream.mistimed, stream);
    (share > MOST).then(|| {
        let told = format!(
            "the timestamps of {:.0} % of the packets to {} do not advance by what they hold",
            100.0 * share,
            stream.party
        );
        (Cause::BadTimestamps, told)
    })
}

/// A stream that only repeats one packet's worth of sound.
pub(super) fn stuck(stream: &StreamStats) -> Told {
    (stream.received >= ENOUGH && share(stream.repeated, stream) > MOST).then(|| {
        let told = format!(
            "{} of {} packets to {} only repeat the one before",
            stream.repeated, stream.received, stream.party
        );
        (Cause::StuckAudio, told)
    })
}

fn loss(stream: &StreamStats) -> Told {
    let share = lost(stream);
    (share >= LOSS).then(|| {
        let told = format!(
            "{:.1} % of the packets to {} are missing by sequence number",
            100.0 * share,
            stream.party
        );
        (Cause::PacketLoss, told)
    })
}

fn late(stream: &StreamStats) -> Told {
    let share = share(stream.late, stream);
    // Whatever carries packets hangs once in a while.
    (share >= LATE && stream.late_bursts >= BURSTS).then(|| {
        let told = format!(
            "{:.1} % of the packets to {} come more than 60 ms late, in {} bursts",
            100.0 * share,
            stream.party,
            stream.late_bursts
        );
        (Cause::Jitter, told)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(judgement: Judgement, change: impl FnOnce(&mut StreamStats)) -> Judgement {
        let mut stats = StreamStats { party: "User A".into(), received: 200, ..Default::default() };
        change(&mut stats);
        with_stream(judgement, &[stats])
    }

    fn failed(cause: Cause) -> Judgement {
        Judgement::fail(cause, "audio", "hears silence")
    }

    #[test]
    fn loss_and_lateness_are_told_even_where_all_is_heard() {
        let pass = || Judgement::pass("audio", "heard");
        assert_eq!(judge(pass(), |_| {}).verdict, Verdict::Pass);
        assert_eq!(judge(pass(), |s| s.lost = 5).verdict, Verdict::Pass, "2.4 %");
        let judged = judge(pass(), |s| s.lost = 10);
        assert_eq!((judged.verdict, judged.cause), (Verdict::Warn, Some(Cause::PacketLoss)));
        assert!(judged.observed.starts_with("4.8 % of the packets to User A"), "{judged:?}");
        assert_eq!(judge(pass(), |s| s.lost = 30).verdict, Verdict::Fail);
        assert_eq!(judge(pass(), |s| (s.late, s.late_bursts) = (20, 1)).cause, None);
        let judged = judge(pass(), |s| (s.late, s.late_bursts) = (20, 4));
        assert_eq!(judged.cause, Some(Cause::Jitter));
        assert_eq!(
            judge(pass(), |s| s.mistimed = 200).verdict,
            Verdict::Pass,
            "heard all the same"
        );
    }

    #[test]
    fn the_stream_explains_what_is_not_heard() {
        let gaps = || failed(Cause::AudioGaps);
        assert_eq!(judge(gaps(), |_| {}), gaps());
        assert_eq!(judge(gaps(), |s| s.mistimed = 150).cause, Some(Cause::BadTimestamps));
        let none = || failed(Cause::NoAudio);
        assert_eq!(judge(none(), |s| s.repeated = 180).cause, Some(Cause::StuckAudio));
        let judged = judge(none(), |s| (s.unagreed, s.unagreed_type) = (200, Some(18)));
        assert_eq!((judged.verdict, judged.cause), (Verdict::Fail, Some(Cause::UnagreedPayload)));
        assert!(judged.observed.contains("payload type 18"), "{}", judged.observed);
        let left = |s: &mut StreamStats| (s.received, s.left_behind) = (0, 180);
        let judged = judge(none(), left);
        assert_eq!((judged.verdict, judged.cause), (Verdict::Fail, Some(Cause::MediaLeftBehind)));
        assert_eq!(judge(gaps(), left).cause, Some(Cause::AudioGaps), "heard all the same");
    }

    #[test]
    fn few_packets_and_other_findings_say_nothing() {
        let few = judge(failed(Cause::NoAudio), |s| (s.received, s.lost) = (10, 10));
        assert_eq!(few.cause, Some(Cause::NoAudio));
        let crossed = judge(failed(Cause::CrossedAudio), |s| s.lost = 100);
        assert_eq!(crossed.cause, Some(Cause::CrossedAudio));
    }
}
