//! Numbers as they are written in each country, from the tables of libphonenumber.

use phonenumber::country::Id;
use phonenumber::metadata::DATABASE;
use phonenumber::{Mode, parse};

/// E.164 §6: no number has more digits; an international prefix may stand before them.
const MOST_DIGITS: usize = 15 + 5;

/// Reads the tables, which takes a quarter of a second: before anybody waits for a number.
pub fn read_number_tables() {
    // Any question does.
    let _ = DATABASE.region(&44);
}

/// A country with its own way to write numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Country(Id);

impl Country {
    /// By two letters of ISO 3166-1.
    pub(super) fn named(letters: &str) -> Option<Self> {
        letters.to_uppercase().parse().ok().map(Self)
    }

    /// The country of a number in E.164 without its +, or of a calling code; the largest of those
    /// that share it. All of them have the same prefixes.
    pub(super) fn of(digits: &str) -> Option<Self> {
        let codes = (1..=3).filter_map(|len| digits.get(..len)?.parse::<u16>().ok());
        let regions = codes.filter_map(|code| DATABASE.region(&code));
        regions.flatten().next().and_then(Self::named)
    }

    /// What digits without a + mean to who is there, in E.164 without its +: a national number
    /// with or without its prefix, or one behind the international prefix.
    pub(super) fn reads(self, digits: &str) -> Option<String> {
        if digits.len() > MOST_DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        // After an international prefix `parse` strips the national one of this country too.
        let meta = DATABASE.by_id(self.0.as_ref())?;
        let abroad = meta.international_prefix().and_then(|prefix| prefix.find(digits));
        if let Some(prefix) = abroad.filter(|prefix| prefix.start() == 0) {
            return Some(digits[prefix.end()..].to_owned());
        }
        let number = parse(Some(self.0), digits).ok()?;
        Some(number.format().mode(Mode::E164).to_string().trim_start_matches('+').to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(country: &str, digits: &str) -> Option<String> {
        Country::named(country).unwrap().reads(digits)
    }

    #[test]
    fn each_country_has_prefixes_of_its_own() {
        for (country, written, means) in [
            ("GB", "01632960201", "441632960201"),
            ("GB", "1632960201", "441632960201"),
            ("GB", "0012025550123", "12025550123"),
            ("US", "2025550123", "12025550123"),
            ("US", "12025550123", "12025550123"),
            ("US", "011441632960201", "441632960201"),
            ("IT", "0612345678", "390612345678"),
            ("RU", "84951234567", "74951234567"),
            ("RU", "810441632960201", "441632960201"),
            ("AU", "0011441632960201", "441632960201"),
            ("BR", "01511912345678", "5511912345678"),
            ("AR", "0111523456789", "5491123456789"),
        ] {
            assert_eq!(reads(country, written).as_deref(), Some(means), "{country} {written}");
        }
    }

    #[test]
    fn what_is_no_number_means_nothing() {
        for text in ["", "1", "anonymous", "+441632960201", "441632960201441632960201"] {
            assert_eq!(reads("GB", text), None, "{text}");
        }
        assert_eq!(Country::named("UK"), None);
    }

    #[test]
    fn the_country_of_a_number_is_that_of_its_code() {
        for (digits, country) in
            [("441632960201", "GB"), ("12025550123", "US"), ("1", "US"), ("74951234567", "RU")]
        {
            assert_eq!(Country::of(digits), Country::named(country), "{digits}");
        }
        assert_eq!(Country::of("999"), None);
        assert_eq!(Country::of(""), None);
    }
}
