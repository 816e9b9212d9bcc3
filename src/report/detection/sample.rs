//! A matrix for the tests of its renderings.

use crate::record::{
    Cause, CleanRun, Detection, DetectionMatrix, Expected, Found, Outcome, Verdict,
};

fn expected(name: &str, does: &str, cause: Cause) -> Expected {
    Expected {
        name: name.to_owned(),
        does: does.to_owned(),
        seen: "a <PBX>".to_owned(),
        clauses: vec!["7.1.1".to_owned(), "7.1.3".to_owned()],
        cause,
        also: Vec::new(),
        shared: false,
    }
}

fn found(clause: &str, verdict: Verdict, cause: Cause, step: &str) -> Found {
    Found {
        clause: clause.to_owned(),
        step: step.to_owned(),
        verdict,
        cause,
        observed: "External 1 heard <silence> for 15.0 s".to_owned(),
        after_s: 21.3,
    }
}

/// One defect caught, one missed with a false alarm beside it, one clean run.
pub(in crate::report) fn matrix() -> DetectionMatrix {
    let catch = found("7.1.1", Verdict::Fail, Cause::HoldSilent, "the caller hears hold music");
    let verdicts = vec![("6.3".to_owned(), Verdict::Pass), ("7.1.1".to_owned(), Verdict::Fail)];
    let caught = Detection {
        expected: expected("silent-hold", "sends no RTP on hold", Cause::HoldSilent),
        outcome: Outcome::Caught,
        caught_by: Some(catch.clone()),
        verdicts: verdicts.clone(),
        found: vec![catch],
        false_alarms: Vec::new(),
        talk_s: 1.0,
        duration_s: 33.0,
    };
    let missed = Detection {
        expected: expected("no-answer", "never passes the 200 on", Cause::AnswerNotRelayed),
        outcome: Outcome::Missed,
        caught_by: None,
        found: Vec::new(),
        false_alarms: vec![found("6.3", Verdict::Warn, Cause::Echo, "2-way audio is established")],
        ..caught.clone()
    };
    let mut matrix = DetectionMatrix {
        tool_version: "0.1.0".to_owned(),
        started: "2026-11-24T12:00:00Z".to_owned(),
        wall_s: 60.0,
        jobs: 8,
        clauses: vec!["6.3".to_owned(), "7.1.1".to_owned()],
        defects: vec![caught, missed],
        clean: vec![CleanRun {
            passed: 15,
            disclaimed: 0,
            false_alarms: Vec::new(),
            duration_s: 33.0,
        }],
        ..DetectionMatrix::default()
    };
    matrix.count();
    matrix
}
