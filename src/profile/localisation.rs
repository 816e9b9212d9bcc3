//! Reads where the PBX stands (guide 4.1.1.1) and how numbers are written there (4.1.1.10).

use super::country::calling_code;
use super::section::{Section, printable};
use super::{Location, NumberFormat};

/// Reads `location`.
pub(super) fn location(pbx: &Section<'_, '_>) -> Location {
    let Some(place) = pbx.section("location", &["country", "state"]) else {
        return Location::default();
    };
    let country = place.placed("country").filter(|text| !text.value.is_empty());
    let known = country.as_ref().is_none_or(|text| calling_code(&text.value).is_some());
    if let Some(text) = country.as_ref().filter(|_| !known) {
        place.error(
            text.span,
            format!("`{}` is no country", printable(&text.value)),
            "write two letters of ISO 3166-1, as in `country: GB`",
        );
    }
    Location {
        country: country.filter(|_| known).map(|text| text.value.to_uppercase()),
        state: place.text("state"),
    }
}

/// Reads `number_format`. A country code that it does not give is that of the location.
pub(super) fn number_format(pbx: &Section<'_, '_>, location: &Location) -> NumberFormat {
    let keys = ["country_code", "national_prefix", "international_prefix"];
    let Some(format) = pbx.section("number_format", &keys) else { return NumberFormat::default() };
    let of_country = location.country.as_deref().and_then(calling_code);
    let given = country_code(&format);
    if let (Some(code), Some(of_country), Some(country)) = (&given, of_country, &location.country)
        && code != of_country
    {
        format.warn(
            format.key_span("country_code"),
            format!("numbers of {country} begin with +{of_country}, not with +{code}"),
            "correct country_code, or location.country (guide 4.1.1.1)",
        );
    }
    let code = given.or_else(|| of_country.map(str::to_owned));
    let national_prefix = prefix(&format, "national_prefix");
    if national_prefix.is_some() && code.is_none() && format.node("country_code").is_none() {
        format.error(
            format.key_span("national_prefix"),
            "`national_prefix` without a country code: no number would be a national one",
            "add `country_code: \"44\"`, or `location: { country: GB }`",
        );
    }
    NumberFormat {
        country_code: code,
        national_prefix,
        international_prefix: prefix(&format, "international_prefix"),
    }
}

fn country_code(section: &Section<'_, '_>) -> Option<String> {
    let text = section.placed("country_code").filter(|text| !text.value.is_empty())?;
    let digits = text.value.strip_prefix('+').unwrap_or(&text.value);
    let valid = (1..=3).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    if !valid {
        section.error(
            text.span,
            format!("`{}` is no country code", printable(&text.value)),
            "write one to three digits, as in `country_code: \"44\"`",
        );
        return None;
    }
    Some(digits.to_owned())
}

/// Digits, `*` and `#` that are dialled before a number. An empty one counts as given.
pub(super) fn prefix(section: &Section<'_, '_>, key: &str) -> Option<String> {
    let text = section.placed(key)?;
    let mut digits = text.value.strip_prefix('+').unwrap_or(&text.value).bytes();
    if !digits.all(|b| b.is_ascii_digit() || b == b'*' || b == b'#') {
        section.error(
            text.span,
            format!("`{}` cannot be dialled", printable(&text.value)),
            format!("write digits, as in `{key}: \"9\"`, or \"\" for none"),
        );
        return None;
    }
    Some(text.value)
}
