//! Phrases of licences: guide 2.6.1, every user at once.

use std::time::{Duration, Instant};

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::closing::UNREGISTRATION;
use super::phrase::{Phrase, Weight, phrase};
use super::waiting::REACTION;
use super::world::Scene;
use crate::agent::{AgentError, Call, Phone};
use crate::check::{self, Judgement, Turn};
use crate::record::{Cause, Verdict, What};

/// How long all registrations, or all calls, may take together: there is an end to what a
/// scenario waits for, however many users the profile has.
const ALL: Duration = Duration::from_secs(30);

/// Between two tries of what was refused: a PBX may need a moment to count a licence back.
const AGAIN: Duration = Duration::from_millis(500);

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::When,
            "every user of the profile registers",
            Weight::Needed,
            |scene, _| async move { scene.everybody_registers().await }.boxed_local(),
        ),
        phrase(
            StepType::Then,
            "all of them can be in a call with each other at the same time",
            Weight::Aside,
            |scene, _| async move { scene.everybody_talks().await }.boxed_local(),
        ),
    ]
}

impl Scene {
    /// A phone for each user of the profile.
    pub(super) fn gather_crowd(&mut self) -> Result<(), AgentError> {
        let profile = self.stage.profile().clone();
        for (index, user) in profile.users.iter().enumerate().skip(self.crowd.len()) {
            self.crowd.push(self.stage.user(index, &user.name, &self.place)?);
        }
        Ok(())
    }

    async fn everybody_registers(&mut self) -> Result<Vec<Judgement>, AgentError> {
        self.gather_crowd()?;
        let of = self.crowd.len();
        let expected = format!("{of} registrations at the same time");
        if self.nobody_registers() {
            let observed = "nobody registers: the profile says authentication by address";
            return Ok(vec![Judgement::pass(expected, observed)]);
        }
        let start = Instant::now();
        for (index, phone) in self.crowd.iter().enumerate() {
            if start.elapsed() > ALL {
                let observed = format!("{index} of {of} users are registered after {ALL:?}");
                return Ok(vec![Judgement::pass(expected, observed)]);
            }
            let answered = self.register_phone(phone).await;
            if answered.verdict != Verdict::Fail {
                continue;
            }
            let mut alone = None;
            let silent = matches!(answered.cause, Some(Cause::NoResponse | Cause::SourceBanned));
            if index > 0 && !silent {
                let leave = |phone: &Phone| {
                    let phone = phone.clone();
                    async move { tokio::time::timeout(UNREGISTRATION, phone.unregister()).await }
                };
                futures::future::join_all(self.crowd[..index].iter().map(leave)).await;
                let again = self.register_phone(phone).await;
                alone = Some(again.verdict != Verdict::Fail);
            }
            let turn = Turn { what: "registration", who: phone.name(), number: index + 1, of };
            return Ok(vec![check::at_once(answered, turn, alone)]);
        }
        Ok(vec![Judgement::pass(expected, format!("all {of} users are registered"))])
    }

    async fn everybody_talks(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let crowd = self.crowd.clone();
        let pairs: Vec<&[Phone]> = crowd.chunks_exact(2).collect();
        let of = pairs.len();
        let start = Instant::now();
        for (index, pair) in pairs.iter().enumerate() {
            let [caller, callee] = pair else { continue };
            if start.elapsed() > ALL {
                break;
            }
            let failed = self.talks_with(index * 2 + 1, caller, callee).await?;
            let Some(failed) = failed else { continue };
            let mut alone = None;
            // A licence that is wanting shows in a refusal, not in a call that stood, nor in
            // one that somebody else took.
            let refused = matches!(
                failed.cause,
                Some(Cause::CallRejected | Cause::CallUnanswered | Cause::CalleeNotRung)
            );
            if index > 0 && refused {
                self.end_all_of(&crowd).await;
                alone = Some(self.talks_alone(index * 2 + 1, caller, callee).await?);
            }
            // What is wrong with one call by itself is judged by sections 6 and 7.
            let alone = alone.filter(|granted| *granted);
            let turn = Turn { what: "call", who: caller.name(), number: index + 1, of };
            return Ok(vec![check::at_once(failed, turn, alone)]);
        }
        Ok(vec![self.everybody_is_in_a_call()])
    }

    /// One user calls another, who answers. `None` if the call stands.
    async fn talks_with(
        &self,
        callee_index: usize,
        caller: &Phone,
        callee: &Phone,
    ) -> Result<Option<Judgement>, AgentError> {
        let user = self.stage.profile().users.get(callee_index);
        let number = user.map(|user| user.extension.clone().unwrap_or_else(|| user.number.clone()));
        let number = number.ok_or_else(|| AgentError::Lacking(callee.name().to_owned()))?;
        Ok(self.join(caller, callee, &number).await?.err())
    }

    /// The same once more when nobody else is in a call.
    async fn talks_alone(
        &self,
        callee_index: usize,
        caller: &Phone,
        callee: &Phone,
    ) -> Result<bool, AgentError> {
        let start = Instant::now();
        while start.elapsed() < REACTION {
            if self.talks_with(callee_index, caller, callee).await?.is_none() {
                return Ok(true);
            }
            self.end_all_of(&[caller.clone(), callee.clone()]).await;
            tokio::time::sleep(AGAIN).await;
        }
        Ok(false)
    }

    async fn end_all_of(&self, phones: &[Phone]) {
        let calls: Vec<Call> = phones.iter().filter_map(Phone::current_call).collect();
        self.end_all(&calls).await;
    }

    fn everybody_is_in_a_call(&self) -> Judgement {
        let in_call = |phone: &&Phone| phone.current_call().is_some_and(|call| call.is_answered());
        let (of, up) = (self.crowd.len(), self.crowd.iter().filter(in_call).count());
        let expected = format!("{of} users in a call at the same time");
        let tried = self.crowd.iter().filter(|phone| !phone.calls().is_empty()).count();
        let ended = self.observations().iter().any(|o| matches!(o.what, What::Ended { .. }));
        let left_out = match of - tried {
            0 => String::new(),
            n => format!("; {n} not called, for want of a partner or of time"),
        };
        let observed = format!("{up} users are in a call{left_out}");
        if up == tried && !ended {
            return Judgement::pass(expected, observed);
        }
        // Calls that end by themselves are judged by sections 6 and 7.
        Judgement::inconclusive(Cause::CallDropped, expected, format!("only {observed}"))
    }
}
