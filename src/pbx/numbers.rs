//! From what somebody dialled, or what a trunk wrote, to E.164.

use super::config::Numbering;

/// Shortest number that is taken for an international one without its prefix.
const MIN_BARE_INTERNATIONAL: usize = 10;

impl Numbering {
    /// The number in E.164 form (`+…`), or `None` if it cannot be one here: an
    /// extension, a service code, a name. Visual separators are ignored (RFC 3966 §3).
    pub(super) fn e164(&self, dialled: &str) -> Option<String> {
        let plain: String = dialled.chars().filter(|c| !" -.()".contains(*c)).collect();
        let (plus, digits) = match plain.strip_prefix('+') {
            Some(digits) => (true, digits),
            None => (false, plain.as_str()),
        };
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        if plus {
            return Some(plain);
        }
        let prefixed =
            |prefix: &str| (!prefix.is_empty()).then(|| digits.strip_prefix(prefix)).flatten();
        if let Some(rest) = prefixed(&self.international_prefix) {
            return (!rest.is_empty()).then(|| format!("+{rest}"));
        }
        if let Some(rest) = prefixed(&self.national_prefix) {
            return (!rest.is_empty()).then(|| format!("+{}{rest}", self.country_code));
        }
        (digits.len() >= MIN_BARE_INTERNATIONAL && digits.starts_with(&self.country_code))
            .then(|| format!("+{digits}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_number_gives_the_same() {
        let plan = Numbering {
            country_code: "44".to_owned(),
            national_prefix: "0".to_owned(),
            international_prefix: "00".to_owned(),
        };
        for dialled in
            ["+441632960101", "441632960101", "01632960101", "00441632960101", "+44 1632-960(101)"]
        {
            assert_eq!(plan.e164(dialled).as_deref(), Some("+441632960101"), "{dialled}");
        }
        for dialled in ["1001", "", "+", "*11", "alice", "00", "0"] {
            assert_eq!(plan.e164(dialled), None, "{dialled}");
        }
    }
}
