//! Phrases of reaching the PBX at all: guide 2.1, 2.3 and 2.5.

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::phrase::{Phrase, Weight, phrase};
use super::world::Scene;
use crate::check::{self, Judgement};
use crate::profile::Protocol;
use crate::{agent::AgentError, probe};

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::When,
            "the PBX's name is looked up as the bridge does",
            Weight::Needed,
            |scene, _| async move { Ok(vec![scene.look_up().await]) }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "the PBX is asked over UDP, TCP and TLS",
            Weight::Needed,
            |scene, _| async move { scene.ask_everywhere().await }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "a request with marks in its headers is sent to the PBX",
            Weight::Needed,
            |scene, _| async move { scene.send_marks().await }.boxed_local(),
        ),
        phrase(
            StepType::Then,
            "the marks come back as they were sent",
            Weight::Needed,
            |scene, _| async move { Ok(check::unaltered(&scene.observations())) }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "requests of 1200 to 6000 bytes are sent to the PBX",
            Weight::Needed,
            |scene, _| async move { scene.send_sizes().await }.boxed_local(),
        ),
        phrase(
            StepType::Then,
            "fragmented UDP packets come through",
            Weight::Needed,
            |scene, _| async move { Ok(scene.fragments_pass()) }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "the PBX is asked from several ports",
            Weight::Needed,
            |scene, _| async move { scene.ask_from_ports().await }.boxed_local(),
        ),
        phrase(StepType::Then, "it answers to any port", Weight::Needed, |scene, _| {
            async move { Ok(vec![check::any_source_port(&scene.observations())]) }.boxed_local()
        }),
        phrase(
            StepType::Then,
            "it answers over the protocol of the profile",
            Weight::Needed,
            |scene, _| async move { Ok(scene.reached()) }.boxed_local(),
        ),
    ]
}

impl Scene {
    async fn look_up(&self) -> Judgement {
        probe::look_up(&self.site()).await;
        check::resolved(&self.observations())
    }

    async fn ask_everywhere(&self) -> Result<Vec<Judgement>, AgentError> {
        probe::ask_everywhere(&self.site()).await?;
        let asked = "OPTIONS, and REGISTER without a Contact, which changes no registration";
        Ok(vec![Judgement::pass("the PBX is asked", asked)])
    }

    async fn send_marks(&self) -> Result<Vec<Judgement>, AgentError> {
        probe::send_marks(&self.site()).await?;
        let sent = "OPTIONS whose Via, Call-ID, Contact and SDP name our address";
        Ok(vec![Judgement::pass("a request is sent", sent)])
    }

    async fn send_sizes(&self) -> Result<Vec<Judgement>, AgentError> {
        probe::send_sizes(&self.site()).await?;
        let sent = match self.stage.profile().pbx.protocol {
            Protocol::Udp => "OPTIONS with real headers and the description of every codec",
            Protocol::Tcp | Protocol::Tls => "none: the profile's protocol is not UDP",
        };
        Ok(vec![Judgement::pass("requests are sent", sent)])
    }

    async fn ask_from_ports(&self) -> Result<Vec<Judgement>, AgentError> {
        probe::ask_from_ports(&self.site()).await?;
        let asked = "OPTIONS, or else REGISTER without a Contact";
        Ok(vec![Judgement::pass("the PBX is asked", asked)])
    }

    fn fragments_pass(&self) -> Vec<Judgement> {
        check::fragments_pass(&self.observations(), &self.stage.profile().pbx)
    }

    fn reached(&self) -> Vec<Judgement> {
        let protocol = self.stage.profile().pbx.protocol;
        check::reached(&self.observations(), protocol)
    }
}
