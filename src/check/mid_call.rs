//! What a PBX does in a standing call when its session is refreshed, an offer is asked for, or the
//! codec or port changes, and when an ACK is lost (beyond the guide).

use std::time::Duration;

use super::Judgement;
use crate::record::{Cause, Observation, Verdict, What};

/// What became of a request of ours in the call, for those who judge it by its answer.
enum Reply<'a> {
    /// A session description of the PBX, and whether audio can come of it.
    Described { usable: bool, oddities: &'a [String] },
    /// A refusal; 408 stands for no answer.
    Refused { status: u16, reason: &'a str },
    /// The end of the call.
    Ended,
}

fn reply<'a>(seen: &'a [Observation], party: &str, by_peer: bool) -> Option<Reply<'a>> {
    seen.iter().filter(|o| o.party == party).find_map(|o| match &o.what {
        What::Negotiated { offered_by_peer, remote_media, oddities, .. }
            if *offered_by_peer == by_peer =>
        {
            Some(Reply::Described { usable: !remote_media.is_empty(), oddities })
        }
        What::Refused { status, reason, .. } => Some(Reply::Refused { status: *status, reason }),
        What::Ended { .. } => Some(Reply::Ended),
        _ => None,
    })
}

/// Judges a request by its reply: a description that can be used passes.
fn judge(
    reply: Option<Reply<'_>>,
    expected: &str,
    cause: Cause,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let fail = |cause, observed: String| Some(Judgement::fail(cause, expected, observed));
    match reply {
        Some(Reply::Described { usable: true, .. }) => {
            Some(Judgement::pass(expected, "the PBX has described its media"))
        }
        Some(Reply::Described { oddities, .. }) => fail(cause, oddities.join("; ")),
        Some(Reply::Refused { status: 408, .. }) => {
            fail(cause, "the re-INVITE was not answered".to_owned())
        }
        Some(Reply::Refused { status, reason }) => fail(cause, format!("{status} {reason}")),
        Some(Reply::Ended) => fail(Cause::CallDropped, "the call ended instead".to_owned()),
        None => (elapsed >= limit).then(|| {
            let observed = format!("no answer to the re-INVITE within {} s", limit.as_secs());
            Judgement::fail(cause, expected, observed)
        }),
    }
}

/// Judges whether the PBX takes a call with our session timer. `None` while it has said nothing
/// of it; one that wants longer sessions says 422 (RFC 4028 §6), and may.
pub fn timer_taken(seen: &[Observation], caller: &str, callee: &str) -> Option<Judgement> {
    let expected = "the PBX takes the session timer";
    seen.iter().find_map(|o| match &o.what {
        What::Refused { status: 422, reason, .. } if o.party == caller => {
            let observed = format!("422 {reason}: the PBX wants longer sessions");
            let (verdict, cause) = (Verdict::Unsupported, Cause::MethodUnsupported);
            Some(Judgement::of(verdict, cause, expected, observed))
        }
        // Another refusal is judged by whether the callee rings.
        What::Refused { .. } if o.party == caller => Some(Judgement::pass(expected, "not refused")),
        What::Invited { .. } if o.party == callee => {
            Some(Judgement::pass(expected, "the call is put through"))
        }
        _ => None,
    })
}

/// Judges the answer to a re-INVITE that changes nothing (RFC 4028 §7.4).
pub fn refreshed(
    seen: &[Observation],
    party: &str,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = "the re-INVITE that refreshes the session is accepted";
    judge(reply(seen, party, false), expected, Cause::RefreshRefused, elapsed, limit)
}

/// Judges the answer to a re-INVITE without an offer: it has to make one (RFC 3261 §14.2).
pub fn offer_made(
    seen: &[Observation],
    party: &str,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = "the 200 to a re-INVITE without an offer makes one";
    judge(reply(seen, party, true), expected, Cause::OfferNotMade, elapsed, limit)
}

/// Judges the answer to an offer of every codec but the one in use. `codec` is the new one, once
/// there is one. A PBX that has no other codec refuses with 488 or 606, and need not have one.
pub fn codec_changed(
    seen: &[Observation],
    party: &str,
    codec: Option<&str>,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = "another codec is accepted in mid-call";
    let reply = reply(seen, party, false);
    if let Some(Reply::Refused { status: status @ (488 | 606), reason }) = reply {
        let observed = format!("{status} {reason}: the PBX has one codec for this account");
        return Some(Judgement::of(
            Verdict::Unsupported,
            Cause::MethodUnsupported,
            expected,
            observed,
        ));
    }
    let judged = judge(reply, expected, Cause::CodecChangeRefused, elapsed, limit)?;
    Some(match codec {
        _ if judged.verdict != Verdict::Pass => judged,
        Some(codec) => Judgement::pass(expected, format!("changed to {codec}")),
        None => {
            let observed = "answered with the codec that was not offered any more".to_owned();
            Judgement::fail(Cause::CodecChangeRefused, expected, observed)
        }
    })
}

/// Judges the answer to an offer that differs by the ports alone (RFC 3264 §8.3.1).
pub fn port_changed(
    seen: &[Observation],
    party: &str,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = "another RTP port is accepted in mid-call";
    judge(reply(seen, party, false), expected, Cause::PortChangeRefused, elapsed, limit)
}

/// Judges whether the PBX sends its 200 again, whose ACK it has not got (RFC 3261 §13.3.1.4).
pub fn answer_repeated(
    seen: &[Observation],
    caller: &str,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = format!("{caller} gets the 200 again, since its ACK was lost");
    let first = |test: fn(&What) -> bool| {
        seen.iter().find(|o| o.party == caller && test(&o.what)).map(|o| o.at)
    };
    let answered = first(|what| matches!(what, What::Answered { .. }));
    if let Some(again) = first(|what| *what == What::AnswerRepeated) {
        let after = again - answered.unwrap_or(again);
        return Some(Judgement::pass(expected, format!("again after {after:.2} s")));
    }
    (elapsed >= limit).then(|| {
        let observed = format!("no second 200 within {} s", limit.as_secs());
        Judgement::fail(Cause::AnswerNotRepeated, expected, observed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    fn at(what: What) -> Vec<Observation> {
        vec![Observation { at: 1.0, party: "User A".into(), call_id: "c".into(), what }]
    }

    fn described(offered_by_peer: bool, remote_media: &str) -> Vec<Observation> {
        let (direction, oddities) = (None, vec!["none there".to_owned()]);
        let remote_media = remote_media.to_owned();
        at(What::Negotiated { offered_by_peer, direction, remote_media, oddities })
    }

    fn refused(status: u16) -> Vec<Observation> {
        let (reason, method) = ("No".into(), "INVITE".into());
        at(What::Refused { status, reason, method, encrypted: false })
    }

    #[test]
    fn a_refresh_and_an_offer_are_told_apart_by_who_offers() {
        let (ours, theirs) = (described(false, "192.0.2.1:4000"), described(true, "192.0.2.1:4"));
        let judge = |seen: &[Observation]| refreshed(seen, "User A", LIMIT, LIMIT).unwrap();
        assert_eq!(judge(&ours).verdict, Verdict::Pass);
        assert_eq!(judge(&theirs).cause, Some(Cause::RefreshRefused));
        assert_eq!(judge(&refused(488)).cause, Some(Cause::RefreshRefused));
        let judge = |seen: &[Observation]| offer_made(seen, "User A", LIMIT, LIMIT).unwrap();
        assert_eq!(judge(&theirs).verdict, Verdict::Pass);
        assert_eq!(judge(&ours).cause, Some(Cause::OfferNotMade));
        assert_eq!(judge(&described(true, "")).observed, "none there");
    }

    #[test]
    fn a_pbx_may_want_longer_sessions() {
        let judge = |seen: &[Observation]| {
            timer_taken(seen, "User A", "External 1").map(|judged| judged.verdict)
        };
        assert_eq!(judge(&refused(422)), Some(Verdict::Unsupported));
        assert_eq!(judge(&refused(404)), Some(Verdict::Pass));
        assert_eq!(judge(&[]), None);
    }

    #[test]
    fn another_codec_is_taken_or_is_not_there() {
        let judge = |seen: &[Observation], codec| {
            codec_changed(seen, "User A", codec, LIMIT, LIMIT).unwrap().verdict
        };
        let answer = described(false, "192.0.2.1:4000");
        assert_eq!(judge(&answer, Some("PCMA")), Verdict::Pass);
        assert_eq!(judge(&answer, None), Verdict::Fail);
        assert_eq!(judge(&refused(488), None), Verdict::Unsupported);
        assert_eq!(judge(&refused(500), None), Verdict::Fail);
        assert!(codec_changed(&[], "User A", None, Duration::ZERO, LIMIT).is_none());
    }

    #[test]
    fn another_port_has_to_be_taken() {
        let judge = |seen: &[Observation]| {
            let judged = port_changed(seen, "User A", LIMIT, LIMIT).unwrap();
            (judged.verdict, judged.cause)
        };
        let refused_for_it = (Verdict::Fail, Some(Cause::PortChangeRefused));
        assert_eq!(judge(&described(false, "192.0.2.1:4000")), (Verdict::Pass, None));
        assert_eq!(judge(&refused(488)), refused_for_it);
        assert_eq!(judge(&[]), refused_for_it);
    }

    #[test]
    fn a_lost_ack_brings_another_answer() {
        let judge = |seen: &[Observation]| answer_repeated(seen, "User A", LIMIT, LIMIT).unwrap();
        assert_eq!(judge(&at(What::AnswerRepeated)).verdict, Verdict::Pass);
        assert_eq!(judge(&[]).cause, Some(Cause::AnswerNotRepeated));
    }
}
