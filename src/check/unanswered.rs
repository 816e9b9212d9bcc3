//! Calls that are given up, refused, or left to ring: what caller and callee learn of it.

use std::time::Duration;

use super::Judgement;
use crate::record::{Cause, Ender, Observation, What};

/// Whether a PBX may stop a phone's ringing by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// It may: nobody has answered for long.
    Limited,
    /// It may not.
    Endless,
}

/// Judges the end of a call that its caller has given up (RFC 3261 §9): the callee's phone stops
/// ringing and the caller's INVITE is answered (487). `seen` begins with the dialling, `elapsed`
/// counts from the CANCEL.
pub fn given_up(
    seen: &[Observation],
    caller: &str,
    callee: &str,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = format!("{callee} stops ringing and {caller} is free");
    let over =
        |party: &str| seen.iter().any(|o| o.party == party && matches!(o.what, What::Ended { .. }));
    if over(caller) && over(callee) {
        return Some(Judgement::pass(expected, "both calls are over"));
    }
    (elapsed >= limit).then(|| {
        let seconds = limit.as_secs();
        let observed = match (over(caller), over(callee)) {
            (_, false) => {
                format!("{callee} still rings {seconds} s after {caller} has given up")
            }
            _ => {
                format!("{caller}'s INVITE got no final response within {seconds} s of its CANCEL")
            }
        };
        Judgement::fail(Cause::CancelIgnored, expected, observed)
    })
}

/// Judges what the caller learns of the callee's refusal. Any final status will do: that PBXs
/// translate it is a note, where it is no error of a server (5xx).
pub fn refusal_told(
    seen: &[Observation],
    caller: &str,
    callee: &str,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let given = seen.iter().rev().filter(|o| o.party == callee).find_map(|o| match &o.what {
        What::Ended { by: Ender::Ourselves, reason } => Some(reason.as_str()),
        _ => None,
    });
    let given = given?;
    let expected = format!("{caller} is told that {callee} refused with {given}");
    let told = seen.iter().filter(|o| o.party == caller).find_map(|o| match &o.what {
        What::Refused { status, reason, .. } => Some(Ok((*status, reason))),
        What::Answered { .. } => Some(Err(())),
        _ => None,
    });
    match told {
        Some(Ok((status, reason))) if given.starts_with(&status.to_string()) => {
            Some(Judgement::pass(expected, format!("told {status} {reason}")))
        }
        Some(Ok((status, reason))) => {
            let observed = format!("told {status} {reason}");
            Some(if (500..600).contains(&status) {
                Judgement::warn(Cause::RefusalTranslated, expected, observed)
            } else {
                Judgement::note(Cause::RefusalTranslated, expected, observed)
            })
        }
        Some(Err(())) => {
            let observed = format!(
                "{caller} was answered although {callee} refused: voicemail, an IVR or a forward?"
            );
            Some(Judgement::fail(Cause::OtherPartyAnswered, expected, observed))
        }
        None => (elapsed >= limit).then(|| {
            let observed = format!("{caller} was told nothing within {} s", limit.as_secs());
            Judgement::fail(Cause::RefusalNotRelayed, expected, observed)
        }),
    }
}

/// What has ended the ringing, in words; `None` while it rings. `seen` begins with the dialling.
pub fn ringing_over(seen: &[Observation], caller: &str, callee: &str) -> Option<String> {
    seen.iter().find_map(|o| match &o.what {
        What::Refused { status, reason, .. } if o.party == caller => {
            Some(format!("{caller} was told {status} {reason}"))
        }
        What::Cancelled | What::Ended { by: Ender::Peer, .. } if o.party == callee => {
            Some(format!("the PBX took the call to {callee} back"))
        }
        What::Answered { .. } if o.party == caller => Some(format!("{caller} was answered")),
        _ => None,
    })
}

/// Judges a phone that has been left to ring. `seen` begins with the dialling.
pub fn still_rings(
    seen: &[Observation],
    caller: &str,
    callee: &str,
    patience: Patience,
) -> Judgement {
    let expected = match patience {
        Patience::Endless => format!("{callee} still rings"),
        Patience::Limited => format!("{callee} still rings, or {caller} is told why not"),
    };
    let Some(over) = ringing_over(seen, caller, callee) else {
        return Judgement::pass(expected, format!("{callee} rings"));
    };
    let by_caller =
        |test: fn(&What) -> bool| seen.iter().any(|o| o.party == caller && test(&o.what));
    if by_caller(|what| matches!(what, What::Answered { .. })) {
        let observed = format!(
            "{caller} was answered although {callee} did not answer: voicemail, an IVR or a \
             forward?"
        );
        return Judgement::fail(Cause::OtherPartyAnswered, expected, observed);
    }
    if patience == Patience::Limited && by_caller(|what| matches!(what, What::Refused { .. })) {
        return Judgement::pass(expected, over);
    }
    Judgement::fail(Cause::RingingEnded, expected, over)
}

/// Of a call that the PBX took back before its callee could do anything.
pub fn taken_back(expected: String, callee: &str) -> Judgement {
    let observed = format!("the PBX took the call to {callee} back");
    Judgement::fail(Cause::RingingEnded, expected, observed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Verdict;

    const LIMIT: Duration = Duration::from_secs(5);

    fn at(party: &str, what: What) -> Observation {
        Observation { at: 1.0, party: party.into(), call_id: "c".into(), what }
    }

    fn ended(party: &str, by: Ender) -> Observation {
        at(party, What::Ended { by, reason: "486 Busy Here".into() })
    }

    fn refused(status: u16) -> Observation {
        let (reason, method) = ("No".into(), "INVITE".into());
        at("External 1", What::Refused { status, reason, method, encrypted: false })
    }

    fn answered() -> Observation {
        at("External 1", What::Answered { codec: "PCMU".into(), remote_media: String::new() })
    }

    #[test]
    fn a_call_that_is_given_up_ends_at_both_ends() {
        let judge = |seen: &[Observation]| given_up(seen, "External 1", "User A", LIMIT, LIMIT);
        let (caller, callee) =
            (ended("External 1", Ender::Ourselves), ended("User A", Ender::Peer));
        let both = judge(&[caller.clone(), callee.clone()]).unwrap();
        assert_eq!(both.verdict, Verdict::Pass);
        let rings_on = judge(&[caller]).unwrap();
        assert_eq!(rings_on.cause, Some(Cause::CancelIgnored));
        assert!(rings_on.observed.contains("User A still rings"), "{}", rings_on.observed);
        assert!(judge(&[callee]).unwrap().observed.contains("no final response"));
        assert!(given_up(&[], "External 1", "User A", Duration::ZERO, LIMIT).is_none());
    }

    #[test]
    fn a_refusal_is_told_as_it_is_or_translated_but_never_kept() {
        let judge = |told: Option<Observation>, elapsed| {
            let mut seen = vec![ended("User A", Ender::Ourselves)];
            seen.extend(told);
            refusal_told(&seen, "External 1", "User A", elapsed, LIMIT)
        };
        let verdict = |told| judge(Some(told), Duration::ZERO).unwrap().verdict;
        assert_eq!(verdict(refused(486)), Verdict::Pass);
        assert_eq!(verdict(refused(480)), Verdict::Note);
        assert_eq!(verdict(refused(503)), Verdict::Warn);
        let voicemail = judge(Some(answered()), Duration::ZERO).unwrap();
        assert_eq!(voicemail.cause, Some(Cause::OtherPartyAnswered));
        assert!(judge(None, Duration::ZERO).is_none());
        assert_eq!(judge(None, LIMIT).unwrap().cause, Some(Cause::RefusalNotRelayed));
    }

    #[test]
    fn a_phone_rings_on_unless_the_caller_is_told_that_nobody_answers() {
        let judge = |seen: &[Observation], patience| {
            let judged = still_rings(seen, "External 1", "User A", patience);
            (judged.verdict, judged.cause)
        };
        let pass = (Verdict::Pass, None);
        let fail = |cause| (Verdict::Fail, Some(cause));
        assert_eq!(judge(&[], Patience::Endless), pass);
        assert_eq!(judge(&[refused(480)], Patience::Limited), pass);
        assert_eq!(judge(&[refused(480)], Patience::Endless), fail(Cause::RingingEnded));
        let taken_back = [ended("User A", Ender::Peer)];
        assert_eq!(judge(&taken_back, Patience::Limited), fail(Cause::RingingEnded));
        assert_eq!(judge(&[answered()], Patience::Limited), fail(Cause::OtherPartyAnswered));
    }
}
