//! What is known of a defect.

use std::time::Duration;

use super::defect::Defect;
use super::tamper::Tamper;
use crate::record::Cause;

/// A defect: what it does, and what a harness worth its name says of it.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The defect.
    pub defect: Defect,
    /// Its name on the command line.
    pub name: &'static str,
    /// What the PBX does wrong, to be read after "it".
    pub does: &'static str,
    /// Guide clauses where it should be found, as the guide numbers them.
    pub clauses: &'static [&'static str],
    /// The cause that should be named.
    pub cause: Cause,
    /// Other causes that it brings about by itself, at the same clauses.
    pub also: &'static [Cause],
    /// Where the idea comes from: the product or the kind of report.
    pub seen: &'static str,
    /// Whether healthy PBXs do the same, so that a note is all it deserves.
    pub shared: bool,
    /// The least talk that shows it.
    pub talk: Duration,
    /// Whether the PBX's SIP timers have to shrink as the talk does.
    pub(in crate::pbx) hurries: bool,
    /// What it does to SIP messages on their way.
    pub(super) tamper: Option<Tamper>,
}

impl Row {
    /// A row with what every row has; the rest follows.
    pub(super) const fn new(
        defect: Defect,
        name: &'static str,
        does: &'static str,
        clauses: &'static [&'static str],
        cause: Cause,
    ) -> Self {
        Self {
            defect,
            name,
            does,
            clauses,
            cause,
            also: &[],
            seen: "",
            shared: false,
            talk: Duration::from_secs(1),
            hurries: false,
            tamper: None,
        }
    }

    /// Where it was seen.
    pub(super) const fn seen(mut self, seen: &'static str) -> Self {
        self.seen = seen;
        self
    }

    /// Healthy PBXs do it too.
    pub(super) const fn shared(mut self) -> Self {
        self.shared = true;
        self
    }

    /// What else it brings about.
    pub(super) const fn also(mut self, also: &'static [Cause]) -> Self {
        self.also = also;
        self
    }

    /// Acts on SIP messages.
    pub(super) const fn tampers(mut self, tamper: Tamper) -> Self {
        self.tamper = Some(tamper);
        self
    }

    /// Needs this much talk to show, s.
    pub(super) const fn needs_talk(mut self, seconds: u64) -> Self {
        self.talk = Duration::from_secs(seconds);
        self
    }

    /// Comes from a SIP timer of 32 s, so that T1 has to shrink as the talk does.
    pub(super) const fn hurries(mut self) -> Self {
        self.hurries = true;
        self
    }
}
