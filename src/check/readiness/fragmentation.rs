//! Guide 2.1: UDP datagrams that are larger than a packet reach the PBX, and its answers
//! reach us.
//!
//! A size counts as lost only where nothing larger came through: then it was no fragment
//! that was missed. A PBX may well take no more than a few thousand bytes; up to the INVITE
//! of a softphone with every codec (guide 3.1) it has to.

use std::fmt::Write as _;

use super::fact::facts;
use crate::check::Judgement;
use crate::profile::{Pbx, Protocol};
use crate::record::{Answer, Cause, Observation, ProbeFact, Sized};

/// The most bytes of SIP that go unfragmented through Ethernet: 1500 less IP and UDP.
const WHOLE: usize = 1472;

/// Whether large requests and answers come through.
pub fn fragments_pass(seen: &[Observation], pbx: &Pbx) -> Vec<Judgement> {
    let expected = "SIP messages larger than a packet reach the PBX";
    if pbx.protocol != Protocol::Udp {
        let observed = format!("nothing to judge: {} has no datagrams", pbx.protocol.word());
        return vec![Judgement::pass(expected, observed)];
    }
    let azure = |hosting: &str| hosting.to_lowercase().contains("azure");
    if let Some(hosting) = pbx.hosting.as_deref().filter(|hosting| azure(hosting)) {
        let observed = format!(
            "the profile says UDP, and that the PBX is hosted in {hosting}, which does not cope \
             with fragmented UDP"
        );
        return vec![Judgement::fail(Cause::FragmentsLost, expected, observed)];
    }
    let sizes = facts(seen).find_map(|fact| match fact {
        ProbeFact::Sizes { required, answered, reply } => Some((*required, answered, reply)),
        _ => None,
    });
    match sizes {
        Some((required, answered, reply)) => judged(expected, required, answered, reply),
        None => vec![Judgement::inconclusive(Cause::HarnessFault, expected, "nothing was sent")],
    }
}

fn came_through(sized: &Sized) -> bool {
    matches!(sized.answer, Answer::Response { .. })
}

fn judged(expected: &str, required: usize, sizes: &[Sized], reply: &Sized) -> Vec<Judgement> {
    let Some(largest) = sizes.iter().rev().find(|sized| came_through(sized)) else {
        let observed = "not even the smallest request was answered";
        return vec![Judgement::inconclusive(Cause::NoResponse, expected, observed)];
    };
    let largest = largest.bytes;
    let invite = format!("the INVITE of a softphone with every codec has {required} B");
    let lost = sizes.iter().find(|sized| sized.bytes > largest).map(|sized| sized.bytes);
    let mut judged = vec![match lost {
        Some(lost) if largest < required => {
            let observed = format!("{largest} B were answered, {lost} B were not; {invite}");
            let cause = if lost > WHOLE { Cause::FragmentsLost } else { Cause::NoResponse };
            Judgement::fail(cause, expected, observed)
        }
        Some(lost) => {
            let observed = format!(
                "{largest} B were answered, {lost} B were not, which nobody sends: {invite}"
            );
            Judgement::note(Cause::LargeRequestLost, expected, observed)
        }
        None => Judgement::pass(expected, format!("{largest} B were answered; {invite}")),
    }];
    // The way back: its request is no larger than others that were answered.
    if came_through(reply) {
        if let Some(Judgement { observed, .. }) = judged.first_mut() {
            let _ = write!(observed, "; an answer of {} B came back", reply.reply_bytes);
        }
    } else if reply.bytes <= largest {
        let observed = format!(
            "a request of {} B whose answer is as large was not answered, while one of {largest} B \
             with a short answer was",
            reply.bytes
        );
        let expected = "answers of the PBX that are larger than a packet reach us";
        judged.push(Judgement::fail(Cause::FragmentsLost, expected, observed));
    }
    judged
}

#[cfg(test)]
mod tests {
    use super::super::fact::observed;
    use super::*;
    use crate::record::Verdict;

    fn sized(bytes: usize, passes: bool) -> Sized {
        let answer = if passes {
            Answer::Response { status: 200, reason: "OK".into(), took_ms: 1.0 }
        } else {
            Answer::Silent { waited_s: 5.0, connected: false }
        };
        Sized { bytes, reply_bytes: if passes { 400 } else { 0 }, answer }
    }

    fn judge(passing: impl Fn(usize) -> bool, reply: bool) -> Vec<Judgement> {
        let answered = [1200, 1400, 1600, 2200, 4000, 6000].map(|b| sized(b, passing(b))).to_vec();
        let fact = ProbeFact::Sizes { required: 2200, answered, reply: sized(1900, reply) };
        fragments_pass(&observed([fact]), &Pbx::default())
    }

    #[test]
    fn only_fragments_up_to_the_invite_with_every_codec_are_required() {
        let all = judge(|_| true, true);
        assert_eq!((all[0].verdict, all.len()), (Verdict::Pass, 1));
        assert!(all[0].observed.starts_with("6000 B were answered"), "{}", all[0].observed);
        let none = judge(|bytes| bytes <= 1472, false);
        assert_eq!((none[0].verdict, none[0].cause), (Verdict::Fail, Some(Cause::FragmentsLost)));
        assert_eq!(none.len(), 1, "the way back is unknown then");
        assert!(none[0].observed.contains("1400 B were answered, 1600 B were not"));
        let some = judge(|bytes| bytes <= 4000, true);
        assert_eq!((some[0].verdict, some.len()), (Verdict::Note, 1));
        // One that is missed between others that came is no fragment.
        assert_eq!(judge(|bytes| bytes != 1600, true)[0].verdict, Verdict::Pass);
        assert_eq!(judge(|_| false, false)[0].verdict, Verdict::Inconclusive);
    }

    #[test]
    fn the_way_back_is_judged_by_its_own() {
        let judged = judge(|_| true, false);
        assert_eq!(judged[0].verdict, Verdict::Pass);
        assert_eq!(judged[1].cause, Some(Cause::FragmentsLost));
    }

    #[test]
    fn azure_is_told_without_asking_and_tcp_has_no_fragments() {
        let pbx = |protocol, hosting: Option<&str>| Pbx {
            protocol,
            hosting: hosting.map(str::to_owned),
            ..Pbx::default()
        };
        let verdict = |pbx: &Pbx| fragments_pass(&[], pbx)[0].verdict;
        assert_eq!(verdict(&pbx(Protocol::Udp, Some("Azure Stack"))), Verdict::Fail);
        assert_eq!(verdict(&pbx(Protocol::Tcp, Some("azure"))), Verdict::Pass);
        assert_eq!(verdict(&pbx(Protocol::Udp, None)), Verdict::Inconclusive);
    }
}
