//! What changed between the two latest runs of a model.

use crate::record::{Finding, Run, Scenario, Verdict};

use super::caveat::{Caveat, caveats, untimed};
use super::change::{Kind, Pair};
use super::clause_order::natural;
use super::history::History;
use super::row::{Cells, RowKey, Rows};
use super::{Placed, Standing};

/// Two runs of one model, compared.
#[derive(Debug)]
pub(super) struct Comparison<'a> {
    pub(super) earlier: &'a Placed,
    pub(super) later: &'a Placed,
    pub(super) caveats: Vec<Caveat>,
    /// Worst first, then in the order of the guide.
    pub(super) changes: Vec<Change<'a>>,
    /// Scenarios that both runs have.
    pub(super) common: usize,
    may_have_regressed: bool,
}

/// A scenario that is not as it was.
#[derive(Debug, Clone)]
pub(super) struct Change<'a> {
    pub(super) kind: Kind,
    pub(super) clause: &'a str,
    pub(super) title: &'a str,
    pub(super) before: Option<&'a Scenario>,
    /// Start of the run that `before` is of, where it is not the earlier of the two.
    pub(super) judged_in: Option<&'a str>,
    pub(super) after: Option<&'a Scenario>,
    /// On the page of the later run, or of the earlier where the later does not have it.
    pub(super) anchor: String,
    /// Why it is as it is now.
    pub(super) finding: Option<&'a Finding>,
}

impl<'a> Comparison<'a> {
    /// `None` for a single run.
    pub(super) fn new(history: &History<'a>, rows: &Rows<'a>) -> Option<Self> {
        let (later, before) = history.runs.split_last()?;
        let earlier = before.last()?;
        // Latest first, with the earlier of the two runs at the head.
        let past: Vec<(&'a Run, Cells<'a>)> =
            before.iter().rev().map(|placed| (&placed.run, rows.cells(&placed.run))).collect();
        let now = rows.cells(&later.run);
        let mut keys: Vec<&RowKey<'a>> = now.order.iter().collect();
        for key in past.first().into_iter().flat_map(|(_, cells)| &cells.order) {
            if now.get(key).is_none() {
                keys.push(key);
            }
        }
        keys.sort_by(|a, b| natural(a.clause, b.clause));
        let timed = untimed(&earlier.run, &later.run).is_none();
        let mut comparison = Self {
            earlier,
            later,
            caveats: caveats(&earlier.run, &later.run),
            changes: Vec::new(),
            common: 0,
            may_have_regressed: false,
        };
        for key in keys {
            let pair = Pair {
                before: before_of(key, &past),
                after: now.scenario(key),
                interrupted: later.run.interrupted,
                timed,
            };
            comparison.add(key, &pair, &now, &past);
        }
        comparison.changes.sort_by_key(|change| change.kind);
        Some(comparison)
    }

    fn add(
        &mut self,
        key: &RowKey<'a>,
        pair: &Pair<'a>,
        now: &Cells<'a>,
        past: &[(&'a Run, Cells<'a>)],
    ) {
        self.common += usize::from(pair.before.is_some() && pair.after.is_some());
        self.may_have_regressed |= pair.may_have_regressed();
        let Some(cell) = now.get(key).or_else(|| past.first()?.1.get(key)) else { return };
        for kind in pair.kinds() {
            self.changes.push(Change {
                kind,
                clause: key.clause,
                title: &cell.scenario.title,
                before: pair.before.map(|(_, scenario)| scenario),
                judged_in: pair
                    .before
                    .map(|(run, _)| run)
                    .filter(|run| !std::ptr::eq(*run, &raw const self.earlier.run))
                    .map(|run| run.started.as_str()),
                after: pair.after,
                anchor: cell.anchor.clone(),
                finding: pair.finding(),
            });
        }
    }

    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = &Change<'a>> {
        self.changes.iter().filter(move |change| change.kind == kind)
    }

    pub(super) fn standing(&self) -> Standing {
        if self.of(Kind::Regressed).next().is_some() {
            Standing::Regressed
        } else if self.may_have_regressed || self.common == 0 {
            Standing::Unclear
        } else {
            Standing::Same
        }
    }

    /// One line: how many changed and how, or that nothing did.
    pub(super) fn outcome(&self) -> String {
        if self.common == 0 {
            return "the two runs have no scenario in common: nothing could be compared".to_owned();
        }
        let counts: Vec<String> = Kind::ALL
            .into_iter()
            .map(|kind| (self.of(kind).count(), kind))
            .filter(|(count, _)| *count > 0)
            .map(|(count, kind)| format!("{count} {}", kind.word()))
            .collect();
        if counts.is_empty() {
            format!("nothing changed in {} scenarios", self.common)
        } else {
            format!("{}, of {} scenarios in both runs", counts.join(", "), self.common)
        }
    }
}

/// How a scenario was in the earlier run. Where that could not judge it, the last run
/// before that could takes its place: else a failure behind an unreachable PBX would pass
/// for something that never worked.
fn before_of<'a>(
    key: &RowKey<'a>,
    past: &[(&'a Run, Cells<'a>)],
) -> Option<(&'a Run, &'a Scenario)> {
    let of = |(run, cells): &(&'a Run, Cells<'a>)| Some((*run, cells.scenario(key)?));
    let earlier = past.first().and_then(of);
    match earlier {
        Some((_, scenario)) if scenario.verdict == Verdict::Inconclusive => past
            .iter()
            .filter_map(of)
            .find(|(_, scenario)| scenario.verdict != Verdict::Inconclusive)
            .or(earlier),
        found => found,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::report::Matrix;
    use crate::report::sample;

    /// Runs of one model, an hour apart, that judged the one scenario so.
    fn runs(verdicts: &[Verdict]) -> Vec<Placed> {
        let run = |(n, verdict): (usize, &Verdict)| {
            let mut run = sample::passing();
            run.started = format!("2026-11-24T{n:02}:00:00Z");
            run.verdict = *verdict;
            run.scenarios[0].verdict = *verdict;
            Placed { run, folder: PathBuf::from(n.to_string()) }
        };
        verdicts.iter().enumerate().map(run).collect()
    }

    fn said(runs: &[Placed]) -> (Standing, String) {
        let matrix = Matrix::new(runs);
        (matrix.standing(), matrix.comparisons[0].outcome())
    }

    #[test]
    fn only_the_two_latest_runs_are_compared() {
        use Verdict::{Fail, Pass};
        let (standing, outcome) = said(&runs(&[Fail, Pass, Fail]));
        assert_eq!(standing, Standing::Regressed);
        assert_eq!(outcome, "1 regressed, of 1 scenarios in both runs");
        assert_eq!(said(&runs(&[Pass, Fail, Fail])).1, "nothing changed in 1 scenarios");
        assert_eq!(said(&runs(&[Pass, Fail, Pass])).1, "1 mended, of 1 scenarios in both runs");
    }

    #[test]
    fn what_could_not_be_judged_hides_no_regression() {
        use Verdict::{Fail, Inconclusive, Pass};
        assert_eq!(said(&runs(&[Pass, Inconclusive])).0, Standing::Unclear);
        assert_eq!(said(&runs(&[Inconclusive, Fail])).0, Standing::Unclear);
        assert_eq!(said(&runs(&[Fail, Inconclusive])).0, Standing::Same);
        let all = runs(&[Pass, Inconclusive, Inconclusive, Fail]);
        let matrix = Matrix::new(&all);
        assert_eq!(matrix.standing(), Standing::Regressed);
        let change = &matrix.comparisons[0].changes[0];
        assert_eq!(change.judged_in, Some("2026-11-24T00:00:00Z"));
        assert_eq!(said(&runs(&[Fail, Inconclusive, Fail])).0, Standing::Same);
        assert_eq!(said(&runs(&[Pass, Inconclusive, Pass])).0, Standing::Same);
    }

    #[test]
    fn nothing_in_common_is_no_success() {
        let mut two = runs(&[Verdict::Pass, Verdict::Pass]);
        two[1].run.scenarios[0].clause = "7.1.1".to_owned();
        let (standing, outcome) = said(&two);
        assert_eq!(standing, Standing::Unclear);
        assert!(outcome.contains("no scenario in common"), "{outcome}");
        let matrix = Matrix::new(&two);
        let kinds: Vec<Kind> = matrix.comparisons[0].changes.iter().map(|c| c.kind).collect();
        assert_eq!(kinds, [Kind::New, Kind::Gone]);
    }

    #[test]
    fn what_an_interrupted_run_did_not_reach_is_unclear() {
        let mut two = runs(&[Verdict::Pass, Verdict::Pass]);
        let more = Scenario { clause: "7.1.1".to_owned(), ..two[0].run.scenarios[0].clone() };
        two[0].run.scenarios.push(more);
        assert_eq!(said(&two).0, Standing::Same);
        two[1].run.interrupted = true;
        let (standing, outcome) = said(&two);
        assert_eq!(standing, Standing::Unclear);
        assert_eq!(outcome, "1 unclear, of 1 scenarios in both runs");
    }
}
