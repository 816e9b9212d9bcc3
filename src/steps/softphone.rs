//! Phrases of the softphone: guide 3 and 3.1.

use std::time::Duration;

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::{Role, Talk};
use super::phrase::{Phrase, Weight, phrase};
use super::waiting::judged;
use super::world::{ExpectedRing, Scene};
use crate::agent::{AgentError, Phone};
use crate::check::{self, Judgement, Ring};
use crate::profile::Protocol;
use crate::record::{Cause, Verdict, What};

/// How long an answer to a second INVITE, with fewer codecs, may take: longer than the PBX
/// takes that answers at all, and shorter than the wait for the first.
const BRIEFER: Duration = Duration::from_secs(5);

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        // Whatever becomes of it, from where it was tried is known.
        phrase(
            StepType::When,
            "a softphone registers with (User [AB])'s account",
            Weight::Aside,
            |scene, found| {
                async move { scene.register_softphone(found.text(0)).await }.boxed_local()
            },
        ),
        phrase(
            StepType::Given,
            "a softphone is registered with (User [AB])'s account",
            Weight::Precondition,
            |scene, found| {
                async move { scene.register_softphone(found.text(0)).await }.boxed_local()
            },
        ),
        phrase(
            StepType::Then,
            "it is known from where the PBX was reached",
            Weight::Aside,
            |scene, _| async move { scene.tell_vantage() }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "from the softphone, dial (an|another) external number",
            Weight::Needed,
            |scene, found| {
                async move { scene.softphone_dials(Role::external(found.text(0))).await }
                    .boxed_local()
            },
        ),
        phrase(
            StepType::When,
            "from (an|another) external number, dial the softphone's number",
            Weight::Needed,
            |scene, found| {
                async move { scene.softphone_is_dialled(Role::external(found.text(0))).await }
                    .boxed_local()
            },
        ),
    ]
}

impl Scene {
    async fn register_softphone(&mut self, name: &str) -> Result<Vec<Judgement>, AgentError> {
        let lacking = || AgentError::Lacking(name.to_owned());
        let user = Role::user(name).ok_or_else(lacking)?;
        let index = self.lease.user(usize::from(user == Role::UserB)).ok_or_else(lacking)?;
        self.softphone_of = Some(user);
        let phone = self.stage.softphone(index, Role::Softphone.name(), &self.place).await?;
        self.phones.insert(Role::Softphone, phone);
        if self.nobody_registers() {
            let expected = "the softphone is known to the PBX";
            let observed = "nobody registers: the profile says authentication by address";
            return Ok(vec![Judgement::pass(expected, observed)]);
        }
        Ok(vec![self.register(Role::Softphone).await?])
    }

    /// Guide 3: outside or inside, and under which addresses.
    fn tell_vantage(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let phone = self.phone(Role::Softphone)?;
        let unresolved = |why: &str| AgentError::Unresolved(why.to_owned());
        let pbx = self.stage.pbx().address().map_err(unresolved)?;
        let seen = self.observations();
        let vantage = check::vantage(&seen, phone.name(), phone.local_address(), pbx);
        let judged = vec![
            check::stun(&seen, phone.name(), &vantage),
            check::from_outside(&vantage, self.stage.profile().is_embedded()),
        ];
        self.log().note(phone.name(), "", What::Vantage(vantage));
        Ok(judged)
    }

    async fn softphone_dials(&mut self, callee: Role) -> Result<Vec<Judgement>, AgentError> {
        let mut judged = self.outside_is_reachable(callee).await?;
        self.phone(Role::Softphone)?.prepare_media().await;
        let number = self.as_dialled(callee)?;
        judged.push(self.dial(Role::Softphone, callee, &number)?);
        Ok(judged)
    }

    async fn softphone_is_dialled(&mut self, caller: Role) -> Result<Vec<Judgement>, AgentError> {
        let mut judged = self.outside_is_reachable(caller).await?;
        self.phone(Role::Softphone)?.prepare_media().await;
        let number = self.number_from_outside(caller, Role::Softphone)?;
        // What the PBX makes of such a call is larger than a packet, where it can be (guide 2.1).
        let dial = if self.over_udp() { Phone::dial_at_length } else { Phone::dial };
        judged.push(self.dial_with(caller, Role::Softphone, &number, dial)?);
        Ok(judged)
    }

    fn over_udp(&self) -> bool {
        self.stage.profile().pbx.protocol == Protocol::Udp
    }

    /// What the softphone's part in a call makes of its ringing: the size of its INVITE, or that
    /// it is online for outgoing calls only.
    pub(super) async fn as_softphone(
        &self,
        judgement: Judgement,
        ring: &ExpectedRing,
    ) -> Result<Vec<Judgement>, AgentError> {
        if ring.callee == Role::Softphone {
            return self.as_called_softphone(judgement, ring).await;
        }
        if ring.caller != Role::Softphone || !self.over_udp() {
            return Ok(vec![judgement]);
        }
        let Some(phone) = self.phones.get(&Role::Softphone) else { return Ok(vec![judgement]) };
        let largest = phone.calls().last().map_or(0, |call| phone.largest_sent(call.call_id()));
        if judgement.verdict == Verdict::Pass {
            let mut judged = vec![judgement];
            judged.extend(check::fragments_came_through(largest));
            return Ok(judged);
        }
        if !check::is_too_large(&judgement, largest) {
            return Ok(vec![judgement]);
        }
        let answered = self.answers_briefer(ring).await?;
        let explained = check::lost_as_fragments(&judgement, largest, answered);
        Ok(vec![explained.unwrap_or(judgement)])
    }

    /// How large the INVITE was that rang the softphone, or that a smaller one rings it.
    async fn as_called_softphone(
        &self,
        judgement: Judgement,
        ring: &ExpectedRing,
    ) -> Result<Vec<Judgement>, AgentError> {
        let phone = self.phones.get(&Role::Softphone);
        let phone = phone.filter(|_| self.over_udp());
        if let Some(call) =
            phone.filter(|_| judgement.verdict == Verdict::Pass).and_then(Phone::current_call)
        {
            let bytes = phone.map_or(0, |phone| phone.largest_received(call.call_id()));
            return Ok(vec![judgement, check::large_invite(bytes)]);
        }
        if phone.is_some() && check::may_be_too_long(&judgement) {
            let briefer = self.rings_briefly(ring).await?;
            if briefer.verdict == Verdict::Pass {
                return Ok(vec![check::rang_only_briefly(judgement)]);
            }
        }
        let name = Role::Softphone.name();
        Ok(vec![check::outgoing_only(judgement, &self.observations(), name)])
    }

    /// The same call to the softphone with a short name and few codecs.
    async fn rings_briefly(&self, ring: &ExpectedRing) -> Result<Judgement, AgentError> {
        let caller = self.phones.get(&ring.caller);
        let caller = caller.ok_or_else(|| AgentError::Lacking(ring.caller.name().to_owned()))?;
        if let Some(call) = caller.current_call() {
            call.hang_up();
        }
        let cursor = self.log().len();
        caller.dial_briefly(&self.number_from_outside(ring.caller, Role::Softphone)?)?;
        let (callee, caller) = (ring.callee.name(), ring.caller.name());
        let ring = Ring { callee, caller, transferor: None, limit: BRIEFER };
        let judged =
            judged(self.log(), cursor, BRIEFER, |seen, elapsed| check::rings(seen, &ring, elapsed));
        Ok(judged.await)
    }

    /// What the softphone does not hear may be for want of its public address.
    pub(super) fn unless_translated(&self, judgement: Judgement, talk: Talk) -> Judgement {
        let phone = self.phones.get(&Role::Softphone);
        match phone.filter(|_| talk.both().contains(&Role::Softphone)) {
            Some(phone) => {
                let told = phone.told_media_ip();
                check::unless_translated(judgement, &self.observations(), phone.name(), told)
            }
            None => judgement,
        }
    }

    /// Whether the PBX answers the same call with an INVITE that fits into a packet.
    async fn answers_briefer(&self, ring: &ExpectedRing) -> Result<bool, AgentError> {
        let Some(phone) = self.phones.get(&Role::Softphone) else { return Ok(false) };
        if let Some(call) = phone.current_call() {
            call.hang_up();
        }
        let number = self.as_dialled(ring.callee)?;
        let cursor = self.log().len();
        phone.dial_briefly(&number)?;
        let (callee, caller) = (ring.callee.name(), ring.caller.name());
        let ring = Ring { callee, caller, transferor: None, limit: BRIEFER };
        let rung =
            judged(self.log(), cursor, BRIEFER, |seen, elapsed| check::rings(seen, &ring, elapsed))
                .await;
        Ok(rung.cause != Some(Cause::CallUnanswered))
    }
}
