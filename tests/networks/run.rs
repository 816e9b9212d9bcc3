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
    let mut found = BTreeSet::new();
    for scenario in record["scenarios"].as_array().unwrap() {
        for finding in scenario["findings"].as_array().unwrap() {
            if finding["verdict"] == "fail" || finding["verdict"] == "warn" {
                let (clause, cause) = (&finding["clause"], &finding["cause"]);
                found.insert(format!("{} {}", clause.as_str().unwrap(), cause.as_str().unwrap()));
            }
        }
    }
    found
}

/// The causes, whatever the clause.
pub(crate) fn causes(found: &BTreeSet<String>) -> BTreeSet<&str> {
    found.iter().filter_map(|one| Some(one.split_once(' ')?.1)).collect()
}
