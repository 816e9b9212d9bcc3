//! Blind transfer: the REFER and the end of the transferor's leg (RFC 3515).

use std::time::Duration;

use super::Judgement;
use crate::record::{Cause, Ender, Observation, Verdict, What};

/// Judges the answer to the REFER. `supported` is the profile's `pbx.supports_refer`.
pub fn accepted(
    seen: &[Observation],
    transferor: &str,
    supported: bool,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = "the REFER is accepted (202)".to_owned();
    let refused = |observed: String| {
        if supported {
            Judgement::fail(Cause::TransferRefused, expected.clone(), observed)
        } else {
            Judgement::of(Verdict::Unsupported, Cause::Disclaimed, expected.clone(), observed)
        }
    };
    let decided = seen.iter().filter(|o| o.party == transferor).find_map(|o| match &o.what {
        What::TransferAccepted { status } => {
            Some(Judgement::pass(expected.clone(), format!("accepted with {status}")))
        }
        What::TransferRefused { status: 408, .. } => {
            Some(refused("the REFER was not answered".to_owned()))
        }
        What::TransferRefused { status, reason } => Some(refused(format!("{status} {reason}"))),
        _ => None,
    });
    decided.or_else(|| {
        (elapsed >= limit)
            .then(|| refused(format!("no answer to the REFER within {} s", limit.as_secs())))
    })
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

/// A note on the NOTIFYs of a transfer that worked; `None` if they were as RFC 3515
/// has them or cannot be told. Healthy PBXs differ here (design §6).
pub fn notify_note(seen: &[Observation], transferor: &str, target: &str) -> Option<Judgement> {
    let expected = "NOTIFY 200 after the target answered (RFC 3515 §2.4.5)".to_owned();
    let success = seen.iter().find(|o| {
        o.party == transferor && matches!(o.what, What::TransferProgress { status: 200..=299, .. })
    });
    let answered =
        seen.iter().find(|o| o.party == target && matches!(o.what, What::Answered { .. }));
    let observed = match (success, answered) {
        (None, _) => "no NOTIFY told of the success".to_owned(),
        (Some(success), Some(answered)) if success.at < answered.at => {
            format!("NOTIFY 200 came {:.2} s before the answer", answered.at - success.at)
        }
        _ => return None,
    };
    Some(Judgement::note(Cause::TransferNotifyUnusual, expected, observed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    fn at(at: f64, party: &str, what: What) -> Observation {
        Observation { at, party: party.into(), call_id: "c".into(), what }
    }

    #[test]
    fn a_refusal_fails_unless_the_profile_disclaims_refer() {
        let refusal = What::TransferRefused { status: 405, reason: "No".into() };
        let seen = [at(1.0, "User A", refusal)];
        let judge = |supported| accepted(&seen, "User A", supported, LIMIT, LIMIT).unwrap();
        assert_eq!(judge(true).cause, Some(Cause::TransferRefused));
        assert_eq!(judge(false).verdict, Verdict::Unsupported);
        assert!(accepted(&[], "User A", true, Duration::ZERO, LIMIT).is_none());
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

    #[test]
    fn an_early_or_missing_notify_is_a_note_and_a_late_one_nothing() {
        let notify = |t| at(t, "User A", What::TransferProgress { status: 200, terminated: true });
        let answer = at(
            2.0,
            "External 2",
            What::Answered { codec: "PCMA".into(), remote_media: String::new() },
        );
        let note = |seen: &[Observation]| notify_note(seen, "User A", "External 2");
        assert_eq!(note(&[notify(1.0), answer.clone()]).unwrap().verdict, Verdict::Note);
        assert_eq!(note(std::slice::from_ref(&answer)).unwrap().verdict, Verdict::Note);
        assert!(note(&[answer, notify(2.5)]).is_none());
    }
}
