//! All envelopes in the order in which a Cucumber would have written them.

use serde_json::{Value, json};

use crate::record::{Run, Verdict};
use crate::report::{clean, outcome};

use super::document::documents;
use super::execution::{AFTER, PHRASES, execution, test_case};
use super::moment::Start;

/// Version of the messages' schema that this writes.
const PROTOCOL: &str = "34.2.1";

/// The run as Cucumber Messages, newline-delimited JSON.
pub fn cucumber_messages(run: &Run) -> String {
    let start = Start::of(&run.started);
    let unknown = json!({ "name": "not recorded" });
    let mut all = vec![json!({ "meta": {
        "protocolVersion": PROTOCOL,
        "implementation": { "name": "pbxcert", "version": clean(&run.tool_version) },
        "runtime": { "name": "pbxcert", "version": clean(&run.tool_version) },
        "os": unknown, "cpu": unknown,
    }})];
    all.extend(documents(run));
    all.push(json!({ "stepDefinition": {
        "id": PHRASES,
        "pattern": { "type": "REGULAR_EXPRESSION", "source": ".*" },
        "sourceReference": { "uri": "src/steps" },
    }}));
    all.push(json!({ "hook": {
        "id": AFTER, "name": "after the last step", "type": "AFTER_TEST_CASE",
        "sourceReference": { "uri": "src/steps/closing.rs" },
    }}));
    all.push(json!({ "testRunStarted": { "id": "run", "timestamp": start.at(0.0) } }));
    let scenarios = || run.scenarios.iter().enumerate();
    all.extend(scenarios().map(|(index, scenario)| test_case(index, scenario)));
    let mut timed: Vec<(f64, Value)> =
        scenarios().flat_map(|(index, scenario)| execution(index, scenario, start)).collect();
    // Scenarios ran side by side; the sort keeps the order within each.
    timed.sort_by(|a, b| a.0.total_cmp(&b.0));
    all.extend(timed.into_iter().map(|(_, envelope)| envelope));
    let success = !run.interrupted
        && !run.scenarios.is_empty()
        && !matches!(run.verdict, Verdict::Fail | Verdict::Inconclusive);
    all.push(json!({ "testRunFinished": {
        "success": success, "message": outcome(run), "timestamp": start.at(run.wall_s),
        "testRunStartedId": "run",
    }}));
    let mut out = String::new();
    for envelope in all {
        out.push_str(&envelope.to_string());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn read(run: &Run) -> Vec<Value> {
        cucumber_messages(run).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn every_id_that_is_named_was_defined_before() {
        for run in [sample::passing(), sample::failing(), sample::hostile(), Run::default()] {
            let mut known = std::collections::HashSet::new();
            for envelope in read(&run) {
                visit(&envelope, &mut |key, value| {
                    let ids: Vec<&str> = match value {
                        Value::String(id) => vec![id],
                        Value::Array(ids) => ids.iter().filter_map(Value::as_str).collect(),
                        _ => Vec::new(),
                    };
                    if key.ends_with("Id") || key.ends_with("Ids") {
                        for id in ids {
                            assert!(known.contains(id), "{key} {id}");
                        }
                    } else if key == "id" {
                        known.extend(ids.into_iter().map(str::to_owned));
                    }
                });
            }
        }
    }

    fn visit(value: &Value, each: &mut impl FnMut(&str, &Value)) {
        match value {
            Value::Object(fields) => {
                for (key, inner) in fields {
                    each(key, inner);
                    visit(inner, each);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| visit(item, each)),
            _ => {}
        }
    }

    #[test]
    fn a_run_that_failed_or_was_cut_is_no_success() {
        let success = |run: &Run| read(run).last().unwrap()["testRunFinished"]["success"].clone();
        assert_eq!(success(&sample::passing()), true);
        assert_eq!(success(&sample::failing()), false);
        assert_eq!(success(&sample::interrupted()), false);
        assert_eq!(success(&Run::default()), false);
    }
}
