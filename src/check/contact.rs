//! Where the PBX wants what follows in a call, when that is not answered (guide 2.6.5).

use std::net::IpAddr;

use super::Judgement;
use crate::record::{Cause, Observation, What};

/// Names the address in the PBX's Contact as the cause of a request that got no answer in
/// a call, or of the call's end for want of our ACK: where it is not the address at which
/// the PBX was reached, and nothing that we sent there was ever answered.
pub fn with_contact_address(
    judgement: Judgement,
    seen: &[Observation],
    pbx: Option<IpAddr>,
) -> Judgement {
    let unanswered = matches!(
        judgement.cause,
        Some(
            Cause::CallDropped
                | Cause::HoldRefused
                | Cause::ResumeRefused
                | Cause::TransferRefused
                | Cause::TransferUnanswered
                | Cause::HangupRefused
        )
    );
    let Some(pbx) = pbx.filter(|_| unanswered) else { return judgement };
    let elsewhere = seen.iter().find_map(|o| match &o.what {
        What::PeerContact { address } => {
            let ip: IpAddr = address.parse().ok()?;
            (ip != pbx && !reached(seen, &o.call_id)).then_some((&o.party, ip))
        }
        _ => None,
    });
    let Some((party, contact)) = elsewhere else { return judgement };
    let observed = format!(
        "{}; the PBX wants what {party} sends in the call at {contact} (Contact), but was reached \
         at {pbx}",
        judgement.observed
    );
    Judgement { observed, cause: Some(Cause::UnreachableContact), ..judgement }
}

/// Whether anything that was sent in the call found the PBX.
pub(in crate::check) fn reached(seen: &[Observation], call_id: &str) -> bool {
    seen.iter().filter(|o| o.call_id == call_id).any(|o| match o.what {
        What::HangupAnswered { status }
        | What::TransferAccepted { status }
        | What::TransferRefused { status, .. } => !matches!(status, 408 | 503),
        What::Negotiated { offered_by_peer, .. } => !offered_by_peer,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(what: What) -> Observation {
        Observation { at: 1.0, party: "User A".into(), call_id: "c".into(), what }
    }

    fn judge(contact: &str, cause: Cause, more: What) -> Judgement {
        let seen = [at(What::PeerContact { address: contact.into() }), at(more)];
        let unanswered = Judgement::fail(cause, "the call ends", "no answer");
        with_contact_address(unanswered, &seen, Some(IpAddr::from([192, 0, 2, 1])))
    }

    #[test]
    fn a_contact_elsewhere_explains_what_gets_no_answer() {
        let silent = || What::HangupAnswered { status: 408 };
        let judged = judge("10.0.0.1", Cause::HangupRefused, silent());
        assert_eq!(judged.cause, Some(Cause::UnreachableContact));
        assert!(judged.observed.contains("10.0.0.1 (Contact)"), "{}", judged.observed);
        let right = judge("192.0.2.1", Cause::HangupRefused, silent());
        assert_eq!(right.cause, Some(Cause::HangupRefused));
        let other = judge("10.0.0.1", Cause::OneWayAudio, silent());
        assert_eq!(other.cause, Some(Cause::OneWayAudio));
    }

    #[test]
    fn a_contact_that_answers_can_be_anywhere() {
        let refused = What::TransferRefused { status: 405, reason: String::new() };
        let judged = judge("10.0.0.1", Cause::TransferRefused, refused);
        assert_eq!(judged.cause, Some(Cause::TransferRefused));
    }
}
