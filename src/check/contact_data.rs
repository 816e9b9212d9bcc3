//! Guide 4.1.1.8: whether the data parameter of a Contact comes back, and which value of
//! `suppress_contact_data` works better.

use super::{Judgement, elsewhere};
use crate::record::{Cause, Observation, Verdict, What};

/// Refusals that say nothing of a Contact: forbidden, busy, out of order, out of channels.
const ELSEWHERE: [u16; 6] = [403, 486, 500, 503, 600, 603];

/// What became of registering a user with or without the parameter, and calling it.
#[derive(Debug, Clone)]
pub struct ContactTrial {
    /// Name of the user.
    pub user: String,
    /// Whether its Contact had the parameter.
    pub with_data: bool,
    /// The registration, if that failed, else whether the user rang.
    pub judged: Judgement,
    /// What was observed since the call was dialled.
    pub seen: Vec<Observation>,
}

impl ContactTrial {
    /// The parameter in the Contact, and what came back of it at the user's phone.
    fn data(&self) -> Option<(&str, Option<&str>)> {
        self.seen.iter().filter(|o| o.party == self.user).find_map(|o| match &o.what {
            What::ContactData { sent, back } => Some((sent.as_str(), back.as_deref())),
            _ => None,
        })
    }

    fn works(&self) -> bool {
        self.judged.verdict == Verdict::Pass
    }

    /// Whether it failed for want of resources or rights, which have nothing to do with a
    /// Contact, or because the registration was lost.
    fn failed_by_itself(&self) -> bool {
        self.judged.cause == Some(Cause::BindingLost)
            || self.seen.iter().any(|o| match o.what {
                What::Refused { status, .. } => ELSEWHERE.contains(&status),
                _ => false,
            })
    }
}

/// Judges what came back in the Request-URI of the calls. That it is lost is a note, since the
/// right users rang: who does not ring is judged by [`better_value`]. That of another user fails,
/// since it is by the parameter that the bridge may go.
pub fn data_comes_back(trials: &[ContactTrial]) -> Judgement {
    let expected = "each INVITE has the data parameter of the called user's Contact";
    let rung: Vec<(&str, &str, Option<&str>)> = trials
        .iter()
        .filter(|trial| trial.with_data)
        .filter_map(|trial| trial.data().map(|(sent, back)| (trial.user.as_str(), sent, back)))
        .collect();
    let strange = rung.iter().find(|(_, sent, back)| back.is_some_and(|back| back != *sent));
    if let Some((user, sent, back)) = strange {
        let back = back.unwrap_or_default();
        let whose = match rung.iter().find(|(_, other, _)| *other == back) {
            Some((owner, ..)) => format!(", which is that of {owner}"),
            None => String::new(),
        };
        let observed = format!("the call to {user} came with data={back}{whose}, not with {sent}");
        return Judgement::fail(Cause::ContactDataLost, expected, observed);
    }
    let lost: Vec<&str> =
        rung.iter().filter(|(.., back)| back.is_none()).map(|(user, ..)| *user).collect();
    if !lost.is_empty() {
        let observed = format!("lost in the call to {}, who rang all the same", lost.join(", "));
        return Judgement::note(Cause::ContactDataLost, expected, observed);
    }
    match trials.iter().find(|trial| trial.with_data && !trial.works()) {
        // It may be the parameter's doing: the comparison tells.
        Some(failed) if rung.is_empty() => elsewhere(failed.judged.clone()),
        _ => Judgement::pass(expected, format!("it came back to {} users", rung.len())),
    }
}

/// Judges whether the profile has the better value: the one with which users register and ring,
/// and `no` where both do (guide 4.1.1.8). `suppressed` is the profile's.
pub fn better_value(trials: &[ContactTrial], suppressed: bool) -> Judgement {
    let word = |suppressed: bool| if suppressed { "yes" } else { "no" };
    let expected =
        format!("with suppress_contact_data: {} the users register and ring", word(suppressed));
    let failed = |with_data: bool| {
        trials.iter().find(|trial| trial.with_data == with_data && !trial.works())
    };
    match (failed(!suppressed), failed(suppressed)) {
        (None, None) => {
            let observed = if suppressed {
                "both values work: `no` is what the guide recommends for one organization with \
                 one public address"
            } else {
                "both values work, and `no` is what the guide recommends"
            };
            Judgement::pass(expected, observed)
        }
        (None, Some(other)) => {
            let observed = format!(
                "`{}` is the better value: with `{}` {}",
                word(suppressed),
                word(!suppressed),
                other.judged.observed
            );
            Judgement::pass(expected, observed)
        }
        (Some(own), None) if own.failed_by_itself() => elsewhere(own.judged.clone()),
        (Some(own), None) => {
            let observed = format!(
                "{}; with suppress_contact_data: {} all of it works",
                own.judged.observed,
                word(!suppressed)
            );
            Judgement::fail(Cause::ContactDataHinders, expected, observed)
        }
        // Neither works: the parameter is not the reason.
        (Some(own), Some(_)) => elsewhere(own.judged.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(user: &str, with_data: bool, back: Option<&str>) -> ContactTrial {
        let what = What::ContactData { sent: format!("of {user}"), back: back.map(str::to_owned) };
        let rang = Observation { at: 1.0, party: user.into(), call_id: "c".into(), what };
        ContactTrial {
            user: user.into(),
            with_data,
            judged: Judgement::pass("rings", "rang"),
            seen: if with_data { vec![rang] } else { Vec::new() },
        }
    }

    fn fails(user: &str, with_data: bool, cause: Cause) -> ContactTrial {
        let judged = Judgement::fail(cause, "rings", format!("{user} did not"));
        ContactTrial { judged, seen: Vec::new(), ..trial(user, with_data, None) }
    }

    #[test]
    fn a_lost_parameter_is_a_note_and_another_users_fails() {
        let judge = |a: Option<&str>, b: Option<&str>| {
            data_comes_back(&[trial("User A", true, a), trial("User B", true, b)])
        };
        assert_eq!(judge(Some("of User A"), Some("of User B")).verdict, Verdict::Pass);
        let lost = judge(Some("of User A"), None);
        assert_eq!((lost.verdict, lost.cause), (Verdict::Note, Some(Cause::ContactDataLost)));
        let mixed = judge(Some("of User B"), Some("of User B"));
        assert_eq!((mixed.verdict, mixed.cause), (Verdict::Fail, Some(Cause::ContactDataLost)));
        assert!(mixed.observed.contains("that of User B"), "{}", mixed.observed);
        let nobody = data_comes_back(&[fails("User A", true, Cause::RegistrationRefused)]);
        assert_eq!(nobody.verdict, Verdict::Inconclusive);
    }

    #[test]
    fn the_profile_is_to_have_the_value_that_works() {
        let refused = |with| fails("User A", with, Cause::WrongPartyRung);
        let good = |with| trial("User A", with, None);
        let judge = |trials: &[ContactTrial], suppressed| better_value(trials, suppressed);
        assert_eq!(judge(&[good(true), good(false)], false).verdict, Verdict::Pass);
        let hinders = judge(&[refused(true), good(false)], false);
        assert_eq!(hinders.cause, Some(Cause::ContactDataHinders));
        assert!(hinders.observed.contains("suppress_contact_data: yes"), "{}", hinders.observed);
        let right = judge(&[refused(true), good(false)], true);
        assert_eq!(right.verdict, Verdict::Pass);
        assert!(right.observed.contains("`yes` is the better"), "{}", right.observed);
        let missing = judge(&[good(true), refused(false)], true);
        assert_eq!(missing.cause, Some(Cause::ContactDataHinders));
        let (status, reason) = (503, "All Channels Busy".to_owned());
        let what = What::Refused { status, reason, method: "INVITE".into(), encrypted: false };
        let busy = Observation { at: 1.0, party: "External 1".into(), call_id: "c".into(), what };
        let full = ContactTrial { seen: vec![busy], ..refused(true) };
        assert_eq!(judge(&[full, good(false)], false).verdict, Verdict::Inconclusive);
        let neither = judge(&[refused(true), refused(false)], false);
        assert_eq!(neither.verdict, Verdict::Inconclusive);
        assert_eq!(neither.cause, Some(Cause::WrongPartyRung));
    }
}
