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
    /// Rebuild the reports of finished or interrupted runs from their records
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
    /// Only scenarios that this tag expression takes
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
    /// Folders of runs (with a run.json)
    #[arg(required = true, value_name = "DIR")]
    pub(super) folders: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// A clause (`7.1.1`) or a cause (`one-way-audio`)
    #[arg(value_name = "CLAUSE|CAUSE")]
    pub(super) subject: String,
}
