//! Guide 7.1.1, steps 1 and 6: whom the callee's phone shows as the caller.

use std::fmt::Write as _;

use super::Judgement;
use crate::record::{CallerId, Cause};

/// A number that may be shown, and what it is in the guide's words.
#[derive(Debug, Clone, Copy)]
pub struct Allowed<'a> {
    /// "the external number", "User A's DiD".
    pub label: &'a str,
    /// The number in E.164.
    pub number: &'a str,
}

/// Judges the identities of an INVITE against the allowed numbers. `same` compares a
/// shown number with an E.164 one after removal of prefixes and formatting.
///
/// Fails only if none of From, P-Asserted-Identity and Remote-Party-ID matches; a
/// match outside From only is a warning (design §6).
pub fn caller_id(
    shown: &CallerId,
    allowed: &[Allowed<'_>],
    same: impl Fn(&str, &str) -> bool,
) -> Judgement {
    let labels: Vec<String> = allowed.iter().map(|a| format!("{} {}", a.label, a.number)).collect();
    let expected = format!("the caller-id is {}", labels.join(" or "));
    let matching = |value: &str| allowed.iter().find(|a| same(value, a.number));
    if let Some(found) = matching(&shown.from) {
        let observed = format!("From shows {}, {}", shown.from, found.label);
        return Judgement::pass(expected, observed);
    }
    let elsewhere = [
        ("P-Asserted-Identity", shown.asserted.as_deref()),
        ("Remote-Party-ID", shown.remote_party.as_deref()),
    ];
    for (header, value) in elsewhere {
        if let Some((value, found)) = value.and_then(|v| matching(v).map(|f| (v, f))) {
            let observed = format!(
                "{header} shows {value}, {}, but From shows {}",
                found.label,
                nothing_if_empty(&shown.from)
            );
            return Judgement::warn(Cause::CallerIdOnlyAsserted, expected, observed);
        }
    }
    let mut observed = format!("From shows {}", nothing_if_empty(&shown.from));
    for (header, value) in elsewhere {
        if let Some(value) = value {
            let _ = write!(observed, ", {header} {}", nothing_if_empty(value));
        }
    }
    Judgement::fail(Cause::WrongCallerId, expected, observed)
}

fn nothing_if_empty(value: &str) -> &str {
    if value.is_empty() { "no number" } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Verdict;

    fn judge(shown: &CallerId) -> Judgement {
        let allowed = [
            Allowed { label: "the external number", number: "+441632960201" },
            Allowed { label: "User A's DiD", number: "+441632960101" },
        ];
        caller_id(shown, &allowed, |a, b| a == b)
    }

    fn from(number: &str) -> CallerId {
        CallerId { from: number.into(), ..CallerId::default() }
    }

    #[test]
    fn either_allowed_number_in_from_passes_and_says_which() {
        let judged = judge(&from("+441632960101"));
        assert_eq!(judged.verdict, Verdict::Pass);
        assert!(judged.observed.contains("User A's DiD"), "{}", judged.observed);
    }

    #[test]
    fn a_match_in_an_asserted_identity_only_warns() {
        let shown = CallerId { asserted: Some("+441632960201".into()), ..from("anonymous") };
        let judged = judge(&shown);
        assert_eq!(judged.verdict, Verdict::Warn);
        assert_eq!(judged.cause, Some(Cause::CallerIdOnlyAsserted));
    }

    #[test]
    fn no_match_anywhere_fails() {
        let shown = CallerId { remote_party: Some("999".into()), ..from("") };
        let judged = judge(&shown);
        assert_eq!(judged.cause, Some(Cause::WrongCallerId));
        assert!(judged.observed.contains("no number"), "{}", judged.observed);
    }
}
