//! Whether a dialled party rings, and what the caller is told of it.

use std::time::Duration;

use super::Judgement;
use crate::record::{Cause, Ender, Observation, Verdict, What};

/// After another phone rang, how long the dialled one still has, before the wrong
/// phone is blamed: PBXs fork, and the order of the branches is theirs.
const FORK_GRACE: Duration = Duration::from_secs(3);

/// How long a caller waits for any response at all: five transmissions of an INVITE over
/// UDP fit into it (RFC 3261 §17.1.1.2), and 100 is due after 200 ms (§17.2.1).
const NO_RESPONSE: Duration = Duration::from_secs(10);

/// Who calls whom, for the wording and for telling causes apart.
#[derive(Debug, Clone, Copy)]
pub struct Ring<'a> {
    /// The party that should ring.
    pub callee: &'a str,
    /// The party that dialled, or that is to be transferred.
    pub caller: &'a str,
    /// The transferor, if the call came about by a blind transfer.
    pub transferor: Option<&'a str>,
    /// How long it may take: the profile's `expect.post_dial_delay`.
    pub limit: Duration,
}

impl Ring<'_> {
    fn not_rung(&self) -> Cause {
        if self.transferor.is_some() { Cause::TransferNotAttempted } else { Cause::CalleeNotRung }
    }

    fn wrong_rung(&self) -> Cause {
        if self.transferor.is_some() { Cause::TransferWrongTarget } else { Cause::WrongPartyRung }
    }
}

/// Judges whether the callee rings. `seen` begins with the dialling or the REFER,
/// `elapsed` counts from there.
pub fn rings(seen: &[Observation], ring: &Ring<'_>, elapsed: Duration) -> Option<Judgement> {
    let expected = format!("{} rings within {} s", ring.callee, ring.limit.as_secs());
    let start = seen.first().map_or(0.0, |o| o.at);
    let invited = |o: &&Observation| matches!(o.what, What::Invited { .. });
    if let Some(o) = seen.iter().filter(invited).find(|o| o.party == ring.callee) {
        let after = o.at - start;
        return Some(Judgement::pass(expected, format!("{} rang after {after:.2} s", ring.callee)));
    }
    let stranger = seen.iter().filter(invited).find(|o| o.party != ring.callee);
    if let Some(stranger) = stranger
        && (elapsed > FORK_GRACE || elapsed >= ring.limit)
    {
        let observed = format!("{} rang instead of {}", stranger.party, ring.callee);
        return Some(Judgement::fail(ring.wrong_rung(), expected, observed));
    }
    if let Some(judgement) = misdialled(seen, ring, elapsed) {
        return Some(judgement);
    }
    for o in seen {
        match &o.what {
            What::Refused { status, reason, encrypted, .. } if o.party == ring.caller => {
                let mut observed = format!("the PBX answered {status} {reason} to {}", ring.caller);
                let cause = match status {
                    408 => Cause::CallUnanswered,
                    // What it means is that the session description is not acceptable.
                    488 | 606 if *encrypted => {
                        observed += ", who offered encrypted media (RTP/SAVP with a=crypto)";
                        Cause::EncryptionRefused
                    }
                    _ => Cause::CallRejected,
                };
                return Some(Judgement::fail(cause, expected, observed));
            }
            What::TransferProgress { status, .. }
                if ring.transferor == Some(o.party.as_str()) && *status >= 300 =>
            {
                let observed = format!(
                    "the PBX accepted the REFER and then notified {status}: it did not reach {}",
                    ring.callee
                );
                return Some(Judgement::fail(Cause::TransferTargetRefused, expected, observed));
            }
            What::Ended { by: Ender::Peer, reason } if o.party == ring.caller => {
                let cause = if ring.transferor.is_some() {
                    Cause::TransferCallLost
                } else {
                    Cause::CallDropped
                };
                let after = o.at - start;
                let observed = format!(
                    "the PBX ended the call of {} after {after:.2} s, before {} rang {reason}",
                    ring.caller, ring.callee
                );
                return Some(Judgement::fail(cause, expected, observed.trim_end().to_owned()));
            }
            _ => {}
        }
    }
    if ring.transferor.is_none() && !is_answered_at_all(seen, ring.caller) {
        let limit = ring.limit.min(NO_RESPONSE);
        let asked = seen.iter().filter(|o| o.party == ring.caller).find_map(|o| match o.what {
            What::Challenged { status } => Some(status),
            _ => None,
        });
        let silence = match asked {
            Some(status) => format!(
                "answered {} {status} and the INVITE with the password not at all",
                ring.caller
            ),
            None => format!("gave {} no response at all", ring.caller),
        };
        let seconds = limit.as_secs();
        let observed =
            format!("{}'s phone got no INVITE within {seconds} s; the PBX {silence}", ring.callee);
        return (elapsed >= limit)
            .then(|| Judgement::fail(Cause::CallUnanswered, expected, observed));
    }
    (elapsed >= ring.limit).then(|| {
        let answered =
            seen.iter().any(|o| o.party == ring.caller && matches!(o.what, What::Answered { .. }));
        if answered && ring.transferor.is_none() {
            let observed = format!(
                "{} was answered, but {}'s phone got no INVITE: voicemail, an IVR or a forward?",
                ring.caller, ring.callee
            );
            return Judgement::fail(Cause::OtherPartyAnswered, expected.clone(), observed);
        }
        let limit = ring.limit.as_secs();
        let not_rung = format!("{}'s phone got no INVITE within {limit} s", ring.callee);
        let told = match ring.transferor {
            Some(_) => last_notify(seen).map(|status| format!("; the PBX notified {status}")),
            None => last_progress(seen, ring.caller)
                .map(|status| format!("; {} was told {status}", ring.caller)),
        };
        let observed = not_rung + &told.unwrap_or_default();
        Judgement::fail(ring.not_rung(), expected.clone(), observed)
    })
}

/// A transfer that went to a number of nobody here, once its fate is sealed.
fn misdialled(seen: &[Observation], ring: &Ring<'_>, elapsed: Duration) -> Option<Judgement> {
    let transferor = ring.transferor?;
    let (party, dialled) = seen.iter().find_map(|o| match &o.what {
        What::CalledNobody { dialled } => Some((&o.party, dialled)),
        _ => None,
    })?;
    let sealed = seen.iter().any(|o| match o.what {
        What::TransferProgress { status, .. } => o.party == transferor && status >= 300,
        What::Ended { by: Ender::Peer, .. } => o.party == ring.caller,
        _ => false,
    });
    (sealed || elapsed >= ring.limit).then(|| {
        let expected = format!("{} rings within {} s", ring.callee, ring.limit.as_secs());
        let observed = format!(
            "instead of {} the PBX called {dialled}, which nobody has at the address of {party}",
            ring.callee
        );
        Judgement::fail(ring.wrong_rung(), expected, observed)
    })
}

/// Whether a party that has registered is called at its Contact, whose user part is `user`:
/// only that tells the users of one address apart (guide 7.2). `cursor` is the position in
/// `seen` before the dialling. `None` if it is, or has not registered.
pub fn called_at_contact(
    seen: &[Observation],
    cursor: usize,
    callee: &str,
    user: &str,
) -> Option<Judgement> {
    let of = |o: &&Observation| o.party == callee;
    seen.iter().filter(of).find(|o| matches!(o.what, What::Registered { .. }))?;
    let late = seen.get(cursor..).unwrap_or_default();
    let dialled = late.iter().filter(of).find_map(|o| match &o.what {
        What::Invited { dialled, .. } => Some(dialled),
        _ => None,
    })?;
    if dialled == user {
        return None;
    }
    let expected = format!("{callee} is called at the Contact that it registered, {user}@…");
    let observed = match dialled.as_str() {
        "" => format!("the Request-URI of the call to {callee} has no user part"),
        other => format!("the Request-URI of the call to {callee} says {other}"),
    };
    Some(Judgement::warn(Cause::ContactAltered, expected, observed))
}

/// Whether the caller's INVITE, with credentials if they were asked for, got any answer.
fn is_answered_at_all(seen: &[Observation], caller: &str) -> bool {
    let answers = |what: &What| matches!(what, What::Progress { .. } | What::Answered { .. });
    let own = seen.iter().rev().filter(|o| o.party == caller);
    // What came before a challenge came to another INVITE.
    own.take_while(|o| !matches!(o.what, What::Challenged { .. })).any(|o| answers(&o.what))
}

/// The last 1xx that the caller got.
fn last_progress(seen: &[Observation], caller: &str) -> Option<u16> {
    seen.iter().rev().filter(|o| o.party == caller).find_map(|o| match o.what {
        What::Progress { status, .. } => Some(status),
        _ => None,
    })
}

fn last_notify(seen: &[Observation]) -> Option<u16> {
    seen.iter().rev().find_map(|o| match o.what {
        What::TransferProgress { status, .. } => Some(status),
        _ => None,
    })
}

/// What the caller is told while the callee rings. Never worse than a note: PBXs
/// answer early, send early media, or stay silent for good reasons (design §6).
pub fn caller_sees_ringing(
    seen: &[Observation],
    caller: &str,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = format!("{caller} is told that it rings (180)");
    let told = seen.iter().filter(|o| o.party == caller).find_map(|o| match &o.what {
        What::Progress { status: 180, early_media } => {
            Some((Verdict::Pass, format!("180{}", if *early_media { " with media" } else { "" })))
        }
        What::Progress { status, early_media } if *status > 100 => {
            let media = if *early_media { " with early media" } else { "" };
            Some((Verdict::Note, format!("{status}{media} in place of 180")))
        }
        What::Answered { .. } => Some((Verdict::Note, "answered before ringing".to_owned())),
        _ => None,
    });
    if let Some((verdict, observed)) = told {
        return Some(if verdict == Verdict::Pass {
            Judgement::pass(expected, observed)
        } else {
            Judgement::note(Cause::NoRingingIndication, expected, observed)
        });
    }
    (elapsed >= limit).then(|| {
        let observed = format!("no ringing indication within {:.1} s", limit.as_secs_f64());
        Judgement::note(Cause::NoRingingIndication, expected.clone(), observed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::CallerId;

    const LIMIT: Duration = Duration::from_secs(20);

    fn ring(transferor: Option<&str>) -> Ring<'_> {
        Ring { callee: "User A", caller: "External 1", transferor, limit: LIMIT }
    }

    fn at(at: f64, party: &str, what: What) -> Observation {
        Observation { at, party: party.into(), call_id: "c".into(), what }
    }

    fn invited(party: &str) -> Observation {
        at(1.5, party, What::Invited { caller: CallerId::default(), dialled: String::new() })
    }

    fn dialled() -> Observation {
        at(1.0, "External 1", What::Dialled { number: "1".into() })
    }

    #[test]
    fn who_registered_is_called_at_its_contact() {
        let registered = What::Registered {
            asked_s: 3600,
            granted_s: 3600,
            server: None,
            bound: true,
            listed: Vec::new(),
        };
        let judge = |dialled: &str, with: bool| {
            let (caller, dialled) = (CallerId::default(), dialled.to_owned());
            let rung = at(2.0, "User A", What::Invited { caller, dialled });
            let before = at(1.0, if with { "User A" } else { "User B" }, registered.clone());
            called_at_contact(&[before, rung], 1, "User A", "1001")
        };
        assert!(judge("1001", true).is_none());
        assert!(judge("", false).is_none());
        let bare = judge("", true).unwrap();
        assert_eq!((bare.verdict, bare.cause), (Verdict::Warn, Some(Cause::ContactAltered)));
        assert!(judge("+441632960101", true).unwrap().observed.contains("says +44"));
    }

    #[test]
    fn an_invite_at_the_callee_passes() {
        let seen = [dialled(), invited("User A")];
        let judged = rings(&seen, &ring(None), Duration::ZERO).unwrap();
        assert_eq!(judged.verdict, Verdict::Pass);
        assert!(judged.observed.contains("0.50 s"), "{}", judged.observed);
    }

    #[test]
    fn silence_is_waited_for_until_the_limit_and_then_fails() {
        assert!(rings(&[dialled()], &ring(None), NO_RESPONSE / 2).is_none());
        let judged = rings(&[dialled()], &ring(None), NO_RESPONSE).unwrap();
        assert_eq!(judged.cause, Some(Cause::CallUnanswered));
        let asked = at(1.1, "External 1", What::Challenged { status: 407 });
        let judged = rings(&[dialled(), asked], &ring(None), NO_RESPONSE).unwrap();
        assert!(judged.observed.contains("407 and the INVITE with"), "{}", judged.observed);
        let trying = at(1.1, "External 1", What::Progress { status: 100, early_media: false });
        assert!(rings(&[dialled(), trying.clone()], &ring(None), NO_RESPONSE).is_none());
        let judged = rings(&[dialled(), trying], &ring(None), LIMIT).unwrap();
        assert_eq!(judged.cause, Some(Cause::CalleeNotRung));
        assert!(judged.observed.contains("told 100"), "{}", judged.observed);
        let judged = rings(&[dialled()], &ring(Some("User B")), LIMIT).unwrap();
        assert_eq!(judged.cause, Some(Cause::TransferNotAttempted));
    }

    #[test]
    fn another_phone_gets_the_grace_of_a_fork_and_then_is_the_wrong_one() {
        let seen = [dialled(), invited("User B")];
        assert!(rings(&seen, &ring(None), Duration::from_secs(1)).is_none());
        let judged = rings(&seen, &ring(None), Duration::from_secs(4)).unwrap();
        assert_eq!(judged.cause, Some(Cause::WrongPartyRung));
        let both = [dialled(), invited("User B"), invited("User A")];
        assert_eq!(rings(&both, &ring(None), LIMIT).unwrap().verdict, Verdict::Pass);
    }

    #[test]
    fn a_refusal_decides_at_once() {
        for (status, encrypted, cause) in [
            (404, false, Cause::CallRejected),
            (404, true, Cause::CallRejected),
            (488, false, Cause::CallRejected),
            (488, true, Cause::EncryptionRefused),
        ] {
            let (reason, method) = ("No".into(), "INVITE".into());
            let refused = What::Refused { status, reason, method, encrypted };
            let seen = [dialled(), at(1.1, "External 1", refused)];
            let judged = rings(&seen, &ring(None), Duration::ZERO).unwrap();
            assert_eq!(judged.cause, Some(cause), "{status} {}", judged.observed);
        }
    }

    #[test]
    fn the_loss_of_the_transferred_call_is_named() {
        let ended = What::Ended { by: Ender::Peer, reason: String::new() };
        let seen = [dialled(), at(1.4, "External 1", ended)];
        let judged = rings(&seen, &ring(Some("User B")), Duration::ZERO).unwrap();
        assert_eq!(judged.cause, Some(Cause::TransferCallLost));
    }

    #[test]
    fn what_the_pbx_made_of_a_refer_is_told_from_what_it_did_not_try() {
        let notify =
            |status| at(1.3, "User B", What::TransferProgress { status, terminated: status > 180 });
        let judge = |seen: &[Observation]| rings(seen, &ring(Some("User B")), Duration::ZERO);
        assert!(judge(&[dialled(), notify(100)]).is_none());
        let judged = judge(&[dialled(), notify(403)]).unwrap();
        assert_eq!(judged.cause, Some(Cause::TransferTargetRefused));
        assert!(judged.observed.contains("403"), "{}", judged.observed);
        let nobody = at(1.2, "External 1", What::CalledNobody { dialled: "+44163296020".into() });
        assert!(judge(&[dialled(), nobody.clone()]).is_none(), "the next branch may be right");
        let judged = judge(&[dialled(), nobody, notify(404)]).unwrap();
        assert_eq!(judged.cause, Some(Cause::TransferWrongTarget));
        assert!(judged.observed.contains("+44163296020"), "{}", judged.observed);
    }

    #[test]
    fn voicemail_is_told_from_silence() {
        let answered = What::Answered { codec: "PCMA".into(), remote_media: String::new() };
        let seen = [dialled(), at(1.4, "External 1", answered)];
        assert!(rings(&seen, &ring(None), Duration::from_secs(1)).is_none());
        let judged = rings(&seen, &ring(None), LIMIT).unwrap();
        assert_eq!(judged.cause, Some(Cause::OtherPartyAnswered));
    }

    #[test]
    fn the_caller_view_is_never_worse_than_a_note() {
        let limit = Duration::from_secs(2);
        let view = |what| {
            caller_sees_ringing(&[at(1.2, "External 1", what)], "External 1", limit, limit)
                .unwrap()
                .verdict
        };
        assert_eq!(view(What::Progress { status: 180, early_media: false }), Verdict::Pass);
        assert_eq!(view(What::Progress { status: 183, early_media: true }), Verdict::Note);
        assert_eq!(view(What::Progress { status: 100, early_media: false }), Verdict::Note);
    }
}
