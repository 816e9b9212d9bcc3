//! Report folders that cannot be written any more in the middle of a run.

use std::io::Read as _;
use std::process::Command;

use crate::interrupted::{first_scenario_is_written, long_run, signal};
use crate::site::said;

#[test]
fn a_full_disk_is_said_and_is_no_panic() {
    let out = tempfile::tempdir().unwrap();
    // Writing beyond a limit fails as on a full disk, once its signal is ignored.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_pbxcert"))
        .args(["run", "--only", "6.1", "--out"])
        .arg(out.path())
        .output()
        .unwrap();
    let text = said(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    assert!(text.contains("cannot be written") && text.contains("--out"), "{text}");
    // What was found out is not lost with it.
    assert!(text.contains("At least 2 users are registered"), "{text}");
}

#[test]
fn a_report_folder_that_goes_away_is_said() {
    let out = tempfile::tempdir().unwrap();
    let mut child = long_run(out.path());
    let run = first_scenario_is_written(out.path());
    std::fs::rename(&run, out.path().join("elsewhere")).unwrap();
    std::fs::write(&run, "no folder any more").unwrap();
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(2));
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    assert!(text.contains("cannot be written") && text.contains("--out"), "{text}");
}
