//! Picking the probes' facts out of a scenario's observations.

use crate::record::{Observation, ProbeFact, What};

/// The facts of probes in order.
pub(super) fn facts(seen: &[Observation]) -> impl Iterator<Item = &ProbeFact> {
    seen.iter().filter_map(|o| match &o.what {
        What::Probed(fact) => Some(fact),
        _ => None,
    })
}

/// Facts as observations, for tests.
#[cfg(test)]
pub(super) fn observed(facts: impl IntoIterator<Item = ProbeFact>) -> Vec<Observation> {
    facts
        .into_iter()
        .map(|fact| Observation {
            at: 1.0,
            party: "Bridge".to_owned(),
            call_id: String::new(),
            what: What::Probed(fact),
        })
        .collect()
}
