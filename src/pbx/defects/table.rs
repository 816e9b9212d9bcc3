//! The table of defects.

use crate::record::Cause;

/// One way to be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Defect {
    /// The caller hears nothing.
    OneWayAudio,
    /// Hold without music.
    SilentHold,
    /// The trunk's own number is shown.
    WrongCallerId,
    /// Two concurrent calls hear each other's parties.
    CrossedAudio,
    /// The other party never learns of a hang-up.
    ByeNotPropagated,
    /// REFER gets 405.
    ReferRefused,
    /// Another user rings.
    WrongUserRings,
    /// The caller never learns of the answer.
    NoAnswer,
}

/// What is known of a defect.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The defect.
    pub defect: Defect,
    /// Its name on the command line.
    pub name: &'static str,
    /// What the PBX does wrong.
    pub does: &'static str,
    /// Guide clauses that should fail, as the guide numbers them.
    pub clauses: &'static [&'static str],
    /// The cause that should be named.
    pub cause: Cause,
}

/// Every defect.
const TABLE: &[Row] = &[
    Row {
        defect: Defect::OneWayAudio,
        name: "one-way-audio",
        does: "relays RTP from the caller to the callee but not back",
        clauses: &[
            "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b", "7.2.1",
            "7.2.2",
        ],
        cause: Cause::OneWayAudio,
    },
    Row {
        defect: Defect::SilentHold,
        name: "silent-hold",
        does: "accepts hold and sends the held party no RTP at all",
        clauses: &["7.1.1", "7.1.3"],
        cause: Cause::HoldSilent,
    },
    Row {
        defect: Defect::WrongCallerId,
        name: "wrong-caller-id",
        does: "shows the trunk's own number on every call from or to the outside",
        clauses: &["7.1.1"],
        cause: Cause::WrongCallerId,
    },
    Row {
        defect: Defect::CrossedAudio,
        name: "crossed-audio",
        does: "relays the audio of two concurrent calls crossed",
        clauses: &["7.2.1", "7.2.2"],
        cause: Cause::CrossedAudio,
    },
    Row {
        defect: Defect::ByeNotPropagated,
        name: "bye-not-propagated",
        does: "answers the BYE of one party and never tells the other",
        clauses: &["7.1.2", "7.1.4a", "7.2.1", "7.2.2"],
        cause: Cause::HangupNotPropagated,
    },
    Row {
        defect: Defect::ReferRefused,
        name: "refer-refused",
        does: "answers every REFER with 405",
        clauses: &["6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4b"],
        cause: Cause::TransferRefused,
    },
    Row {
        defect: Defect::WrongUserRings,
        name: "wrong-user-rings",
        does: "rings the next user when a user's direct number is dialled",
        clauses: &["6.4", "6.5", "7.1.1", "7.1.2", "7.2.1"],
        cause: Cause::WrongPartyRung,
    },
    Row {
        defect: Defect::NoAnswer,
        name: "no-answer",
        does: "never passes the callee's 200 on to the caller",
        clauses: &[
            "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b", "7.2.1",
            "7.2.2",
        ],
        cause: Cause::AnswerNotRelayed,
    },
];

impl Defect {
    /// Every row, in the order of the table.
    pub const fn table() -> &'static [Row] {
        TABLE
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        TABLE.iter().find(|row| row.defect == self).map_or("", |row| row.name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_defect_has_one_row_with_name_clause_and_cause() {
        let names: HashSet<&str> = TABLE.iter().map(|row| row.name).collect();
        let defects: HashSet<Defect> = TABLE.iter().map(|row| row.defect).collect();
        assert_eq!(names.len(), TABLE.len());
        assert_eq!(defects.len(), TABLE.len());
        for row in TABLE {
            assert_eq!(row.defect.name(), row.name);
            assert!(!row.does.is_empty() && !row.clauses.is_empty(), "{}", row.name);
            assert!(row.clauses.iter().all(|c| c.starts_with(['2', '4', '6', '7'])));
            assert!(!row.cause.name().is_empty());
        }
        for listed in [
            "one-way-audio",
            "silent-hold",
            "wrong-caller-id",
            "crossed-audio",
            "bye-not-propagated",
            "refer-refused",
            "wrong-user-rings",
            "no-answer",
        ] {
            assert!(names.contains(listed), "{listed}");
        }
    }
}
