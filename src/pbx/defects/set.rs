//! The defects that are on.

use std::collections::BTreeSet;

use super::table::Defect;

/// The names given do not make a set of defects.
#[derive(Debug, thiserror::Error)]
pub enum DefectError {
    /// No such defect.
    #[error("there is no defect {name}: did you mean {near}?")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The most similar names.
        near: String,
    },
    /// One hides the other.
    #[error("{0} and {1} contradict each other: {0} leaves nothing for {1} to break")]
    Contradictory(&'static str, &'static str),
}

/// Pairs where the first leaves nothing for the second to break.
const CONTRADICTORY: &[(Defect, Defect)] = &[
    (Defect::NoAnswer, Defect::OneWayAudio),
    (Defect::NoAnswer, Defect::CrossedAudio),
    (Defect::NoAnswer, Defect::SilentHold),
    (Defect::NoAnswer, Defect::ReferRefused),
];

/// A set of defects; empty by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defects(BTreeSet<Defect>);

impl Defects {
    /// No defect.
    pub fn none() -> Self {
        Self::default()
    }

    /// The defects of these names.
    pub fn named<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Result<Self, DefectError> {
        let mut set = BTreeSet::new();
        for name in names {
            let name = name.as_ref();
            let row = Defect::table()
                .iter()
                .find(|row| row.name == name)
                .ok_or_else(|| DefectError::Unknown { name: name.to_owned(), near: near(name) })?;
            set.insert(row.defect);
        }
        match CONTRADICTORY.iter().find(|(a, b)| set.contains(a) && set.contains(b)) {
            Some((a, b)) => Err(DefectError::Contradictory(a.name(), b.name())),
            None => Ok(Self(set)),
        }
    }

    /// Whether it is on.
    pub fn has(&self, defect: Defect) -> bool {
        self.0.contains(&defect)
    }

    /// Those that are on.
    pub fn iter(&self) -> impl Iterator<Item = Defect> + '_ {
        self.0.iter().copied()
    }
}

/// The three names with the smallest edit distance.
fn near(name: &str) -> String {
    let mut names: Vec<&str> = Defect::table().iter().map(|row| row.name).collect();
    names.sort_by_key(|candidate| distance(name, candidate));
    names.truncate(3);
    names.join(", ")
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_combine_misspelt_ones_get_help_and_contradictions_are_refused() {
        let both = Defects::named(["silent-hold", "refer-refused"]).unwrap();
        assert!(both.has(Defect::SilentHold) && both.has(Defect::ReferRefused));
        assert!(!both.has(Defect::NoAnswer));
        let error = Defects::named(["silent-hld"]).unwrap_err().to_string();
        assert!(error.contains("did you mean silent-hold,"), "{error}");
        let error = Defects::named(["one-way-audio", "no-answer"]).unwrap_err().to_string();
        assert!(error.contains("no-answer and one-way-audio"), "{error}");
    }
}
