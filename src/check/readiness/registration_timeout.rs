//! Guide 2.6.6: what becomes of a registration when it is renewed and when it is removed.

use crate::check::Judgement;
use crate::record::{Cause, Observation, What};

/// Slack in which two expiries count as equal, s (design §6).
const EQUAL_S: u32 = 5;

/// Renewals that must each be shorter before an expiry counts as shrinking: registrars that
/// draw it by lot to spread their load grant less now and then.
const SHORTER: usize = 3;

/// Whether the party's registration keeps its time from renewal to renewal. `seen` begins
/// with its first registration. `None` while fewer than [`SHORTER`] renewals were granted.
pub fn lasts_when_renewed(seen: &[Observation], party: &str) -> Option<Judgement> {
    let granted: Vec<u32> = seen
        .iter()
        .filter(|o| o.party == party)
        .filter_map(|o| match o.what {
            What::Registered { granted_s, .. } => Some(granted_s),
            _ => None,
        })
        .collect();
    if granted.len() <= SHORTER {
        return None;
    }
    let expected = "every renewal is granted as long as the registration was";
    let times: Vec<String> = granted.iter().map(u32::to_string).collect();
    let observed = format!("{party}: granted {} s", times.join(", "));
    let shrinks = granted.windows(2).all(|pair| pair[1] + EQUAL_S < pair[0]);
    Some(if shrinks {
        Judgement::fail(Cause::ShrinkingExpiry, expected, observed)
    } else {
        Judgement::pass(expected, observed)
    })
}

/// Whether the party's registration was removed. `seen` begins before the removal, with what
/// the PBX listed then, if anything.
pub fn removed(seen: &[Observation], party: &str) -> Judgement {
    let expected = format!("the PBX removes the registration of {party} when asked to");
    let of = || seen.iter().filter(|o| o.party == party);
    let refused = of().find_map(|o| match &o.what {
        What::RegistrationFailed { status, reason, .. } => {
            Some(format!("{} {reason}", status.map_or_else(String::new, |s| s.to_string())))
        }
        _ => None,
    });
    if let Some(refused) = refused {
        let observed = format!("the REGISTER that removes it got {}", refused.trim());
        return Judgement::fail(Cause::BindingNotRemoved, expected, observed);
    }
    let (before, after): (Vec<&Observation>, Vec<&Observation>) = {
        let at = of().position(|o| matches!(o.what, What::Unregistered)).unwrap_or(usize::MAX);
        let all: Vec<&Observation> = of().collect();
        let (before, after) = all.split_at(at.min(all.len()));
        (before.to_vec(), after.to_vec())
    };
    let listed = |seen: &[&Observation]| {
        seen.iter().find_map(|o| match o.what {
            What::BindingsListed { bound } => Some(bound),
            _ => None,
        })
    };
    match (listed(&before), listed(&after)) {
        (_, Some(true)) => {
            let observed = "200 to the REGISTER that removes it, and the PBX still lists it";
            Judgement::fail(Cause::BindingNotRemoved, expected, observed)
        }
        (Some(true), Some(false)) => {
            Judgement::pass(expected, "listed before, and no longer listed")
        }
        _ => Judgement::pass(expected, "200; the PBX lists no bindings to who asks"),
    }
}

/// What a call to the party shows whose removed registration is still listed, as
/// [`removed`] has said in `listed`: Asterisk's chan_sip lists to who asks what it does not
/// call. `seen` begins with the dialling; `None` while neither is known.
pub fn called_though_removed(
    listed: &Judgement,
    seen: &[Observation],
    party: &str,
    caller: &str,
    over: bool,
) -> Option<Judgement> {
    let with = |more: &str| format!("{}{more}", listed.observed);
    let called = |o: &Observation| o.party == party && matches!(o.what, What::Invited { .. });
    let refused = |o: &Observation| o.party == caller && matches!(o.what, What::Refused { .. });
    if seen.iter().any(called) {
        let observed = with(" and calls it");
        return Some(Judgement { observed, ..listed.clone() });
    }
    (over || seen.iter().any(refused)).then(|| {
        let observed = with(", but calls it no more");
        Judgement::note(Cause::BindingNotRemoved, listed.expected.clone(), observed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{CallerId, RegistrationFailure, Verdict};

    fn seen(what: impl IntoIterator<Item = What>) -> Vec<Observation> {
        let observation =
            |what| Observation { at: 1.0, party: "User A".into(), call_id: String::new(), what };
        what.into_iter().map(observation).collect()
    }

    fn granted(times: &[u32]) -> Vec<Observation> {
        seen(times.iter().map(|&granted_s| What::Registered {
            asked_s: 3600,
            granted_s,
            server: None,
            bound: true,
            listed: Vec::new(),
        }))
    }

    #[test]
    fn only_what_gets_shorter_every_time_shrinks() {
        let judge = |times: &[u32]| lasts_when_renewed(&granted(times), "User A");
        assert_eq!(judge(&[3600, 1800, 900]), None);
        assert_eq!(judge(&[3600, 1800, 900, 450]).unwrap().cause, Some(Cause::ShrinkingExpiry));
        assert_eq!(judge(&[3600, 3599, 3598, 3597]).unwrap().verdict, Verdict::Pass);
        assert_eq!(judge(&[3600, 3300, 3100, 3500]).unwrap().verdict, Verdict::Pass);
        assert_eq!(judge(&[300, 300, 300, 300]).unwrap().verdict, Verdict::Pass);
    }

    #[test]
    fn only_a_call_proves_a_binding_that_is_still_listed() {
        let listed = Judgement::fail(Cause::BindingNotRemoved, "removed", "listed");
        let judge = |what: Vec<What>, over| {
            let judged = called_though_removed(&listed, &seen(what), "User A", "User B", over);
            judged.map(|judged| judged.verdict)
        };
        assert_eq!(judge(vec![], false), None);
        assert_eq!(judge(vec![], true), Some(Verdict::Note));
        let invited = What::Invited { caller: CallerId::default(), dialled: "1001".into() };
        assert_eq!(judge(vec![invited], false), Some(Verdict::Fail));
    }

    #[test]
    fn a_binding_that_stays_and_a_refusal_are_told() {
        let listed = |bound| What::BindingsListed { bound };
        let judge = |what: Vec<What>| removed(&seen(what), "User A");
        let gone = judge(vec![listed(true), What::Unregistered, listed(false)]);
        assert_eq!(gone.verdict, Verdict::Pass);
        let stays = judge(vec![listed(true), What::Unregistered, listed(true)]);
        assert_eq!(stays.cause, Some(Cause::BindingNotRemoved));
        let unlisted = judge(vec![listed(false), What::Unregistered, listed(false)]);
        assert_eq!(unlisted.verdict, Verdict::Pass);
        assert!(unlisted.observed.contains("lists no bindings"), "{}", unlisted.observed);
        let refused = judge(vec![
            listed(true),
            What::RegistrationFailed {
                failure: RegistrationFailure::Refused,
                status: Some(500),
                reason: "Server Error".into(),
                challenged: true,
            },
            listed(true),
        ]);
        assert_eq!(refused.cause, Some(Cause::BindingNotRemoved));
        assert!(refused.observed.ends_with("got 500 Server Error"), "{}", refused.observed);
    }
}
