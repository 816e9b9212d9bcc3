//! The built-in plan against a real Asterisk 22, and what is left of a run whose PBX dies.
//!
//! Needs root on Debian: `tests/lab/asterisk-22/lab` builds the PBX and, through its verb
//! `with`, starts it for one command and stops it whatever becomes of the command. Its lock
//! makes the tests take turns, also when each has a process of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot read what it judges has failed")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Every clause of the plan, as `run.json` numbers it.
const PLAN: [&str; 12] = [
    "6.1", "6.2", "6.3", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4a", "7.1.4b", "7.2.1",
    "7.2.2",
];

/// tshark's number for the severity "Error" of its expert information.
const EXPERT_ERROR: &str = "_ws.malformed || _ws.expert.severity == 8388608";

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn lab() -> Command {
    let mut lab = Command::new(repository().join("tests/lab/asterisk-22/lab"));
    lab.stdin(Stdio::null()).current_dir(repository());
    lab
}

/// `pbxcert run` with more arguments, inside a lab that lives as long as it does.
fn certify(out: &Path, more: &[&str]) -> Child {
    lab()
        .args(["with", env!("CARGO_BIN_EXE_pbxcert"), "run", "scenarios/asterisk-22.yaml", "--out"])
        .arg(out)
        .args(more)
        .spawn()
        .unwrap()
}

fn files_named(name: &str, folder: &Path) -> Vec<PathBuf> {
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

fn record(out: &Path) -> Value {
    let found = files_named("run.json", out);
    assert_eq!(found.len(), 1, "one run, one record: {found:?}");
    serde_json::from_slice(&std::fs::read(&found[0]).unwrap()).unwrap()
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_else(|| panic!("no text in `{field}` of {value}"))
}

/// What tshark prints of a capture, or the reason why it could not read it.
fn tshark(capture: &Path, arguments: &[&str]) -> String {
    let output = Command::new("tshark")
        .arg("-r")
        .arg(capture)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("tshark: {error}; apt-get install tshark"));
    assert!(
        output.status.success(),
        "tshark cannot read {}: {}",
        capture.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn every_clause_passed(run: &Value) {
    let mut clauses: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for scenario in run["scenarios"].as_array().unwrap() {
        let verdict = text(scenario, "verdict");
        clauses.entry(text(scenario, "clause")).or_default().push(verdict);
        let title = text(scenario, "title");
        let steps = scenario["steps"].as_array().unwrap();
        assert!(!steps.is_empty(), "`{title}` has no steps");
        assert!(
            matches!(verdict, "pass" | "note"),
            "`{title}` is {verdict}: {:#}",
            scenario["findings"]
        );
    }
    for clause in PLAN {
        assert!(clauses.contains_key(clause), "{clause} is missing; the run has {clauses:?}");
    }
}

fn captures_open_in_wireshark(out: &Path) {
    let captures = files_named("wire.pcap", out);
    assert!(captures.len() >= PLAN.len(), "a capture for each scenario: {captures:?}");
    for capture in captures {
        let wrong = tshark(&capture, &["-Y", EXPERT_ERROR]);
        assert!(wrong.is_empty(), "{}:\n{wrong}", capture.display());
        let protocols = tshark(&capture, &["-T", "fields", "-e", "frame.protocols"]);
        let count = |name| protocols.lines().filter(|line| line.ends_with(name)).count();
        let sip = protocols.lines().filter(|line| line.contains(":sip")).count();
        assert!(sip > 0, "no SIP in {}", capture.display());
        // RTP is known to Wireshark only by the SDP before it: both must be in the file.
        let clause = capture.parent().and_then(Path::file_name).unwrap().to_string_lossy();
        if !clause.starts_with("6.1") {
            assert!(count(":rtp") > 50, "{} RTP packets in {}", count(":rtp"), capture.display());
        }
    }
}

#[test]
fn the_plan_passes_and_its_captures_open_in_wireshark() {
    let out = tempfile::tempdir().unwrap();
    let status = certify(out.path(), &["--talk", "2s"]).wait().unwrap();
    let run = record(out.path());
    every_clause_passed(&run);
    assert_eq!(status.code(), Some(0), "verdict {}", run["verdict"]);
    assert_eq!(run["abridged"], true);
    assert_eq!(run["interrupted"], false);
    captures_open_in_wireshark(out.path());
}

/// Whether a call has stood in Asterisk for as long, both of its legs bridged.
fn call_has_stood_for(seconds: u64) -> bool {
    let output = lab().args(["console", "core show channels concise"]).output().unwrap();
    let channels = String::from_utf8_lossy(&output.stdout).into_owned();
    let bridged = channels.lines().filter(|line| {
        let fields: Vec<&str> = line.split('!').collect();
        fields.len() > 12
            && fields[4] == "Up"
            && !fields[12].is_empty()
            && fields[11].parse().is_ok_and(|stood: u64| stood >= seconds)
    });
    bridged.count() >= 2
}

#[test]
fn a_pbx_that_dies_while_they_speak_is_a_finding_and_not_a_hang() {
    let out = tempfile::tempdir().unwrap();
    let mut run = certify(out.path(), &["--only", "7.1.1", "--talk", "30s"]);
    // The lab may still be another test's: only its record shows that ours has begun.
    let turn = Instant::now() + Duration::from_mins(10);
    while files_named("run.json", out.path()).is_empty() {
        assert!(run.try_wait().unwrap().is_none(), "the run ended before it began");
        assert!(Instant::now() < turn, "the lab was never free");
        std::thread::sleep(Duration::from_millis(200));
    }
    let deadline = Instant::now() + Duration::from_mins(2);
    // Two-way audio is judged within a few seconds: after ten, they speak.
    while !call_has_stood_for(10) {
        assert!(run.try_wait().unwrap().is_none(), "the run ended before the call stood");
        assert!(Instant::now() < deadline, "no call stood for 10 s");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(lab().arg("crash").status().unwrap().success());

    let died = Instant::now();
    let status = run.wait().unwrap();
    assert!(died.elapsed() < Duration::from_mins(2), "hung for {:?}", died.elapsed());
    assert!(matches!(status.code(), Some(1 | 3)), "{status}");

    let run = record(out.path());
    assert_eq!(run["interrupted"], false, "the run ended by itself");
    let scenario = &run["scenarios"][0];
    assert_eq!(text(scenario, "verdict"), "fail");
    let findings = scenario["findings"].as_array().unwrap();
    let audio = findings.iter().find(|finding| {
        let observed = text(finding, "observed").to_lowercase();
        observed.contains("audio") || observed.contains("rtp") || observed.contains("silen")
    });
    let audio = audio.unwrap_or_else(|| panic!("no finding on the audio: {findings:#?}"));
    assert!(
        text(audio, "observed").contains(|c: char| c.is_ascii_digit()),
        "the finding says when the audio stopped: {audio:#}"
    );
}
