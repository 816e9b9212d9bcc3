//! Phrases that answer a ringing phone.

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::phrase::{Phrase, Weight, phrase};
use super::waiting::{REACTION, judged};
use super::world::{ExpectedRing, Scene};
use crate::agent::AgentError;
use crate::check::{self, Judgement};

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(StepType::When, "answer the call(?: in Teams)?", Weight::Needed, |scene, _| {
            async move { scene.answer_latest().await }.boxed_local()
        }),
        phrase(
            StepType::When,
            "both (?:Teams users|external numbers) answer",
            Weight::Needed,
            |scene, _| async move { scene.answer_all().await }.boxed_local(),
        ),
    ]
}

impl Scene {
    async fn answer_latest(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let ring = self.ringing.pop().ok_or(AgentError::NoCall("answer"))?;
        Ok(vec![self.answer(&ring).await?])
    }

    async fn answer_all(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let rings = std::mem::take(&mut self.ringing);
        let mut judged = Vec::new();
        for ring in &rings {
            judged.push(self.answer(ring).await?);
        }
        Ok(judged)
    }

    async fn answer(&mut self, ring: &ExpectedRing) -> Result<Judgement, AgentError> {
        let phone = self.phone(ring.callee)?;
        let call = phone.current_call().ok_or(AgentError::NoCall("answer"))?;
        call.answer()?;
        // Who is transferred has been answered long ago.
        let caller = ring.transferor.is_none().then(|| ring.caller.name());
        Ok(judged(self.log(), ring.cursor, REACTION, |seen, elapsed| {
            check::answered(seen, caller, ring.callee.name(), elapsed, REACTION)
        })
        .await)
    }
}
