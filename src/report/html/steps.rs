//! The steps of a scenario as the guide prints them: description and expected result.

use serde::Serialize;

use crate::record::{Scenario, Step};

use super::text::{duration, short};

/// One row of the table.
#[derive(Debug, Serialize)]
pub(super) struct StepRow {
    /// `4` of "Step 4", where one begins.
    number: String,
    description: String,
    expected: String,
    observed: String,
    verdict: &'static str,
    time: String,
}

/// Conditions and actions go to the left, expectations to the right; `And` follows what
/// stands above it.
pub(super) fn rows(scenario: &Scenario) -> Vec<StepRow> {
    let mut expects = false;
    scenario
        .steps
        .iter()
        .take(200)
        .map(|step| {
            match step.keyword.trim() {
                "Then" => expects = true,
                "Given" | "When" => expects = false,
                _ => {}
            }
            let (number, text) = numbered(step);
            let (description, expected) =
                if expects { (String::new(), text) } else { (text, String::new()) };
            StepRow {
                number,
                description,
                expected,
                observed: short(&step.observed, 1000),
                verdict: step.verdict.word(),
                time: duration(step.duration_s),
            }
        })
        .collect()
}

/// "Step 4: Place the call on hold" as its number and the rest.
fn numbered(step: &Step) -> (String, String) {
    let text = short(&step.text, 500);
    let Some(guide_step) = &step.guide_step else { return (String::new(), text) };
    let number = short(guide_step.trim_start_matches("Step").trim(), 12);
    let rest =
        text.strip_prefix(guide_step.as_str()).map(|rest| rest.trim_start_matches([':', ' ']));
    (number, rest.unwrap_or(&text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectations_stand_beside_descriptions() {
        let step = |keyword: &str, text: &str, guide_step: Option<&str>| Step {
            keyword: keyword.to_owned(),
            text: text.to_owned(),
            guide_step: guide_step.map(str::to_owned),
            ..Step::default()
        };
        let scenario = Scenario {
            steps: vec![
                step("When", "Step 4: Hold", Some("Step 4")),
                step("Then", "music", None),
                step("And", "no echo", None),
            ],
            ..Scenario::default()
        };
        let seen: Vec<_> = rows(&scenario)
            .into_iter()
            .map(|row| (row.number, row.description, row.expected))
            .collect();
        let text = |number: &str, description: &str, expected: &str| {
            (number.to_owned(), description.to_owned(), expected.to_owned())
        };
        assert_eq!(seen, [text("4", "Hold", ""), text("", "", "music"), text("", "", "no echo")]);
    }
}
