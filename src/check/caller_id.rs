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
    let values: Vec<&str> = std::iter::once(shown.from.as_str())
        .chain(elsewhere.into_iter().filter_map(|(_, value)| value))
        .collect();
    let digits = |value: &str| value.chars().filter(char::is_ascii_digit).collect::<String>();
    let cause = if values.iter().all(|value| digits(value).is_empty()) {
        Cause::CallerIdMissing
    } else if values.iter().any(|v| allowed.iter().any(|a| alike(&digits(v), &digits(a.number)))) {
        Cause::CallerIdFormat
    } else {
        Cause::WrongCallerId
    };
    Judgement::fail(cause, expected, observed)
}

/// Fewest digits in which two numbers must agree from their ends on, to be taken for two
/// forms of the same: a local number has six or seven.
const LOCAL_DIGITS: usize = 6;

/// Whether one is the other with something in front.
fn alike(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    short.len() >= LOCAL_DIGITS && long.ends_with(short)
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
        let shown = CallerId { remote_party: Some("999".into()), ..from("trunk") };
        let judged = judge(&shown);
        assert_eq!(judged.cause, Some(Cause::WrongCallerId));
        assert!(judged.observed.contains("From shows trunk"), "{}", judged.observed);
    }

    #[test]
    fn no_number_and_another_form_of_it_are_told_from_a_wrong_one() {
        let anonymous = CallerId { asserted: Some(String::new()), ..from("anonymous") };
        assert_eq!(judge(&anonymous).cause, Some(Cause::CallerIdMissing));
        for form in ["960201", "9441632960201", "90441632960201"] {
            assert_eq!(judge(&from(form)).cause, Some(Cause::CallerIdFormat), "{form}");
        }
        for other in ["0201", "+441632960203", "960101202"] {
            assert_eq!(judge(&from(other)).cause, Some(Cause::WrongCallerId), "{other}");
        }
    }
}
