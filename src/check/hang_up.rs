//! "Both parties see the call hang up" (guide 7.2), and what goes on after it.

use std::time::Duration;

use super::Judgement;
use crate::record::{Cause, Ender, Observation, What};

/// Judges the end of a call after `by` hung up: its BYE is answered and the other
/// party's call is ended by the PBX. `seen` begins with the hang-up; `bystanders` are in
/// calls that should go on.
pub fn both_ended(
    seen: &[Observation],
    [by, other]: [&str; 2],
    bystanders: &[&str],
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = format!("{by} hangs up and {other} sees the call end");
    let status = seen.iter().filter(|o| o.party == by).find_map(|o| match o.what {
        What::HangupAnswered { status } => Some(status),
        _ => None,
    });
    let ended = seen
        .iter()
        .find(|o| o.party == other && matches!(o.what, What::Ended { .. } | What::Cancelled));
    let start = seen.first().map_or(0.0, |o| o.at);
    match (status, ended) {
        (Some(status), _) if status >= 300 && status != 481 => {
            let observed = if status == 408 {
                format!("the BYE of {by} was not answered")
            } else {
                format!("the BYE of {by} was answered {status}")
            };
            Some(Judgement::fail(Cause::HangupRefused, expected, observed))
        }
        (Some(_), Some(ended)) => {
            let after = ended.at - start;
            Some(Judgement::pass(expected, format!("{other} saw the end after {after:.2} s")))
        }
        _ => (elapsed >= limit).then(|| {
            let limit = limit.as_secs();
            let stranger = seen.iter().find(|o| {
                bystanders.contains(&o.party.as_str())
                    && matches!(o.what, What::Ended { by: Ender::Peer, .. })
            });
            if status == Some(481) {
                // Fine where BYEs cross: then the call is over.
                let observed =
                    format!("the BYE of {by} was answered 481, and {other}'s call stands");
                Judgement::fail(Cause::HangupRefused, expected.clone(), observed)
            } else if let Some(stranger) = stranger {
                let observed = format!(
                    "{} of another call got the BYE, {other} none within {limit} s",
                    stranger.party
                );
                Judgement::fail(Cause::WrongCallEnded, expected.clone(), observed)
            } else if status.is_some() {
                let observed = format!("{other} got no BYE within {limit} s of {by}'s");
                Judgement::fail(Cause::HangupNotPropagated, expected.clone(), observed)
            } else {
                let observed = format!("the BYE of {by} was not answered within {limit} s");
                Judgement::fail(Cause::HangupRefused, expected.clone(), observed)
            }
        }),
    }
}

/// The first end of a call that nobody of the harness asked for, among the parties:
/// ends every listening step at once. `seen` begins with the answer.
pub fn dropped(seen: &[Observation], parties: &[&str], cause: Cause) -> Option<Judgement> {
    let start = seen.first().map_or(0.0, |o| o.at);
    seen.iter().filter(|o| parties.contains(&o.party.as_str())).find_map(|o| match &o.what {
        What::Ended { by: Ender::Peer, reason } => {
            let why = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
            let observed = format!(
                "the PBX ended the call of {} {:.1} s after its answer{why}",
                o.party,
                o.at - start
            );
            Some(Judgement::fail(cause, "the call stays up".to_owned(), observed))
        }
        _ => None,
    })
}

/// RTP that still came later than 1 s after the end of a call (design §6). Where only the
/// party that transferred the call got it, its leg was left up. A call whose BYE the PBX
/// refused has not ended for it, and is judged by that.
pub fn silent_after_end(seen: &[Observation], transferor: Option<&str>) -> Option<Judgement> {
    let refused = |call: &str| {
        seen.iter()
            .any(|o| o.call_id == call && matches!(o.what, What::HangupAnswered { status: 300.. }))
    };
    let late: Vec<(&str, f64)> = seen
        .iter()
        .filter_map(|o| match o.what {
            What::RtpAfterEnd { seconds } if seconds > 1.0 && !refused(&o.call_id) => {
                Some((o.party.as_str(), seconds))
            }
            _ => None,
        })
        .collect();
    let (party, seconds) = late.iter().max_by(|one, other| one.1.total_cmp(&other.1))?;
    let only_transferor = late.iter().all(|(party, _)| Some(*party) == transferor);
    let cause = if only_transferor { Cause::TransferorLegLeftUp } else { Cause::RtpAfterHangup };
    Some(Judgement::warn(
        cause,
        "no RTP later than 1 s after the end of the call".to_owned(),
        format!("{party} still got RTP {seconds:.1} s after the end"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Verdict;

    const LIMIT: Duration = Duration::from_secs(5);
    const PARTIES: [&str; 2] = ["User A", "External 1"];

    fn at(at: f64, party: &str, what: What) -> Observation {
        Observation { at, party: party.into(), call_id: "c".into(), what }
    }

    fn ended(by: Ender) -> What {
        What::Ended { by, reason: String::new() }
    }

    #[test]
    fn both_sides_must_see_the_end() {
        let judge = |seen: &[Observation]| both_ended(seen, PARTIES, &[], LIMIT, LIMIT).unwrap();
        let hung_up = at(1.0, "User A", ended(Ender::Ourselves));
        let reply = |status| at(1.1, "User A", What::HangupAnswered { status });
        let other = at(1.2, "External 1", ended(Ender::Peer));
        let whole = [hung_up.clone(), reply(200), other.clone()];
        assert_eq!(judge(&whole).verdict, Verdict::Pass);
        assert_eq!(judge(&whole[..2]).cause, Some(Cause::HangupNotPropagated));
        assert_eq!(judge(&whole[..1]).cause, Some(Cause::HangupRefused));
        assert_eq!(judge(&[hung_up, reply(500), other]).cause, Some(Cause::HangupRefused));
    }

    #[test]
    fn only_the_peers_end_of_a_named_party_is_a_drop() {
        let seen =
            [at(1.0, "User A", ended(Ender::Ourselves)), at(2.0, "External 2", ended(Ender::Peer))];
        assert!(dropped(&seen, &["User A"], Cause::CallDropped).is_none());
        let judged = dropped(&seen, &["External 2"], Cause::WrongCallEnded).unwrap();
        assert_eq!(judged.cause, Some(Cause::WrongCallEnded));
    }

    #[test]
    fn a_drop_is_timed_from_the_answer() {
        let answer = What::Answered { codec: "PCMU".into(), remote_media: String::new() };
        let seen = [at(1.0, "User A", answer), at(31.0, "User A", ended(Ender::Peer))];
        let judged = dropped(&seen, &["User A"], Cause::CallDropped).unwrap();
        assert!(judged.observed.contains("30.0 s after its answer"), "{}", judged.observed);
    }

    #[test]
    fn rtp_within_the_first_second_is_fine() {
        let late = |seconds| at(1.0, "User A", What::RtpAfterEnd { seconds });
        assert!(silent_after_end(&[late(0.4)], None).is_none());
        let cause = |seen: &[Observation], transferor| {
            silent_after_end(seen, transferor).unwrap().cause.unwrap()
        };
        assert_eq!(cause(&[late(1.6)], None), Cause::RtpAfterHangup);
        assert_eq!(cause(&[late(1.6)], Some("User A")), Cause::TransferorLegLeftUp);
        let both = [late(1.6), at(1.0, "External 1", What::RtpAfterEnd { seconds: 1.1 })];
        assert_eq!(cause(&both, Some("User A")), Cause::RtpAfterHangup);
        let refused = [at(1.0, "User A", What::HangupAnswered { status: 481 }), late(1.6)];
        assert!(silent_after_end(&refused, None).is_none(), "it is the BYE's fault");
    }

    #[test]
    fn a_bye_to_the_wrong_call_and_a_lost_dialog_are_told_from_silence() {
        let judge = |status, stranger: &[Observation]| {
            let mut seen = vec![
                at(1.0, "User A", ended(Ender::Ourselves)),
                at(1.1, "User A", What::HangupAnswered { status }),
            ];
            seen.extend_from_slice(stranger);
            both_ended(&seen, PARTIES, &["External 2"], LIMIT, LIMIT).unwrap().cause
        };
        let stranger = at(1.2, "External 2", ended(Ender::Peer));
        assert_eq!(judge(200, &[stranger]), Some(Cause::WrongCallEnded));
        assert_eq!(judge(481, &[]), Some(Cause::HangupRefused));
        assert_eq!(judge(200, &[]), Some(Cause::HangupNotPropagated));
    }
}
