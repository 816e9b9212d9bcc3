//! Phrases of registration: guide 6.1, and what other scenarios start from.

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::Role;
use super::phrase::{Phrase, Weight, phrase};
use super::waiting::{REACTION, REGISTRATION, judged};
use super::world::Scene;
use crate::agent::{AgentError, Phone};
use crate::check::{self, Judgement};
use crate::profile::Authentication;
use crate::record::{Cause, Verdict, What};

/// How often a registration is renewed at least (guide 2.6.6).
const RENEWALS: usize = 3;

/// How often at most, while each renewal is granted for less.
const MOST_RENEWALS: usize = 6;

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
            StepType::When,
            "(User [AB])'s registration is renewed several times",
            Weight::Needed,
            |scene, found| async move { scene.renew(found.text(0)).await }.boxed_local(),
        ),
        phrase(
            StepType::Then,
            "every renewal of (User [AB]) lasts as long as the registration",
            Weight::Aside,
            |scene, found| {
                async move {
                    let seen = scene.observations();
                    Ok(check::lasts_when_renewed(&seen, found.text(0)).into_iter().collect())
                }
                .boxed_local()
            },
        ),
        phrase(
            StepType::Then,
            "(User [AB])'s registration can be removed",
            Weight::Aside,
            |scene, found| async move { scene.remove(found.text(0)).await }.boxed_local(),
        ),
        phrase(
            StepType::Given,
            "all users are registered from the same IP and port",
            Weight::Precondition,
            |scene, _| async move { Ok(vec![scene.same_address()]) }.boxed_local(),
        ),
    ]
}

fn by_address(name: &str) -> Judgement {
    let expected = format!("{name} is known to the PBX");
    Judgement::pass(expected, "nobody registers: the profile says authentication by address")
}

impl Scene {
    async fn register_user(&mut self, name: &str) -> Result<Vec<Judgement>, AgentError> {
        let role = Role::user(name).ok_or_else(|| AgentError::Lacking(name.to_owned()))?;
        if self.nobody_registers() {
            self.phone(role)?;
            return Ok(vec![by_address(name)]);
        }
        Ok(vec![self.register(role).await?])
    }

    /// Registers again, at least [`RENEWALS`] times, and as long as the time shrinks.
    async fn renew(&mut self, name: &str) -> Result<Vec<Judgement>, AgentError> {
        if self.nobody_registers() {
            return Ok(vec![by_address(name)]);
        }
        let role = Role::user(name).ok_or_else(|| AgentError::Lacking(name.to_owned()))?;
        let mut count = 0;
        while count < MOST_RENEWALS {
            let renewed = self.register(role).await?;
            if renewed.verdict != Verdict::Pass {
                return Ok(vec![renewed]);
            }
            count += 1;
            let judged = check::lasts_when_renewed(&self.observations(), name);
            if count >= RENEWALS && judged.is_none_or(|j| j.verdict == Verdict::Pass) {
                break;
            }
        }
        let expected = format!("the registration of {name} can be renewed");
        Ok(vec![Judgement::pass(expected, format!("renewed {count} times"))])
    }

    async fn remove(&mut self, name: &str) -> Result<Vec<Judgement>, AgentError> {
        if self.nobody_registers() {
            return Ok(vec![by_address(name)]);
        }
        let role = Role::user(name).ok_or_else(|| AgentError::Lacking(name.to_owned()))?;
        let cursor = self.log().len();
        self.phone(role)?.remove().await;
        let removed = check::removed(&self.log().since(cursor), name);
        if removed.verdict != Verdict::Fail {
            return Ok(vec![removed]);
        }
        Ok(vec![self.unless_uncalled(removed, role).await?])
    }

    /// A removal that does not show where bindings are listed is proved by a call.
    async fn unless_uncalled(
        &mut self,
        listed: Judgement,
        removed: Role,
    ) -> Result<Judgement, AgentError> {
        let caller = if removed == Role::UserA { Role::UserB } else { Role::UserA };
        if self.register(caller).await?.verdict == Verdict::Fail {
            return Ok(listed);
        }
        let number = self.extension_of(removed)?;
        let cursor = self.log().len();
        self.phone(caller)?.dial(&number)?;
        let (party, from) = (removed.name(), caller.name());
        Ok(judged(self.log(), cursor, REACTION, |seen, elapsed| {
            check::called_though_removed(&listed, seen, party, from, elapsed >= REACTION)
        })
        .await)
    }

    pub(super) fn nobody_registers(&self) -> bool {
        self.stage.profile().pbx.authentication == Authentication::Address
    }

    pub(super) async fn register(&mut self, role: Role) -> Result<Judgement, AgentError> {
        let phone = self.phone(role)?;
        Ok(self.register_phone(&phone).await)
    }

    pub(super) async fn register_phone(&self, phone: &Phone) -> Judgement {
        let cursor = self.log().len();
        let line = phone.line().clone();
        phone.register();
        judged(self.log(), cursor, REGISTRATION, |seen, elapsed| {
            check::registered(seen, phone.name()).or_else(|| {
                (elapsed >= REGISTRATION).then(|| {
                    let before = line.was_answered();
                    check::unanswered(seen, phone.name(), REGISTRATION, before)
                })
            })
        })
        .await
    }

    /// A registered phone that was not called may have been forgotten: the PBX is asked.
    pub(super) async fn unless_forgotten(&self, judgement: Judgement, callee: Role) -> Judgement {
        let failed = judgement.verdict == Verdict::Fail;
        let registered = failed && self.registered_roles().contains(&callee);
        let Some(phone) = self.phones.get(&callee).filter(|_| registered) else {
            return judgement;
        };
        if phone.is_forgotten(REACTION).await {
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
        if self.nobody_registers() {
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
