//! From feature files and a selection to a plan, and from a plan to a run's record.
//!
//! Everything that can be wrong with a plan is found before anything is sent.

mod features;
mod hooks;
mod panics;
mod plan;
mod problem;
mod run;
mod selection;
mod silent;

pub use features::{FeatureFile, built_in, from_folder};
pub use plan::{Plan, Planned};
pub use problem::{PlanError, PlanProblem};
pub use run::{Header, RunSpec, run};
pub use selection::Selection;
