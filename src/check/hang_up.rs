//! "Both parties see the call hang up" (guide 7.2), and what goes on after it.

use std::time::Duration;

use super::Judgement;
use crate::record::{Cause, Ender, Observation, What};

/// Judges the end of a call after `by` hung up: its BYE is answered and the other
/// party's call is ended by the PBX. `seen` begins with the hang-up.
pub fn both_ended(
    seen: &[Observation],
    by: &str,
    other: &str,
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
            if status.is_some() {
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
/// ends every listening step at once.
pub fn dropped(seen: &[Observation], parties: &[&str], cause: Cause) -> Option<Judgement> {
    let start = seen.first().map_or(0.0, |o| o.at);
    seen.iter().filter(|o| parties.contains(&o.party.as_str())).find_map(|o| match &o.what {
        What::Ended { by: Ender::Peer, reason } => {
            let why = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
            let observed =
                format!("the PBX ended the call of {} after {:.1} s{why}", o.party, o.at - start);
            Some(Judgement::fail(cause, "the call stays up".to_owned(), observed))
        }
        _ => None,
    })
}

/// RTP that still came later than 1 s after the end of a call (design §6).
pub fn silent_after_end(seen: &[Observation]) -> Option<Judgement> {
    seen.iter().find_map(|o| match o.what {
        What::RtpAfterEnd { seconds } if seconds > 1.0 => Some(Judgement::warn(
            Cause::RtpAfterHangup,
            "no RTP later than 1 s after the end of the call".to_owned(),
            format!("{} still got RTP {seconds:.1} s after the end", o.party),
        )),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Verdict;

    const LIMIT: Duration = Duration::from_secs(5);

    fn at(at: f64, party: &str, what: What) -> Observation {
        Observation { at, party: party.into(), call_id: "c".into(), what }
    }

    fn ended(by: Ender) -> What {
        What::Ended { by, reason: String::new() }
    }

    #[test]
    fn both_sides_must_see_the_end() {
        let judge =
            |seen: &[Observation]| both_ended(seen, "User A", "External 1", LIMIT, LIMIT).unwrap();
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
    fn rtp_within_the_first_second_is_fine() {
        let late = |seconds| [at(1.0, "User A", What::RtpAfterEnd { seconds })];
        assert!(silent_after_end(&late(0.4)).is_none());
        assert!(silent_after_end(&late(1.6)).is_some());
    }
}
