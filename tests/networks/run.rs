//! A run where the bridge stands, and what it found.

use std::collections::BTreeSet;

use serde_json::Value;
use tempfile::TempDir;

use crate::network::Network;

/// The record of an abridged run with that profile.
pub(crate) fn record_of(network: &Network, profile: &str, more: &[&str]) -> Value {
    record_of_talk(network, profile, "1s", more)
}

/// The same with talks of that length.
pub(crate) fn record_of_talk(network: &Network, profile: &str, talk: &str, more: &[&str]) -> Value {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("network.yaml");
    std::fs::write(&file, profile).unwrap();
    let out = folder.path().join("reports");
    let output = network
        .pbxcert(network.places()[1])
        .args(["run", "--talk", talk, "--quiet", "--out"])
        .arg(&out)
        .args(more)
        .arg(&file)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let runs = std::fs::read_dir(out.join("network")).unwrap_or_else(|_| panic!("no run: {told}"));
    let run = runs.flatten().next().unwrap().path().join("run.json");
    serde_json::from_slice(&std::fs::read(run).unwrap()).unwrap()
}

/// `clause cause` of each fail and warning.
pub(crate) fn found(record: &Value) -> BTreeSet<String> {
    let counts = |finding: &&Value| finding["verdict"] == "fail" || finding["verdict"] == "warn";
    let text = |finding: &Value, field: &str| finding[field].as_str().unwrap().to_owned();
    let findings = findings(record).into_iter().filter(counts);
    findings
        .map(|finding| format!("{} {}", text(finding, "clause"), text(finding, "cause")))
        .collect()
}

/// Everything that was found.
fn findings(record: &Value) -> Vec<&Value> {
    let scenarios = record["scenarios"].as_array().unwrap().iter();
    scenarios.flat_map(|scenario| scenario["findings"].as_array().unwrap()).collect()
}

/// Asserts that a run through a router passed. There may be a note that a stream came from two
/// ports: where the first packets of both directions meet in the router, on two processors, its
/// connection tracking takes them for two connections and lends one of them another port.
pub(crate) fn assert_sound(record: &Value) {
    assert_eq!(found(record), BTreeSet::new());
    let other = |finding: &&Value| {
        let port = finding["observed"].as_str().unwrap().contains("source address or port changed");
        finding["verdict"] != "note" || finding["cause"] != "stream-changed" || !port
    };
    let others: Vec<&Value> = findings(record).into_iter().filter(other).collect();
    assert!(others.is_empty(), "{others:#?}");
    assert!(matches!(record["verdict"].as_str(), Some("pass" | "note")), "{}", record["verdict"]);
}

/// The causes, whatever the clause.
pub(crate) fn causes(found: &BTreeSet<String>) -> BTreeSet<&str> {
    found.iter().filter_map(|one| Some(one.split_once(' ')?.1)).collect()
}
