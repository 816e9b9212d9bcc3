//! What each text report looks like, whole: a change of any shows as a difference of a file
//! in `snapshots/`, to be looked at. `INSTA_UPDATE=always cargo test --lib snapshots` takes
//! them anew.

use std::path::PathBuf;

use crate::record::Run;

use super::{
    Ladder, Matrix, Placed, Style, cucumber_messages, detection, detection_line,
    detection_markdown, detection_summary, failed_scenario, junit, ladder, markdown, matrix_text,
    sample, summary, write_json,
};

/// Compares with the snapshot of that name; versions of the program do not count.
fn same(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r#"(pbxcert |version": ?")\d+\.\d+\.\d+"#, "$1[version]");
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn summary_on_a_terminal() {
    same("summary_failing", &summary(&sample::failing(), Style::default()));
    same("summary_passing", &summary(&sample::passing(), Style::default()));
    same("summary_interrupted", &summary(&sample::interrupted(), Style::default()));
    let narrow = Style { width: 40, color: false };
    same("summary_40_columns", &summary(&sample::failing(), narrow));
}

#[test]
fn ladder_as_text() {
    let run = sample::failing();
    let scenario = &run.scenarios[1];
    same("ladder", &ladder(scenario, Ladder { width: 100, most: usize::MAX }));
    same("failed_scenario", &failed_scenario(scenario, Style::default()));
}

#[test]
fn files_for_machines_and_merge_requests() {
    let run = sample::failing();
    same("junit", &junit(&run));
    same("markdown", &markdown(&run));
    same("record", &write_json(&run));
    same("messages", &cucumber_messages(&run));
}

#[test]
fn matrix_of_runs_on_a_terminal() {
    let mut good = sample::failing();
    good.scenarios[1].verdict = crate::record::Verdict::Pass;
    let placed = |n: usize, run: Run| Placed {
        run: Run { started: format!("2026-11-24T{n:02}:00:00Z"), ..run },
        folder: PathBuf::from(format!("example/{n}")),
    };
    let runs = [placed(1, good), placed(2, sample::failing())];
    same("matrix", &matrix_text(&Matrix::new(&runs), Style::default()));
}

#[test]
fn detection_matrix_on_a_terminal_and_as_a_page_of_the_documentation() {
    let matrix = detection::sample::matrix();
    let lines: Vec<String> =
        matrix.defects.iter().map(|row| detection_line(row, Style::default())).collect();
    same("detection_lines", &lines.join("\n"));
    same("detection_summary", &detection_summary(&matrix, Style::default()));
    same("detection_markdown", &detection_markdown(&matrix));
}

#[test]
fn hostile_text_in_every_text_report() {
    let mut run = sample::hostile();
    // The flood is measured elsewhere; here a reader wants to see the rest.
    run.pbx.server = run.pbx.server.map(|server| server.replace(&"x".repeat(sample::LONG), "x…"));
    run.scenarios[0].findings.truncate(1);
    run.scenarios[0].messages.truncate(1);
    same("hostile_summary", &summary(&run, Style::default()));
    same("hostile_markdown", &markdown(&run));
    same("hostile_junit", &junit(&run));
}
