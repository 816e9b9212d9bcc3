//! `pbxcert report`: reports again, from the records alone, and several runs compared.

use std::path::{Path, PathBuf};

use super::args::ReportArgs;
use super::folder::Folder;
use super::found_runs::{FoundRuns, RECORD};
use super::{Console, Exit, UsageError, bundle, matrix};
use crate::record::{Run, Verdict};
use crate::report::{Standing, read_json, summary};

/// Rebuilds the reports of every run below the folders, and writes the matrix of several
/// runs. One that cannot be read keeps nobody from the others: it is said at the end.
pub(super) fn report(args: &ReportArgs, console: &Console) -> Result<Exit, UsageError> {
    if let Some(archive) = &args.verify {
        return verify(archive, console);
    }
    let FoundRuns { folders, mut complaints } = FoundRuns::below(&args.folders);
    let mut runs: Vec<(PathBuf, Run)> = Vec::new();
    for path in folders {
        match rebuild(&path) {
            Ok(run) => match runs.iter().find(|(_, other)| *other == run) {
                Some((other, _)) => console.error(&format!(
                    "warning: {} and {} hold the same run; it is counted once\n",
                    other.display(),
                    path.display()
                )),
                None => runs.push((path, run)),
            },
            Err(complaint) => complaints.push(complaint),
        }
    }
    let verdict = runs.iter().map(|(_, run)| Exit::of(run.verdict)).max().unwrap_or(Exit::Passed);
    let wants_matrix = runs.len() > 1 || args.out.is_some() || args.fail_on_regression;
    if let [(_, run)] = runs.as_slice() {
        console.out(&summary(run, console.style()));
    }
    let mut exit = verdict;
    if let Some(target) = &args.bundle {
        match runs.as_slice() {
            [(path, run)] if complaints.is_empty() => bundle(run, path, target, console)?,
            [] | [_] => {}
            several => complaints.push(format!(
                "--bundle is for one run, and these folders hold {}\n  name the folder of one run, with its {RECORD}",
                several.len()
            )),
        }
    } else if wants_matrix && !runs.is_empty() {
        match matrix::write(args, runs, console) {
            Ok(standing) if args.fail_on_regression => exit = of(standing),
            Ok(_) => {}
            Err(complaint) => complaints.push(complaint),
        }
    }
    if complaints.is_empty() { Ok(exit) } else { Err(UsageError(complaints.join("\nerror: "))) }
}

fn bundle(run: &Run, folder: &Path, target: &Path, console: &Console) -> Result<(), UsageError> {
    let packed =
        bundle::pack(run, folder, target).map_err(|error| UsageError(error.to_string()))?;
    if !packed.has_profile {
        console.error(&format!(
            "warning: {} has no profile of its run, so the bundle has none\n",
            folder.display()
        ));
    }
    console.out(&format!(
        "bundle: {} ({} files, {} bytes)\n",
        target.display(),
        packed.files,
        packed.bytes
    ));
    Ok(())
}

fn verify(archive: &Path, console: &Console) -> Result<Exit, UsageError> {
    let attested: bundle::Attested =
        bundle::verify(archive).map_err(|error| UsageError(error.to_string()))?;
    let text = attested.said();
    for line in text.lines() {
        let wrapped = textwrap::fill(line, console.style().width.clamp(40, 140));
        console.out(&format!("{wrapped}\n"));
    }
    Ok(if attested.problems.is_empty() { Exit::Passed } else { Exit::Failed })
}

/// What a comparison means to a script.
fn of(standing: Standing) -> Exit {
    match standing {
        Standing::Alone | Standing::Same => Exit::Passed,
        Standing::Unclear => Exit::Inconclusive,
        Standing::Regressed => Exit::Failed,
    }
}

/// The run of a folder, whose reports are written again; or what is wrong with it.
fn rebuild(path: &Path) -> Result<Run, String> {
    let record = path.join(RECORD);
    let text = std::fs::read_to_string(&record).map_err(|error| {
        format!(
            "{} cannot be read: {error}\n  name the folder of a run, with its {RECORD}",
            record.display()
        )
    })?;
    let mut run = read_json(&text).map_err(|error| format!("{}: {error}", record.display()))?;
    if run.interrupted {
        run.verdict = run.worst().max(Verdict::Inconclusive);
    }
    let folder = Folder::at(path);
    folder
        .write_run(&run)
        .and_then(|()| {
            run.scenarios.iter().try_for_each(|scenario| folder.write_scenario(&run, scenario))
        })
        .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    Ok(run)
}
