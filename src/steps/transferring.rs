//! Phrases of blind transfer.

use std::time::{Duration, Instant};

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::{Role, Talk};
use super::phrase::{Phrase, Weight, phrase};
use super::waiting::{REACTION, judged};
use super::world::{ExpectedRing, Scene, Transferring};
use crate::agent::{AgentError, Leaving};
use crate::check::{self, Judgement};

/// How long a transferred party is listened to while the target rings: longer than the
/// pause of any country's ringback.
const CONNECTING: Duration = Duration::from_secs(5);

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::When,
            "blind transfer the call to another external number",
            Weight::Needed,
            |scene, _| async move { scene.transfer_out(Leaving::AfterAccept).await }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "blind transfer the call to another external number, Teams staying until it answers",
            Weight::Needed,
            |scene, _| async move { scene.transfer_out(Leaving::Stays).await }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "blind transfer the call to User B's extension number",
            Weight::Needed,
            |scene, _| {
                async move {
                    let number = scene.extension_of(Role::UserB)?;
                    scene.transfer(Role::UserB, &number, Leaving::AfterAccept).await
                }
                .boxed_local()
            },
        ),
        phrase(
            StepType::Then,
            "the transferred party hears ringing or music meanwhile",
            Weight::Aside,
            |scene, _| async move { scene.hears_connecting().await }.boxed_local(),
        ),
        phrase(StepType::Then, "Teams hangs up", Weight::Aside, |scene, _| {
            async move { scene.teams_has_left().await }.boxed_local()
        }),
    ]
}

impl Scene {
    async fn transfer_out(&mut self, leaving: Leaving) -> Result<Vec<Judgement>, AgentError> {
        let talk = self.talks.last().copied().ok_or(AgentError::NoCall("transfer"))?;
        // "Another": one that is not in the call already.
        let target =
            if talk.both().contains(&Role::External1) { Role::External2 } else { Role::External1 };
        let mut judged = self.outside_is_reachable(target).await?;
        let number = self.as_dialled(target)?;
        judged.extend(self.transfer(target, &number, leaving).await?);
        Ok(judged)
    }

    pub(super) async fn transfer(
        &mut self,
        target: Role,
        number: &str,
        leaving: Leaving,
    ) -> Result<Vec<Judgement>, AgentError> {
        let talk = self.talks.last().copied().ok_or(AgentError::NoCall("transfer"))?;
        let transferor = talk.teams().ok_or(AgentError::NoCall("transfer"))?;
        let survivor = talk.other(transferor);
        if let Some(ended) = self.ended_already(talk) {
            return Ok(vec![ended]);
        }
        self.phone(target)?;
        let cursor = self.log().len();
        let by_itself = !self.stage.profile().pbx.supports_refer;
        let judgement = if by_itself {
            self.phone(transferor)?.connect(number)?;
            let expected = "the bridge calls the target itself, without REFER";
            Judgement::pass(expected, format!("dialled {number} beside the standing call"))
        } else {
            self.phone(transferor)?.transfer(number, leaving)?;
            judged(self.log(), cursor, REACTION, |seen, elapsed| {
                check::accepted(seen, transferor.name(), elapsed, REACTION)
            })
            .await
        };
        self.transfer = Some(Transferring { by: transferor, leaving, by_itself, cursor });
        self.begin_talk(Talk { caller: survivor, callee: target });
        self.ringing.push(if by_itself {
            let (caller, connected) = (transferor, Some(survivor));
            ExpectedRing { callee: target, caller, transferor: None, connected, cursor }
        } else {
            let (caller, transferor) = (survivor, Some(transferor));
            ExpectedRing { callee: target, caller, transferor, connected: None, cursor }
        });
        Ok(vec![judgement])
    }

    /// What the transferred party hears while the target rings.
    async fn hears_connecting(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let ring = self.expected_ring()?;
        if ring.connected.is_some() {
            let expected = "the transferred party hears something while the target rings";
            let observed = "that is for the bridge to play: it holds the call meanwhile";
            return Ok(vec![Judgement::pass(expected, observed)]);
        }
        let survivor = ring.caller;
        let Some(call) = self.phone(survivor)?.current_call() else {
            // That is for the answer to tell of.
            return Ok(Vec::new());
        };
        let from = self.log().now();
        let start = Instant::now();
        let end = start + CONNECTING;
        let judged = loop {
            let over = Instant::now() >= end;
            let windows = call.leg().windows(0);
            let span = check::Span {
                from,
                now: self.log().now(),
                planned: CONNECTING.as_secs_f64(),
                over: over || call.has_ended(),
            };
            let own = call.leg().identity().number();
            let spoken = self.stage.identities_given();
            let ear =
                check::Ear { party: survivor.name(), own, peer: own, spoken, windows: &windows };
            if let Some(judgement) = check::hears_connecting(&ear, &span) {
                break judgement;
            }
            let _ = tokio::time::timeout_at(end.into(), call.leg().changed()).await;
        };
        self.mandated += start.elapsed();
        Ok(if call.has_ended() { Vec::new() } else { vec![judged] })
    }

    async fn teams_has_left(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let Transferring { by: transferor, by_itself, cursor, .. } =
            self.transfer.ok_or(AgentError::NoCall("leave"))?;
        let phone = self.phone(transferor)?;
        if by_itself {
            let legs = phone.calls().iter().filter(|call| !call.has_ended()).count();
            return Ok(vec![check::stays_between(transferor.name(), legs)]);
        }
        if let Some(call) = phone.current_call() {
            call.hang_up();
        }
        let name = transferor.name();
        let released = judged(self.log(), cursor, REACTION, |seen, elapsed| {
            check::transferor_released(seen, name, elapsed, REACTION)
        })
        .await;
        let target = self.talks.last().map_or("", |talk| talk.callee.name());
        let seen = self.log().since(cursor);
        let mut judged = vec![released];
        judged.extend(check::notify_note(&seen, name, target));
        Ok(judged)
    }
}
