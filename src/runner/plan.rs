//! The plan: every scenario that will run, read and checked before anything is sent.

use std::cmp::Reverse;

use cucumber::feature::Ext as _;
use cucumber::gherkin::{Feature, GherkinEnv, Scenario};
use cucumber::step::Collection;

use super::features::{FeatureFile, digest};
use super::{PlanError, PlanProblem, Selection};
use crate::profile::Profile;
use crate::record::{FeatureSource, PARAGRAPHS, Tested};
use crate::steps::{Need, Users, World, collection};

/// One scenario of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Clause as the guide numbers it, with our letter where it was split; `B.1.2` for what is
    /// beyond the guide.
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
    features: Vec<Feature>,
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

    /// The features in the order in which scenarios of `jobs` at once begin. One after the other
    /// they keep the guide's order. Side by side, those that need all users come first, before
    /// any is taken, then the probes, which need nobody, and then the longest, with which a run
    /// would otherwise end alone; how many steps a scenario has says how long it is.
    pub(super) fn features(&self, jobs: usize) -> Vec<Feature> {
        let mut features = self.features.clone();
        if jobs > 1 {
            features.sort_by_cached_key(|feature| {
                let planned = || feature.scenarios.iter().filter_map(|s| self.planned(s));
                let everyone = planned().any(|one| one.need.users == Users::Everyone);
                let nobody = planned().all(|one| one.need.is_nobody());
                let steps = planned().map(|one| one.steps.len()).max();
                (Reverse(everyone), Reverse(nobody), Reverse(steps))
            });
        }
        features
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
        // A section that the profile's rules are for has no scenario that could be missing.
        let section = |clause: &str| clause.split('.').next().map(str::to_owned);
        let mut missing: Vec<String> = PARAGRAPHS
            .iter()
            .filter(|paragraph| paragraph.tested == Tested::Scenario)
            .filter_map(|paragraph| section(paragraph.number))
            .filter(|wanted| {
                !self.scenarios.iter().any(|s| section(&s.clause).as_ref() == Some(wanted))
            })
            .collect();
        missing.dedup();
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
    let clause = |tags: &[String]| clause_in(tags).is_some();
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

/// The clause that a tag names: `guide-7.1.1` is 7.1.1 and `beyond-1.2` is B.1.2, which the guide
/// does not have.
fn clause_in(tags: &[String]) -> Option<String> {
    tags.iter().find_map(|tag| {
        let of_guide = tag.strip_prefix("guide-").map(str::to_owned);
        of_guide.or_else(|| tag.strip_prefix("beyond-").map(|number| format!("B.{number}")))
    })
}

fn planned(file: &FeatureFile, feature_tags: &[String], scenario: &Scenario) -> Planned {
    let mut tags = feature_tags.to_vec();
    tags.extend(scenario.tags.iter().cloned());
    Planned {
        clause: clause_in(&scenario.tags).or_else(|| clause_in(feature_tags)).unwrap_or_default(),
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
#[path = "plan_tests.rs"]
mod tests;
