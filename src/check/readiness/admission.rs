//! Guide 2.6.4 and 2.6.7: whether the PBX lets the bridge in at all, told apart from a password
//! that is wrong.

use crate::check::Judgement;
use crate::record::{Cause, Verdict};

/// What keeps a device out before its password is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barrier {
    /// The address that it comes from (guide 2.6.4).
    Address,
    /// What it calls itself (guide 2.6.7).
    UserAgent,
}

/// Judges a registration as far as the barrier is concerned. `registration` is what became of
/// it; `answers` tells whether the PBX answers others on the same machine, and
/// `another_agent` whether the same user was let in under another User-Agent; `None` where
/// that was not tried.
pub fn let_in(
    barrier: Barrier,
    registration: &Judgement,
    answers: bool,
    another_agent: Option<bool>,
) -> Judgement {
    let expected = match barrier {
        Barrier::Address => "no access list of the PBX keeps the bridge's address out",
        Barrier::UserAgent => "the PBX lets a device in that calls itself as the bridge does",
    };
    let observed = &registration.observed;
    if registration.verdict != Verdict::Fail {
        return Judgement::pass(expected, observed.clone());
    }
    let unanswered = registration.cause == Some(Cause::NoResponse);
    let barred = registration.cause == Some(Cause::ClientBlocked) || (unanswered && answers);
    if !barred {
        return match registration.cause {
            // Who falls silent for good has put the address on a list.
            Some(Cause::SourceBanned) if barrier == Barrier::Address && answers => {
                Judgement { expected: expected.to_owned(), ..registration.clone() }
            }
            Some(
                Cause::AuthenticationFailure | Cause::RegistrationRefused | Cause::BindingMissing,
            ) => {
                let account = format!("{observed}: the account is the matter, not a list");
                Judgement::pass(expected, account)
            }
            _ => Judgement {
                verdict: Verdict::Inconclusive,
                expected: expected.to_owned(),
                ..registration.clone()
            },
        };
    }
    let silent = if unanswered { ", though the PBX answers to other requests" } else { "" };
    let seen = format!("{observed}{silent}");
    match (another_agent, barrier) {
        (Some(true), Barrier::UserAgent) => {
            let observed = format!("{seen}; under another User-Agent it is let in");
            Judgement::fail(Cause::ClientBlocked, expected, observed)
        }
        (Some(true), Barrier::Address) => {
            let observed = format!("{seen}; but under another User-Agent it is let in");
            Judgement::pass(expected, observed)
        }
        (Some(false), Barrier::Address) => {
            let observed = format!("{seen}; also under another User-Agent");
            Judgement::fail(Cause::ClientBlocked, expected, observed)
        }
        (Some(false), Barrier::UserAgent) => {
            let observed = format!("{seen}; but another User-Agent is not let in either");
            Judgement::pass(expected, observed)
        }
        (None, _) => {
            let open = "--intrusive tells whether for the address or for the User-Agent";
            Judgement::fail(Cause::ClientBlocked, expected, format!("{seen}; {open}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(cause: Cause) -> Judgement {
        Judgement::fail(cause, "registered", "no")
    }

    fn verdicts(cause: Cause, answers: bool, another_agent: Option<bool>) -> [Verdict; 2] {
        [Barrier::Address, Barrier::UserAgent]
            .map(|barrier| let_in(barrier, &failed(cause), answers, another_agent).verdict)
    }

    #[test]
    fn a_wrong_password_is_no_list() {
        let both = [Verdict::Pass; 2];
        assert_eq!(verdicts(Cause::AuthenticationFailure, true, None), both);
        assert_eq!(verdicts(Cause::RegistrationRefused, true, None), both);
    }

    #[test]
    fn refusal_before_a_password_and_silence_to_registers_alone_are_barriers() {
        let both = [Verdict::Fail; 2];
        assert_eq!(verdicts(Cause::ClientBlocked, false, None), both);
        assert_eq!(verdicts(Cause::NoResponse, true, None), both);
        assert_eq!(verdicts(Cause::NoResponse, false, None), [Verdict::Inconclusive; 2]);
        let banned = [Verdict::Fail, Verdict::Inconclusive];
        assert_eq!(verdicts(Cause::SourceBanned, true, None), banned);
    }

    #[test]
    fn another_user_agent_tells_which_barrier_it_is() {
        let agent = [Verdict::Pass, Verdict::Fail];
        assert_eq!(verdicts(Cause::ClientBlocked, true, Some(true)), agent);
        let address = [Verdict::Fail, Verdict::Pass];
        assert_eq!(verdicts(Cause::NoResponse, true, Some(false)), address);
    }
}
