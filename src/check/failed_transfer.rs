//! Transfers whose target cannot be had, and the end of the two legs of one with consultation
//! (beyond the guide).

use std::time::Duration;

use super::Judgement;
use crate::profile;
use crate::record::{Cause, Ender, Observation, What};

/// A transfer that could not succeed, and what was heard since.
#[derive(Debug, Clone, Copy)]
pub struct FailedTransfer<'a> {
    /// Who transferred.
    pub transferor: &'a str,
    /// Who was transferred.
    pub survivor: &'a str,
    /// 2-way audio between the two, where it was listened for.
    pub heard: Option<&'a Judgement>,
    /// What the profile expects.
    pub expect: profile::FailedTransfer,
}

/// Whether the PBX has said what comes of the transfer: it has ended the survivor's call, or told
/// the transferor of the failure. `seen` begins with the REFER.
pub fn transfer_settled(seen: &[Observation], transferor: &str, survivor: &str) -> bool {
    lost_its_call(seen, survivor) || failure(seen, transferor).is_some()
}

/// Whether the PBX has ended the party's call.
pub fn lost_its_call(seen: &[Observation], party: &str) -> bool {
    seen.iter().any(|o| o.party == party && matches!(o.what, What::Ended { by: Ender::Peer, .. }))
}

/// The failure that the transferor was notified of.
fn failure(seen: &[Observation], transferor: &str) -> Option<u16> {
    seen.iter().filter(|o| o.party == transferor).find_map(|o| match o.what {
        What::TransferProgress { status: status @ 300.., .. } => Some(status),
        _ => None,
    })
}

/// Judges what became of the call: it is back with the transferor, who is heard, or it is over.
/// `seen` begins with the REFER. Whether and how NOTIFY tells of it does not matter (design §6).
pub fn transfer_failed(seen: &[Observation], failed: &FailedTransfer<'_>) -> Judgement {
    let FailedTransfer { transferor, survivor, heard, expect } = *failed;
    let expected = match expect {
        profile::FailedTransfer::Either => {
            format!("{survivor}'s call comes back to {transferor}, or ends")
        }
        profile::FailedTransfer::Returns => format!("{survivor}'s call comes back to {transferor}"),
        profile::FailedTransfer::Ends => format!("{survivor}'s call ends"),
    };
    let told = match failure(seen, transferor) {
        Some(status) => format!("NOTIFY told {status}"),
        None => "no NOTIFY told of a failure".to_owned(),
    };
    let returned = heard.is_some_and(|heard| heard.verdict.lets_continue());
    let wanted = |ends: bool| match expect {
        profile::FailedTransfer::Either => true,
        profile::FailedTransfer::Returns => !ends,
        profile::FailedTransfer::Ends => ends,
    };
    let judged = |observed: String, ends| {
        if wanted(ends) {
            Judgement::pass(expected.clone(), observed)
        } else {
            Judgement::fail(Cause::FailedTransferOtherwise, expected.clone(), observed)
        }
    };
    if returned {
        return judged(format!("{survivor} and {transferor} hear each other again; {told}"), false);
    }
    if lost_its_call(seen, survivor) {
        return judged(format!("the PBX ended {survivor}'s call; {told}"), true);
    }
    let told_success = seen.iter().any(|o| {
        o.party == transferor && matches!(o.what, What::TransferProgress { status: 200..300, .. })
    });
    if told_success {
        let observed = format!(
            "{survivor}'s call goes on and NOTIFY told of success: voicemail, an IVR or a forward?"
        );
        return Judgement::fail(Cause::OtherPartyAnswered, expected, observed);
    }
    let audio = heard.map_or("", |heard| heard.observed.as_str());
    let observed = format!("{survivor} is left alone with its call ({audio}); {told}");
    Judgement::fail(Cause::FailedTransferStuck, expected, observed)
}

/// Judges what who was transferred is shown of the target since the REFER. Never worse than a
/// note: many healthy PBXs tell phones of the change and trunks not. `same` compares numbers.
pub fn introduced(
    seen: &[Observation],
    survivor: &str,
    number: &str,
    same: impl Fn(&str, &str) -> bool,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = format!("{survivor} is shown whom it talks to now, {number}");
    let shown = || {
        seen.iter().filter(|o| o.party == survivor).filter_map(|o| match &o.what {
            What::ConnectedTo { number } => Some(number.as_str()),
            _ => None,
        })
    };
    if let Some(right) = shown().find(|shown| same(shown, number)) {
        return Some(Judgement::pass(expected, format!("shown {right}")));
    }
    (elapsed >= limit).then(|| {
        let observed = match shown().next_back() {
            Some(other) => format!("shown {other}"),
            None => "not told of the change".to_owned(),
        };
        Judgement::note(Cause::PartyNotIntroduced, expected, observed)
    })
}

/// Judges the end of all of the transferor's calls, by their Call-IDs. Who sent the BYE does not
/// matter, nor does 481 to crossing BYEs. `elapsed` counts from our own BYEs.
pub fn all_released(
    seen: &[Observation],
    transferor: &str,
    calls: &[&str],
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = format!("both calls of {transferor} end after the transfer");
    let released = |call: &&&str| {
        let own = || seen.iter().filter(|o| o.call_id == **call).map(|o| &o.what);
        let refused = |what: &What| matches!(what, What::HangupAnswered { status } if *status >= 300 && *status != 481);
        own().any(|what| matches!(what, What::Ended { .. })) && !own().any(refused)
    };
    let count = calls.iter().filter(released).count();
    if count == calls.len() {
        return Some(Judgement::pass(expected, format!("{count} of {count} are over")));
    }
    (elapsed >= limit).then(|| {
        let observed = format!(
            "{} of {} still stand {} s after Teams' BYE",
            calls.len() - count,
            calls.len(),
            limit.as_secs()
        );
        Judgement::fail(Cause::TransferorLegLeftUp, expected, observed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Verdict;
    use profile::FailedTransfer::{Either, Ends, Returns};

    fn at(party: &str, what: What) -> Observation {
        Observation { at: 1.0, party: party.into(), call_id: "c".into(), what }
    }

    fn notify(status: u16) -> Observation {
        at("User A", What::TransferProgress { status, terminated: true })
    }

    fn judge(
        seen: &[Observation],
        heard: Option<&Judgement>,
        expect: profile::FailedTransfer,
    ) -> (Verdict, Option<Cause>) {
        let (transferor, survivor) = ("User A", "External 1");
        let judged = transfer_failed(seen, &FailedTransfer { transferor, survivor, heard, expect });
        (judged.verdict, judged.cause)
    }

    #[test]
    fn a_failed_transfer_comes_back_or_ends_as_the_profile_says() {
        let pass = (Verdict::Pass, None);
        let otherwise = (Verdict::Fail, Some(Cause::FailedTransferOtherwise));
        let heard = Judgement::pass("audio", "heard");
        let back = [notify(486)];
        assert_eq!(judge(&back, Some(&heard), Either), pass);
        assert_eq!(judge(&back, Some(&heard), Returns), pass);
        assert_eq!(judge(&back, Some(&heard), Ends), otherwise);
        let over = [at("External 1", What::Ended { by: Ender::Peer, reason: String::new() })];
        assert_eq!(judge(&over, None, Either), pass);
        assert_eq!(judge(&over, None, Ends), pass);
        assert_eq!(judge(&over, None, Returns), otherwise);
        assert!(transfer_settled(&back, "User A", "External 1"));
        assert!(transfer_settled(&over, "User A", "External 1"));
        assert!(!transfer_settled(&[notify(180)], "User A", "External 1"));
    }

    #[test]
    fn who_is_left_alone_is_told_from_who_was_answered_by_another() {
        let silence = Judgement::fail(Cause::NoAudio, "audio", "nothing is heard");
        let stuck = judge(&[notify(486)], Some(&silence), Either);
        assert_eq!(stuck, (Verdict::Fail, Some(Cause::FailedTransferStuck)));
        let voicemail = judge(&[notify(200)], Some(&silence), Either);
        assert_eq!(voicemail, (Verdict::Fail, Some(Cause::OtherPartyAnswered)));
    }

    #[test]
    fn whom_one_talks_to_is_shown_or_noted() {
        let limit = Duration::from_secs(2);
        let judge = |seen: &[Observation]| {
            let same = |one: &str, other: &str| one == other;
            introduced(seen, "External 1", "+4420", same, limit, limit).unwrap().verdict
        };
        let shown = |number: &str| at("External 1", What::ConnectedTo { number: number.into() });
        assert_eq!(judge(&[shown("+4410"), shown("+4420")]), Verdict::Pass);
        assert_eq!(judge(&[shown("+4410")]), Verdict::Note);
        assert_eq!(judge(&[]), Verdict::Note);
    }

    #[test]
    fn every_leg_of_a_transferor_has_to_end() {
        let limit = Duration::from_secs(5);
        let judge = |seen: &[Observation]| all_released(seen, "User A", &["c", "d"], limit, limit);
        let over = |call: &str| Observation {
            call_id: call.into(),
            ..at("User A", What::Ended { by: Ender::Peer, reason: String::new() })
        };
        assert_eq!(judge(&[over("c"), over("d")]).unwrap().verdict, Verdict::Pass);
        assert_eq!(judge(&[over("c")]).unwrap().cause, Some(Cause::TransferorLegLeftUp));
        let refused = at("User A", What::HangupAnswered { status: 408 });
        assert_eq!(judge(&[over("c"), over("d"), refused]).unwrap().verdict, Verdict::Fail);
    }
}
