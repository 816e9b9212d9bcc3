//! The table as data, before anybody shows it.

use crate::record::Run;
use crate::report::section;

use super::cell::Cell;
use super::clause_order::natural;
use super::comparison::Comparison;
use super::history::History;
use super::row::{Cells, RowKey, Rows};
use super::{Placed, Standing};

/// Runs beside one another.
#[derive(Debug)]
pub struct Matrix<'a> {
    /// Whether the columns are the runs of one model over time, not models.
    pub(super) over_time: bool,
    pub(super) columns: Vec<Column<'a>>,
    pub(super) rows: Vec<Row<'a>>,
    /// One for each model with at least two runs.
    pub(super) comparisons: Vec<Comparison<'a>>,
}

/// A run as a column.
#[derive(Debug)]
pub(super) struct Column<'a> {
    pub(super) placed: &'a Placed,
    /// How many runs of its model there are.
    pub(super) runs: usize,
}

impl Column<'_> {
    pub(super) fn run(&self) -> &Run {
        &self.placed.run
    }
}

/// A row: a scenario of the plan, and how it went in each column.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) section: (String, &'static str),
    pub(super) clause: &'a str,
    /// In the words of the newest column that has it.
    pub(super) title: &'a str,
    pub(super) cells: Vec<Option<Cell<'a>>>,
}

impl<'a> Matrix<'a> {
    /// Puts runs beside one another: the latest run of each model, or, where all are of
    /// one model, each of them, oldest first. The order of `runs` does not matter.
    pub fn new(runs: &'a [Placed]) -> Self {
        let rows = Rows::of(runs);
        let histories = History::all(runs);
        let over_time = histories.len() == 1;
        let mut columns = Vec::new();
        for history in &histories {
            let shown = if over_time { 0 } else { history.runs.len() - 1 };
            columns.extend(
                history.runs[shown..]
                    .iter()
                    .map(|placed| Column { placed, runs: history.runs.len() }),
            );
        }
        let cells: Vec<Cells<'a>> =
            columns.iter().map(|column| rows.cells(&column.placed.run)).collect();
        Self {
            over_time,
            rows: keys(&cells).into_iter().map(|key| row(&key, &cells)).collect(),
            comparisons: histories.iter().filter_map(|one| Comparison::new(one, &rows)).collect(),
            columns,
        }
    }

    /// What the comparisons say together.
    pub fn standing(&self) -> Standing {
        self.comparisons.iter().map(Comparison::standing).max().unwrap_or(Standing::Alone)
    }
}

/// Every row in the order of the guide; rows of one clause in the order of the runs.
fn keys<'a>(cells: &[Cells<'a>]) -> Vec<RowKey<'a>> {
    let mut keys: Vec<RowKey<'a>> = Vec::new();
    for key in cells.iter().flat_map(|one| &one.order) {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    keys.sort_by(|a, b| natural(a.clause, b.clause));
    keys
}

fn row<'a>(key: &RowKey<'a>, cells: &[Cells<'a>]) -> Row<'a> {
    let cells: Vec<Option<Cell<'a>>> = cells.iter().map(|one| one.get(key).cloned()).collect();
    let titled = cells.iter().rev().flatten().next();
    Row {
        section: section::of(key.clause),
        clause: key.clause,
        title: titled.map_or("", |cell| cell.scenario.title.as_str()),
        cells,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::cell::sign;
    use super::*;
    use crate::record::Verdict;
    use crate::report::sample;

    fn placed(name: &str, started: &str, run: Run) -> Placed {
        let run = Run { started: started.to_owned(), ..run };
        Placed { run, folder: PathBuf::from(name) }
    }

    fn signs(matrix: &Matrix<'_>) -> Vec<String> {
        matrix
            .rows
            .iter()
            .map(|row| {
                let of =
                    |cell: &Option<Cell<'_>>| sign(cell.as_ref().map(|cell| cell.scenario.verdict));
                let cells: Vec<&str> = row.cells.iter().map(of).collect();
                format!("{} {}", row.clause, cells.join(""))
            })
            .collect()
    }

    #[test]
    fn the_runs_of_one_model_are_columns_by_age() {
        let runs = [
            placed("b", "2026-11-24T14:00:00Z", sample::failing()),
            placed("a", "2026-11-24T13:00:00Z", sample::passing()),
        ];
        let matrix = Matrix::new(&runs);
        assert!(matrix.over_time);
        assert_eq!(signs(&matrix), ["6.1 ✓!", "7.1.3 –✗", "7.2.1 –✓"]);
        assert_eq!(matrix.standing(), Standing::Same);
    }

    #[test]
    fn of_several_models_the_latest_run_is_a_column() {
        let other = Run { pbx_model: "Another PBX".to_owned(), ..sample::passing() };
        let runs = [
            placed("old", "2026-11-24T13:00:00Z", sample::passing()),
            placed("new", "2026-11-24T14:00:00Z", sample::failing()),
            placed("other", "2026-11-24T12:00:00Z", other),
        ];
        let matrix = Matrix::new(&runs);
        assert!(!matrix.over_time);
        let models: Vec<_> =
            matrix.columns.iter().map(|c| (c.run().pbx_model.as_str(), c.runs)).collect();
        assert_eq!(models, [("Another PBX", 1), ("Example PBX 7", 2)]);
        assert_eq!(signs(&matrix), ["6.1 ✓!", "7.1.3 –✗", "7.2.1 –✓"]);
        assert_eq!(matrix.comparisons.len(), 1);
    }

    #[test]
    fn scenarios_that_share_a_clause_stand_in_rows_of_their_own() {
        let mut both = sample::failing();
        for scenario in &mut both.scenarios {
            scenario.clause = "6.2".to_owned();
            scenario.title.clone_from(&"again".to_owned());
        }
        both.scenarios[0].title = "User B".to_owned();
        let mut one = sample::passing();
        one.scenarios[0].clause = "6.2".to_owned();
        one.scenarios[0].title = "User B".to_owned();
        one.scenarios[0].verdict = Verdict::Inconclusive;
        let runs =
            [placed("a", "2026-11-24T13:00:00Z", both), placed("b", "2026-11-24T14:00:00Z", one)];
        assert_eq!(signs(&Matrix::new(&runs)), ["6.2 !?", "6.2 ✗–", "6.2 ✓–"]);
    }

    #[test]
    fn a_reworded_title_stays_in_its_row() {
        let mut reworded = sample::passing();
        reworded.scenarios[0].title = "Two users or more".to_owned();
        let runs = [
            placed("a", "2026-11-24T13:00:00Z", sample::passing()),
            placed("b", "2026-11-24T14:00:00Z", reworded),
        ];
        let matrix = Matrix::new(&runs);
        assert_eq!(signs(&matrix), ["6.1 ✓✓"]);
        assert_eq!(matrix.rows[0].title, "Two users or more");
    }

    #[test]
    fn nothing_at_all_is_a_matrix_too() {
        let matrix = Matrix::new(&[]);
        assert!(matrix.columns.is_empty() && matrix.standing() == Standing::Alone);
    }
}
