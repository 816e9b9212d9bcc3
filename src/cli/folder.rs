//! A run's folder: `reports/<profile>/<UTC time>/`, written as the run goes.

use std::io;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use super::UsageError;
use crate::record::{Run, Scenario};
use crate::report::{PAGE, RENDERINGS, SCENARIO_RENDERINGS, html_so_far, scenario_folder};

/// The profile in the folder of its run.
pub(super) const PROFILE: &str = "profile.yaml";
/// What no scenario claimed on the wire, in the folder of its run.
pub(super) const UNCLAIMED: &str = "unclaimed.pcap";

/// The folder of one run.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
}

/// The present time, RFC 3339 in UTC without fractions.
pub(super) fn utc_now() -> String {
    let now = OffsetDateTime::now_utc();
    now.replace_nanosecond(0).unwrap_or(now).format(&Rfc3339).unwrap_or_default()
}

impl Folder {
    /// Creates a new folder below `root`; a second run in the same second gets a
    /// number. Fails before anything is sent if it cannot be written.
    pub(super) fn create(root: &Path, profile: &str) -> Result<Self, UsageError> {
        let path = fresh(&root.join(profile))?;
        std::fs::write(path.join("run.json"), "{}").map_err(|error| unwritable(&path, &error))?;
        Ok(Self { path })
    }

    /// A folder that is there already.
    pub(super) fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the profile of the run, its passwords masked, for whoever is to repeat it.
    pub(super) fn write_profile(&self, shown: &str) -> Result<(), UsageError> {
        self.replace(PROFILE, shown).map_err(|error| unwritable(&self.path, &error))
    }

    /// Writes every report of the run, each whole or not at all.
    pub(super) fn write_run(&self, run: &Run) -> io::Result<()> {
        for rendering in RENDERINGS {
            self.replace(rendering.name, &(rendering.render)(run))?;
        }
        Ok(())
    }

    /// Writes the record alone: enough to rebuild all reports after a kill.
    pub(super) fn write_record(&self, run: &Run) -> io::Result<()> {
        match RENDERINGS.first() {
            Some(record) => self.replace(record.name, &(record.render)(run)),
            None => Ok(()),
        }
    }

    /// Writes the record of a run that goes on, and the page for whoever watches it.
    pub(super) fn write_so_far(&self, run: &Run, planned: usize) -> io::Result<()> {
        self.write_record(run)?;
        self.replace(PAGE, &html_so_far(run, planned))
    }

    /// Writes the files of a scenario beside its capture.
    pub(super) fn write_scenario(&self, run: &Run, scenario: &Scenario) -> io::Result<()> {
        let Some(folder) = scenario_folder(scenario) else { return Ok(()) };
        // A record alone, without its evidence, can be rendered, too.
        std::fs::create_dir_all(self.path.join(folder))?;
        for rendering in SCENARIO_RENDERINGS {
            self.replace(
                &format!("{folder}/{}", rendering.name),
                &(rendering.render)(run, scenario),
            )?;
        }
        Ok(())
    }

    fn replace(&self, name: &str, text: &str) -> io::Result<()> {
        replace(&self.path, name, text)
    }
}

/// Writes a file of the folder. A reader never sees half of it, not even after a kill.
pub(super) fn replace(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    let unfinished = folder.join(format!("{name}.part"));
    std::fs::write(&unfinished, text)?;
    std::fs::rename(&unfinished, folder.join(name))
}

/// Creates a folder below `parent` that is named by the time; a second one in the same
/// second gets a number.
pub(super) fn fresh(parent: &Path) -> Result<PathBuf, UsageError> {
    let stamp = OffsetDateTime::now_utc()
        .format(format_description!("[year]-[month]-[day]T[hour]-[minute]-[second]Z"))
        .unwrap_or_else(|_| "run".to_owned());
    std::fs::create_dir_all(parent).map_err(|error| unwritable(parent, &error))?;
    for n in 1.. {
        let name = if n == 1 { stamp.clone() } else { format!("{stamp}-{n}") };
        let path = parent.join(name);
        match std::fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(unwritable(parent, &error)),
        }
    }
    Err(UsageError("no free name for the report folder".to_owned()))
}

fn unwritable(folder: &Path, error: &io::Error) -> UsageError {
    UsageError(format!(
        "the report folder {} cannot be written: {error}\n  name another with --out",
        folder.display()
    ))
}
