//! What a comparison says to a script.

/// The worst that is to be said of the comparisons, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// No model has two runs: there is nothing to compare.
    Alone,
    /// Nothing regressed.
    Same,
    /// Nothing is known to have regressed, but something could not be judged that may
    /// have worked before, or the runs have no scenario in common.
    Unclear,
    /// Something worked and fails now.
    Regressed,
}
