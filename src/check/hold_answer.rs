//! How the PBX answers the re-INVITE of hold and of resume (RFC 3264 §8.4).

use std::time::Duration;

use super::Judgement;
use super::protection::without_keys;
use crate::record::{
    ABOUT_VERSION, Cause, Direction, HoldForm, Observation, VERSION_KEPT, Verdict, What,
};

/// Judges the answer to `hold` in that form (the bridge offers `a=inactive`). A PBX that does
/// not know UPDATE need not: 405 or 501 to it is unsupported.
pub fn hold_answered(
    seen: &[Observation],
    holder: &str,
    form: HoldForm,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = match form {
        HoldForm::Inactive => "the hold is accepted with a=inactive",
        HoldForm::SendOnly => "the hold by a=sendonly is accepted with a=recvonly or a=inactive",
        HoldForm::NullAddress => "the hold by connection address 0.0.0.0 is accepted",
        HoldForm::Update => "the UPDATE of hold is accepted with a=inactive",
    };
    let unknown = seen.iter().filter(|o| o.party == holder).find_map(|o| match &o.what {
        What::Refused { status: status @ (405 | 501), reason, method, .. }
            if method == "UPDATE" =>
        {
            let observed = format!("{status} {reason}: the PBX does not know UPDATE");
            Some(Judgement::of(Verdict::Unsupported, Cause::MethodUnsupported, expected, observed))
        }
        _ => None,
    });
    if unknown.is_some() {
        return unknown;
    }
    judged(seen, holder, elapsed, limit, expected, Cause::HoldRefused, |answer| {
        let others: Vec<&String> =
            answer.oddities.iter().filter(|oddity| !oddity.contains(ABOUT_VERSION)).collect();
        let fits = form.is_answered_by(answer.direction);
        // How 0.0.0.0 is to be answered nobody has said.
        let unruled = form == HoldForm::NullAddress && answer.usable;
        if unruled || (fits && others.is_empty()) {
            return Judgement::pass(
                expected,
                format!("accepted with {}", written(answer.direction)),
            );
        }
        // What is heard decides; the wording alone only warns (design §6).
        let mut observed = if answer.usable {
            format!("accepted with {}", written(answer.direction))
        } else {
            "accepted without a usable session description".to_owned()
        };
        for oddity in others {
            observed.push_str("; ");
            observed.push_str(oddity);
        }
        Judgement::warn(Cause::HoldAnswerOdd, expected, observed)
    })
}

/// Judges the answer to `resume`. A missing direction means `sendrecv`.
pub fn resume_answered(
    seen: &[Observation],
    holder: &str,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = "the resume is accepted with a=sendrecv";
    judged(seen, holder, elapsed, limit, expected, Cause::ResumeRefused, |answer| {
        if !answer.usable {
            let observed = format!("accepted, but {}", answer.oddities.join("; "));
            return Judgement::fail(Cause::BadAnswer, expected, observed);
        }
        let observed = format!("accepted with {}", written(answer.direction));
        match answer.direction {
            None | Some(Direction::SendRecv) => Judgement::pass(expected, observed),
            Some(_) => Judgement::warn(Cause::ResumeAnswerOdd, expected, observed),
        }
    })
}

/// An SDP answer of the PBX.
struct Answer<'a> {
    direction: Option<Direction>,
    /// Whether audio can come of it.
    usable: bool,
    oddities: &'a [String],
}

fn judged(
    seen: &[Observation],
    holder: &str,
    elapsed: Duration,
    limit: Duration,
    expected: &str,
    refused: Cause,
    judge: impl Fn(&Answer<'_>) -> Judgement,
) -> Option<Judgement> {
    let own = || seen.iter().filter(|o| o.party == holder);
    let decided = own().find_map(|o| match &o.what {
        what @ (What::NotEncrypted { .. } | What::UnusableKey { .. }) => {
            without_keys(holder, what, expected)
        }
        What::Negotiated { offered_by_peer: false, direction, oddities, remote_media } => {
            let usable = !remote_media.is_empty();
            let judged = judge(&Answer { direction: *direction, usable, oddities });
            Some(with_version(judged, oddities))
        }
        What::Refused { status, reason, method, .. } => {
            let method = if method == "INVITE" { "re-INVITE" } else { method };
            let observed = if *status == 408 {
                format!("the {method} was not answered")
            } else {
                format!("{status} {reason}")
            };
            Some(Judgement::fail(refused, expected, observed))
        }
        What::Ended { .. } => {
            Some(Judgement::fail(Cause::CallDropped, expected, "the call ended instead"))
        }
        _ => None,
    });
    decided.or_else(|| {
        (elapsed >= limit).then(|| {
            let pending = own().filter(|o| o.what == What::OfferPostponed).count();
            let seconds = limit.as_secs();
            let observed = match pending {
                0 => format!("no answer to it within {seconds} s"),
                n => format!("491 Request Pending {n} time(s), and no other answer in {seconds} s"),
            };
            Judgement::fail(refused, expected, observed)
        })
    })
}

/// Some peers overlook a change whose version is the old one. Healthy PBXs count in other
/// steps than one, or count where nothing changed.
fn with_version(judged: Judgement, oddities: &[String]) -> Judgement {
    if !oddities.iter().any(|oddity| oddity == VERSION_KEPT) {
        return judged;
    }
    let expected = "the version in o= goes up with every change (RFC 3264 §8)";
    judged.or_worse(Judgement::warn(Cause::SdpVersion, expected, VERSION_KEPT))
}

fn written(direction: Option<Direction>) -> String {
    match direction {
        None => "no direction (that is sendrecv)".to_owned(),
        Some(direction) => format!("a={}", format!("{direction:?}").to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    fn answer(direction: Option<Direction>) -> Vec<Observation> {
        odd_answer(direction, "10.0.0.1:4000", &[])
    }

    fn odd_answer(
        direction: Option<Direction>,
        remote_media: &str,
        oddities: &[&str],
    ) -> Vec<Observation> {
        let what = What::Negotiated {
            offered_by_peer: false,
            direction,
            remote_media: remote_media.into(),
            oddities: oddities.iter().map(|&oddity| oddity.to_owned()).collect(),
        };
        vec![Observation { at: 1.0, party: "User A".into(), call_id: "c".into(), what }]
    }

    fn refusal(status: u16) -> Vec<Observation> {
        let what =
            What::Refused { status, reason: "No".into(), method: "INVITE".into(), encrypted: true };
        vec![Observation { at: 1.0, party: "User A".into(), call_id: "c".into(), what }]
    }

    #[test]
    fn hold_warns_of_odd_answers_and_fails_refusals() {
        let judge = |seen: &[Observation]| {
            hold_answered(seen, "User A", HoldForm::Inactive, LIMIT, LIMIT).unwrap()
        };
        assert_eq!(judge(&answer(Some(Direction::Inactive))).verdict, Verdict::Pass);
        assert_eq!(judge(&answer(Some(Direction::SendRecv))).verdict, Verdict::Warn);
        assert_eq!(judge(&answer(None)).verdict, Verdict::Warn);
        assert_eq!(judge(&refusal(488)).cause, Some(Cause::HoldRefused));
        assert_eq!(judge(&[]).cause, Some(Cause::HoldRefused));
    }

    #[test]
    fn other_ways_of_holding_are_answered_in_ways_of_their_own() {
        let judge = |form, seen: &[Observation]| {
            hold_answered(seen, "User A", form, LIMIT, LIMIT).unwrap().verdict
        };
        let of = |direction| answer(Some(direction));
        assert_eq!(judge(HoldForm::SendOnly, &of(Direction::RecvOnly)), Verdict::Pass);
        assert_eq!(judge(HoldForm::SendOnly, &of(Direction::SendRecv)), Verdict::Warn);
        assert_eq!(judge(HoldForm::NullAddress, &of(Direction::SendRecv)), Verdict::Pass);
        assert_eq!(judge(HoldForm::NullAddress, &refusal(488)), Verdict::Fail);
        let unknown = |method: &str| {
            let (reason, method) = ("Method Not Allowed".into(), method.into());
            let what = What::Refused { status: 405, reason, method, encrypted: false };
            vec![Observation { at: 1.0, party: "User A".into(), call_id: "c".into(), what }]
        };
        assert_eq!(judge(HoldForm::Update, &unknown("UPDATE")), Verdict::Unsupported);
        assert_eq!(judge(HoldForm::Update, &unknown("INVITE")), Verdict::Fail);
    }

    #[test]
    fn resume_takes_silence_for_sendrecv_and_warns_of_one_way() {
        let judge = |seen: &[Observation]| resume_answered(seen, "User A", LIMIT, LIMIT).unwrap();
        assert_eq!(judge(&answer(None)).verdict, Verdict::Pass);
        assert_eq!(judge(&answer(Some(Direction::RecvOnly))).cause, Some(Cause::ResumeAnswerOdd));
        assert_eq!(judge(&refusal(491)).cause, Some(Cause::ResumeRefused));
    }

    #[test]
    fn an_answer_without_audio_fails_the_resume_and_only_warns_of_the_hold() {
        let bare = odd_answer(None, "", &["no audio: 0"]);
        let resume = resume_answered(&bare, "User A", LIMIT, LIMIT).unwrap();
        assert_eq!((resume.verdict, resume.cause), (Verdict::Fail, Some(Cause::BadAnswer)));
        let hold = hold_answered(&bare, "User A", HoldForm::Inactive, LIMIT, LIMIT).unwrap();
        assert_eq!((hold.verdict, hold.cause), (Verdict::Warn, Some(Cause::HoldAnswerOdd)));
    }

    #[test]
    fn versions_that_stay_warn_and_other_steps_are_fine() {
        let judge = |oddity: &str| {
            let seen = odd_answer(Some(Direction::Inactive), "10.0.0.1:4000", &[oddity]);
            let judged = hold_answered(&seen, "User A", HoldForm::Inactive, LIMIT, LIMIT).unwrap();
            (judged.verdict, judged.cause)
        };
        assert_eq!(judge(VERSION_KEPT), (Verdict::Warn, Some(Cause::SdpVersion)));
        let step = format!("{ABOUT_VERSION} went from 1 to 4");
        assert_eq!(judge(&step), (Verdict::Pass, None));
        assert_eq!(judge("sendrecv").1, Some(Cause::HoldAnswerOdd));
    }

    #[test]
    fn a_request_that_stays_pending_is_told_as_such() {
        let what = What::OfferPostponed;
        let pending = [Observation { at: 1.0, party: "User A".into(), call_id: "c".into(), what }];
        assert!(
            hold_answered(&pending, "User A", HoldForm::Inactive, Duration::ZERO, LIMIT).is_none()
        );
        let judged = hold_answered(&pending, "User A", HoldForm::Inactive, LIMIT, LIMIT).unwrap();
        assert!(judged.observed.starts_with("491 Request Pending 1 time(s)"), "{judged:?}");
    }
}
