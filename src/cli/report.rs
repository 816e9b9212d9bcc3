//! `pbxcert report`: reports again, from the record alone.

use super::args::ReportArgs;
use super::folder::Folder;
use super::{Console, Exit, UsageError};
use crate::record::Verdict;
use crate::report::{read_json, summary};

/// Rebuilds the reports of every folder; the worst verdict is the exit code.
pub(super) fn report(args: &ReportArgs, console: &Console) -> Result<Exit, UsageError> {
    let mut worst = Exit::Passed;
    for path in &args.folders {
        let record = path.join("run.json");
        let text = std::fs::read_to_string(&record).map_err(|error| {
            UsageError(format!(
                "{} cannot be read: {error}\n  name the folder of a run, with its run.json",
                record.display()
            ))
        })?;
        let mut run = read_json(&text)
            .map_err(|error| UsageError(format!("{}: {error}", record.display())))?;
        if run.interrupted {
            run.verdict = run.worst().max(Verdict::Inconclusive);
        }
        let folder = Folder::at(path);
        let written = folder.write_run(&run).and_then(|()| {
            run.scenarios.iter().try_for_each(|scenario| folder.write_scenario(&run, scenario))
        });
        written.map_err(|error| {
            UsageError(format!("{} cannot be written: {error}", path.display()))
        })?;
        console.out(&summary(&run, console.style()));
        worst = worst.max(Exit::of(run.verdict));
    }
    Ok(worst)
}
