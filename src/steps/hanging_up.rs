//! Phrases of hanging up.

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::{Role, Talk};
use super::phrase::{Phrase, Weight, phrase};
use super::waiting::{REACTION, judged};
use super::world::{HangUp, Scene};
use crate::agent::AgentError;
use crate::check::{self, Judgement};

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(StepType::When, "Teams hangs up", Weight::Needed, |scene, _| {
            async move { scene.teams_hangs_up(None) }.boxed_local()
        }),
        phrase(StepType::When, "Teams hangs up the first call", Weight::Needed, |scene, _| {
            async move { scene.teams_hangs_up(Some(0)) }.boxed_local()
        }),
        phrase(StepType::When, "(User [AB]) hangs up", Weight::Needed, |scene, found| {
            async move {
                let name = found.text(0);
                let role = Role::user(name).ok_or_else(|| AgentError::Lacking(name.to_owned()))?;
                scene.hang_up(scene.talks.len().wrapping_sub(1), role)
            }
            .boxed_local()
        }),
        phrase(StepType::When, "the softphone hangs up", Weight::Needed, |scene, _| {
            async move { scene.hang_up(scene.talks.len().wrapping_sub(1), Role::Softphone) }
                .boxed_local()
        }),
        phrase(
            StepType::When,
            "the external (?:party|caller) hangs up",
            Weight::Needed,
            |scene, _| async move { scene.outside_hangs_up(None) }.boxed_local(),
        ),
        phrase(StepType::When, "External hangs up the second call", Weight::Needed, |scene, _| {
            async move { scene.outside_hangs_up(Some(1)) }.boxed_local()
        }),
        phrase(
            StepType::Then,
            "both parties(?: of the (?:first|second) call)? see the call hang up",
            Weight::Aside,
            |scene, _| async move { Ok(vec![scene.both_see_the_end().await?]) }.boxed_local(),
        ),
    ]
}

impl Scene {
    fn teams_hangs_up(&mut self, talk: Option<usize>) -> Result<Vec<Judgement>, AgentError> {
        let index = talk.unwrap_or(self.talks.len().wrapping_sub(1));
        let talk = self.talks.get(index).ok_or(AgentError::NoCall("hang up"))?;
        let role = talk.teams().ok_or(AgentError::NoCall("hang up"))?;
        self.hang_up(index, role)
    }

    fn outside_hangs_up(&mut self, talk: Option<usize>) -> Result<Vec<Judgement>, AgentError> {
        let index = talk.unwrap_or(self.talks.len().wrapping_sub(1));
        let talk = self.talks.get(index).ok_or(AgentError::NoCall("hang up"))?;
        let outside = talk.both().into_iter().find(|role| role.is_external());
        self.hang_up(index, outside.ok_or(AgentError::NoCall("hang up"))?)
    }

    fn hang_up(&mut self, talk: usize, role: Role) -> Result<Vec<Judgement>, AgentError> {
        let talk = *self.talks.get(talk).ok_or(AgentError::NoCall("hang up"))?;
        if let Some(ended) = self.ended_already(talk) {
            return Ok(vec![ended]);
        }
        let call = self.phone(role)?.current_call().ok_or(AgentError::NoCall("hang up"))?;
        let cursor = self.log().len();
        call.hang_up();
        self.hang_ups.push(HangUp { by: role, other: talk.other(role), cursor });
        let expected = format!("{} hangs up", role.name());
        Ok(vec![Judgement::pass(expected, "BYE sent")])
    }

    async fn both_see_the_end(&mut self) -> Result<Judgement, AgentError> {
        let hang_up = self.hang_ups.last().cloned().ok_or(AgentError::NoCall("see the end"))?;
        let parties = [hang_up.by, hang_up.other].map(Role::name);
        let over = |talk: &&Talk| self.hang_ups.iter().any(|one| talk.both().contains(&one.by));
        let bystanders: Vec<&str> = self
            .talks
            .iter()
            .filter(|talk| !over(talk))
            .flat_map(|talk| talk.both().map(Role::name))
            .collect();
        Ok(judged(self.log(), hang_up.cursor, REACTION, |seen, elapsed| {
            check::both_ended(seen, parties, &bystanders, elapsed, REACTION)
        })
        .await)
    }
}
