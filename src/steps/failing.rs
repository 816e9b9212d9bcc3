//! Phrases of transfers that fail, and of the one with consultation.

use std::time::{Duration, Instant};

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::{Role, Talk};
use super::phrase::{Phrase, Weight, phrase};
use super::waiting::{REACTION, judged};
use super::world::{Scene, Transferring};
use crate::agent::{AgentError, Call, Leaving};
use crate::check::{self, FailedTransfer, Judgement};
use crate::record::{Cause, Verdict};

/// How long after the target's refusal the PBX may take to say what comes of it, before the
/// call is listened to.
const SETTLES: Duration = Duration::from_secs(3);

/// How long a party may hear busy tone or an announcement before its call ends.
const BUSY_TONE: Duration = Duration::from_secs(20);

/// How long after the two hear each other the PBX may take to tell of it.
const INTRODUCED: Duration = Duration::from_secs(2);

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(StepType::Given, "the PBX supports REFER", Weight::Precondition, |scene, _| {
            async move { Ok(vec![scene.refer_is_supported()]) }.boxed_local()
        }),
        phrase(
            StepType::Given,
            "User B is registered nowhere",
            Weight::Precondition,
            |scene, _| async move { Ok(vec![scene.is_registered_nowhere()]) }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "blind transfer the call to User B's extension number, Teams staying until it answers",
            Weight::Needed,
            |scene, _| {
                async move {
                    let number = scene.extension_of(Role::UserB)?;
                    scene.transfer(Role::UserB, &number, Leaving::Stays).await
                }
                .boxed_local()
            },
        ),
        phrase(
            StepType::Then,
            "the call comes back to Teams or ends, as the PBX is configured",
            Weight::Needed,
            |scene, _| async move { Ok(vec![scene.transfer_has_failed().await?]) }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "complete the transfer of the held call to the other",
            Weight::Needed,
            |scene, _| async move { Ok(vec![scene.complete_transfer().await?]) }.boxed_local(),
        ),
        phrase(
            StepType::Then,
            "the transferred party is shown whom it talks to",
            Weight::Aside,
            |scene, _| async move { Ok(vec![scene.is_introduced().await?]) }.boxed_local(),
        ),
        phrase(StepType::Then, "both calls of Teams end", Weight::Aside, |scene, _| {
            async move { Ok(vec![scene.both_calls_end().await?]) }.boxed_local()
        }),
    ]
}

fn disclaimed(expected: &str, observed: &str) -> Judgement {
    Judgement::of(Verdict::Unsupported, Cause::Disclaimed, expected, observed)
}

impl Scene {
    fn refer_is_supported(&self) -> Judgement {
        let expected = "the PBX transfers by REFER";
        if self.stage.profile().pbx.supports_refer {
            return Judgement::pass(expected, "the profile says so");
        }
        disclaimed(expected, "the profile says supports_refer: no, so the bridge transfers itself")
    }

    fn is_registered_nowhere(&self) -> Judgement {
        let expected = "a user of the PBX is registered nowhere";
        if self.nobody_registers() {
            return disclaimed(expected, "the PBX knows the bridge by its address, and every user");
        }
        Judgement::pass(expected, "User B does not register in this scenario")
    }

    /// What became of a call whose transfer could not succeed: it is heard whether it came back.
    async fn transfer_has_failed(&mut self) -> Result<Judgement, AgentError> {
        let transfer = self.transfer.ok_or(AgentError::NoCall("have been transferred"))?;
        let transferor = transfer.by;
        let survivor = self.latest_talk()?.caller;
        let before = self.talks.iter().rev().nth(1).copied();
        let before = before.ok_or(AgentError::NoCall("have been transferred"))?;
        let (by, party) = (transferor.name(), survivor.name());
        let start = Instant::now();
        let settled = |seen: &[_]| check::transfer_settled(seen, by, party).then_some(());
        self.log().wait(transfer.cursor, start + SETTLES, settled).await;
        let mut came_back = None;
        let gone = |seen: &[_]| check::lost_its_call(seen, party).then_some(());
        let now = Instant::now();
        if self.log().wait(transfer.cursor, now, gone).await.is_none() {
            self.begin_talk(before);
            came_back = self.two_way_audio(&[before]).await?.into_iter().next();
        }
        let heard = came_back.as_ref().is_some_and(|heard| heard.verdict.lets_continue());
        if !heard {
            self.log().wait(transfer.cursor, start + BUSY_TONE, gone).await;
        }
        let failed = FailedTransfer {
            transferor: by,
            survivor: party,
            heard: came_back.as_ref(),
            expect: self.stage.profile().expect.failed_transfer,
        };
        Ok(check::transfer_failed(&self.log().since(transfer.cursor), &failed))
    }

    /// The Teams user of both talks transfers the party of the first to that of the second.
    async fn complete_transfer(&mut self) -> Result<Judgement, AgentError> {
        let lacking = || AgentError::NoCall("transfer with consultation");
        let consulted = self.latest_talk()?;
        let held = self.talks.iter().rev().nth(1).copied().ok_or_else(lacking)?;
        let transferor = consulted.caller;
        let (survivor, target) = (held.other(transferor), consulted.callee);
        let number = self.as_dialled(target)?;
        let cursor = self.log().len();
        self.phone(transferor)?.transfer_to_other(&number)?;
        let (leaving, by_itself) = (Leaving::Stays, false);
        self.transfer = Some(Transferring { by: transferor, leaving, by_itself, cursor });
        let accepted = judged(self.log(), cursor, REACTION, |seen, elapsed| {
            check::accepted(seen, transferor.name(), elapsed, REACTION)
        })
        .await;
        self.begin_talk(Talk { caller: survivor, callee: target });
        let expected = self.stage.profile().expect.attended_transfer;
        Ok(if accepted.verdict == Verdict::Fail && !expected {
            let observed = format!("{}; the profile says attended_transfer: no", accepted.observed);
            disclaimed(&accepted.expected, &observed)
        } else {
            accepted
        })
    }

    async fn is_introduced(&self) -> Result<Judgement, AgentError> {
        let transfer = self.transfer.ok_or(AgentError::NoCall("be transferred"))?;
        let talk = self.latest_talk()?;
        let number = self.number_of(talk.callee)?;
        let pbx = &self.stage.profile().pbx;
        let name = talk.caller.name();
        Ok(judged(self.log(), transfer.cursor, INTRODUCED, |seen, elapsed| {
            let same = |one: &str, other: &str| pbx.same_number(one, other);
            check::introduced(seen, name, &number, same, elapsed, INTRODUCED)
        })
        .await)
    }

    /// Whichever of the transferor's calls the PBX has not ended, Teams does.
    async fn both_calls_end(&mut self) -> Result<Judgement, AgentError> {
        let transfer = self.transfer.ok_or(AgentError::NoCall("leave"))?;
        let calls = self.phone(transfer.by)?.calls();
        calls.iter().filter(|call| !call.has_ended()).for_each(Call::hang_up);
        let ids: Vec<&str> = calls.iter().map(Call::call_id).collect();
        let name = transfer.by.name();
        Ok(judged(self.log(), transfer.cursor, REACTION, |seen, elapsed| {
            check::all_released(seen, name, &ids, elapsed, REACTION)
        })
        .await)
    }
}
