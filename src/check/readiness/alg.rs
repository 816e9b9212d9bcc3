//! Guide 2.1: whether something in the way rewrites SIP.
//!
//! A response gives back Via, Call-ID, From and CSeq as they were (RFC 3261 §8.2.6.2). Its
//! receiver may add `received` and `rport` to the topmost Via and nothing else, and a proxy
//! puts a Via of its own above: so a changed sent-by proves somebody who rewrites messages in
//! passing, which is what a SIP ALG is. It is a warning and no failure: the guide strongly
//! recommends to disable it, and the request was answered nevertheless; what an ALG breaks
//! fails where it breaks. Other differences can be the work of an SBC, or of the PBX.

use super::fact::facts;
use crate::check::Judgement;
use crate::record::{Answer, Cause, MarkedAnswer, Observation, ProbeFact};

/// What became of the marks of a request.
pub fn unaltered(seen: &[Observation]) -> Vec<Judgement> {
    let expected = "nothing in the way rewrites SIP (the guide strongly recommends to disable a \
                    SIP ALG)";
    let marked = facts(seen).find_map(|fact| match fact {
        ProbeFact::Marked { sent, answer, came_back } => Some((sent, answer, came_back)),
        _ => None,
    });
    match marked {
        Some((sent, _, Some(came_back))) => compared(expected, sent, came_back),
        Some((_, answer, None)) => {
            let observed = match answer {
                Answer::NotSip { problem } => format!("the answer is not SIP: {problem}"),
                _ => "neither OPTIONS nor REGISTER was answered, so that no mark came back"
                    .to_owned(),
            };
            vec![Judgement::inconclusive(Cause::NoResponse, expected, observed)]
        }
        None => vec![Judgement::inconclusive(Cause::HarnessFault, expected, "nothing was sent")],
    }
}

fn compared(expected: &str, sent: &MarkedAnswer, came_back: &MarkedAnswer) -> Vec<Judgement> {
    let mut judged = Vec::new();
    if !sent.sent_by.eq_ignore_ascii_case(&came_back.sent_by) {
        let observed = format!(
            "Via was sent with {} and came back with {} ({}): a SIP ALG rewrote it",
            sent.sent_by, came_back.sent_by, came_back.via
        );
        judged.push(Judgement::warn(Cause::SipAlg, expected, observed));
    }
    let headers = [
        ("Call-ID", &sent.call_id, &came_back.call_id),
        ("From", &sent.from, &came_back.from),
        ("CSeq", &sent.cseq, &came_back.cseq),
    ];
    for (name, ours, theirs) in headers {
        if squeezed(ours) != squeezed(theirs) {
            let observed = format!(
                "{name} was sent as {ours} and came back as {theirs}: a SIP ALG, an SBC or proxy, \
                 or the PBX itself rewrote it"
            );
            judged.push(Judgement::note(Cause::HeadersRewritten, expected, observed));
        }
    }
    if judged.is_empty() {
        let observed = format!("Via, Call-ID, From and CSeq came back as sent ({})", came_back.via);
        judged.push(Judgement::pass(expected, observed));
    }
    judged
}

/// Without white space, which means nothing there.
fn squeezed(value: &str) -> String {
    value.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fact::observed;
    use super::*;
    use crate::record::Verdict;

    fn sent() -> MarkedAnswer {
        MarkedAnswer {
            via: "SIP/2.0/UDP 10.0.0.2:5062;rport;branch=z9hG4bK1".into(),
            sent_by: "10.0.0.2:5062".into(),
            call_id: "1@10.0.0.2".into(),
            from: "<sip:1001@pbx>;tag=1".into(),
            cseq: "1 OPTIONS".into(),
        }
    }

    fn judge(came_back: Option<MarkedAnswer>) -> Vec<Judgement> {
        let answer = Answer::Response { status: 200, reason: "OK".into(), took_ms: 1.0 };
        unaltered(&observed([ProbeFact::Marked { sent: sent(), answer, came_back }]))
    }

    #[test]
    fn only_an_altered_sent_by_proves_an_alg() {
        let stamped = MarkedAnswer {
            via: "SIP/2.0/UDP 10.0.0.2:5062;rport=40000;received=203.0.113.9;branch=z9hG4bK1"
                .into(),
            from: "<sip:1001@pbx> ;tag=1".into(),
            ..sent()
        };
        assert_eq!(judge(Some(stamped))[0].verdict, Verdict::Pass);
        let rewritten = MarkedAnswer { sent_by: "203.0.113.9:40000".into(), ..sent() };
        let judged = judge(Some(rewritten));
        assert_eq!((judged[0].verdict, judged[0].cause), (Verdict::Warn, Some(Cause::SipAlg)));
        let other = MarkedAnswer { call_id: "1@203.0.113.9".into(), ..sent() };
        let judged = judge(Some(other));
        assert_eq!((judged[0].verdict, judged.len()), (Verdict::Note, 1));
        assert!(judged[0].observed.contains("1@203.0.113.9: a SIP ALG, an SBC"));
        assert_eq!(judge(None)[0].verdict, Verdict::Inconclusive);
    }
}
