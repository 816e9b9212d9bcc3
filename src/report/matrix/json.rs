//! `matrix.json`: the matrix for scripts. What the fields mean stands in the README.

use serde::Serialize;

use crate::record::{Cause, Scenario, Verdict};
use crate::report::json::pretty;

use super::cell::{reaction_s, sign};
use super::comparison::{Change, Comparison};
use super::{Matrix, Placed, Standing};

/// Version of the form; it grows when a field changes its meaning.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    tool_version: &'static str,
    columns_are: &'static str,
    standing: &'static str,
    columns: Vec<ColumnFields<'a>>,
    rows: Vec<RowFields<'a>>,
    comparisons: Vec<ComparisonFields<'a>>,
}

#[derive(Serialize)]
struct ColumnFields<'a> {
    #[serde(flatten)]
    run: RunFields<'a>,
    verdict: Verdict,
    certified: bool,
    abridged: bool,
    interrupted: bool,
    wall_s: f64,
    mandated_s: f64,
    plan_digest: &'a str,
    profile_digest: &'a str,
    server: Option<&'a str>,
    runs_of_model: usize,
}

#[derive(Serialize)]
struct RunFields<'a> {
    profile: &'a str,
    pbx_model: &'a str,
    started: &'a str,
    folder: String,
    page: String,
}

#[derive(Serialize)]
struct RowFields<'a> {
    section: &'a str,
    clause: &'a str,
    title: &'a str,
    cells: Vec<CellFields>,
}

#[derive(Serialize)]
struct CellFields {
    sign: &'static str,
    verdict: Option<Verdict>,
    duration_s: Option<f64>,
    reaction_s: Option<f64>,
    link: Option<String>,
}

#[derive(Serialize)]
struct ComparisonFields<'a> {
    earlier: RunFields<'a>,
    later: RunFields<'a>,
    standing: &'static str,
    common: usize,
    caveats: Vec<CaveatFields<'a>>,
    changes: Vec<ChangeFields<'a>>,
}

#[derive(Serialize)]
struct CaveatFields<'a> {
    code: &'static str,
    text: &'a str,
}

#[derive(Serialize)]
struct ChangeFields<'a> {
    kind: &'static str,
    clause: &'a str,
    title: &'a str,
    before: Option<SideFields>,
    after: Option<SideFields>,
    judged_in: Option<&'a str>,
    cause: Option<Cause>,
    observed: Option<&'a str>,
    advice: Option<&'a str>,
    link: String,
}

#[derive(Serialize)]
struct SideFields {
    verdict: Verdict,
    duration_s: f64,
    reaction_s: f64,
}

/// The matrix as JSON, indented, fields in a fixed order.
pub fn matrix_json(matrix: &Matrix<'_>) -> String {
    pretty(&Document {
        schema: SCHEMA,
        tool_version: env!("CARGO_PKG_VERSION"),
        columns_are: if matrix.over_time { "runs" } else { "models" },
        standing: word(matrix.standing()),
        columns: matrix
            .columns
            .iter()
            .map(|column| {
                let run = &column.placed.run;
                ColumnFields {
                    run: placed(column.placed),
                    verdict: run.verdict,
                    certified: run.certified && !run.interrupted,
                    abridged: run.abridged,
                    interrupted: run.interrupted,
                    wall_s: run.wall_s,
                    mandated_s: run.mandated_s,
                    plan_digest: &run.plan_digest,
                    profile_digest: &run.profile_digest,
                    server: run.pbx.server.as_deref(),
                    runs_of_model: column.runs,
                }
            })
            .collect(),
        rows: matrix
            .rows
            .iter()
            .map(|row| RowFields {
                section: &row.section.0,
                clause: row.clause,
                title: row.title,
                cells: row
                    .cells
                    .iter()
                    .zip(&matrix.columns)
                    .map(|(cell, column)| {
                        let scenario = cell.as_ref().map(|cell| cell.scenario);
                        CellFields {
                            sign: sign(scenario.map(|one| one.verdict)),
                            verdict: scenario.map(|one| one.verdict),
                            duration_s: scenario.map(|one| one.duration_s),
                            reaction_s: scenario.map(reaction_s),
                            link: cell
                                .as_ref()
                                .map(|cell| format!("{}#{}", column.placed.page(), cell.anchor)),
                        }
                    })
                    .collect(),
            })
            .collect(),
        comparisons: matrix.comparisons.iter().map(comparison).collect(),
    })
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Alone => "nothing-to-compare",
        Standing::Same => "nothing-regressed",
        Standing::Unclear => "unclear",
        Standing::Regressed => "regressed",
    }
}

fn placed(placed: &Placed) -> RunFields<'_> {
    RunFields {
        profile: &placed.run.profile,
        pbx_model: &placed.run.pbx_model,
        started: &placed.run.started,
        folder: placed.shown(),
        page: placed.page(),
    }
}

fn comparison<'a>(comparison: &'a Comparison<'a>) -> ComparisonFields<'a> {
    ComparisonFields {
        earlier: placed(comparison.earlier),
        later: placed(comparison.later),
        standing: word(comparison.standing()),
        common: comparison.common,
        caveats: comparison
            .caveats
            .iter()
            .map(|caveat| CaveatFields { code: caveat.code, text: &caveat.text })
            .collect(),
        changes: comparison.changes.iter().map(|change| fields(comparison, change)).collect(),
    }
}

fn fields<'a>(comparison: &'a Comparison<'a>, change: &'a Change<'a>) -> ChangeFields<'a> {
    ChangeFields {
        kind: change.kind.word(),
        clause: change.clause,
        title: change.title,
        before: change.before.map(side),
        after: change.after.map(side),
        judged_in: change.judged_in,
        cause: change.finding.map(|finding| finding.cause),
        observed: change.finding.map(|finding| finding.observed.as_str()),
        advice: change.finding.map(|finding| finding.advice.as_str()),
        link: comparison.link(change),
    }
}

fn side(scenario: &Scenario) -> SideFields {
    SideFields {
        verdict: scenario.verdict,
        duration_s: scenario.duration_s,
        reaction_s: reaction_s(scenario),
    }
}

impl Comparison<'_> {
    /// A link to where the change can be seen.
    pub(super) fn link(&self, change: &Change<'_>) -> String {
        let shown = if change.after.is_some() { self.later } else { self.earlier };
        format!("{}#{}", shown.page(), change.anchor)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::Value;

    use super::*;
    use crate::record::Run;
    use crate::report::sample;

    #[test]
    fn fields_say_what_stands_where() {
        let later = Run { started: "2026-11-24T14:00:00Z".to_owned(), ..sample::failing() };
        let runs = [
            Placed { run: sample::passing(), folder: PathBuf::from("example/1") },
            Placed { run: later, folder: PathBuf::from("example/2") },
        ];
        let json: Value = serde_json::from_str(&matrix_json(&Matrix::new(&runs))).unwrap();
        assert_eq!(json["schema"], 1);
        assert_eq!(json["columns_are"], "runs");
        assert_eq!(json["columns"][1]["folder"], "example/2");
        let row = &json["rows"][1];
        assert_eq!(row["clause"], "7.1.3");
        assert_eq!(row["cells"][0]["sign"], "–");
        assert_eq!(row["cells"][0]["verdict"], Value::Null);
        assert_eq!(row["cells"][1]["verdict"], "fail");
        assert_eq!(row["cells"][1]["link"], "./example/2/index.html#s-7.1.3");
        let changes = json["comparisons"][0]["changes"].as_array().unwrap();
        let kinds: Vec<_> = changes.iter().map(|c| c["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["warned", "new", "new"]);
        assert_eq!(changes[1]["cause"], "hold-silent");
        assert_eq!(json["standing"], "nothing-regressed");
    }
}
