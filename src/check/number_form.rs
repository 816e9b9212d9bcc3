//! Guide 4.1.1.10: numbers as the PBX writes them, dialled and shown.

use super::{Judgement, caller_id, elsewhere};
use crate::check::Allowed;
use crate::profile::{Likeness, is_e164};
use crate::record::{CallerId, Cause, Observation, Verdict, What};

/// A form in which the number was dialled, and what came of it.
#[derive(Debug, Clone)]
pub struct DialledForm {
    /// What was dialled.
    pub dialled: String,
    /// What the form is, in words for the profile's author.
    pub words: String,
    /// Whether the number rang.
    pub rang: Judgement,
}

/// Whether the PBX strips the prefix for an outside line (guide 4.1.1.9): `None` if it does. `kept`
/// tells it of a number as it arrives outside.
pub fn prefix_kept(
    seen: &[Observation],
    callee: &str,
    kept: impl Fn(&str) -> bool,
) -> Option<Judgement> {
    let dialled = seen.iter().filter(|o| o.party == callee).find_map(|o| match &o.what {
        What::Invited { dialled, .. } => Some(dialled),
        _ => None,
    })?;
    kept(dialled).then(|| {
        let observed = format!("outside, {dialled} was called: with the prefix, which nobody has");
        let expected = "the prefix for an outside line does not go out with the number";
        Judgement::fail(Cause::OutsidePrefixKept, expected, observed)
    })
}

/// What is said of a call from outside to a user whose `number` is just an extension (guide 5):
/// a PBX may take such calls from its trunk, and need not.
pub fn unless_extension(judgement: Judgement, user: &str, number: &str) -> Judgement {
    let unreached = matches!(
        judgement.cause,
        Some(
            Cause::CallRejected
                | Cause::CalleeNotRung
                | Cause::OtherPartyAnswered
                | Cause::NodeNotCalled
        )
    );
    if is_e164(number) || judgement.verdict != Verdict::Fail || !unreached {
        return judgement;
    }
    let observed = format!("{} to a call to {number}, the extension of {user}", judgement.observed);
    Judgement::unsupported(Cause::NoDirectNumber, judgement.expected, observed)
}

/// What is said of the caller-id of a user whose `number` is just an extension: which number the
/// PBX shows outside for it is not known.
pub fn unless_unknown(judgement: Judgement, user: &str, number: &str) -> Judgement {
    if is_e164(number) || judgement.verdict != Verdict::Fail {
        return judgement;
    }
    let observed = format!(
        "{}; which number the PBX has for {user} outside, the profile does not tell",
        judgement.observed
    );
    Judgement::unsupported(Cause::NoDirectNumber, judgement.expected, observed)
}

/// What there is to say where no external number is of another country.
pub fn nobody_abroad() -> Judgement {
    let observed = "the profile has no external number of another country";
    let expected = "international numbers are dialled and shown";
    Judgement::unsupported(Cause::NoNumberAbroad, expected, observed)
}

/// Judges the form of the profile by itself and beside others that were tried when it did not
/// ring. `again` is the profile's own form once more, after another one rang.
pub fn number_form(
    own: &DialledForm,
    others: &[DialledForm],
    again: Option<&Judgement>,
) -> Judgement {
    if own.rang.verdict == Verdict::Pass {
        let observed = format!("dialled {}: {}", own.dialled, own.rang.observed);
        return Judgement::pass(own.rang.expected.clone(), observed);
    }
    let works = others.iter().find(|form| form.rang.verdict == Verdict::Pass);
    let fails = again.is_some_and(|again| again.verdict == Verdict::Fail);
    let Some(works) = works.filter(|_| fails) else { return elsewhere(own.rang.clone()) };
    let observed = format!(
        "dialled {} as the profile says: {}; dialled {} ({}) it rang",
        own.dialled, own.rang.observed, works.dialled, works.words
    );
    Judgement::fail(Cause::NumberFormNotTaken, own.rang.expected.clone(), observed)
}

/// Judges the number that a callee is shown: whether it is the caller's, and whether the
/// profile's format leads back to it. `likeness` compares leniently, `e164` maps back as the
/// profile says.
pub fn shown_number(
    shown: &CallerId,
    caller: Allowed<'_>,
    likeness: impl Fn(&str, &str) -> Option<Likeness>,
    e164: impl Fn(&str) -> Option<String>,
) -> Judgement {
    let judged = caller_id(shown, &[caller], likeness);
    if judged.verdict != Verdict::Pass {
        return judged;
    }
    let expected = format!("the number shown means {} in the profile's format", caller.number);
    match e164(&shown.from) {
        Some(number) if number == caller.number => {
            let observed = format!("{} is shown, which means {number}", shown.from);
            Judgement::pass(expected, observed)
        }
        _ => {
            let observed = format!(
                "{} is shown: the same number, but not as number_format writes it",
                shown.from
            );
            Judgement::note(Cause::CallerIdFormat, expected, observed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(dialled: &str, rang: Option<Cause>) -> DialledForm {
        let rang = match rang {
            None => Judgement::pass("it rings", "rang after 0.1 s"),
            Some(cause) => Judgement::fail(cause, "it rings", "404"),
        };
        DialledForm { dialled: dialled.into(), words: "E.164".into(), rang }
    }

    #[test]
    fn the_form_is_to_blame_only_if_another_rings_and_it_does_not_again() {
        let refused = || form("01632960201", Some(Cause::CallRejected));
        let other = [form("+441632960201", None)];
        let again = refused().rang;
        assert_eq!(number_form(&form("0163", None), &[], None).verdict, Verdict::Pass);
        let wrong = number_form(&refused(), &other, Some(&again));
        assert_eq!((wrong.verdict, wrong.cause), (Verdict::Fail, Some(Cause::NumberFormNotTaken)));
        assert!(wrong.observed.contains("+441632960201 (E.164) it rang"), "{}", wrong.observed);
        let moody = number_form(&refused(), &other, Some(&form("", None).rang));
        assert_eq!(moody.verdict, Verdict::Inconclusive);
        let never = number_form(&refused(), &[form("+44", Some(Cause::CallRejected))], None);
        assert_eq!(
            (never.verdict, never.cause),
            (Verdict::Inconclusive, Some(Cause::CallRejected))
        );
    }

    #[test]
    fn a_call_from_outside_to_an_extension_says_nothing_where_it_is_not_put_through() {
        let judged = |cause, number: &str| {
            let rang = Judgement::fail(cause, "User A rings", "the PBX answered 404");
            let judged = unless_extension(rang, "User A", number);
            (judged.verdict, judged.cause)
        };
        let unsaid = (Verdict::Unsupported, Some(Cause::NoDirectNumber));
        assert_eq!(judged(Cause::CallRejected, "1001"), unsaid);
        let refused = (Verdict::Fail, Some(Cause::CallRejected));
        assert_eq!(judged(Cause::CallRejected, "+441632960101"), refused);
        // Who rings in the user's place does so whatever was dialled.
        let wrong = (Verdict::Fail, Some(Cause::WrongPartyRung));
        assert_eq!(judged(Cause::WrongPartyRung, "1001"), wrong);
        let shown = Judgement::fail(Cause::WrongCallerId, "User A's number", "From shows 0");
        assert_eq!(unless_unknown(shown.clone(), "User A", "1001").cause, unsaid.1);
        assert_eq!(unless_unknown(shown.clone(), "User A", "+441632960101"), shown);
    }

    #[test]
    fn a_number_that_is_written_otherwise_than_the_profile_says_is_noted() {
        let judge = |from: &str| {
            let shown = CallerId { from: from.into(), ..CallerId::default() };
            let caller = Allowed { label: "the external number", number: "+441632960201" };
            let same =
                |one: &str, other: &str| one.ends_with(&other[3..]).then_some(Likeness::Same);
            let e164 = |shown: &str| shown.strip_prefix('0').map(|rest| format!("+44{rest}"));
            shown_number(&shown, caller, same, e164)
        };
        assert_eq!(judge("01632960201").verdict, Verdict::Pass);
        assert_eq!(judge("441632960201").verdict, Verdict::Note);
        assert_eq!(judge("01632960299").cause, Some(Cause::WrongCallerId));
    }
}
