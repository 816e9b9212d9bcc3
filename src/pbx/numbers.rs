//! From what somebody dialled, or what a trunk wrote, to E.164.

use super::config::{NumberForm, Numbering};

/// Shortest number that is taken for an international one without its prefix.
const MIN_BARE_INTERNATIONAL: usize = 10;

impl Numbering {
    /// The outside number in E.164 that one of our own has dialled, behind the prefix for an
    /// outside line and in the form that we want; `None` if it is none.
    pub(super) fn dialled_outside(&self, dialled: &str) -> Option<String> {
        let number = dialled.strip_prefix(&self.outside_prefix)?;
        let prefixes = [&self.national_prefix, &self.international_prefix];
        let local = prefixes.iter().any(|prefix| number.starts_with(prefix.as_str()));
        let wanted = match self.form {
            NumberForm::Any => true,
            NumberForm::Local => local && !number.starts_with('+'),
            NumberForm::E164 => number.starts_with('+'),
        };
        if wanted { self.e164(number) } else { None }
    }

    /// A number in E.164 as our own are shown it.
    pub(super) fn shown_inside(&self, number: &str) -> String {
        let Some(digits) = number.strip_prefix('+').filter(|_| self.form == NumberForm::Local)
        else {
            return number.to_owned();
        };
        match digits.strip_prefix(&self.country_code) {
            Some(rest) => format!("{}{rest}", self.national_prefix),
            None => format!("{}{digits}", self.international_prefix),
        }
    }

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

    fn plan() -> Numbering {
        Numbering {
            country_code: "44".to_owned(),
            national_prefix: "0".to_owned(),
            international_prefix: "00".to_owned(),
            form: NumberForm::Any,
            outside_prefix: String::new(),
        }
    }

    #[test]
    fn a_strict_plan_takes_one_form_behind_its_prefix() {
        let local = Numbering { form: NumberForm::Local, outside_prefix: "9".to_owned(), ..plan() };
        let national = Some("+441632960201".to_owned());
        assert_eq!(local.dialled_outside("901632960201"), national);
        assert_eq!(local.dialled_outside("90012025550123").as_deref(), Some("+12025550123"));
        for refused in ["01632960201", "9+441632960201", "+441632960201", "9441632960201"] {
            assert_eq!(local.dialled_outside(refused), None, "{refused}");
        }
        assert_eq!(local.shown_inside("+441632960201"), "01632960201");
        assert_eq!(local.shown_inside("+12025550123"), "0012025550123");
        assert_eq!(local.shown_inside("anonymous"), "anonymous");
        let e164 = Numbering { form: NumberForm::E164, ..plan() };
        assert_eq!(e164.dialled_outside("+441632960201"), national);
        assert_eq!(e164.dialled_outside("01632960201"), None);
        assert_eq!(plan().shown_inside("+441632960201"), "+441632960201");
    }

    #[test]
    fn every_way_to_write_a_number_gives_the_same() {
        let plan = plan();
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
