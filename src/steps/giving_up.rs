//! Phrases of calls that are not answered, or not at once: the caller gives up, the callee
//! refuses, a phone rings for long.

use std::time::{Duration, Instant};

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::phrase::{Captures, Phrase, Weight, phrase};
use super::waiting::{REACTION, judged};
use super::world::Scene;
use crate::agent::AgentError;
use crate::check::{self, Judgement, Patience};
use crate::record::Observation;

/// How long a PBX may take to tell the caller of a refusal: some play an announcement first, or
/// try another phone.
const TELLS: Duration = Duration::from_secs(20);

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(StepType::When, "the caller gives up", Weight::Needed, |scene, _| {
            async move { Ok(vec![scene.caller_gives_up()?]) }.boxed_local()
        }),
        phrase(
            StepType::Then,
            "the phone stops ringing and both are free",
            Weight::Aside,
            |scene, _| async move { Ok(vec![scene.both_are_free().await?]) }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "the call is refused with (\\d{3}) ([A-Za-z ]+)",
            Weight::Needed,
            |scene, found| async move { Ok(vec![scene.refuse(&found)?]) }.boxed_local(),
        ),
        phrase(
            StepType::Then,
            "the caller is told that the call is refused",
            Weight::Aside,
            |scene, _| async move { Ok(vec![scene.caller_is_told().await?]) }.boxed_local(),
        ),
        phrase(StepType::When, "let it ring for (\\d+) seconds", Weight::Needed, |scene, found| {
            async move { Ok(vec![scene.ring_on(&found).await?]) }.boxed_local()
        }),
        phrase(StepType::Then, "the call still rings", Weight::Needed, |scene, _| {
            async move { Ok(vec![scene.still_rings(Patience::Endless)?]) }.boxed_local()
        }),
        phrase(
            StepType::Then,
            "the call still rings, or the caller is told that nobody answers",
            Weight::Needed,
            |scene, _| async move { Ok(vec![scene.still_rings(Patience::Limited)?]) }.boxed_local(),
        ),
    ]
}

impl Scene {
    fn caller_gives_up(&mut self) -> Result<Judgement, AgentError> {
        let ring = self.expected_ring()?.clone();
        let expected = format!("{} gives up", ring.caller.name());
        let Some(call) = self.phone(ring.caller)?.current_call() else {
            // A PBX that has told it already leaves nothing to give up.
            return Ok(Judgement::pass(expected, "the PBX has ended the call already"));
        };
        call.hang_up();
        Ok(Judgement::pass(expected, "CANCEL sent"))
    }

    async fn both_are_free(&self) -> Result<Judgement, AgentError> {
        let ring = self.expected_ring()?;
        let (caller, callee) = (ring.caller.name(), ring.callee.name());
        Ok(judged(self.log(), ring.cursor, REACTION, |seen, elapsed| {
            check::given_up(seen, caller, callee, elapsed, REACTION)
        })
        .await)
    }

    /// The phone that rings refuses with a final status.
    fn refuse(&mut self, found: &Captures) -> Result<Judgement, AgentError> {
        let ring = self.expected_ring()?.clone();
        let status = found.text(0).parse().map_err(|_| AgentError::NoCall("refuse"))?;
        let reason = found.text(1);
        let expected = format!("{} refuses the call", ring.callee.name());
        let Some(call) = self.phone(ring.callee)?.current_call() else {
            return Ok(check::taken_back(expected, ring.callee.name()));
        };
        call.reject(status, reason);
        Ok(Judgement::pass(expected, format!("answered {status} {reason}")))
    }

    async fn caller_is_told(&self) -> Result<Judgement, AgentError> {
        let ring = self.expected_ring()?;
        let (caller, callee) = (ring.caller.name(), ring.callee.name());
        Ok(judged(self.log(), ring.cursor, TELLS, |seen, elapsed| {
            check::refusal_told(seen, caller, callee, elapsed, TELLS)
        })
        .await)
    }

    /// Lets the phone ring, abridged by `--talk`, or until that comes to an end.
    pub(super) async fn ring_on(&mut self, found: &Captures) -> Result<Judgement, AgentError> {
        let ring = self.expected_ring()?.clone();
        let asked = Duration::from_secs(found.text(0).parse().unwrap_or(15));
        let duration = self.options.talk.map_or(asked, |talk| talk.min(asked));
        let start = Instant::now();
        let over = |seen: &[Observation]| {
            check::ringing_over(seen, ring.caller.name(), ring.callee.name()).map(drop)
        };
        self.log().wait(ring.cursor, start + duration, over).await;
        self.mandated += start.elapsed();
        let expected = format!("{} rings for {} s", ring.callee.name(), duration.as_secs_f64());
        Ok(Judgement::pass(expected, format!("waited {:.1} s", start.elapsed().as_secs_f64())))
    }

    fn still_rings(&self, patience: Patience) -> Result<Judgement, AgentError> {
        let ring = self.expected_ring()?;
        let seen = self.log().since(ring.cursor);
        Ok(check::still_rings(&seen, ring.caller.name(), ring.callee.name(), patience))
    }
}
