//! The binary as a user meets it: bad input ends with exit code 2, one error that names
//! file, line and remedy, and no secret.

#![expect(clippy::unwrap_used, reason = "a test that cannot start the program has failed")]

use std::path::Path;
use std::process::{Command, Output};

/// The program, in a folder of its own, with the secrets of the test profile set.
fn pbxcert(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pbxcert"))
        .args(arguments)
        .current_dir(folder)
        .env("PBX_PASSWORD_A", "first-secret")
        .env("PBX_PASSWORD_B", "second-secret")
        .env_remove("PBX_UNSET")
        .output()
        .unwrap()
}

/// A profile of a PBX on loopback where nobody listens; `replace` makes it wrong.
fn profile(folder: &Path, replace: &[(&str, &str)]) -> String {
    let mut text = r#"name: Test PBX
pbx:
  sip_domain: 127.0.0.1
  sip_proxy: 127.0.0.1:9
users:
  - { name: User A, username: "1001", password: "${PBX_PASSWORD_A}", number: "+441632960101", extension: "1001" }
  - { name: User B, username: "1002", password: "${PBX_PASSWORD_B}", number: "+441632960102", extension: "1002" }
extensions:
  - { name: Desk phone, username: "1003", password: "x", extension: "1003" }
external:
  trunk: { bind: "127.0.0.1:0" }
  numbers: ["+441632960201", "+441632960202"]
bridge: { bind: "127.0.0.1:0" }
"#
    .to_owned();
    for (from, to) in replace {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    std::fs::write(folder.join("test.yaml"), &text).unwrap();
    text
}

/// Runs with a wrong profile and returns what it said.
fn complaint(replace: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    profile(folder.path(), replace);
    let output = pbxcert(folder.path(), &["run", "test.yaml"]);
    said(&output, folder.path())
}

/// Standard error of a run that must have been refused before it began.
fn said(output: &Output, folder: &Path) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(!folder.join("reports").exists(), "nothing may be written: {text}");
    for secret in ["first-secret", "second-secret"] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(!text.contains("panicked"), "{text}");
    text
}

#[test]
fn profiles_with_mistakes_are_refused_with_place_and_remedy() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("sip_domain:", "sip_domian:", &["sip_domian", "sip_domain", "test.yaml", ":3"]),
        ("sip_proxy: 127", "sip_domain: 127", &["sip_domain", "duplicate key", "test.yaml"]),
        ("${PBX_PASSWORD_A}", "${PBX_UNSET}", &["PBX_UNSET", "test.yaml", ":6"]),
        ("username: \"1001\"", "username: \"1001@pbx\"", &["@", "test.yaml", ":6"]),
        ("sip_domain: 127.0.0.1", "sip_domain: 127.0.0.1:5060", &["port", "sip_proxy", ":3"]),
        ("+441632960102", "+441632960101", &["+441632960101", "test.yaml", ":7"]),
    ];
    for (from, to, expected) in cases {
        let text = complaint(&[(from, to)]);
        for word in *expected {
            assert!(text.contains(word), "{to}: no `{word}` in\n{text}");
        }
    }
}

#[test]
fn a_missing_profile_names_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let text = said(&pbxcert(folder.path(), &["run", "nowhere.yaml"]), folder.path());
    assert!(text.contains("nowhere.yaml") && text.contains("pbxcert init"), "{text}");
}

#[test]
fn feature_files_with_mistakes_are_refused_with_line_and_remedy() {
    let cases = [
        ("Given nobody says that", "x.feature:4: unknown step"),
        ("Gven User A is registered from Teams", "x.feature:4"),
        ("| not | Gherkin", "x.feature:"),
    ];
    for (line, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        let features = folder.path().join("mine");
        std::fs::create_dir(&features).unwrap();
        let text = format!("@guide-6.1\nFeature: F\n  Scenario: S\n    {line}\n");
        std::fs::write(features.join("x.feature"), text).unwrap();
        let output = pbxcert(folder.path(), &["run", "--features", "mine"]);
        let text = said(&output, folder.path());
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn an_empty_selection_is_an_error_and_no_success() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [["--tags", "@nothing"], ["--only", "9.9"], ["--tags", "@a or or"]] {
        let output = pbxcert(folder.path(), &["run", arguments[0], arguments[1]]);
        let text = said(&output, folder.path());
        assert!(text.contains(arguments[1]), "{text}");
    }
}

#[test]
fn an_unwritable_report_folder_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let output = pbxcert(folder.path(), &["run", "--out", "file"]);
    let text = said(&output, folder.path());
    assert!(text.contains("--out"), "{text}");
}

#[test]
fn a_port_in_use_names_the_address_and_who_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    profile(
        folder.path(),
        &[("bridge: { bind: \"127.0.0.1:0\"", &format!("bridge: {{ bind: \"{address}\""))],
    );
    let output = pbxcert(folder.path(), &["run", "test.yaml", "--out", "out"]);
    let text = said(&output, folder.path());
    assert!(text.contains(&address), "{text}");
    assert!(text.contains(&format!("pid {}", std::process::id())), "{text}");
}

#[test]
fn what_the_plan_needs_and_the_profile_lacks_is_said() {
    let folder = tempfile::tempdir().unwrap();
    profile(
        folder.path(),
        &[(
            "extensions:\n  - { name: Desk phone, username: \"1003\", password: \"x\", extension: \"1003\" }\n",
            "",
        )],
    );
    let text = said(&pbxcert(folder.path(), &["run", "test.yaml"]), folder.path());
    assert!(text.contains("6.3") && text.contains("extension"), "{text}");
}

#[test]
fn the_written_profile_is_valid_once_its_secrets_are_set() {
    let folder = tempfile::tempdir().unwrap();
    assert!(pbxcert(folder.path(), &["init", "mine.yaml"]).status.success());
    let again = pbxcert(folder.path(), &["init", "mine.yaml"]);
    assert_eq!(again.status.code(), Some(2), "a file that is there is not overwritten");
    let check = Command::new(env!("CARGO_BIN_EXE_pbxcert"))
        .args(["check", "mine.yaml"])
        .current_dir(folder.path())
        .envs([("PBX_PASSWORD_A", "a"), ("PBX_PASSWORD_B", "b"), ("PBX_PASSWORD_D", "d")])
        .output()
        .unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
}

#[test]
fn a_profile_is_begun_for_a_pbx_by_name() {
    let folder = tempfile::tempdir().unwrap();
    assert!(pbxcert(folder.path(), &["init", "--for", "3cx", "mine.yaml"]).status.success());
    let written = std::fs::read_to_string(folder.path().join("mine.yaml")).unwrap();
    assert!(written.contains("name: 3CX") && written.contains("Not tested"), "{written}");
    let wrong = pbxcert(folder.path(), &["init", "--for", "3xc", "other.yaml"]);
    assert_eq!(wrong.status.code(), Some(2));
    let text = said(&wrong, folder.path());
    assert!(text.contains("is `3cx` meant?") && text.contains("netsapiens"), "{text}");
    assert!(!folder.path().join("other.yaml").exists());
}

#[test]
fn list_and_dry_run_show_the_plan_and_write_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["list"][..], &["run", "--dry-run"][..]] {
        let output = pbxcert(folder.path(), arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success());
        for clause in ["6.1", "6.5", "7.1.1", "7.1.4a", "7.1.4b", "7.2.2"] {
            assert!(text.contains(clause), "{clause} in {text}");
        }
    }
    assert!(!folder.path().join("reports").exists());
}

#[test]
fn causes_and_clauses_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let explain = |subject| pbxcert(folder.path(), &["explain", subject]);
    let text = String::from_utf8_lossy(&explain("one-way-audio").stdout).into_owned();
    assert!(text.contains("firewall"), "{text}");
    let text = String::from_utf8_lossy(&explain("7.2.1").stdout).into_owned();
    assert!(text.contains("Both Teams users answer"), "{text}");
    assert_eq!(explain("nonsense").status.code(), Some(2));
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_pbxcert");
    let output = Command::new("sh")
        .args(["-c", &format!("{program} list --steps | head -n 1")])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!text.contains("panicked"), "{text}");
}
