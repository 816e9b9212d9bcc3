//! The guide's sections, by which reports are grouped.

use crate::record::{Run, Scenario};

/// A section of the guide and the scenarios that belong to it.
#[derive(Debug, Clone)]
pub struct Section<'a> {
    /// Its number: `6`, `7.1`.
    pub number: String,
    /// Its heading in the guide; empty for a section that the guide does not have.
    pub heading: &'static str,
    /// Its scenarios in the order of the run.
    pub scenarios: Vec<&'a Scenario>,
}

/// Sections that reports group by; a clause belongs to the longest that it begins with.
const HEADINGS: &[(&str, &str)] = &[
    ("2", "Enabling remote access to your PBX"),
    ("3", "Test access to your PBX"),
    ("4", "Call2Teams configuration to work with your PBX"),
    ("5", "Creating SIP accounts on your PBX"),
    ("6", "Initial confidence tests"),
    ("7", "Further testing for full interoperability validation"),
    ("7.1", "Single calls"),
    ("7.2", "Multiple calls"),
    ("B", "Beyond the guide"),
];

impl<'a> Section<'a> {
    /// The sections of a run, in the order in which they first appear.
    pub fn all(run: &'a Run) -> Vec<Self> {
        let mut sections: Vec<Self> = Vec::new();
        for scenario in &run.scenarios {
            let (number, heading) = of(&scenario.clause);
            match sections.iter_mut().find(|section| section.number == number) {
                Some(section) => section.scenarios.push(scenario),
                None => sections.push(Self { number, heading, scenarios: vec![scenario] }),
            }
        }
        sections
    }

    /// Number and heading in one line.
    pub fn title(&self) -> String {
        format!("{} {}", self.number, self.heading).trim_end().to_owned()
    }
}

/// Number and heading of the section that a clause belongs to.
pub(super) fn of(clause: &str) -> (String, &'static str) {
    HEADINGS
        .iter()
        .filter(|(number, _)| {
            clause.strip_prefix(number).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with(|c: char| !c.is_ascii_digit())
            })
        })
        .max_by_key(|(number, _)| number.len())
        .map_or_else(
            || (super::clean(clause.split('.').next().unwrap_or_default()), ""),
            |(number, heading)| ((*number).to_owned(), *heading),
        )
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_clause_belongs_to_the_longest_section() {
        assert_eq!(of("7.1.4a").0, "7.1");
        assert_eq!(of("7.2").0, "7.2");
        assert_eq!(of("7.3").0, "7");
        assert_eq!(of("6.1").0, "6");
        assert_eq!(of("B.1.2"), ("B".to_owned(), "Beyond the guide"));
        assert_eq!(of("61"), ("61".to_owned(), ""));
        assert_eq!(of(""), (String::new(), ""));
    }
}
