//! `pbxcert defects`: the plan against every defect of the reference PBX, several of them
//! side by side, and clean runs in between.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream;
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};
use tokio_util::sync::CancellationToken;

use super::defects_args::DefectsArgs;
use super::folder::{fresh, replace, utc_now};
use super::list::read_plan;
use super::run::{REFERENCE, cancel_on_signal};
use super::{Console, Embedded, Exit, UsageError};
use crate::pbx::{Defect, Defects, Row, Setting};
use crate::profile::{Authentication, MediaEncryption, Profile, Protocol, process_environment};
use crate::record::{CleanRun, Detection, DetectionMatrix, Expected, Outcome, Run, Verdict};
use crate::report::{
    clean_run, detection, detection_html, detection_json, detection_line, detection_markdown,
    detection_summary,
};
use crate::runner::{self, Plan, RunSpec};
use crate::steps::{Options, Stage};
use crate::wire::{Clock, Tap};

/// After how many defects a clean run stands.
const CLEAN_EVERY: usize = 20;

/// Runs side by side, unless told otherwise: one takes a twentieth of a processor.
const JOBS: usize = 26;

/// Of them so many stay where this machine turns out to be too slow for more.
const FEWEST_JOBS: usize = 12;

/// A run whose own sending was later than this is a sign of that, ms.
const TOO_LATE_MS: f32 = 100.0;

/// One run of the matrix.
#[derive(Debug, Clone, Copy)]
enum Trial {
    /// Without a defect.
    Clean(Setting),
    Broken(&'static Row),
}

impl Trial {
    /// How long it takes in comparison with others: beyond the guide calls are held and ring for
    /// minutes.
    fn length(self) -> (bool, Duration) {
        match self {
            Self::Clean(_) => (false, Duration::from_secs(1)),
            Self::Broken(row) => (row.is_beyond(), row.talk),
        }
    }
}

/// What came of it.
enum Tried {
    Clean(CleanRun),
    Broken(Box<Detection>),
}

/// What all trials share.
struct Bench {
    /// The guide's scenarios.
    plan: Plan,
    profile: Profile,
    talk: Duration,
    stop: CancellationToken,
    /// Runs so far: each has a loopback address of its own.
    begun: AtomicU16,
}

impl Bench {
    fn address(&self) -> Ipv4Addr {
        let [high, low] = self.begun.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        Ipv4Addr::new(127, 100, high, low)
    }
}

/// Tries every defect, prints and writes the matrix.
pub(super) fn defects(args: &DefectsArgs, console: &Console) -> Result<Exit, UsageError> {
    let rows = rows(&args.names)?;
    let plan = read_plan(None, &[], None)?;
    let profile =
        Profile::from_text(Path::new("scenarios/reference.yaml"), REFERENCE, &process_environment)
            .map_err(|error| UsageError(error.render(console.error_style().width, false)))?;
    let root = args.out.clone().unwrap_or_else(|| PathBuf::from("reports"));
    let folder = fresh(&root.join("defects"))?;
    let stop = CancellationToken::new();
    let bench =
        Bench { plan, profile, talk: args.talk, stop: stop.clone(), begun: AtomicU16::new(1) };
    let jobs = args.jobs.map_or(JOBS, usize::from);
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| UsageError(format!("the runtime cannot start: {error}")))?;
    runtime.spawn(cancel_on_signal(stop.clone()));
    let matrix = runtime.block_on(tried(&bench, &rows, jobs, console))?;
    runtime.shutdown_background();
    for (name, text) in [
        ("defects.json", detection_json(&matrix)),
        ("defects.md", detection_markdown(&matrix)),
        ("index.html", detection_html(&matrix)),
    ] {
        replace(&folder, name, &text).map_err(|error| {
            UsageError(format!(
                "{} cannot be written: {error}\n  name another folder with --out",
                folder.join(name).display()
            ))
        })?;
    }
    if args.json {
        console.out(&detection_json(&matrix));
    } else {
        console.out(&format!("\n{}", detection_summary(&matrix, console.style())));
        console.out(&format!("matrix: {}\n", folder.join("index.html").display()));
    }
    Ok(exit(&matrix))
}

/// Everything caught and nothing else found passes; what could not be judged keeps that
/// from being known.
fn exit(matrix: &DetectionMatrix) -> Exit {
    let totals = matrix.totals;
    if matrix.interrupted {
        Exit::Interrupted
    } else if totals.missed + totals.misnamed + totals.false_alarms > 0 {
        Exit::Failed
    } else if totals.unjudged > 0 {
        Exit::Inconclusive
    } else {
        Exit::Passed
    }
}

/// The rows of these names; all of them if there is none.
fn rows(names: &[String]) -> Result<Vec<&'static Row>, UsageError> {
    let mut rows = Vec::new();
    for name in names {
        let named = Defects::named([name]).map_err(|error| UsageError(error.to_string()))?;
        rows.extend(named.iter().filter_map(Defect::row));
    }
    Ok(if names.is_empty() { Defect::table().collect() } else { rows })
}

async fn tried(
    bench: &Bench,
    rows: &[&'static Row],
    jobs: usize,
    console: &Console,
) -> Result<DetectionMatrix, UsageError> {
    let began = Instant::now();
    let mut matrix = DetectionMatrix {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        started: utc_now(),
        jobs,
        clauses: clauses(&bench.plan),
        beyond: beyond(rows),
        ..DetectionMatrix::default()
    };
    let mut done: Vec<(usize, Tried)> = Vec::new();
    {
        let mut trials: Vec<(usize, Trial)> = trials(rows).into_iter().enumerate().collect();
        // The longest first, with which the matrix would otherwise end alone.
        trials.sort_by_key(|(_, trial)| Reverse(trial.length()));
        let (places, left) = (Semaphore::new(jobs), Cell::new(jobs));
        let mut trials = stream::iter(trials)
            .map(|(n, trial)| {
                let (places, left) = (&places, &left);
                async move {
                    let place = places.acquire().await;
                    let (tried, late_ms) = judged(bench, trial).await?;
                    if late_ms > TOO_LATE_MS && left.get() > FEWEST_JOBS {
                        // Nobody takes the place again.
                        left.set(left.get() - 1);
                        place.into_iter().for_each(SemaphorePermit::forget);
                    }
                    Ok((n, tried))
                }
            })
            .buffer_unordered(jobs);
        while let Some(tried) = trials.next().await {
            if bench.stop.is_cancelled() {
                break;
            }
            let (n, tried): (usize, Tried) = tried?;
            if let Tried::Broken(row) = &tried {
                let style = console.error_style();
                console.error(&format!("{}\n", detection_line(row, style)));
            }
            done.push((n, tried));
        }
    }
    done.sort_by_key(|(n, _)| *n);
    for (_, tried) in done {
        match tried {
            Tried::Clean(run) => matrix.clean.push(run),
            Tried::Broken(row) => matrix.defects.push(*row),
        }
    }
    matrix.interrupted = bench.stop.is_cancelled();
    matrix.wall_s = began.elapsed().as_secs_f64();
    matrix.count();
    Ok(matrix)
}

/// A clean run first, then one after every [`CLEAN_EVERY`] defects: one under each setting that
/// these need, but the usual one only where there is no other.
fn trials(rows: &[&'static Row]) -> Vec<Trial> {
    rows.chunks(CLEAN_EVERY)
        .flat_map(|rows| {
            let mut settings: Vec<Setting> = rows.iter().map(|row| row.setting).collect();
            settings.sort_unstable();
            settings.dedup();
            if settings.len() > 1 {
                settings.retain(|setting| *setting != Setting::Usual);
            }
            let clean = settings.into_iter().map(Trial::Clean);
            clean.chain(rows.iter().copied().map(Trial::Broken)).collect::<Vec<Trial>>()
        })
        .collect()
}

fn clauses(plan: &Plan) -> Vec<String> {
    let mut clauses: Vec<String> = Vec::new();
    for planned in &plan.scenarios {
        if !clauses.contains(&planned.clause) {
            clauses.push(planned.clause.clone());
        }
    }
    clauses
}

/// The clauses beyond the guide that these rows run, in their order.
fn beyond(rows: &[&'static Row]) -> Vec<String> {
    let clauses = rows.iter().filter(|row| row.is_beyond()).flat_map(|row| row.clauses);
    let clauses: BTreeSet<&str> = clauses.copied().collect();
    clauses.into_iter().map(str::to_owned).collect()
}

/// How often a trial is made at most where this machine is late.
const ATTEMPTS: usize = 3;

/// A trial, and another where this machine was late in it; how late it sent at worst, ms.
async fn judged(bench: &Bench, trial: Trial) -> Result<(Tried, f32), UsageError> {
    for _ in 1..ATTEMPTS {
        let (tried, late_ms, settled) = attempted(bench, trial).await?;
        if settled || bench.stop.is_cancelled() {
            return Ok((tried, late_ms));
        }
    }
    let (tried, late_ms, _) = attempted(bench, trial).await?;
    Ok((tried, late_ms))
}

/// What came of one run, how late it sent at worst, ms, and whether this machine was in time for
/// it to count.
async fn attempted(bench: &Bench, trial: Trial) -> Result<(Tried, f32, bool), UsageError> {
    match trial {
        Trial::Clean(setting) => {
            let run = certified(bench, &bench.plan, &[], bench.talk, setting).await?;
            let clean = clean_run(&run);
            let late = run.verdict == Verdict::Inconclusive && clean.false_alarms.is_empty();
            Ok((Tried::Clean(clean), run.harness.lateness_max_ms, !late))
        }
        Trial::Broken(row) => {
            let talk = bench.talk.max(row.talk);
            let plan = plan_for(bench, row)?;
            let defect = [row.name.to_owned()];
            let run = certified(bench, &plan, &defect, talk, row.setting).await?;
            let judged = detection(&run, expected(row), talk.as_secs_f64());
            let settled = judged.outcome != Outcome::Unjudged;
            Ok((Tried::Broken(Box::new(judged)), run.harness.lateness_max_ms, settled))
        }
    }
}

fn expected(row: &Row) -> Expected {
    Expected {
        name: row.name.to_owned(),
        does: row.does.to_owned(),
        seen: row.seen.to_owned(),
        clauses: row.clauses.iter().map(|&clause| clause.to_owned()).collect(),
        cause: row.cause,
        also: row.also.to_vec(),
        shared: row.shared,
    }
}

/// The guide's scenarios; of what is beyond the guide, those where the defect shows.
fn plan_for(bench: &Bench, row: &Row) -> Result<Plan, UsageError> {
    if !row.is_beyond() {
        return Ok(bench.plan.clone());
    }
    let clauses: Vec<String> = row.clauses.iter().map(|&clause| clause.to_owned()).collect();
    read_plan(None, &clauses, None)
}

/// Runs a plan against a reference PBX of its own under that setting.
async fn certified(
    bench: &Bench,
    plan: &Plan,
    defects: &[String],
    talk: Duration,
    setting: Setting,
) -> Result<Run, UsageError> {
    let mut profile = bench.profile.clone();
    match setting {
        Setting::Usual | Setting::Intrusive => {}
        Setting::Encrypted => {
            profile.pbx.protocol = Protocol::Tls;
            profile.pbx.media_encryption = MediaEncryption::Sdes;
        }
        Setting::ByAddress => profile.pbx.authentication = Authentication::Address,
        Setting::WithoutRefer => profile.pbx.supports_refer = false,
        Setting::OutsideLine => "9".clone_into(&mut profile.pbx.outside_line_prefix),
        Setting::MediaPorts => profile.pbx.media_ports = Some(20_000..=20_999),
    }
    let (embedded, profile) = Embedded::start_at(bench.address(), profile, defects, Some(talk))?;
    let stage = Stage::start(Arc::new(profile), Clock::start(), Tap::on())
        .await
        .map_err(|error| UsageError(format!("failed to {error}")))?;
    let stage = Arc::new(stage);
    embedded.meets(&stage);
    // Nobody listens: the record says it all.
    let (events, _) = mpsc::unbounded_channel();
    let run = runner::run(RunSpec {
        plan: plan.clone(),
        stage,
        options: Options {
            talk: Some(talk),
            intrusive: setting == Setting::Intrusive,
            stop: bench.stop.clone(),
            events,
        },
        jobs: None,
        folder: None,
        started: utc_now(),
    })
    .await;
    embedded.shutdown().await;
    Ok(run)
}
