//! The whole page as data.

use std::collections::HashMap;

use serde::Serialize;

use crate::record::{Run, Verdict};
use crate::report::outcome::{counts, relaxations, times};
use crate::report::vantage::in_a_line;
use crate::report::{Registration, Section, clean, outcome, registrations};

use super::raw::Raw;
use super::scenario::ScenarioView;
use super::text::{anchor, short};

/// Advices above the plan; scenarios have all of them.
const MOST_ACTIONS: usize = 60;

/// Users whose indicators are shown.
const MOST_USERS: usize = 500;

/// What the template shows.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    model: String,
    outcome: String,
    /// What else is to be said of the run as a whole.
    remark: &'static str,
    /// Class of the banner: a verdict, `certified` or `interrupted`.
    standing: &'static str,
    certified: bool,
    relaxations: Vec<String>,
    facts: Vec<Fact>,
    /// Verdicts that occur, worst first.
    counts: Vec<Count>,
    total: usize,
    sections: Vec<SectionView>,
    scenarios: Vec<ScenarioView>,
    /// What to change, worst first; one for each advice.
    actions: Vec<Action>,
    /// The indicators of the users (guide 5.2).
    users: Vec<User>,
}

/// A user's indicator.
#[derive(Debug, Serialize)]
struct User {
    account: String,
    name: String,
    verdict: &'static str,
    colour: &'static str,
    reason: String,
}

/// An advice and all the places that give it.
#[derive(Debug, Serialize)]
struct Action {
    verdict: &'static str,
    advice: String,
    cause: String,
    /// What was observed where it was worst.
    observed: String,
    places: Vec<Place>,
}

#[derive(Debug, Serialize)]
struct Place {
    anchor: String,
    clause: String,
}

#[derive(Debug, Serialize)]
struct Fact {
    name: &'static str,
    value: String,
    /// Whether it is a digest or an address.
    code: bool,
}

#[derive(Debug, Serialize)]
struct Count {
    verdict: &'static str,
    count: usize,
}

#[derive(Debug, Serialize)]
struct SectionView {
    title: String,
    rows: Vec<Row>,
}

/// A line of the plan.
#[derive(Debug, Serialize)]
struct Row {
    anchor: String,
    clause: String,
    title: String,
    verdict: &'static str,
    time: String,
    /// What its worst finding observed.
    remark: String,
}

fn users(run: &Run) -> Vec<User> {
    let shown = |user: Registration| {
        let (verdict, colour) = match user.reason {
            None => (Verdict::Pass.word(), "green"),
            Some(_) => (Verdict::Fail.word(), "red"),
        };
        let reason = user.reason.unwrap_or_else(|| "registered".to_owned());
        User { account: user.account, name: user.name, verdict, colour, reason }
    };
    registrations(run).into_iter().take(MOST_USERS).map(shown).collect()
}

impl Page {
    pub(super) fn new(run: &Run, raw: &mut Raw) -> Self {
        let mut scenarios = Vec::new();
        for (index, (scenario, anchor)) in run.scenarios.iter().zip(anchors(run)).enumerate() {
            scenarios.push(ScenarioView::new(run, index, scenario, anchor, raw));
        }
        Self {
            model: short(&run.pbx_model, 200),
            outcome: outcome(run),
            remark: "",
            standing: standing(run),
            certified: run.certified && !run.interrupted,
            relaxations: relaxations(run).iter().take(40).map(|text| short(text, 300)).collect(),
            facts: facts(run),
            counts: Verdict::ALL
                .into_iter()
                .rev()
                .map(|verdict| Count { verdict: verdict.word(), count: run.count(verdict) })
                .filter(|count| count.count > 0)
                .collect(),
            total: run.scenarios.len(),
            sections: sections(run, &scenarios),
            actions: actions(run, &scenarios),
            users: users(run),
            scenarios,
        }
    }
}

impl Page {
    /// The page of a run that goes on.
    pub(super) fn so_far(run: &Run, planned: usize, raw: &mut Raw) -> Self {
        let ended = match run.scenarios.len() {
            0 => "no scenario has ended yet".to_owned(),
            1 => format!("1 of {planned} scenarios has ended"),
            count => format!("{count} of {planned} scenarios have ended"),
        };
        let told = match run.worst() {
            _ if run.scenarios.is_empty() => String::new(),
            Verdict::Pass => ", all passed".to_owned(),
            _ => format!(", {}", counts(run)),
        };
        Self {
            outcome: format!("UNFINISHED: {ended}{told}"),
            remark: "The run goes on, or it was killed. Reload this page to see more; of a run \
                     that was killed, pbxcert report makes all reports.",
            standing: Verdict::Inconclusive.word(),
            certified: false,
            ..Self::new(run, raw)
        }
    }
}

/// Where each scenario stands on the page, in the order of the run.
pub(in crate::report) fn anchors(run: &Run) -> Vec<String> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    run.scenarios
        .iter()
        .map(|scenario| {
            let n = seen.entry(scenario.clause.as_str()).or_default();
            *n += 1;
            anchor(&scenario.clause, *n)
        })
        .collect()
}

fn standing(run: &Run) -> &'static str {
    if run.interrupted {
        "inconclusive"
    } else if run.scenarios.is_empty() {
        Verdict::Inconclusive.word()
    } else {
        match run.verdict {
            Verdict::Fail | Verdict::Inconclusive => run.verdict.word(),
            _ if run.certified => "certified",
            _ => "uncertified",
        }
    }
}

/// The plan by section, in the order of the run.
fn sections(run: &Run, views: &[ScenarioView]) -> Vec<SectionView> {
    Section::all(run)
        .into_iter()
        .map(|section| SectionView {
            title: section.title(),
            rows: section
                .scenarios
                .iter()
                .filter_map(|scenario| {
                    let index = run.scenarios.iter().position(|one| std::ptr::eq(one, *scenario));
                    Some((views.get(index?)?, *scenario))
                })
                .map(|(view, scenario)| Row {
                    anchor: view.anchor.clone(),
                    clause: view.clause.clone(),
                    title: view.title.clone(),
                    verdict: view.verdict,
                    time: view.time.clone(),
                    remark: scenario
                        .findings
                        .iter()
                        .max_by_key(|finding| finding.verdict)
                        .map_or_else(String::new, |finding| short(&finding.observed, 160)),
                })
                .collect(),
        })
        .collect()
}

/// Findings that ask for a change, those with one advice together.
fn actions(run: &Run, views: &[ScenarioView]) -> Vec<Action> {
    let mut found: Vec<_> = run
        .scenarios
        .iter()
        .zip(views)
        .flat_map(|(scenario, view)| scenario.findings.iter().map(move |f| (f, view)))
        .filter(|(finding, _)| finding.verdict > Verdict::Unsupported)
        .collect();
    found.sort_by_key(|(finding, _)| std::cmp::Reverse(finding.verdict));
    let mut actions: Vec<Action> = Vec::new();
    for (finding, view) in found {
        let (cause, advice) = (finding.cause.to_string(), short(&finding.advice, 1000));
        let place = Place { anchor: view.anchor.clone(), clause: view.clause.clone() };
        let known = actions.iter_mut().find(|one| one.cause == cause && one.advice == advice);
        if let Some(action) = known {
            if action.places.iter().all(|one| one.anchor != place.anchor) {
                action.places.push(place);
            }
        } else if actions.len() < MOST_ACTIONS {
            actions.push(Action {
                verdict: finding.verdict.word(),
                advice,
                cause,
                observed: short(&finding.observed, 400),
                places: vec![place],
            });
        }
    }
    actions
}

fn facts(run: &Run) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |name, value: String, code| {
        if !value.trim().is_empty() {
            facts.push(Fact { name, value, code });
        }
    };
    add("PBX", short(&run.pbx_model, 200), false);
    let server = run.pbx.server.as_deref().unwrap_or("it does not say");
    add("Says of itself", short(server, 200), false);
    add("Address", short(&run.pbx.address, 100), true);
    add("Seen from", vantage(run), true);
    add("Tested from", in_a_line(run), true);
    add("Started", clean(&run.started).replace('T', " ").replace('Z', " UTC"), false);
    add("Duration", times(run), false);
    if let Some(ms) = run.first_register_ms {
        add("First REGISTER", format!("{ms:.0} ms after the start"), false);
    }
    add("Profile", short(&run.profile, 100), false);
    add("Profile SHA-256", short(&run.profile_digest, 80), true);
    add("Plan SHA-256", short(&run.plan_digest, 80), true);
    add("Tool", format!("pbxcert {}", short(&run.tool_version, 40)), false);
    if run.harness.rtp_sent > 0 {
        let figures = &run.harness;
        add(
            "Harness",
            format!(
                "{} RTP packets sent, late by {:.1} ms at the 99th percentile, {:.1} ms at worst",
                figures.rtp_sent, figures.lateness_p99_ms, figures.lateness_max_ms
            ),
            false,
        );
    }
    facts
}

/// The addresses that the harness used, with who used them.
fn vantage(run: &Run) -> String {
    let mut places: Vec<(&str, Vec<&str>)> = Vec::new();
    for party in run.scenarios.iter().flat_map(|scenario| &scenario.parties) {
        if party.address.is_empty() {
            continue;
        }
        match places.iter_mut().find(|(address, _)| *address == party.address) {
            Some((_, names)) if names.contains(&party.name.as_str()) => {}
            Some((_, names)) => names.push(&party.name),
            None => places.push((&party.address, vec![&party.name])),
        }
    }
    let shown: Vec<String> = places
        .iter()
        .take(8)
        .map(|(address, names)| short(&format!("{address} ({})", names.join(", ")), 120))
        .collect();
    shown.join("; ")
}

/// Kept here so that the page and its title agree.
impl Page {
    /// Title of the document.
    pub(super) fn title(&self) -> String {
        format!("{} – pbxcert", self.model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn scenarios_of_one_clause_have_anchors_of_their_own() {
        let mut run = sample::failing();
        for scenario in &mut run.scenarios {
            scenario.clause = "6.2".to_owned();
        }
        let page = Page::new(&run, &mut Raw::new(&run));
        let anchors: Vec<&str> = page.sections[0].rows.iter().map(|r| r.anchor.as_str()).collect();
        assert_eq!(anchors, ["s-6.2", "s-6.2-2", "s-6.2-3"]);
    }

    #[test]
    fn only_a_certified_run_stands_as_such() {
        assert_eq!(standing(&sample::passing()), "certified");
        assert_eq!(standing(&sample::failing()), "fail");
        assert_eq!(standing(&sample::interrupted()), "inconclusive");
        assert_eq!(standing(&Run::default()), "inconclusive");
        let abridged = Run { certified: false, ..sample::passing() };
        assert_eq!(standing(&abridged), "uncertified");
    }
}
