//! A profile of a bad PBX, a run against it, and what every such run must fulfil.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Instant;

use serde_json::Value;

pub(crate) const SECRETS: [&str; 2] = ["hush-hush-a", "hush-hush-b"];

/// Writes the profile of a PBX and returns its path.
pub(crate) fn profile(folder: &Path, host: &str, port: u16) -> PathBuf {
    profile_with_trunk(folder, host, port, 0)
}

/// The same with a port for the trunk.
pub(crate) fn profile_with_trunk(folder: &Path, host: &str, port: u16, trunk: u16) -> PathBuf {
    let path = folder.join("bad.yaml");
    let text = format!(
        r#"name: Bad PBX
pbx: {{ sip_domain: "{host}", sip_proxy: "{host}:{port}" }}
users:
  - {{ name: User A, username: "1001", password: "{}", number: "+441632960101", extension: "1001" }}
  - {{ name: User B, username: "1002", password: "{}", number: "+441632960102", extension: "1002" }}
external:
  trunk: {{ bind: "127.0.0.1:{trunk}" }}
  numbers: ["+441632960201", "+441632960202"]
bridge: {{ bind: "127.0.0.1:0" }}
expect: {{ post_dial_delay: 2s }}
"#,
        SECRETS[0], SECRETS[1]
    );
    std::fs::write(&path, text).unwrap();
    path
}

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) record: Value,
    pub(crate) seconds: f64,
    pub(crate) said: String,
}

impl Ran {
    /// `clause: verdict cause` of every finding.
    pub(crate) fn findings(&self) -> Vec<String> {
        let text = |f: &Value, field: &str| f[field].as_str().unwrap().to_owned();
        let all = self.all_findings().into_iter();
        all.map(|f| format!("{}: {} {}", text(f, "clause"), text(f, "verdict"), text(f, "cause")))
            .collect()
    }

    fn all_findings(&self) -> Vec<&Value> {
        let scenarios = self.record["scenarios"].as_array().unwrap().iter();
        scenarios.flat_map(|scenario| scenario["findings"].as_array().unwrap()).collect()
    }

    /// The finding of that `clause: verdict cause`, which must be there.
    pub(crate) fn finding(&self, which: &str) -> &Value {
        let found = self.findings();
        let at = found.iter().position(|finding| finding == which);
        let at = at.unwrap_or_else(|| panic!("no `{which}` in {found:?}\n{}", self.said));
        self.all_findings()[at]
    }

    /// What that finding observed.
    pub(crate) fn observed(&self, which: &str) -> &str {
        self.finding(which)["observed"].as_str().unwrap()
    }

    /// 6.1 fails by that cause, what depends on it is inconclusive by the same, within
    /// the time. Returns the advice.
    pub(crate) fn cannot_register(&self, cause: &str, at_most: f64) -> String {
        assert_eq!(self.code, 1, "{:?}\n{}", self.findings(), self.said);
        let advice = self.finding(&format!("6.1: fail {cause}"))["advice"].as_str().unwrap();
        self.finding(&format!("6.5: inconclusive {cause}"));
        self.within(at_most);
        advice.to_owned()
    }

    pub(crate) fn within(&self, seconds: f64) {
        assert!(self.seconds < seconds, "{} s\n{}", self.seconds, self.said);
    }
}

/// Certifies clauses 6.1 and 6.5 against it.
pub(crate) fn certify(host: &str, port: u16) -> Ran {
    certify_clauses(host, port, "6.1,6.5")
}

/// Certifies some clauses against it.
pub(crate) fn certify_clauses(host: &str, port: u16, clauses: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_pbxcert"))
        .arg("run")
        .arg(profile(folder.path(), host, port))
        .args(["--only", clauses, "--talk", "1s", "--out"])
        .arg(folder.path().join("out"))
        .output()
        .unwrap();
    let seconds = began.elapsed().as_secs_f64();
    judged(&output, &only_folder(&folder.path().join("out/bad")), seconds)
}

/// What came of a run that went to its end, after what every run must fulfil.
pub(crate) fn judged(output: &Output, run: &Path, seconds: f64) -> Ran {
    nothing_leaks(output, run);
    let record = record(run);
    assert_eq!(record["interrupted"], false);
    for name in ["junit.xml", "index.html", "summary.md"] {
        assert!(run.join(name).exists(), "{name}");
    }
    Ran { code: output.status.code().unwrap(), record, seconds, said: said(output) }
}

/// Both streams of a run.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// The record in a run's folder.
pub(crate) fn record(run: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(run.join("run.json")).unwrap()).unwrap()
}

/// The one folder in `folder`.
pub(crate) fn only_folder(folder: &Path) -> PathBuf {
    std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path()
}

/// No password and no control character in anything that was said or written.
fn nothing_leaks(output: &Output, run: &Path) {
    let text = said(output);
    assert!(!text.contains("panicked"), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\0'), "{text}");
    let mut files = vec![run.to_owned()];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().flatten().map(|entry| entry.path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for secret in SECRETS {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} in {}", path.display());
        }
    }
    for secret in SECRETS {
        assert!(!text.contains(secret), "{text}");
    }
}

/// Runs the cases side by side: each mostly waits.
pub(crate) fn side_by_side(cases: &[&(dyn Fn() + Sync)]) {
    std::thread::scope(|scope| {
        for case in cases {
            scope.spawn(case);
        }
    });
}
