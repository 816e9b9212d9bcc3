//! The defects that are on.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Defect;
use super::hold::ALTERNATIVES;
use crate::sip::transaction::Timers;

/// The guide's talk (7.1), for which the times of defects are made.
const GUIDE_TALK: Duration = Duration::from_secs(45);

/// The names given do not make a set of defects.
#[derive(Debug, thiserror::Error)]
pub enum DefectError {
    /// No such defect.
    #[error("there is no defect {name}: did you mean {near}?")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The most similar names.
        near: String,
    },
    /// One hides the other.
    #[error("{0} and {1} contradict each other: {0} leaves nothing for {1} to break")]
    Contradictory(&'static str, &'static str),
}

/// Pairs where the first leaves nothing for the second to break.
const CONTRADICTORY: &[(Defect, Defect)] = &[
    (Defect::RegistrationSilent, Defect::NotSip),
    (Defect::UserAgentIgnored, Defect::UserAgentBlocked),
    (Defect::ContactMissing, Defect::ForeignContact),
    (Defect::ShortExpiry, Defect::HalfExpiry),
    (Defect::ContactMissing, Defect::RewritesContact),
    (Defect::ForeignContact, Defect::RewritesContact),
    (Defect::InviteIgnored, Defect::CallNotForwarded),
    (Defect::InviteIgnored, Defect::VoicemailAnswers),
    (Defect::CallNotForwarded, Defect::VoicemailAnswers),
    (Defect::VoicemailAnswers, Defect::VoicemailTooEarly),
    (Defect::VoicemailAnswers, Defect::NoAnswer),
    (Defect::CallerIdLost, Defect::CallerIdOnlyAsserted),
    (Defect::CallerIdLost, Defect::CallerIdWithheld),
    (Defect::CallerIdWithheld, Defect::CallerIdRestricted),
    (Defect::CodecForced, Defect::SrtpForced),
    (Defect::OneDeviceRings, Defect::OldestBindingRings),
    (Defect::OneBindingKept, Defect::OldestBindingRings),
    (Defect::ContactDataRefused, Defect::ContactDataDropped),
    (Defect::ContactDataRefused, Defect::ContactDataMixed),
    (Defect::ContactDataDropped, Defect::ContactDataMixed),
    (Defect::NoAnswer, Defect::OneWayAudio),
    (Defect::NoAnswer, Defect::CrossedAudio),
    (Defect::NoAnswer, Defect::SilentHold),
    (Defect::NoAnswer, Defect::ReferRefused),
    (Defect::NoAudio, Defect::OneWayAudio),
    (Defect::NoAudio, Defect::CalleeHearsNothing),
    (Defect::NoAudio, Defect::StuckAudio),
    (Defect::ComfortNoiseOnly, Defect::StuckAudio),
    (Defect::NoAnswer, Defect::ByeOnAnswer),
    (Defect::ByeOnAnswer, Defect::ReferRefused),
    (Defect::ReferUnanswered, Defect::ReferRefused),
    (Defect::ReferUnanswered, Defect::ReferUnknown),
    (Defect::ReferUnanswered, Defect::ReferDeclined),
    (Defect::ReferUnanswered, Defect::ReferChallenged),
    (Defect::ReferRefused, Defect::TransferForgotten),
    (Defect::ReferRefused, Defect::TransferTargetRefused),
    (Defect::TransferForgotten, Defect::TransferPretended),
    (Defect::TransferForgotten, Defect::TransferSilent),
    (Defect::TransferTargetRefused, Defect::TransferCallsBack),
    (Defect::ByeUnanswered, Defect::ByeUnknown),
    (Defect::ByeUnanswered, Defect::ByeFails),
    (Defect::ByeUnanswered, Defect::ByeNotPropagated),
    (Defect::ByeNotPropagated, Defect::ByeSlow),
    (Defect::NoNotify, Defect::NotifyOkEarly),
    (Defect::StunSilent, Defect::StunFromElsewhere),
];

/// A set of defects; empty by default.
#[derive(Debug, Clone, PartialEq)]
pub struct Defects {
    on: BTreeSet<Defect>,
    /// What their times are multiplied with.
    pace: f64,
}

impl Default for Defects {
    fn default() -> Self {
        Self { on: BTreeSet::new(), pace: 1.0 }
    }
}

impl Defects {
    /// No defect.
    pub fn none() -> Self {
        Self::default()
    }

    /// The defects of these names.
    pub fn named<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Result<Self, DefectError> {
        let mut set = BTreeSet::new();
        for name in names {
            let name = name.as_ref();
            let row = Defect::table()
                .find(|row| row.name == name)
                .ok_or_else(|| DefectError::Unknown { name: name.to_owned(), near: near(name) })?;
            set.insert(row.defect);
        }
        let pair = CONTRADICTORY.iter().copied().find(|(a, b)| set.contains(a) && set.contains(b));
        let two_of = |family: &&[Defect]| {
            let mut on = family.iter().copied().filter(|defect| set.contains(defect));
            on.next().zip(on.next())
        };
        match pair.or_else(|| ALTERNATIVES.iter().find_map(two_of)) {
            Some((a, b)) => Err(DefectError::Contradictory(a.name(), b.name())),
            None => Ok(Self { on: set, pace: 1.0 }),
        }
    }

    /// The same defects for calls that talk this long where the guide says 45 s: what
    /// would come after 32 s comes in the same proportion.
    #[must_use]
    pub fn paced(self, talk: Duration) -> Self {
        Self { pace: (talk.as_secs_f64() / GUIDE_TALK.as_secs_f64()).min(1.0), ..self }
    }

    /// How long a defect waits that would wait `time` beside the guide's talk.
    pub(in crate::pbx) fn after(&self, time: Duration) -> Duration {
        time.mul_f64(self.pace)
    }

    /// The PBX's SIP timers, with T1 in proportion where a defect lives on them.
    pub(in crate::pbx) fn timers(&self, timers: Timers) -> Timers {
        let hurries = self.iter().filter_map(Defect::row).any(|row| row.hurries);
        if hurries { Timers::scaled(self.after(timers.t1)) } else { timers }
    }

    /// Whether it is on.
    pub fn has(&self, defect: Defect) -> bool {
        self.on.contains(&defect)
    }

    /// Those that are on.
    pub fn iter(&self) -> impl Iterator<Item = Defect> + '_ {
        self.on.iter().copied()
    }
}

/// The three names with the smallest edit distance.
fn near(name: &str) -> String {
    let mut names: Vec<&str> = Defect::table().map(|row| row.name).collect();
    names.sort_by_key(|candidate| strsim::levenshtein(name, candidate));
    names.truncate(3);
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_combine_misspelt_ones_get_help_and_contradictions_are_refused() {
        let both = Defects::named(["silent-hold", "refer-refused"]).unwrap();
        assert!(both.has(Defect::SilentHold) && both.has(Defect::ReferRefused));
        assert!(!both.has(Defect::NoAnswer));
        let error = Defects::named(["silent-hld"]).unwrap_err().to_string();
        assert!(error.contains("did you mean silent-hold,"), "{error}");
        let error = Defects::named(["one-way-audio", "no-answer"]).unwrap_err().to_string();
        assert!(error.contains("no-answer and one-way-audio"), "{error}");
        let error = Defects::named(["hold-tone", "hold-noise"]).unwrap_err().to_string();
        assert!(error.contains("hold-noise and hold-tone"), "{error}");
    }
}
