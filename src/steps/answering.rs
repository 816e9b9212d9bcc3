//! Phrases that answer a ringing phone.

use std::time::{Duration, Instant};

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::Role;
use super::phrase::{Phrase, Weight, phrase};
use super::waiting::{REACTION, judged};
use super::world::{ExpectedRing, Scene, Transferring};
use crate::agent::{AgentError, Leaving};
use crate::check::{self, Judgement};
use crate::record::{Observation, What};

/// By when a transferor who does not stay has left: 280 ms and the answer to its BYE.
const LEAVES: Duration = Duration::from_secs(1);

/// How long every other callee rings at least: what a PBX takes back at once is gone by then.
const RINGS: Duration = Duration::from_millis(100);

/// How long the target of a transfer then rings at least.
const PICKS_UP: Duration = Duration::from_millis(250);

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
    pub(super) async fn answer_latest(&mut self) -> Result<Vec<Judgement>, AgentError> {
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
        if let Some(lost) = self.lost_before_answer(ring).await {
            return Ok(lost);
        }
        if ring.transferor.is_none() {
            self.let_ring(ring).await;
        }
        let phone = self.phone(ring.callee)?;
        let (caller, callee) = (ring.caller.name(), ring.callee.name());
        let transferor = ring.transferor.map(Role::name);
        let judge = |seen: &[Observation], elapsed| {
            let lost = transferor.and_then(|by| check::transfer_lost(seen, by, caller, callee));
            // Who is transferred has been answered long ago.
            let caller = transferor.is_none().then_some(caller);
            lost.or_else(|| check::answered(seen, caller, callee, elapsed, REACTION))
        };
        match phone.current_call() {
            Some(call) => call.answer()?,
            None if phone.calls().is_empty() => return Err(AgentError::NoCall("answer")),
            // It rang, so the PBX took the call back.
            None => {}
        }
        let answered = judged(self.log(), ring.cursor, REACTION, judge).await;
        let unspoken = check::speakable(&self.log().since(ring.cursor), Role::Softphone.name());
        Ok(unspoken.unwrap_or(answered))
    }

    /// Rings for [`RINGS`], or until the PBX takes the call back.
    async fn let_ring(&mut self, ring: &ExpectedRing) {
        let start = Instant::now();
        let taken_back = |seen: &[Observation]| {
            let back = |o: &Observation| {
                o.party == ring.callee.name() && matches!(o.what, What::Cancelled)
            };
            seen.iter().any(back).then_some(())
        };
        self.log().wait(ring.cursor, start + RINGS, taken_back).await;
        self.mandated += start.elapsed();
    }

    /// Nobody takes up a phone as fast as the bridge leaves: the target of a transfer
    /// answers when the transferor is gone and the PBX has had the time to make
    /// something of it.
    async fn lost_before_answer(&mut self, ring: &ExpectedRing) -> Option<Judgement> {
        let Transferring { by, leaving, .. } = self.transfer?;
        if ring.transferor != Some(by) || leaving == Leaving::Stays {
            return None;
        }
        let start = Instant::now();
        let lost = |seen: &[Observation]| {
            check::transfer_lost(seen, by.name(), ring.caller.name(), ring.callee.name())
        };
        let gone = |seen: &[Observation]| {
            let left =
                |o: &Observation| o.party == by.name() && matches!(o.what, What::Ended { .. });
            seen.iter().any(left).then_some(())
        };
        self.log().wait(ring.cursor, start + LEAVES, gone).await;
        let decided = self.log().wait(ring.cursor, Instant::now() + PICKS_UP, lost).await;
        self.mandated += start.elapsed();
        decided
    }
}
