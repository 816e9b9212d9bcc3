//! What a check says.

use crate::record::{Cause, Verdict};

/// A verdict with what it rests on. The advice to a cause is kept apart from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// What the guide expects, in words.
    pub expected: String,
    /// What was seen or heard, in one line with numbers.
    pub observed: String,
    /// The probable cause; `None` only for a pass.
    pub cause: Option<Cause>,
}

impl Judgement {
    /// As expected.
    pub fn pass(expected: impl Into<String>, observed: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Pass,
            expected: expected.into(),
            observed: observed.into(),
            cause: None,
        }
    }

    /// Worth knowing.
    pub fn note(cause: Cause, expected: impl Into<String>, observed: impl Into<String>) -> Self {
        Self::of(Verdict::Note, cause, expected, observed)
    }

    /// Works, but not as recommended.
    pub fn warn(cause: Cause, expected: impl Into<String>, observed: impl Into<String>) -> Self {
        Self::of(Verdict::Warn, cause, expected, observed)
    }

    /// Not as expected.
    pub fn fail(cause: Cause, expected: impl Into<String>, observed: impl Into<String>) -> Self {
        Self::of(Verdict::Fail, cause, expected, observed)
    }

    /// Could not be judged.
    pub fn inconclusive(
        cause: Cause,
        expected: impl Into<String>,
        observed: impl Into<String>,
    ) -> Self {
        Self::of(Verdict::Inconclusive, cause, expected, observed)
    }

    /// The profile disclaims it: nothing was tried, and nothing is said of the PBX.
    pub fn unsupported(
        cause: Cause,
        expected: impl Into<String>,
        observed: impl Into<String>,
    ) -> Self {
        Self::of(Verdict::Unsupported, cause, expected, observed)
    }

    /// Any verdict with a cause.
    pub fn of(
        verdict: Verdict,
        cause: Cause,
        expected: impl Into<String>,
        observed: impl Into<String>,
    ) -> Self {
        Self { verdict, expected: expected.into(), observed: observed.into(), cause: Some(cause) }
    }

    /// The worse of two; the first if they are equally bad.
    #[must_use]
    pub fn or_worse(self, other: Self) -> Self {
        if other.verdict > self.verdict { other } else { self }
    }
}

/// Of what is the business of another clause, that it could not be judged here.
pub fn elsewhere(judgement: Judgement) -> Judgement {
    let verdict = match judgement.verdict {
        Verdict::Fail => Verdict::Inconclusive,
        verdict => verdict,
    };
    Judgement { verdict, ..judgement }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worse_judgement_wins_and_the_first_breaks_ties() {
        let pass = Judgement::pass("a", "first");
        let warn = Judgement::warn(Cause::LateAudio, "b", "1.4 s");
        assert_eq!(pass.clone().or_worse(warn.clone()).verdict, Verdict::Warn);
        assert_eq!(warn.clone().or_worse(pass.clone()), warn);
        assert_eq!(pass.clone().or_worse(Judgement::pass("a", "second")), pass);
    }
}
