//! Phrases of hold and resume, and of what a held party hears.

use std::time::{Duration, Instant};

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::Role;
use super::phrase::{Captures, Phrase, Weight, phrase};
use super::waiting::{REACTION, judged};
use super::world::Scene;
use crate::agent::{AgentError, Call};
use crate::check::{self, Judgement};
use crate::record::{Cause, HoldForm, Verdict};

/// How long hold music is listened to (design §6), at least.
const HOLD: Duration = Duration::from_secs(15);

/// How long two that hold at once may take: after 491 the owner of the Call-ID waits for up to
/// 4 s (RFC 3261 §14.1).
const GLARE: Duration = Duration::from_secs(10);

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::When,
            "place the call on hold in Teams(?: by (.+))?",
            Weight::Needed,
            |scene, found| async move { Ok(vec![scene.hold(&found).await?]) }.boxed_local(),
        ),
        phrase(StepType::When, "resume the call in Teams", Weight::Needed, |scene, _| {
            async move { Ok(vec![scene.resume().await?]) }.boxed_local()
        }),
        phrase(
            StepType::When,
            "both parties place the call on hold at the same time",
            Weight::Needed,
            |scene, _| async move { scene.both_hold().await }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "both parties resume the call at the same time",
            Weight::Needed,
            |scene, _| async move { scene.both_resume().await }.boxed_local(),
        ),
        phrase(
            StepType::Then,
            "the (?:caller|external party) hears hold music(?: for (\\d+) seconds)?",
            Weight::Aside,
            |scene, found| async move { scene.hears_hold_music(&found).await }.boxed_local(),
        ),
        phrase(StepType::Then, "Teams is sent no audio meanwhile", Weight::Aside, |scene, _| {
            async move { Ok(vec![scene.sent_nothing()?]) }.boxed_local()
        }),
    ]
}

/// The way of holding that a phrase names; the bridge's where it names none.
fn form_of(words: &str) -> Result<HoldForm, AgentError> {
    if words.is_empty() {
        return Ok(HoldForm::default());
    }
    let named = HoldForm::ALL.into_iter().find(|form| form.words() == words);
    named.ok_or_else(|| AgentError::Lacking(format!("a hold by {words}")))
}

impl Scene {
    async fn hold(&mut self, found: &Captures) -> Result<Judgement, AgentError> {
        let form = form_of(found.text(0))?;
        if let Some(ended) = self.talks.last().and_then(|talk| self.ended_already(*talk)) {
            return Ok(ended);
        }
        let (name, call) = self.teams_call()?;
        let cursor = self.log().len();
        call.hold(form);
        Ok(judged(self.log(), cursor, REACTION, |seen, elapsed| {
            check::hold_answered(seen, name, form, elapsed, REACTION)
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

    /// Both parties of the latest talk, by name, and their calls.
    fn both_calls(&mut self) -> Result<[(&'static str, Call); 2], AgentError> {
        let talk = self.latest_talk()?;
        let mut of = |role: Role| {
            let call = self.phone(role)?.current_call().ok_or(AgentError::NoCall("hold"))?;
            Ok::<_, AgentError>((role.name(), call))
        };
        Ok([of(talk.caller)?, of(talk.callee)?])
    }

    async fn both_hold(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let calls = self.both_calls()?;
        let cursor = self.log().len();
        for (_, call) in &calls {
            call.hold(HoldForm::Inactive);
        }
        let mut found = Vec::new();
        for (name, _) in calls {
            found.push(
                judged(self.log(), cursor, GLARE, |seen, elapsed| {
                    check::hold_answered(seen, name, HoldForm::Inactive, elapsed, GLARE)
                })
                .await,
            );
        }
        Ok(found)
    }

    async fn both_resume(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let calls = self.both_calls()?;
        let cursor = self.log().len();
        for (_, call) in &calls {
            call.resume();
        }
        self.resumed = true;
        let mut found = Vec::new();
        for (name, _) in calls {
            found.push(
                judged(self.log(), cursor, GLARE, |seen, elapsed| {
                    check::resume_answered(seen, name, elapsed, GLARE)
                })
                .await,
            );
        }
        Ok(found)
    }

    /// The Teams user of the latest talk, by name, and its call.
    pub(super) fn teams_call(&mut self) -> Result<(&'static str, Call), AgentError> {
        let talk = self.talks.last().copied().ok_or(AgentError::NoCall("hold"))?;
        let role = talk.teams().ok_or(AgentError::NoCall("hold"))?;
        let call = self.phone(role)?.current_call().ok_or(AgentError::NoCall("hold"))?;
        Ok((role.name(), call))
    }

    /// Whether the holder was left alone since the music was listened to.
    fn sent_nothing(&mut self) -> Result<Judgement, AgentError> {
        if let Some(ended) = self.ended_already(self.latest_talk()?) {
            return Ok(ended);
        }
        let (_, call) = self.teams_call()?;
        Ok(check::sent_nothing(self.held_since, call.leg().last_packet_at()))
    }

    /// The far party of the Teams user listens to the hold music; both go on speaking,
    /// so that what leaks through the hold is heard.
    async fn hears_hold_music(&mut self, found: &Captures) -> Result<Vec<Judgement>, AgentError> {
        let asked = found.text(0).parse().map_or(HOLD, Duration::from_secs);
        let duration = self.options.talk.map_or(asked, |talk| talk.min(asked)).max(HOLD);
        let talk = self.latest_talk()?;
        if let Some(ended) = self.ended_already(talk) {
            return Ok(vec![ended]);
        }
        let holder = talk.teams().ok_or(AgentError::NoCall("be held"))?;
        let pairs = [self.pair(talk)?];
        let held = if holder == talk.caller { &pairs[0].callee } else { &pairs[0].caller };
        let expect = self.stage.profile().expect.hold_audio;
        let before = held.leg().stats();
        let from = self.log().now();
        self.held_since = from;
        let end = Instant::now() + duration;
        loop {
            let over = Instant::now() >= end;
            if let Some(dropped) = self.dropped(&pairs, Cause::CallDropped) {
                return Ok(vec![dropped]);
            }
            let now = self.log().now();
            let windows: Vec<_> =
                held.leg().windows(0).into_iter().filter(|window| window.at >= from).collect();
            let span = check::Span { from, now, planned: duration.as_secs_f64(), over };
            let stream = held.leg().stats().since(&before);
            let judged = check::hold_music(&pairs[0].ear(held, &windows), &stream, expect, &span);
            if let Some(judgement) = judged.filter(|j| over || j.verdict == Verdict::Fail) {
                let judged = check::with_keys(judgement, std::slice::from_ref(&stream));
                return Ok(vec![pairs[0].unless_late(judged)]);
            }
            if over {
                return Ok(vec![Judgement::inconclusive(
                    Cause::HarnessFault,
                    "hold music",
                    "undecided at the end of the listening window",
                )]);
            }
            self.listen_until(end, &pairs).await;
        }
    }
}
