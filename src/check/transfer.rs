//! Blind transfer: the REFER and the end of the transferor's leg (RFC 3515).

use std::time::Duration;

use super::{Ear, Judgement};
use crate::record::{Cause, Ender, Observation, What};

/// What ends this near to the transferor's leg ends because of it, s. The answer to its
/// BYE may come after what the PBX makes of it.
const WITH_TRANSFEROR_S: f64 = 0.3;

/// How long a target must have rung before a missing NOTIFY is worth a word, s.
const RINGS_UNTOLD_S: f64 = 0.15;

/// Judges the answer to the REFER.
pub fn accepted(
    seen: &[Observation],
    transferor: &str,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = "the REFER is accepted (202)".to_owned();
    let refused =
        |cause: Cause, observed: String| Judgement::fail(cause, expected.clone(), observed);
    let decided = seen.iter().filter(|o| o.party == transferor).find_map(|o| match &o.what {
        What::TransferAccepted { status } => {
            Some(Judgement::pass(expected.clone(), format!("accepted with {status}")))
        }
        What::TransferRefused { status: 408, .. } => {
            Some(refused(Cause::TransferUnanswered, "the REFER was not answered".to_owned()))
        }
        What::TransferRefused { status, reason } => {
            Some(refused(Cause::TransferRefused, format!("{status} {reason}")))
        }
        _ => None,
    });
    decided.or_else(|| {
        (elapsed >= limit).then(|| {
            let observed = format!("no answer to the REFER within {} s", limit.as_secs());
            refused(Cause::TransferUnanswered, observed)
        })
    })
}

/// The end of a transferred call that nobody of the harness asked for: of the party that
/// was transferred, or of the target's call, ringing or answered. `seen` begins with the
/// REFER.
pub fn transfer_lost(
    seen: &[Observation],
    transferor: &str,
    survivor: &str,
    target: &str,
) -> Option<Judgement> {
    let expected = format!("{survivor} and {target} are connected, with or without {transferor}");
    let start = seen.first().map_or(0.0, |o| o.at);
    let left = seen
        .iter()
        .find(|o| o.party == transferor && matches!(o.what, What::Ended { .. }))
        .map_or(f64::MAX, |o| o.at);
    let by_peer = |what: &What| matches!(what, What::Ended { by: Ender::Peer, .. });
    let lost = seen.iter().find(|o| {
        (o.party == survivor && by_peer(&o.what))
            || (o.party == target && (by_peer(&o.what) || o.what == What::Cancelled))
    })?;
    let answered = |o: &&Observation| matches!(o.what, What::Answered { .. });
    let when = match seen.iter().filter(|o| o.party == target).find(answered) {
        Some(answer) if answer.at <= lost.at => format!("after {target} answered"),
        _ if (lost.at - left).abs() < WITH_TRANSFEROR_S => {
            format!("when {transferor} left, before {target} answered")
        }
        _ => format!("before {target} answered"),
    };
    let verb = if lost.what == What::Cancelled { "cancelled" } else { "ended" };
    let observed = format!(
        "the PBX {verb} the call of {} {:.2} s after the REFER, {when}",
        lost.party,
        lost.at - start
    );
    Some(Judgement::fail(Cause::TransferCallLost, expected, observed))
}

/// What is said of the audio of a transferred call, where nothing but the transfer can be
/// the reason: its parties were heard before.
pub fn heard_after_transfer(
    judgement: Judgement,
    ears: [&Ear<'_>; 2],
    transferor: &str,
    identities: &[u16],
) -> Judgement {
    match judgement.cause {
        Some(Cause::NoAudio | Cause::OneWayAudio) => {
            Judgement { cause: Some(Cause::TransferNoAudio), ..judgement }
        }
        Some(Cause::CrossedAudio) => {
            let hears = |ear: &&&Ear<'_>| ear.stranger().is_some_and(|id| identities.contains(&id));
            let Some(ear) = ears.iter().find(hears) else { return judgement };
            let observed = format!("{} hears {transferor}, who transferred the call", ear.party);
            Judgement { cause: Some(Cause::TransferWrongParty), observed, ..judgement }
        }
        _ => judgement,
    }
}

/// Judges "Teams hangs up": the transferor's leg is over and stays over. Who sent the
/// BYE does not matter, nor does 481 to crossing BYEs.
pub fn transferor_released(
    seen: &[Observation],
    transferor: &str,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = format!("{transferor}'s leg ends after the transfer");
    let own = || seen.iter().filter(|o| o.party == transferor);
    let ended = own().find_map(|o| match &o.what {
        What::Ended { by, .. } => Some(*by),
        _ => None,
    });
    let status = own().find_map(|o| match o.what {
        What::HangupAnswered { status } => Some(status),
        _ => None,
    });
    match (ended, status) {
        (Some(Ender::Peer), _) => Some(Judgement::pass(expected, "the PBX sent BYE".to_owned())),
        (Some(Ender::Ourselves), Some(status)) if status < 300 || status == 481 => {
            Some(Judgement::pass(expected, format!("Teams sent BYE, answered {status}")))
        }
        (Some(Ender::Ourselves), Some(status)) => {
            let observed = if status == 408 {
                "Teams' BYE was not answered".to_owned()
            } else {
                format!("Teams' BYE was answered {status}")
            };
            Some(Judgement::fail(Cause::TransferorLegLeftUp, expected, observed))
        }
        _ => (elapsed >= limit).then(|| {
            let observed = format!("the leg still stands after {} s", limit.as_secs());
            Judgement::fail(Cause::TransferorLegLeftUp, expected.clone(), observed)
        }),
    }
}

/// Judges "Teams hangs up" where the bridge connects the parties by itself (guide 4.1.1.7): its
/// legs have to stay up, since the media goes through them. `legs` of them do.
pub fn stays_between(transferor: &str, legs: usize) -> Judgement {
    let expected = format!("{transferor}'s two legs stay up: the bridge connects the parties");
    let observed = format!("{legs} of them are up");
    if legs == 2 {
        return Judgement::pass(expected, observed);
    }
    Judgement::fail(Cause::CallDropped, expected, observed)
}

/// A note on the NOTIFYs of a transfer that worked; `None` if they were as RFC 3515
/// has them or cannot be told: a transferor that left before the answer gets no more
/// than what comes while the target rings. Healthy PBXs differ here (design §6).
pub fn notify_note(seen: &[Observation], transferor: &str, target: &str) -> Option<Judgement> {
    let expected = "NOTIFY 100 or 180, and 200 after the target answered (RFC 3515 §2.4.5)";
    let own = || seen.iter().filter(|o| o.party == transferor);
    let success =
        own().find(|o| matches!(o.what, What::TransferProgress { status: 200..=299, .. }));
    let notified = own().any(|o| matches!(o.what, What::TransferProgress { .. }));
    let ended = own().find_map(|o| match o.what {
        What::Ended { by, .. } => Some((o.at, by)),
        _ => None,
    });
    let at = |test: fn(&What) -> bool| {
        seen.iter().find(|o| o.party == target && test(&o.what)).map(|o| o.at)
    };
    let rang = at(|what| matches!(what, What::Invited { .. }))?;
    let answered = at(|what| matches!(what, What::Answered { .. }))?;
    let observed = match (success, ended) {
        (Some(success), _) if success.at < answered => {
            format!("NOTIFY 200 came {:.2} s before the answer", answered - success.at)
        }
        (Some(_), _) => return None,
        (None, Some((left, Ender::Peer))) if left < answered => {
            "the PBX sent BYE before a NOTIFY told of the success".to_owned()
        }
        (None, Some((left, _))) if left < answered => {
            if notified || left < rang + RINGS_UNTOLD_S {
                return None;
            }
            format!("no NOTIFY while {transferor} was there, {:.2} s of them ringing", left - rang)
        }
        (None, _) => "no NOTIFY told of the success".to_owned(),
    };
    Some(Judgement::note(Cause::TransferNotifyUnusual, expected, observed))
}

#[cfg(test)]
mod tests {
    use super::super::ear::stage::{voice, windows};
    use super::*;
    use crate::record::{CallerId, Verdict};

    const LIMIT: Duration = Duration::from_secs(5);

    fn at(at: f64, party: &str, what: What) -> Observation {
        Observation { at, party: party.into(), call_id: "c".into(), what }
    }

    #[test]
    fn a_refusal_fails_and_silence_does_at_the_limit() {
        let refusal = What::TransferRefused { status: 405, reason: "No".into() };
        let seen = [at(1.0, "User A", refusal)];
        let refused = accepted(&seen, "User A", LIMIT, LIMIT).unwrap();
        assert_eq!(refused.cause, Some(Cause::TransferRefused));
        let silent = accepted(&[], "User A", LIMIT, LIMIT).unwrap();
        assert_eq!(silent.cause, Some(Cause::TransferUnanswered));
        assert!(accepted(&[], "User A", Duration::ZERO, LIMIT).is_none());
    }

    #[test]
    fn a_bridge_that_connects_two_parties_needs_both_of_its_legs() {
        assert_eq!(stays_between("User A", 2).verdict, Verdict::Pass);
        assert_eq!(stays_between("User A", 1).cause, Some(Cause::CallDropped));
    }

    #[test]
    fn a_leg_is_released_by_either_side_even_when_byes_cross() {
        let judge = |seen: &[Observation]| transferor_released(seen, "User A", LIMIT, LIMIT);
        let ended = |by| at(1.0, "User A", What::Ended { by, reason: String::new() });
        let reply = |status| at(1.1, "User A", What::HangupAnswered { status });
        assert_eq!(judge(&[ended(Ender::Peer)]).unwrap().verdict, Verdict::Pass);
        let crossed = [ended(Ender::Ourselves), reply(481)];
        assert_eq!(judge(&crossed).unwrap().verdict, Verdict::Pass);
        let refused = [ended(Ender::Ourselves), reply(500)];
        assert_eq!(judge(&refused).unwrap().cause, Some(Cause::TransferorLegLeftUp));
        assert_eq!(judge(&[]).unwrap().cause, Some(Cause::TransferorLegLeftUp));
    }

    fn answer() -> Observation {
        let what = What::Answered { codec: "PCMA".into(), remote_media: String::new() };
        at(2.0, "External 2", what)
    }

    fn left(t: f64, by: Ender) -> Observation {
        at(t, "User A", What::Ended { by, reason: String::new() })
    }

    fn note(told: &[Observation]) -> Option<Judgement> {
        let ring = What::Invited { caller: CallerId::default(), dialled: String::new() };
        let mut seen = vec![at(1.0, "External 2", ring), answer()];
        seen.extend_from_slice(told);
        notify_note(&seen, "User A", "External 2")
    }

    #[test]
    fn an_early_or_missing_notify_is_a_note_and_a_late_one_nothing() {
        let notify = |t| at(t, "User A", What::TransferProgress { status: 200, terminated: true });
        assert_eq!(note(&[notify(1.0)]).unwrap().verdict, Verdict::Note);
        assert_eq!(note(&[]).unwrap().verdict, Verdict::Note);
        assert!(note(&[notify(2.5)]).is_none());
        assert!(note(&[notify(2.5), left(2.6, Ender::Ourselves)]).is_none());
    }

    #[test]
    fn who_leaves_before_the_answer_can_miss_only_what_comes_until_then() {
        let ringing = at(1.1, "User A", What::TransferProgress { status: 180, terminated: false });
        assert!(note(&[ringing.clone(), left(1.4, Ender::Ourselves)]).is_none());
        assert!(note(&[left(1.05, Ender::Ourselves)]).is_none(), "too short to miss anything");
        let judged = note(&[left(1.4, Ender::Ourselves)]).unwrap();
        assert!(judged.observed.contains("0.40 s"), "{}", judged.observed);
        let judged = note(&[ringing, left(1.2, Ender::Peer)]).unwrap();
        assert!(judged.observed.contains("BYE"), "{}", judged.observed);
    }

    #[test]
    fn a_transferred_call_may_not_end_by_itself() {
        let lost = |seen: &[Observation]| transfer_lost(seen, "User A", "External 1", "External 2");
        let start = at(1.0, "User A", What::TransferAccepted { status: 202 });
        let gone = |t| at(t, "External 1", What::Ended { by: Ender::Peer, reason: String::new() });
        let with = [start.clone(), left(1.3, Ender::Ourselves), gone(1.32)];
        let judged = lost(&with).unwrap();
        assert_eq!(judged.cause, Some(Cause::TransferCallLost));
        assert!(judged.observed.contains("when User A left"), "{}", judged.observed);
        let cancelled = [start.clone(), at(1.2, "External 2", What::Cancelled)];
        assert!(lost(&cancelled).unwrap().observed.contains("cancelled the call of External 2"));
        let late = [start.clone(), answer(), gone(4.0)];
        assert!(lost(&late).unwrap().observed.contains("after External 2 answered"));
        assert!(lost(&[start, left(1.3, Ender::Peer)]).is_none());
    }

    #[test]
    fn what_only_the_transfer_can_have_done_is_called_so() {
        let windows = windows(0.0, 2.0, |_| voice(7));
        let target = Ear { party: "External 2", own: 3, peer: 2, spoken: 20, windows: &windows };
        let survivor = Ear { party: "External 1", own: 2, peer: 3, spoken: 20, windows: &[] };
        let judge = |cause, identities: &[u16]| {
            let judgement = Judgement::fail(cause, "audio", "something");
            heard_after_transfer(judgement, [&survivor, &target], "User A", identities)
        };
        assert_eq!(judge(Cause::OneWayAudio, &[7]).cause, Some(Cause::TransferNoAudio));
        let wrong = judge(Cause::CrossedAudio, &[7]);
        assert_eq!(wrong.cause, Some(Cause::TransferWrongParty));
        assert!(wrong.observed.starts_with("External 2 hears User A"), "{}", wrong.observed);
        assert_eq!(judge(Cause::CrossedAudio, &[8]).cause, Some(Cause::CrossedAudio));
    }
}
