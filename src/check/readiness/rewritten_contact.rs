//! Guide 2.1 and 2.6.5: whether the PBX keeps our Contact as we wrote it.

use crate::check::Judgement;
use crate::record::{Cause, Observation, What};

/// Whether the party's binding is listed as its Contact was written. Never worse than a note:
/// a PBX that calls phones where their REGISTER came from lists them there.
pub fn contact_kept(seen: &[Observation], party: &str) -> Judgement {
    let expected = format!("the PBX lists {party}'s Contact as it was registered");
    let rewritten = seen.iter().filter(|o| o.party == party).find_map(|o| match &o.what {
        What::ContactRewritten { ours, listed } => Some((ours, listed)),
        _ => None,
    });
    match rewritten {
        Some((ours, listed)) => {
            let observed = format!("{ours} is listed as {listed}: {WHO}");
            Judgement::note(Cause::ContactRewritten, expected, observed)
        }
        None => Judgement::pass(expected, "as it was registered"),
    }
}

/// Whether the party is called at its Contact as it was written, byte by byte. `contact` is the
/// URI that it registered; `None` if it was not called. Never worse than a note, for the same
/// reason.
pub fn called_as_registered(seen: &[Observation], party: &str, contact: &str) -> Option<Judgement> {
    let expected = format!("the PBX calls {party} at its Contact as it was registered");
    let called = seen.iter().filter(|o| o.party == party).find_map(|o| match &o.what {
        What::AddressedTo { uri } => Some(uri),
        _ => None,
    })?;
    if called == contact {
        return Some(Judgement::pass(expected, format!("the INVITE asks for {called}")));
    }
    let observed = format!("{contact} is called as {called}: {WHO}");
    Some(Judgement::note(Cause::ContactRewritten, expected, observed))
}

/// Nothing but an altered Via proves a SIP ALG (guide 2.1).
const WHO: &str = "rewritten by the PBX itself, by an SBC or proxy, or by a SIP ALG on the way";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Verdict;

    #[test]
    fn a_rewritten_contact_is_named_and_no_fault() {
        let what = What::ContactRewritten {
            ours: "sip:1001@10.0.0.2:5060".into(),
            listed: "sip:1001@192.0.2.1:40000".into(),
        };
        let seen = [Observation { at: 1.0, party: "User A".into(), call_id: String::new(), what }];
        let judged = contact_kept(&seen, "User A");
        assert_eq!((judged.verdict, judged.cause), (Verdict::Note, Some(Cause::ContactRewritten)));
        assert!(judged.observed.contains("192.0.2.1:40000"), "{}", judged.observed);
        assert_eq!(contact_kept(&seen, "User B").verdict, Verdict::Pass);
    }

    #[test]
    fn a_call_to_another_uri_than_the_registered_one_is_named_and_no_fault() {
        let registered = "sip:1001@10.0.0.2:5060";
        let judge = |uri: &str| {
            let what = What::AddressedTo { uri: uri.into() };
            let party = "User A".to_owned();
            let seen = [Observation { at: 1.0, party, call_id: "c".into(), what }];
            called_as_registered(&seen, "User A", registered)
        };
        assert_eq!(judge(registered).unwrap().verdict, Verdict::Pass);
        let judged = judge("sip:1001@192.0.2.1:40000").unwrap();
        assert_eq!((judged.verdict, judged.cause), (Verdict::Note, Some(Cause::ContactRewritten)));
        assert!(judged.observed.contains("SIP ALG"), "{}", judged.observed);
        assert!(called_as_registered(&[], "User A", registered).is_none());
    }
}
