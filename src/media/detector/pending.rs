//! A window that may still be revised.

use super::features::{Features, ToneSet};
use super::lock::{Part, Present};
use crate::media::identity::Identity;

/// Share of an identity's energy that must be in tones of its own where another has the rest.
const LEAST_OWN: f32 = 0.1;

/// A window with the identities that seem to be in it.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) features: Features,
    pub(crate) present: Vec<Present>,
    /// Whether all of it arrived: only then does silence in it say that somebody fell silent.
    pub(crate) arrived: bool,
}

impl Pending {
    pub(crate) fn new(features: Features, arrived: bool) -> Self {
        Self { features, present: Vec::new(), arrived }
    }

    /// The tones that its identities account for.
    pub(crate) fn claimed(&self) -> ToneSet {
        self.present.iter().fold(0, |all, present| all | present.tones)
    }

    /// The energy in those tones.
    pub(crate) fn explained(&self) -> f32 {
        self.features.energy(self.claimed())
    }

    /// What is left of its energy.
    pub(crate) fn residual(&self) -> f32 {
        (self.features.power - self.explained()).max(0.0)
    }

    /// Whether hardly anything of what `who` has here is not the tones of `other`.
    pub(crate) fn borrows(&self, who: Identity, other: Identity) -> bool {
        let (Some(own), Some(theirs)) = (self.find(who), self.find(other)) else { return false };
        let rest = self.features.energy(own.tones & !theirs.tones);
        rest < LEAST_OWN * self.features.energy(own.tones)
    }

    /// Whether the identity seems to be there, and not only to come.
    pub(crate) fn holds(&self, identity: Identity) -> bool {
        self.find(identity).is_some_and(|present| present.part != Part::Footing)
    }

    /// The identity's entry, if it seems to be there.
    pub(crate) fn find(&self, identity: Identity) -> Option<&Present> {
        self.present.iter().find(|present| present.identity == identity)
    }
}
