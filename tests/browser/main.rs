//! The reports of real runs, used as people and CI servers use them: page and picture in a
//! real Chromium, Cucumber Messages through Cucumber's own schema and formatter, JUnit through
//! a reader that is not ours.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::{Value, json};

const SCRIPTS: [&str; 5] = ["page.mjs", "picture.mjs", "matrix.mjs", "messages.mjs", "junit.mjs"];

/// The folder with the scripts and, once for all tests, their packages.
fn node() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
        std::fs::create_dir_all(&folder).unwrap();
        let lock = std::fs::read(here.join("package-lock.json")).unwrap();
        let installed = folder.join("installed");
        for name in SCRIPTS.into_iter().chain(["package.json", "package-lock.json"]) {
            std::fs::copy(here.join(name), folder.join(name)).unwrap();
        }
        if std::fs::read(&installed).ok().as_ref() != Some(&lock) {
            let npm = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
            ran(Command::new("npm").args(npm).current_dir(&folder));
            std::fs::write(&installed, lock).unwrap();
        }
        folder
    })
}

fn ran(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// How often a run is made at most in which this machine was too late for what is to be shown.
const ATTEMPTS: usize = 3;

/// The defect of the runs that fail, and what they find of it.
const DEFECT: &str = "silent-hold";
const CAUSE: &str = "hold-silent";

/// A run of the reference PBX, healthy or with [`DEFECT`]; its folder.
fn certified(name: &str, only: &str, healthy: bool) -> PathBuf {
    let mut attempt = 1;
    loop {
        let (folder, code) = certified_once(name, only, healthy);
        let found = healthy || finds_its_cause(&folder);
        if (code != Some(3) && found) || attempt == ATTEMPTS {
            return folder;
        }
        attempt += 1;
    }
}

/// Whether the run came as far as the defect.
fn finds_its_cause(folder: &Path) -> bool {
    let record: Value =
        serde_json::from_slice(&std::fs::read(folder.join("run.json")).unwrap()).unwrap();
    let scenarios = record["scenarios"].as_array().unwrap();
    let mut findings = scenarios.iter().flat_map(|s| s["findings"].as_array().unwrap());
    findings.any(|finding| finding["cause"] == CAUSE)
}

/// Its folder, and its exit code.
fn certified_once(name: &str, only: &str, healthy: bool) -> (PathBuf, Option<i32>) {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser-runs").join(name);
    let _ = std::fs::remove_dir_all(&out);
    let mut command = Command::new(env!("CARGO_BIN_EXE_pbxcert"));
    command.args(["run", "scenarios/reference.yaml", "--talk", "2s", "--quiet", "--only", only]);
    command.arg("--out").arg(&out).current_dir(env!("CARGO_MANIFEST_DIR"));
    if !healthy {
        command.args(["--defect", DEFECT]);
    }
    let output = command.output().unwrap();
    let runs: Vec<_> = std::fs::read_dir(out.join("reference")).into_iter().flatten().collect();
    assert_eq!(runs.len(), 1, "{}", String::from_utf8_lossy(&output.stderr));
    (runs.into_iter().next().unwrap().unwrap().path(), output.status.code())
}

fn used(folder: &Path, kind: &str) {
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    ran(Command::new("node").arg(node().join("page.mjs")).arg(folder).arg(shots).arg(kind));
    ran(Command::new("node").arg(node().join("picture.mjs")).arg(folder));
    ran(Command::new("node").arg(node().join("junit.mjs")).arg(folder));
    let page = folder.join("cucumber.html");
    ran(Command::new("node").arg(node().join("messages.mjs")).arg(folder).arg(page));
}

#[test]
fn the_reports_of_a_passing_run() {
    used(&certified("passing", "6.1,6.2,7.1.1", true), "passing");
}

#[test]
fn the_reports_of_a_failing_run() {
    used(&certified("failing", "6.1,7.1.3", false), "failing");
}

/// The record of a real run, every text of it made hostile, rendered again.
#[test]
fn the_reports_of_a_hostile_pbx() {
    let folder = certified("hostile", "6.1,7.1.1", false);
    let path = folder.join("run.json");
    let mut record: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let evil = "\"'><img src=x onerror=alert(1)></script></style></svg><script>alert(2)</script>\
                {{ 7 * 7 }}\u{1b}[31m\0\u{202e}\u{2028}]]>";
    for field in ["pbx_model", "profile_digest", "tool_version"] {
        record[field] = json!(evil);
    }
    record["pbx"]["server"] = json!(evil);
    for scenario in record["scenarios"].as_array_mut().unwrap() {
        scenario["title"] = json!(evil);
        for (list, fields) in [
            ("steps", &["text", "observed"][..]),
            ("findings", &["expected", "observed", "advice"][..]),
            ("parties", &["account", "address"][..]),
            ("messages", &["text"][..]),
            ("evidence", &["title", "path"][..]),
        ] {
            for item in scenario[list].as_array_mut().unwrap() {
                // A record whose evidence names no folder has no pictures.
                if item["title"] == "SIP and RTP" {
                    continue;
                }
                for field in fields {
                    let text = item[*field].as_str().unwrap_or_default();
                    item[*field] = json!(format!("{evil} {text}"));
                }
                if list == "messages" {
                    item["text"] = json!(format!("{evil}{}\r\n", "x".repeat(64 << 10)));
                    item["oddities"] = json!([evil]);
                }
            }
        }
    }
    std::fs::write(&path, record.to_string()).unwrap();
    let mut again = Command::new(env!("CARGO_BIN_EXE_pbxcert"));
    // The run failed, and so does its report.
    let _ = again.arg("report").arg(&folder).output().unwrap();
    let page = std::fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(page.contains("7 * 7") && page.len() < 3_000_000, "{}", page.len());
    used(&folder, "hostile");
}

/// A copy of a run whose record was changed, as if it had been run at that hour.
fn rerun(from: &Path, to: &Path, hour: u32, change: impl Fn(&mut Value)) {
    std::fs::create_dir_all(to).unwrap();
    let mut record: Value =
        serde_json::from_slice(&std::fs::read(from.join("run.json")).unwrap()).unwrap();
    record["started"] = json!(format!("2026-11-24T{hour:02}:00:00Z"));
    change(&mut record);
    std::fs::write(to.join("run.json"), record.to_string()).unwrap();
}

fn matrix_used(folder: &Path, kind: &str) {
    let mut report = Command::new(env!("CARGO_BIN_EXE_pbxcert"));
    let output = report.args(["report", "--fail-on-regression"]).arg(folder).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    ran(Command::new("node").arg(node().join("matrix.mjs")).arg(folder).arg(shots).arg(kind));
}

#[test]
fn the_matrix_of_several_models() {
    let bad = std::thread::spawn(|| certified("matrix-bad", "6,7.1.3", false));
    let good = certified("matrix-good", "6,7.1.3", true);
    let bad = bad.join().unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser-runs/matrix");
    let _ = std::fs::remove_dir_all(&folder);
    rerun(&good, &folder.join("reference/1"), 1, |_| {});
    rerun(&bad, &folder.join("reference/2 #late"), 2, |_| {});
    for n in 0..4 {
        rerun(&good, &folder.join(format!("model-{n}/1")), 3, |record| {
            record["profile"] = json!(format!("model-{n}"));
            record["pbx_model"] =
                json!(format!("Voice Gateway {n} Enterprise, build 12.{n} (TLS, SDES)"));
            let verdicts = ["warn", "note", "inconclusive", "unsupported"];
            record["scenarios"][n]["verdict"] = json!(verdicts[n]);
            record["interrupted"] = json!(n == 2);
        });
    }
    matrix_used(&folder, "plain");
}

#[test]
fn the_matrix_of_a_hostile_pbx() {
    let good = certified("matrix-hostile", "6.1,6.2", true);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser-runs/hostile-matrix");
    let _ = std::fs::remove_dir_all(&folder);
    let evil = "\"'><img src=x onerror=alert(1)></script></style></svg><script>alert(2)</script>\
                {{ 7 * 7 }}\u{1b}[31m\0\u{202e}\u{2028}]]>";
    for (hour, name, verdict) in [(1, "javascript:alert(1)", "pass"), (2, evil, "fail")] {
        let name = name.replace(['/', '\0'], "");
        rerun(&good, &folder.join(name), hour, |record| {
            for field in ["pbx_model", "profile", "tool_version", "plan_digest"] {
                record[field] = json!(evil);
            }
            record["pbx"]["server"] = json!(format!("{evil}{hour}"));
            for scenario in record["scenarios"].as_array_mut().unwrap() {
                scenario["verdict"] = json!(verdict);
                scenario["title"] = json!(evil);
                scenario["findings"] = json!([{
                    "clause": evil, "verdict": "fail", "expected": evil, "observed": evil,
                    "cause": "hold-silent", "advice": evil, "step": evil, "evidence": [evil],
                }]);
            }
        });
    }
    matrix_used(&folder, "hostile");
}
