//! Findings in the order in which people should read them.

use super::clean::short;
use crate::record::{Cause, Finding, Run, Scenario, Verdict};

/// Characters of one part of a finding that are shown: a PBX may have written some of them.
const LONGEST: usize = 2000;

/// Every finding of the run with its scenario, worst first, otherwise in the order
/// of the run.
fn worst_first(run: &Run) -> Vec<(&Scenario, &Finding)> {
    let mut all: Vec<(&Scenario, &Finding)> = run
        .scenarios
        .iter()
        .flat_map(|scenario| scenario.findings.iter().map(move |finding| (scenario, finding)))
        .collect();
    all.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.verdict));
    all
}

/// Findings that say the same, worst first: many clauses, and many parties, suffer from one
/// cause.
pub(super) struct Group<'a> {
    /// The one that is shown.
    pub(super) first: (&'a Scenario, &'a Finding),
    rest: Vec<(&'a Scenario, &'a Finding)>,
}

impl Group<'_> {
    /// Where else it was found, by verdict: `inconclusive in 6.2 (twice), 6.3`.
    pub(super) fn also(&self) -> String {
        let mut told: Vec<String> = Vec::new();
        for verdict in Verdict::ALL.into_iter().rev() {
            let mut clauses: Vec<(String, usize)> = Vec::new();
            for (scenario, _) in self.rest.iter().filter(|(_, f)| f.verdict == verdict) {
                match clauses.last_mut().filter(|(last, _)| *last == scenario.clause) {
                    Some((_, times)) => *times += 1,
                    None => clauses.push((scenario.clause.clone(), 1)),
                }
            }
            let clauses: Vec<String> = clauses
                .into_iter()
                .map(|(clause, times)| match times {
                    1 => super::clean(&clause),
                    2 => format!("{} (twice)", super::clean(&clause)),
                    times => format!("{} ({times} times)", super::clean(&clause)),
                })
                .collect();
            if !clauses.is_empty() {
                told.push(format!("{} in {}", verdict.word(), clauses.join(", ")));
            }
        }
        told.join("; ")
    }
}

/// The findings of the run, those of other clauses that say the same under the first.
pub(super) fn grouped(run: &Run) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (scenario, finding) in worst_first(run) {
        let says = |f: &Finding| -> (Cause, String, String) {
            (f.cause, f.observed.clone(), f.advice.clone())
        };
        match groups.iter_mut().find(|group| says(group.first.1) == says(finding)) {
            Some(group) => group.rest.push((scenario, finding)),
            None => groups.push(Group { first: (scenario, finding), rest: Vec::new() }),
        }
    }
    groups
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
    .map(|(label, text)| (label, short(&text, LONGEST)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(clause: &str, verdict: Verdict, observed: &str) -> Scenario {
        let finding = Finding {
            clause: clause.to_owned(),
            verdict,
            expected: "User A is registered".to_owned(),
            observed: observed.to_owned(),
            cause: Cause::NoResponse,
            advice: String::new(),
            step: String::new(),
            evidence: Vec::new(),
        };
        Scenario { clause: clause.to_owned(), findings: vec![finding], ..Scenario::default() }
    }

    #[test]
    fn what_is_said_many_times_is_shown_once_with_the_other_clauses() {
        let mut of_user_b = scenario("6.2", Verdict::Inconclusive, "silence");
        of_user_b.findings[0].expected = "User B is registered".to_owned();
        let run = Run {
            scenarios: vec![
                scenario("6.1", Verdict::Fail, "silence"),
                scenario("6.2", Verdict::Inconclusive, "silence"),
                of_user_b,
                scenario("6.3", Verdict::Inconclusive, "silence"),
                scenario("6.4", Verdict::Inconclusive, "noise"),
            ],
            ..Run::default()
        };
        let groups = grouped(&run);
        let also: Vec<String> = groups.iter().map(Group::also).collect();
        assert_eq!(also, ["inconclusive in 6.2 (twice), 6.3", ""]);
        assert_eq!(groups[0].first.0.clause, "6.1");
    }
}
