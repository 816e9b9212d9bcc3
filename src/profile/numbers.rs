//! Telephone numbers: E.164 and the form that a PBX dials and shows (guide 4.1.1.10).

use std::collections::BTreeSet;

use super::national::Country;

/// Digits that a number has at least, one more: what is not longer is an extension.
const MOST_EXTENSION: usize = 6;

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
            .filter(|rest| !outside_prefix.is_empty() && rest.len() > MOST_EXTENSION)
            .unwrap_or(&bare);
        if inner.starts_with('+') {
            return is_e164(inner).then(|| inner.to_owned());
        }
        let strip = |prefix: &Option<String>| {
            prefix.as_deref().filter(|p| !p.is_empty()).and_then(|p| inner.strip_prefix(p))
        };
        let digits = match strip(&self.international_prefix) {
            Some(rest) => rest.to_owned(),
            None => self.national(inner)?,
        };
        let number = format!("+{digits}");
        is_e164(&number).then_some(number)
    }

    /// What stands behind the national prefix, with the country code before it.
    fn national(&self, digits: &str) -> Option<String> {
        let prefix = self.national_prefix.as_deref().filter(|prefix| !prefix.is_empty())?;
        Some(format!("{}{}", self.country_code.as_ref()?, digits.strip_prefix(prefix)?))
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

/// Where a number is written, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writing<'a> {
    /// The PBX's own format.
    pub(super) format: &'a NumberFormat,
    /// The PBX's country, if that is known.
    pub(super) home: Option<Country>,
    /// What is dialled before an outside number.
    pub(super) outside_prefix: &'a str,
}

/// How two ways to write a number mean the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// On this PBX they do: formatting characters, `+44`, `0044`, `0` and the outside line
    /// prefix make no difference (design §6).
    Same,
    /// One is the national form of another country than the PBX's.
    Abroad,
}

impl Writing<'_> {
    /// Whether they mean the same number, and how. What is no number at all is the same only if
    /// it is spelt the same.
    pub(super) fn likeness(&self, one: &str, other: &str) -> Option<Likeness> {
        let (one, other) = (bare(one), bare(other));
        if one.is_empty() || other.is_empty() {
            return None;
        }
        if one.eq_ignore_ascii_case(&other) {
            return Some(Likeness::Same);
        }
        let here = |text: &str| self.readings(text, self.home);
        if !here(&one).is_disjoint(&here(&other)) {
            return Some(Likeness::Same);
        }
        // A carrier of the number's own country may write it as it is written there.
        let there = |text: &str, number: &str| {
            let digits = number.strip_prefix('+')?;
            let country = Country::of(digits)?;
            self.readings(text, Some(country)).contains(digits).then_some(())
        };
        there(&one, &other).or_else(|| there(&other, &one))?;
        Some(if self.home.is_none() { Likeness::Same } else { Likeness::Abroad })
    }

    /// Every E.164 number, without `+`, that a bare text may stand for in a country.
    fn readings(&self, text: &str, country: Option<Country>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let behind = text.strip_prefix(self.outside_prefix);
        let behind = behind.filter(|rest| rest.len() > MOST_EXTENSION && *rest != text);
        for form in std::iter::once(text).chain(behind) {
            if let Some(digits) = form.strip_prefix('+') {
                found.extend(digits_only(digits));
                continue;
            }
            let Some(form) = digits_only(form) else { continue };
            if form.len() > MOST_EXTENSION {
                // The profile knows its PBX, and carriers have these two everywhere.
                let given = self.format.international_prefix.as_deref().unwrap_or_default();
                let prefixes = [given, "00", "011"].into_iter().filter(|prefix| !prefix.is_empty());
                found.extend(
                    prefixes.filter_map(|prefix| form.strip_prefix(prefix)).map(str::to_owned),
                );
                found.extend(self.format.national(&form));
                found.extend(country.and_then(|country| country.reads(&form)));
            }
            found.insert(form);
        }
        found
    }
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
    let text = text
        .strip_prefix("%2B")
        .or_else(|| text.strip_prefix("%2b"))
        .map_or_else(|| text.to_owned(), |digits| format!("+{digits}"));
    // "+44 (0)1632…": the trunk zero in brackets is not dialled with the country code.
    let text = if text.starts_with('+') { text.replace("(0)", "") } else { text };
    text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}')).collect()
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

    fn like(
        one: &str,
        other: &str,
        format: &NumberFormat,
        outside_prefix: &str,
    ) -> Option<Likeness> {
        let home = format.country_code.as_deref().and_then(Country::of);
        Writing { format, home, outside_prefix }.likeness(one, other)
    }

    fn same_number(one: &str, other: &str, format: &NumberFormat, outside_prefix: &str) -> bool {
        like(one, other, format, outside_prefix) == Some(Likeness::Same)
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
            "%2B441632960201",
            "011441632960201",
        ] {
            assert!(same_number("+441632960201", shown, &format, "9"), "{shown}");
        }
        for shown in ["+441632960202", "1001", "", "anonymous", "+4401632960201", "960201"] {
            assert!(!same_number("+441632960201", shown, &format, "9"), "{shown}");
        }
    }

    #[test]
    fn a_carrier_abroad_may_write_the_number_as_at_home() {
        let american =
            NumberFormat { country_code: Some("1".to_owned()), ..NumberFormat::default() };
        for (number, shown, likeness) in [
            ("+441632960201", "01632 960201", Some(Likeness::Abroad)),
            ("+441632960201", "011 44 1632 960201", Some(Likeness::Same)),
            ("+441632960201", "0044 1632 960201", Some(Likeness::Same)),
            ("+441632960201", "441632960201", Some(Likeness::Same)),
            ("+12025550123", "(202) 555-0123", Some(Likeness::Same)),
            ("+12025550123", "1 202 555 0123", Some(Likeness::Same)),
            ("+441632960201", "01632 960200", None),
            ("+441632960201", "960201", None),
            ("+441632960201", "+1632960201", None),
            ("+441632960201", "(202) 555-0123", None),
        ] {
            assert_eq!(like(shown, number, &american, ""), likeness, "{shown}");
            assert_eq!(like(number, shown, &american, ""), likeness, "{shown}");
        }
        // Where nobody knows where the PBX stands, it may stand where the number does.
        let unknown = NumberFormat::default();
        assert_eq!(like("01632 960201", "+441632960201", &unknown, ""), Some(Likeness::Same));
        assert_eq!(like("2025550123", "+12025550123", &unknown, ""), Some(Likeness::Same));
        let abroad = like("(202) 555-0123", "+12025550123", &british(), "");
        assert_eq!(abroad, Some(Likeness::Abroad));
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
