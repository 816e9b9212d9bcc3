//! Guide 5.2, 6.1 and 2.6.6: the registration and how long it lasts.

use std::time::Duration;

use super::Judgement;
use crate::record::{Cause, Observation, RegistrationFailure, Verdict, What};

/// Slack around an expiry in which two values count as equal, s (design §6).
const EQUAL_S: u32 = 5;
/// What the guide recommends (2.6.6), s.
const RECOMMENDED_S: u32 = 3600;
/// What it should not be lower than (2.6.6), s.
const LEAST_S: u32 = 600;

/// Whether the party's REGISTER succeeded. Decides as soon as it is answered.
pub fn registered(seen: &[Observation], party: &str) -> Option<Judgement> {
    let expected = format!("{party} is registered");
    seen.iter().filter(|o| o.party == party).find_map(|o| match &o.what {
        What::Registered { granted_s, bound: true, .. } => {
            Some(Judgement::pass(expected.clone(), format!("registered for {granted_s} s")))
        }
        What::Registered { listed, .. } => {
            let observed = if listed.is_empty() {
                "200 to REGISTER without any Contact".to_owned()
            } else {
                format!("200 to REGISTER lists {}, but not our Contact", listed.join(", "))
            };
            Some(Judgement::fail(Cause::BindingMissing, expected.clone(), observed))
        }
        What::RegistrationFailed { failure, status, reason, challenged } => {
            let (observed, cause) = failed(*failure, *status, reason, *challenged);
            Some(Judgement::fail(cause, expected.clone(), observed))
        }
        _ => None,
    })
}

/// What is said of a REGISTER that got no answer in time. `answered_before` tells whether
/// the PBX ever answered one from the same address.
pub fn unanswered(
    seen: &[Observation],
    party: &str,
    limit: Duration,
    answered_before: bool,
) -> Judgement {
    let expected = format!("{party} is registered");
    let rude = seen.iter().find_map(|o| match &o.what {
        What::NotSip { problem } if o.party == party => Some(problem),
        _ => None,
    });
    match rude {
        Some(problem) => {
            let observed = format!("something answers, but not as SIP: {problem}");
            Judgement::fail(Cause::NotSip, expected, observed)
        }
        None => {
            let observed = format!("no response received after {} s", limit.as_secs());
            if answered_before {
                let observed = format!("{observed}, though earlier REGISTERs were answered");
                return Judgement::fail(Cause::SourceBanned, expected, observed);
            }
            Judgement::fail(Cause::NoResponse, expected, observed)
        }
    }
}

/// Names the loss of the callee's binding as the cause of a call that did not reach it.
pub fn forgotten(judgement: Judgement, callee: &str) -> Judgement {
    let observed = format!(
        "{}; the PBX has forgotten the registration of {callee}: asked for it, it did not list it, \
         and did after another REGISTER",
        judgement.observed
    );
    Judgement { observed, cause: Some(Cause::BindingLost), ..judgement }
}

/// The class of a failure in the guide's table 5.2.
fn failed(
    failure: RegistrationFailure,
    status: Option<u16>,
    reason: &str,
    challenged: bool,
) -> (String, Cause) {
    match failure {
        RegistrationFailure::Unresolved => (reason.to_owned(), Cause::UnresolvedName),
        RegistrationFailure::NoResponse => {
            (format!("no response received: {reason}"), Cause::NoResponse)
        }
        RegistrationFailure::Untrusted => {
            (format!("its certificate is refused: {reason}"), Cause::CertificateUntrusted)
        }
        RegistrationFailure::Transport => {
            (format!("nothing listens there: {reason}"), Cause::NoResponse)
        }
        RegistrationFailure::NotSip => (format!("the answer is not SIP: {reason}"), Cause::NotSip),
        RegistrationFailure::BindingMissing => (reason.to_owned(), Cause::BindingMissing),
        RegistrationFailure::Refused => {
            let status = status.unwrap_or_default();
            let observed = format!("{status} {reason}");
            // Who was never asked for a password cannot have given a wrong one.
            if status == 403 && !challenged {
                let unasked = format!("{observed}, before any password was asked for");
                return (unasked, Cause::ClientBlocked);
            }
            // The statuses behind the guide's "Authentication Failure, Declined, Forbidden,
            // Not found, Proxy Authentication Required, Unauthorized, User unknown".
            let cause = match status {
                401 | 403 | 404 | 407 | 603 | 604 => Cause::AuthenticationFailure,
                _ => Cause::RegistrationRefused,
            };
            (observed, cause)
        }
    }
}

/// How long the party's registration lasts, against guide 2.6.6: of several grants the
/// shortest. `settable` is the profile's `expect.expiry_settable`.
pub fn expiry(seen: &[Observation], party: &str, settable: bool) -> Option<Judgement> {
    let expected = format!("a registration of {RECOMMENDED_S} s, not under {LEAST_S} s");
    let granted = seen.iter().filter(|o| o.party == party).filter_map(|o| match o.what {
        What::Registered { asked_s, granted_s, .. } => Some((asked_s, granted_s)),
        _ => None,
    });
    granted.min_by_key(|(_, granted_s)| *granted_s).map(|(asked_s, granted_s)| {
        let observed = format!("{party}: asked {asked_s} s, granted {granted_s} s");
        if granted_s < LEAST_S {
            let verdict = if settable { Verdict::Fail } else { Verdict::Warn };
            Judgement::of(verdict, Cause::ShortExpiry, expected, observed)
        } else if granted_s < RECOMMENDED_S - EQUAL_S {
            Judgement::warn(Cause::ShortExpiry, expected, observed)
        } else {
            Judgement::pass(expected, observed)
        }
    })
}

/// Guide 7.2: all users register from one IP address and port. `contacts` are the
/// addresses (`ip:port`) that the users' agents put into their Contacts.
pub fn same_address(contacts: &[String]) -> Judgement {
    let expected = "all users are registered from the same IP address and port".to_owned();
    let mut different = contacts.to_vec();
    different.sort();
    different.dedup();
    match different.as_slice() {
        [one] if contacts.len() > 1 => {
            Judgement::pass(expected, format!("{} users at {one}", contacts.len()))
        }
        // The harness itself breaks the precondition: no word about the PBX.
        _ => Judgement::inconclusive(
            Cause::HarnessFault,
            expected,
            format!("the harness registered from {}", different.join(", ")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(what: What) -> Vec<Observation> {
        vec![Observation { at: 1.0, party: "User A".into(), call_id: String::new(), what }]
    }

    fn granted(granted_s: u32) -> Vec<Observation> {
        seen(What::Registered {
            asked_s: 3600,
            granted_s,
            server: None,
            bound: true,
            listed: Vec::new(),
        })
    }

    fn refused(status: u16) -> Vec<Observation> {
        seen(What::RegistrationFailed {
            failure: RegistrationFailure::Refused,
            status: Some(status),
            reason: "No".into(),
            challenged: true,
        })
    }

    #[test]
    fn waits_until_the_register_is_answered() {
        assert!(registered(&[], "User A").is_none());
        assert!(registered(&granted(3600), "User B").is_none());
    }

    #[test]
    fn the_guides_table_names_the_cause() {
        let cause = |seen: &[Observation]| registered(seen, "User A").unwrap().cause;
        assert_eq!(cause(&granted(3600)), None);
        assert_eq!(cause(&refused(403)), Some(Cause::AuthenticationFailure));
        assert_eq!(cause(&refused(503)), Some(Cause::RegistrationRefused));
        let silent = seen(What::RegistrationFailed {
            failure: RegistrationFailure::NoResponse,
            status: None,
            reason: "32 s".into(),
            challenged: false,
        });
        assert_eq!(cause(&silent), Some(Cause::NoResponse));
        let unbound = seen(What::Registered {
            asked_s: 3600,
            granted_s: 3600,
            server: None,
            bound: false,
            listed: Vec::new(),
        });
        assert_eq!(cause(&unbound), Some(Cause::BindingMissing));
    }

    #[test]
    fn who_is_refused_unasked_has_no_wrong_password() {
        let refused = |challenged| {
            let reason = "Forbidden".to_owned();
            let failure = RegistrationFailure::Refused;
            let status = Some(403);
            seen(What::RegistrationFailed { failure, status, reason, challenged })
        };
        let judge = |challenged| registered(&refused(challenged), "User A").unwrap();
        assert_eq!(judge(true).cause, Some(Cause::AuthenticationFailure));
        assert_eq!(judge(false).cause, Some(Cause::ClientBlocked));
        assert!(judge(false).observed.contains("before any password"));
    }

    #[test]
    fn a_forgotten_binding_explains_a_call_that_came_not() {
        let refused = Judgement::fail(Cause::CallRejected, "User A rings", "480");
        let lost = forgotten(refused, "User A");
        assert_eq!((lost.verdict, lost.cause), (Verdict::Fail, Some(Cause::BindingLost)));
        assert!(lost.observed.starts_with("480; the PBX has forgotten"), "{}", lost.observed);
    }

    #[test]
    fn silence_is_told_from_garbage() {
        let limit = Duration::from_secs(10);
        let cause = |seen: &[_], before| unanswered(seen, "User A", limit, before).cause;
        assert_eq!(cause(&[], false), Some(Cause::NoResponse));
        assert_eq!(cause(&[], true), Some(Cause::SourceBanned));
        let rude = seen(What::NotSip { problem: "HTTP".into() });
        assert_eq!(cause(&rude, false), Some(Cause::NotSip));
    }

    #[test]
    fn an_expiry_is_judged_in_the_steps_of_the_guide() {
        let verdict = |s, settable| expiry(&granted(s), "User A", settable).unwrap().verdict;
        assert_eq!(verdict(3600, true), Verdict::Pass);
        assert_eq!(verdict(3599, true), Verdict::Pass);
        assert_eq!(verdict(3595, true), Verdict::Pass);
        assert_eq!(verdict(3594, true), Verdict::Warn);
        assert_eq!(verdict(600, true), Verdict::Warn);
        assert_eq!(verdict(599, true), Verdict::Fail);
        assert_eq!(verdict(599, false), Verdict::Warn);
    }

    #[test]
    fn one_address_for_all_is_a_precondition_not_a_verdict_on_the_pbx() {
        let address = "127.0.0.1:5060".to_owned();
        assert_eq!(same_address(&[address.clone(), address.clone()]).verdict, Verdict::Pass);
        let other = "127.0.0.1:5062".to_owned();
        assert_eq!(same_address(&[address, other]).verdict, Verdict::Inconclusive);
    }
}
