//! `matrix.html`: the matrix as one page that asks for nothing and runs no script.

use minijinja::Value;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use crate::record::Run;
use crate::report::html::text::{duration, short};
use crate::report::html::{COLOURS, PAGE_STYLE, escaping};
use crate::report::{clean, outcome};

use super::Matrix;
use super::Placed;
use super::cell::{Cell, LEGEND, sign, word};
use super::change::Kind;
use super::comparison::{Change, Comparison};
use super::table::{Column, Row};
use super::terminal::{color, said, transition};

const OWN_STYLE: &str = include_str!("matrix.css");
const TEMPLATE: &str = include_str!("matrix.html");
/// Nothing may be fetched and nothing may run, should an escape ever fail.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The matrix as a page beside the folders of its runs.
pub fn matrix_html(matrix: &Matrix<'_>) -> String {
    render(matrix).unwrap_or_else(|error| {
        // Only a fault of our template leads here.
        format!("<!doctype html><title>pbxcert</title><p>No page could be made: {:?}", error.kind())
    })
}

fn render(matrix: &Matrix<'_>) -> Result<String, minijinja::Error> {
    escaping(&[("matrix", TEMPLATE)])?.get_template("matrix")?.render(context! {
        page => Value::from(Serde(&Page::new(matrix))),
        style => Value::from_safe_string([COLOURS, PAGE_STYLE, OWN_STYLE].concat()),
        policy => POLICY,
    })
}

/// What the template shows.
#[derive(Debug, Serialize)]
struct Page {
    title: String,
    outcome: String,
    /// Class of the banner.
    standing: &'static str,
    over_time: bool,
    columns: Vec<ColumnView>,
    sections: Vec<SectionView>,
    comparisons: Vec<ComparisonView>,
    legend: Vec<(&'static str, &'static str)>,
}

#[derive(Debug, Serialize)]
struct ColumnView {
    model: String,
    profile: String,
    started: String,
    href: String,
    verdict: &'static str,
    /// `abridged`, `interrupted`, `certified`.
    marks: Vec<&'static str>,
    outcome: String,
    earlier_runs: usize,
}

#[derive(Debug, Serialize)]
struct SectionView {
    title: String,
    rows: Vec<RowView>,
}

#[derive(Debug, Serialize)]
struct RowView {
    clause: String,
    title: String,
    /// Whether every cell of it passed.
    all_well: bool,
    cells: Vec<CellView>,
}

#[derive(Debug, Serialize)]
struct CellView {
    sign: &'static str,
    verdict: &'static str,
    time: String,
    href: Option<String>,
}

#[derive(Debug, Serialize)]
struct ComparisonView {
    model: String,
    profile: String,
    outcome: String,
    earlier: (String, String),
    later: (String, String),
    caveats: Vec<String>,
    changes: Vec<ChangeView>,
}

#[derive(Debug, Serialize)]
struct ChangeView {
    kind: &'static str,
    color: &'static str,
    clause: String,
    title: String,
    href: String,
    transition: String,
    cause: String,
    observed: String,
    advice: String,
}

impl Page {
    fn new(matrix: &Matrix<'_>) -> Self {
        let mut sections: Vec<SectionView> = Vec::new();
        for row in &matrix.rows {
            let title = format!("{} {}", row.section.0, row.section.1).trim_end().to_owned();
            let shown = self::row(row, &matrix.columns);
            match sections.last_mut().filter(|section| section.title == title) {
                Some(section) => section.rows.push(shown),
                None => sections.push(SectionView { title, rows: vec![shown] }),
            }
        }
        let (verdict, outcome) = said(matrix);
        Self {
            title: title(matrix),
            outcome,
            standing: match verdict.word() {
                "pass" => "certified",
                "note" => "uncertified",
                other => other,
            },
            over_time: matrix.over_time,
            columns: matrix.columns.iter().map(column).collect(),
            sections,
            comparisons: matrix.comparisons.iter().map(comparison).collect(),
            legend: LEGEND.to_vec(),
        }
    }
}

fn title(matrix: &Matrix<'_>) -> String {
    match matrix.columns.as_slice() {
        [] => "No run".to_owned(),
        [first, ..] if matrix.over_time => {
            format!("{} over time", short(&first.run().pbx_model, 200))
        }
        columns => format!("{} PBX models", columns.len()),
    }
}

fn column(column: &Column<'_>) -> ColumnView {
    let run = column.run();
    let marks = [
        (run.certified && !run.interrupted, "certified"),
        (run.abridged, "abridged"),
        (run.interrupted, "interrupted"),
    ];
    ColumnView {
        model: short(&run.pbx_model, 80),
        profile: short(&run.profile, 60),
        started: started(run),
        href: column.placed.page(),
        verdict: run.verdict.word(),
        marks: marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect(),
        outcome: short(&outcome(run), 300),
        earlier_runs: column.runs - 1,
    }
}

fn started(run: &Run) -> String {
    let text = short(&clean(&run.started), 40);
    if text.is_empty() {
        "at an unknown time".to_owned()
    } else {
        text.replace('T', " ").replace('Z', " UTC")
    }
}

fn row(row: &Row<'_>, columns: &[Column<'_>]) -> RowView {
    RowView {
        clause: short(row.clause, 24),
        title: short(row.title, 200),
        all_well: row
            .cells
            .iter()
            .all(|cell| sign(cell.as_ref().map(|cell| cell.scenario.verdict)) == "✓"),
        cells: row.cells.iter().zip(columns).map(|(one, of)| cell(one.as_ref(), of)).collect(),
    }
}

fn cell(cell: Option<&Cell<'_>>, column: &Column<'_>) -> CellView {
    let verdict = cell.map(|cell| cell.scenario.verdict);
    CellView {
        sign: sign(verdict),
        verdict: match verdict {
            None if column.run().interrupted => "not reached, or not in that run",
            None => "not in that run",
            verdict => word(verdict),
        },
        time: cell.map_or_else(String::new, |cell| duration(cell.scenario.duration_s)),
        href: cell.map(|cell| format!("{}#{}", column.placed.page(), cell.anchor)),
    }
}

fn comparison(comparison: &Comparison<'_>) -> ComparisonView {
    let run = |placed: &Placed| (started(&placed.run), placed.page());
    ComparisonView {
        model: short(&comparison.later.run.pbx_model, 200),
        profile: short(&comparison.later.run.profile, 100),
        outcome: comparison.outcome(),
        earlier: run(comparison.earlier),
        later: run(comparison.later),
        caveats: comparison.caveats.iter().map(|caveat| short(&caveat.text, 600)).collect(),
        changes: comparison.changes.iter().map(|one| change(comparison, one)).collect(),
    }
}

fn change(comparison: &Comparison<'_>, change: &Change<'_>) -> ChangeView {
    // Why it is as it is now explains nothing where nothing is wrong any more.
    let finding =
        change.finding.filter(|_| !matches!(change.kind, Kind::Mended | Kind::Gone | Kind::Slower));
    let text = |part: fn(&crate::record::Finding) -> String| finding.map_or_else(String::new, part);
    ChangeView {
        kind: change.kind.word(),
        color: color(change).word(),
        clause: short(change.clause, 24),
        title: short(change.title, 200),
        href: comparison.link(change),
        transition: transition(change),
        cause: text(|finding| finding.cause.to_string()),
        observed: text(|finding| short(&finding.observed, 600)),
        advice: text(|finding| short(&finding.advice, 1000)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::report::sample;

    fn placed(n: usize, run: Run) -> Placed {
        let started = format!("2026-11-24T{n:02}:00:00Z");
        Placed { run: Run { started, ..run }, folder: PathBuf::from(format!("example/{n}")) }
    }

    #[test]
    fn the_page_is_whole_and_links_into_the_runs() {
        let runs = [placed(1, sample::passing()), placed(2, sample::failing())];
        let page = matrix_html(&Matrix::new(&runs));
        assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
        assert!(page.contains("href=\".&#x2f;example&#x2f;2&#x2f;index.html#s-7.1.3\""), "{page}");
        assert!(page.contains("hold-silent"), "{page}");
        for outside in ["http://", "https://", "src=", "@import", "url(//", "<script"] {
            assert!(!page.contains(outside), "{outside}");
        }
    }

    #[test]
    fn no_text_of_the_wire_becomes_markup() {
        let mut evil = sample::hostile();
        evil.pbx_model = "\"><img src=x onerror=alert(1)></title></style>".to_owned();
        evil.scenarios[0].clause = "6.1".to_owned();
        let mut earlier = evil.clone();
        earlier.pbx.server = Some("<script>alert(2)</script>".to_owned());
        earlier.scenarios[0].verdict = crate::record::Verdict::Pass;
        let mut runs = vec![placed(1, earlier), placed(2, evil)];
        runs[1].folder = PathBuf::from("\"><script>alert(3)</script>/javascript:x");
        let page = matrix_html(&Matrix::new(&runs));
        assert!(page.contains("regressed"), "{page}");
        assert!(!page.contains("<img") && !page.contains("<script"), "{page}");
        assert!(!page.contains("href=\"javascript"), "{page}");
        sample::assert_harmless("matrix.html", &page);
    }

    #[test]
    fn an_empty_matrix_is_a_page_too() {
        assert!(matrix_html(&Matrix::new(&[])).contains("No run"));
    }
}
