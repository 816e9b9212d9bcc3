//! The matrix as one page that opens from a file.

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;

use crate::record::{Detection, DetectionMatrix, Found, Verdict};
use crate::report::clean;

const STYLE: &str = concat!(
    include_str!("../html/colours.css"),
    include_str!("../html/style.css"),
    include_str!("page.css")
);
const TEMPLATE: &str = include_str!("page.html");

/// A cell of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Cell {
    clause: String,
    /// Class of the verdict that it shows.
    verdict: &'static str,
    /// What stands in it.
    mark: &'static str,
    /// What a reader of the screen hears, and the mouse sees.
    says: String,
    expected: bool,
}

/// Defects by the clauses that their runs have.
#[derive(Debug, Serialize)]
struct Table<'a> {
    /// Its heading, which names it as a region too.
    heading: &'static str,
    id: &'static str,
    clauses: &'a [String],
    lines: Vec<Line<'a>>,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    row: &'a Detection,
    outcome: &'static str,
    /// Class that colours the outcome.
    standing: &'static str,
    cells: Vec<Cell>,
    findings: Vec<Entry<'a>>,
}

#[derive(Debug, Serialize)]
struct Entry<'a> {
    #[serde(flatten)]
    found: &'a Found,
    explained: bool,
}

/// The matrix: totals, defects by clauses, and what was found with each defect.
pub fn detection_html(matrix: &DetectionMatrix) -> String {
    render(matrix).unwrap_or_else(|error| {
        format!("<!doctype html><title>pbxcert</title><p>No page could be made: {:?}", error.kind())
    })
}

fn render(matrix: &DetectionMatrix) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("page", TEMPLATE)?;
    let lines = |beyond: bool, clauses: &[String]| -> Vec<Line<'_>> {
        let rows = matrix.defects.iter().filter(|row| row.expected.is_beyond() == beyond);
        rows.map(|row| line(clauses, row)).collect()
    };
    let tables = [
        Table {
            heading: "Defects by clauses of the guide",
            id: "matrix",
            clauses: &matrix.clauses,
            lines: lines(false, &matrix.clauses),
        },
        Table {
            heading: "Defects beyond the guide",
            id: "beyond",
            clauses: &matrix.beyond,
            lines: lines(true, &matrix.beyond),
        },
    ];
    let tables: Vec<&Table<'_>> = tables.iter().filter(|table| !table.lines.is_empty()).collect();
    let page = environment.get_template("page")?.render(context! {
        matrix => Value::from(Serde(matrix)),
        tables => Value::from(Serde(&tables)),
        style => Value::from_safe_string(STYLE.to_owned()),
    })?;
    Ok(page)
}

fn line<'a>(clauses: &[String], row: &'a Detection) -> Line<'a> {
    let entry = |explained| move |found: &'a Found| Entry { found, explained };
    let right = row.outcome == crate::record::Outcome::Caught && row.false_alarms.is_empty();
    Line {
        row,
        outcome: row.outcome.word(),
        standing: if right { "pass" } else { "fail" },
        cells: clauses.iter().map(|clause| cell(row, clause)).collect(),
        findings: row
            .false_alarms
            .iter()
            .map(entry(false))
            .chain(row.found.iter().map(entry(true)))
            .collect(),
    }
}

fn cell(row: &Detection, clause: &str) -> Cell {
    let of_clause = |found: &&Found| found.clause == clause;
    let named =
        row.found.iter().filter(of_clause).find(|found| {
            found.cause == row.expected.cause && found.verdict != Verdict::Inconclusive
        });
    let alarm = row.false_alarms.iter().find(of_clause);
    let verdict = row.verdicts.iter().find(|(of, _)| of == clause).map(|(_, verdict)| *verdict);
    let (mark, verdict, says) = match (named, alarm) {
        (_, Some(alarm)) => ("✗", "fail", format!("not explained: {}", told(alarm))),
        (Some(found), None) => match found.verdict {
            Verdict::Note => ("i", "note", told(found)),
            _ => ("✓", "pass", told(found)),
        },
        (None, None) => match verdict {
            Some(Verdict::Pass) => ("", "none", "pass".to_owned()),
            None if row.expected.is_beyond() => ("", "none", "not tried".to_owned()),
            None | Some(Verdict::Inconclusive) => {
                ("?", "inconclusive", "could not be judged".to_owned())
            }
            Some(other) => ("·", "unsupported", other.word().to_owned()),
        },
    };
    let expected = row.expected.clauses.iter().any(|expected| expected == clause);
    Cell { clause: clause.to_owned(), verdict, mark, says, expected }
}

fn told(found: &Found) -> String {
    format!("{} {}: {}", found.verdict, found.cause, clean(&found.observed))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn cells_say_whether_the_cause_was_named_and_what_is_unexplained() {
        let matrix = sample::matrix();
        let caught = line(&matrix.clauses, &matrix.defects[0]);
        assert_eq!(caught.cells[1].mark, "✓");
        assert!(caught.cells[1].expected && !caught.cells[0].expected);
        let missed = line(&matrix.clauses, &matrix.defects[1]);
        assert_eq!((missed.cells[0].mark, missed.standing), ("✗", "fail"));
        assert_eq!(missed.findings.len(), 1);
    }

    #[test]
    fn what_is_beyond_the_guide_has_a_table_of_its_own() {
        let mut matrix = sample::matrix();
        assert!(!detection_html(&matrix).contains("Defects beyond the guide"));
        matrix.beyond = vec!["B.1.1".to_owned()];
        matrix.defects[1].expected.clauses = vec!["B.1.1".to_owned()];
        let page = detection_html(&matrix);
        let (guide, beyond) = page.split_once("Defects beyond the guide").unwrap();
        assert!(!guide.contains("B.1.1") && beyond.contains("<th scope=\"col\">B.1.1</th>"));
    }

    #[test]
    fn the_page_escapes_and_asks_for_nothing() {
        let page = detection_html(&sample::matrix());
        assert!(page.contains("&lt;silence&gt;") && !page.contains("<silence>"), "{page}");
        for outside in ["http://", "https://", "src=", "@import"] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}
