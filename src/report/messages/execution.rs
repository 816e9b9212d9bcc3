//! What came of it: one test case for each scenario, with its evidence attached.

use serde_json::{Value, json};

use crate::record::{Cause, Finding, Scenario, Step, Verdict};
use crate::report::{Ladder, clean, findings, ladder};

use super::moment::{Start, duration};

/// Messages of a ladder that is attached; the capture has all of them.
const LADDER_MESSAGES: usize = 200;

/// The hook that stands for what is judged after the last step.
pub(super) const AFTER: &str = "after";
/// The definition that stands for all phrases.
pub(super) const PHRASES: &str = "phrases";

/// The test case of a scenario: its steps, and a hook where something was found that
/// belongs to none of them.
pub(super) fn test_case(index: usize, scenario: &Scenario) -> Value {
    let mut steps: Vec<Value> = (0..scenario.steps.len())
        .map(|n| {
            json!({
                "id": format!("step-{index}-{n}"),
                "pickleStepId": format!("pickle-{index}-{n}"),
                "stepDefinitionIds": [PHRASES],
                "stepMatchArgumentsLists": [{ "stepMatchArguments": [] }],
            })
        })
        .collect();
    steps.push(json!({ "id": format!("step-{index}-after"), "hookId": AFTER }));
    json!({ "testCase": {
        "id": format!("case-{index}"),
        "pickleId": format!("pickle-{index}"),
        "testSteps": steps,
        "testRunStartedId": "run",
    }})
}

/// Envelopes of one execution, each with the second of the run at which it happened.
pub(super) fn execution(index: usize, scenario: &Scenario, start: Start) -> Vec<(f64, Value)> {
    let started = format!("started-{index}");
    let mut out = vec![(
        scenario.started_s,
        json!({ "testCaseStarted": {
            "id": started, "attempt": 0, "testCaseId": format!("case-{index}"),
            "timestamp": start.at(scenario.started_s),
        }}),
    )];
    let end = scenario.started_s + scenario.duration_s;
    let mut stopped = false;
    for (n, step) in scenario.steps.iter().enumerate() {
        let of_step: Vec<&Finding> =
            scenario.findings.iter().filter(|finding| finding.step == step.text).collect();
        let status = if stopped && step.verdict == Verdict::Inconclusive {
            "SKIPPED"
        } else {
            status(step.verdict)
        };
        stopped |= !step.verdict.lets_continue();
        let ran = Ran { case: &started, id: format!("step-{index}-{n}"), start };
        out.extend(ran.envelopes(
            (step.started_s, step.duration_s),
            status,
            &message(step, &of_step),
            of_step.iter().map(|finding| note(finding)).collect(),
        ));
    }
    // The hook: what belongs to no step, and the scenario's files.
    let rest: Vec<&Finding> = scenario
        .findings
        .iter()
        .filter(|finding| scenario.steps.iter().all(|step| step.text != finding.step))
        .collect();
    let worst = rest.iter().map(|finding| finding.verdict).max().unwrap_or_default();
    let texts: Vec<String> = rest.iter().map(|finding| explained(finding)).collect();
    let mut attached: Vec<Value> = rest.iter().map(|finding| note(finding)).collect();
    attached.extend(files(scenario));
    let ran = Ran { case: &started, id: format!("step-{index}-after"), start };
    out.extend(ran.envelopes((end, 0.0), status(worst), &texts.join("\n\n"), attached));
    out.push((
        end,
        json!({ "testCaseFinished": {
            "testCaseStartedId": started, "timestamp": start.at(end), "willBeRetried": false,
        }}),
    ));
    out
}

/// A step that was run.
struct Ran<'a> {
    case: &'a str,
    id: String,
    start: Start,
}

impl Ran<'_> {
    fn envelopes(
        &self,
        (from, length): (f64, f64),
        status: &str,
        message: &str,
        attachments: Vec<Value>,
    ) -> Vec<(f64, Value)> {
        let (case, id) = (self.case, self.id.as_str());
        let to = from + length;
        let mut out = vec![(
            from,
            json!({ "testStepStarted": {
                "testCaseStartedId": case, "testStepId": id, "timestamp": self.start.at(from),
            }}),
        )];
        for mut attachment in attachments {
            attachment["testCaseStartedId"] = json!(case);
            attachment["testStepId"] = json!(id);
            attachment["contentEncoding"] = json!("IDENTITY");
            attachment["timestamp"] = self.start.at(to);
            out.push((to, json!({ "attachment": attachment })));
        }
        let mut result = json!({ "status": status, "duration": duration(length) });
        if !message.is_empty() {
            result["message"] = json!(message);
        }
        out.push((
            to,
            json!({ "testStepFinished": {
                "testCaseStartedId": case, "testStepId": id, "testStepResult": result,
                "timestamp": self.start.at(to),
            }}),
        ));
        out
    }
}

/// Cucumber's status for a verdict. What could not be judged is pending: no failure of
/// the PBX, and no success either.
fn status(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass | Verdict::Note | Verdict::Warn => "PASSED",
        Verdict::Unsupported => "SKIPPED",
        Verdict::Inconclusive => "PENDING",
        Verdict::Fail => "FAILED",
    }
}

/// Why a step did not pass; nothing for one that did.
fn message(step: &Step, of_step: &[&Finding]) -> String {
    if matches!(step.verdict, Verdict::Pass | Verdict::Note | Verdict::Warn) {
        return String::new();
    }
    let texts: Vec<String> = of_step.iter().map(|finding| explained(finding)).collect();
    if texts.is_empty() { clean(&step.observed) } else { texts.join("\n\n") }
}

fn explained(finding: &Finding) -> String {
    let mut lines = vec![format!("{} {}", finding.verdict, clean(&finding.clause))];
    let parts = findings::parts(finding).into_iter().filter(|(label, _)| *label != "step");
    lines.extend(parts.map(|(label, text)| format!("{label}: {text}")));
    lines.join("\n")
}

/// A finding as an attachment.
fn note(finding: &Finding) -> Value {
    json!({
        "mediaType": "text/plain",
        "fileName": format!("{} {}", finding.verdict, finding.cause),
        "body": explained(finding),
    })
}

/// Links to a scenario's files, and the ladder where something went wrong.
fn files(scenario: &Scenario) -> Vec<Value> {
    let mut out = Vec::new();
    let is_worth = scenario
        .findings
        .iter()
        .any(|finding| finding.verdict > Verdict::Warn && finding.cause != Cause::Interrupted);
    if is_worth && !scenario.messages.is_empty() {
        let shape = Ladder { width: 100, most: LADDER_MESSAGES };
        out.push(json!({
            "mediaType": "text/plain", "fileName": "SIP messages", "body": ladder(scenario, shape),
        }));
    }
    // Relative, so that they hold wherever the folder lies.
    let links: Vec<String> =
        scenario.evidence.iter().map(|file| format!("./{}", clean(&file.path))).collect();
    if !links.is_empty() {
        out.push(json!({
            "mediaType": "text/uri-list", "fileName": "evidence", "body": links.join("\n"),
        }));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn statuses(scenario: &Scenario) -> Vec<String> {
        let all = execution(0, scenario, Start::of(""));
        let results = all.iter().filter_map(|(_, one)| one.get("testStepFinished"));
        results.map(|one| one["testStepResult"]["status"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn what_was_not_tried_is_skipped() {
        let mut scenario = sample::failing().scenarios.swap_remove(1);
        let mut later = scenario.steps[0].clone();
        later.verdict = Verdict::Inconclusive;
        scenario.steps.push(later);
        scenario.findings[0].step = scenario.steps[0].text.clone();
        scenario.steps[1].text = "another".to_owned();
        assert_eq!(statuses(&scenario), ["FAILED", "SKIPPED", "PASSED"]);
    }

    #[test]
    fn a_finding_of_no_step_fails_the_hook() {
        let mut scenario = sample::failing().scenarios.swap_remove(1);
        scenario.steps[0].verdict = Verdict::Pass;
        "after the last step".clone_into(&mut scenario.findings[0].step);
        assert_eq!(statuses(&scenario), ["PASSED", "FAILED"]);
        let all = execution(0, &scenario, Start::of(""));
        let bodies: Vec<&str> =
            all.iter().filter_map(|(_, one)| one["attachment"]["body"].as_str()).collect();
        assert!(bodies[0].contains("advice: switch on music on hold"), "{bodies:?}");
        assert!(bodies[1].contains("PBX"), "{bodies:?}");
    }
}
