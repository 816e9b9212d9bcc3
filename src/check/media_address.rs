//! Where the PBX wants its media, when a party is not heard (guide 2.6.5).

use std::net::{IpAddr, SocketAddr};

use super::{Ear, Judgement};
use crate::record::{Cause, Observation, What};

/// Names the address that the PBX gave for the audio of a party that was not heard, where
/// it is not the address at which the PBX itself was reached: the likeliest cause. `ears`
/// are both legs of the talk, listening since `from`.
pub fn with_media_address(
    judgement: Judgement,
    seen: &[Observation],
    ears: [&Ear<'_>; 2],
    from: f64,
    pbx: Option<IpAddr>,
) -> Judgement {
    if !matches!(judgement.cause, Some(Cause::NoAudio | Cause::OneWayAudio)) {
        return judgement;
    }
    let [a, b] = ears;
    let elsewhere = [(a, b), (b, a)].into_iter().find_map(|(deaf, mute)| {
        if deaf.onset(from).is_some() {
            return None;
        }
        let wanted = wanted_at(seen, mute.party)?;
        (Some(wanted.ip()) != pbx).then_some((mute.party, wanted))
    });
    let Some((mute, wanted)) = elsewhere else { return judgement };
    let reached = pbx.map(|pbx| format!(", but was reached at {pbx}")).unwrap_or_default();
    Judgement {
        observed: format!(
            "{}; the PBX wants the audio of {mute} at {wanted}{reached}",
            judgement.observed
        ),
        cause: Some(Cause::UnreachableMediaAddress),
        ..judgement
    }
}

/// Where the PBX last told the party to send to.
fn wanted_at(seen: &[Observation], party: &str) -> Option<SocketAddr> {
    seen.iter().rev().filter(|o| o.party == party).find_map(|o| match &o.what {
        What::Answered { remote_media, .. } | What::Negotiated { remote_media, .. } => {
            remote_media.parse().ok()
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(party: &str, remote_media: &str) -> Observation {
        let what = What::Answered { codec: "PCMU".into(), remote_media: remote_media.into() };
        Observation { at: 1.0, party: party.into(), call_id: "c".into(), what }
    }

    fn judge(cause: Cause, media: &str) -> Judgement {
        let ear = |party, own, peer| Ear { party, own, peer, spoken: 20, windows: &[] };
        let seen = [answered("User A", media), answered("External 1", "10.0.0.1:4002")];
        let judgement = Judgement::fail(cause, "audio", "silence");
        let ears = [&ear("User A", 1, 2), &ear("External 1", 2, 1)];
        with_media_address(judgement, &seen, ears, 0.0, Some(IpAddr::from([10, 0, 0, 1])))
    }

    #[test]
    fn an_address_that_is_not_the_pbxs_is_the_suspect() {
        let judged = judge(Cause::NoAudio, "192.168.0.7:4000");
        assert_eq!(judged.cause, Some(Cause::UnreachableMediaAddress));
        let named = "the audio of User A at 192.168.0.7:4000, but was reached at 10.0.0.1";
        assert!(judged.observed.contains(named), "{}", judged.observed);
    }

    #[test]
    fn the_pbxs_own_address_and_other_findings_stay_as_they_are() {
        assert_eq!(judge(Cause::NoAudio, "10.0.0.1:4000").cause, Some(Cause::NoAudio));
        let gaps = judge(Cause::AudioGaps, "192.168.0.7:4000");
        assert_eq!(gaps.observed, "silence");
    }
}
