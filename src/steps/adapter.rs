//! The one adapter around every phrase: watchdog, cancellation, panics, the fate of
//! later steps, and the record of the step.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use cucumber::step::Context;
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;

use super::phrase::{Captures, Phrase, Weight, phrases};
use super::world::{Scene, Standing, World};
use crate::agent::AgentError;
use crate::check::{self, Judgement, advice};
use crate::record::{Cause, Event, Finding, Step, Verdict};

/// Beyond every wait of a phrase: who gets here has found a fault of the harness.
const WATCHDOG: Duration = Duration::from_mins(1);

/// The function that stands behind every pattern in cucumber's collection: finds the
/// phrase again, runs it, and records what came of it.
pub(super) fn dispatch(world: &mut World, context: Context) -> LocalBoxFuture<'_, ()> {
    async move {
        let text = context.step.value.clone();
        let (clause, title) = (world.clause.clone(), world.title.clone());
        let Some((phrase, captures)) = phrases()
            .iter()
            .find_map(|phrase| phrase.captures(&context.step).map(|found| (phrase, found)))
        else {
            return;
        };
        let Some(scene) = world.scene.as_mut() else { return };
        let events = scene.options.events.clone();
        let _ = events.send(Event::StepStarted {
            clause: clause.clone(),
            title: title.clone(),
            text: text.clone(),
        });
        let started_s = scene.log().now();
        let judged = match world.standing {
            Standing::Open => run(phrase, scene, captures).await,
            Standing::Blocked => vec![Judgement::inconclusive(
                Cause::EarlierStep,
                text.clone(),
                "not tried, because an earlier step did not succeed",
            )],
            Standing::Disclaimed => vec![Judgement::of(
                Verdict::Unsupported,
                Cause::Disclaimed,
                text.clone(),
                "not tried: the profile disclaims it",
            )],
        };
        let duration_s = scene.log().now() - started_s;
        let verdict = judged.iter().map(|j| j.verdict).max().unwrap_or_default();
        if world.standing == Standing::Open && phrase.weight != Weight::Aside {
            world.standing = match verdict {
                Verdict::Unsupported => Standing::Disclaimed,
                verdict if verdict.lets_continue() => Standing::Open,
                _ => Standing::Blocked,
            };
        }
        let observed: Vec<&str> = judged.iter().map(|j| j.observed.as_str()).collect();
        let step = Step {
            keyword: context.step.keyword.trim().to_owned(),
            guide_step: guide_step(&text),
            line: context.step.position.line,
            verdict,
            started_s,
            duration_s,
            observed: observed.join("; "),
            text: text.clone(),
        };
        world.steps.push(step);
        world.findings.extend(findings(&clause, &text, judged));
        let _ = events.send(Event::StepFinished { clause, title, text, verdict });
    }
    .boxed_local()
}

async fn run(phrase: &Phrase, scene: &mut Scene, captures: Captures) -> Vec<Judgement> {
    let stop = scene.options.stop.clone();
    let limit = WATCHDOG + captures.duration();
    let guarded = AssertUnwindSafe((phrase.act)(scene, captures)).catch_unwind();
    let harness = |observed: String| {
        vec![Judgement::inconclusive(Cause::HarnessFault, "the step is carried out", observed)]
    };
    let mut judged = tokio::select! {
        biased;
        () = stop.cancelled() => vec![Judgement::inconclusive(
            Cause::Interrupted,
            "the step is carried out",
            "the run was interrupted",
        )],
        outcome = tokio::time::timeout(limit, guarded) => match outcome {
            Ok(Ok(Ok(judged))) => judged,
            Ok(Ok(Err(error))) => vec![could_not(&error)],
            Ok(Err(_)) => harness("the step broke off: a fault of pbxcert".to_owned()),
            Err(_) => harness(format!("no decision within {} s", limit.as_secs())),
        },
    };
    let (seen, pbx) = (scene.observations(), scene.pbx_ip());
    judged = judged
        .into_iter()
        .map(|judgement| check::with_contact_address(judgement, &seen, pbx))
        .collect();
    if let Some(fault) = scene.stage.fault() {
        judged = judged.into_iter().map(|judgement| unless_broken(judgement, &fault)).collect();
    }
    if phrase.weight == Weight::Precondition {
        for judgement in &mut judged {
            // What a scenario starts from is judged by a clause of its own (design §3).
            if judgement.verdict == Verdict::Fail {
                judgement.verdict = Verdict::Inconclusive;
            }
        }
    }
    judged
}

/// What a broken engine did not hear says nothing of the PBX.
fn unless_broken(judgement: Judgement, fault: &str) -> Judgement {
    if !matches!(judgement.verdict, Verdict::Fail | Verdict::Warn) {
        return judgement;
    }
    let observed = format!("{fault}, so nothing can be said: {}", judgement.observed);
    Judgement::inconclusive(Cause::HarnessFault, judgement.expected, observed)
}

/// An agent that could not act says nothing of the PBX, unless it could not reach it.
fn could_not(error: &AgentError) -> Judgement {
    let cause = match error {
        AgentError::Unresolved(_) => Cause::UnresolvedName,
        AgentError::TrunkNotRegistered => Cause::NoResponse,
        _ => Cause::HarnessFault,
    };
    Judgement::inconclusive(cause, "the step is carried out", format!("failed to {error}"))
}

fn guide_step(text: &str) -> Option<String> {
    let (head, _) = text.split_once(':')?;
    head.starts_with("Step ").then(|| head.to_owned())
}

/// What of the judgements is worth a finding: everything but a pass, and of the steps
/// that were not tried nothing, since the reason is a finding already.
pub(super) fn findings(clause: &str, step: &str, judged: Vec<Judgement>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judgement in judged {
        let Some(cause) = judgement.cause else { continue };
        let untried = matches!(cause, Cause::EarlierStep)
            || (cause == Cause::Disclaimed && judgement.observed.starts_with("not tried"));
        if judgement.verdict == Verdict::Pass || untried {
            continue;
        }
        findings.push(Finding {
            clause: clause.to_owned(),
            verdict: judgement.verdict,
            expected: judgement.expected,
            observed: judgement.observed,
            cause,
            advice: advice(cause).remedy.to_owned(),
            step: step.to_owned(),
            evidence: Vec::new(),
        });
    }
    findings
}
