//! Telephone numbers: E.164 and the form that a PBX dials and shows (guide 4.1.1.10).

use std::collections::BTreeSet;

/// How a PBX writes numbers. What is not given is not mapped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberFormat {
    /// The PBX's own country code, digits only ("44").
    pub country_code: Option<String>,
    /// What stands before an in-country number instead of the country code ("0"; may be empty).
    pub national_prefix: Option<String>,
    /// What stands before the country code of any other number ("00").
    pub international_prefix: Option<String>,
}

impl NumberFormat {
    /// A number as it is dialled. An E.164 number (`+…`) becomes in-country or
    /// international as the format says, with the outside line prefix before it;
    /// anything else is an extension and stays as it is.
    pub fn dialled(&self, number: &str, outside_prefix: &str) -> String {
        let Some(digits) = number.strip_prefix('+') else { return number.to_owned() };
        let local = match (&self.country_code, &self.national_prefix, &self.international_prefix) {
            (Some(country), Some(national), _) if digits.starts_with(country.as_str()) => {
                format!("{national}{}", &digits[country.len()..])
            }
            (_, _, Some(international)) => format!("{international}{digits}"),
            _ => number.to_owned(),
        };
        format!("{outside_prefix}{local}")
    }

    /// A dialled or shown number as E.164, where that can be told; an extension, or
    /// what is no number, is `None`.
    pub fn e164(&self, shown: &str, outside_prefix: &str) -> Option<String> {
        let bare = bare(shown);
        let inner = bare
            .strip_prefix(outside_prefix)
            .filter(|rest| !outside_prefix.is_empty() && rest.len() > 6)
            .unwrap_or(&bare);
        if inner.starts_with('+') {
            return is_e164(inner).then(|| inner.to_owned());
        }
        let strip = |prefix: &Option<String>| {
            prefix.as_deref().filter(|p| !p.is_empty()).and_then(|p| inner.strip_prefix(p))
        };
        let digits = if let Some(rest) = strip(&self.international_prefix) {
            rest.to_owned()
        } else if let (Some(rest), Some(country)) =
            (strip(&self.national_prefix), &self.country_code)
        {
            format!("{country}{rest}")
        } else {
            return None;
        };
        let number = format!("+{digits}");
        is_e164(&number).then_some(number)
    }
}

/// Whether the text is `+`, a country code and at most 15 digits in all (E.164 §6).
pub fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

/// Whether two ways to write a number mean the same one: formatting characters,
/// `+44`, `0044`, `0` and the outside line prefix make no difference (design §6).
/// What is no number at all is the same only if it is spelt the same.
pub fn same_number(one: &str, other: &str, format: &NumberFormat, outside_prefix: &str) -> bool {
    let (one, other) = (bare(one), bare(other));
    if one.is_empty() || other.is_empty() {
        return false;
    }
    if one.eq_ignore_ascii_case(&other) {
        return true;
    }
    let readings = |text: &str| readings(text, format, outside_prefix);
    !readings(&one).is_disjoint(&readings(&other))
}

/// Scheme, parameters, host and formatting characters removed.
fn bare(shown: &str) -> String {
    let mut text = shown.trim();
    for scheme in ["sips:", "sip:", "tel:"] {
        if text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)) {
            text = &text[scheme.len()..];
        }
    }
    let text = text.split([';', '@', '?']).next().unwrap_or_default();
    // "+44 (0)1632…": the trunk zero in brackets is not dialled with the country code.
    let text = if text.starts_with('+') { text.replace("(0)", "") } else { text.to_owned() };
    text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}')).collect()
}

/// Every E.164 number, without `+`, that a bare text may stand for.
fn readings(text: &str, format: &NumberFormat, outside_prefix: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut forms = vec![text];
    if let Some(rest) = text.strip_prefix(outside_prefix)
        && !outside_prefix.is_empty()
        && rest.len() > 6
    {
        forms.push(rest);
    }
    for form in forms {
        if let Some(digits) = form.strip_prefix('+') {
            found.extend(digits_only(digits));
            continue;
        }
        let Some(form) = digits_only(form) else { continue };
        if form.len() > 6 {
            let international = format.international_prefix.as_deref().unwrap_or_default();
            for prefix in ["00", "011", international] {
                if let Some(rest) = form.strip_prefix(prefix)
                    && !prefix.is_empty()
                {
                    found.insert(rest.to_owned());
                }
            }
            if let Some(country) = &format.country_code {
                let national = format.national_prefix.as_deref().unwrap_or("0");
                match form.strip_prefix(national) {
                    Some(rest) => found.insert(format!("{country}{rest}")),
                    // Without its prefix, as many PBXs show it.
                    None => found.insert(format!("{country}{form}")),
                };
            }
        }
        found.insert(form);
    }
    found
}

fn digits_only(text: &str) -> Option<String> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn british() -> NumberFormat {
        NumberFormat {
            country_code: Some("44".to_owned()),
            national_prefix: Some("0".to_owned()),
            international_prefix: Some("00".to_owned()),
        }
    }

    #[test]
    fn dialled_form_follows_the_guides_example() {
        let format = british();
        assert_eq!(format.dialled("+441632960101", ""), "01632960101");
        assert_eq!(format.dialled("+441632960101", "9"), "901632960101");
        assert_eq!(format.dialled("+12025550123", "9"), "90012025550123");
        assert_eq!(format.dialled("1002", "9"), "1002");
        assert_eq!(NumberFormat::default().dialled("+441632960101", ""), "+441632960101");
    }

    #[test]
    fn north_american_numbers_lose_or_keep_their_country_code() {
        let mut format = NumberFormat {
            country_code: Some("1".to_owned()),
            national_prefix: Some(String::new()),
            international_prefix: Some("011".to_owned()),
        };
        assert_eq!(format.dialled("+12025550123", ""), "2025550123");
        assert!(same_number("+12025550123", "(202) 555-0123", &format, ""));
        format.national_prefix = Some("1".to_owned());
        assert_eq!(format.dialled("+12025550123", ""), "12025550123");
        assert_eq!(format.dialled("+441632960101", ""), "011441632960101");
        assert!(same_number("+12025550123", "2025550123", &format, ""));
    }

    #[test]
    fn e164_is_the_way_back() {
        let format = british();
        for number in ["+441632960101", "+12025550123"] {
            for prefix in ["", "9"] {
                let dialled = format.dialled(number, prefix);
                assert_eq!(format.e164(&dialled, prefix).as_deref(), Some(number), "{dialled}");
            }
        }
        assert_eq!(format.e164("1002", "9"), None);
        assert_eq!(format.e164("anonymous", ""), None);
    }

    #[test]
    fn the_same_number_in_many_forms() {
        let format = british();
        for shown in [
            "+441632960201",
            "441632960201",
            "00441632960201",
            "01632960201",
            "1632960201",
            "901632960201",
            "9+441632960201",
            "900441632960201",
            "+44 (0)1632 960-201",
            "tel:+44-1632-960201;phone-context=x",
            "sip:01632960201@192.0.2.1;user=phone",
        ] {
            assert!(same_number("+441632960201", shown, &format, "9"), "{shown}");
        }
        for shown in ["+441632960202", "1001", "", "anonymous", "+4401632960201", "960201"] {
            assert!(!same_number("+441632960201", shown, &format, "9"), "{shown}");
        }
    }

    #[test]
    fn extensions_and_words_compare_as_they_stand() {
        let format = british();
        assert!(same_number("1001", "1001", &format, ""));
        assert!(!same_number("1001", "1002", &format, ""));
        assert!(!same_number("1001", "01001", &format, ""));
        assert!(same_number("Anonymous", "anonymous", &format, ""));
        assert!(!same_number("", "", &format, ""));
    }

    #[test]
    fn e164_has_a_plus_and_seven_to_fifteen_digits() {
        assert!(is_e164("+441632960101"));
        for wrong in ["441632960101", "+44", "+0441632960101", "+44 1632", "+4416329601011234", ""]
        {
            assert!(!is_e164(wrong), "{wrong}");
        }
    }
}
