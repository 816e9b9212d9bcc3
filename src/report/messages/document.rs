//! What was to be run: source, Gherkin document and pickles of each feature file.
//!
//! The tree is made from the record, not from the text: outlines are expanded there, and
//! a record tells what ran even where its feature file is not at hand.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::record::{Run, Scenario};
use crate::report::{clean, clean_block};

/// Envelopes of every feature file of the run, in the order of its scenarios.
pub(super) fn documents(run: &Run) -> Vec<Value> {
    let mut order: Vec<&str> = Vec::new();
    let mut by_uri: BTreeMap<&str, Vec<(usize, &Scenario)>> = BTreeMap::new();
    for (index, scenario) in run.scenarios.iter().enumerate() {
        let (uri, _) = place(&scenario.source);
        if !by_uri.contains_key(uri) {
            order.push(uri);
        }
        by_uri.entry(uri).or_default().push((index, scenario));
    }
    let mut out = Vec::new();
    for uri in order {
        let scenarios = by_uri.remove(uri).unwrap_or_default();
        let text = run.features.iter().find(|feature| feature.uri == uri);
        let text = text.map_or_else(|| rebuilt(&scenarios), |feature| feature.text.clone());
        let shown = clean(uri);
        out.push(json!({ "source": {
            "uri": shown, "data": clean_block(&text), "mediaType": "text/x.cucumber.gherkin+plain",
        }}));
        out.push(json!({ "gherkinDocument": {
            "uri": shown, "feature": feature(&text, &scenarios), "comments": [],
        }}));
        out.extend(scenarios.iter().map(|(index, scenario)| pickle(&shown, *index, scenario)));
    }
    out
}

/// File and line of `features/x.feature:12`.
fn place(source: &str) -> (&str, usize) {
    match source.rsplit_once(':') {
        Some((uri, line)) if line.parse::<usize>().is_ok() => {
            (uri, line.parse().unwrap_or_default())
        }
        _ => (source, 1),
    }
}

/// Gherkin for a record that has no sources.
fn rebuilt(scenarios: &[(usize, &Scenario)]) -> String {
    let clause = scenarios.first().map_or("", |(_, scenario)| scenario.clause.as_str());
    let mut text = format!("Feature: {}\n", clean(clause));
    for (_, scenario) in scenarios {
        text.push_str("\n  Scenario: ");
        text.push_str(&clean(&scenario.title));
        text.push('\n');
        for step in &scenario.steps {
            text.push_str("    ");
            text.push_str(&clean(&format!("{} {}", step.keyword, step.text)));
            text.push('\n');
        }
    }
    text
}

fn feature(text: &str, scenarios: &[(usize, &Scenario)]) -> Value {
    let head = Head::of(text);
    let children: Vec<Value> = scenarios
        .iter()
        .map(|(index, scenario)| json!({ "scenario": tree(*index, scenario) }))
        .collect();
    json!({
        "location": { "line": head.line, "column": 1 },
        "tags": head.tags.iter().enumerate().map(|(n, tag)| json!({
            "id": format!("tag-{}-{n}", scenarios.first().map_or(0, |(index, _)| *index)),
            "name": tag,
            "location": { "line": head.line.saturating_sub(1).max(1), "column": 1 },
        })).collect::<Vec<_>>(),
        "language": "en",
        "keyword": "Feature",
        "name": head.name,
        "description": head.description,
        "children": children,
    })
}

fn tree(index: usize, scenario: &Scenario) -> Value {
    let (_, line) = place(&scenario.source);
    let steps: Vec<Value> = scenario
        .steps
        .iter()
        .enumerate()
        .map(|(n, step)| {
            json!({
                "id": format!("node-{index}-{n}"),
                "location": { "line": step.line.max(1), "column": 5 },
                "keyword": format!("{} ", clean(step.keyword.trim())),
                "text": clean(&step.text),
            })
        })
        .collect();
    json!({
        "id": format!("node-{index}"),
        "location": { "line": line.max(1), "column": 3 },
        "tags": [],
        "keyword": "Scenario",
        "name": clean(&scenario.title),
        "description": "",
        "steps": steps,
        "examples": [],
    })
}

fn pickle(uri: &str, index: usize, scenario: &Scenario) -> Value {
    let mut kind = "Unknown";
    let steps: Vec<Value> = scenario
        .steps
        .iter()
        .enumerate()
        .map(|(n, step)| {
            kind = match step.keyword.trim() {
                "Given" => "Context",
                "When" => "Action",
                "Then" => "Outcome",
                _ => kind,
            };
            json!({
                "id": format!("pickle-{index}-{n}"),
                "astNodeIds": [format!("node-{index}-{n}")],
                "type": kind,
                "text": clean(&step.text),
            })
        })
        .collect();
    json!({ "pickle": {
        "id": format!("pickle-{index}"),
        "uri": uri,
        "name": clean(&scenario.title),
        "language": "en",
        "steps": steps,
        "tags": [],
        "astNodeIds": [format!("node-{index}")],
    }})
}

/// What stands above the first scenario of a feature file.
struct Head {
    line: usize,
    name: String,
    tags: Vec<String>,
    description: String,
}

impl Head {
    fn of(text: &str) -> Self {
        let mut head =
            Self { line: 1, name: String::new(), tags: Vec::new(), description: String::new() };
        let mut named = false;
        for (n, line) in text.lines().enumerate() {
            let line = line.trim();
            if named {
                let ends = ["@", "Scenario", "Background", "Rule", "Example", "#"];
                if ends.iter().any(|end| line.starts_with(end)) {
                    break;
                }
                head.description.push_str(&clean(line));
                head.description.push('\n');
            } else if let Some(name) = line.strip_prefix("Feature:") {
                (head.line, head.name, named) = (n + 1, clean(name.trim()), true);
            } else if line.starts_with('@') {
                head.tags.extend(line.split_whitespace().map(clean));
            }
        }
        head.description.truncate(head.description.trim_end().len());
        head
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::FeatureSource;
    use crate::report::sample;

    #[test]
    fn the_feature_is_read_from_its_text() {
        let head =
            Head::of("# x\n@guide-6.2 @slow\nFeature: 6.2 Calls\n  Why.\n\n  @a\n  Scenario: b\n");
        assert_eq!((head.line, head.name.as_str()), (3, "6.2 Calls"));
        assert_eq!(head.tags, ["@guide-6.2", "@slow"]);
        assert_eq!(head.description, "Why.");
    }

    #[test]
    fn scenarios_of_one_file_share_a_document() {
        let mut run = sample::failing();
        run.features = vec![FeatureSource {
            uri: "features/x.feature".to_owned(),
            text: "Feature: X".to_owned(),
        }];
        let all = documents(&run);
        let count = |kind: &str| all.iter().filter(|one| one.get(kind).is_some()).count();
        assert_eq!((count("source"), count("gherkinDocument"), count("pickle")), (1, 1, 3));
        assert_eq!(all[1]["gherkinDocument"]["feature"]["name"], "X");
        run.features.clear();
        assert!(
            documents(&run)[0]["source"]["data"].as_str().unwrap().contains("Scenario: Single")
        );
    }
}
