//! Phrases of many users at once: guide 7.2 with all users of the profile (beyond the guide).

use std::cell::Cell;
use std::time::{Duration, Instant};

use cucumber::gherkin::StepType;
use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use rustix::time::{ClockId, clock_gettime};

use super::hearing::SOLO;
use super::joining::Joined;
use super::phrase::{Phrase, Weight, phrase};
use super::world::Scene;
use crate::agent::{AgentError, Call, Phone};
use crate::check::{self, Judgement, Lacking, Phases};
use crate::record::{Cause, LoadKind, LoadMedia, LoadStep, Verdict, What};

/// Longest time that both parties of all calls speak: past the 3 s in which a late onset only
/// warns, and the 2 s after which it is known what was heard.
const BOTH: Duration = Duration::from_secs(6);

/// How long they speak before it is judged again.
const LISTEN: Duration = Duration::from_millis(500);

/// After this who counts requests by the second has forgotten them.
const FORGOTTEN: Duration = Duration::from_secs(2);

/// So many that do not come about are enough to know that not all will.
const ENOUGH: usize = 5;

pub(super) fn phrases() -> Vec<Phrase> {
    vec![
        phrase(
            StepType::When,
            "all users of the profile register, several at a time",
            Weight::Needed,
            |scene, _| async move { scene.register_together().await }.boxed_local(),
        ),
        phrase(
            StepType::Given,
            "all users of the profile are registered",
            Weight::Precondition,
            |scene, _| async move { scene.register_together().await }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "external numbers call users, more and more of them at the same time",
            Weight::Needed,
            |scene, _| async move { scene.more_and_more(LoadKind::CallsIn).await }.boxed_local(),
        ),
        phrase(
            StepType::When,
            "users call external numbers, more and more of them at the same time",
            Weight::Needed,
            |scene, _| async move { scene.more_and_more(LoadKind::CallsOut).await }.boxed_local(),
        ),
        phrase(
            StepType::Then,
            "in every call both parties hear each other and nobody else",
            Weight::Aside,
            |scene, _| async move { Ok(std::mem::take(&mut scene.talk_judged)) }.boxed_local(),
        ),
    ]
}

/// What was tried at the same time.
struct Tried<T> {
    done: Vec<T>,
    lacking: Vec<(Phone, Judgement)>,
    step: LoadStep,
}

impl<T> Tried<T> {
    /// Of each its time in seconds, and what became of it.
    fn of(kind: LoadKind, asked: usize, at_once: usize) -> Self {
        let step = LoadStep {
            kind,
            asked,
            up: 0,
            at_once,
            wall_s: 0.0,
            median_ms: 0.0,
            longest_ms: 0.0,
            processors: 0.0,
            media: None,
        };
        Self { done: Vec::new(), lacking: Vec::new(), step }
    }

    fn count(&mut self, seconds: impl Fn(&T) -> f64, began: Instant) {
        let mut times: Vec<f64> = self.done.iter().map(seconds).collect();
        times.sort_unstable_by(f64::total_cmp);
        let ms = |seconds: Option<&f64>| (seconds.copied().unwrap_or_default() * 1000.0) as f32;
        self.step.up = times.len();
        self.step.median_ms = ms(times.get(times.len() / 2));
        self.step.longest_ms = ms(times.last());
        self.step.wall_s = began.elapsed().as_secs_f64();
    }
}

/// Seconds of all processors that this program has used.
fn processor_seconds() -> f64 {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    used.tv_sec as f64 + used.tv_nsec as f64 / 1e9
}

impl Scene {
    async fn register_together(&mut self) -> Result<Vec<Judgement>, AgentError> {
        self.gather_crowd()?;
        if self.nobody_registers() {
            let observed = "nobody registers: the profile says authentication by address";
            return Ok(vec![Judgement::pass("all users are known to the PBX", observed)]);
        }
        let at_once = self.stage.profile().bridge.transactions;
        let (began, used) = (Instant::now(), processor_seconds());
        let mut tried: Tried<f64> = Tried::of(LoadKind::Registrations, self.crowd.len(), at_once);
        let failures = Cell::new(0);
        let register = |phone: &Phone| {
            let (phone, failures, scene) = (phone.clone(), &failures, &*self);
            async move {
                if failures.get() >= ENOUGH {
                    return None;
                }
                let start = Instant::now();
                let judgement = scene.register_phone(&phone).await;
                failures.set(failures.get() + usize::from(judgement.verdict > Verdict::Warn));
                Some((phone, judgement, start.elapsed().as_secs_f64()))
            }
        };
        let all: Vec<_> =
            stream::iter(self.crowd.iter().map(register)).buffer_unordered(at_once).collect().await;
        for (phone, judgement, seconds) in all.into_iter().flatten() {
            if judgement.verdict > Verdict::Warn {
                tried.lacking.push((phone, judgement));
            } else {
                tried.done.push(seconds);
            }
        }
        tried.count(|seconds| *seconds, began);
        tried.step.processors =
            ((processor_seconds() - used) / tried.step.wall_s.max(f64::EPSILON)) as f32;
        self.log().note("", "", What::Load(tried.step.clone()));
        let judged = match tried.lacking.first() {
            None => {
                let registrations = self.crowd.iter().map(|phone| phone.registration_id().into());
                self.set_aside.extend(registrations);
                check::registered_together(&tried.step, None)
            }
            Some((phone, judgement)) => {
                self.pass_time(FORGOTTEN).await;
                let alone = Some(self.register_phone(phone).await.verdict <= Verdict::Warn);
                let (who, judgement) = (phone.name(), judgement.clone());
                check::registered_together(&tried.step, Some(Lacking { who, judgement, alone }))
            }
        };
        Ok(vec![judged])
    }

    /// Every outside phone of the lease; accounts register.
    async fn gather_outsiders(&mut self) -> Result<Option<Judgement>, AgentError> {
        if self.outsiders.is_empty() {
            for (n, &index) in self.lease.externals().iter().enumerate() {
                let name = format!("External {}", n + 1);
                self.outsiders.push(self.stage.external(index, &name, &self.place)?);
            }
        }
        if !self.stage.outside_registers() {
            return Ok(None);
        }
        for phone in &self.outsiders {
            let mut judgement = self.register_phone(phone).await;
            if judgement.verdict == Verdict::Fail {
                // The provider of the outside is not the PBX under test.
                judgement.verdict = Verdict::Inconclusive;
                return Ok(Some(judgement));
            }
        }
        Ok(None)
    }

    /// Steps of load until one fails or all are in a call.
    async fn more_and_more(&mut self, kind: LoadKind) -> Result<Vec<Judgement>, AgentError> {
        if let Some(lacking) = self.gather_outsiders().await? {
            return Ok(vec![lacking]);
        }
        let users = self.crowd.len();
        let most = self.stage.profile().expect.simultaneous_calls.unwrap_or(users).min(users);
        let (mut carried, mut judged) = (0, Vec::new());
        for calls in check::load_steps(most) {
            let mut tried = self.join_many(kind, calls).await?;
            let heard = self.listen_to_all(&mut tried).await;
            self.log().note("", "", What::Load(tried.step.clone()));
            let lacking = tried.lacking.first().map(|(phone, judgement)| Lacking {
                who: phone.name(),
                judgement: judgement.clone(),
                alone: None,
            });
            judged = vec![check::carried(&tried.step, carried, lacking)];
            let legs: Vec<Call> = tried.done.iter().flat_map(Joined::legs).cloned().collect();
            self.end_all(&legs).await;
            let passed = judged[0].verdict <= Verdict::Warn && heard.verdict <= Verdict::Warn;
            self.talk_judged = vec![heard];
            if !passed || self.options.stop.is_cancelled() {
                break;
            }
            carried = calls;
            for leg in &legs {
                leg.leg().close();
                self.set_aside.insert(leg.call_id().to_owned());
            }
        }
        Ok(judged)
    }

    /// So many calls are set up and stand, a few at a time: a number of the outside has one call
    /// that is being set up, and so has a user.
    async fn join_many(&self, kind: LoadKind, calls: usize) -> Result<Tried<Joined>, AgentError> {
        let numbers = self.outsiders.len().max(1);
        let chains = if kind == LoadKind::CallsOut { numbers.min(calls) } else { calls };
        let at_once = self.stage.profile().bridge.transactions.min(chains);
        let began = Instant::now();
        let failures = Cell::new(0);
        let chain = |first: usize| {
            let failures = &failures;
            async move {
                let mut made = Vec::new();
                for index in (first..calls).step_by(chains) {
                    if failures.get() >= ENOUGH || self.options.stop.is_cancelled() {
                        break;
                    }
                    let joined = self.join_nth(kind, index).await?;
                    failures.set(failures.get() + usize::from(joined.is_err()));
                    made.push((index, joined));
                }
                Ok::<_, AgentError>(made)
            }
        };
        let made: Vec<Vec<_>> =
            stream::iter((0..chains).map(chain)).buffer_unordered(at_once).try_collect().await?;
        let mut tried = Tried::of(kind, calls, at_once);
        for (index, joined) in made.into_iter().flatten() {
            match joined {
                Ok(joined) => tried.done.push(joined),
                Err(judgement) => tried.lacking.push((self.crowd[index].clone(), judgement)),
            }
        }
        tried.count(|joined| joined.seconds, began);
        Ok(tried)
    }

    async fn join_nth(
        &self,
        kind: LoadKind,
        index: usize,
    ) -> Result<Result<Joined, Judgement>, AgentError> {
        let profile = self.stage.profile();
        let lacking = || AgentError::Lacking("an external number".to_owned());
        let nth = index.checked_rem(self.outsiders.len()).ok_or_else(lacking)?;
        let (user, outsider) = (&self.crowd[index], &self.outsiders[nth]);
        if kind == LoadKind::CallsOut {
            let number = &profile.external.numbers[self.lease.externals()[nth]];
            self.join(user, outsider, &profile.pbx.dialled(number)).await
        } else {
            self.join(outsider, user, &profile.users[index].number).await
        }
    }

    /// All callers speak, then all callees, then everybody; what came of it.
    async fn listen_to_all(&mut self, tried: &mut Tried<Joined>) -> Judgement {
        let calls = &tried.done;
        let speak = |callers: bool, callees: bool| {
            for joined in calls {
                joined.caller.leg().speak(callers);
                joined.callee.leg().speak(callees);
            }
        };
        let before: Vec<_> =
            calls.iter().map(|joined| joined.legs().map(|call| call.leg().stats())).collect();
        let used = processor_seconds();
        let mut phases = Phases { a_alone: self.log().now(), ..Phases::default() };
        speak(true, false);
        self.pass_time(SOLO).await;
        phases.b_alone = self.log().now();
        speak(false, true);
        self.pass_time(SOLO).await;
        phases.both = self.log().now();
        speak(true, true);
        let spoken = self.stage.identities_given();
        let mut decided: Vec<Option<Judgement>> = calls.iter().map(|_| None).collect();
        let end = Instant::now() + BOTH;
        while !phases.last && decided.iter().any(Option::is_none) {
            self.pass_time(LISTEN).await;
            phases.now = self.log().now();
            phases.last = Instant::now() >= end || self.options.stop.is_cancelled();
            for (joined, decided) in calls.iter().zip(&mut decided) {
                *decided = decided.take().or_else(|| heard(joined, &phases, spoken));
            }
        }
        let wall = phases.now - phases.a_alone;
        tried.step.processors = ((processor_seconds() - used) / wall.max(f64::EPSILON)) as f32;
        let mut media = LoadMedia::default();
        let mut judged = Vec::new();
        for ((joined, before), decided) in calls.iter().zip(&before).zip(decided) {
            let after = joined.legs().map(|call| call.leg().stats());
            let machine = check::Timeliness::of(&after, self.pbx_may_be_beside());
            let since = [after[0].since(&before[0]), after[1].since(&before[1])];
            media.late_ms = media.late_ms.max(machine.late_ms);
            media.packets += since.iter().map(|stats| stats.received).sum::<u64>();
            media.lost += since.iter().map(|stats| stats.lost).sum::<u64>();
            let judgement = decided.unwrap_or_else(undecided);
            let judgement = check::with_stream(check::with_keys(judgement, &since), &since);
            let user = joined.legs().into_iter().map(Call::party).find(|name| is_user(name, self));
            let who = user.unwrap_or_default().to_owned();
            judged.push((who, check::unless_late(judgement, machine)));
        }
        let (good, judgement) = check::heard_together(tried.step.kind, judged.len(), &judged);
        media.heard = good;
        tried.step.media = Some(media);
        judgement
    }

    /// Counted as mandated; shorter only if the run is to stop.
    async fn pass_time(&mut self, duration: Duration) {
        let start = Instant::now();
        tokio::select! {
            () = tokio::time::sleep(duration) => {}
            () = self.options.stop.cancelled() => {}
        }
        self.mandated += start.elapsed();
    }
}

fn is_user(name: &str, scene: &Scene) -> bool {
    scene.crowd.iter().any(|phone| phone.name() == name)
}

fn undecided() -> Judgement {
    let observed = "undecided when the talk was over";
    Judgement::inconclusive(Cause::HarnessFault, "2-way audio is established", observed)
}

/// Whether the two hear each other and nobody else, as soon as it can be said.
fn heard(joined: &Joined, phases: &Phases, spoken: u16) -> Option<Judgement> {
    if let Some(call) = joined.legs().into_iter().find(|call| call.has_ended()) {
        let observed = format!("the call of {} ended", call.party());
        return Some(Judgement::fail(Cause::CallDropped, "the call stands", observed));
    }
    let windows = joined.legs().map(|call| -> Vec<_> {
        let heard = call.leg().windows(0).into_iter();
        heard.filter(|window| window.at >= phases.a_alone).collect()
    });
    let numbers = joined.legs().map(|call| call.leg().identity().number());
    let ear = |own: usize| check::Ear {
        party: joined.legs()[own].party(),
        own: numbers[own],
        peer: numbers[1 - own],
        spoken,
        windows: &windows[own],
    };
    check::two_way_audio(&ear(0), &ear(1), phases)
}
