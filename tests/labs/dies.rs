//! What is left of a run whose PBX dies.

use std::time::{Duration, Instant};

use crate::lab::{Lab, files_named, record, text};

const LAB: Lab = Lab("asterisk-22");

/// Whether a call has stood in Asterisk for as long, both of its legs bridged.
fn call_has_stood_for(seconds: u64) -> bool {
    let output = LAB.script().args(["console", "core show channels concise"]).output().unwrap();
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
    let mut run = LAB.run("asterisk-22", out.path(), &["--only", "7.1.1", "--talk", "30s"]);
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
    assert!(LAB.script().arg("crash").status().unwrap().success());

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
