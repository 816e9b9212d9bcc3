//! Phrases of what happens in a long call besides hold, and of messages that are lost.

use std::time::Instant;

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::Role;
use super::dialling::role_of;
use super::phrase::{Captures, Phrase, Weight, phrase};
use super::waiting::{REACTION, judged};
use super::world::Scene;
use crate::agent::{AgentError, Call};
use crate::check::{self, Judgement};
use crate::record::Observation;

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::When,
            "from (User [AB])'s Teams client, dial an external number with a session timer of \
             (\\d+) seconds",
            Weight::Needed,
            |scene, found| async move { scene.dial_with_timer(&found).await }.boxed_local(),
        ),
        phrase(StepType::When, "refresh the session", Weight::Needed, |scene, _| {
            async move { Ok(vec![scene.refresh().await?]) }.boxed_local()
        }),
        phrase(
            StepType::When,
            "Teams sends a re-INVITE without an offer",
            Weight::Needed,
            |scene, _| async move { Ok(vec![scene.ask_for_offer()?]) }.boxed_local(),
        ),
        phrase(StepType::Then, "the PBX makes an offer", Weight::Needed, |scene, _| {
            async move { Ok(vec![scene.offer_is_made().await?]) }.boxed_local()
        }),
        phrase(
            StepType::When,
            "answer the call, the caller's first ACK being lost",
            Weight::Needed,
            |scene, _| async move { scene.answer_losing_ack(true).await }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "answer the call in Teams, the first ACK being lost",
            Weight::Needed,
            |scene, _| async move { scene.answer_losing_ack(false).await }.boxed_local(),
        ),
        phrase(StepType::Then, "the PBX sends its answer again", Weight::Needed, |scene, _| {
            async move { Ok(vec![scene.answer_is_repeated().await?]) }.boxed_local()
        }),
        phrase(StepType::When, "Teams changes the codec", Weight::Needed, |scene, _| {
            async move { Ok(vec![scene.change_codec().await?]) }.boxed_local()
        }),
        phrase(
            StepType::When,
            "Teams moves its media to another port",
            Weight::Needed,
            |scene, _| async move { Ok(vec![scene.move_media().await?]) }.boxed_local(),
        ),
        phrase(StepType::When, "Teams begins a new RTP stream", Weight::Needed, |scene, _| {
            async move { Ok(vec![scene.begin_new_stream()?]) }.boxed_local()
        }),
    ]
}

impl Scene {
    async fn dial_with_timer(&mut self, found: &Captures) -> Result<Vec<Judgement>, AgentError> {
        let (caller, callee) = (role_of(found.text(0))?, Role::External1);
        let seconds = found.text(1).parse().map_err(|_| AgentError::NoCall("dial"))?;
        let mut judged = self.outside_is_reachable(callee).await?;
        let number = self.as_dialled(callee)?;
        self.phone(callee)?;
        let phone = self.phone(caller)?;
        let cursor = self.log().len();
        phone.dial_with_timer(&number, seconds)?;
        judged.push(self.dialled(caller, callee, &number, cursor));
        let taken = |seen: &[Observation]| check::timer_taken(seen, caller.name(), callee.name());
        judged.extend(self.log().wait(cursor, Instant::now() + REACTION, taken).await);
        Ok(judged)
    }

    async fn refresh(&mut self) -> Result<Judgement, AgentError> {
        if let Some(ended) = self.ended_already(self.latest_talk()?) {
            return Ok(ended);
        }
        let (name, call) = self.teams_call()?;
        let cursor = self.log().len();
        call.refresh();
        Ok(judged(self.log(), cursor, REACTION, |seen, elapsed| {
            check::refreshed(seen, name, elapsed, REACTION)
        })
        .await)
    }

    fn ask_for_offer(&mut self) -> Result<Judgement, AgentError> {
        if let Some(ended) = self.ended_already(self.latest_talk()?) {
            return Ok(ended);
        }
        let (name, call) = self.teams_call()?;
        self.asked_at = self.log().len();
        call.ask_for_offer();
        Ok(Judgement::pass(format!("{name} asks the PBX for an offer"), "re-INVITE sent"))
    }

    async fn offer_is_made(&mut self) -> Result<Judgement, AgentError> {
        let (name, _) = self.teams_call()?;
        Ok(judged(self.log(), self.asked_at, REACTION, |seen, elapsed| {
            check::offer_made(seen, name, elapsed, REACTION)
        })
        .await)
    }

    /// Answers, and the first ACK never arrives: the caller's, or the PBX's.
    async fn answer_losing_ack(&mut self, of_caller: bool) -> Result<Vec<Judgement>, AgentError> {
        let ring = self.expected_ring()?.clone();
        let loser = if of_caller { ring.caller } else { ring.callee };
        if let Some(call) = self.phone(loser)?.current_call() {
            self.asked_at = self.log().len();
            call.lose_ack();
        }
        self.answer_latest().await
    }

    async fn answer_is_repeated(&self) -> Result<Judgement, AgentError> {
        let caller = self.latest_talk()?.caller.name();
        Ok(judged(self.log(), self.asked_at, REACTION, |seen, elapsed| {
            check::answer_repeated(seen, caller, elapsed, REACTION)
        })
        .await)
    }

    async fn change_codec(&mut self) -> Result<Judgement, AgentError> {
        if let Some(ended) = self.ended_already(self.latest_talk()?) {
            return Ok(ended);
        }
        let (name, call) = self.teams_call()?;
        let (cursor, before) = (self.log().len(), call.codec());
        call.change_codec();
        let changed = |call: &Call| Some(call.codec()).filter(|codec| *codec != before);
        Ok(judged(self.log(), cursor, REACTION, |seen, elapsed| {
            check::codec_changed(seen, name, changed(&call).as_deref(), elapsed, REACTION)
        })
        .await)
    }

    async fn move_media(&mut self) -> Result<Judgement, AgentError> {
        if let Some(ended) = self.ended_already(self.latest_talk()?) {
            return Ok(ended);
        }
        let (name, call) = self.teams_call()?;
        let cursor = self.log().len();
        call.move_media()?;
        Ok(judged(self.log(), cursor, REACTION, |seen, elapsed| {
            check::port_changed(seen, name, elapsed, REACTION)
        })
        .await)
    }

    fn begin_new_stream(&mut self) -> Result<Judgement, AgentError> {
        if let Some(ended) = self.ended_already(self.latest_talk()?) {
            return Ok(ended);
        }
        let (name, call) = self.teams_call()?;
        call.leg().begin_anew();
        let expected = format!("{name}'s RTP goes on as a new stream");
        Ok(Judgement::pass(expected, "another SSRC, sequence number and timestamp"))
    }
}
