//! Phrases of hold and resume.

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::phrase::{Phrase, Weight, phrase};
use super::waiting::{REACTION, judged};
use super::world::Scene;
use crate::agent::{AgentError, Call};
use crate::check::{self, Judgement};

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(StepType::When, "place the call on hold in Teams", Weight::Needed, |scene, _| {
            async move { Ok(vec![scene.hold().await?]) }.boxed_local()
        }),
        phrase(StepType::When, "resume the call in Teams", Weight::Needed, |scene, _| {
            async move { Ok(vec![scene.resume().await?]) }.boxed_local()
        }),
    ]
}

impl Scene {
    async fn hold(&mut self) -> Result<Judgement, AgentError> {
        if let Some(ended) = self.talks.last().and_then(|talk| self.ended_already(*talk)) {
            return Ok(ended);
        }
        let (name, call) = self.teams_call()?;
        let cursor = self.log().len();
        call.hold();
        Ok(judged(self.log(), cursor, REACTION, |seen, elapsed| {
            check::hold_answered(seen, name, elapsed, REACTION)
        })
        .await)
    }

    async fn resume(&mut self) -> Result<Judgement, AgentError> {
        if let Some(ended) = self.talks.last().and_then(|talk| self.ended_already(*talk)) {
            return Ok(ended);
        }
        let (name, call) = self.teams_call()?;
        let cursor = self.log().len();
        call.resume();
        self.resumed = true;
        Ok(judged(self.log(), cursor, REACTION, |seen, elapsed| {
            check::resume_answered(seen, name, elapsed, REACTION)
        })
        .await)
    }

    /// The Teams user of the latest talk, by name, and its call.
    fn teams_call(&mut self) -> Result<(&'static str, Call), AgentError> {
        let talk = self.talks.last().copied().ok_or(AgentError::NoCall("hold"))?;
        let role = talk.teams().ok_or(AgentError::NoCall("hold"))?;
        let call = self.phone(role)?.current_call().ok_or(AgentError::NoCall("hold"))?;
        Ok((role.name(), call))
    }
}
