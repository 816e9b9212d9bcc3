//! Which runs belong to one model, oldest first.

use super::Placed;
use super::clause_order::natural;

/// The runs of one model.
#[derive(Debug, Clone)]
pub(super) struct History<'a> {
    /// File stem of the profile.
    pub(super) profile: &'a str,
    /// Name in the profile.
    pub(super) pbx_model: &'a str,
    /// At least one, oldest first.
    pub(super) runs: Vec<&'a Placed>,
}

impl<'a> History<'a> {
    /// The models of the runs by name.
    pub(super) fn all(runs: &'a [Placed]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for placed in runs {
            let (profile, pbx_model) = (placed.run.profile.as_str(), placed.run.pbx_model.as_str());
            match all.iter_mut().find(|one| one.profile == profile && one.pbx_model == pbx_model) {
                Some(history) => history.runs.push(placed),
                None => all.push(Self { profile, pbx_model, runs: vec![placed] }),
            }
        }
        for history in &mut all {
            history.runs.sort_by(|a, b| a.by_age(b));
        }
        all.sort_by(|a, b| {
            natural(a.pbx_model, b.pbx_model).then_with(|| natural(a.profile, b.profile))
        });
        all
    }
}
