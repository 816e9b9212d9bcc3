//! What is wrong with a plan, with file, line and remedy.

use std::fmt;
use std::path::PathBuf;

/// One complaint about a feature file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanProblem {
    /// The file as it was named.
    pub file: String,
    /// Line from 1; 0 where there is none.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for PlanProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}\n  {}", self.file, self.what, self.remedy)
        } else {
            write!(f, "{}:{}: {}\n  {}", self.file, self.line, self.what, self.remedy)
        }
    }
}

/// A plan that cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Feature files that are wrong.
    #[error("{}", list(.0))]
    Features(Vec<PlanProblem>),
    /// A folder that cannot be read.
    #[error("{folder} cannot be read: {source}\n  name a folder with .feature files in it")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// `--tags` is no tag expression.
    #[error(
        "`--tags {expression}` is no tag expression: {reason}\n  write for example `@guide-7.1.1 or @guide-6.2`, `not @desk-phone`"
    )]
    Tags {
        /// The expression.
        expression: String,
        /// Why not.
        reason: String,
    },
    /// Nothing is selected.
    #[error("{selection} selects no scenario\n  `pbxcert list` shows every clause and tag")]
    Empty {
        /// The selection in words.
        selection: String,
    },
    /// The profile has too few of something.
    #[error(
        "the profile is too small for {clause} ({title}): it needs {lacking}\n  add it, or leave the clause out with --only or --tags"
    )]
    Profile {
        /// Clause.
        clause: String,
        /// Title.
        title: String,
        /// What is lacking.
        lacking: String,
    },
}

fn list(problems: &[PlanProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
