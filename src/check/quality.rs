//! Notes on a stream, and whose fault lateness is.

use super::Judgement;
use crate::record::{Cause, Observation, StreamStats, Verdict, What};

/// Our own sending later than this may be heard as a gap, ms.
const LATE_MS: f32 = 60.0;
/// Later than this, even a missing direction may be ours, ms.
const STALLED_MS: f32 = 1000.0;

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

/// What is worth knowing of a received stream: that it changed more often than
/// `expected`, or its format at all. Gaps are judged where they are heard.
pub fn quality_notes(stats: &StreamStats, expected: u32) -> Option<Judgement> {
    let changes: Vec<String> = [
        (stats.ssrc_changes, expected, "SSRC"),
        (stats.source_changes, expected, "source address or port"),
        (stats.payload_changes, 0, "payload type"),
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

/// What is said against audio counts only if we sent in time ourselves.
pub fn unless_late(judgement: Judgement, worst_ms: f32) -> Judgement {
    let blames = matches!(judgement.verdict, Verdict::Fail | Verdict::Warn);
    // A gap can be ours; that nothing at all is heard for seconds takes more.
    let gap = matches!(
        judgement.cause,
        Some(Cause::AudioGaps | Cause::LateAudio | Cause::DistortedAudio | Cause::HoldInterrupted)
    );
    let limit = if gap { LATE_MS } else { STALLED_MS };
    if !blames || worst_ms <= limit {
        return judgement;
    }
    let observed = format!(
        "this machine sent up to {worst_ms:.0} ms late, so nothing can be said: {}",
        judgement.observed
    );
    Judgement::inconclusive(Cause::HarnessLate, judgement.expected, observed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_notes_and_a_quiet_stream_is_nothing() {
        let quiet = StreamStats { party: "User A".into(), ..StreamStats::default() };
        assert!(quality_notes(&quiet, 0).is_none());
        let changed = StreamStats { ssrc_changes: 2, ..quiet.clone() };
        assert_eq!(quality_notes(&changed, 1).unwrap().verdict, Verdict::Note);
        assert!(quality_notes(&changed, 2).is_none(), "as hold and resume explain it");
        let format = StreamStats { payload_changes: 1, ..quiet };
        assert!(quality_notes(&format, 2).is_some());
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
        let fail = Judgement::fail(Cause::AudioGaps, "a", "b");
        assert_eq!(unless_late(fail.clone(), 5.0).verdict, Verdict::Fail);
        let judged = unless_late(fail, 80.0);
        assert_eq!(
            (judged.verdict, judged.cause),
            (Verdict::Inconclusive, Some(Cause::HarnessLate))
        );
        let deaf = Judgement::fail(Cause::OneWayAudio, "a", "b");
        assert_eq!(unless_late(deaf.clone(), 80.0).verdict, Verdict::Fail, "80 ms is no excuse");
        assert_eq!(unless_late(deaf, 1500.0).verdict, Verdict::Inconclusive);
        let pass = Judgement::pass("a", "b");
        assert_eq!(unless_late(pass, 80.0).verdict, Verdict::Pass);
    }
}
