//! Guide 4.1.1.1: the bridge has two nodes for each PBX, and one takes over when the other is
//! lost.

use std::time::Duration;

use super::ringing::{Ring, rings};
use super::{Judgement, elsewhere};
use crate::record::{Cause, Observation, What};

/// What there is to say where the profile has no second node, or nobody registers at one
/// (authentication by address).
pub fn one_node(nobody_registers: bool) -> Judgement {
    let expected = "the second node takes over";
    if nobody_registers {
        let observed = "nobody registers: the profile says authentication by address";
        return Judgement::unsupported(Cause::Disclaimed, expected, observed);
    }
    let observed = "the profile names no bridge.second_node";
    Judgement::unsupported(Cause::NoSecondNode, expected, observed)
}

/// Judges a call to a user after one node was lost and `ring.callee`, the phone at the other, has
/// registered. `None` while it is too early; a PBX that tries the lost node first has until
/// `ring.limit`.
pub fn reaches_other_node(
    seen: &[Observation],
    ring: &Ring<'_>,
    elapsed: Duration,
) -> Option<Judgement> {
    let judged = rings(seen, ring, elapsed)?;
    let refusal = seen.iter().find_map(|o| match &o.what {
        What::Refused { status, .. } if o.party == ring.caller => Some(*status),
        _ => None,
    });
    Some(match (judged.cause, refusal) {
        (Some(Cause::CalleeNotRung), _) | (Some(_), Some(408 | 480 | 504)) => Judgement {
            cause: Some(Cause::NodeNotCalled),
            observed: format!("{}: it went to the lost node only", judged.observed),
            ..judged
        },
        _ => elsewhere(judged),
    })
}

/// Whether the PBX keeps the bindings of both nodes: healthy PBXs do either. `lost` is the URI
/// of the Contact at the lost node, `user` the phone at the other; `None` if it cannot be told.
pub fn both_bindings(seen: &[Observation], user: &str, lost: &str) -> Option<Judgement> {
    let expected = "the bindings of both nodes are kept, or the newer replaces the older";
    let listed = seen.iter().rev().filter(|o| o.party == user).find_map(|o| match &o.what {
        What::Registered { listed, .. } => Some(listed),
        _ => None,
    })?;
    if listed.iter().any(|uri| uri == lost) {
        return Some(Judgement::pass(expected, "both bindings are kept"));
    }
    // One that is rewritten cannot be told from another.
    (listed.len() < 2).then(|| {
        let observed = "the binding of the second node replaced that of the first";
        Judgement::note(Cause::BindingReplaced, expected, observed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{CallerId, Verdict};

    const LIMIT: Duration = Duration::from_secs(20);

    fn at(party: &str, what: What) -> Observation {
        Observation { at: 1.0, party: party.into(), call_id: "c".into(), what }
    }

    fn judge(seen: &[Observation], elapsed: Duration) -> Option<Judgement> {
        let ring = Ring { callee: "User A", caller: "External 1", transferor: None, limit: LIMIT };
        reaches_other_node(seen, &ring, elapsed)
    }

    #[test]
    fn a_call_that_goes_to_the_lost_node_only_fails_and_other_troubles_are_judged_elsewhere() {
        let trying = at("External 1", What::Progress { status: 100, early_media: false });
        assert!(judge(std::slice::from_ref(&trying), LIMIT / 2).is_none());
        let lost = judge(&[trying], LIMIT).unwrap();
        assert_eq!((lost.verdict, lost.cause), (Verdict::Fail, Some(Cause::NodeNotCalled)));
        let (caller, dialled) = (CallerId::default(), String::new());
        let rung = judge(&[at("User A", What::Invited { caller, dialled })], Duration::ZERO);
        assert_eq!(rung.unwrap().verdict, Verdict::Pass);
        let (reason, method) = ("No".into(), "INVITE".into());
        let refused = What::Refused { status: 404, reason, method, encrypted: false };
        let refused = judge(&[at("External 1", refused)], Duration::ZERO).unwrap();
        assert_eq!(refused.verdict, Verdict::Inconclusive);
    }

    #[test]
    fn whether_both_bindings_are_kept_is_no_more_than_a_note() {
        let registered = |listed: &[&str]| What::Registered {
            asked_s: 3600,
            granted_s: 3600,
            server: None,
            bound: true,
            listed: listed.iter().map(|&uri| uri.to_owned()).collect(),
        };
        let judge = |listed: &[&str]| {
            both_bindings(&[at("User A", registered(listed))], "User A", "sip:1@h1")
        };
        assert_eq!(judge(&["sip:1@h1", "sip:1@h2"]).unwrap().verdict, Verdict::Pass);
        let replaced = judge(&["sip:1@h2"]).unwrap();
        assert_eq!(
            (replaced.verdict, replaced.cause),
            (Verdict::Note, Some(Cause::BindingReplaced))
        );
        assert!(judge(&["sip:1@nat:1", "sip:1@nat:2"]).is_none());
    }
}
