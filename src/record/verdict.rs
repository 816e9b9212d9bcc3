//! The six verdicts and their order.

use serde::{Deserialize, Serialize};

/// How a step, scenario or run was judged. Declared from best to worst, so that
/// `max` of several verdicts is the verdict of the whole ("worst wins").
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Observed as the guide expects.
    #[default]
    Pass,
    /// Worth knowing; never counts against the PBX.
    Note,
    /// The profile disclaims the feature.
    Unsupported,
    /// Works, but the guide recommends otherwise.
    Warn,
    /// Could not be judged: unreachable PBX, late harness, an earlier step failed.
    Inconclusive,
    /// The PBX did not do what the guide expects.
    Fail,
}

impl Verdict {
    /// Every verdict, best first.
    pub const ALL: [Self; 6] =
        [Self::Pass, Self::Note, Self::Unsupported, Self::Warn, Self::Inconclusive, Self::Fail];

    /// The word used in `run.json` and in every report.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Note => "note",
            Self::Unsupported => "unsupported",
            Self::Warn => "warn",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
        }
    }

    /// Whether a step with this verdict lets the steps after it be judged.
    pub const fn lets_continue(self) -> bool {
        !matches!(self, Self::Fail | Self::Inconclusive | Self::Unsupported)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict;

    #[test]
    fn worst_wins_in_the_order_of_the_design() {
        let worst = Verdict::ALL.into_iter().max();
        assert_eq!(worst, Some(Verdict::Fail));
        assert!(Verdict::Inconclusive > Verdict::Warn);
        assert!(Verdict::Warn > Verdict::Unsupported);
        assert!(Verdict::Unsupported > Verdict::Note);
        assert!(Verdict::Note > Verdict::Pass);
    }

    #[test]
    fn the_word_is_the_serialised_form() {
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::json!(verdict), serde_json::json!(verdict.word()));
        }
    }
}
