//! How the PBX bore many users at once: one row for each step of load.

use serde::Serialize;
use tabled::builder::Builder;
use tabled::settings::object::{Columns, Segment};
use tabled::settings::peaker::Priority;
use tabled::settings::{Alignment, Modify, Style as Frame, Width};

use crate::record::{LoadKind, LoadMedia, LoadStep, Run, Scenario, What};

use super::Style;

/// Steps that a table shows: a run has one or two dozen.
const MOST: usize = 60;

/// The heads of the columns.
pub(super) const HEADS: [&str; 7] =
    ["at once", "heard", "set-up ms", "at most", "lost", "CPUs", "late ms"];

/// What registered.
const USERS: &str = "users";

/// A step as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct LoadRow {
    /// "users", "calls in".
    pub(super) what: &'static str,
    /// One for each of [`HEADS`].
    pub(super) cells: Vec<String>,
}

/// The steps of a scenario, in their order.
pub(super) fn of_scenario(scenario: &Scenario) -> Vec<LoadRow> {
    let step = |what: &What| if let What::Load(step) = what { Some(row(step)) } else { None };
    scenario.observations.iter().filter_map(|o| step(&o.what)).take(MOST).collect()
}

/// The steps of all scenarios, of which each begins with the same registrations.
pub(super) fn of_run(run: &Run) -> Vec<LoadRow> {
    let mut rows: Vec<LoadRow> = run.scenarios.iter().flat_map(of_scenario).collect();
    let mut told = false;
    rows.retain(|row| row.what != USERS || !std::mem::replace(&mut told, true));
    rows.truncate(MOST);
    rows
}

fn row(step: &LoadStep) -> LoadRow {
    let media = step.media.as_ref();
    let of_media = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let at_once = if step.up == step.asked {
        step.asked.to_string()
    } else {
        format!("{} of {}", step.up, step.asked)
    };
    let lost = |media: &LoadMedia| {
        let all = (media.packets + media.lost).max(1);
        format!("{:.2} %", 100.0 * media.lost as f64 / all as f64)
    };
    let cells = vec![
        at_once,
        of_media(media.map(|media| media.heard.to_string())),
        format!("{:.0}", step.median_ms),
        format!("{:.0}", step.longest_ms),
        of_media(media.map(lost)),
        format!("{:.2}", step.processors),
        of_media(media.map(|media| format!("{:.1}", media.late_ms))),
    ];
    let what = match step.kind {
        LoadKind::Registrations => USERS,
        calls => calls.noun(),
    };
    LoadRow { what, cells }
}

/// A table for a terminal; empty if there was no load.
pub(super) fn table(run: &Run, style: Style) -> String {
    let rows = of_run(run);
    if rows.is_empty() {
        return String::new();
    }
    let mut builder = Builder::default();
    builder.push_record(["load"].into_iter().chain(HEADS));
    for LoadRow { what, cells } in rows {
        builder.push_record(std::iter::once(what.to_owned()).chain(cells));
    }
    let mut table = builder.build();
    table
        .with(Frame::psql())
        .with(Modify::new(Segment::new(.., 1..)).with(Alignment::right()))
        .with(Modify::new(Columns::first()).with(Alignment::left()))
        .with(Width::wrap(style.columns()).keep_words(true).priority(Priority::max(true)));
    table.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Observation;

    fn run(steps: Vec<LoadStep>) -> Run {
        let observed = |step| Observation {
            at: 1.0,
            party: String::new(),
            call_id: String::new(),
            what: What::Load(step),
        };
        let observations = steps.into_iter().map(observed).collect();
        Run { scenarios: vec![Scenario { observations, ..Scenario::default() }], ..Run::default() }
    }

    #[test]
    fn every_step_has_its_figures_and_registrations_have_none_of_audio() {
        let registrations = LoadStep {
            kind: LoadKind::Registrations,
            asked: 500,
            up: 500,
            at_once: 10,
            wall_s: 2.0,
            median_ms: 12.3,
            longest_ms: 78.9,
            processors: 0.51,
            media: None,
        };
        let media = LoadMedia { heard: 199, packets: 80_000, lost: 3, late_ms: 4.25 };
        let calls = LoadStep {
            kind: LoadKind::CallsIn,
            asked: 200,
            up: 199,
            media: Some(media),
            ..registrations.clone()
        };
        let run = run(vec![registrations.clone(), calls, registrations]);
        let plain = Style { width: 80, color: false };
        let table = table(&run, plain);
        assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
        let words = |line: &str| {
            line.split(['|', ' ']).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
        };
        let lines: Vec<String> = table.lines().map(words).collect();
        let last = lines.last().unwrap();
        assert_eq!(last, "calls in 199 of 200 199 12 79 0.00 % 0.51 4.2");
        assert!(lines.iter().any(|l| l.starts_with("users 500 – 12 79 – 0.51 –")), "{table}");
        assert_eq!(super::table(&Run::default(), plain), "");
    }
}
