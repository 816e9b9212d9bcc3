//! Guide 2.6.1: whether all users can be there at once.

use crate::check::Judgement;
use crate::record::{Cause, Verdict};

/// One of many that was tried while the others stood.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'a> {
    /// What it is: "registration", "call".
    pub what: &'static str,
    /// Whose.
    pub who: &'a str,
    /// Its number, from 1.
    pub number: usize,
    /// Of how many.
    pub of: usize,
}

/// Judges a refusal. `alone` tells whether the same was granted when none of the others stood
/// any more; `None` if that was not tried, as for the first and for silence: these have reasons
/// of their own, which other clauses judge.
pub fn at_once(refused: Judgement, turn: Turn<'_>, alone: Option<bool>) -> Judgement {
    let Turn { what, who, number, of } = turn;
    let expected = format!("{of} {what}s at the same time");
    let observed = format!("{what} {number} of {of} ({who}): {}", refused.observed);
    match alone {
        Some(true) => {
            let limit = format!("{observed}; when no other stood, it was granted");
            Judgement::fail(Cause::LicenceLimit, expected, limit)
        }
        Some(false) => {
            let observed = format!("{observed}; also when no other stood");
            Judgement { expected, observed, ..refused }
        }
        None => Judgement { verdict: Verdict::Inconclusive, expected, observed, ..refused },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_granted_alone_wants_for_a_licence() {
        let refused = || Judgement::fail(Cause::RegistrationRefused, "registered", "503 No");
        let turn = Turn { what: "registration", who: "User E", number: 5, of: 16 };
        let limited = at_once(refused(), turn, Some(true));
        assert_eq!((limited.verdict, limited.cause), (Verdict::Fail, Some(Cause::LicenceLimit)));
        assert!(limited.observed.starts_with("registration 5 of 16 (User E): 503 No"));
        let own = at_once(refused(), turn, Some(false));
        assert_eq!((own.verdict, own.cause), (Verdict::Fail, Some(Cause::RegistrationRefused)));
        let first = at_once(refused(), Turn { number: 1, ..turn }, None);
        assert_eq!(first.verdict, Verdict::Inconclusive);
    }
}
