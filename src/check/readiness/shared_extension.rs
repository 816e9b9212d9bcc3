//! Guide 2.6.2: a desk phone and Teams on one extension.

use std::time::Duration;

use crate::check::Judgement;
use crate::record::{Cause, Observation, What};

/// After one of the devices rang, how long the other still has.
const GRACE: Duration = Duration::from_secs(3);

/// What there is to say where no user of the profile has a desk phone.
pub fn no_desk_phone() -> Judgement {
    let observed = "no user of the profile has a desk_phone besides Teams";
    Judgement::unsupported(Cause::NoDeskPhone, "desk phone and Teams ring together", observed)
}

/// Whether both devices ring. `None` while neither or only one does and there is time left:
/// why none rings is for the call itself to tell.
pub fn both_ring(seen: &[Observation], devices: [&str; 2]) -> Option<Judgement> {
    let [one, other] = devices.map(|device| rang(seen, device));
    let expected = format!("{} and {} ring together", devices[0], devices[1]);
    let (one, other) = (one?, other?);
    let apart = (one - other).abs();
    Some(Judgement::pass(expected, format!("both rang, {apart:.2} s apart")))
}

/// The device that rings while the other has had its time. `now` is seconds from the start of
/// the run.
pub fn rings_alone<'a>(
    seen: &[Observation],
    devices: [&'a str; 2],
    now: f64,
) -> Option<(&'a str, Judgement)> {
    let [a, b] = devices;
    let (rings, silent, since) = match (rang(seen, a), rang(seen, b)) {
        (Some(since), None) => (a, b, since),
        (None, Some(since)) => (b, a, since),
        _ => return None,
    };
    (now - since >= GRACE.as_secs_f64()).then(|| {
        let expected = format!("{a} and {b} ring together");
        let limit = GRACE.as_secs();
        let observed = format!("{rings} rang, and {silent} did not within {limit} s");
        (silent, Judgement::fail(Cause::OneDeviceRings, expected, observed))
    })
}

/// Whether the device that did not answer stops ringing. `seen` begins with the answer.
pub fn stops_ringing(
    seen: &[Observation],
    device: &str,
    elapsed: Duration,
    limit: Duration,
) -> Option<Judgement> {
    let expected = format!("{device} stops ringing when the call is answered elsewhere");
    let start = seen.first().map_or(0.0, |o| o.at);
    let over = |o: &&Observation| matches!(o.what, What::Cancelled | What::Ended { .. });
    if let Some(stopped) = seen.iter().filter(|o| o.party == device).find(over) {
        let after = stopped.at - start;
        return Some(Judgement::pass(expected, format!("it stopped after {after:.2} s")));
    }
    (elapsed >= limit).then(|| {
        let observed = format!("it rang on for {} s", limit.as_secs());
        Judgement::fail(Cause::OtherDeviceRingsOn, expected, observed)
    })
}

fn rang(seen: &[Observation], device: &str) -> Option<f64> {
    let invited = |o: &&Observation| o.party == device && matches!(o.what, What::Invited { .. });
    seen.iter().find(invited).map(|o| o.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{CallerId, Verdict};

    const BOTH: [&str; 2] = ["User A", "User A's desk phone"];

    fn at(at: f64, party: &str, what: What) -> Observation {
        Observation { at, party: party.into(), call_id: "c".into(), what }
    }

    fn rings(when: f64, party: &str) -> Observation {
        at(when, party, What::Invited { caller: CallerId::default(), dialled: "1001".into() })
    }

    #[test]
    fn both_must_ring_and_the_silent_one_is_named() {
        let both = [rings(1.0, BOTH[0]), rings(1.4, BOTH[1])];
        assert_eq!(both_ring(&both, BOTH).unwrap().verdict, Verdict::Pass);
        assert!(rings_alone(&both, BOTH, 99.0).is_none());
        let one = [rings(1.0, BOTH[1])];
        assert!(both_ring(&one, BOTH).is_none());
        assert!(rings_alone(&one, BOTH, 2.0).is_none(), "too early");
        let (silent, judged) = rings_alone(&one, BOTH, 4.5).unwrap();
        assert_eq!((silent, judged.cause), (BOTH[0], Some(Cause::OneDeviceRings)));
        assert!(rings_alone(&[], BOTH, 99.0).is_none());
    }

    #[test]
    fn what_rings_on_is_told_at_the_limit() {
        let limit = Duration::from_secs(5);
        let answered = at(2.0, BOTH[0], What::Acknowledged);
        let judge =
            |seen: &[Observation], s| stops_ringing(seen, BOTH[1], Duration::from_secs(s), limit);
        assert!(judge(std::slice::from_ref(&answered), 1).is_none());
        let on = judge(std::slice::from_ref(&answered), 5).unwrap();
        assert_eq!(on.cause, Some(Cause::OtherDeviceRingsOn));
        let stopped = [answered, at(2.1, BOTH[1], What::Cancelled)];
        assert_eq!(judge(&stopped, 1).unwrap().verdict, Verdict::Pass);
    }
}
