//! The arguments, as `--help` shows them.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::defects_args::DefectsArgs;
use super::run_args::RunArgs;

/// Certifies that a PBX works with a Teams-style SIP bridge (Call2Teams), by the tests of
/// the guide "Getting your PBX ready for Call2Teams".
///
/// Without a command it certifies the built-in reference PBX.
#[derive(Debug, Parser)]
#[command(name = "pbxcert", version, propagate_version = true)]
#[command(after_help = "Exit codes: 0 passed, 1 failed, 2 bad usage or profile, 3 inconclusive, \
                        130 interrupted.")]
pub(super) struct Args {
    /// What to do
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// Log what the program does to standard error; twice for more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Certify the PBX of each profile
    Run(RunArgs),
    /// Show every scenario: clause, title, what it needs
    List(ListArgs),
    /// Check a profile; touches no network
    Check(CheckArgs),
    /// Write a commented profile to start from
    Init(InitArgs),
    /// Run the reference PBX alone, for any phone
    Pbx(PbxArgs),
    /// Try every defect of the reference PBX: which step catches which
    Defects(DefectsArgs),
    /// Rebuild the reports of runs from their records; compare several runs
    ///
    /// The reports of every run are written again into its folder. Of several runs a matrix
    /// is made: what changed between the two latest runs of each PBX model, and the plan by
    /// clause with one column for each model (its latest run) or, where all runs are of one
    /// model, for each run. It is shown and written as matrix.html and matrix.json. Runs are
    /// of one model if the file name of their profile and the name in it are the same.
    ///
    /// A scenario has regressed if it passed (also with a note or a warning) and fails now. It
    /// is slower if the PBX reacts at least one second and half as long again later than
    /// before, beside the durations that the guide prescribes.
    #[command(
        after_help = "Exit codes: the worst of all runs: 0 passed, 1 failed, 3 inconclusive; \
                            2 something cannot be read or written. With --fail-on-regression: 0 \
                            nothing regressed or there is nothing to compare, 1 something \
                            regressed, 3 nobody knows, since a scenario that may have worked \
                            before could not be judged. With --verify: 0 the archive is whole, \
                            whatever it attests, 1 something in it was altered, added or lost, \
                            2 it cannot be read."
    )]
    Report(ReportArgs),
    /// Say what a clause asks for, or what a cause means
    Explain(ExplainArgs),
}

impl Command {
    pub(super) fn default_run() -> Self {
        Self::Run(RunArgs::default())
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Only clauses of this list, such as `7.1.1,6`
    #[arg(long, value_name = "CLAUSES")]
    pub(super) only: Vec<String>,
    /// Only scenarios that this tag expression takes, such as `@beyond`
    #[arg(long, value_name = "EXPRESSION")]
    pub(super) tags: Option<String>,
    /// Feature files of this folder instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(super) features: Option<PathBuf>,
    /// Show the steps of each scenario
    #[arg(long)]
    pub(super) steps: bool,
    /// Show every phrase that a step of a feature file may use
    #[arg(long)]
    pub(super) phrases: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// Profiles to check
    #[arg(required = true, value_name = "PROFILE.yaml")]
    pub(super) profiles: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct InitArgs {
    /// Where to write it
    #[arg(default_value = "pbx.yaml", value_name = "PROFILE.yaml")]
    pub(super) path: PathBuf,
    /// Begin with what is known of that PBX's settings: 3cx, freeswitch, cisco-ucm… (a wrong
    /// name lists all). Each file says what it was written from and that nobody has run it yet
    #[arg(long = "for", value_name = "PBX")]
    pub(super) vendor: Option<String>,
    /// Replace a file that is there already
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct PbxArgs {
    /// Address to listen at
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:5060")]
    pub(super) listen: SocketAddr,
    /// Its configuration, in place of the built-in one
    #[arg(long, value_name = "PBX.yaml")]
    pub(super) config: Option<PathBuf>,
    /// A defect to have; may be given several times
    #[arg(long = "defect", value_name = "NAME")]
    pub(super) defects: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct ReportArgs {
    /// Folders of runs (with a run.json), or folders with runs below them at any depth, such
    /// as `reports`
    #[arg(required_unless_present = "verify", conflicts_with = "verify", value_name = "DIR")]
    pub(super) folders: Vec<PathBuf>,
    /// Folder for the matrix, in place of DIR or, of several, the folder they lie in; also
    /// makes a matrix of a single run
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Exit with 1 if something regressed between the two latest runs of a model, and with 0
    /// if nothing did, whatever else fails
    #[arg(long)]
    pub(super) fail_on_regression: bool,
    /// Write one archive of the run to send: record, reports, captures, recordings, the profile
    /// with its passwords masked, and a SHA-256 manifest. It is a .tar.gz
    #[arg(long, value_name = "FILE", conflicts_with_all = ["verify", "out", "fail_on_regression"])]
    pub(super) bundle: Option<PathBuf>,
    /// Check such an archive; writes nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "fail_on_regression"])]
    pub(super) verify: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// A clause (`7.1.1`) or a cause (`one-way-audio`)
    #[arg(value_name = "CLAUSE|CAUSE")]
    pub(super) subject: String,
}
