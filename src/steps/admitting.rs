//! Phrases of being let in: guide 2.6.3, 2.6.4 and 2.6.7.

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::Role;
use super::phrase::{Phrase, Weight, phrase};
use super::world::Scene;
use crate::agent::AgentError;
use crate::check::{self, Barrier, Judgement};
use crate::probe;
use crate::record::{Cause, Verdict};

/// Where PBXs listen for remote users besides the port that everybody knows: 5061 and 5080
/// (FreeSWITCH), 5065 and 5160 (Avaya, FreePBX), 5090 (3CX's tunnel).
const OTHER_PORTS: [u16; 6] = [5060, 5061, 5065, 5080, 5090, 5160];

/// What the softphone of guide 3 calls itself: one that the guide asks to be let in as well.
const SOFTPHONE: &str = "MicroSIP/3.17.7";

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::When,
            "the PBX is asked at the port of the profile, and at others if that is silent",
            Weight::Needed,
            |scene, _| async move { scene.ask_ports().await }.boxed_local(),
        ),
        phrase(StepType::When, "User A tries to register from Teams", Weight::Aside, |scene, _| {
            async move { scene.try_to_register().await }.boxed_local()
        }),
        phrase(
            StepType::Then,
            "no access list of the PBX keeps the bridge out",
            Weight::Aside,
            |scene, _| async move { scene.is_let_in(Barrier::Address).await }.boxed_local(),
        ),
        phrase(
            StepType::Then,
            "the PBX accepts the User-Agent of the bridge",
            Weight::Aside,
            |scene, _| async move { scene.is_let_in(Barrier::UserAgent).await }.boxed_local(),
        ),
    ]
}

impl Scene {
    async fn ask_ports(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let site = self.site();
        probe::ask_ports(&site, &[]).await?;
        let seen = self.observations();
        if self.options.intrusive && !check::answers_at_port(&seen) {
            probe::ask_ports(&site, &OTHER_PORTS).await?;
        }
        let port = self.stage.pbx().address().map_or(0, |address| address.port());
        Ok(vec![check::right_port(&self.observations(), port, self.options.intrusive)])
    }

    /// What becomes of it is judged by 6.1; here only what it tells of lists.
    async fn try_to_register(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let expected = "the PBX answers a REGISTER of User A";
        if self.nobody_registers() {
            let observed = "nobody registers: the profile says authentication by address";
            return Ok(vec![Judgement::pass(expected, observed)]);
        }
        let judgement = self.register(Role::UserA).await?;
        let observed = judgement.observed.clone();
        self.tried = Some(judgement);
        Ok(vec![Judgement::pass(expected, observed)])
    }

    async fn is_let_in(&mut self, barrier: Barrier) -> Result<Vec<Judgement>, AgentError> {
        let Some(tried) = self.tried.clone() else {
            let observed = "nobody registers: the profile says authentication by address";
            return Ok(vec![Judgement::pass("the bridge is let in", observed)]);
        };
        let silent = matches!(tried.cause, Some(Cause::NoResponse | Cause::SourceBanned));
        if silent {
            probe::ask_ports(&self.site(), &[]).await?;
        }
        let answers = check::answers_at_port(&self.observations());
        let barred = tried.cause == Some(Cause::ClientBlocked) || (silent && answers);
        let another_agent = match self.lease.user(0) {
            Some(index) if barred && self.options.intrusive => {
                let name = "User A as a softphone";
                let phone = self.stage.user_as(index, name, SOFTPHONE, &self.place)?;
                self.crowd.push(phone.clone());
                let registered = self.register_phone(&phone).await;
                // A password that is asked for has passed the gate.
                let let_in = check::let_in(Barrier::UserAgent, &registered, answers, None);
                Some(let_in.verdict == Verdict::Pass)
            }
            _ => None,
        };
        Ok(vec![check::let_in(barrier, &tried, answers, another_agent)])
    }
}
