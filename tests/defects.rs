//! The detection matrix, whole: every defect is caught, by the right cause, and nothing
//! else is found; and no check and no expectation of the plan is idle.

#![expect(clippy::unwrap_used, reason = "a test that cannot read what it judges has failed")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use pbxcert::record::{CleanRun, DetectionMatrix, Outcome, Verdict};
use regex::Regex;

/// What `pbxcert defects --json` printed, and its exit code. It is asked once.
static MATRIX: LazyLock<(i32, DetectionMatrix)> = LazyLock::new(|| {
    let out = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_pbxcert"))
        .args(["defects", "--json", "--out"])
        .arg(out.path())
        .output()
        .unwrap();
    let matrix = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code().unwrap(), matrix)
});

/// Causes that no misbehaviour of a PBX brings about, and why.
const NOT_THE_PBX: &[(&str, &str)] = &[
    ("HarnessLate", "this machine was late"),
    ("HarnessFault", "the harness or this machine failed"),
    ("EarlierStep", "follows from another finding"),
    ("Interrupted", "the user stopped the run"),
    ("Disclaimed", "the profile says that the PBX cannot"),
    ("NoSecondNode", "the profile names one node of the bridge only"),
    ("NoDeskPhone", "the profile names no desk phone"),
    ("NoNumberAbroad", "the profile has no external number of another country"),
    ("NoDirectNumber", "the profile gives an extension as a user's number"),
    ("TestedFromInside", "where this machine stands"),
    (
        "FailedTransferOtherwise",
        "only a profile that says how failed transfers end can be contradicted",
    ),
    ("MethodUnsupported", "a method that a PBX need not know counts against none"),
    ("CodecUnspoken", "the harness lacks the codec"),
    ("UnresolvedName", "the name of the PBX has no address, so there is no PBX"),
];

/// Expectations whose failure the steps before them name: each user's own registration.
const JUDGED_BEFORE: &[&str] = &["at least 2 users are registered"];

#[test]
fn every_defect_is_caught_and_nothing_else_is_found() {
    let (code, matrix) = &*MATRIX;
    let mut wrong: Vec<String> = Vec::new();
    for row in &matrix.defects {
        if row.outcome != Outcome::Caught {
            let expected = &row.expected;
            wrong.push(format!("{} {}: {:#?}", row.outcome.word(), expected.name, row.found));
        }
        wrong.extend(
            row.false_alarms.iter().map(|alarm| format!("{}: {alarm:#?}", row.expected.name)),
        );
    }
    wrong.extend(
        matrix.clean.iter().flat_map(|run| &run.false_alarms).map(|alarm| format!("{alarm:#?}")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(matrix.defects.len() >= 60, "{}", matrix.defects.len());
    let listed = Command::new(env!("CARGO_BIN_EXE_pbxcert")).arg("list").output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let planned = listed.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    let planned = planned.count();
    let whole = |run: &CleanRun| run.passed + run.disclaimed == planned;
    assert!(matrix.clean.len() >= 5 && matrix.clean.iter().all(whole), "{:#?}", matrix.clean);
    // Where nobody registers, nobody does so at a second node (guide 4.1.1.1).
    assert!(matrix.clean.iter().all(|run| run.disclaimed <= 1), "{:#?}", matrix.clean);
    assert_eq!(*code, 0);
}

/// Every phrase of the plan that expects something.
fn expectations() -> Vec<(String, Regex)> {
    let listed =
        Command::new(env!("CARGO_BIN_EXE_pbxcert")).args(["list", "--phrases"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let patterns = listed.lines().filter_map(|line| line.strip_prefix("Then "));
    patterns
        .map(|pattern| {
            let whole = format!("^(?:Step \\d+: )?(?i:{pattern})$");
            (pattern.to_owned(), Regex::new(&whole).unwrap())
        })
        .collect()
}

#[test]
fn no_expectation_is_idle() {
    let (_, matrix) = &*MATRIX;
    let failed: BTreeSet<&str> = matrix
        .defects
        .iter()
        .flat_map(|row| &row.found)
        // What healthy PBXs do as well is told by a note.
        .filter(|found| matches!(found.verdict, Verdict::Fail | Verdict::Warn | Verdict::Note))
        .map(|found| found.step.as_str())
        .collect();
    let expectations = expectations();
    assert!(expectations.len() > 10, "{expectations:?}");
    let idle: Vec<&String> = expectations
        .iter()
        .filter(|(_, pattern)| !failed.iter().any(|step| pattern.is_match(step)))
        .map(|(text, _)| text)
        .filter(|text| !JUDGED_BEFORE.contains(&text.as_str()))
        .collect();
    assert!(idle.is_empty(), "no defect makes these fail: {idle:#?}");
}

/// Every cause that the sources of a layer name outside of their tests.
fn causes_named_in(folder: &str, into: &mut BTreeSet<String>) {
    let pattern = Regex::new(r"Cause::([A-Z]\w+)").unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
    for entry in std::fs::read_dir(root).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            let within = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
            causes_named_in(&within, into);
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap();
        // The table of advice names all causes there are.
        if name.ends_with("advice") || name.ends_with("_tests") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        into.extend(pattern.captures_iter(code).map(|found| found[1].to_owned()));
    }
}

#[test]
fn no_check_is_idle() {
    let (_, matrix) = &*MATRIX;
    let mut named = BTreeSet::new();
    for layer in ["check", "steps", "agent"] {
        causes_named_in(layer, &mut named);
    }
    assert!(named.len() > 40, "{named:?}");
    let caught: BTreeSet<String> = matrix
        .defects
        .iter()
        .filter_map(|row| row.caught_by.as_ref())
        .map(|found| format!("{:?}", found.cause))
        .collect();
    let idle: Vec<&String> = named
        .iter()
        .filter(|cause| !caught.contains(*cause))
        .filter(|cause| !NOT_THE_PBX.iter().any(|(known, _)| known == cause))
        .collect();
    assert!(idle.is_empty(), "no defect makes a check name these: {idle:#?}");
}
