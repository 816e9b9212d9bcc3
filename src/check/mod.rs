//! Judgements: pure functions from what was observed and heard to a verdict with
//! cause. `None` means that it is too early to say.

mod judgement;

pub use judgement::Judgement;
