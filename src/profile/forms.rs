//! Other forms in which a number may be dialled, for a PBX that does not take the profile's.

use super::country::calling_code;
use super::{Likeness, Pbx};

/// What most PBXs with a prefix for an outside line have, in Britain and America and elsewhere;
/// and what the profile has to say, before E.164 and before `number_format`.
const OUTSIDE_PREFIXES: [(&str, &str, &str); 2] = [
    (
        "9",
        "E.164 behind outside_line_prefix: \"9\", no number_format",
        "number_format behind outside_line_prefix: \"9\"",
    ),
    (
        "0",
        "E.164 behind outside_line_prefix: \"0\", no number_format",
        "number_format behind outside_line_prefix: \"0\"",
    ),
];

impl Pbx {
    /// Whether an E.164 number is of another country than the PBX, as far as the profile says
    /// where that is.
    pub fn is_abroad(&self, number: &str) -> bool {
        let home = self.country_code();
        number.strip_prefix('+').zip(home).is_some_and(|(digits, home)| !digits.starts_with(home))
    }

    /// The number that one in the PBX's form means, E.164; `None` for an extension, and for what
    /// the profile's format does not tell.
    pub fn e164(&self, shown: &str) -> Option<String> {
        self.number_format.e164(shown, &self.outside_line_prefix)
    }

    /// Whether what was dialled outside is this number with the prefix for an outside line still
    /// before it.
    pub fn keeps_prefix(&self, dialled: &str, number: &str) -> bool {
        let prefix = &self.outside_line_prefix;
        let same =
            |dialled: &str| self.writing("").likeness(number, dialled) == Some(Likeness::Same);
        let rest = dialled.strip_prefix(prefix.as_str()).filter(|_| !prefix.is_empty());
        rest.is_some_and(same) && !same(dialled)
    }

    /// Forms of an E.164 number besides [`Pbx::dialled`], and what the profile has to say for
    /// each. Only those that can mean nobody else, unless it may `guess`: a number that is dialled
    /// without its + means another one where prefixes are others, and one with a + in the middle
    /// means none.
    pub fn other_forms(&self, number: &str, guess: bool) -> Vec<(String, &'static str)> {
        let prefix = &self.outside_line_prefix;
        let mut forms =
            vec![(number.to_owned(), "E.164, no number_format, no outside_line_prefix")];
        if prefix.is_empty() {
            forms.extend(
                OUTSIDE_PREFIXES.map(|(digit, words, _)| (format!("{digit}{number}"), words)),
            );
        } else {
            forms.push((format!("{prefix}{number}"), "E.164 behind outside_line_prefix"));
        }
        let digits = number.strip_prefix('+').filter(|_| guess);
        if let Some((digits, home)) = digits.zip(self.country_code()) {
            let bare = self.number_format.dialled(number, "");
            if !prefix.is_empty() {
                forms.push((bare, "number_format, no outside_line_prefix"));
            } else if !bare.starts_with('+') {
                let behind =
                    OUTSIDE_PREFIXES.map(|(digit, _, words)| (format!("{digit}{bare}"), words));
                forms.extend(behind);
            }
            forms.push(match digits.strip_prefix(home) {
                Some(rest) => (format!("0{rest}"), "national_prefix: \"0\""),
                None => (format!("00{digits}"), "international_prefix: \"00\""),
            });
        }
        let own = self.dialled(number);
        forms.retain(|(form, _)| *form != own);
        forms
    }

    /// Country code of the number format, else of the location.
    fn country_code(&self) -> Option<&str> {
        self.number_format.country_code.as_deref().or_else(|| self.code_of_location())
    }

    /// Calling code of the location's country.
    pub(super) fn code_of_location(&self) -> Option<&'static str> {
        self.location.country.as_deref().and_then(calling_code)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Location, NumberFormat};
    use super::*;

    fn british() -> Pbx {
        Pbx {
            location: Location { country: Some("GB".to_owned()), state: None },
            number_format: NumberFormat {
                country_code: Some("44".to_owned()),
                national_prefix: Some("0".to_owned()),
                international_prefix: Some("00".to_owned()),
            },
            outside_line_prefix: "9".to_owned(),
            ..Pbx::default()
        }
    }

    fn forms(pbx: &Pbx, number: &str, guess: bool) -> Vec<String> {
        pbx.other_forms(number, guess).into_iter().map(|(form, _)| form).collect()
    }

    #[test]
    fn without_leave_to_guess_only_e164_is_tried() {
        let pbx = british();
        let number = "+441632960201";
        assert_eq!(forms(&pbx, number, false), ["+441632960201", "9+441632960201"]);
        assert_eq!(forms(&pbx, number, true)[2..], ["01632960201", "01632960201"]);
        let plain = Pbx { location: pbx.location.clone(), ..Pbx::default() };
        let behind = ["9+441632960201", "0+441632960201"];
        assert_eq!(forms(&plain, number, false), behind, "E.164 alone is the profile's own");
        assert_eq!(forms(&plain, number, true)[2..], ["01632960201"]);
        assert_eq!(forms(&plain, "+12025550123", true)[2..], ["0012025550123"]);
        let unprefixed = Pbx { outside_line_prefix: String::new(), ..british() };
        let guessed = forms(&unprefixed, number, true);
        assert!(guessed.contains(&"901632960201".to_owned()), "{guessed:?}");
    }

    #[test]
    fn a_prefix_that_was_not_stripped_is_told_from_a_number_that_begins_so() {
        let pbx = british();
        for kept in ["901632960201", "9+441632960201", "900441632960201"] {
            assert!(pbx.keeps_prefix(kept, "+441632960201"), "{kept}");
        }
        for right in ["+441632960201", "01632960201", "441632960201", "1001"] {
            assert!(!pbx.keeps_prefix(right, "+441632960201"), "{right}");
        }
        assert!(!pbx.keeps_prefix("905321234567", "+905321234567"), "a number of Turkey");
        let plain = Pbx { outside_line_prefix: String::new(), ..british() };
        assert!(!plain.keeps_prefix("901632960201", "+441632960201"));
    }

    #[test]
    fn who_is_abroad_depends_on_where_the_pbx_stands() {
        let pbx = british();
        assert!(pbx.is_abroad("+12025550123") && !pbx.is_abroad("+441632960201"));
        assert!(!Pbx::default().is_abroad("+12025550123"), "nobody knows where it stands");
        assert_eq!(pbx.e164("901632960201").as_deref(), Some("+441632960201"));
    }
}
