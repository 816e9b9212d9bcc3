//! Before and after each scenario: lease and stage, clean-up, evidence, record.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use cucumber::gherkin;

use super::Plan;
use crate::record::{Event, Scenario, Verdict};
use crate::steps::{Closed, Options, Pool, Scene, Stage, World};

/// What all scenarios of a run share.
pub(super) struct Shared {
    pub(super) plan: Plan,
    pub(super) stage: Arc<Stage>,
    pub(super) pool: Pool,
    pub(super) options: Options,
    pub(super) folder: Option<PathBuf>,
    pub(super) finished: Mutex<Vec<(usize, Scenario)>>,
}

/// Waits for the scenario's leases and sets the scene.
pub(super) async fn before(shared: &Shared, scenario: &gherkin::Scenario, world: &mut World) {
    let Some(planned) = shared.plan.planned(scenario) else { return };
    // An interrupted run leases nothing any more: its steps are recorded as interrupted.
    let lease = shared.pool.lease(planned.need).await;
    world.clause.clone_from(&planned.clause);
    world.title.clone_from(&planned.title);
    let (clause, title) = (planned.clause.clone(), planned.title.clone());
    let _ = shared.options.events.send(Event::ScenarioStarted { clause, title });
    let label = planned.folder.clone();
    let stage = Arc::clone(&shared.stage);
    world.scene = Some(Scene::new(stage, shared.options.clone(), lease, label));
}

/// Ends every call, gathers the evidence, and tells the record.
pub(super) async fn after(shared: &Shared, scenario: &gherkin::Scenario, world: &mut World) {
    let Some(planned) = shared.plan.planned(scenario) else { return };
    let Some(mut scene) = world.scene.take() else { return };
    let Closed { gathered, findings, pairings } =
        scene.close(&planned.clause, shared.folder.as_deref(), &planned.folder).await;
    let steps = std::mem::take(&mut world.steps);
    let mut all = std::mem::take(&mut world.findings);
    all.extend(findings);
    let files: Vec<String> = gathered.files.iter().map(|file| file.path.clone()).collect();
    for finding in &mut all {
        finding.evidence.clone_from(&files);
    }
    all.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
    let of_steps = steps.iter().map(|step| step.verdict);
    let of_findings = all.iter().map(|finding| finding.verdict);
    let record = Scenario {
        clause: planned.clause.clone(),
        title: planned.title.clone(),
        source: planned.source.clone(),
        // No step at all is no success.
        verdict: if steps.is_empty() {
            Verdict::Inconclusive
        } else {
            of_steps.chain(of_findings).max().unwrap_or_default()
        },
        started_s: scene.started_s(),
        duration_s: scene.now() - scene.started_s(),
        mandated_s: scene.mandated_s(),
        observations: scene.observations(),
        steps,
        findings: all,
        parties: gathered.parties,
        pairings,
        messages: gathered.messages,
        hearing: gathered.hearing,
        streams: gathered.streams,
        evidence: gathered.files,
    };
    // Only now may another scenario have the same users.
    drop(scene);
    let mut finished = shared.finished.lock().unwrap_or_else(PoisonError::into_inner);
    finished.push((planned.index, record.clone()));
    drop(finished);
    let _ = shared.options.events.send(Event::ScenarioFinished(Box::new(record)));
}
