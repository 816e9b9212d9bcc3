//! A lab, and the built-in plan against the PBX in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::capture;

/// Every clause of the plan that real PBXs are certified by, as `run.json` numbers it.
const PLAN: [&str; 28] = [
    "2.1", "2.3", "2.4", "2.5", "2.6.1", "2.6.2", "2.6.3", "2.6.4", "2.6.5", "2.6.6", "2.6.7", "3",
    "3.1", "4.1.1.1", "4.1.1.8", "4.1.1.10", "6.1", "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2",
    "7.1.3", "7.1.4a", "7.1.4b", "7.2.1", "7.2.2",
];

/// How often a run is made at most that this machine was too late to judge.
pub(crate) const ATTEMPTS: usize = 3;

/// A folder of `tests/lab` whose script `lab` starts a PBX.
pub(crate) struct Lab(pub(crate) &'static str);

/// Where a PBX is known not to do what the guide says: clause, verdict and cause. The
/// profile tells why.
pub(crate) type Deviation = (&'static str, &'static str, &'static str);

pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn files_named(name: &str, folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_named(name, &path));
        } else if path.file_name().is_some_and(|file| file == name) {
            found.push(path);
        }
    }
    found
}

pub(crate) fn record(out: &Path) -> Value {
    let found = files_named("run.json", out);
    assert_eq!(found.len(), 1, "one run, one record: {found:?}");
    serde_json::from_slice(&std::fs::read(&found[0]).unwrap()).unwrap()
}

pub(crate) fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_else(|| panic!("no text in `{field}` of {value}"))
}

impl Lab {
    /// The lab's script.
    pub(crate) fn script(&self) -> Command {
        let mut script = Command::new(repository().join("tests/lab").join(self.0).join("lab"));
        script.stdin(Stdio::null()).current_dir(repository());
        script
    }

    /// `pbxcert run` of a profile with more arguments, inside a lab that lives as long as it
    /// does.
    pub(crate) fn run(&self, profile: &str, out: &Path, more: &[&str]) -> Child {
        self.script()
            .args(["with", env!("CARGO_BIN_EXE_pbxcert"), "run"])
            .arg(format!("scenarios/{profile}.yaml"))
            .arg("--out")
            .arg(out)
            .args(more)
            .spawn()
            .unwrap()
    }

    /// Runs the whole plan, abridged: nothing is found but these deviations, and each of them is.
    pub(crate) fn passes(&self, profile: &str, deviations: &[Deviation]) {
        self.judges(profile, &[], deviations, every_clause_is_there);
    }

    /// The same of the scenarios beyond the guide, all of which the PBX can do.
    pub(crate) fn passes_beyond_the_guide(&self, profile: &str, deviations: &[Deviation]) {
        self.judges(profile, &["--tags", "@beyond"], deviations, |scenarios| {
            let beyond = |s: &Value| {
                text(s, "clause").starts_with("B.") && text(s, "verdict") != "unsupported"
            };
            assert!(scenarios.len() >= 30 && scenarios.iter().all(beyond), "{scenarios:#?}");
        });
    }

    fn judges(
        &self,
        profile: &str,
        more: &[&str],
        deviations: &[Deviation],
        is_whole: impl Fn(&[Value]),
    ) {
        for attempt in 1..=ATTEMPTS {
            let out = tempfile::tempdir().unwrap();
            let arguments = [&["--talk", "2s", "--quiet"], more].concat();
            let status = self.run(profile, out.path(), &arguments).wait().unwrap();
            let run = record(out.path());
            if status.code() == Some(3) && was_late(&run) && attempt < ATTEMPTS {
                continue;
            }
            let scenarios = run["scenarios"].as_array().unwrap();
            is_whole(scenarios);
            assert_eq!(found(scenarios), deviations.iter().copied().collect(), "{scenarios:#?}");
            assert_eq!(run["interrupted"], false);
            assert_eq!(status.code(), Some(0), "verdict {}", run["verdict"]);
            capture::open_in_wireshark(out.path(), scenarios.len());
            return;
        }
    }
}

fn every_clause_is_there(scenarios: &[Value]) {
    let judged = |scenario: &Value| scenario["verdict"] != "unsupported";
    for scenario in scenarios {
        assert!(
            !scenario["steps"].as_array().unwrap().is_empty(),
            "{} has no steps",
            scenario["title"]
        );
    }
    let clauses: BTreeSet<&str> =
        scenarios.iter().filter(|s| judged(s)).map(|s| text(s, "clause")).collect();
    for clause in PLAN {
        assert!(clauses.contains(clause), "{clause} is missing; the run has {clauses:?}");
    }
}

/// What counts against the PBX or could not be judged.
pub(crate) fn found(scenarios: &[Value]) -> BTreeSet<(&str, &str, &str)> {
    scenarios
        .iter()
        .flat_map(|scenario| {
            scenario["findings"].as_array().unwrap().iter().map(move |f| (scenario, f))
        })
        .map(|(scenario, finding)| {
            (text(scenario, "clause"), text(finding, "verdict"), text(finding, "cause"))
        })
        .filter(|(_, verdict, _)| !matches!(*verdict, "pass" | "note"))
        .collect()
}

pub(crate) fn was_late(run: &Value) -> bool {
    let scenarios = run["scenarios"].as_array().unwrap();
    found(scenarios).iter().any(|(_, _, cause)| *cause == "harness-late")
}
