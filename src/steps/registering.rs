//! Phrases of registration: guide 6.1, and what other scenarios start from.

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::Role;
use super::phrase::{Phrase, Weight, phrase};
use super::waiting::{REACTION, REGISTRATION, judged};
use super::world::Scene;
use crate::agent::AgentError;
use crate::check::{self, Judgement};
use crate::profile::Authentication;
use crate::record::{Cause, Verdict, What};

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::Given,
            "(User [AB]) is registered from Teams",
            Weight::Precondition,
            |scene, found| async move { scene.register_user(found.text(0)).await }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "(User [AB]) registers from Teams",
            Weight::Needed,
            |scene, found| async move { scene.register_user(found.text(0)).await }.boxed_local(),
        ),
        phrase(
            StepType::Given,
            "the desk phone is registered",
            Weight::Precondition,
            |scene, _| {
                async move { Ok(vec![scene.register(Role::DeskPhone).await?]) }.boxed_local()
            },
        ),
        phrase(StepType::Then, "at least 2 users are registered", Weight::Needed, |scene, _| {
            async move { Ok(vec![scene.two_registered()]) }.boxed_local()
        }),
        phrase(
            StepType::Then,
            "each registration lasts as long as recommended",
            Weight::Aside,
            |scene, _| async move { Ok(scene.expiries()) }.boxed_local(),
        ),
        phrase(
            StepType::Given,
            "all users are registered from the same IP and port",
            Weight::Precondition,
            |scene, _| async move { Ok(vec![scene.same_address()]) }.boxed_local(),
        ),
    ]
}

impl Scene {
    async fn register_user(&mut self, name: &str) -> Result<Vec<Judgement>, AgentError> {
        let role = Role::user(name).ok_or_else(|| AgentError::Lacking(name.to_owned()))?;
        if self.stage.profile().pbx.authentication == Authentication::Address {
            self.phone(role)?;
            return Ok(vec![Judgement::pass(
                format!("{name} is known to the PBX"),
                "nobody registers: the profile says authentication by address",
            )]);
        }
        Ok(vec![self.register(role).await?])
    }

    pub(super) async fn register(&mut self, role: Role) -> Result<Judgement, AgentError> {
        let phone = self.phone(role)?;
        let cursor = self.log().len();
        let line = phone.line().clone();
        phone.register();
        Ok(judged(self.log(), cursor, REGISTRATION, |seen, elapsed| {
            check::registered(seen, phone.name()).or_else(|| {
                (elapsed >= REGISTRATION).then(|| {
                    let before = line.was_answered();
                    check::unanswered(seen, phone.name(), REGISTRATION, before)
                })
            })
        })
        .await)
    }

    /// A registered phone that was not called may have been forgotten: the PBX is asked.
    pub(super) async fn unless_forgotten(&self, judgement: Judgement, callee: Role) -> Judgement {
        let failed = judgement.verdict == Verdict::Fail;
        let registered = failed && self.registered_roles().contains(&callee);
        let Some(phone) = self.phones.get(&callee).filter(|_| registered) else {
            return judgement;
        };
        let forgotten = tokio::time::timeout(REACTION, phone.is_forgotten()).await;
        if forgotten == Ok(true) {
            return check::forgotten(judgement, callee.name());
        }
        judgement
    }

    fn registered_roles(&self) -> Vec<Role> {
        let seen = self.observations();
        let has = |role: &Role| {
            seen.iter().any(|o| o.party == role.name() && matches!(o.what, What::Registered { .. }))
        };
        self.phones.keys().copied().filter(has).collect()
    }

    fn two_registered(&self) -> Judgement {
        let expected = "at least 2 users are registered";
        if self.stage.profile().pbx.authentication == Authentication::Address {
            return Judgement::pass(expected, "authentication by address: nobody registers");
        }
        let registered: Vec<&str> = self.registered_roles().into_iter().map(Role::name).collect();
        let observed = format!("registered: {}", registered.join(", "));
        if registered.len() >= 2 {
            Judgement::pass(expected, observed)
        } else {
            Judgement::fail(Cause::RegistrationRefused, expected, observed)
        }
    }

    fn expiries(&self) -> Vec<Judgement> {
        let seen = self.observations();
        let settable = self.stage.profile().expect.expiry_settable;
        self.registered_roles()
            .into_iter()
            .filter_map(|role| check::expiry(&seen, role.name(), settable))
            .collect()
    }

    fn same_address(&self) -> Judgement {
        let addresses: Vec<String> = self
            .phones
            .iter()
            .filter(|(role, _)| role.is_teams())
            .map(|(_, phone)| phone.local_address().to_string())
            .collect();
        check::same_address(&addresses)
    }
}
