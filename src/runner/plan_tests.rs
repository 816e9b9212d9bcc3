//! Plans good and bad, and the order in which scenarios begin.

use super::super::built_in;
use super::*;
use crate::record::{PARAGRAPHS, Paragraph, Tested};

fn read(text: &str) -> Result<Plan, PlanError> {
    let file = FeatureFile { name: "x.feature".into(), text: text.into() };
    Plan::read(&[file], Selection::default(), false)
}

fn complaint(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn the_built_in_plan_begins_with_readiness_and_has_every_clause_of_sections_6_and_7() {
    let plan = Plan::read(&built_in(), Selection::default(), true).unwrap();
    let mut clauses: Vec<&str> = plan.scenarios.iter().map(|s| s.clause.as_str()).collect();
    clauses.dedup();
    let sections = |clause: &&str| clause.starts_with(['6', '7']);
    let first = clauses.iter().position(sections).unwrap();
    let readiness = &plan.scenarios[..first];
    assert!(readiness.iter().all(|s| s.tags.iter().any(|tag| tag == "readiness")));
    let clauses = clauses.split_off(first);
    let expected = [
        "6.1", "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b", "7.2.1",
        "7.2.2",
    ];
    assert_eq!(clauses, expected);
    assert!(plan.scenarios.iter().any(|s| s.title.contains("User B calls out")));
    let mut folders: Vec<&str> = plan.scenarios.iter().map(|s| s.folder.as_str()).collect();
    folders.dedup();
    assert_eq!(folders.len(), plan.scenarios.len());
}

#[test]
fn what_is_beyond_the_guide_runs_only_where_it_is_named() {
    let taken = |only: &[&str], tags| {
        let only: Vec<String> = only.iter().map(ToString::to_string).collect();
        let selection = Selection::parse(&only, tags).unwrap();
        Plan::read(&built_in(), selection, true).map_or_else(|_| Vec::new(), |p| p.scenarios)
    };
    let beyond = |s: &Planned| s.clause.starts_with("B.");
    assert!(!taken(&[], None).iter().any(beyond));
    assert!(!taken(&["7"], Some("not @readiness")).iter().any(beyond));
    let all = taken(&[], Some("@beyond"));
    assert!(!all.is_empty() && all.iter().all(beyond));
    assert_eq!(taken(&["b"], None).len(), all.len());
    let whole = taken(&[], Some("@beyond or not @beyond"));
    let first = whole.iter().position(beyond).unwrap();
    assert_eq!(whole[first - 1].clause, "7.2.2");
    assert!(whole[first..].iter().all(beyond), "they come last");
    let mut clauses: Vec<&str> = all.iter().map(|s| s.clause.as_str()).collect();
    clauses.dedup();
    let mut sorted = clauses.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(clauses, sorted);
}

#[test]
fn every_paragraph_of_the_guide_is_tested_or_accounted_for() {
    let plan = Plan::read(&built_in(), Selection::default(), true).unwrap();
    let clauses: Vec<&str> = plan
        .scenarios
        .iter()
        .map(|scenario| scenario.clause.trim_end_matches(|c: char| c.is_ascii_lowercase()))
        .collect();
    for paragraph in PARAGRAPHS {
        let number = paragraph.number;
        let has = clauses.contains(&number);
        assert_eq!(paragraph.tested == Tested::Scenario, has, "{number}");
    }
    for clause in clauses {
        assert!(Paragraph::numbered(clause).is_some(), "{clause} is no paragraph");
    }
    let open = PARAGRAPHS.iter().filter(|p| matches!(p.tested, Tested::NotYet(_)));
    assert_eq!(open.count(), 0);
}

#[test]
fn side_by_side_who_needs_everyone_comes_first_and_then_the_longest() {
    let plan = Plan::read(&built_in(), Selection::default(), true).unwrap();
    let clauses = |jobs| -> Vec<String> {
        let features = plan.features(jobs);
        let first = |feature: &Feature| plan.planned(&feature.scenarios[0]).cloned();
        features.iter().filter_map(first).map(|planned| planned.clause).collect()
    };
    let guide = clauses(1);
    assert_eq!(guide.first().map(String::as_str), Some("2.1"));
    let side_by_side = clauses(8);
    assert_eq!(side_by_side[..2], ["2.6.1", "2.3"]);
    let first_call = side_by_side.iter().position(|clause| clause.starts_with('7')).unwrap();
    assert_eq!(side_by_side[first_call..first_call + 2], ["7.1.1", "7.1.3"]);
    assert_eq!(side_by_side.len(), guide.len());
}

#[test]
fn unknown_steps_and_bad_syntax_name_file_and_line() {
    let text = "@guide-6.1\nFeature: F\n  Scenario: S\n    Given nobody knows\n";
    assert!(complaint(text).starts_with("x.feature:4: unknown step"), "{}", complaint(text));
    let text = "Feature: F\n  Scenario: S\n    Given x\n    | a |\n   Nonsense: y\n";
    let error = complaint(text);
    assert!(error.starts_with("x.feature:"), "{error}");
}

#[test]
fn what_gherkin_swallows_as_a_description_is_an_error() {
    let text = "@guide-6.1\nFeature: F\n  Scenario: S\n    Gven User A registers from Teams\n    \
                Then at least 2 users are registered\n";
    assert!(complaint(text).contains("x.feature:4"), "{}", complaint(text));
    let text = "@guide-6.1\nFeature: F\n  Scenari: S\n    Given User A is registered\n";
    assert!(complaint(text).contains("Scenari"), "{}", complaint(text));
}

#[test]
fn a_selection_that_takes_nothing_is_an_error() {
    let selection = Selection::parse(&["9".into()], None).unwrap();
    let error = Plan::read(&built_in(), selection, true).unwrap_err();
    assert!(matches!(error, PlanError::Empty { .. }), "{error}");
}
