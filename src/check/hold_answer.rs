//! How the PBX answers the re-INVITE of hold and of resume (RFC 3264 §8.4).

use std::time::Duration;

use super::Judgement;
use crate::record::{Cause, Direction, Observation, What};

/// Judges the answer to `hold` (the bridge offers `a=inactive`).
pub fn hold_answered(
    seen: &[Observation],
    holder: &str,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = "the hold is accepted with a=inactive".to_owned();
    judged(seen, holder, elapsed, limit, &expected, Cause::HoldRefused, |direction, oddities| {
        match direction {
            Some(Direction::Inactive) if oddities.is_empty() => {
                Judgement::pass(expected.clone(), "accepted with a=inactive".to_owned())
            }
            // What is heard decides; the wording alone only warns (design §6).
            _ => {
                let mut observed = format!("accepted with {}", written(direction));
                for oddity in oddities {
                    observed.push_str("; ");
                    observed.push_str(oddity);
                }
                Judgement::warn(Cause::HoldAnswerOdd, expected.clone(), observed)
            }
        }
    })
}

/// Judges the answer to `resume`. A missing direction means `sendrecv`.
pub fn resume_answered(
    seen: &[Observation],
    holder: &str,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = "the resume is accepted with a=sendrecv".to_owned();
    judged(seen, holder, elapsed, limit, &expected, Cause::ResumeRefused, |direction, _| {
        let observed = format!("accepted with {}", written(direction));
        match direction {
            None | Some(Direction::SendRecv) => Judgement::pass(expected.clone(), observed),
            Some(_) => Judgement::warn(Cause::ResumeAnswerOdd, expected.clone(), observed),
        }
    })
}

fn judged(
    seen: &[Observation],
    holder: &str,
    elapsed: Duration,
    limit: Duration,
    expected: &str,
    refused: Cause,
    judge: impl Fn(Option<Direction>, &[String]) -> Judgement,
) -> Option<Judgement> {
    let decided = seen.iter().filter(|o| o.party == holder).find_map(|o| match &o.what {
        What::Negotiated { offered_by_peer: false, direction, oddities, .. } => {
            Some(judge(*direction, oddities))
        }
        What::Refused { status, reason, .. } => {
            let observed = if *status == 408 {
                "the re-INVITE was not answered".to_owned()
            } else {
                format!("{status} {reason}")
            };
            Some(Judgement::fail(refused, expected.to_owned(), observed))
        }
        What::Ended { .. } => Some(Judgement::fail(
            Cause::CallDropped,
            expected.to_owned(),
            "the call ended instead".to_owned(),
        )),
        _ => None,
    });
    decided.or_else(|| {
        (elapsed >= limit).then(|| {
            let observed = format!("no answer to the re-INVITE within {} s", limit.as_secs());
            Judgement::fail(refused, expected.to_owned(), observed)
        })
    })
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
    use crate::record::Verdict;

    const LIMIT: Duration = Duration::from_secs(5);

    fn answer(direction: Option<Direction>) -> Vec<Observation> {
        let what = What::Negotiated {
            offered_by_peer: false,
            direction,
            remote_media: String::new(),
            oddities: Vec::new(),
        };
        vec![Observation { at: 1.0, party: "User A".into(), call_id: "c".into(), what }]
    }

    fn refusal(status: u16) -> Vec<Observation> {
        let what = What::Refused { status, reason: "No".into(), method: "INVITE".into() };
        vec![Observation { at: 1.0, party: "User A".into(), call_id: "c".into(), what }]
    }

    #[test]
    fn hold_warns_of_odd_answers_and_fails_refusals() {
        let judge = |seen: &[Observation]| hold_answered(seen, "User A", LIMIT, LIMIT).unwrap();
        assert_eq!(judge(&answer(Some(Direction::Inactive))).verdict, Verdict::Pass);
        assert_eq!(judge(&answer(Some(Direction::SendRecv))).verdict, Verdict::Warn);
        assert_eq!(judge(&answer(None)).verdict, Verdict::Warn);
        assert_eq!(judge(&refusal(488)).cause, Some(Cause::HoldRefused));
        assert_eq!(judge(&[]).cause, Some(Cause::HoldRefused));
    }

    #[test]
    fn resume_takes_silence_for_sendrecv_and_warns_of_one_way() {
        let judge = |seen: &[Observation]| resume_answered(seen, "User A", LIMIT, LIMIT).unwrap();
        assert_eq!(judge(&answer(None)).verdict, Verdict::Pass);
        assert_eq!(judge(&answer(Some(Direction::RecvOnly))).cause, Some(Cause::ResumeAnswerOdd));
        assert_eq!(judge(&refusal(491)).cause, Some(Cause::ResumeRefused));
    }
}
