//! The detection matrix: which step caught which defect of the reference PBX
//! (`pbxcert defects --json`).

use serde::{Deserialize, Serialize};

use super::{Cause, Verdict};

/// What a defect should lead to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Name of the defect.
    pub name: String,
    /// What the PBX does wrong.
    pub does: String,
    /// Where the idea comes from.
    pub seen: String,
    /// Clauses where it should be found, as the guide numbers them.
    pub clauses: Vec<String>,
    /// The cause that should be named.
    pub cause: Cause,
    /// Causes that it brings about besides.
    pub also: Vec<Cause>,
    /// Whether healthy PBXs do the same, so that it is told and not held against them.
    pub shared: bool,
}

impl Expected {
    /// Whether it shows only in scenarios beyond the guide: its run has no others.
    pub fn is_beyond(&self) -> bool {
        self.clauses.iter().all(|clause| clause.starts_with("B."))
    }
}

/// How a defect fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A finding at an expected clause names the expected cause.
    Caught,
    /// This machine was too late to judge, twice.
    Unjudged,
    /// Something was found at an expected clause, and another cause named.
    Misnamed,
    /// Nothing was found where it was expected.
    Missed,
}

impl Outcome {
    /// The word used in every report.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::Unjudged => "unjudged",
            Self::Misnamed => "misnamed",
            Self::Missed => "missed",
        }
    }
}

/// A finding of a run, as far as the matrix needs it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Clause of its scenario.
    pub clause: String,
    /// The step that found it.
    pub step: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// The cause that it names.
    pub cause: Cause,
    /// What was observed.
    pub observed: String,
    /// When its step was judged, s from the start of its scenario; 0 where no step is.
    pub after_s: f64,
}

/// A row of the matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// What should have been found.
    #[serde(flatten)]
    pub expected: Expected,
    /// How it fared.
    pub outcome: Outcome,
    /// The first finding that names the cause at an expected clause.
    pub caught_by: Option<Found>,
    /// Verdict of each clause that ran, in the order of the plan.
    pub verdicts: Vec<(String, Verdict)>,
    /// Everything that was found and is explained.
    pub found: Vec<Found>,
    /// Findings that the defect does not explain.
    pub false_alarms: Vec<Found>,
    /// Talk of its run, s.
    pub talk_s: f64,
    /// Wall time of its run, s.
    pub duration_s: f64,
}

/// A run without a defect, in between.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CleanRun {
    /// Scenarios that passed.
    pub passed: usize,
    /// Scenarios that the setting's profile disclaims, as 4.1.1.1 where nobody registers.
    /// Matrices written before this field have none.
    #[serde(default)]
    pub disclaimed: usize,
    /// Every finding: none is right.
    pub false_alarms: Vec<Found>,
    /// Wall time, s.
    pub duration_s: f64,
}

/// How many of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Defects that were tried.
    pub defects: usize,
    /// Caught.
    pub caught: usize,
    /// Missed.
    pub missed: usize,
    /// Misnamed.
    pub misnamed: usize,
    /// Not judged.
    pub unjudged: usize,
    /// Findings that nothing explains, clean runs included.
    pub false_alarms: usize,
}

/// The whole matrix.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DetectionMatrix {
    /// Version of pbxcert.
    pub tool_version: String,
    /// UTC start, RFC 3339.
    pub started: String,
    /// Whether it ended before all were tried.
    pub interrupted: bool,
    /// Wall time of everything, s.
    pub wall_s: f64,
    /// How many runs stood side by side.
    pub jobs: usize,
    /// Clauses of the plan, in its order.
    pub clauses: Vec<String>,
    /// Clauses beyond the guide that the runs of some defects had instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beyond: Vec<String>,
    /// A row for each defect.
    pub defects: Vec<Detection>,
    /// The clean runs in between.
    pub clean: Vec<CleanRun>,
    /// How many of each.
    pub totals: Totals,
}

impl DetectionMatrix {
    /// Counts anew.
    pub fn count(&mut self) {
        let of = |outcome| self.defects.iter().filter(|row| row.outcome == outcome).count();
        let unexplained: usize = self.defects.iter().map(|row| row.false_alarms.len()).sum();
        let of_clean: usize = self.clean.iter().map(|run| run.false_alarms.len()).sum();
        self.totals = Totals {
            defects: self.defects.len(),
            caught: of(Outcome::Caught),
            missed: of(Outcome::Missed),
            misnamed: of(Outcome::Misnamed),
            unjudged: of(Outcome::Unjudged),
            false_alarms: unexplained + of_clean,
        };
    }
}
