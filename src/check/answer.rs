//! Whether the answer of a call reaches both of its ends.

use std::time::Duration;

use super::Judgement;
use super::protection::without_keys;
use crate::record::{Cause, Ender, Observation, What};

/// Judges what follows the callee's 200: the caller must be answered and the callee
/// must get the ACK (RFC 3261 §13.2.2.4). `seen` begins with the dialling, `elapsed`
/// counts from the answer. Without a caller (the party transferred is in a call
/// already) only the ACK is awaited.
pub fn answered(
    seen: &[Observation],
    caller: Option<&str>,
    callee: &str,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = format!("{callee} answers and the call stands");
    let by = |party: &str, test: fn(&What) -> bool| {
        seen.iter().any(|o| o.party == party && test(&o.what))
    };
    // First of all: our own 488 makes the PBX refuse or cancel.
    if let Some(unusable) = unusable(seen, caller, callee, &expected) {
        return Some(unusable);
    }
    for o in seen {
        if Some(o.party.as_str()) == caller
            && let What::Refused { status, reason, .. } = &o.what
        {
            let observed = format!("{} got {status} {reason} although {callee} answered", o.party);
            return Some(Judgement::fail(Cause::CallRejected, expected, observed));
        }
        if o.party == callee
            && let What::Ended { by: Ender::Peer, reason } = &o.what
        {
            if let Some(caller) = taken(seen, caller, callee) {
                return Some(by_another(caller, callee, "ended", &expected));
            }
            let observed = format!("the PBX ended {callee}'s call after its answer {reason}");
            let observed = observed.trim_end().to_owned();
            return Some(Judgement::fail(Cause::CallDropped, expected, observed));
        }
        if o.party == callee && o.what == What::Cancelled {
            if let Some(caller) = taken(seen, caller, callee) {
                return Some(by_another(caller, callee, "cancelled", &expected));
            }
            // What the caller is told crosses the CANCEL.
            return (elapsed >= limit).then(|| {
                let observed = format!("the PBX cancelled the call to {callee} while it rang");
                Judgement::fail(Cause::CallDropped, expected, observed)
            });
        }
    }
    let told = caller.is_none_or(|caller| by(caller, |w| matches!(w, What::Answered { .. })));
    let acknowledged = by(callee, |w| matches!(w, What::Acknowledged));
    if told && acknowledged {
        let codec = seen.iter().rev().find_map(|o| match &o.what {
            What::Answered { codec, .. } if o.party == callee => Some(codec.as_str()),
            _ => None,
        });
        let observed = format!("answered with {}", codec.unwrap_or("no codec"));
        return Some(Judgement::pass(expected, observed));
    }
    (elapsed >= limit).then(|| {
        let limit = limit.as_secs_f64();
        if told {
            let observed = format!("{callee}'s 200 got no ACK within {limit:.0} s");
            Judgement::fail(Cause::AnswerNotAcknowledged, expected.clone(), observed)
        } else {
            let caller = caller.unwrap_or_default();
            let observed = format!("{caller} was not told of the answer within {limit:.0} s");
            Judgement::fail(Cause::AnswerNotRelayed, expected.clone(), observed)
        }
    })
}

/// The caller, if it was answered though the callee had not answered yet.
fn taken<'a>(seen: &[Observation], caller: Option<&'a str>, callee: &str) -> Option<&'a str> {
    let caller = caller?;
    let first = seen.iter().find(|o| {
        (o.party == caller || o.party == callee) && matches!(o.what, What::Answered { .. })
    });
    first.is_some_and(|o| o.party == caller).then_some(caller)
}

fn by_another(caller: &str, callee: &str, done: &str, expected: &str) -> Judgement {
    let observed = format!(
        "the PBX {done} the call to {callee} and answered {caller} itself: voicemail, an IVR or a \
         forward?"
    );
    Judgement::fail(Cause::OtherPartyAnswered, expected, observed)
}

/// A session description of the PBX that no phone can use, to either end.
fn unusable(
    seen: &[Observation],
    caller: Option<&str>,
    callee: &str,
    expected: &str,
) -> Option<Judgement> {
    seen.iter().find_map(|o| match &o.what {
        _ if o.party != callee && Some(o.party.as_str()) != caller => None,
        what @ (What::NotEncrypted { .. } | What::UnusableKey { .. }) => {
            without_keys(&o.party, what, expected)
        }
        What::UnusableMedia { problem } if o.party == callee => {
            let observed =
                format!("the PBX's session description for {callee} cannot be used: {problem}");
            Some(Judgement::fail(Cause::BadAnswer, expected, observed))
        }
        What::UnusableMedia { problem } => {
            let observed = format!("the PBX's answer to {} cannot be used: {problem}", o.party);
            Some(Judgement::fail(Cause::BadAnswer, expected, observed))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Verdict;

    const LIMIT: Duration = Duration::from_secs(5);

    fn at(party: &str, what: What) -> Observation {
        Observation { at: 1.0, party: party.into(), call_id: "c".into(), what }
    }

    fn answer(party: &str) -> Observation {
        at(party, What::Answered { codec: "PCMA".into(), remote_media: String::new() })
    }

    fn judge(seen: &[Observation], elapsed: Duration) -> Option<Judgement> {
        answered(seen, Some("External 1"), "User A", elapsed, LIMIT)
    }

    #[test]
    fn both_ends_must_know() {
        let whole = [answer("User A"), answer("External 1"), at("User A", What::Acknowledged)];
        assert_eq!(judge(&whole, Duration::ZERO).unwrap().verdict, Verdict::Pass);
        assert!(judge(&whole[..2], Duration::ZERO).is_none());
        let cause = |seen: &[Observation]| judge(seen, LIMIT).unwrap().cause;
        assert_eq!(cause(&whole[..2]), Some(Cause::AnswerNotAcknowledged));
        assert_eq!(cause(&whole[..1]), Some(Cause::AnswerNotRelayed));
    }

    #[test]
    fn a_call_taken_back_went_to_somebody_else_if_the_caller_is_answered() {
        let cancelled = at("User A", What::Cancelled);
        let judged = judge(&[cancelled.clone(), answer("External 1")], Duration::ZERO).unwrap();
        assert_eq!(judged.cause, Some(Cause::OtherPartyAnswered));
        assert!(judge(std::slice::from_ref(&cancelled), Duration::ZERO).is_none());
        assert_eq!(judge(&[cancelled], LIMIT).unwrap().cause, Some(Cause::CallDropped));
        let ended = at("User A", What::Ended { by: Ender::Peer, reason: String::new() });
        let crossed = [answer("External 1"), answer("User A"), ended];
        let judged = judge(&crossed, Duration::ZERO).unwrap();
        assert_eq!(judged.cause, Some(Cause::OtherPartyAnswered));
    }

    #[test]
    fn an_answer_that_gives_no_audio_is_no_answer() {
        let problem = at("External 1", What::UnusableMedia { problem: "no SDP".into() });
        let seen = [answer("User A"), problem, answer("External 1")];
        let judged = judge(&seen, Duration::ZERO).unwrap();
        assert_eq!(judged.cause, Some(Cause::BadAnswer));
        assert!(judged.observed.contains("to External 1"), "{}", judged.observed);
    }

    #[test]
    fn plain_media_where_encryption_is_required_has_a_cause_of_its_own() {
        for party in ["External 1", "User A"] {
            let problem = || "audio 9000 RTP/AVP".to_owned();
            for (what, cause) in [
                (What::NotEncrypted { problem: problem() }, Cause::MediaNotEncrypted),
                (What::UnusableKey { problem: problem() }, Cause::UnusableKey),
            ] {
                let judged = judge(&[at(party, what), answer(party)], Duration::ZERO).unwrap();
                assert_eq!(judged.cause, Some(cause));
                assert!(judged.observed.contains(party), "{}", judged.observed);
            }
        }
        let elsewhere = at("User B", What::NotEncrypted { problem: String::new() });
        assert!(judge(&[elsewhere], Duration::ZERO).is_none());
    }

    #[test]
    fn a_call_that_ends_meanwhile_is_dropped() {
        let ended = at("User A", What::Ended { by: Ender::Peer, reason: String::new() });
        let judged = judge(&[answer("User A"), ended], Duration::ZERO).unwrap();
        assert_eq!(judged.cause, Some(Cause::CallDropped));
    }
}
