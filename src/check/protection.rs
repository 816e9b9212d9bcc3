//! Encrypted media (guide 4.1.1.6): whether the PBX's session descriptions have it, and
//! whether what could not be heard could not be decrypted: silence is another thing.

use super::Judgement;
use crate::record::{Cause, StreamStats, Verdict, What};

/// Fewer packets, 0.2 s, are what a change of keys may cost.
const ENOUGH: u64 = 10;

/// A session description of the PBX for `party` that has no encryption, or no key that can
/// be used, where the profile requires it; `None` for anything else.
pub(super) fn without_keys(party: &str, what: &What, expected: &str) -> Option<Judgement> {
    let (cause, told, problem) = match what {
        What::NotEncrypted { problem } => (Cause::MediaNotEncrypted, "is not encrypted", problem),
        What::UnusableKey { problem } => (Cause::UnusableKey, "has no key of use", problem),
        _ => return None,
    };
    let observed = format!("the PBX's session description for {party} {told}: {problem}");
    Some(Judgement::fail(cause, expected, observed))
}

/// Names keys that do not match, or packets that are not encrypted at all, as the cause of
/// what was not heard, by the streams of that time.
pub fn with_keys(judgement: Judgement, streams: &[StreamStats]) -> Judgement {
    let unheard = matches!(
        judgement.cause,
        Some(
            Cause::NoAudio
                | Cause::OneWayAudio
                | Cause::LateAudio
                | Cause::AudioGaps
                | Cause::AudioStopped
                | Cause::StillOnHold
                | Cause::HoldSilent
                | Cause::HoldInterrupted
        )
    );
    let most = |stream: &&StreamStats| {
        stream.unauthenticated >= ENOUGH && stream.unauthenticated > stream.received
    };
    let Some(stream) = streams.iter().find(most).filter(|_| unheard) else { return judgement };
    let StreamStats { party, received, unauthenticated, unprotected, .. } = stream;
    let all = received + unauthenticated;
    let (cause, told) = if 2 * unprotected > *unauthenticated {
        let told = format!(
            "{unprotected} of {all} packets to {party} are plain RTP, where SRTP was agreed on"
        );
        (Cause::MediaNotEncrypted, told)
    } else {
        let told = format!(
            "{unauthenticated} of {all} packets to {party} are not authentic under the key that \
             the PBX announced"
        );
        (Cause::KeysDoNotMatch, told)
    };
    let unheard = judgement.observed.replace("no RTP at all", "nothing that it can decrypt");
    let observed = format!("{unheard}; {told}");
    Judgement::of(Verdict::Fail.max(judgement.verdict), cause, judgement.expected, observed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(cause: Cause, unauthenticated: u64, unprotected: u64) -> Judgement {
        let stream = StreamStats {
            party: "User A".into(),
            received: 5,
            unauthenticated,
            unprotected,
            ..StreamStats::default()
        };
        with_keys(Judgement::warn(cause, "audio", "hears no RTP at all"), &[stream])
    }

    #[test]
    fn packets_that_cannot_be_decrypted_are_no_silence() {
        let judged = judge(Cause::NoAudio, 200, 0);
        assert_eq!((judged.verdict, judged.cause), (Verdict::Fail, Some(Cause::KeysDoNotMatch)));
        assert!(judged.observed.contains("200 of 205 packets to User A"), "{}", judged.observed);
        assert!(judged.observed.starts_with("hears nothing that it can decrypt"), "{judged:?}");
        assert_eq!(judge(Cause::HoldSilent, 200, 0).cause, Some(Cause::KeysDoNotMatch));
        assert_eq!(judge(Cause::OneWayAudio, 200, 200).cause, Some(Cause::MediaNotEncrypted));
    }

    #[test]
    fn a_few_and_what_is_heard_all_the_same_say_nothing() {
        assert_eq!(judge(Cause::NoAudio, 9, 0).cause, Some(Cause::NoAudio));
        assert_eq!(judge(Cause::CrossedAudio, 200, 0).cause, Some(Cause::CrossedAudio));
    }
}
