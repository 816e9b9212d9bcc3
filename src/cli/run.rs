//! `pbxcert run`: profiles and a plan to runs, records, reports and an exit code.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::folder::{Folder, UNCLAIMED, utc_now};
use super::follow::follow;
use super::list::{read_plan, shown};
use super::progress::Progress;
use super::run_args::RunArgs;
use super::{Console, Embedded, Exit, UsageError};
use crate::agent::write_rest;
use crate::profile::{Profile, process_environment};
use crate::record::Verdict;
use crate::report::{failed_scenario, summary};
use crate::runner::{self, Plan, RunSpec};
use crate::steps::{Options, Stage};
use crate::wire::{Clock, Tap};

/// The profile that is in the binary.
pub(super) const REFERENCE: &str = include_str!("../../scenarios/reference.yaml");

/// Certifies every profile in turn; everything that can be wrong with any of them is
/// said before the first packet.
pub(super) fn run(args: &RunArgs, console: &Console, clock: Clock) -> Result<Exit, UsageError> {
    let plan = read_plan(args.features.as_deref(), &args.only, args.tags.as_deref())?;
    let profiles = load(&args.profiles, console)?;
    for profile in &profiles {
        if !profile.is_embedded() {
            plan.fits(profile).map_err(|error| UsageError(error.to_string()))?;
            if !args.defects.is_empty() {
                return Err(UsageError(format!(
                    "--defect is for the reference PBX, and {} is not it",
                    profile.source.path.display()
                )));
            }
        }
    }
    if args.dry_run {
        console.out(&shown(&plan, true));
        return Ok(Exit::Passed);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| UsageError(format!("the runtime cannot start: {error}")))?;
    let stop = CancellationToken::new();
    runtime.spawn(cancel_on_signal(stop.clone()));
    let mut worst = Exit::Passed;
    for (n, profile) in profiles.into_iter().enumerate() {
        // The first run's clock counts from the start of the process.
        let clock = if n == 0 { clock } else { Clock::start() };
        let done = runtime.block_on(certify(args, profile, plan.clone(), console, clock, &stop))?;
        worst = worst.max(done);
        if stop.is_cancelled() {
            break;
        }
    }
    // Whoever still waits for a lost packet need not be waited for.
    runtime.shutdown_background();
    Ok(worst)
}

fn load(paths: &[PathBuf], console: &Console) -> Result<Vec<Profile>, UsageError> {
    let mut profiles = Vec::new();
    let mut complaints = String::new();
    let style = console.error_style();
    let mut take = |loaded: Result<Profile, crate::profile::ProfileError>| match loaded {
        Ok(profile) => {
            console.error(&profile.warnings.render(style.width, style.color));
            profiles.push(profile);
        }
        Err(error) => complaints.push_str(&error.render(style.width, style.color)),
    };
    if paths.is_empty() {
        let path = Path::new("scenarios/reference.yaml");
        take(Profile::from_text(path, REFERENCE, &process_environment));
    }
    for path in paths {
        take(Profile::load(path));
    }
    if complaints.is_empty() {
        Ok(profiles)
    } else {
        Err(UsageError(format!("the profile cannot be used\n{complaints}")))
    }
}

async fn certify(
    args: &RunArgs,
    profile: Profile,
    plan: Plan,
    console: &Console,
    clock: Clock,
    stop: &CancellationToken,
) -> Result<Exit, UsageError> {
    let (embedded, profile) = if profile.is_embedded() {
        let (embedded, profile) = Embedded::start(profile, &args.defects, args.talk)?;
        plan.fits(&profile).map_err(|error| UsageError(error.to_string()))?;
        (Some(embedded), profile)
    } else {
        (None, profile)
    };
    let stage = tokio::select! {
        stage = Stage::start(Arc::new(profile), clock, Tap::on()) => {
            stage.map_err(|error| UsageError(format!("failed to {error}")))?
        }
        // A resolver that does not answer keeps nobody from leaving.
        () = stop.cancelled() => return Ok(Exit::Interrupted),
    };
    let stage = Arc::new(stage);
    // Every socket is open and nothing is sent yet: the last thing that can go wrong.
    let root = args.out.clone().unwrap_or_else(|| PathBuf::from("reports"));
    let folder = Folder::create(&root, &stage.profile().source.stem)?;
    folder.write_profile(&stage.profile().source.shown)?;
    if let Some(embedded) = &embedded {
        embedded.meets(&stage);
    }
    let (events, received) = mpsc::unbounded_channel();
    let writer =
        tokio::spawn(follow(received, folder.clone(), Progress::new(*console, args.quiet)));
    let run = runner::run(RunSpec {
        plan,
        stage: Arc::clone(&stage),
        options: Options { talk: args.talk, intrusive: args.intrusive, stop: stop.clone(), events },
        jobs: args.jobs.map(usize::from),
        folder: Some(folder.path().to_owned()),
        started: utc_now(),
    })
    .await;
    // Its channel is closed: all events are written.
    let written = writer.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
    let rest = write_rest(&stage, &folder.path().join(UNCLAIMED));
    if let Some(embedded) = embedded {
        embedded.shutdown().await;
    }
    let written = written.and_then(|()| folder.write_run(&run)).and(rest);
    for scenario in run.scenarios.iter().filter(|scenario| scenario.verdict == Verdict::Fail) {
        console.out(&format!("\n{}", failed_scenario(scenario, console.style())));
    }
    console.out(&format!("\n{}", summary(&run, console.style())));
    console.out(&format!("reports: {}\n", folder.path().display()));
    if let Err(error) = written {
        return Err(UsageError(format!(
            "the report folder {} cannot be written: {error}\n  name another with --out",
            folder.path().display()
        )));
    }
    Ok(if run.interrupted && stop.is_cancelled() {
        Exit::Interrupted
    } else {
        Exit::of(run.verdict)
    })
}

/// The first Ctrl-C or SIGTERM ends the run in order; the second ends the process, with
/// the record on disk as of the last scenario.
pub(super) async fn cancel_on_signal(stop: CancellationToken) {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    let Ok(mut interrupt) = signal(SignalKind::interrupt()) else { return };
    for first in [true, false] {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        if first {
            stop.cancel();
        }
    }
    #[expect(clippy::exit, reason = "whoever asks twice does not want to wait")]
    std::process::exit(Exit::Interrupted.code().into());
}
