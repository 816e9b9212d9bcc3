//! The command line: arguments to a run, a run to reports, reports to an exit code.

mod args;
mod bundle;
mod check;
mod console;
mod defects;
mod defects_args;
mod embedded;
mod explain;
mod folder;
mod follow;
mod found_runs;
mod init;
mod list;
mod logging;
mod matrix;
mod open_files;
mod pbx;
mod progress;
mod report;
mod run;
mod run_args;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command};
use console::Console;
pub use embedded::Embedded;

use crate::record::Verdict;
use crate::wire::Clock;

/// Exit codes that scripts may rely on (design §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Passed, abridged or not.
    Passed,
    /// Nothing failed, something could not be judged.
    Inconclusive,
    /// At least one fail.
    Failed,
    /// Bad usage, profile or feature file.
    Usage,
    /// Interrupted; the partial report is written.
    Interrupted,
}

impl Exit {
    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Inconclusive => 3,
            Self::Interrupted => 130,
        }
    }

    /// What a run's verdict means to a script.
    pub const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass | Verdict::Note | Verdict::Unsupported | Verdict::Warn => Self::Passed,
            Verdict::Inconclusive => Self::Inconclusive,
            Verdict::Fail => Self::Failed,
        }
    }
}

/// Something that ends the program before it could do its work.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// Parses the process's arguments and does what they say. `clock` started with the
/// process.
pub fn main(clock: Clock) -> ExitCode {
    let console = Console::detect();
    open_files::allow_all();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are asked for; anything else is bad usage.
            let wanted = !error.use_stderr();
            let text = if console.error_style().color {
                error.render().ansi().to_string()
            } else {
                error.render().to_string()
            };
            if wanted {
                console.out(&text);
            } else {
                console.error(&text);
            }
            return ExitCode::from(if wanted { 0 } else { Exit::Usage.code() });
        }
    };
    logging::start(args.verbose, console.error_style().color);
    let command = args.command.unwrap_or_else(Command::default_run);
    let done = match command {
        Command::Run(args) => run::run(&args, &console, clock),
        Command::List(args) => list::list(&args, &console),
        Command::Check(args) => Ok(check::check(&args, &console)),
        Command::Init(args) => init::init(&args, &console),
        Command::Pbx(args) => pbx::serve(&args, &console),
        Command::Defects(args) => defects::defects(&args, &console),
        Command::Report(args) => report::report(&args, &console),
        Command::Explain(args) => explain::explain(&args, &console),
    };
    match done {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(error) => {
            console.error(&format!("error: {}\n", error.0.trim_end()));
            ExitCode::from(Exit::Usage.code())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_exit_of_several_runs_is_the_greatest() {
        assert!(Exit::Failed > Exit::Inconclusive && Exit::Inconclusive > Exit::Passed);
        assert_eq!(Exit::of(Verdict::Warn).code(), 0);
        assert_eq!(Exit::of(Verdict::Inconclusive).code(), 3);
    }
}
