//! Whether what works for one user works for many at the same time (guide 7.2, with as many users
//! as the profile has; beyond the guide).

use super::Judgement;
use crate::record::{Cause, LoadKind, LoadStep, Verdict};

/// Calls at once of the steps of load, up to the last.
const STEPS: [usize; 8] = [1, 2, 5, 10, 20, 50, 100, 200];

/// How many calls stand at once in each step of load: more and more, and `most` at last.
pub fn load_steps(most: usize) -> Vec<usize> {
    STEPS.into_iter().filter(|&calls| calls < most).chain([most]).collect()
}

/// One that did not come about while others did.
#[derive(Debug, Clone)]
pub struct Lacking<'a> {
    /// Whose.
    pub who: &'a str,
    /// What became of it.
    pub judgement: Judgement,
    /// Whether the same was granted when nothing else was asked for; `None` if not tried.
    pub alone: Option<bool>,
}

/// Judges the registrations of all users, several at a time. What is refused by itself has
/// a reason of its own.
pub fn registered_together(step: &LoadStep, lacking: Option<Lacking<'_>>) -> Judgement {
    let expected =
        format!("{} registrations, up to {} of them at a time", step.asked, step.at_once);
    let Some(Lacking { who, judgement, alone }) = lacking else {
        let observed = format!(
            "{} users are registered after {:.1} s; one took {:.0} ms, and {:.0} ms at most",
            step.up, step.wall_s, step.median_ms, step.longest_ms
        );
        return Judgement::pass(expected, observed);
    };
    let observed = format!("{} of {}; {who}: {}", step.up, step.asked, judgement.observed);
    match alone {
        Some(true) => {
            let observed = format!("{observed}; by itself it was granted");
            Judgement::fail(Cause::Overload, expected, observed)
        }
        _ => Judgement { expected, observed, ..judgement },
    }
}

/// Judges whether the calls of a step stand at the same time. `carried` is how many did in the
/// step before; in the first step nothing is wrong with load.
pub fn carried(step: &LoadStep, carried: usize, lacking: Option<Lacking<'_>>) -> Judgement {
    let expected = format!("{} {} at the same time", step.asked, step.kind.noun());
    let Some(Lacking { who, judgement, .. }) = lacking else {
        let observed = format!(
            "{} {} stand; setting one up took {:.0} ms, and {:.0} ms at most",
            step.up,
            step.kind.noun(),
            step.median_ms,
            step.longest_ms
        );
        return Judgement::pass(expected, observed);
    };
    let observed = format!("{} of {}; {who}: {}", step.up, step.asked, judgement.observed);
    if carried == 0 {
        // A call by itself is judged by sections 6 and 7.
        return Judgement { verdict: Verdict::Inconclusive, expected, observed, ..judgement };
    }
    let cause = match judgement.cause {
        Some(Cause::CallRejected) => Cause::LicenceLimit,
        Some(cause) if judgement.verdict == Verdict::Inconclusive => cause,
        _ => Cause::Overload,
    };
    let observed = format!("{observed}; {carried} at the same time stood");
    Judgement { cause: Some(cause), expected, observed, ..judgement }
}

/// What was heard in the calls of a step, each of which is judged: how many are good, and the
/// worst.
pub fn heard_together(
    kind: LoadKind,
    calls: usize,
    judged: &[(String, Judgement)],
) -> (usize, Judgement) {
    let expected = format!(
        "in each of {calls} {} at the same time both parties hear each other and nobody else",
        kind.noun()
    );
    // What could not be judged was not heard.
    let heard = judged.iter().filter(|(_, judgement)| judgement.verdict <= Verdict::Warn).count();
    let worst = judged.iter().max_by_key(|(_, judgement)| judgement.verdict);
    let judgement = match worst {
        Some((who, worst)) if worst.verdict > Verdict::Pass => {
            let observed = format!("{heard} of {calls} are good; {who}: {}", worst.observed);
            Judgement { expected, observed, ..worst.clone() }
        }
        _ => Judgement::pass(expected, format!("{heard} of {calls} are good")),
    };
    (heard, judgement)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(kind: LoadKind, asked: usize, up: usize) -> LoadStep {
        let (wall_s, median_ms, longest_ms, processors) = (1.0, 20.0, 40.0, 0.5);
        LoadStep {
            kind,
            asked,
            up,
            at_once: 10,
            wall_s,
            median_ms,
            longest_ms,
            processors,
            media: None,
        }
    }

    fn lacking(judgement: Judgement, alone: Option<bool>) -> Lacking<'static> {
        Lacking { who: "User K", judgement, alone }
    }

    #[test]
    fn steps_grow_to_the_last() {
        assert_eq!(load_steps(2), [1, 2]);
        assert_eq!(load_steps(16), [1, 2, 5, 10, 16]);
        assert_eq!(load_steps(500).last(), Some(&500));
    }

    #[test]
    fn a_registration_that_is_granted_by_itself_was_too_much_at_a_time() {
        let step = step(LoadKind::Registrations, 16, 15);
        let refused = Judgement::fail(Cause::RegistrationRefused, "registered", "503 Slow Down");
        let judged = registered_together(&step, Some(lacking(refused.clone(), Some(true))));
        assert_eq!((judged.verdict, judged.cause), (Verdict::Fail, Some(Cause::Overload)));
        assert!(judged.observed.starts_with("15 of 16; User K: 503 Slow Down"));
        let judged = registered_together(&step, Some(lacking(refused, Some(false))));
        assert_eq!(judged.cause, Some(Cause::RegistrationRefused));
        assert_eq!(registered_together(&step, None).verdict, Verdict::Pass);
    }

    #[test]
    fn a_call_that_fails_alone_is_judged_elsewhere_and_a_limit_has_its_cause() {
        let step = step(LoadKind::CallsIn, 10, 8);
        let refused = || Judgement::fail(Cause::CallRejected, "rings", "503 All Channels Busy");
        let first = carried(&step, 0, Some(lacking(refused(), None)));
        assert_eq!(first.verdict, Verdict::Inconclusive);
        let limit = carried(&step, 5, Some(lacking(refused(), None)));
        assert_eq!((limit.verdict, limit.cause), (Verdict::Fail, Some(Cause::LicenceLimit)));
        let silent = Judgement::fail(Cause::CallUnanswered, "rings", "nothing");
        assert_eq!(carried(&step, 5, Some(lacking(silent, None))).cause, Some(Cause::Overload));
        let late = Judgement::inconclusive(Cause::HarnessLate, "rings", "late");
        let late = carried(&step, 5, Some(lacking(late, None)));
        assert_eq!((late.verdict, late.cause), (Verdict::Inconclusive, Some(Cause::HarnessLate)));
        assert_eq!(carried(&step, 5, None).verdict, Verdict::Pass);
    }

    #[test]
    fn the_worst_call_is_named() {
        let of = |judgement: Judgement| ("User C".to_owned(), judgement);
        let good = || ("User A".to_owned(), Judgement::pass("a", "b"));
        let crossed = of(Judgement::fail(Cause::CrossedAudio, "a", "hears somebody else"));
        let (heard, judged) = heard_together(LoadKind::CallsOut, 2, &[good(), crossed]);
        assert_eq!((heard, judged.cause), (1, Some(Cause::CrossedAudio)));
        assert!(judged.observed.contains("1 of 2 are good; User C"), "{}", judged.observed);
        let unclear = of(Judgement::inconclusive(Cause::HarnessLate, "a", "late"));
        let (heard, judged) = heard_together(LoadKind::CallsOut, 2, &[good(), unclear]);
        assert_eq!((heard, judged.verdict), (1, Verdict::Inconclusive));
        let late = of(Judgement::warn(Cause::LateAudio, "a", "1.2 s"));
        let (heard, judged) = heard_together(LoadKind::CallsOut, 2, &[late, good()]);
        assert_eq!((heard, judged.verdict), (2, Verdict::Warn));
        assert_eq!(heard_together(LoadKind::CallsOut, 1, &[good()]).1.verdict, Verdict::Pass);
    }
}
