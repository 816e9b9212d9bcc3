//! Phrases of certificates: guide 2.4.

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::phrase::{Phrase, Weight, phrase};
use super::world::Scene;
use crate::agent::AgentError;
use crate::check::{self, Judgement};
use crate::probe;
use crate::profile::Protocol;

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(StepType::When, "the PBX presents its certificates", Weight::Needed, |scene, _| {
            async move { scene.ask_certificates().await }.boxed_local()
        }),
        phrase(
            StepType::Then,
            "they are real, complete, in time and in the PBX's name",
            Weight::Needed,
            |scene, _| async move { Ok(scene.certified()) }.boxed_local(),
        ),
    ]
}

impl Scene {
    async fn ask_certificates(&self) -> Result<Vec<Judgement>, AgentError> {
        probe::ask_certificates(&self.site()).await?;
        let asked = match self.stage.profile().pbx.protocol {
            Protocol::Tls => "a handshake that takes whatever is presented",
            Protocol::Udp | Protocol::Tcp => "nobody: the profile's protocol has none",
        };
        Ok(vec![Judgement::pass("the PBX is asked", asked)])
    }

    fn certified(&self) -> Vec<Judgement> {
        check::certified(&self.observations(), self.stage.profile().pbx.protocol)
    }
}
