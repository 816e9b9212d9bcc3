//! Notes on a stream, and whose fault lateness is.

use super::Judgement;
use crate::record::{Cause, StreamStats, Verdict};

/// Our own sending later than this may be heard as a gap, ms.
const LATE_MS: f32 = 60.0;

/// What is worth knowing of a received stream. Healthy PBXs change SSRC and port at hold
/// and transfer (design §6); gaps are judged where they are heard.
pub fn quality_notes(stats: &StreamStats) -> Option<Judgement> {
    let changes: Vec<String> = [
        (stats.ssrc_changes, "SSRC"),
        (stats.source_changes, "source address or port"),
        (stats.payload_changes, "payload type"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{what} changed {count} time(s)"))
    .collect();
    (!changes.is_empty()).then(|| {
        Judgement::note(
            Cause::StreamChanged,
            "one stream for the whole call",
            format!("{}: {}", stats.party, changes.join(", ")),
        )
    })
}

/// What is said against audio counts only if we sent in time ourselves.
pub fn unless_late(judgement: Judgement, worst_ms: f32) -> Judgement {
    let blames = matches!(judgement.verdict, Verdict::Fail | Verdict::Warn);
    if !blames || worst_ms <= LATE_MS {
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
        assert!(quality_notes(&quiet).is_none());
        let changed = StreamStats { ssrc_changes: 2, ..quiet };
        assert_eq!(quality_notes(&changed).unwrap().verdict, Verdict::Note);
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
        let pass = Judgement::pass("a", "b");
        assert_eq!(unless_late(pass, 80.0).verdict, Verdict::Pass);
    }
}
