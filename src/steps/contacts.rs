//! Phrases of the Contact's data parameter: guide 4.1.1.8.

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::Role;
use super::closing::UNREGISTRATION;
use super::phrase::{Phrase, Weight, phrase};
use super::world::Scene;
use crate::agent::AgentError;
use crate::check::{self, ContactTrial, Judgement};
use crate::record::Verdict;

/// Both are tried, since the PBX has to tell users of one address apart.
const USERS: [Role; 2] = [Role::UserA, Role::UserB];

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::When,
            "both users register (with|without) a data parameter in the Contact, and are called",
            Weight::Needed,
            |scene, found| {
                async move { scene.try_contacts(found.text(0) == "with").await }.boxed_local()
            },
        ),
        phrase(
            StepType::Then,
            "each INVITE has the data parameter of the called user's Contact",
            Weight::Aside,
            |scene, _| async move { Ok(scene.data_comes_back()) }.boxed_local(),
        ),
        phrase(
            StepType::Then,
            "the profile has the better value of suppress_contact_data",
            Weight::Aside,
            |scene, _| async move { Ok(scene.better_contacts()) }.boxed_local(),
        ),
    ]
}

impl Scene {
    async fn try_contacts(&mut self, with_data: bool) -> Result<Vec<Judgement>, AgentError> {
        let with = if with_data { "with" } else { "without" };
        let expected = format!("both users can be called, {with} a data parameter");
        if self.nobody_registers() {
            let observed = "nobody registers: the profile says authentication by address";
            return Ok(vec![Judgement::pass(expected, observed)]);
        }
        let reachable = self.outside_is_reachable(Role::External1).await?;
        if reachable.iter().any(|judgement| !judgement.verdict.lets_continue()) {
            return Ok(reachable);
        }
        for role in USERS {
            let phone = self.phone(role)?;
            // The PBX may take the two Contacts for two devices.
            let _ = tokio::time::timeout(UNREGISTRATION, phone.unregister()).await;
            phone.carry_contact_data(with_data);
        }
        let mut registered = Vec::new();
        for role in USERS {
            registered.push(self.register(role).await?);
        }
        let limit = self.stage.profile().expect.post_dial_delay;
        let mut observed = Vec::new();
        for (role, registered) in USERS.into_iter().zip(registered) {
            let (judged, seen) = if registered.verdict.lets_continue() {
                let phone = self.phone(role)?;
                let number = self.number_from_outside(Role::External1, role)?;
                let (judged, seen) =
                    self.try_call(Role::External1, &phone, &number, limit, check::rings).await?;
                let judged = self.unless_forgotten(judged, role).await;
                let judged = self.unless_extension(judged, Role::External1, role)?;
                if judged.verdict == Verdict::Unsupported {
                    return Ok(vec![judged]);
                }
                (judged, seen)
            } else {
                (registered, Vec::new())
            };
            observed.push(format!("{}: {}", role.name(), judged.observed));
            let failed = judged.verdict == Verdict::Fail;
            self.contact_trials.push(ContactTrial {
                user: role.name().to_owned(),
                with_data,
                judged,
                seen,
            });
            // One is enough to tell, and a PBX that rings nobody takes its time for it.
            if failed {
                break;
            }
        }
        // What came of it is judged when both ways were tried.
        Ok(vec![Judgement::pass(expected, observed.join("; "))])
    }

    fn data_comes_back(&self) -> Vec<Judgement> {
        let tried = !self.contact_trials.is_empty();
        tried.then(|| check::data_comes_back(&self.contact_trials)).into_iter().collect()
    }

    fn better_contacts(&self) -> Vec<Judgement> {
        let suppressed = self.stage.profile().pbx.suppress_contact_data;
        let tried = !self.contact_trials.is_empty();
        tried.then(|| check::better_value(&self.contact_trials, suppressed)).into_iter().collect()
    }
}
