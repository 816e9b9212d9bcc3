//! Whether who holds a call is left alone (RFC 3264 §5.1, §8.4; beyond the guide).

use super::Judgement;
use crate::record::Cause;

/// How long after the beginning of the hold packets may still be on their way, s.
const ON_THEIR_WAY_S: f64 = 1.0;

/// Judges when the holder got its last RTP packet, in seconds of the run, against the time since
/// when it holds. Nobody hears it, so healthy PBXs are not blamed.
pub fn sent_nothing(held_since: f64, last_packet: Option<f64>) -> Judgement {
    let expected = "who holds is sent no RTP";
    match last_packet.map(|at| at - held_since) {
        Some(seconds) if seconds > ON_THEIR_WAY_S => {
            let observed = format!("RTP still came {seconds:.1} s after the hold");
            Judgement::note(Cause::MediaToHolder, expected, observed)
        }
        _ => Judgement::pass(expected, "nothing came while it held"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Verdict;

    #[test]
    fn what_was_on_its_way_is_no_stream() {
        assert_eq!(sent_nothing(10.0, None).verdict, Verdict::Pass);
        assert_eq!(sent_nothing(10.0, Some(10.4)).verdict, Verdict::Pass);
        let judged = sent_nothing(10.0, Some(24.9));
        assert_eq!((judged.verdict, judged.cause), (Verdict::Note, Some(Cause::MediaToHolder)));
    }
}
