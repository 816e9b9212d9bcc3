//! `pbxcert report` as a user meets it: folders in, reports, a matrix and an exit code out.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod bundle;
mod matrix;

use std::path::Path;
use std::process::{Command, Output};

use pbxcert::record::{Run, SCHEMA, Scenario, Verdict};
use pbxcert::report::write_json;

/// The program, with `report` and these arguments, in that folder.
fn report(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pbxcert"))
        .arg("report")
        .args(arguments)
        .current_dir(folder)
        .env_remove("COLUMNS")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).into_owned();
    assert!(!text.contains("panicked"), "{text}");
    text
}

/// A run of that hour with scenarios of these clauses and verdicts.
fn run(model: &str, hour: u32, scenarios: &[(&str, Verdict)]) -> Run {
    let scenarios: Vec<Scenario> = scenarios
        .iter()
        .map(|(clause, verdict)| Scenario {
            clause: (*clause).to_owned(),
            title: format!("Scenario {clause}"),
            verdict: *verdict,
            duration_s: 61.0,
            mandated_s: 60.0,
            ..Scenario::default()
        })
        .collect();
    let mut run = Run {
        schema: SCHEMA,
        tool_version: "0.1.0".to_owned(),
        profile: model.to_lowercase(),
        pbx_model: model.to_owned(),
        started: format!("2026-11-24T{hour:02}:00:00Z"),
        scenarios,
        ..Run::default()
    };
    run.verdict = run.worst();
    run
}

fn write(root: &Path, name: &str, run: &Run) {
    std::fs::create_dir_all(root.join(name)).unwrap();
    std::fs::write(root.join(name).join("run.json"), write_json(run)).unwrap();
}
