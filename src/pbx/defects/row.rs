//! What is known of a defect.

use std::time::Duration;

use super::defect::Defect;
use super::tamper::Tamper;
use crate::record::Cause;

/// The configuration under which a defect shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Setting {
    /// The usual one.
    #[default]
    Usual,
    /// Media is encrypted (guide 4.1.1.6).
    Encrypted,
    /// The bridge is known by its address (guide 4.1.1.4).
    ByAddress,
    /// The PBX knows no REFER (guide 4.1.1.7).
    WithoutRefer,
    /// Outside numbers are dialled behind a prefix (guide 4.1.1.9).
    OutsideLine,
    /// The profile says which ports the PBX has for media (guide 2.5).
    MediaPorts,
    /// Other ports may be tried (guide 2.6.3).
    Intrusive,
}

/// A defect: what it does, and what a harness worth its name says of it.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The defect.
    pub defect: Defect,
    /// Its name on the command line.
    pub name: &'static str,
    /// What the PBX does wrong, to be read after "it".
    pub does: &'static str,
    /// Guide clauses where it should be found, as the guide numbers them; or clauses beyond the
    /// guide, and then no others.
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
    /// Where it shows.
    pub setting: Setting,
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
            setting: Setting::Usual,
            hurries: false,
            tamper: None,
        }
    }

    /// Whether it shows only in scenarios beyond the guide, which are not of the usual plan.
    pub fn is_beyond(&self) -> bool {
        self.clauses.iter().all(|clause| clause.starts_with("B."))
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

    /// Shows only where media is encrypted.
    pub(super) const fn encrypted(mut self) -> Self {
        self.setting = Setting::Encrypted;
        self
    }

    /// Shows only where the bridge is known by its address.
    pub(super) const fn by_address(mut self) -> Self {
        self.setting = Setting::ByAddress;
        self
    }

    /// Shows only where outside numbers are dialled behind a prefix.
    pub(super) const fn with_outside_line(mut self) -> Self {
        self.setting = Setting::OutsideLine;
        self
    }

    /// Shows only where the profile says which ports are for media.
    pub(super) const fn with_media_ports(mut self) -> Self {
        self.setting = Setting::MediaPorts;
        self
    }

    /// Shows only where other ports may be tried.
    pub(super) const fn intrusive(mut self) -> Self {
        self.setting = Setting::Intrusive;
        self
    }

    /// Shows only where the bridge transfers by itself.
    pub(super) const fn without_refer(mut self) -> Self {
        self.setting = Setting::WithoutRefer;
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
