//! Guide 3.1: a softphone with every codec calls out and is called.

use std::net::{IpAddr, SocketAddr};

use crate::check::Judgement;
use crate::record::{Cause, Observation, Verdict, What};

/// Bytes of SIP that fit into one packet of Ethernet over UDP and IPv4.
const WHOLE: usize = 1472;

/// Names the state that a softphone shows as "Online (outgoing)": its registration stands and
/// it has called out, but a call to it does not ring there. `seen` are all observations of the
/// scenario, `judgement` is of the call that should have rung.
pub fn outgoing_only(judgement: Judgement, seen: &[Observation], softphone: &str) -> Judgement {
    let did = |test: fn(&What) -> bool| seen.iter().any(|o| o.party == softphone && test(&o.what));
    let registered = did(|what| matches!(what, What::Registered { bound: true, .. }));
    let called_out = did(|what| matches!(what, What::Dialled { .. }))
        && did(|what| matches!(what, What::Answered { .. }));
    let other = judgement.cause == Some(Cause::WrongPartyRung);
    if judgement.verdict != Verdict::Fail || !registered || !called_out || other {
        return judgement;
    }
    let why = judgement.cause.map(|cause| format!(" ({cause})")).unwrap_or_default();
    let observed = format!(
        "online, but outgoing only: it is registered and its own call was answered, but a call to \
         it does not arrive: {}{why}",
        judgement.observed
    );
    Judgement { cause: Some(Cause::OnlineOutgoingOnly), observed, ..judgement }
}

/// What of a call that was not answered at all is due to the size of its INVITE: `bytes` was the
/// largest message sent in it, over UDP, and `briefer_answered` tells that the same call with
/// fewer codecs was answered. `None` if that does not explain it.
pub fn lost_as_fragments(
    judgement: &Judgement,
    bytes: usize,
    briefer_answered: bool,
) -> Option<Judgement> {
    let explains = is_too_large(judgement, bytes) && briefer_answered;
    explains.then(|| {
        let observed = format!(
            "{}; the INVITE with every codec has {bytes} B, and one with fewer codecs was answered",
            judgement.observed
        );
        Judgement { cause: Some(Cause::FragmentsLost), observed, ..judgement.clone() }
    })
}

/// Whether a call may have got no answer because its largest message was cut into fragments.
pub fn is_too_large(judgement: &Judgement, bytes: usize) -> bool {
    judgement.cause == Some(Cause::CallUnanswered) && bytes > WHOLE
}

/// That a message of the call was larger than a packet, and came through.
pub fn fragments_came_through(bytes: usize) -> Option<Judgement> {
    (bytes > WHOLE).then(|| {
        let expected = "an INVITE with every codec, cut into fragments, reaches the PBX";
        Judgement::pass(expected, format!("an INVITE of {bytes} B came through"))
    })
}

/// How large an INVITE of the PBX was that rang the softphone: whether it came in fragments depends
/// on what the PBX passes on of the caller's codecs and name, which nobody can ask of it.
pub fn large_invite(bytes: usize) -> Judgement {
    let how = if bytes > WHOLE {
        "cut into fragments, and came through"
    } else {
        "in one packet: no larger one is to be had from this PBX"
    };
    let expected = "an INVITE of the PBX rings the softphone, as large as a caller can make it";
    Judgement::pass(expected, format!("it had {bytes} B, {how}"))
}

/// Whether a call to the softphone may have failed for the caller's long name and every codec.
pub fn may_be_too_long(judgement: &Judgement) -> bool {
    let causes = [Cause::CalleeNotRung, Cause::CallUnanswered, Cause::CallRejected];
    judgement.verdict == Verdict::Fail && judgement.cause.is_some_and(|c| causes.contains(&c))
}

/// Of a call that rang the softphone only with a short name and few codecs: a PBX that took the
/// long one and did not ring sends more than comes through (guide 2.1). One that refuses such a
/// call, or never gets it on its way from outside, is no worse for the bridge.
pub fn rang_only_briefly(judgement: Judgement) -> Judgement {
    let observed = format!(
        "{}; from a caller with a long name and every codec, and with a short name and few codecs \
         it rang",
        judgement.observed
    );
    match judgement.cause {
        Some(Cause::CalleeNotRung) => {
            let observed =
                format!("{observed}: what the PBX sends is lost where it is larger than a packet");
            Judgement::warn(Cause::FragmentsLost, judgement.expected, observed)
        }
        Some(Cause::CallUnanswered) => {
            let observed = format!("{observed}: the way from outside to the PBX loses fragments");
            Judgement::note(Cause::FragmentsLost, judgement.expected, observed)
        }
        cause => {
            let cause = cause.unwrap_or(Cause::CallRejected);
            Judgement::note(cause, judgement.expected, observed)
        }
    }
}

/// Audio that a softphone does not get because it asks for it where the PBX cannot send is no
/// fault of the PBX: `told` is the address in its session descriptions, and the PBX saw its
/// REGISTER come from another.
pub fn unless_translated(
    judgement: Judgement,
    seen: &[Observation],
    softphone: &str,
    told: IpAddr,
) -> Judgement {
    let unheard = matches!(judgement.cause, Some(Cause::NoAudio | Cause::OneWayAudio));
    let seen_at = seen.iter().filter(|o| o.party == softphone).find_map(|o| match &o.what {
        What::SeenAt { address } => address.parse::<SocketAddr>().ok().map(|address| address.ip()),
        _ => None,
    });
    let Some(seen_at) = seen_at.filter(|ip| unheard && *ip != told) else { return judgement };
    let observed = format!(
        "{}; the softphone asks for media at {told}, and the PBX sees it at {seen_at}, which no STUN \
         server told it",
        judgement.observed
    );
    Judgement::inconclusive(Cause::StunUnanswered, judgement.expected, observed)
}

/// A codec that a softphone has and the harness does not speak says nothing of the PBX. `seen`
/// begins with the dialling.
pub fn speakable(seen: &[Observation], party: &str) -> Option<Judgement> {
    let codec = seen.iter().filter(|o| o.party == party).find_map(|o| match &o.what {
        What::CodecUnspoken { codec } => Some(codec),
        _ => None,
    })?;
    let observed = format!(
        "the PBX chose {codec}, which the softphone offers behind what the harness can speak"
    );
    Some(Judgement::inconclusive(Cause::CodecUnspoken, "the call stands", observed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(party: &str, what: What) -> Observation {
        Observation { at: 1.0, party: party.into(), call_id: "c".into(), what }
    }

    fn online() -> Vec<Observation> {
        let registered = What::Registered {
            asked_s: 3600,
            granted_s: 3600,
            server: None,
            bound: true,
            listed: Vec::new(),
        };
        let answered = What::Answered { codec: "PCMU".into(), remote_media: String::new() };
        vec![
            at("Softphone", registered),
            at("Softphone", What::Dialled { number: "1".into() }),
            at("Softphone", answered),
        ]
    }

    #[test]
    fn the_size_of_what_came_is_told_and_what_came_only_smaller_was_cut() {
        assert!(large_invite(1900).observed.starts_with("it had 1900 B, cut into fragments"));
        assert!(large_invite(1028).observed.starts_with("it had 1028 B, in one packet"));
        let of = |cause| {
            let judged = Judgement::fail(cause, "Softphone rings", "it did not");
            assert!(may_be_too_long(&judged));
            let judged = rang_only_briefly(judged);
            (judged.verdict, judged.cause)
        };
        assert_eq!(of(Cause::CalleeNotRung), (Verdict::Warn, Some(Cause::FragmentsLost)));
        assert_eq!(of(Cause::CallUnanswered), (Verdict::Note, Some(Cause::FragmentsLost)));
        assert_eq!(of(Cause::CallRejected), (Verdict::Note, Some(Cause::CallRejected)));
        let other = Judgement::fail(Cause::WrongPartyRung, "Softphone rings", "User B rang");
        assert!(!may_be_too_long(&other));
    }

    #[test]
    fn who_calls_out_and_is_not_called_is_online_for_outgoing_calls_only() {
        let refused =
            || Judgement::fail(Cause::CallRejected, "Softphone rings", "480 from the PBX");
        let judged = outgoing_only(refused(), &online(), "Softphone");
        assert_eq!(judged.cause, Some(Cause::OnlineOutgoingOnly));
        assert!(judged.observed.ends_with("480 from the PBX (call-rejected)"), "{judged:?}");
        for part in 0..3 {
            let mut seen = online();
            seen.remove(part);
            let judged = outgoing_only(refused(), &seen, "Softphone");
            assert_eq!(judged.cause, Some(Cause::CallRejected), "without {part}");
        }
        let wrong = Judgement::fail(Cause::WrongPartyRung, "Softphone rings", "User B rang");
        assert_eq!(outgoing_only(wrong.clone(), &online(), "Softphone"), wrong);
        let rang = Judgement::pass("Softphone rings", "after 0.1 s");
        assert_eq!(outgoing_only(rang.clone(), &online(), "Softphone"), rang);
    }

    #[test]
    fn only_a_briefer_invite_that_is_answered_blames_the_fragments() {
        let silent = Judgement::fail(Cause::CallUnanswered, "External 1 rings", "no INVITE");
        let cause = |bytes, answered| lost_as_fragments(&silent, bytes, answered)?.cause;
        assert_eq!(cause(1900, true), Some(Cause::FragmentsLost));
        assert_eq!(cause(1900, false), None);
        assert_eq!(cause(1400, true), None);
        let refused = Judgement::fail(Cause::CallRejected, "External 1 rings", "403");
        assert_eq!(lost_as_fragments(&refused, 1900, true), None);
        assert!(fragments_came_through(1472).is_none() && fragments_came_through(1473).is_some());
    }

    #[test]
    fn audio_that_the_pbx_cannot_send_anywhere_is_not_its_fault() {
        let seen = [at("Softphone", What::SeenAt { address: "203.0.113.1:40000".into() })];
        let judge = |cause, told: [u8; 4]| {
            let deaf = Judgement::fail(cause, "both hear", "Softphone hears nothing");
            let judged = unless_translated(deaf, &seen, "Softphone", IpAddr::from(told));
            (judged.verdict, judged.cause)
        };
        let ours = (Verdict::Inconclusive, Some(Cause::StunUnanswered));
        assert_eq!(judge(Cause::OneWayAudio, [10, 0, 0, 2]), ours);
        let theirs = (Verdict::Fail, Some(Cause::OneWayAudio));
        assert_eq!(judge(Cause::OneWayAudio, [203, 0, 113, 1]), theirs);
        assert_eq!(judge(Cause::Echo, [10, 0, 0, 2]), (Verdict::Fail, Some(Cause::Echo)));
    }

    #[test]
    fn a_codec_that_nobody_here_speaks_is_no_failure() {
        let unspoken = at("Softphone", What::CodecUnspoken { codec: "SILK".into() });
        let judged = speakable(&[unspoken], "Softphone").unwrap();
        assert_eq!(judged.verdict, Verdict::Inconclusive);
        assert!(speakable(&online(), "Softphone").is_none());
    }
}
