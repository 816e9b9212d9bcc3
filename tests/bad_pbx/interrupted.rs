//! Runs that do not reach their end: Ctrl-C, SIGTERM, SIGKILL.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::pbx::invite_gets;
use crate::site::{only_folder, profile, record, side_by_side};

/// The reference PBX's plan with long talks, to be interrupted.
pub(crate) fn long_run(out: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_pbxcert"))
        .args(["-v", "run", "--talk", "60s", "--only", "6.1,6.2", "--out"])
        .arg(out)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until 6.1 is in the record on disk.
pub(crate) fn first_scenario_is_written(out: &Path) -> PathBuf {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        assert!(Instant::now() < deadline, "nothing was written");
        if let Ok(mut runs) = std::fs::read_dir(out.join("reference"))
            && let Some(Ok(run)) = runs.next()
            && let Ok(text) = std::fs::read(run.path().join("run.json"))
            && let Ok(record) = serde_json::from_slice::<Value>(&text)
            && record["scenarios"].as_array().is_some_and(|scenarios| !scenarios.is_empty())
        {
            return run.path();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
}

/// Reads a log to the line that holds `what`.
pub(crate) fn log_until(log: &mut impl BufRead, what: &str) -> String {
    let mut text = String::new();
    while !text.contains(what) {
        assert!(log.read_line(&mut text).unwrap() > 0, "no `{what}` in {text}");
    }
    text
}

fn ends_in_order(name: &str) {
    let out = tempfile::tempdir().unwrap();
    let mut child = long_run(out.path());
    let run = first_scenario_is_written(out.path());
    let mut log = BufReader::new(child.stderr.take().unwrap());
    log_until(&mut log, "2-way audio is established");
    let asked = Instant::now();
    signal(&child, name);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    let record = record(&run);
    assert_eq!(record["interrupted"], true);
    assert_eq!(record["certified"], false);
    assert_eq!(record["scenarios"][0]["verdict"], "pass");
    for name in ["junit.xml", "index.html", "summary.md", "6.1/wire.pcap"] {
        assert!(run.join(name).exists(), "{name}");
    }
    nothing_is_left_at_the_pbx(&record);
}

/// Every call was ended and every binding removed, and the PBX said so.
fn nothing_is_left_at_the_pbx(record: &Value) {
    let mut ended = 0;
    for scenario in record["scenarios"].as_array().unwrap() {
        let seen = scenario["observations"].as_array().unwrap();
        let count = |what: &str| seen.iter().filter(|o| o["what"]["what"] == what).count();
        assert_eq!(count("registered"), count("unregistered"), "{scenario:#}");
        assert_eq!(count("ended"), count("dialled") + count("invited"), "{scenario:#}");
        ended += count("ended");
    }
    assert!(ended >= 2, "a call stood when the signal came: {record:#}");
}

#[test]
fn an_interrupt_or_a_termination_ends_the_run_in_order() {
    side_by_side(&[&|| ends_in_order("-INT"), &|| ends_in_order("-TERM")]);
}

#[test]
fn whoever_interrupts_twice_does_not_wait_for_a_dead_pbx() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody answers its INVITE, nor the CANCEL that the first signal leads to.
    let mut child = Command::new(env!("CARGO_BIN_EXE_pbxcert"))
        .args(["-v", "run"])
        .arg(profile(folder.path(), "127.0.0.1", invite_gets(|_| Vec::new())))
        .args(["--only", "6.1,6.5", "--out"])
        .arg(folder.path().join("out"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    log_until(&mut log, "dial User A's DiD");
    signal(&child, "-INT");
    // Two signals at once would be one.
    std::thread::sleep(Duration::from_millis(300));
    let again = Instant::now();
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(again.elapsed() < Duration::from_secs(1), "{:?}", again.elapsed());
    let record = record(&only_folder(&folder.path().join("out/bad")));
    assert_eq!(record["interrupted"], true);
}

#[test]
fn a_killed_run_leaves_a_record_that_report_renders_as_interrupted() {
    let out = tempfile::tempdir().unwrap();
    let mut child = long_run(out.path());
    let run = first_scenario_is_written(out.path());
    signal(&child, "-KILL");
    child.wait().unwrap();
    let report =
        Command::new(env!("CARGO_BIN_EXE_pbxcert")).arg("report").arg(&run).output().unwrap();
    let text = String::from_utf8_lossy(&report.stdout).into_owned();
    assert_eq!(report.status.code(), Some(3), "{text}");
    assert!(text.to_lowercase().contains("interrupted"), "{text}");
}
