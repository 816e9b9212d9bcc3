//! Phrases that dial, and those that watch a phone ring.

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::{Role, Talk};
use super::phrase::{Phrase, Weight, phrase};
use super::waiting::{REACTION, judged};
use super::world::{ExpectedRing, Scene};
use crate::agent::{AgentError, Call, Phone};
use crate::check::{self, Allowed, Judgement, Ring};
use crate::profile::{Account, Likeness, TransferCallerId};
use crate::record::{CallerId, Verdict, What};

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::When,
            "from (an|another) external number, dial (?:the )?(User [AB])(?:'s DiD| PBX number)",
            Weight::Needed,
            |scene, found| {
                async move {
                    let caller = Role::external(found.text(0));
                    scene.dial_did(caller, found.text(1)).await
                }
                .boxed_local()
            },
        ),
        phrase(
            StepType::When,
            "from (User [AB])'s Teams client, dial (an|another) external number",
            Weight::Needed,
            |scene, found| {
                async move { scene.dial_out(found.text(0), found.text(1)).await }.boxed_local()
            },
        ),
        phrase(
            StepType::When,
            "from (User [AB])'s Teams client, dial (User [AB])'s extension",
            Weight::Needed,
            |scene, found| {
                async move { scene.dial_user(found.text(0), found.text(1)) }.boxed_local()
            },
        ),
        phrase(
            StepType::When,
            "from (User [AB])'s Teams client, dial the desk phone's extension",
            Weight::Needed,
            |scene, found| async move { scene.dial_desk_phone(found.text(0)) }.boxed_local(),
        ),
        phrase(
            StepType::Then,
            "Teams rings for (User [AB])|the external number rings|the desk phone rings|the softphone \
             rings",
            Weight::Needed,
            |scene, _| async move { scene.rings().await }.boxed_local(),
        ),
        phrase(StepType::Then, "the caller sees the call ring", Weight::Aside, |scene, _| {
            async move { Ok(vec![scene.caller_sees_ringing().await?]) }.boxed_local()
        }),
        phrase(
            StepType::Then,
            "the caller-id matches the external number that originated the call",
            Weight::Aside,
            |scene, _| async move { Ok(vec![scene.caller_id_of_call()?]) }.boxed_local(),
        ),
        phrase(
            StepType::Then,
            "the caller-id is either (User [AB])'s DiD or the external number that originated \
             the call, as the PBX is configured",
            Weight::Aside,
            |scene, _| async move { Ok(vec![scene.caller_id_of_transfer()?]) }.boxed_local(),
        ),
    ]
}

pub(super) fn role_of(name: &str) -> Result<Role, AgentError> {
    Role::user(name).ok_or_else(|| AgentError::Lacking(name.to_owned()))
}

impl Scene {
    async fn dial_did(&mut self, caller: Role, callee: &str) -> Result<Vec<Judgement>, AgentError> {
        let callee = role_of(callee)?;
        let mut judged = self.outside_is_reachable(caller).await?;
        let number = self.number_from_outside(caller, callee)?;
        judged.push(self.dial(caller, callee, &number)?);
        Ok(judged)
    }

    async fn dial_out(
        &mut self,
        caller: &str,
        article: &str,
    ) -> Result<Vec<Judgement>, AgentError> {
        let (caller, callee) = (role_of(caller)?, Role::external(article));
        let mut judged = self.outside_is_reachable(callee).await?;
        let number = self.as_dialled(callee)?;
        judged.push(self.dial(caller, callee, &number)?);
        Ok(judged)
    }

    fn dial_user(&mut self, caller: &str, callee: &str) -> Result<Vec<Judgement>, AgentError> {
        let (caller, callee) = (role_of(caller)?, role_of(callee)?);
        let extension = self.extension_of(callee)?;
        Ok(vec![self.dial(caller, callee, &extension)?])
    }

    fn dial_desk_phone(&mut self, caller: &str) -> Result<Vec<Judgement>, AgentError> {
        let caller = role_of(caller)?;
        let extension = self.extension_of(Role::DeskPhone)?;
        Ok(vec![self.dial(caller, Role::DeskPhone, &extension)?])
    }

    /// An outside account must be registered before it can be called or call.
    pub(super) async fn outside_is_reachable(
        &mut self,
        role: Role,
    ) -> Result<Vec<Judgement>, AgentError> {
        if !self.stage.outside_registers() {
            self.phone(role)?;
            return Ok(Vec::new());
        }
        let mut judgement = self.register(role).await?;
        if judgement.verdict == Verdict::Fail {
            // The provider of the outside is not the PBX under test.
            judgement.verdict = Verdict::Inconclusive;
        }
        Ok(vec![judgement])
    }

    pub(super) fn dial(
        &mut self,
        caller: Role,
        callee: Role,
        number: &str,
    ) -> Result<Judgement, AgentError> {
        self.dial_with(caller, callee, number, Phone::dial)
    }

    /// The same in a way that the phone has.
    pub(super) fn dial_with(
        &mut self,
        caller: Role,
        callee: Role,
        number: &str,
        dial: impl Fn(&Phone, &str) -> Result<Call, AgentError>,
    ) -> Result<Judgement, AgentError> {
        // The callee's phone must be plugged in before it can ring.
        self.phone(callee)?;
        let phone = self.phone(caller)?;
        let cursor = self.log().len();
        dial(&phone, number)?;
        Ok(self.dialled(caller, callee, number, cursor))
    }

    /// Takes note of a call that was dialled; `cursor` is the position in the log before.
    pub(super) fn dialled(
        &mut self,
        caller: Role,
        callee: Role,
        number: &str,
        cursor: usize,
    ) -> Judgement {
        self.begin_talk(Talk { caller, callee });
        let (transferor, connected) = (None, None);
        self.ringing.push(ExpectedRing { callee, caller, transferor, connected, cursor });
        let expected = format!("{} dials {}", caller.name(), callee.name());
        Judgement::pass(expected, format!("dialled {number}"))
    }

    pub(super) async fn rings(&self) -> Result<Vec<Judgement>, AgentError> {
        let expected = self.expected_ring()?;
        let limit = self.stage.profile().expect.post_dial_delay;
        let ring = Ring {
            callee: expected.callee.name(),
            caller: expected.caller.name(),
            transferor: expected.transferor.map(Role::name),
            limit,
        };
        let rung = judged(self.log(), expected.cursor, limit, |seen, elapsed| {
            check::rings(seen, &ring, elapsed)
        })
        .await;
        let rung = self.unless_forgotten(rung, expected.callee).await;
        let rung = self.unless_extension(rung, expected.caller, expected.callee)?;
        let mut judged = self.as_softphone(rung, expected).await?;
        judged.extend(self.addressed_rightly(expected));
        Ok(judged)
    }

    /// The outside need not reach a user whose number is just an extension (guide 5).
    pub(super) fn unless_extension(
        &self,
        judgement: Judgement,
        caller: Role,
        callee: Role,
    ) -> Result<Judgement, AgentError> {
        let from_outside = matches!(caller, Role::External1 | Role::External2);
        let to_user = matches!(callee, Role::UserA | Role::UserB | Role::Softphone);
        if !from_outside || !to_user {
            return Ok(judgement);
        }
        let number = self.number_of(callee)?;
        Ok(check::unless_extension(judgement, callee.name(), &number))
    }

    /// Who has registered is to be called at its Contact.
    fn addressed_rightly(&self, expected: &ExpectedRing) -> Option<Judgement> {
        let phone = self.phones.get(&expected.callee)?;
        let seen = self.observations();
        check::called_at_contact(&seen, expected.cursor, phone.name(), phone.user())
    }

    async fn caller_sees_ringing(&self) -> Result<Judgement, AgentError> {
        let expected = self.expected_ring()?;
        Ok(judged(self.log(), expected.cursor, REACTION, |seen, elapsed| {
            check::caller_sees_ringing(seen, expected.caller.name(), elapsed, REACTION)
        })
        .await)
    }

    pub(super) fn expected_ring(&self) -> Result<&ExpectedRing, AgentError> {
        self.ringing.last().ok_or(AgentError::NoCall("ring"))
    }

    /// What the INVITE of the latest ring showed.
    fn shown(&self) -> Result<(CallerId, ExpectedRing), AgentError> {
        let expected = self.expected_ring()?.clone();
        let shown = self.log().since(expected.cursor).into_iter().find_map(|o| match o.what {
            What::Invited { caller, .. } if o.party == expected.callee.name() => Some(caller),
            _ => None,
        });
        Ok((shown.ok_or(AgentError::NoCall("see the caller-id"))?, expected))
    }

    fn caller_id_of_call(&self) -> Result<Judgement, AgentError> {
        let (shown, expected) = self.shown()?;
        let number = self.presented_by(expected.caller)?;
        let allowed = [Allowed { label: "the external number", number: &number }];
        let judged = self.judge_caller_id(&shown, expected.callee, &allowed);
        self.by_provider_of(expected.caller, judged)
    }

    /// What is said of the caller-id of a caller who may be outside.
    pub(super) fn by_provider_of(
        &self,
        caller: Role,
        judged: Judgement,
    ) -> Result<Judgement, AgentError> {
        let account = self.account_of(caller)?;
        Ok(if account.is_some() { check::shown_by_provider(judged) } else { judged })
    }

    fn caller_id_of_transfer(&self) -> Result<Judgement, AgentError> {
        let (shown, expected) = self.shown()?;
        let (transferor, original) = match (expected.transferor, expected.connected) {
            (Some(transferor), _) => (transferor, expected.caller),
            (None, Some(connected)) => (expected.caller, connected),
            (None, None) => return Err(AgentError::NoCall("transfer")),
        };
        let (did, original) = (self.number_of(transferor)?, self.presented_by(original)?);
        let label = format!("{}'s DiD", transferor.name());
        let own = Allowed { label: &label, number: &did };
        let first = Allowed { label: "the external number", number: &original };
        let allowed = match self.stage.profile().expect.transfer_caller_id {
            TransferCallerId::Transferor => vec![own],
            TransferCallerId::Original => vec![first],
            TransferCallerId::Either => vec![own, first],
        };
        let judged = self.judge_caller_id(&shown, expected.callee, &allowed);
        let judged = self.by_provider_of(expected.callee, judged)?;
        Ok(check::unless_unknown(judged, transferor.name(), &did))
    }

    fn judge_caller_id(
        &self,
        shown: &CallerId,
        callee: Role,
        allowed: &[Allowed<'_>],
    ) -> Judgement {
        let pbx = &self.stage.profile().pbx;
        check::caller_id(shown, allowed, |one, other| {
            let likeness = pbx.likeness(one, other)?;
            // Outside, another country's form may be that of the provider.
            Some(if callee.is_external() { Likeness::Same } else { likeness })
        })
    }

    /// The role's number in E.164, or its extension where it has no number.
    pub(super) fn number_of(&self, role: Role) -> Result<String, AgentError> {
        let profile = self.stage.profile();
        let number = match role {
            Role::UserA | Role::UserB => {
                let index = self.lease.user(usize::from(role == Role::UserB));
                index.and_then(|index| profile.users.get(index)).map(|user| user.number.clone())
            }
            Role::External1 | Role::External2 => self
                .lease
                .external(usize::from(role == Role::External2))
                .and_then(|index| profile.external.numbers.get(index).cloned()),
            Role::DeskPhone | Role::SecondDevice => return self.extension_of(role),
            Role::Softphone => return self.number_of(self.softphone_of.unwrap_or(Role::UserA)),
        };
        number.ok_or_else(|| AgentError::Lacking(format!("the number of {}", role.name())))
    }

    /// The account that an external number is registered with, if it is.
    fn account_of(&self, role: Role) -> Result<Option<&Account>, AgentError> {
        if !role.is_external() {
            return Ok(None);
        }
        let number = self.number_of(role)?;
        Ok(self.stage.profile().external.account_of(&number))
    }

    /// The number of a user as somebody outside dials it.
    pub(super) fn number_from_outside(
        &self,
        caller: Role,
        callee: Role,
    ) -> Result<String, AgentError> {
        let number = self.number_of(callee)?;
        let account = self.account_of(caller)?;
        Ok(account.map_or(number.clone(), |account| account.number_format.dialled(&number, "")))
    }

    /// The number that others are shown when that role calls.
    pub(super) fn presented_by(&self, role: Role) -> Result<String, AgentError> {
        let presents = self.account_of(role)?.and_then(|account| account.presents.clone());
        presents.map_or_else(|| self.number_of(role), Ok)
    }

    /// The number as a user of the PBX dials it.
    pub(super) fn as_dialled(&self, role: Role) -> Result<String, AgentError> {
        Ok(self.stage.profile().pbx.dialled(&self.number_of(role)?))
    }

    /// The role's extension.
    pub(super) fn extension_of(&self, role: Role) -> Result<String, AgentError> {
        let profile = self.stage.profile();
        let extension = match role {
            Role::UserA | Role::UserB => {
                let index = self.lease.user(usize::from(role == Role::UserB));
                index
                    .and_then(|index| profile.users.get(index))
                    .map(|user| user.extension.clone().unwrap_or_else(|| user.username.clone()))
            }
            Role::DeskPhone => self
                .lease
                .extension()
                .and_then(|index| profile.extensions.get(index))
                .map(|extension| extension.extension.clone()),
            Role::SecondDevice => return self.extension_of(self.second_of.unwrap_or(Role::UserA)),
            Role::Softphone => return self.extension_of(self.softphone_of.unwrap_or(Role::UserA)),
            Role::External1 | Role::External2 => None,
        };
        extension.ok_or_else(|| AgentError::Lacking(format!("the extension of {}", role.name())))
    }
}
