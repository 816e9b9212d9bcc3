//! `junit.xml` for continuous integration.

use std::fmt::Write as _;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::record::{Run, Scenario, Verdict};

use super::clean::short;
use super::{Section, clean, findings, outcome};

/// One suite for each section of the guide, one test case for each scenario. Fail is
/// a failure, inconclusive an error, unsupported skipped; warnings and notes go to
/// system-out (design §3).
pub fn junit(run: &Run) -> String {
    let mut report = Report::new(clean(&format!("pbxcert {}", run.profile)));
    report.set_time(seconds(run.wall_s));
    for section in Section::all(run) {
        let mut suite = TestSuite::new(section.title());
        suite.set_time(seconds(section.scenarios.iter().map(|s| s.duration_s).sum()));
        suite.add_property(("profile", clean(&run.profile).as_str()));
        suite.add_property(("pbx_model", clean(&run.pbx_model).as_str()));
        suite.add_property(("started", clean(&run.started).as_str()));
        suite.add_property(("outcome", outcome(run).as_str()));
        suite.add_property(("abridged", if run.abridged { "true" } else { "false" }));
        for scenario in section.scenarios {
            suite.add_test_case(case(run, scenario));
        }
        report.add_test_suite(suite);
    }
    if run.scenarios.is_empty() || run.interrupted {
        // An empty or cut run must not look green.
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("interrupted").set_message(outcome(run));
        let mut suite = TestSuite::new("run");
        suite.add_test_case(TestCase::new("the run is complete", status));
        report.add_test_suite(suite);
    }
    report.to_string().unwrap_or_else(|error| {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pbxcert\"><!-- {error} --></testsuites>\n")
    })
}

fn case(run: &Run, scenario: &Scenario) -> TestCase {
    let mut status = match scenario.verdict {
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Inconclusive => TestCaseStatus::non_success(NonSuccessKind::Error),
        Verdict::Unsupported => TestCaseStatus::skipped(),
        Verdict::Pass | Verdict::Note | Verdict::Warn => TestCaseStatus::success(),
    };
    if scenario.verdict == Verdict::Unsupported || !matches!(status, TestCaseStatus::Success { .. })
    {
        let first = scenario.findings.iter().max_by_key(|finding| finding.verdict);
        if let Some(finding) = first {
            status.set_type(finding.cause.to_string()).set_message(short(&finding.observed, 400));
        } else {
            status.set_message(scenario.verdict.word());
        }
        status.set_description(explained(scenario));
    }
    let name = clean(&format!("{} {}", scenario.clause, scenario.title));
    let mut case = TestCase::new(name, status);
    case.set_classname(clean(&format!("pbxcert.{}.{}", run.profile, scenario.clause)));
    case.set_time(seconds(scenario.duration_s));
    case.set_system_out(log(scenario));
    case
}

fn explained(scenario: &Scenario) -> String {
    let mut out = String::new();
    for finding in &scenario.findings {
        let _ = writeln!(out, "{} {}", finding.verdict, clean(&finding.clause));
        for (label, text) in findings::parts(finding) {
            let _ = writeln!(out, "  {label}: {text}");
        }
    }
    out
}

fn log(scenario: &Scenario) -> String {
    let mut out = format!("{}\n", clean(&scenario.source));
    for step in &scenario.steps {
        let _ = writeln!(
            out,
            "{:<12} {} {} ({:.1} s) {}",
            step.verdict,
            clean(&step.keyword),
            clean(&step.text),
            step.duration_s,
            short(&step.observed, 2000)
        );
    }
    out.push_str(&explained(scenario));
    out
}

fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn verdicts_map_to_junits_words() {
        let xml = junit(&sample::failing());
        assert!(xml.contains("tests=\"3\""), "{xml}");
        assert!(xml.contains("failures=\"1\""), "{xml}");
        assert!(xml.contains("<failure"), "{xml}");
        assert!(xml.contains("type=\"hold-silent\""), "{xml}");
        assert!(xml.contains("testsuite name=\"7.1 Single calls\""), "{xml}");
        assert!(xml.contains("short-expiry"), "{xml}");
    }

    #[test]
    fn an_interrupted_or_empty_run_is_not_green() {
        assert!(junit(&sample::interrupted()).contains("<error"));
        assert!(junit(&Run::default()).contains("<error"));
    }

    #[test]
    fn hostile_text_stays_text() {
        let xml = junit(&sample::hostile());
        assert!(!xml.contains("<script>"), "{xml}");
        assert!(xml.contains("&lt;script&gt;"), "{xml}");
        assert!(!xml.contains("]]>"), "{xml}");
    }
}
