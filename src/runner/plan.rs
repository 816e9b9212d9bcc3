//! The plan: every scenario that will run, read and checked before anything is sent.

use cucumber::feature::Ext as _;
use cucumber::gherkin::{Feature, GherkinEnv, Scenario};
use cucumber::step::Collection;

use super::features::{FeatureFile, digest};
use super::{PlanError, PlanProblem, Selection};
use crate::profile::Profile;
use crate::record::FeatureSource;
use crate::steps::{Need, World, collection};

/// One scenario of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Clause as the guide numbers it, with our letter where it was split.
    pub clause: String,
    /// Title, with the values of an outline filled in.
    pub title: String,
    /// `file:line`.
    pub source: String,
    /// What it needs of the profile.
    pub need: Need,
    /// Every tag, without `@`.
    pub tags: Vec<String>,
    /// The steps' texts.
    pub steps: Vec<String>,
    /// Name of its folder of evidence, unique in the plan.
    pub folder: String,
    /// Position in the plan.
    pub index: usize,
}

/// A checked plan.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its scenarios, in the order of the guide.
    pub scenarios: Vec<Planned>,
    /// SHA-256 of all feature files, selected or not.
    pub digest: String,
    /// The selection.
    pub selection: Selection,
    /// Whether it is the built-in plan.
    pub built_in: bool,
    /// The feature files of its scenarios.
    pub sources: Vec<FeatureSource>,
    pub(super) features: Vec<Feature>,
}

impl Plan {
    /// Parses, checks and selects.
    pub fn read(
        files: &[FeatureFile],
        selection: Selection,
        built_in: bool,
    ) -> Result<Self, PlanError> {
        let phrases = collection();
        let mut problems = Vec::new();
        let mut features = Vec::new();
        for file in files {
            match parse(file) {
                Ok(feature) => {
                    problems.extend(complaints(file, &feature, &phrases));
                    features.push((file, feature));
                }
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(PlanError::Features(problems));
        }
        let mut scenarios: Vec<Planned> = Vec::new();
        let mut kept = Vec::new();
        let mut sources = Vec::new();
        for (file, mut feature) in features {
            let feature_tags = feature.tags.clone();
            feature.scenarios.retain(|scenario| {
                let mut planned = planned(file, &feature_tags, scenario);
                let taken = selection.takes(&planned.clause, &planned.tags);
                if taken {
                    let earlier =
                        scenarios.iter().filter(|other| other.clause == planned.clause).count();
                    planned.folder = match earlier {
                        0 => planned.clause.clone(),
                        n => format!("{}-{}", planned.clause, n + 1),
                    };
                    planned.index = scenarios.len();
                    scenarios.push(planned);
                }
                taken
            });
            if !feature.scenarios.is_empty() {
                let (uri, text) = (file.name.clone(), file.text.clone());
                sources.push(FeatureSource { uri, text });
                kept.push(feature);
            }
        }
        if scenarios.is_empty() {
            return Err(PlanError::Empty { selection: selection.words() });
        }
        Ok(Self { scenarios, digest: digest(files), selection, built_in, sources, features: kept })
    }

    /// Complains where the profile is too small for a scenario.
    pub fn fits(&self, profile: &Profile) -> Result<(), PlanError> {
        for planned in &self.scenarios {
            if let Some(lacking) = planned.need.lacking_in(profile) {
                let (clause, title) = (planned.clause.clone(), planned.title.clone());
                return Err(PlanError::Profile { clause, title, lacking });
            }
        }
        Ok(())
    }

    /// The planned form of a scenario that cucumber runs.
    pub(super) fn planned(&self, scenario: &Scenario) -> Option<&Planned> {
        self.scenarios.iter().find(|planned| {
            planned.title == scenario.name
                && planned.source.rsplit_once(':').map(|(_, line)| line)
                    == Some(&scenario.position.line.to_string())
        })
    }

    /// Why a pass of this plan is no certification, as far as the plan goes.
    pub fn relaxations(&self) -> Vec<String> {
        let mut found = Vec::new();
        if !self.built_in {
            found.push("feature files other than the built-in ones".to_owned());
        }
        if !self.selection.is_all() {
            found.push(format!("only a part of the plan: {}", self.selection.words()));
        }
        let missing: Vec<String> = (2..=7)
            .map(|section| section.to_string())
            .filter(|section| {
                !self.scenarios.iter().any(|s| s.clause.split('.').next() == Some(section))
            })
            .collect();
        if !missing.is_empty() {
            found.push(format!("no scenario of guide section {}", missing.join(", ")));
        }
        found
    }
}

fn parse(file: &FeatureFile) -> Result<Feature, PlanProblem> {
    let problem = |line, what: String| PlanProblem {
        file: file.name.clone(),
        line,
        what,
        remedy: "see the Gherkin reference: Feature, Scenario, Given/When/Then, Examples".into(),
    };
    let feature = Feature::parse(&file.text, GherkinEnv::default()).map_err(|error| {
        let (line, what) = syntax(&error.to_string());
        problem(line, what)
    })?;
    feature
        .expand_examples()
        .map_err(|error| problem(error.pos.line, format!("the outline cannot be filled: {error}")))
}

/// Line and text of the parser's complaint ("error at 3:5: expected …").
fn syntax(error: &str) -> (usize, String) {
    let mut numbers = error
        .split(|c: char| !(c.is_ascii_digit() || c == ':'))
        .filter_map(|part| part.split_once(':'))
        .filter_map(|(line, column)| Some((line.parse().ok()?, column.parse::<usize>().ok()?)));
    let line = numbers.next().map_or(0, |(line, _)| line);
    (line, format!("not Gherkin: {}", error.lines().next().unwrap_or_default()))
}

fn complaints(
    file: &FeatureFile,
    feature: &Feature,
    phrases: &Collection<World>,
) -> Vec<PlanProblem> {
    let mut found = Vec::new();
    let mut complain = |line, what: String, remedy: &str| {
        let remedy = remedy.to_owned();
        found.push(PlanProblem { file: file.name.clone(), line, what, remedy });
    };
    let clause = |tags: &[String]| tags.iter().any(|tag| tag.starts_with("guide-"));
    if feature.scenarios.is_empty() {
        complain(feature.position.line, "the feature has no scenario".into(), "add one");
    }
    // Gherkin takes a misspelt `Scenari:` or `Gven` for a description.
    for line in feature.description.iter().flat_map(|text| text.lines()) {
        if looks_like_keyword(line) {
            let at = line_of(&file.text, line, feature.position.line);
            let what = format!("`{}` is read as a description", line.trim());
            complain(at, what, "is a keyword misspelt? Scenario:, Scenario Outline:, Examples:");
        }
    }
    for scenario in &feature.scenarios {
        if let Some(text) = &scenario.description {
            let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            let at = line_of(&file.text, first, scenario.position.line);
            let what = format!("`{}` is read as a description, not as a step", first.trim());
            complain(at, what, "begin every step with Given, When, Then, And or But");
        }
        if scenario.steps.is_empty() {
            complain(scenario.position.line, "the scenario has no step".into(), "add some");
        }
        if !clause(&feature.tags) && !clause(&scenario.tags) {
            let what = format!("`{}` names no clause", scenario.name);
            complain(scenario.position.line, what, "tag it or its feature, as in @guide-7.1.1");
        }
        for step in &scenario.steps {
            let what = match phrases.find(step) {
                Ok(Some(_)) => continue,
                Ok(None) => format!("unknown step `{} {}`", step.keyword.trim(), step.value),
                Err(error) => format!("ambiguous step `{}`: {error}", step.value),
            };
            complain(
                step.position.line,
                what,
                "`pbxcert list --phrases` shows every phrase that a step may use",
            );
        }
    }
    found
}

fn looks_like_keyword(line: &str) -> bool {
    let line = line.trim();
    let colon = line.split_once(':').is_some_and(|(head, _)| {
        !head.is_empty() && head.len() < 20 && head.chars().all(|c| c.is_alphabetic() || c == ' ')
    });
    colon || line.starts_with('|')
}

/// Line number of a text at or after another line, from 1.
fn line_of(text: &str, wanted: &str, after: usize) -> usize {
    text.lines()
        .enumerate()
        .skip(after.saturating_sub(1))
        .find(|(_, line)| line.trim() == wanted.trim())
        .map_or(after, |(index, _)| index + 1)
}

fn planned(file: &FeatureFile, feature_tags: &[String], scenario: &Scenario) -> Planned {
    let clause =
        |tags: &[String]| tags.iter().find_map(|tag| tag.strip_prefix("guide-").map(str::to_owned));
    let mut tags = feature_tags.to_vec();
    tags.extend(scenario.tags.iter().cloned());
    Planned {
        clause: clause(&scenario.tags).or_else(|| clause(feature_tags)).unwrap_or_default(),
        title: scenario.name.clone(),
        source: format!("{}:{}", file.name, scenario.position.line),
        need: Need::from_tags(tags.iter().map(String::as_str)),
        steps: scenario.steps.iter().map(|s| format!("{}{}", s.keyword, s.value)).collect(),
        folder: String::new(),
        index: 0,
        tags,
    }
}

#[cfg(test)]
mod tests {
    use super::super::built_in;
    use super::*;

    fn read(text: &str) -> Result<Plan, PlanError> {
        let file = FeatureFile { name: "x.feature".into(), text: text.into() };
        Plan::read(&[file], Selection::default(), false)
    }

    fn complaint(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn the_built_in_plan_has_every_clause_of_sections_6_and_7() {
        let plan = Plan::read(&built_in(), Selection::default(), true).unwrap();
        let mut clauses: Vec<&str> = plan.scenarios.iter().map(|s| s.clause.as_str()).collect();
        clauses.dedup();
        let expected = [
            "6.1", "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b",
            "7.2.1", "7.2.2",
        ];
        assert_eq!(clauses, expected);
        assert!(plan.scenarios.iter().any(|s| s.title.contains("User B calls out")));
        let mut folders: Vec<&str> = plan.scenarios.iter().map(|s| s.folder.as_str()).collect();
        folders.dedup();
        assert_eq!(folders.len(), plan.scenarios.len());
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
}
