//! Phrases of numbers in the PBX's format: guide 4.1.1.9 and 4.1.1.10.

use std::time::Duration;

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::Role;
use super::phrase::{Phrase, Weight, phrase};
use super::waiting::REACTION;
use super::world::Scene;
use crate::agent::AgentError;
use crate::check::{self, Allowed, DialledForm, Judgement};
use crate::record::{CallerId, Cause, Observation, Verdict, What};

/// An outside number that was dialled, in the profile's form and in others.
#[derive(Debug, Clone)]
pub(super) struct Numbering {
    own: DialledForm,
    others: Vec<DialledForm>,
    /// The profile's form once more, where another one rang.
    again: Option<Judgement>,
    /// What is wrong with the number that arrived outside, if anything.
    arrived: Option<Judgement>,
}

/// Whom the user's phone showed, or why it did not ring.
pub(super) type Shown = Result<CallerId, Judgement>;

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::When,
            "User A dials an external number(?: of (the same country|another country)) in the \
             PBX's number format",
            Weight::Needed,
            |scene, found| {
                async move { scene.dial_in_format(found.text(0) == "another country").await }
                    .boxed_local()
            },
        ),
        phrase(StepType::Then, "that number rings as dialled", Weight::Aside, |scene, _| {
            async move { scene.rang_as_dialled() }.boxed_local()
        }),
        phrase(StepType::When, "that number calls User A's DiD", Weight::Needed, |scene, _| {
            async move { scene.be_called_back().await }.boxed_local()
        }),
        phrase(
            StepType::Then,
            "Teams is shown a number that means the caller's",
            Weight::Aside,
            |scene, _| async move { scene.shows_caller() }.boxed_local(),
        ),
    ]
}

impl Scene {
    /// Dials in the profile's form, and where that is not put through in others.
    async fn dial_in_format(&mut self, abroad: bool) -> Result<Vec<Judgement>, AgentError> {
        let pbx = self.stage.profile().pbx.clone();
        let number = self.number_of(Role::External1)?;
        if abroad && !pbx.is_abroad(&number) {
            return Ok(vec![check::nobody_abroad()]);
        }
        let mut judged = self.outside_is_reachable(Role::External1).await?;
        if judged.iter().any(|judgement| !judgement.verdict.lets_continue()) {
            return Ok(judged);
        }
        let limit = self.stage.profile().expect.post_dial_delay;
        let dialled = pbx.dialled(&number);
        let (own, seen) = self.try_form(&dialled, "as the profile says", limit).await?;
        let kept = |dialled: &str| pbx.keeps_prefix(dialled, &number);
        let arrived = check::prefix_kept(&seen, Role::External1.name(), kept);
        let mut numbering = Numbering { own, others: Vec::new(), again: None, arrived };
        let refused = matches!(
            numbering.own.rang.cause,
            Some(Cause::CallRejected | Cause::CalleeNotRung | Cause::OtherPartyAnswered)
        );
        let others = pbx.other_forms(&number, self.options.intrusive);
        for (dialled, words) in others.into_iter().filter(|_| refused) {
            let (other, _) = self.try_form(&dialled, words, limit.min(REACTION)).await?;
            let rang = other.rang.verdict == Verdict::Pass;
            numbering.others.push(other);
            if rang {
                // Who refused for another reason may put it through now.
                let words = "as the profile says";
                let (again, _) =
                    self.try_form(&numbering.own.dialled, words, limit.min(REACTION)).await?;
                numbering.again = Some(again.rang);
                break;
            }
        }
        let expected = format!("User A dials {number} in the PBX's format");
        judged.push(Judgement::pass(expected, format!("dialled {dialled}")));
        self.numbering = Some(numbering);
        Ok(judged)
    }

    async fn try_form(
        &mut self,
        dialled: &str,
        words: &str,
        limit: Duration,
    ) -> Result<(DialledForm, Vec<Observation>), AgentError> {
        let callee = self.phone(Role::External1)?;
        let (rang, seen) =
            self.try_call(Role::UserA, &callee, dialled, limit, check::rings).await?;
        let form = DialledForm { dialled: dialled.to_owned(), words: words.to_owned(), rang };
        Ok((form, seen))
    }

    fn rang_as_dialled(&self) -> Result<Vec<Judgement>, AgentError> {
        let numbering = self.numbering.as_ref().ok_or(AgentError::NoCall("ring"))?;
        let Numbering { own, others, again, arrived } = numbering;
        let mut judged = vec![check::number_form(own, others, again.as_ref())];
        judged.extend(arrived.clone());
        Ok(judged)
    }

    async fn be_called_back(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let callee = self.phone(Role::UserA)?;
        let number = self.number_from_outside(Role::External1, Role::UserA)?;
        let limit = self.stage.profile().expect.post_dial_delay;
        let (rang, seen) =
            self.try_call(Role::External1, &callee, &number, limit, check::rings).await?;
        let shown = seen.into_iter().find_map(|o| match o.what {
            What::Invited { caller, .. } if o.party == callee.name() => Some(caller),
            _ => None,
        });
        let rang = self.unless_extension(rang, Role::External1, Role::UserA)?;
        let expected = format!("the external number calls {number}");
        let judged = Judgement::pass(expected, rang.observed.clone());
        self.shown = Some(shown.ok_or(rang));
        Ok(vec![judged])
    }

    fn shows_caller(&self) -> Result<Vec<Judgement>, AgentError> {
        let shown = match &self.shown {
            None => return Err(AgentError::NoCall("see the caller-id")),
            Some(Err(not_rung)) => return Ok(vec![check::elsewhere(not_rung.clone())]),
            Some(Ok(shown)) => shown,
        };
        let number = self.presented_by(Role::External1)?;
        let caller = Allowed { label: "the external number", number: &number };
        let pbx = &self.stage.profile().pbx;
        let likeness = |one: &str, other: &str| pbx.likeness(one, other);
        let judged = check::shown_number(shown, caller, likeness, |shown| pbx.e164(shown));
        Ok(vec![self.by_provider_of(Role::External1, judged)?])
    }
}
