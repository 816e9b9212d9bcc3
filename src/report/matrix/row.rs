//! Which scenarios of several runs stand in one row.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::{Run, Scenario};
use crate::report::html::anchors;

use super::Placed;
use super::cell::Cell;

/// A row: a clause, and where some run has several scenarios of it, which of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowKey<'a> {
    pub(super) clause: &'a str,
    /// Title of the scenario; empty where the clause alone names it, so that a title may
    /// be reworded without the row falling apart.
    title: &'a str,
    /// Which of several scenarios with this clause and title, from 0.
    n: usize,
}

/// What the rows are, over all runs.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    /// Clauses of which some run has several scenarios.
    shared: BTreeSet<&'a str>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(runs: &'a [Placed]) -> Self {
        let mut shared = BTreeSet::new();
        for placed in runs {
            let mut seen = BTreeSet::new();
            for scenario in &placed.run.scenarios {
                if !seen.insert(scenario.clause.as_str()) {
                    shared.insert(scenario.clause.as_str());
                }
            }
        }
        Self { shared }
    }

    /// The cells of a run by their rows, and the rows in the order of the run.
    pub(super) fn cells(&self, run: &'a Run) -> Cells<'a> {
        let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut cells = Cells::default();
        for (scenario, anchor) in run.scenarios.iter().zip(anchors(run)) {
            let clause = scenario.clause.as_str();
            let title = if self.shared.contains(clause) { scenario.title.as_str() } else { "" };
            let count = seen.entry((clause, title)).or_default();
            let key = RowKey { clause, title, n: *count };
            *count += 1;
            cells.order.push(key.clone());
            cells.by_row.insert(key, Cell { scenario, anchor });
        }
        cells
    }
}

/// The cells of one run.
#[derive(Debug, Clone, Default)]
pub(super) struct Cells<'a> {
    pub(super) order: Vec<RowKey<'a>>,
    by_row: BTreeMap<RowKey<'a>, Cell<'a>>,
}

impl<'a> Cells<'a> {
    pub(super) fn get(&self, key: &RowKey<'a>) -> Option<&Cell<'a>> {
        self.by_row.get(key)
    }

    pub(super) fn scenario(&self, key: &RowKey<'a>) -> Option<&'a Scenario> {
        self.get(key).map(|cell| cell.scenario)
    }
}
