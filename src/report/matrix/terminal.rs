//! The matrix on a terminal: what changed first, then as many columns side by side as fit.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use crate::record::{Run, Verdict};
use crate::report::html::text::short;
use crate::report::ladder::cut;
use crate::report::{Style, clean, outcome};

use super::cell::{Cell, LEGEND, reaction_s, sign, word};
use super::change::Kind;
use super::comparison::{Change, Comparison};
use super::table::{Column, Row};
use super::{Matrix, Standing};

/// Columns of a cell: a blank, a sign, a blank and up to `9999.9 s`.
const CELL: usize = 11;
/// Columns of the clause with its blank.
const CLAUSE: usize = 8;
/// The least and the most that is left for titles.
const TITLE: (usize, usize) = (16, 56);

/// The whole text; its last line says what the comparisons say together.
pub fn matrix_text(matrix: &Matrix<'_>, style: Style) -> String {
    let mut out = String::new();
    for (n, column) in matrix.columns.iter().enumerate() {
        let label = format!("{:>3}  ", n + 1);
        push_wrapped(&mut out, style, &label, &described(column));
        let line = format!("     {}", outcome(column.run()));
        let options = textwrap::Options::new(style.columns()).subsequent_indent("     ");
        for line in textwrap::wrap(&line, options) {
            let _ = writeln!(out, "{}", style.verdict(standing(column.run()), line));
        }
    }
    push_table(&mut out, matrix, style);
    for comparison in &matrix.comparisons {
        push_comparison(&mut out, comparison, style);
    }
    out.push('\n');
    let (verdict, text) = said(matrix);
    for line in textwrap::wrap(&text, style.columns()) {
        let _ = writeln!(out, "{}", style.verdict(verdict, style.bold(line)));
    }
    out
}

/// What the comparisons say together, in one line.
pub(super) fn said(matrix: &Matrix<'_>) -> (Verdict, String) {
    let places = |kind: Kind| {
        let mut places: Vec<String> = Vec::new();
        for comparison in &matrix.comparisons {
            let mut clauses: Vec<String> =
                comparison.of(kind).map(|change| short(change.clause, 24)).collect();
            clauses.dedup();
            if !clauses.is_empty() {
                let model = short(&comparison.later.run.pbx_model, 60);
                places.push(format!("{} in {model}", clauses.join(", ")));
            }
        }
        places.join("; ")
    };
    match matrix.standing() {
        Standing::Alone => (
            Verdict::Note,
            "NOTHING TO COMPARE: what changed is said of models with at least two runs".to_owned(),
        ),
        Standing::Same => (
            Verdict::Pass,
            "NOTHING REGRESSED between the two latest runs of each model".to_owned(),
        ),
        Standing::Unclear => {
            let places = places(Kind::Unclear);
            let what = if places.is_empty() { "runs without a common scenario" } else { &places };
            (Verdict::Inconclusive, format!("UNCLEAR: nobody knows whether it regressed: {what}"))
        }
        Standing::Regressed => (Verdict::Fail, format!("REGRESSED: {}", places(Kind::Regressed))),
    }
}

fn described(column: &Column<'_>) -> String {
    let run = column.run();
    let mut text = format!(
        "{} ({}), {}",
        short(&run.pbx_model, 200),
        short(&run.profile, 100),
        clean(&run.started)
    );
    for (is, word) in [(run.abridged, "abridged"), (run.interrupted, "interrupted")] {
        if is {
            let _ = write!(text, ", {word}");
        }
    }
    text
}

fn standing(run: &Run) -> Verdict {
    if run.interrupted { run.worst().max(Verdict::Inconclusive) } else { run.verdict }
}

/// As many tables, one under the other, as the columns need.
fn push_table(out: &mut String, matrix: &Matrix<'_>, style: Style) {
    if matrix.rows.is_empty() {
        return;
    }
    let width = style.columns();
    let most = ((width - CLAUSE - TITLE.0) / CELL).max(1);
    let count = matrix.columns.len().max(1);
    // As even as possible: 5 columns are 3 and 2, not 4 and 1.
    let per_page = count.div_ceil(count.div_ceil(most));
    let title = (width - CLAUSE - per_page * CELL).min(TITLE.1);
    for first in (0..count).step_by(per_page) {
        let last = (first + per_page).min(count);
        out.push('\n');
        let mut head = format!("{:<CLAUSE$}{:<title$}", "clause", "title");
        for n in first..last {
            let flags = flags(matrix.columns[n].run());
            let _ = write!(head, "{:>CELL$}", format!("{}{flags}", n + 1));
        }
        let _ = writeln!(out, "{}", style.bold(head.trim_end()));
        let mut section = "";
        for row in &matrix.rows {
            if row.section.0 != section {
                section = &row.section.0;
                let heading = format!("{section:<CLAUSE$}{}", row.section.1);
                let _ = writeln!(out, "{}", style.bold(cut(heading.trim_end(), width)));
            }
            push_row(out, row, first..last, title, style);
        }
    }
    out.push('\n');
    let mut legend: Vec<String> =
        LEGEND.iter().map(|(sign, meaning)| format!("{sign} {meaning}")).collect();
    if matrix.columns.iter().any(|column| !flags(column.run()).is_empty()) {
        legend.push("a abridged, i interrupted".to_owned());
    }
    push_wrapped(out, style, "", &legend.join("; "));
}

fn flags(run: &Run) -> &'static str {
    match (run.abridged, run.interrupted) {
        (true, true) => " a i",
        (true, false) => " a",
        (false, true) => " i",
        (false, false) => "",
    }
}

fn push_row(
    out: &mut String,
    row: &Row<'_>,
    shown: std::ops::Range<usize>,
    title: usize,
    style: Style,
) {
    out.push_str(&fitted(&clean(row.clause), CLAUSE));
    out.push_str(&fitted(&clean(row.title), title));
    for cell in &row.cells[shown] {
        let scenario = cell.as_ref().map(|cell: &Cell<'_>| cell.scenario);
        let verdict = scenario.map(|one| one.verdict);
        let time = scenario.map_or_else(String::new, |one| seconds(one.duration_s));
        let painted = style.verdict(verdict.unwrap_or(Verdict::Unsupported), sign(verdict));
        let _ = write!(out, "  {painted}{time:>width$}", width = CELL - 3);
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
}

/// Text and blanks in exactly so many columns, the last of them blank.
fn fitted(text: &str, width: usize) -> String {
    let mut out = cut(text, width.saturating_sub(1));
    out.push_str(&" ".repeat(width.saturating_sub(out.width())));
    out
}

fn seconds(duration_s: f64) -> String {
    if duration_s < 10_000.0 { format!("{duration_s:.1} s") } else { format!("{duration_s:.0}s") }
}

fn push_comparison(out: &mut String, comparison: &Comparison<'_>, style: Style) {
    let later = &comparison.later.run;
    out.push('\n');
    let heading = format!(
        "{} ({}): {}",
        short(&later.pbx_model, 100),
        short(&later.profile, 60),
        comparison.outcome()
    );
    for line in textwrap::wrap(&heading, style.columns()) {
        let _ = writeln!(out, "{}", style.bold(line));
    }
    push_wrapped(out, style, "  earlier  ", &comparison.earlier.shown());
    push_wrapped(out, style, "  later    ", &comparison.later.shown());
    for caveat in &comparison.caveats {
        push_wrapped(out, style, "  beware   ", &short(&caveat.text, 600));
    }
    let mut said = String::new();
    for change in &comparison.changes {
        said = push_change(out, change, &said, style);
    }
}

/// A change with its reason and remedy, unless these were `said` of the one before.
/// Returns what is said now.
fn push_change(out: &mut String, change: &Change<'_>, said: &str, style: Style) -> String {
    let title = format!(
        "  {:<10} {} {}",
        change.kind.word(),
        short(change.clause, 24),
        short(change.title, 200)
    );
    let _ = writeln!(out, "{}", style.verdict(color(change), cut(&title, style.columns())));
    push_wrapped(out, style, "             ", &transition(change));
    if matches!(change.kind, Kind::Mended | Kind::Gone | Kind::Slower) {
        return String::new();
    }
    let Some(finding) = change.finding else { return String::new() };
    let why = format!("{}: {}", finding.cause, short(&finding.observed, 600));
    push_wrapped(out, style, "             ", &why);
    let advice = short(&finding.advice, 600);
    if advice != said {
        push_wrapped(out, style, "             ", &advice);
    }
    advice
}

/// From what to what, with the durations that matter.
pub(super) fn transition(change: &Change<'_>) -> String {
    let verdict = |one: Option<&crate::record::Scenario>| word(one.map(|one| one.verdict));
    let mut text = format!("{} → {}", verdict(change.before), verdict(change.after));
    if let (Kind::Slower, Some(before), Some(after)) = (change.kind, change.before, change.after) {
        text = format!(
            "reacts in {:.1} s instead of {:.1} s, beside what the guide prescribes",
            reaction_s(after),
            reaction_s(before)
        );
    }
    if let Some(started) = change.judged_in {
        let _ = write!(text, " (last judged in the run of {})", clean(started));
    }
    text
}

/// The verdict whose colour a change has.
pub(super) fn color(change: &Change<'_>) -> Verdict {
    match change.kind {
        Kind::Regressed => Verdict::Fail,
        Kind::Unclear => Verdict::Inconclusive,
        Kind::Warned | Kind::Slower => Verdict::Warn,
        Kind::Mended => Verdict::Pass,
        Kind::New => change.after.map_or(Verdict::Note, |after| after.verdict),
        Kind::Gone => Verdict::Unsupported,
    }
}

fn push_wrapped(out: &mut String, style: Style, label: &str, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    let indent = " ".repeat(label.len());
    let options =
        textwrap::Options::new(style.columns()).initial_indent(label).subsequent_indent(&indent);
    for line in textwrap::wrap(text, options) {
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::Placed;
    use super::*;
    use crate::report::sample;

    fn placed(n: usize, run: Run) -> Placed {
        let started = format!("2026-11-24T{n:02}:00:00Z");
        Placed { run: Run { started, ..run }, folder: PathBuf::from(format!("example/{n}")) }
    }

    #[test]
    fn every_width_holds_every_matrix() {
        let mut runs: Vec<Placed> = (0..9).map(|n| placed(n, sample::failing())).collect();
        runs.push(placed(10, sample::hostile()));
        runs.push(placed(11, sample::hostile()));
        runs.push(placed(12, sample::interrupted()));
        for some in [&runs[..], &runs[..1], &runs[..5], &runs[9..]] {
            let matrix = Matrix::new(some);
            for width in [40, 60, 80, 120, 200] {
                let text = matrix_text(&matrix, Style { width, color: false });
                sample::assert_harmless("matrix", &text);
                for line in text.lines() {
                    assert!(line.width() <= width, "{width} columns: {line}\n{text}");
                    assert_eq!(line, line.trim_end());
                }
            }
        }
    }

    #[test]
    fn columns_that_do_not_fit_follow_below() {
        let runs: Vec<Placed> = (0..8).map(|n| placed(n, sample::failing())).collect();
        let text = matrix_text(&Matrix::new(&runs), Style::default());
        let heads: Vec<Vec<&str>> = text
            .lines()
            .filter(|line| line.starts_with("clause"))
            .map(|line| line.split_whitespace().skip(2).collect())
            .collect();
        assert_eq!(heads, [["1", "2", "3", "4"], ["5", "6", "7", "8"]], "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("7.1.3 ")).count(), 2, "{text}");
        assert!(text.trim_end().ends_with("of each model"), "{text}");
    }

    #[test]
    fn a_regression_says_what_was_seen_and_what_to_change() {
        let mut good = sample::failing();
        good.scenarios[1].verdict = Verdict::Pass;
        let runs = [placed(1, good), placed(2, sample::failing())];
        let text = matrix_text(&Matrix::new(&runs), Style::default());
        for part in ["regressed  7.1.3", "pass → fail", "hold-silent", "switch on music on hold"]
        {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(text.trim_end().ends_with("REGRESSED: 7.1.3 in Example PBX 7"), "{text}");
    }

    #[test]
    fn colour_is_only_added_on_request() {
        let runs = [placed(1, sample::passing()), placed(2, sample::failing())];
        let matrix = Matrix::new(&runs);
        assert!(!matrix_text(&matrix, Style::default()).contains('\u{1b}'));
        let coloured = matrix_text(&matrix, Style { width: 80, color: true });
        assert!(coloured.contains("\u{1b}[1;31m✗"), "{coloured:?}");
    }
}
