//! One scenario of one run in the table.

use crate::record::{Scenario, Verdict};

/// A scenario, and where it stands on the page of its run.
#[derive(Debug, Clone)]
pub(super) struct Cell<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) anchor: String,
}

/// What the signs mean, in one line.
pub(super) const LEGEND: &[(&str, &str)] = &[
    ("✓", "pass or note"),
    ("!", "warn"),
    ("✗", "fail"),
    ("?", "inconclusive"),
    ("–", "unsupported, or not in that run"),
];

/// The sign of a verdict; of `None`, where a run does not have the scenario.
pub(super) fn sign(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Pass | Verdict::Note) => "✓",
        Some(Verdict::Warn) => "!",
        Some(Verdict::Fail) => "✗",
        Some(Verdict::Inconclusive) => "?",
        Some(Verdict::Unsupported) | None => "–",
    }
}

/// The word for it.
pub(super) fn word(verdict: Option<Verdict>) -> &'static str {
    verdict.map_or("absent", Verdict::word)
}

/// Time that a scenario spent on neither the guide's durations nor listening: what the
/// PBX, and this machine, took to react, s. It does not depend on `--talk`.
pub(super) fn reaction_s(scenario: &Scenario) -> f64 {
    (scenario.duration_s - scenario.mandated_s).max(0.0)
}
