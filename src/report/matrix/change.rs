//! What became of one scenario between two runs.

use crate::record::{Finding, Run, Scenario, Verdict};

use super::cell::reaction_s;

/// A scenario is slower if its reaction took this much longer, s, …
const SLOWER_BY_S: f64 = 1.0;
/// … and this many times as long. Reactions of one PBX to one scenario were seen to differ
/// by tens of milliseconds on an idle machine and by less than half a second on a busy one.
const SLOWER_TIMES: f64 = 1.5;

/// A kind of change, what needs attention first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Worked (pass, note, warn) and fails now.
    Regressed,
    /// Could not be judged now; or fails now, and nobody knows whether it ever worked.
    Unclear,
    /// Passes still, now with a warning.
    Warned,
    /// Works as before, but the PBX took much longer.
    Slower,
    /// Failed or had a warning, and does not any more.
    Mended,
    /// Judged for the first time.
    New,
    /// Not in the later run, or disclaimed by its profile.
    Gone,
}

impl Kind {
    pub(super) const ALL: [Self; 7] = [
        Self::Regressed,
        Self::Unclear,
        Self::Warned,
        Self::Slower,
        Self::Mended,
        Self::New,
        Self::Gone,
    ];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::Unclear => "unclear",
            Self::Warned => "warned",
            Self::Slower => "slower",
            Self::Mended => "mended",
            Self::New => "new",
            Self::Gone => "gone",
        }
    }
}

/// A scenario before and after.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'a> {
    /// In the earlier run; where that could not judge it, in the last run before that
    /// could, if any.
    pub(super) before: Option<(&'a Run, &'a Scenario)>,
    /// In the later run.
    pub(super) after: Option<&'a Scenario>,
    /// Whether the later run ended before its plan did.
    pub(super) interrupted: bool,
    /// Whether durations of the two runs may be compared.
    pub(super) timed: bool,
}

/// What the guide's clause is known to do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Works {
    Yes,
    No,
    Unknown,
    /// Not in the run, or the profile disclaims it.
    NotAsked,
}

fn works(scenario: Option<&Scenario>) -> Works {
    match scenario.map(|one| one.verdict) {
        Some(Verdict::Pass | Verdict::Note | Verdict::Warn) => Works::Yes,
        Some(Verdict::Fail) => Works::No,
        Some(Verdict::Inconclusive) => Works::Unknown,
        Some(Verdict::Unsupported) | None => Works::NotAsked,
    }
}

impl<'a> Pair<'a> {
    /// What is to be said of it; a scenario may be slower beside anything else.
    pub(super) fn kinds(&self) -> Vec<Kind> {
        let before = self.before.map(|(_, scenario)| scenario);
        let warns = |one: Option<&Scenario>| one.is_some_and(|one| one.verdict == Verdict::Warn);
        let kind = match (works(before), works(self.after)) {
            (Works::Yes, Works::No) => Some(Kind::Regressed),
            (Works::Unknown, Works::No) | (_, Works::Unknown) => Some(Kind::Unclear),
            (Works::No, Works::Yes) => Some(Kind::Mended),
            (Works::NotAsked, Works::Yes | Works::No) | (Works::Unknown, Works::Yes) => {
                Some(Kind::New)
            }
            (Works::NotAsked, Works::NotAsked) | (Works::No, Works::No) => None,
            // Nobody knows what became of it.
            (_, Works::NotAsked) if self.interrupted && self.after.is_none() => Some(Kind::Unclear),
            (_, Works::NotAsked) => Some(Kind::Gone),
            (Works::Yes, Works::Yes) if warns(self.after) && !warns(before) => Some(Kind::Warned),
            (Works::Yes, Works::Yes) if warns(before) && !warns(self.after) => Some(Kind::Mended),
            (Works::Yes, Works::Yes) => None,
        };
        let mut kinds: Vec<Kind> = kind.into_iter().collect();
        if self.is_slower() {
            kinds.push(Kind::Slower);
        }
        kinds
    }

    /// Whether it may have regressed for all that is known.
    pub(super) fn may_have_regressed(&self) -> bool {
        self.kinds().contains(&Kind::Unclear)
            && works(self.before.map(|(_, scenario)| scenario)) != Works::No
    }

    /// What failed waited for what did not come, so only what works twice is compared.
    fn is_slower(&self) -> bool {
        let (Some((_, before)), Some(after)) = (self.before, self.after) else { return false };
        let both_work = works(Some(before)) == Works::Yes && works(Some(after)) == Works::Yes;
        let (was, is) = (reaction_s(before), reaction_s(after));
        self.timed && both_work && is - was >= SLOWER_BY_S && is >= was * SLOWER_TIMES
    }

    /// The later run's worst finding, which says why.
    pub(super) fn finding(&self) -> Option<&'a Finding> {
        // The first of the worst, as they are in order.
        let findings = &self.after?.findings;
        let worst = findings.iter().map(|finding| finding.verdict).max()?;
        findings.iter().find(|finding| finding.verdict == worst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(verdict: Verdict, reaction: f64) -> Scenario {
        Scenario { verdict, duration_s: 60.0 + reaction, mandated_s: 60.0, ..Scenario::default() }
    }

    /// Kinds of change between verdicts, none for absence.
    fn kinds(before: Option<Verdict>, after: Option<Verdict>, interrupted: bool) -> Vec<Kind> {
        let run = Run::default();
        let before = before.map(|verdict| scenario(verdict, 0.02));
        let after = after.map(|verdict| scenario(verdict, 0.02));
        Pair {
            before: before.as_ref().map(|one| (&run, one)),
            after: after.as_ref(),
            interrupted,
            timed: true,
        }
        .kinds()
    }

    #[test]
    fn what_worked_and_fails_has_regressed() {
        use Verdict::{Fail, Inconclusive, Note, Pass, Unsupported, Warn};
        let cases: &[(Option<Verdict>, Option<Verdict>, Option<Kind>)] = &[
            (Some(Pass), Some(Fail), Some(Kind::Regressed)),
            (Some(Note), Some(Fail), Some(Kind::Regressed)),
            (Some(Warn), Some(Fail), Some(Kind::Regressed)),
            (Some(Inconclusive), Some(Fail), Some(Kind::Unclear)),
            (Some(Pass), Some(Inconclusive), Some(Kind::Unclear)),
            (Some(Fail), Some(Inconclusive), Some(Kind::Unclear)),
            (None, Some(Inconclusive), Some(Kind::Unclear)),
            (Some(Fail), Some(Warn), Some(Kind::Mended)),
            (Some(Warn), Some(Pass), Some(Kind::Mended)),
            (Some(Pass), Some(Warn), Some(Kind::Warned)),
            (Some(Inconclusive), Some(Pass), Some(Kind::New)),
            (None, Some(Fail), Some(Kind::New)),
            (Some(Unsupported), Some(Pass), Some(Kind::New)),
            (Some(Pass), Some(Unsupported), Some(Kind::Gone)),
            (Some(Fail), None, Some(Kind::Gone)),
            (Some(Pass), Some(Note), None),
            (Some(Fail), Some(Fail), None),
            (Some(Unsupported), None, None),
        ];
        for (before, after, expected) in cases {
            let found = kinds(*before, *after, false);
            assert_eq!(found, Vec::from_iter(*expected), "{before:?} → {after:?}");
        }
        assert_eq!(kinds(Some(Pass), None, true), [Kind::Unclear], "it may have been next");
        assert_eq!(kinds(Some(Pass), Some(Unsupported), true), [Kind::Gone]);
    }

    #[test]
    fn slower_is_what_no_noise_explains() {
        let run = Run::default();
        let slower = |was: f64, is: f64, verdict: Verdict, timed: bool| {
            let (before, after) = (scenario(Verdict::Pass, was), scenario(verdict, is));
            Pair { before: Some((&run, &before)), after: Some(&after), interrupted: false, timed }
                .kinds()
                .contains(&Kind::Slower)
        };
        assert!(slower(0.02, 1.1, Verdict::Pass, true));
        assert!(slower(3.0, 4.6, Verdict::Warn, true));
        assert!(!slower(0.02, 0.9, Verdict::Pass, true), "a busy machine");
        assert!(!slower(3.0, 4.2, Verdict::Pass, true), "less than half as long again");
        assert!(!slower(0.02, 9.0, Verdict::Fail, true), "it waited in vain");
        assert!(!slower(0.02, 9.0, Verdict::Pass, false), "not comparable");
    }
}
