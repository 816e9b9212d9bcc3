//! Phrases of the bridge's two nodes: guide 4.1.1.1.

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::Role;
use super::phrase::{Phrase, Weight, phrase};
use super::world::Scene;
use crate::agent::{AgentError, Phone};
use crate::check::{self, Judgement};

/// The phone at the node that will be lost.
const AT_ONE_NODE: &str = "User A at one node";

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::Given,
            "User A is registered from one node of the bridge",
            Weight::Precondition,
            |scene, _| async move { scene.register_at_one_node().await }.boxed_local(),
        ),
        phrase(
            StepType::Given,
            "a call from the PSTN rings there",
            Weight::Precondition,
            |scene, _| async move { scene.rings_at_one_node().await }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "that node is lost and User A registers from the other",
            Weight::Needed,
            |scene, _| async move { scene.lose_node().await }.boxed_local(),
        ),
        phrase(
            StepType::Then,
            "a call from the PSTN rings at the other node",
            Weight::Needed,
            |scene, _| async move { scene.rings_at_other_node().await }.boxed_local(),
        ),
    ]
}

impl Scene {
    async fn register_at_one_node(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let index = self.lease.user(0).ok_or_else(|| AgentError::Lacking("User A".to_owned()))?;
        let phone = self.stage.user_at_second_node(index, AT_ONE_NODE, &self.place);
        let nobody_registers = self.nobody_registers();
        let Some(phone) = phone.filter(|_| !nobody_registers) else {
            return Ok(vec![check::one_node(nobody_registers)]);
        };
        let phone = phone?;
        self.crowd.push(phone.clone());
        self.node = Some(phone.clone());
        let mut judged = self.outside_is_reachable(Role::External1).await?;
        judged.push(self.register_phone(&phone).await);
        Ok(judged)
    }

    fn at_one_node(&self) -> Result<Phone, AgentError> {
        self.node.clone().ok_or_else(|| AgentError::Lacking(AT_ONE_NODE.to_owned()))
    }

    async fn call_user_at(
        &mut self,
        callee: &Phone,
        judge: super::trying::JudgesRing,
    ) -> Result<Judgement, AgentError> {
        let number = self.number_from_outside(Role::External1, Role::UserA)?;
        let limit = self.stage.profile().expect.post_dial_delay;
        let judged = self.try_call(Role::External1, callee, &number, limit, judge).await?.0;
        self.unless_extension(judged, Role::External1, Role::UserA)
    }

    async fn rings_at_one_node(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let phone = self.at_one_node()?;
        Ok(vec![self.call_user_at(&phone, check::rings).await?])
    }

    /// The lost node cannot remove its binding; the other registers beside it.
    async fn lose_node(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let lost = self.at_one_node()?;
        lost.line().lose(true);
        // What keeps it from that is judged by 6.1 and 2.6.
        let mut judged = vec![check::elsewhere(self.register(Role::UserA).await?)];
        let contact = lost.contact();
        let contact = contact.trim_matches(['<', '>']);
        judged.extend(check::both_bindings(&self.observations(), Role::UserA.name(), contact));
        Ok(judged)
    }

    async fn rings_at_other_node(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let phone = self.phone(Role::UserA)?;
        let judgement = self.call_user_at(&phone, check::reaches_other_node).await?;
        Ok(vec![self.unless_forgotten(judgement, Role::UserA).await])
    }
}
