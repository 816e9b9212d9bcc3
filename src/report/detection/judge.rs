//! Whether a run found what its defect does, named it rightly, and found nothing else.

use crate::record::{
    AFTER_THE_LAST_STEP, Cause, CleanRun, Detection, Expected, Finding, Found, Outcome, Run,
    Scenario, Verdict,
};

/// Judges the run of a PBX that has the defect.
pub fn detection(run: &Run, expected: Expected, talk_s: f64) -> Detection {
    let (found, false_alarms): (Vec<Found>, Vec<Found>) = findings(run)
        .filter(|found| !is_no_word_on_the_pbx(found))
        .partition(|found| explains(&expected, found));
    let caught_by = found.iter().find(|found| catches(&expected, found)).cloned();
    let late = findings(run).any(|found| found.cause == Cause::HarnessLate);
    let at_expected = |found: &Found| {
        expected.clauses.contains(&found.clause)
            && matches!(found.verdict, Verdict::Fail | Verdict::Warn)
    };
    let outcome = if caught_by.is_some() {
        Outcome::Caught
    } else if late {
        Outcome::Unjudged
    } else if found.iter().chain(&false_alarms).any(at_expected) {
        Outcome::Misnamed
    } else {
        Outcome::Missed
    };
    Detection {
        outcome,
        caught_by,
        verdicts: verdicts(run),
        found,
        false_alarms,
        talk_s,
        duration_s: run.wall_s,
        expected,
    }
}

/// Judges a run without a defect: whatever it found is a false alarm.
pub fn clean_run(run: &Run) -> CleanRun {
    CleanRun {
        passed: run.count(Verdict::Pass),
        disclaimed: run.count(Verdict::Unsupported),
        false_alarms: findings(run).filter(|found| !is_no_word_on_the_pbx(found)).collect(),
        duration_s: run.wall_s,
    }
}

fn findings(run: &Run) -> impl Iterator<Item = Found> + '_ {
    run.scenarios
        .iter()
        .flat_map(|scenario| scenario.findings.iter().map(|finding| found(scenario, finding)))
}

fn found(scenario: &Scenario, finding: &Finding) -> Found {
    let step = scenario.steps.iter().find(|step| step.text == finding.step);
    Found {
        clause: scenario.clause.clone(),
        step: finding.step.clone(),
        verdict: finding.verdict,
        cause: finding.cause,
        observed: finding.observed.clone(),
        after_s: step.map_or(0.0, |step| step.started_s + step.duration_s - scenario.started_s),
    }
}

/// What follows from an earlier step, what this machine alone is the cause of, and what the
/// profile disclaims.
fn is_no_word_on_the_pbx(found: &Found) -> bool {
    match found.verdict {
        Verdict::Unsupported => true,
        Verdict::Inconclusive => matches!(found.cause, Cause::EarlierStep | Cause::HarnessLate),
        _ => false,
    }
}

/// Whether the finding is what catches the defect. A note is enough only where healthy
/// PBXs do the same.
fn catches(expected: &Expected, found: &Found) -> bool {
    let counts = match found.verdict {
        Verdict::Fail | Verdict::Warn => true,
        Verdict::Note => expected.shared,
        Verdict::Pass | Verdict::Unsupported | Verdict::Inconclusive => false,
    };
    counts && found.cause == expected.cause && expected.clauses.contains(&found.clause)
}

/// Whether the defect accounts for the finding: its cause, at a clause where it shows.
/// Clauses that need what is broken may be inconclusive wherever they are, and what the figures of
/// all streams tell in the end shows wherever calls happened to last long enough.
fn explains(expected: &Expected, found: &Found) -> bool {
    let cause = found.cause == expected.cause || expected.also.contains(&found.cause);
    let anywhere = found.verdict == Verdict::Inconclusive || found.step == AFTER_THE_LAST_STEP;
    cause && (anywhere || expected.clauses.contains(&found.clause))
}

/// The worst verdict of each clause.
fn verdicts(run: &Run) -> Vec<(String, Verdict)> {
    let mut clauses: Vec<(String, Verdict)> = Vec::new();
    for scenario in &run.scenarios {
        match clauses.iter_mut().find(|(clause, _)| *clause == scenario.clause) {
            Some((_, verdict)) => *verdict = (*verdict).max(scenario.verdict),
            None => clauses.push((scenario.clause.clone(), scenario.verdict)),
        }
    }
    clauses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(clauses: &[&str], cause: Cause) -> Expected {
        Expected {
            name: "silent-hold".to_owned(),
            does: String::new(),
            seen: String::new(),
            clauses: clauses.iter().map(|&clause| clause.to_owned()).collect(),
            cause,
            also: vec![Cause::AudioGaps],
            shared: false,
        }
    }

    fn run(findings: &[(&str, Verdict, Cause)]) -> Run {
        let scenario = |&(clause, verdict, cause): &(&str, Verdict, Cause)| Scenario {
            clause: clause.to_owned(),
            verdict,
            findings: vec![Finding {
                clause: clause.to_owned(),
                verdict,
                expected: String::new(),
                observed: String::new(),
                cause,
                advice: String::new(),
                step: String::new(),
                evidence: Vec::new(),
            }],
            ..Scenario::default()
        };
        Run { scenarios: findings.iter().map(scenario).collect(), ..Run::default() }
    }

    fn judged(findings: &[(&str, Verdict, Cause)]) -> (Outcome, usize) {
        let judged = detection(&run(findings), expected(&["7.1.1"], Cause::HoldSilent), 1.0);
        (judged.outcome, judged.false_alarms.len())
    }

    #[test]
    fn what_the_figures_tell_in_the_end_is_explained_wherever_it_shows() {
        let found = |step: &str, cause| {
            let mut run = run(&[("2.6.1", Verdict::Warn, cause)]);
            run.scenarios[0].findings[0].step = step.to_owned();
            let judged = detection(&run, expected(&["7.1.1"], Cause::HoldSilent), 1.0);
            (judged.outcome, judged.false_alarms.len())
        };
        assert_eq!(found(AFTER_THE_LAST_STEP, Cause::AudioGaps), (Outcome::Missed, 0));
        assert_eq!(found("a step", Cause::AudioGaps), (Outcome::Missed, 1));
        assert_eq!(found(AFTER_THE_LAST_STEP, Cause::PacketOrder), (Outcome::Missed, 1));
    }

    #[test]
    fn only_the_right_cause_at_the_right_clause_is_a_catch() {
        use Verdict::{Fail, Inconclusive, Note, Warn};
        assert_eq!(judged(&[("7.1.1", Fail, Cause::HoldSilent)]), (Outcome::Caught, 0));
        assert_eq!(judged(&[("7.1.1", Warn, Cause::HoldSilent)]), (Outcome::Caught, 0));
        assert_eq!(judged(&[("7.1.1", Note, Cause::HoldSilent)]), (Outcome::Missed, 0));
        assert_eq!(judged(&[("7.1.1", Fail, Cause::HoldNoise)]), (Outcome::Misnamed, 1));
        assert_eq!(judged(&[("7.1.3", Fail, Cause::HoldSilent)]), (Outcome::Missed, 1));
        assert_eq!(judged(&[]), (Outcome::Missed, 0));
        // What it brings about besides is no false alarm, and no catch either.
        assert_eq!(judged(&[("7.1.1", Fail, Cause::AudioGaps)]), (Outcome::Misnamed, 0));
        assert_eq!(judged(&[("7.1.3", Inconclusive, Cause::HoldSilent)]), (Outcome::Missed, 0));
        assert_eq!(judged(&[("7.1.3", Inconclusive, Cause::EarlierStep)]), (Outcome::Missed, 0));
        assert_eq!(judged(&[("7.1.3", Inconclusive, Cause::NoAudio)]), (Outcome::Missed, 1));
        assert_eq!(judged(&[("7.1.1", Inconclusive, Cause::HarnessLate)]), (Outcome::Unjudged, 0));
    }

    #[test]
    fn what_healthy_pbxs_share_is_caught_by_its_note() {
        let shared = Expected { shared: true, ..expected(&["7.1.1"], Cause::HoldSilent) };
        let noted = run(&[("7.1.1", Verdict::Note, Cause::HoldSilent)]);
        assert_eq!(detection(&noted, shared, 1.0).outcome, Outcome::Caught);
    }

    #[test]
    fn a_clean_run_has_no_right_finding_but_lateness() {
        let judged = clean_run(&run(&[
            ("6.2", Verdict::Note, Cause::StreamChanged),
            ("6.3", Verdict::Inconclusive, Cause::HarnessLate),
            ("4.1.1.1", Verdict::Unsupported, Cause::Disclaimed),
        ]));
        assert_eq!((judged.false_alarms.len(), judged.disclaimed), (1, 1));
    }
}
