//! Findings in the order in which people should read them.

use crate::record::{Finding, Run, Scenario};

/// Every finding of the run with its scenario, worst first, otherwise in the order
/// of the run.
pub(super) fn worst_first(run: &Run) -> Vec<(&Scenario, &Finding)> {
    let mut all: Vec<(&Scenario, &Finding)> = run
        .scenarios
        .iter()
        .flat_map(|scenario| scenario.findings.iter().map(move |finding| (scenario, finding)))
        .collect();
    all.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.verdict));
    all
}

/// The parts of a finding that reports show, with their labels; empty ones left out.
pub(super) fn parts(finding: &Finding) -> Vec<(&'static str, String)> {
    let evidence = finding.evidence.join(", ");
    [
        ("step", finding.step.clone()),
        ("expected", finding.expected.clone()),
        ("observed", finding.observed.clone()),
        ("cause", finding.cause.to_string()),
        ("advice", finding.advice.clone()),
        ("evidence", evidence),
    ]
    .into_iter()
    .filter(|(_, text)| !text.trim().is_empty())
    .map(|(label, text)| (label, super::clean(&text)))
    .collect()
}
