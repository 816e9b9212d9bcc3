//! Phrases of how the PBX refers to itself: guide 2.6.5.

use std::net::IpAddr;
use std::time::Instant;

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::Role;
use super::phrase::{Phrase, Weight, phrase};
use super::waiting::REACTION;
use super::world::Scene;
use crate::agent::{AgentError, Phone};
use crate::check::{self, Judgement, ReachedAt};
use crate::profile::Protocol;
use crate::record::{Cause, Observation, Verdict, What};

/// A judgement of how the PBX refers to itself.
type Judge = fn(&[Observation], &ReachedAt<'_>) -> Option<Judgement>;

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        // Whatever becomes of the call, the PBX has sent something.
        phrase(StepType::When, "User A calls User B and hangs up", Weight::Aside, |scene, _| {
            async move { scene.call_to_look_at().await }.boxed_local()
        }),
        phrase(
            StepType::Then,
            "Contact and Record-Route of the PBX name the address at which it was reached",
            Weight::Aside,
            |scene, _| async move { Ok(scene.presents(check::names_itself)) }.boxed_local(),
        ),
        phrase(
            StepType::Then,
            "its requests come with a Via of that address",
            Weight::Aside,
            |scene, _| async move { Ok(scene.presents(check::sends_from)) }.boxed_local(),
        ),
        phrase(StepType::Then, "it wants media at that address", Weight::Aside, |scene, _| {
            async move { Ok(scene.presents(check::wants_media)) }.boxed_local()
        }),
        phrase(
            StepType::Then,
            "it lists the Contacts of both users as they were registered",
            Weight::Aside,
            |scene, _| {
                async move {
                    let seen = scene.observations();
                    let users = [Role::UserA, Role::UserB];
                    Ok(users.map(|user| check::contact_kept(&seen, user.name())).into())
                }
                .boxed_local()
            },
        ),
        phrase(
            StepType::Then,
            "it calls User B at the Contact as it was registered",
            Weight::Aside,
            |scene, _| async move { scene.called_as_registered() }.boxed_local(),
        ),
    ]
}

impl Scene {
    fn called_as_registered(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let expected = "the PBX calls User B at its Contact as it was registered";
        if self.nobody_registers() {
            let observed = "nobody registers: the profile says authentication by address";
            return Ok(vec![Judgement::pass(expected, observed)]);
        }
        let phone = self.phone(Role::UserB)?;
        let contact = phone.contact();
        let contact = contact.trim_matches(['<', '>']);
        let judged = check::called_as_registered(&self.observations(), phone.name(), contact);
        let not_called =
            || Judgement::inconclusive(Cause::EarlierStep, expected, "User B was not called");
        Ok(vec![judged.unwrap_or_else(not_called)])
    }

    /// A short call in which the PBX shows its addresses. Whether it works is judged by
    /// sections 6 and 7.
    async fn call_to_look_at(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let extension = self.extension_of(Role::UserB)?;
        let mut steps = vec![self.dial(Role::UserA, Role::UserB, &extension)?];
        steps.extend(self.rings().await?);
        if steps.iter().all(|judged| judged.verdict != Verdict::Fail) {
            steps.extend(self.answer_latest().await?);
        }
        let phones = [self.phone(Role::UserA)?, self.phone(Role::UserB)?];
        if let Some(call) = phones[0].current_call() {
            let cursor = self.log().len();
            call.hang_up();
            // Its answer, and the BYE that the PBX sends on, are looked at too.
            let both_know = |seen: &[Observation]| {
                let told = |o: &Observation| matches!(o.what, What::HangupAnswered { .. });
                let over = |phone: &Phone| {
                    let ended = |o: &Observation| matches!(o.what, What::Ended { .. });
                    seen.iter().any(|o| o.party == phone.name() && ended(o))
                };
                (phones.iter().all(over) && seen.iter().any(told)).then_some(())
            };
            self.log().wait(cursor, Instant::now() + REACTION, both_know).await;
        }
        for phone in &phones {
            phone.note_presented();
        }
        let failed = |judged: &Judgement| judged.verdict == Verdict::Fail;
        Ok(steps
            .into_iter()
            .filter(|judged| judged.verdict == Verdict::Pass || failed(judged))
            .map(|judged| {
                let verdict = if failed(&judged) { Verdict::Inconclusive } else { judged.verdict };
                Judgement { verdict, ..judged }
            })
            .collect())
    }

    fn presents(&self, judge: Judge) -> Vec<Judgement> {
        let profile = self.stage.profile();
        let Some(ip) = self.pbx_ip() else { return Vec::new() };
        let host = profile.pbx.target().host;
        let mut names = vec![host.to_owned(), profile.pbx.sip_domain.clone()];
        names.retain(|name| name.trim_matches(['[', ']']).parse::<IpAddr>().is_err());
        names.dedup();
        let tls = profile.pbx.protocol == Protocol::Tls;
        let at = ReachedAt { ip, names: &names, tls };
        let nothing = || {
            Judgement::inconclusive(
                Cause::EarlierStep,
                "the PBX names its address",
                "no message of the call names one",
            )
        };
        vec![judge(&self.observations(), &at).unwrap_or_else(nothing)]
    }
}
