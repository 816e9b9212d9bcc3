//! The arguments of `defects`.

use std::path::PathBuf;
use std::time::Duration;

use super::run_args::duration;

#[derive(Debug, clap::Args)]
pub(super) struct DefectsArgs {
    /// Only these defects; all of them if none is named
    #[arg(value_name = "NAME")]
    pub(super) names: Vec<String>,
    /// Most runs side by side
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(super) jobs: Option<u16>,
    /// Talk for this long, or longer where a defect needs it
    #[arg(long, value_name = "DURATION", default_value = "1s", value_parser = duration)]
    pub(super) talk: Duration,
    /// Print the matrix as JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Folder for reports
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}
