//! The table of phrases: what a feature file may say, and what it means.

use std::sync::LazyLock;
use std::time::Duration;

use cucumber::gherkin;
use cucumber::gherkin::StepType;
use cucumber::step::Collection;
use futures::future::LocalBoxFuture;
use regex::Regex;

use super::adapter::dispatch;
use super::world::{Scene, World};
use super::{
    admitting, answering, contacts, crowd, dialling, failing, giving_up, hanging_up, hearing,
    holding, keys, licensing, mid_call, nodes, numbering, presenting, reaching, registering,
    securing, sharing, softphone, transferring,
};
use crate::agent::AgentError;
use crate::check::Judgement;

/// What a phrase does. `Err` is what kept an agent from acting.
pub(super) type Act =
    for<'a> fn(&'a mut Scene, Captures) -> LocalBoxFuture<'a, Result<Vec<Judgement>, AgentError>>;

/// What a step means for those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Later steps need it.
    Needed,
    /// Later steps need it, and a failure is judged by another clause.
    Precondition,
    /// A look aside: whatever it finds, the scenario goes on.
    Aside,
}

/// A phrase of the plan.
pub(super) struct Phrase {
    pub(super) ty: StepType,
    pub(super) pattern: Regex,
    pub(super) weight: Weight,
    pub(super) act: Act,
}

/// What the groups of a pattern matched, in order.
#[derive(Debug, Clone)]
pub(super) struct Captures(Vec<String>);

impl Captures {
    /// The n-th group from 0; empty if it matched nothing.
    pub(super) fn text(&self, n: usize) -> &str {
        self.0.get(n).map_or("", String::as_str)
    }

    /// The talking time that the phrase names.
    pub(super) fn duration(&self) -> Duration {
        Duration::from_secs(self.0.iter().find_map(|text| text.parse().ok()).unwrap_or(0))
    }
}

impl Phrase {
    pub(super) fn captures(&self, step: &gherkin::Step) -> Option<Captures> {
        if step.ty != self.ty {
            return None;
        }
        let found = self.pattern.captures(&step.value)?;
        let text = |group: Option<regex::Match<'_>>| group.map_or("", |m| m.as_str()).to_owned();
        Some(Captures(found.iter().skip(1).map(text).collect()))
    }
}

/// Makes a row: the pattern covers the whole step, with the guide's "Step N: " before
/// it where the feature has one. The first letter's case does not matter.
pub(super) fn phrase(ty: StepType, pattern: &str, weight: Weight, act: Act) -> Phrase {
    let whole = format!("^(?:Step \\d+: )?(?i:{pattern})$");
    #[expect(clippy::expect_used, reason = "patterns are constants, all compiled by a test")]
    let pattern = Regex::new(&whole).expect("a phrase's pattern is valid");
    Phrase { ty, pattern, weight, act }
}

/// Every phrase.
pub(super) fn phrases() -> &'static [Phrase] {
    static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
        [
            reaching::phrases(),
            securing::phrases(),
            admitting::phrases(),
            registering::phrases(),
            presenting::phrases(),
            licensing::phrases(),
            sharing::phrases(),
            softphone::phrases(),
            nodes::phrases(),
            contacts::phrases(),
            numbering::phrases(),
            dialling::phrases(),
            answering::phrases(),
            giving_up::phrases(),
            hearing::phrases(),
            holding::phrases(),
            keys::phrases(),
            mid_call::phrases(),
            transferring::phrases(),
            failing::phrases(),
            crowd::phrases(),
            hanging_up::phrases(),
        ]
        .into_iter()
        .flatten()
        .collect()
    });
    &PHRASES
}

/// The phrases as a person writes them, with their keyword, for `pbxcert list --phrases`.
pub fn phrase_list() -> Vec<String> {
    let plain = |pattern: &str| {
        let inner = pattern.strip_prefix("^(?:Step \\d+: )?(?i:").unwrap_or(pattern);
        inner.strip_suffix(")$").unwrap_or(inner).to_owned()
    };
    phrases().iter().map(|p| format!("{:?} {}", p.ty, plain(p.pattern.as_str()))).collect()
}

/// The phrases as cucumber wants them.
pub fn collection() -> Collection<World> {
    phrases().iter().fold(Collection::new(), |collection, phrase| {
        let pattern = phrase.pattern.clone();
        match phrase.ty {
            StepType::Given => collection.given(None, pattern, dispatch),
            StepType::When => collection.when(None, pattern, dispatch),
            StepType::Then => collection.then(None, pattern, dispatch),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_stands_once() {
        let mut seen: Vec<String> =
            phrases().iter().map(|p| format!("{:?} {}", p.ty, p.pattern)).collect();
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert!(all > 20);
        assert_eq!(seen.len(), all);
    }
}
