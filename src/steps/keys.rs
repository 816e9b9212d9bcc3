//! Phrases of keys that are pressed in a call (RFC 4733).

use std::time::{Duration, Instant};

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::Role;
use super::phrase::{Phrase, Weight, phrase};
use super::world::Scene;
use crate::agent::AgentError;
use crate::check::{self, Judgement};

/// How long a key is down, with the pause after it.
const PRESS: Duration = Duration::from_millis(300);

/// How long the last key may be on its way.
const ARRIVES: Duration = Duration::from_secs(3);

/// How often it is looked whether it has come.
const LOOKS: Duration = Duration::from_millis(50);

/// Keys that were pressed, and what the other party had received before.
#[derive(Debug, Clone)]
pub(super) struct Pressed {
    by: Role,
    other: Role,
    keys: String,
    before: usize,
}

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::When,
            "press the keys ([0-9*#A-D]+) (?:in (Teams)|at the external number)",
            Weight::Needed,
            |scene, found| {
                async move {
                    let by_teams = !found.text(1).is_empty();
                    Ok(vec![scene.press(found.text(0), by_teams).await?])
                }
                .boxed_local()
            },
        ),
        phrase(StepType::Then, "the other party receives the keys", Weight::Aside, |scene, _| {
            async move { Ok(vec![scene.receives_keys().await?]) }.boxed_local()
        }),
    ]
}

impl Scene {
    /// Presses the keys and waits until all of them were sent.
    async fn press(&mut self, keys: &str, by_teams: bool) -> Result<Judgement, AgentError> {
        let talk = self.latest_talk()?;
        if let Some(ended) = self.ended_already(talk) {
            return Ok(ended);
        }
        let teams = talk.teams().ok_or(AgentError::NoCall("press a key"))?;
        let by = if by_teams { teams } else { talk.other(teams) };
        let other = talk.other(by);
        let pair = self.pair(talk)?;
        let (presser, listener) = if by == talk.caller {
            (&pair.caller, &pair.callee)
        } else {
            (&pair.callee, &pair.caller)
        };
        let before = listener.leg().keys_heard().len();
        let expected = format!("{} presses {keys}", by.name());
        if !presser.has_key_events() {
            return Ok(check::no_key_events(expected, by.name()));
        }
        presser.leg().press(keys);
        let time = PRESS * u32::try_from(keys.len()).unwrap_or(1);
        tokio::time::sleep(time).await;
        self.mandated += time;
        self.pressed = Some(Pressed { by, other, keys: keys.to_owned(), before });
        Ok(Judgement::pass(expected, "sent as RFC 4733 events"))
    }

    async fn receives_keys(&mut self) -> Result<Judgement, AgentError> {
        let pressed = self.pressed.clone().ok_or(AgentError::NoCall("have pressed a key"))?;
        let call = self.phone(pressed.other)?.current_call();
        let call = call.ok_or(AgentError::NoCall("receive a key"))?;
        let (by, other) = (pressed.by.name(), pressed.other.name());
        let end = Instant::now() + ARRIVES;
        loop {
            let all = call.leg().keys_heard();
            let heard = all.get(pressed.before..).unwrap_or_default();
            let over = Instant::now() >= end;
            let agreed = call.has_key_events();
            let keys = check::Keys { by, other, pressed: &pressed.keys, agreed };
            if let Some(judgement) = check::keys_received(&keys, heard, over) {
                return Ok(judgement);
            }
            tokio::time::sleep(LOOKS).await;
        }
    }
}
