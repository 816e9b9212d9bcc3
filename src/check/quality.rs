//! Notes on a stream, and whose fault lateness is.

use super::Judgement;
use crate::record::{Cause, Observation, StreamStats, Verdict, What};

/// Lateness of this machine beyond this may be heard as a gap, ms.
const LATE_MS: f32 = 60.0;
/// Later than this, even a missing direction may be ours, ms.
const STALLED_MS: f32 = 1000.0;

/// Where somebody waits for a processor for more than this share of the time, it may be the PBX.
const PRESSED: f32 = 0.9;

/// Share of packets twice or out of order that is worth a note.
const DISORDER: f64 = 0.02;

/// Fewer packets say nothing.
const ENOUGH: u64 = 50;

/// How often a healthy PBX may start a new stream in what was observed: at every
/// negotiation after the first (hold, resume, its own re-INVITE), and at a transfer for
/// the ringback and for the target (design §6).
pub fn expected_changes(seen: &[Observation]) -> u32 {
    let changes = seen.iter().map(|o| match o.what {
        What::Negotiated { .. } => 1,
        What::TransferAccepted { .. } => 2,
        _ => 0,
    });
    changes.sum()
}

/// What is worth knowing of a received stream that was heard all the same. Gaps are
/// judged where they are heard.
pub fn quality_notes(stats: &StreamStats, expected: u32) -> Vec<Judgement> {
    let notes =
        [changes(stats, expected), disorder(stats), foreign_source(stats), foreign_kind(stats)];
    notes.into_iter().flatten().collect()
}

/// That the stream changed more often than `expected`, or its format at all.
fn changes(stats: &StreamStats, expected: u32) -> Option<Judgement> {
    let changes: Vec<String> = [
        (stats.ssrc_changes, expected, "SSRC"),
        (stats.source_changes, expected, "source address or port"),
        (stats.payload_changes, 0, "payload type"),
        (stats.sequence_jumps, expected, "sequence numbering"),
    ]
    .into_iter()
    .filter(|(count, expected, _)| count > expected)
    .map(|(count, _, what)| format!("{what} changed {count} time(s)"))
    .collect();
    (!changes.is_empty()).then(|| {
        Judgement::note(
            Cause::StreamChanged,
            "one stream between hold, resume and transfer",
            format!("{}: {}", stats.party, changes.join(", ")),
        )
    })
}

/// That many packets come twice or late.
fn disorder(stats: &StreamStats) -> Option<Judgement> {
    let many = |count: u64| count as f64 > DISORDER * stats.received as f64;
    let (twice, late) = (many(stats.duplicated), many(stats.reordered));
    (stats.received >= ENOUGH && (twice || late)).then(|| {
        Judgement::note(
            Cause::PacketOrder,
            "every packet comes once, in order",
            format!(
                "{}: of {} packets {} came twice, {} out of order",
                stats.party, stats.received, stats.duplicated, stats.reordered
            ),
        )
    })
}

/// That most of it comes from where nobody said. Music from elsewhere is no most of it.
fn foreign_source(stats: &StreamStats) -> Option<Judgement> {
    let (from, named) = stats.elsewhere_at.as_ref()?;
    is_most(stats.elsewhere, stats).then(|| {
        Judgement::warn(
            Cause::AsymmetricRtp,
            "RTP comes from the address and port of the session description",
            format!(
                "{} gets RTP from {from}, but the session description names {named}",
                stats.party
            ),
        )
    })
}

/// That most of it has a payload type that was not agreed on, though it can be decoded.
fn foreign_kind(stats: &StreamStats) -> Option<Judgement> {
    let kind = stats.unagreed_type.filter(|kind| matches!(kind, 0 | 8))?;
    is_most(stats.unagreed, stats).then(|| {
        Judgement::warn(
            Cause::UnagreedPayload,
            "RTP has the payload types of the session description",
            format!("{} gets payload type {kind}, which was not agreed on", stats.party),
        )
    })
}

fn is_most(part: u64, stats: &StreamStats) -> bool {
    stats.received >= ENOUGH && part as f64 > 0.5 * stats.received as f64
}

/// How this machine kept time while it sent, and perhaps was the PBX as well.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Timeliness {
    /// Worst lateness, ms.
    pub late_ms: f32,
    /// Share of the time in which programs of it waited for a processor, at its worst, 0 to 1;
    /// 0 where the PBX cannot be one of them.
    pub pressed: f32,
}

impl Timeliness {
    /// The worst of some streams. `beside` tells whether the PBX may be another program of this
    /// machine.
    pub fn of(streams: &[StreamStats], beside: bool) -> Self {
        let worst =
            |figure: fn(&StreamStats) -> f32| streams.iter().map(figure).fold(0.0, f32::max);
        Self {
            late_ms: worst(|stats| stats.lateness_max_ms.max(stats.machine_late_max_ms)),
            pressed: if beside { worst(|stats| stats.machine_pressed) } else { 0.0 },
        }
    }
}

/// What is said against audio counts only if this machine, which sent and may have been the
/// PBX as well, was in time.
pub fn unless_late(judgement: Judgement, machine: Timeliness) -> Judgement {
    let Timeliness { late_ms: worst_ms, pressed } = machine;
    let blames = matches!(judgement.verdict, Verdict::Fail | Verdict::Warn);
    // A gap can be ours; that nothing at all is heard for seconds takes more.
    let gap = matches!(
        judgement.cause,
        Some(
            Cause::AudioGaps
                | Cause::LateAudio
                | Cause::DistortedAudio
                | Cause::HoldInterrupted
                | Cause::PacketLoss
                | Cause::Jitter
        )
    );
    let limit = if gap { LATE_MS } else { STALLED_MS };
    let why = if worst_ms > limit {
        format!("this machine was up to {worst_ms:.0} ms late")
    } else if gap && pressed > PRESSED {
        format!(
            "programs of this machine waited for a processor {:.0} % of the time",
            100.0 * pressed
        )
    } else {
        return judgement;
    };
    if !blames {
        return judgement;
    }
    let observed = format!("{why}, so nothing can be said: {}", judgement.observed);
    Judgement::inconclusive(Cause::HarnessLate, judgement.expected, observed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_notes_and_a_quiet_stream_is_nothing() {
        let quiet = StreamStats { party: "User A".into(), ..StreamStats::default() };
        assert!(quality_notes(&quiet, 0).is_empty());
        let changed = StreamStats { ssrc_changes: 2, ..quiet.clone() };
        assert_eq!(quality_notes(&changed, 1)[0].verdict, Verdict::Note);
        assert!(quality_notes(&changed, 2).is_empty(), "as hold and resume explain it");
        let format = StreamStats { payload_changes: 1, ..quiet };
        assert!(!quality_notes(&format, 2).is_empty());
    }

    #[test]
    fn order_is_a_note_and_foreign_packets_warn() {
        let heard = StreamStats { party: "User A".into(), received: 500, ..Default::default() };
        let judge = |stats: &StreamStats| {
            quality_notes(stats, 0).first().map(|judged| (judged.verdict, judged.cause))
        };
        let twice = StreamStats { duplicated: 200, ..heard.clone() };
        assert_eq!(judge(&twice), Some((Verdict::Note, Some(Cause::PacketOrder))));
        let at = Some(("10.0.0.1:9000".to_owned(), "10.0.0.1:4000".to_owned()));
        let music = StreamStats { elsewhere: 200, elsewhere_at: at, ..heard.clone() };
        assert_eq!(judge(&music), None, "music may come from elsewhere");
        let all = StreamStats { elsewhere: 480, ..music };
        assert_eq!(judge(&all), Some((Verdict::Warn, Some(Cause::AsymmetricRtp))));
        let kind = StreamStats { unagreed: 480, unagreed_type: Some(0), ..heard };
        assert_eq!(judge(&kind), Some((Verdict::Warn, Some(Cause::UnagreedPayload))));
    }

    #[test]
    fn a_transfer_explains_ringback_and_target() {
        let accepted = Observation {
            at: 1.0,
            party: "User A".into(),
            call_id: "c".into(),
            what: What::TransferAccepted { status: 202 },
        };
        assert_eq!(expected_changes(&[accepted]), 2);
    }

    #[test]
    fn a_late_harness_blames_nobody() {
        let late = |late_ms| Timeliness { late_ms, pressed: 0.0 };
        let fail = Judgement::fail(Cause::AudioGaps, "a", "b");
        assert_eq!(unless_late(fail.clone(), late(5.0)).verdict, Verdict::Fail);
        let judged = unless_late(fail, late(80.0));
        assert_eq!(
            (judged.verdict, judged.cause),
            (Verdict::Inconclusive, Some(Cause::HarnessLate))
        );
        let deaf = Judgement::fail(Cause::OneWayAudio, "a", "b");
        assert_eq!(unless_late(deaf.clone(), late(80.0)).verdict, Verdict::Fail, "no excuse");
        assert_eq!(unless_late(deaf, late(1500.0)).verdict, Verdict::Inconclusive);
        let pass = Judgement::pass("a", "b");
        assert_eq!(unless_late(pass, late(80.0)).verdict, Verdict::Pass);
    }

    #[test]
    fn a_pbx_that_may_wait_for_a_processor_is_not_blamed_for_gaps() {
        let streams = [
            StreamStats { machine_pressed: 0.97, ..StreamStats::default() },
            StreamStats { lateness_max_ms: 3.0, ..StreamStats::default() },
        ];
        let beside = Timeliness::of(&streams, true);
        assert_eq!(beside, Timeliness { late_ms: 3.0, pressed: 0.97 });
        let gaps = Judgement::fail(Cause::AudioGaps, "a", "b");
        let judged = unless_late(gaps.clone(), beside);
        assert_eq!(judged.verdict, Verdict::Inconclusive);
        assert!(judged.observed.contains("waited for a processor 97 % of the time"));
        assert_eq!(unless_late(gaps, Timeliness::of(&streams, false)).verdict, Verdict::Fail);
        let deaf = Judgement::fail(Cause::OneWayAudio, "a", "b");
        assert_eq!(unless_late(deaf, beside).verdict, Verdict::Fail, "it was in time at times");
    }
}
