//! Phrases of a desk phone and Teams on one extension: guide 2.6.2.

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::{Role, Talk};
use super::phrase::{Phrase, Weight, phrase};
use super::waiting::{REACTION, judged};
use super::world::Scene;
use crate::agent::AgentError;
use crate::check::{self, Judgement, Ring, Turn};
use crate::record::{Cause, Observation, Verdict, What};

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::Given,
            "Teams is registered for an extension that has a desk phone",
            Weight::Precondition,
            |scene, _| async move { scene.register_owner().await }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "the desk phone registers for the same extension",
            Weight::Needed,
            |scene, _| async move { scene.register_second_device().await }.boxed_local(),
        ),
        phrase(StepType::Then, "a call to the extension rings both", Weight::Needed, |scene, _| {
            async move { scene.both_ring().await }.boxed_local()
        }),
        phrase(
            StepType::Then,
            "when (Teams|the desk phone) answers, the other stops ringing",
            Weight::Aside,
            |scene, found| async move { scene.other_stops(found.text(0)).await }.boxed_local(),
        ),
    ]
}

impl Scene {
    /// The Teams user of the pair who has a desk phone, and the other one.
    fn owner(&self) -> Option<[Role; 2]> {
        let profile = self.stage.profile();
        let has = |role: &Role| {
            let index = self.lease.user(usize::from(*role == Role::UserB));
            index
                .and_then(|index| profile.users.get(index))
                .is_some_and(|user| user.desk_phone.is_some())
        };
        let owner = [Role::UserA, Role::UserB].into_iter().find(has)?;
        let other = if owner == Role::UserA { Role::UserB } else { Role::UserA };
        Some([owner, other])
    }

    fn sharing(&self) -> Result<[Role; 2], AgentError> {
        self.owner().ok_or_else(|| AgentError::Lacking(Role::SecondDevice.name().to_owned()))
    }

    async fn register_owner(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let Some([owner, other]) = self.owner() else { return Ok(vec![check::no_desk_phone()]) };
        if self.nobody_registers() {
            self.phone(owner)?;
            self.phone(other)?;
            return Ok(Vec::new());
        }
        let mut judged = vec![self.register(other).await?];
        judged.push(self.register(owner).await?);
        Ok(judged)
    }

    async fn register_second_device(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let [owner, _] = self.sharing()?;
        self.second_of = Some(owner);
        let judgement = self.register(Role::SecondDevice).await?;
        if judgement.verdict != Verdict::Fail {
            return Ok(vec![judgement]);
        }
        self.phone(owner)?.unregister().await;
        let alone = self.register(Role::SecondDevice).await?.verdict != Verdict::Fail;
        let who = Role::SecondDevice.name();
        let turn = Turn { what: "device", who, number: 2, of: 2 };
        Ok(vec![check::at_once(judgement, turn, Some(alone))])
    }

    async fn both_ring(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let [owner, other] = self.sharing()?;
        let cursor = self.log().len();
        let number = self.extension_of(owner)?;
        self.phone(other)?.dial(&number)?;
        self.begin_talk(Talk { caller: other, callee: owner });
        let devices = [owner.name(), Role::SecondDevice.name()];
        let limit = self.stage.profile().expect.post_dial_delay;
        let ring = Ring { callee: owner.name(), caller: other.name(), transferor: None, limit };
        let log = self.log().clone();
        let judgement = judged(self.log(), cursor, limit, |seen, elapsed| {
            if let Some(both) = check::both_ring(seen, devices) {
                return Some(both);
            }
            let rung = |o: &Observation| matches!(o.what, What::Invited { .. });
            if !seen.iter().any(rung) {
                return check::rings(seen, &ring, elapsed).map(check::elsewhere);
            }
            check::rings_alone(seen, devices, log.now()).map(|(_, judgement)| judgement)
        })
        .await;
        let silent = check::rings_alone(&self.log().since(cursor), devices, f64::MAX);
        let Some((silent, _)) = silent.filter(|_| judgement.verdict == Verdict::Fail) else {
            return Ok(vec![judgement]);
        };
        let role = if silent == owner.name() { owner } else { Role::SecondDevice };
        Ok(vec![self.unless_forgotten(judgement, role).await])
    }

    async fn other_stops(&mut self, who: &str) -> Result<Vec<Judgement>, AgentError> {
        let [owner, caller] = self.sharing()?;
        let (answers, stops) = match who {
            "Teams" => (owner, Role::SecondDevice),
            _ => (Role::SecondDevice, owner),
        };
        let cursor = self.log().len();
        let ringing = self.phone(answers)?.current_call();
        if ringing.is_none_or(|call| call.answer().is_err()) {
            let (expected, observed) = ("rings until it is answered", "stopped ringing by itself");
            return Ok(vec![Judgement::inconclusive(
                Cause::CallDropped,
                format!("{} {expected}", answers.name()),
                format!("{} {observed}", answers.name()),
            )]);
        }
        let answered = judged(self.log(), 0, REACTION, |seen, elapsed| {
            check::answered(seen, Some(caller.name()), answers.name(), elapsed, REACTION)
        })
        .await;
        if answered.verdict != Verdict::Pass {
            return Ok(vec![check::elsewhere(answered)]);
        }
        let stopped = judged(self.log(), cursor, REACTION, |seen, elapsed| {
            check::stops_ringing(seen, stops.name(), elapsed, REACTION)
        })
        .await;
        Ok(vec![stopped])
    }
}
