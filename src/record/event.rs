//! What the runner tells while a run goes on.

use super::{Run, Scenario, Verdict};

/// A step of progress. One sender, any number of listeners: the terminal, the
/// writer of the partial record.
#[derive(Debug, Clone)]
pub enum Event {
    /// The plan is fixed; the run has no scenarios yet.
    RunStarted {
        /// Header of the record.
        run: Box<Run>,
        /// How many scenarios will run.
        planned: usize,
    },
    /// A scenario has its leases and begins.
    ScenarioStarted {
        /// Clause.
        clause: String,
        /// Title.
        title: String,
    },
    /// A step begins; what it waits for is in its text.
    StepStarted {
        /// Clause of its scenario.
        clause: String,
        /// Title of its scenario.
        title: String,
        /// The step.
        text: String,
    },
    /// A step is judged.
    StepFinished {
        /// Clause of its scenario.
        clause: String,
        /// Title of its scenario.
        title: String,
        /// The step.
        text: String,
        /// Its verdict.
        verdict: Verdict,
    },
    /// A scenario is over and its evidence written.
    ScenarioFinished(Box<Scenario>),
    /// The run is over.
    RunFinished(Box<Run>),
}
