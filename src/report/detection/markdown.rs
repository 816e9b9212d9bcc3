//! The matrix as a page of the documentation.

use std::fmt::Write as _;

use crate::record::{Detection, DetectionMatrix, Outcome, Verdict};

/// Markdown: how to read it, the totals, and a table of defects by clauses.
pub fn detection_markdown(matrix: &DetectionMatrix) -> String {
    let totals = matrix.totals;
    let mut out = String::from("# What catches which defect\n\n");
    out.push_str(
        "Made by `pbxcert defects`, which runs the plan against the reference PBX once for each\n\
         defect that it can have; not written by hand. A defect is caught where a finding names\n\
         its cause (**✓**, `note` where healthy PBXs do the same). Where a clause has another\n\
         verdict than pass without naming it, that is in the cell.\n\n",
    );
    let _ = writeln!(
        out,
        "{} of {} defects caught, {} missed, {} misnamed, {} false alarms ({} clean runs in \
         between).\n",
        totals.caught,
        totals.defects,
        totals.missed,
        totals.misnamed,
        totals.false_alarms,
        matrix.clean.len()
    );
    let (beyond, of_guide): (Vec<_>, Vec<_>) =
        matrix.defects.iter().partition(|row| row.expected.is_beyond());
    table(&mut out, &matrix.clauses, &of_guide);
    if !beyond.is_empty() {
        out.push_str("\n## Beyond the guide\n\nEach of these is tried where it shows alone.\n\n");
        table(&mut out, &matrix.beyond, &beyond);
    }
    out.push_str("\n## The defects\n");
    for row in &matrix.defects {
        let expected = &row.expected;
        let _ = writeln!(out, "\n### {}\n\nIt {}.", expected.name, expected.does);
        let _ = writeln!(out, "Seen: {}.", expected.seen);
        if let Some(by) = &row.caught_by {
            let _ = writeln!(
                out,
                "Caught in {} by the step “{}” ({}): {}.",
                by.clause, by.step, by.verdict, by.observed
            );
        }
    }
    out
}

/// The rows by these clauses.
fn table(out: &mut String, clauses: &[String], rows: &[&Detection]) {
    let _ = writeln!(out, "| defect | cause named | {} |", clauses.join(" | "));
    let _ = writeln!(out, "|---|---|{}", ":-:|".repeat(clauses.len()));
    for row in rows {
        let cells: Vec<String> = clauses.iter().map(|clause| cell(row, clause)).collect();
        let cause = match row.outcome {
            Outcome::Caught => row.expected.cause.name(),
            outcome => format!("**{}**", outcome.word()),
        };
        let _ =
            writeln!(out, "| [{0}](#{0}) | {cause} | {1} |", row.expected.name, cells.join(" | "));
    }
}

fn cell(row: &Detection, clause: &str) -> String {
    let named =
        |found: &&crate::record::Found| found.clause == clause && found.cause == row.expected.cause;
    match row.found.iter().find(named).map(|found| found.verdict) {
        Some(Verdict::Fail | Verdict::Warn) => return "**✓**".to_owned(),
        Some(Verdict::Note) => return "note".to_owned(),
        _ => {}
    }
    let verdict = row.verdicts.iter().find(|(of, _)| of == clause).map(|(_, verdict)| *verdict);
    match verdict {
        None | Some(Verdict::Pass) => String::new(),
        Some(Verdict::Inconclusive) => "?".to_owned(),
        Some(verdict) => verdict.word().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn what_is_beyond_the_guide_has_a_table_of_its_own() {
        let mut matrix = sample::matrix();
        assert!(!detection_markdown(&matrix).contains("Beyond"));
        matrix.beyond = vec!["B.1.1".to_owned()];
        matrix.defects[1].expected.clauses = vec!["B.1.1".to_owned()];
        let page = detection_markdown(&matrix);
        let (guide, beyond) = page.split_once("## Beyond the guide").unwrap();
        assert!(guide.contains("silent-hold") && !guide.contains("no-answer"), "{page}");
        assert!(beyond.contains("| defect | cause named | B.1.1 |\n"), "{page}");
        assert!(beyond.contains("| [no-answer](#no-answer) | **missed** |  |"), "{page}");
    }

    #[test]
    fn a_row_for_each_defect_with_a_cell_for_each_clause() {
        let page = detection_markdown(&sample::matrix());
        assert!(
            page.contains("| [silent-hold](#silent-hold) | hold-silent |  | **✓** |"),
            "{page}"
        );
        assert!(page.contains("| [no-answer](#no-answer) | **missed** |"), "{page}");
        assert!(
            page.contains("Caught in 7.1.1 by the step “the caller hears hold music”"),
            "{page}"
        );
    }
}
