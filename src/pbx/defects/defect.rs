//! The names of the defects in code, and the table that they index.

use super::row::Row;
use super::{hold, media, registration, set_up, teardown, transfer};

/// One way to be broken. Its [`Row`] says how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Defect {
    // registration
    /// REGISTER is never answered.
    RegistrationSilent,
    /// What answers is not SIP.
    NotSip,
    // call set-up
    /// Another user rings.
    WrongUserRings,
    /// The trunk's own number is shown.
    WrongCallerId,
    /// The caller never learns of the answer.
    NoAnswer,
    /// The ACK to a 200 is lost.
    AckIgnored,
    // media
    /// The caller hears nothing.
    OneWayAudio,
    /// Two concurrent calls hear each other's parties.
    CrossedAudio,
    // hold
    /// Hold without music.
    SilentHold,
    // transfer
    /// REFER gets 405.
    ReferRefused,
    // teardown
    /// The other party never learns of a hang-up.
    ByeNotPropagated,
}

/// The rows, by phase.
const PHASES: &[&[Row]] =
    &[registration::ROWS, set_up::ROWS, media::ROWS, hold::ROWS, transfer::ROWS, teardown::ROWS];

impl Defect {
    /// Every row, in the order of a call's phases.
    pub fn table() -> impl Iterator<Item = &'static Row> {
        PHASES.iter().copied().flatten()
    }

    /// Its row; the tests see to it that there is exactly one.
    pub fn row(self) -> Option<&'static Row> {
        Self::table().find(|row| row.defect == self)
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_defect_has_one_row_with_name_clause_cause_and_source() {
        let rows: Vec<&Row> = Defect::table().collect();
        let names: HashSet<&str> = rows.iter().map(|row| row.name).collect();
        let defects: HashSet<Defect> = rows.iter().map(|row| row.defect).collect();
        assert_eq!(names.len(), rows.len());
        assert_eq!(defects.len(), rows.len());
        for row in rows {
            assert_eq!(row.defect.name(), row.name);
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(row.name.chars().all(kebab), "{}", row.name);
            assert!(!row.does.is_empty() && !row.seen.is_empty(), "{}", row.name);
            assert!(!row.clauses.is_empty(), "{}", row.name);
            assert!(row.clauses.iter().all(|c| c.starts_with(['2', '4', '5', '6', '7'])));
        }
    }
}
