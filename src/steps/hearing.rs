//! Phrases that listen: 2-way audio and the talk.

use std::time::{Duration, Instant};

use cucumber::gherkin::StepType;
use futures::FutureExt as _;

use super::cast::{Role, Talk};
use super::phrase::{Captures, Phrase, Weight, phrase};
use super::world::Scene;
use crate::agent::{AgentError, Call};
use crate::check::{self, Judgement};
use crate::record::{Cause, StreamStats, Verdict, What};

/// How long each party speaks alone (design §6).
pub(super) const SOLO: Duration = Duration::from_secs(1);

/// Longest time that both speak until 2-way audio is decided: past the 3 s in which a
/// late onset only warns.
const BOTH: Duration = Duration::from_secs(6);

/// How long the last windows of a talk are waited for at once.
const MOMENT: Duration = Duration::from_millis(100);

/// How long a call that should have been left alone is listened to.
const STILL_UP: Duration = Duration::from_secs(2);

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::Then,
            "2-way audio is (?:re-)?established(?: between .+)?",
            Weight::Needed,
            |scene, _| {
                async move {
                    let talk = scene.latest_talk()?;
                    scene.two_way_audio(&[talk]).await
                }
                .boxed_local()
            },
        ),
        phrase(
            StepType::Then,
            "2-way audio is established on both calls",
            Weight::Needed,
            |scene, _| {
                async move {
                    let talks = scene.talks.clone();
                    scene.two_way_audio(&talks).await
                }
                .boxed_local()
            },
        ),
        phrase(StepType::When, "speak for (\\d+) seconds", Weight::Needed, |scene, found| {
            async move { scene.speak(&found).await }.boxed_local()
        }),
        phrase(StepType::Then, "the call continues to work", Weight::Needed, |scene, _| {
            async move { scene.talk_went_on() }.boxed_local()
        }),
        phrase(StepType::Then, "the second call continues to work", Weight::Needed, |scene, _| {
            async move { scene.second_call_is_still_up().await }.boxed_local()
        }),
    ]
}

/// The two legs of a talk.
pub(super) struct Pair {
    talk: Talk,
    pub(super) caller: Call,
    pub(super) callee: Call,
    /// The calls through which the bridge connects the two, if it does.
    between: Vec<Call>,
    /// Identities from this number on are spoken by nobody in this run.
    spoken: u16,
    /// Whether the PBX may be another program of this machine.
    beside: bool,
}

impl Pair {
    pub(super) fn ear<'a>(
        &self,
        call: &'a Call,
        windows: &'a [crate::record::Window],
    ) -> check::Ear<'a> {
        let peer =
            if call.party() == self.talk.caller.name() { &self.callee } else { &self.caller };
        check::Ear {
            party: call.party(),
            own: call.leg().identity().number(),
            peer: peer.leg().identity().number(),
            spoken: self.spoken,
            windows,
        }
    }

    /// Asks a check about what both legs heard since `from`, seconds of the run.
    fn ask<T>(&self, from: f64, check: impl FnOnce(&check::Ear<'_>, &check::Ear<'_>) -> T) -> T {
        let heard = |call: &Call| -> Vec<_> {
            call.leg().windows(0).into_iter().filter(|window| window.at >= from).collect()
        };
        let (a, b) = (heard(&self.caller), heard(&self.callee));
        check(&self.ear(&self.caller, &a), &self.ear(&self.callee, &b))
    }

    fn streams(&self) -> [StreamStats; 2] {
        [self.caller.leg().stats(), self.callee.leg().stats()]
    }

    /// The cause, where the streams since then show it.
    fn with_streams(&self, judgement: Judgement, before: &[StreamStats; 2]) -> Judgement {
        let [caller, callee] = self.streams();
        let since = [caller.since(&before[0]), callee.since(&before[1])];
        check::with_stream(check::with_keys(judgement, &since), &since)
    }

    /// An audio failure is no word about the PBX where our own sending or this machine was
    /// late.
    pub(super) fn unless_late(&self, judgement: Judgement) -> Judgement {
        let calls = [&self.caller, &self.callee].into_iter().chain(&self.between);
        let streams: Vec<StreamStats> = calls.map(|call| call.leg().stats()).collect();
        check::unless_late(judgement, check::Timeliness::of(&streams, self.beside))
    }
}

impl Scene {
    pub(super) fn latest_talk(&self) -> Result<Talk, AgentError> {
        self.talks.last().copied().ok_or(AgentError::NoCall("listen"))
    }

    pub(super) fn pair(&mut self, talk: Talk) -> Result<Pair, AgentError> {
        let mut call =
            |role: Role| self.phone(role)?.current_call().ok_or(AgentError::NoCall("listen to it"));
        let (caller, callee) = (call(talk.caller)?, call(talk.callee)?);
        let between = match self.transfer {
            Some(transfer) if transfer.by_itself => self.phone(transfer.by)?.calls(),
            _ => Vec::new(),
        };
        let (spoken, beside) = (self.stage.identities_given(), self.pbx_may_be_beside());
        Ok(Pair { talk, caller, callee, between, spoken, beside })
    }

    /// Whom the PBX told to send where may explain what is not heard.
    fn with_media_address(
        &self,
        judgement: Judgement,
        pair: &Pair,
        phases: &check::Phases,
    ) -> Judgement {
        let pbx = self.pbx_ip();
        let seen = self.observations();
        let from = phases.a_alone;
        pair.ask(from, |a, b| check::with_media_address(judgement, &seen, [a, b], from, pbx))
    }

    /// Waits for what comes next to be heard, or for time to pass, and counts it as
    /// mandated.
    pub(super) async fn listen_until(&mut self, until: Instant, pairs: &[Pair]) {
        let start = Instant::now();
        let changes = pairs.iter().map(|pair| {
            async {
                tokio::select! {
                    () = pair.caller.leg().changed() => {}
                    () = pair.callee.leg().changed() => {}
                }
            }
            .boxed_local()
        });
        let woken = futures::future::select_all(changes);
        let _ = tokio::time::timeout_at(until.into(), woken).await;
        self.mandated += start.elapsed();
    }

    /// The first call of the pairs that the PBX ended.
    pub(super) fn dropped(&self, pairs: &[Pair], cause: Cause) -> Option<Judgement> {
        pairs.iter().find_map(|pair| self.ended_since_answer(pair.talk, cause))
    }

    /// What the end of a call is that nobody asked for.
    pub(super) fn lost(&self) -> Cause {
        let by_pbx = self.transfer.is_some_and(|transfer| !transfer.by_itself);
        if by_pbx { Cause::TransferCallLost } else { Cause::CallDropped }
    }

    /// A talk that the PBX ended since it was answered, perhaps between two steps.
    pub(super) fn ended_already(&self, talk: Talk) -> Option<Judgement> {
        self.ended_since_answer(talk, self.lost())
    }

    fn ended_since_answer(&self, talk: Talk, cause: Cause) -> Option<Judgement> {
        let parties = talk.both().map(Role::name);
        let seen = self.observations();
        // The callee's answer comes first of all.
        let answered = seen.iter().rposition(|o| {
            o.party == talk.callee.name() && matches!(o.what, What::Answered { .. })
        })?;
        check::dropped(&seen[answered..], &parties, cause)
    }

    /// Of the audio of a transferred call, that the transfer made it so.
    fn after_transfer(
        &mut self,
        judgement: Judgement,
        pair: &Pair,
        from: f64,
    ) -> Result<Judgement, AgentError> {
        let by_pbx = self.transfer.filter(|transfer| !transfer.by_itself);
        let Some(transfer) = by_pbx else { return Ok(judgement) };
        let calls = self.phone(transfer.by)?.calls();
        let own: Vec<u16> = calls.iter().map(|call| call.leg().identity().number()).collect();
        let name = transfer.by.name();
        Ok(pair.ask(from, |a, b| check::heard_after_transfer(judgement, [a, b], name, &own)))
    }

    /// A alone, B alone, then both, until it is decided for every talk.
    pub(super) async fn two_way_audio(
        &mut self,
        talks: &[Talk],
    ) -> Result<Vec<Judgement>, AgentError> {
        if let Some(ended) = talks.iter().find_map(|talk| self.ended_already(*talk)) {
            return Ok(vec![ended]);
        }
        let mut pairs = Vec::new();
        for talk in talks {
            match self.pair(*talk) {
                Ok(pair) => pairs.push(pair),
                // It ended just now.
                Err(error) => return self.ended_already(*talk).map(|e| vec![e]).ok_or(error),
            }
        }
        let before: Vec<[StreamStats; 2]> = pairs.iter().map(Pair::streams).collect();
        let speak = |caller: bool, callee: bool| {
            for pair in &pairs {
                pair.caller.leg().speak(caller);
                pair.callee.leg().speak(callee);
            }
            Instant::now()
        };
        let resumed = std::mem::take(&mut self.resumed);
        let mut phases =
            check::Phases { a_alone: self.log().now(), resumed, ..check::Phases::default() };
        for (caller, callee) in [(true, false), (false, true)] {
            if !caller {
                phases.b_alone = self.log().now();
            }
            let end = speak(caller, callee) + SOLO;
            while Instant::now() < end {
                self.listen_until(end, &pairs).await;
                if let Some(dropped) = self.dropped(&pairs, self.lost()) {
                    return Ok(vec![dropped]);
                }
            }
        }
        phases.both = self.log().now();
        let end = speak(true, true) + BOTH;
        let mut decided: Vec<Option<Judgement>> = pairs.iter().map(|_| None).collect();
        loop {
            if let Some(dropped) = self.dropped(&pairs, self.lost()) {
                return Ok(vec![dropped]);
            }
            let last = Instant::now() >= end;
            phases.now = self.log().now();
            phases.last = last;
            for (pair, decided) in pairs.iter().zip(&mut decided) {
                if decided.is_none() {
                    *decided = pair.ask(phases.a_alone, |a, b| check::two_way_audio(a, b, &phases));
                }
            }
            if last || decided.iter().all(Option::is_some) {
                break;
            }
            self.listen_until(end, &pairs).await;
        }
        let undecided = || {
            Judgement::inconclusive(
                Cause::HarnessFault,
                "2-way audio is established",
                format!("undecided after {} s", (2 * SOLO + BOTH).as_secs()),
            )
        };
        let mut told = Vec::new();
        for ((pair, before), judged) in pairs.iter().zip(&before).zip(decided) {
            let judged = pair.with_streams(judged.unwrap_or_else(undecided), before);
            let judged = self.with_media_address(pair.unless_late(judged), pair, &phases);
            let judged = self.unless_translated(judged, pair.talk);
            told.push(self.after_transfer(judged, pair, phases.a_alone)?);
        }
        let ports = self.stage.profile().pbx.media_ports.as_ref();
        told.extend(check::media_port_outside(&self.observations(), ports));
        Ok(told)
    }

    /// Talks for the guide's time, or for `--talk`, and judges it for the step after.
    async fn speak(&mut self, found: &Captures) -> Result<Vec<Judgement>, AgentError> {
        let guide = Duration::from_secs(found.text(0).parse().unwrap_or(45));
        let duration = self.options.talk.map_or(guide, |talk| talk.min(guide));
        let talk = self.latest_talk()?;
        let judged = match self.ended_already(talk) {
            Some(ended) => vec![ended],
            None => {
                let pairs = [self.pair(talk)?];
                self.talk(&pairs, duration, Cause::CallDropped).await
            }
        };
        let spoke = match judged.iter().find(|judgement| judgement.verdict == Verdict::Fail) {
            Some(_) => "spoke until the call stopped working".to_owned(),
            None => format!("spoke for {} s", duration.as_secs_f64()),
        };
        self.talk_judged = judged;
        let expected = format!("both speak for {} s", duration.as_secs_f64());
        Ok(vec![Judgement::pass(expected, spoke)])
    }

    fn talk_went_on(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let judged = std::mem::take(&mut self.talk_judged);
        if judged.is_empty() { Err(AgentError::NoCall("have been spoken on")) } else { Ok(judged) }
    }

    /// The other call of 7.2 after the first was hung up.
    async fn second_call_is_still_up(&mut self) -> Result<Vec<Judgement>, AgentError> {
        let talk = *self.talks.get(1).ok_or(AgentError::NoCall("continue"))?;
        // A second call that is gone with the first is what this step is about.
        if let Some(ended) = self.ended_since_answer(talk, Cause::WrongCallEnded) {
            return Ok(vec![ended]);
        }
        let pairs = [self.pair(talk)?];
        Ok(self.talk(&pairs, STILL_UP, Cause::WrongCallEnded).await)
    }

    /// Both sides of every pair speak and listen for a while.
    async fn talk(&mut self, pairs: &[Pair], duration: Duration, lost: Cause) -> Vec<Judgement> {
        let from = self.log().now();
        let before: Vec<[StreamStats; 2]> = pairs.iter().map(Pair::streams).collect();
        for pair in pairs {
            pair.caller.leg().speak(true);
            pair.callee.leg().speak(true);
        }
        let end = Instant::now() + duration;
        loop {
            let over = Instant::now() >= end;
            if let Some(dropped) = self.dropped(pairs, lost) {
                return vec![dropped];
            }
            let now = self.log().now();
            let judged: Vec<Option<Judgement>> = pairs
                .iter()
                .zip(&before)
                .map(|(pair, before)| {
                    let judged = pair.ask(from, |a, b| {
                        let span = check::Span { from, now, planned: duration.as_secs_f64(), over };
                        check::continuity(a, b, &span)
                    });
                    judged.map(|judgement| pair.unless_late(pair.with_streams(judgement, before)))
                })
                .collect();
            let stopped = judged.iter().flatten().any(|j| j.verdict == Verdict::Fail);
            if stopped || judged.iter().all(Option::is_some) {
                return judged.into_iter().flatten().collect();
            }
            // Past the end, the last windows are waited for.
            let until = if over { Instant::now() + MOMENT } else { end };
            self.listen_until(until, pairs).await;
        }
    }
}
