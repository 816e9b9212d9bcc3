//! The matrix on a terminal: a line for each defect as it is judged, then what is wrong.

use std::fmt::Write as _;

use crate::record::{Detection, DetectionMatrix, Found, Outcome, Verdict};
use crate::report::{Style, clean};

/// Room for a defect's name.
const NAME: usize = 26;

/// One line: outcome, name, by which clause and after how long, the cause.
pub fn detection_line(row: &Detection, style: Style) -> String {
    let verdict = match row.outcome {
        Outcome::Caught if row.false_alarms.is_empty() => Verdict::Pass,
        Outcome::Unjudged => Verdict::Inconclusive,
        Outcome::Caught | Outcome::Misnamed | Outcome::Missed => Verdict::Fail,
    };
    let word = style.verdict(verdict, format!("{:<8}", row.outcome.word()));
    let mut line = format!("{word} {:<NAME$}", row.expected.name);
    let _ = match &row.caught_by {
        Some(by) => write!(line, " {:<6} {:>4.1} s  {}", by.clause, by.after_s, by.cause),
        None => write!(line, " expected {}", row.expected.cause),
    };
    if !row.false_alarms.is_empty() {
        let _ = write!(line, " + {}", alarms(row.false_alarms.len()));
    }
    line
}

/// What was missed, misnamed or raised without reason, and the totals.
pub fn detection_summary(matrix: &DetectionMatrix, style: Style) -> String {
    let mut out = String::new();
    let options = |indent| {
        textwrap::Options::new(style.columns()).subsequent_indent(indent).break_words(false)
    };
    for row in &matrix.defects {
        if row.outcome == Outcome::Caught && row.false_alarms.is_empty() {
            continue;
        }
        let head =
            format!("{} {}: it {}", row.outcome.word(), row.expected.name, row.expected.does);
        let _ = writeln!(out, "{}", style.bold(textwrap::fill(&head, options("  "))));
        let expected =
            format!("  expected {} at {}", row.expected.cause, row.expected.clauses.join(", "));
        let _ = writeln!(out, "{}", textwrap::fill(&expected, options("    ")));
        if row.outcome != Outcome::Caught {
            listed(&mut out, "found", &row.found, style);
        }
        listed(&mut out, "unexplained", &row.false_alarms, style);
    }
    for (n, run) in matrix.clean.iter().enumerate().filter(|(_, run)| !run.false_alarms.is_empty())
    {
        let _ = writeln!(out, "{}", style.bold(format!("clean run {}", n + 1)));
        listed(&mut out, "unexplained", &run.false_alarms, style);
    }
    let totals = matrix.totals;
    let mut counts = format!(
        "{} of {} defects caught, {} missed, {} misnamed, {} in {} clean runs and beside defects",
        totals.caught,
        totals.defects,
        totals.missed,
        totals.misnamed,
        alarms(totals.false_alarms),
        matrix.clean.len(),
    );
    if totals.unjudged > 0 {
        let _ = write!(counts, ", {} not judged: this machine was late", totals.unjudged);
    }
    let _ = write!(counts, "; {:.0} s, {} runs side by side", matrix.wall_s, matrix.jobs);
    if matrix.interrupted {
        counts.insert_str(0, "INTERRUPTED: ");
    }
    let _ = writeln!(out, "{}", textwrap::fill(&counts, options("")));
    out
}

fn alarms(count: usize) -> String {
    match count {
        1 => "1 false alarm".to_owned(),
        count => format!("{count} false alarms"),
    }
}

fn listed(out: &mut String, label: &str, found: &[Found], style: Style) {
    let options = textwrap::Options::new(style.columns()).subsequent_indent("      ");
    for found in found {
        let text = format!(
            "  {label}: {} {} {} at \u{201c}{}\u{201d}: {}",
            found.clause,
            found.verdict,
            found.cause,
            clean(&found.step),
            clean(&found.observed)
        );
        let _ = writeln!(out, "{}", textwrap::fill(&text, &options));
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn lines_fit_eighty_columns_and_say_by_what_it_was_caught() {
        let matrix = sample::matrix();
        for row in &matrix.defects {
            let line = detection_line(row, Style::default());
            assert!(line.chars().count() <= 80, "{line}");
        }
        let line = detection_line(&matrix.defects[0], Style::default());
        assert!(line.starts_with("caught   silent-hold "), "{line}");
        assert!(line.contains(" 7.1.1  21.3 s  hold-silent"), "{line}");
    }

    #[test]
    fn the_summary_tells_only_what_is_wrong_and_counts_the_rest() {
        let summary = detection_summary(&sample::matrix(), Style::default());
        assert!(!summary.contains("silent-hold"), "{summary}");
        assert!(summary.contains("missed no-answer: it never passes"), "{summary}");
        assert!(summary.contains("unexplained: 6.3 warn echo"), "{summary}");
        assert!(summary.contains("1 of 2 defects caught, 1 missed"), "{summary}");
        assert!(summary.lines().all(|line| line.chars().count() <= 80), "{summary}");
    }
}
