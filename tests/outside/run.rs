//! A run of a profile, and what came of it.

use serde_json::Value;

/// How often a run is made at most that this machine was too late to judge.
const ATTEMPTS: usize = 3;

/// The record of an abridged run of that profile, with more arguments.
pub(crate) async fn certify(profile: &str, more: &[&str]) -> Value {
    let mut record = certify_once(profile, more).await;
    for _ in 1..ATTEMPTS {
        if !record.to_string().contains("\"harness-late\"") {
            break;
        }
        record = certify_once(profile, more).await;
    }
    record
}

async fn certify_once(profile: &str, more: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("accounts.yaml");
    std::fs::write(&file, profile).unwrap();
    let run = tokio::process::Command::new(env!("CARGO_BIN_EXE_pbxcert"))
        .args(["run", "--quiet", "--out"])
        .arg(folder.path().join("out"))
        .args(more)
        .arg(&file)
        .output();
    let output = run.await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let runs = std::fs::read_dir(folder.path().join("out/accounts"));
    let mut runs = runs.unwrap_or_else(|_| panic!("no run: {said}"));
    let run = runs.next().unwrap().unwrap().path().join("run.json");
    serde_json::from_slice(&std::fs::read(run).unwrap()).unwrap()
}

/// The scenarios of a record.
pub(crate) fn scenarios(record: &Value) -> &[Value] {
    record["scenarios"].as_array().unwrap()
}

/// `clause verdict cause: observed` of whatever counts against the PBX or could not be judged.
pub(crate) fn found(record: &Value) -> Vec<String> {
    let text = |value: &Value, field: &str| value[field].as_str().unwrap_or_default().to_owned();
    let findings = scenarios(record).iter().flat_map(|s| s["findings"].as_array().unwrap());
    findings
        .filter(|finding| !matches!(finding["verdict"].as_str(), Some("pass" | "note")))
        .map(|finding| {
            let [clause, verdict, cause, observed] =
                ["clause", "verdict", "cause", "observed"].map(|field| text(finding, field));
            format!("{clause} {verdict} {cause}: {observed}")
        })
        .collect()
}
