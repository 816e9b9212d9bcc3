//! Guide 7.1.1, steps 1 and 6: whom the callee's phone shows as the caller.

use std::fmt::Write as _;

use super::Judgement;
use crate::profile::Likeness;
use crate::record::{CallerId, Cause};

/// A number that may be shown, and what it is in the guide's words.
#[derive(Debug, Clone, Copy)]
pub struct Allowed<'a> {
    /// "the external number", "User A's DiD".
    pub label: &'a str,
    /// The number in E.164.
    pub number: &'a str,
}

/// Judges the identities of an INVITE against the allowed numbers. `likeness` compares a
/// shown number with an E.164 one after removal of prefixes and formatting.
///
/// Fails only if none of From, P-Asserted-Identity and Remote-Party-ID matches; a match outside
/// From only, or in another country's form, is a warning (design §6).
pub fn caller_id(
    shown: &CallerId,
    allowed: &[Allowed<'_>],
    likeness: impl Fn(&str, &str) -> Option<Likeness>,
) -> Judgement {
    let labels: Vec<String> = allowed.iter().map(|a| format!("{} {}", a.label, a.number)).collect();
    let expected = format!("the caller-id is {}", labels.join(" or "));
    let matching = |value: &str| allowed.iter().find_map(|a| Some((a, likeness(value, a.number)?)));
    match matching(&shown.from) {
        Some((found, Likeness::Same)) => {
            let observed = format!("From shows {}, {}", shown.from, found.label);
            return Judgement::pass(expected, observed);
        }
        Some((found, Likeness::Abroad)) => {
            let observed = format!(
                "From shows {}, {} as it is written in its own country, which is not the PBX's",
                shown.from, found.label
            );
            return Judgement::warn(Cause::CallerIdFormat, expected, observed);
        }
        None => {}
    }
    let elsewhere = [
        ("P-Asserted-Identity", shown.asserted.as_deref()),
        ("Remote-Party-ID", shown.remote_party.as_deref()),
    ];
    let hidden = withheld(shown);
    for (header, value) in elsewhere {
        if let Some((value, (found, _))) = value.and_then(|v| matching(v).map(|f| (v, f))) {
            let observed = format!(
                "{header} shows {value}, {}, but From shows {}",
                found.label,
                who(&shown.from, hidden.as_deref())
            );
            return Judgement::warn(Cause::CallerIdOnlyAsserted, expected, observed);
        }
    }
    let mut observed = format!("From shows {}", who(&shown.from, hidden.as_deref()));
    for (header, value) in elsewhere {
        if let Some(value) = value {
            let _ = write!(observed, ", {header} {}", who(value, None));
        }
    }
    let values: Vec<&str> = std::iter::once(shown.from.as_str())
        .chain(elsewhere.into_iter().filter_map(|(_, value)| value))
        .collect();
    let digits = |value: &str| value.chars().filter(char::is_ascii_digit).collect::<String>();
    let no_number = |value: &str| digits(value).is_empty() || shown.host.ends_with(NOWHERE);
    let cause = if hidden.is_some() && values.iter().all(|value| no_number(value)) {
        Cause::CallerIdWithheld
    } else if values.iter().all(|value| digits(value).is_empty()) {
        Cause::CallerIdMissing
    } else if values.iter().any(|v| allowed.iter().any(|a| alike(&digits(v), &digits(a.number)))) {
        Cause::CallerIdFormat
    } else {
        Cause::WrongCallerId
    };
    Judgement::fail(cause, expected, observed)
}

/// The same of a call that came over an account at a provider, which may have changed what it
/// shows: the PBX need not be the one to blame.
pub fn shown_by_provider(judgement: Judgement) -> Judgement {
    let hint = match judgement.cause {
        Some(Cause::WrongCallerId) => {
            "if the provider shows that number for the account, say so in `presents` of the account"
        }
        Some(Cause::CallerIdWithheld | Cause::CallerIdMissing) => {
            "call another phone from the account: the provider withholds it if it is not shown there"
        }
        _ => return judgement,
    };
    Judgement { observed: format!("{}; {hint}", judgement.observed), ..judgement }
}

/// What a host ends with that is nobody's (RFC 3323 §4.1.1.3, RFC 2606 §2).
const NOWHERE: &str = ".invalid";

/// What stands in place of a hidden number: RFC 3323's word and those of ISDN gateways for
/// presentation restricted and number not available (Q.951 §3).
const HIDDEN: &[&str] = &[
    "anonymous",
    "hidden",
    "numberwithheld",
    "private",
    "privatenumber",
    "restricted",
    "unavailable",
    "unknown",
    "withheld",
];

/// By what it shows that the caller is one who hides, if it is.
fn withheld(shown: &CallerId) -> Option<String> {
    let asked = shown.privacy.as_deref().filter(|asked| {
        let hides = |token: &str| !matches!(token, "none" | "off" | "critical" | "");
        asked.split([';', ',', ' ']).map(str::trim).any(hides)
    });
    if let Some(asked) = asked {
        return Some(format!("Privacy asks for {asked}"));
    }
    if shown.host.ends_with(NOWHERE) {
        return Some(format!("at {}", shown.host));
    }
    let is_word = |text: &&str| {
        let letters: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
        HIDDEN.contains(&letters.to_lowercase().as_str())
    };
    let words = [Some(shown.from.as_str()), shown.display.as_deref()];
    words.into_iter().flatten().find(is_word).map(|word| format!("called {word}"))
}

/// Fewest digits in which two numbers must agree from their ends on, to be taken for two
/// forms of the same: a local number has six or seven.
const LOCAL_DIGITS: usize = 6;

/// Digits at the end that no two numbers of different countries share by chance.
const NATIONAL_DIGITS: usize = 9;

/// Whether one is the other with something in front, or in its midst: a trunk zero.
fn alike(one: &str, other: &str) -> bool {
    let same = one.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
    let whole = one.len().min(other.len());
    same >= NATIONAL_DIGITS || (whole >= LOCAL_DIGITS && same == whole)
}

/// The number, or that there is none, and what hides it.
fn who(number: &str, hidden: Option<&str>) -> String {
    let number = if number.is_empty() { "no number" } else { number };
    match hidden {
        Some(how) => format!("{number}, withheld: {how}"),
        None => number.to_owned(),
    }
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
        caller_id(shown, &allowed, |a, b| {
            let abroad = || (a == "01632960201").then_some(Likeness::Abroad);
            (a == b).then_some(Likeness::Same).or_else(abroad)
        })
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
    fn the_form_of_another_country_warns() {
        let judged = judge(&from("01632960201"));
        assert_eq!((judged.verdict, judged.cause), (Verdict::Warn, Some(Cause::CallerIdFormat)));
    }

    #[test]
    fn no_number_and_another_form_of_it_are_told_from_a_wrong_one() {
        for nobody in ["", "asterisk", "pbx"] {
            let shown = CallerId { asserted: Some(String::new()), ..from(nobody) };
            assert_eq!(judge(&shown).cause, Some(Cause::CallerIdMissing), "{nobody}");
        }
        let forms = ["960201", "9441632960201", "90441632960201", "+4401632960201", "+1632960201"];
        for form in forms {
            assert_eq!(judge(&from(form)).cause, Some(Cause::CallerIdFormat), "{form}");
        }
        for other in ["0201", "+441632960203", "960101202", "+44163296020"] {
            assert_eq!(judge(&from(other)).cause, Some(Cause::WrongCallerId), "{other}");
        }
    }

    #[test]
    fn a_withheld_number_is_told_from_none() {
        let at = |host: &str, number: &str| CallerId { host: host.into(), ..from(number) };
        let asked = |privacy: &str| CallerId { privacy: Some(privacy.into()), ..from("pbx") };
        let named = |name: &str| CallerId { display: Some(name.into()), ..from("") };
        for (shown, how) in [
            (from("anonymous"), "anonymous, withheld: called anonymous"),
            (from("Restricted"), "Restricted, withheld: called Restricted"),
            (from("unavailable"), "withheld: called unavailable"),
            (from("Unknown"), "withheld: called Unknown"),
            (named("Number withheld"), "no number, withheld: called Number withheld"),
            (at("anonymous.invalid", "c8oqz84zk7z"), "c8oqz84zk7z, withheld: at anonymous.invalid"),
            (asked("id"), "pbx, withheld: Privacy asks for id"),
            (asked("user;header;critical"), "withheld: Privacy asks for user;header;critical"),
            (asked("full"), "withheld: Privacy asks for full"),
        ] {
            let judged = judge(&shown);
            assert_eq!(judged.cause, Some(Cause::CallerIdWithheld), "{shown:?}");
            assert_eq!(judged.verdict, Verdict::Fail);
            assert!(judged.observed.ends_with(how), "{}", judged.observed);
        }
        assert_eq!(judge(&asked("none")).cause, Some(Cause::CallerIdMissing));
        assert_eq!(judge(&named("Private Bank")).cause, Some(Cause::CallerIdMissing));
        // A wrong number is wrong, whatever else is asked for.
        let wrong = CallerId { asserted: Some("+441632960200".into()), ..asked("id") };
        assert_eq!(judge(&wrong).cause, Some(Cause::WrongCallerId));
        let shown = CallerId { privacy: Some("id".into()), ..from("+441632960201") };
        assert_eq!(judge(&shown).verdict, Verdict::Pass);
    }
}
