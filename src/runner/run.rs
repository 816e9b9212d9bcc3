//! Running a plan on a stage.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use cucumber::{Cucumber, runner};
use futures::FutureExt as _;

use super::Plan;
use super::hooks::{self, Shared};
use super::panics;
use super::silent::{Parsed, Silent};
use crate::profile::Profile;
use crate::record::{
    Event, HarnessFigures, PbxIdentity, Run, SCHEMA, Scenario, Vantage, Verdict, What,
};
use crate::steps::{Options, Pool, Stage, World, collection};

/// What a run consists of.
pub struct RunSpec {
    /// The plan.
    pub plan: Plan,
    /// The stage, with every socket open.
    pub stage: Arc<Stage>,
    /// Talk, cancellation, progress.
    pub options: Options,
    /// Most scenarios side by side; the users of the profile limit it too.
    pub jobs: Option<usize>,
    /// The run's folder, for files of evidence.
    pub folder: Option<PathBuf>,
    /// UTC start, RFC 3339.
    pub started: String,
}

/// The head of a record, before anything ran.
pub struct Header;

impl Header {
    /// Fills in what is known beforehand.
    pub fn of(spec: &RunSpec, profile: &Profile, jobs: usize) -> Run {
        let mut relaxations = spec.plan.relaxations();
        relaxations.extend(profile.expect.relaxations());
        Run {
            schema: SCHEMA,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            profile: profile.source.stem.clone(),
            pbx_model: profile.name.clone(),
            profile_digest: profile.source.digest.clone(),
            plan_digest: spec.plan.digest.clone(),
            started: spec.started.clone(),
            verdict: Verdict::Inconclusive,
            abridged: spec.options.talk.is_some(),
            interrupted: true,
            relaxations,
            features: spec.plan.sources.clone(),
            jobs,
            pbx: PbxIdentity { address: spec.stage.pbx_address(), server: None },
            ..Run::default()
        }
    }
}

/// Runs the plan to its end, or to its cancellation, and returns the record. Events go
/// out as it goes. Drives agents on the current tokio runtime; the future itself is not
/// `Send`, as cucumber's is not.
pub async fn run(spec: RunSpec) -> Run {
    let profile = Arc::clone(spec.stage.profile());
    let pairs = (profile.users.len() / 2).max(1);
    let jobs = spec.jobs.unwrap_or(pairs).clamp(1, pairs);
    let mut record = Header::of(&spec, &profile, jobs);
    let events = spec.options.events.clone();
    let planned = spec.plan.scenarios.len();
    let _ = events.send(Event::RunStarted { run: Box::new(record.clone()), planned });

    let features = spec.plan.features(jobs);
    // Who needs nobody of the profile is in nobody's way.
    let probes = spec.plan.scenarios.iter().filter(|planned| planned.need.is_nobody()).count();
    let at_once = if spec.jobs.is_some() { jobs } else { jobs + probes };
    let shared = Arc::new(Shared {
        pool: Pool::of(&profile, jobs),
        plan: spec.plan,
        stage: Arc::clone(&spec.stage),
        options: spec.options,
        folder: spec.folder,
        finished: Mutex::default(),
    });
    let (of_before, of_after) = (Arc::clone(&shared), Arc::clone(&shared));
    let cucumber: Cucumber<World, _, _, _, _> =
        Cucumber::custom(Parsed, runner::Basic::default(), Silent::default());
    let silent = cucumber
        .steps(collection())
        .max_concurrent_scenarios(at_once)
        .before(move |_, _, scenario, world| {
            let shared = Arc::clone(&of_before);
            async move {
                panics::tell();
                hooks::before(&shared, scenario, world).await;
            }
            .boxed_local()
        })
        .after(move |_, _, scenario, _, world| {
            let shared = Arc::clone(&of_after);
            async move {
                if let Some(world) = world {
                    hooks::after(&shared, scenario, world).await;
                }
            }
            .boxed_local()
        })
        .with_default_cli()
        .run(features)
        .await;

    let mut finished =
        std::mem::take(&mut *shared.finished.lock().unwrap_or_else(PoisonError::into_inner));
    finished.sort_by_key(|(index, _)| *index);
    record.scenarios = finished.into_iter().map(|(_, scenario)| scenario).collect();
    let complete = record.scenarios.len() == planned && silent.broken_hooks == 0;
    record.interrupted = shared.options.stop.is_cancelled() || !complete;
    record.verdict = record.worst();
    if record.interrupted {
        record.verdict = record.verdict.max(Verdict::Inconclusive);
    }
    record.relaxations.extend(disclaimed(&record.scenarios));
    let passed = matches!(record.verdict, Verdict::Pass | Verdict::Note | Verdict::Warn);
    record.certified =
        passed && record.relaxations.is_empty() && !record.interrupted && !record.abridged;
    record.wall_s = spec.stage.clock_seconds();
    record.mandated_s = record.scenarios.iter().map(|scenario| scenario.mandated_s).sum();
    record.first_register_ms = spec.stage.first_register().map(|at| at * 1e3);
    record.pbx.server = record.scenarios.iter().find_map(server);
    record.vantage = record.scenarios.iter().find_map(vantage);
    let lateness = spec.stage.lateness();
    record.harness = HarnessFigures {
        rtp_sent: lateness.packets,
        lateness_p99_ms: lateness.p99_ms,
        lateness_max_ms: lateness.max_ms,
    };
    let _ = events.send(Event::RunFinished(Box::new(record.clone())));
    record
}

/// What the profile disclaims is not covered by the run, so no certificate rests on it (design
/// §3): clause and reason of each, once.
fn disclaimed(scenarios: &[Scenario]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for scenario in scenarios {
        let reasons = scenario.findings.iter().filter(|f| f.verdict == Verdict::Unsupported);
        for finding in reasons {
            let text = format!("{} was not tried: {}", scenario.clause, finding.observed);
            if !found.contains(&text) {
                found.push(text);
            }
        }
    }
    found
}

fn vantage(scenario: &Scenario) -> Option<Vantage> {
    scenario.observations.iter().find_map(|o| match &o.what {
        What::Vantage(vantage) => Some(vantage.clone()),
        _ => None,
    })
}

fn server(scenario: &Scenario) -> Option<String> {
    scenario.observations.iter().find_map(|o| match &o.what {
        What::Registered { server, .. } => server.clone(),
        _ => None,
    })
}
