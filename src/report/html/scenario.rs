//! One scenario as its article on the page shows it.

use serde::Serialize;

use crate::record::{Finding, Run, Scenario, Verdict};
use crate::report::load::{self, LoadRow};
use crate::report::{SCENARIO_RENDERINGS, scenario_folder};

use super::chart::{Chart, chart};
use super::quality::{self, QualityRow};
use super::raw::Raw;
use super::steps::{self, StepRow};
use super::text::{duration, href, short};

/// A scenario's article.
#[derive(Debug, Serialize)]
pub(super) struct ScenarioView {
    pub(super) anchor: String,
    /// Its place in the data of the messages.
    index: usize,
    pub(super) clause: String,
    pub(super) title: String,
    pub(super) verdict: &'static str,
    pub(super) time: String,
    mandated: String,
    source: String,
    /// Whether the article is open at first: there is something to act on.
    open: bool,
    pub(super) findings: Vec<FindingView>,
    parties: Vec<PartyView>,
    steps: Vec<StepRow>,
    chart: Option<Chart>,
    load: Option<LoadView>,
    quality: Vec<QualityRow>,
    recordings: Vec<Link>,
    files: Vec<Link>,
}

/// A finding with its remedy.
#[derive(Debug, Clone, Serialize)]
pub(super) struct FindingView {
    pub(super) verdict: &'static str,
    clause: String,
    step: String,
    expected: String,
    observed: String,
    cause: String,
    advice: String,
    evidence: Vec<Link>,
}

#[derive(Debug, Serialize)]
struct PartyView {
    name: String,
    account: String,
    address: String,
    identity: String,
}

/// A file of evidence; without `href` where its path is no good one.
#[derive(Debug, Clone, Serialize)]
struct Link {
    title: String,
    path: String,
    href: Option<String>,
}

/// The steps of load (B.6).
#[derive(Debug, Serialize)]
struct LoadView {
    heads: [&'static str; load::HEADS.len()],
    rows: Vec<LoadRow>,
}

impl LoadView {
    fn of(scenario: &Scenario) -> Option<Self> {
        let rows = load::of_scenario(scenario);
        (!rows.is_empty()).then_some(Self { heads: load::HEADS, rows })
    }
}

impl Link {
    fn is_recording(&self) -> bool {
        std::path::Path::new(&self.path).extension().is_some_and(|ending| ending == "wav")
    }
}

impl ScenarioView {
    pub(super) fn new(
        run: &Run,
        index: usize,
        scenario: &Scenario,
        anchor: String,
        raw: &mut Raw,
    ) -> Self {
        raw.scenario();
        let files = scenario.evidence.iter().take(60).map(|file| link(&file.path, &file.title));
        let (recordings, mut files): (Vec<Link>, Vec<Link>) = files.partition(Link::is_recording);
        if let Some(folder) = scenario_folder(scenario) {
            let ours = SCENARIO_RENDERINGS.iter();
            files.extend(ours.map(|one| link(&format!("{folder}/{}", one.name), one.title)));
        }
        Self {
            anchor,
            index,
            clause: short(&scenario.clause, 24),
            title: short(&scenario.title, 200),
            verdict: scenario.verdict.word(),
            time: duration(scenario.duration_s),
            mandated: duration(scenario.mandated_s),
            source: short(&scenario.source, 120),
            open: matches!(scenario.verdict, Verdict::Fail | Verdict::Inconclusive | Verdict::Warn),
            findings: scenario.findings.iter().take(50).map(finding).collect(),
            parties: scenario
                .parties
                .iter()
                .take(16)
                .map(|party| PartyView {
                    name: short(&party.name, 40),
                    account: short(&party.account, 60),
                    address: short(&party.address, 60),
                    identity: party.identity.map_or_else(|| "–".to_owned(), |id| id.to_string()),
                })
                .collect(),
            steps: steps::rows(scenario),
            chart: chart(run, scenario, raw),
            load: LoadView::of(scenario),
            quality: quality::rows(scenario),
            recordings,
            files,
        }
    }
}

fn finding(finding: &Finding) -> FindingView {
    FindingView {
        verdict: finding.verdict.word(),
        clause: short(&finding.clause, 24),
        step: short(&finding.step, 300),
        expected: short(&finding.expected, 1000),
        observed: short(&finding.observed, 2000),
        cause: finding.cause.to_string(),
        advice: short(&finding.advice, 2000),
        evidence: finding.evidence.iter().take(20).map(|path| link(path, path)).collect(),
    }
}

fn link(path: &str, title: &str) -> Link {
    Link { title: short(title, 120), path: short(path, 200), href: href(path) }
}
