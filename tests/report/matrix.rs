//! Several runs beside one another.

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use super::*;

const GOOD: &[(&str, Verdict)] = &[("6.1", Verdict::Pass), ("7.1.1", Verdict::Note)];
const BAD: &[(&str, Verdict)] = &[("6.1", Verdict::Pass), ("7.1.1", Verdict::Fail)];

fn matrix(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("matrix.json")).unwrap()).unwrap()
}

#[test]
fn runs_of_a_tree_are_rebuilt_and_put_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "reports/acme/1", &run("Acme", 1, GOOD));
    write(root, "reports/acme/2", &run("Acme", 2, BAD));
    write(root, "reports/zeta/deep/1", &run("Zeta", 3, GOOD));
    let output = report(root, &["reports"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "a run failed: {said}");
    assert!(said.contains("REGRESSED: 7.1.1 in Acme"), "{said}");
    for line in said.lines() {
        assert!(line.width() <= 80 && !line.contains('\u{1b}'), "{line}");
    }
    for folder in ["acme/1", "acme/2", "zeta/deep/1"] {
        assert!(root.join("reports").join(folder).join("index.html").is_file(), "{folder}");
    }
    let matrix = matrix(&root.join("reports"));
    assert_eq!(matrix["columns_are"], "models");
    let folders: Vec<_> =
        matrix["columns"].as_array().unwrap().iter().map(|c| c["folder"].clone()).collect();
    assert_eq!(folders, ["acme/2", "zeta/deep/1"]);
    assert_eq!(matrix["rows"][1]["cells"][0]["link"], "./acme/2/index.html#s-7.1.1");
    assert!(root.join("reports/matrix.html").is_file());
}

#[test]
fn a_regression_fails_and_an_old_failure_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let exit = |earlier, later| {
        write(root, "r/1", &run("Acme", 1, earlier));
        write(root, "r/2", &run("Acme", 2, later));
        report(root, &["r", "--fail-on-regression"]).status.code()
    };
    assert_eq!(exit(GOOD, BAD), Some(1));
    assert_eq!(exit(BAD, GOOD), Some(0), "mended");
    assert_eq!(exit(BAD, BAD), Some(0), "no worse than before");
    let unknown = &[("6.1", Verdict::Pass), ("7.1.1", Verdict::Inconclusive)];
    assert_eq!(exit(GOOD, unknown), Some(3), "it may have regressed");
    assert_eq!(exit(unknown, BAD), Some(3), "it may have worked before");
    assert_eq!(exit(GOOD, &[("7.2.1", Verdict::Pass)]), Some(3), "nothing in common");
    std::fs::remove_dir_all(root.join("r/1")).unwrap();
    let output = report(root, &["r", "--fail-on-regression"]);
    assert_eq!(output.status.code(), Some(0), "the first run has nothing to compare with");
    assert!(text(&output.stdout).contains("NOTHING TO COMPARE"));
}

#[test]
fn runs_that_are_not_alike_are_compared_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "r/1", &run("Acme", 1, GOOD));
    let other = Run {
        plan_digest: "another".to_owned(),
        abridged: true,
        interrupted: true,
        ..run("Acme", 2, BAD)
    };
    write(root, "r/2", &other);
    let said = text(&report(root, &["r"]).stdout);
    for caveat in ["feature files differ", "only the later run is abridged", "was interrupted"] {
        assert!(said.contains(caveat), "{caveat}\n{said}");
    }
    let codes: Vec<_> = matrix(&root.join("r"))["comparisons"][0]["caveats"]
        .as_array()
        .unwrap()
        .iter()
        .map(|caveat| caveat["code"].clone())
        .collect();
    assert_eq!(codes, ["interrupted", "plan", "abridged"]);
}

#[test]
fn a_broken_record_keeps_nobody_from_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "r/1", &run("Acme", 1, GOOD));
    write(root, "r/2", &run("Acme", 2, GOOD));
    write(root, "r/newer", &Run { schema: 99, ..run("Acme", 3, GOOD) });
    write(root, "r/broken", &run("Acme", 4, GOOD));
    std::fs::write(root.join("r/broken/run.json"), "{\"schema\": 1,").unwrap();
    let output = report(root, &["r", "nowhere", "--fail-on-regression"]);
    let (said, wrong) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(2), "{wrong}");
    for part in [
        "r/newer/run.json: written with schema 99",
        "use the pbxcert that wrote it",
        "r/broken/run.json: not valid JSON, or cut off",
        "nowhere cannot be read",
        "name the folder of a run",
    ] {
        assert!(wrong.contains(part), "{part}\n{wrong}");
    }
    assert!(said.contains("NOTHING REGRESSED"), "{said}");
}

#[test]
fn one_run_in_two_folders_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for name in ["a/1", "b/copy"] {
        write(root, name, &run("Acme", 1, GOOD));
    }
    let output = report(root, &["a", "b", "a/1", "--fail-on-regression", "--out", "m"]);
    assert_eq!(output.status.code(), Some(0));
    let warned = text(&output.stderr);
    assert!(warned.contains("a/1 and b/copy hold the same run"), "{warned}");
    assert_eq!(warned.matches("same run").count(), 1, "a folder named twice is one: {warned}");
    let matrix = matrix(&root.join("m"));
    assert_eq!(matrix["columns"].as_array().unwrap().len(), 1);
    assert_eq!(matrix["columns"][0]["page"], "./../a/1/index.html");
}

#[test]
fn of_one_run_there_is_a_matrix_only_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "r/1", &run("Acme", 1, GOOD));
    let output = report(root, &["r/1"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("PASSED"));
    assert!(!root.join("r/matrix.html").exists() && !root.join("r/1/matrix.html").exists());
    assert_eq!(report(root, &["r/1", "--out", "m"]).status.code(), Some(0));
    assert!(root.join("m/matrix.html").is_file());
    std::fs::write(root.join("file"), "").unwrap();
    let output = report(root, &["r/1", "--out", "file"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--out"));
}

#[test]
fn hostile_names_write_nothing_elsewhere_and_control_no_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let evil = "\u{1b}]0;owned\u{7}../../\0<script>\u{202e}";
    for hour in [1, 2] {
        let mut run = run(evil, hour, if hour == 1 { GOOD } else { BAD });
        run.profile = "../../outside".to_owned();
        run.scenarios[0].evidence = vec![pbxcert::record::Evidence {
            path: "../wire.pcap".to_owned(),
            title: evil.to_owned(),
        }];
        write(root, &format!("r/runs/{hour}"), &run);
    }
    let output = report(root, &["r"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(!said.contains(['\u{1b}', '\u{7}', '\0', '\u{202e}']), "{said:?}");
    let mut names: Vec<_> = std::fs::read_dir(root.join("r/runs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["1", "2"]);
}
