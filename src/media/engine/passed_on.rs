//! What a joined leg says: the sound of another leg, as it came.

use std::collections::VecDeque;

use crate::media::codec::PACKET_SAMPLES;

/// Samples that are kept before the first is sent, 60 ms: the listener's rounds, a packet's
/// length and some jitter fit in.
const AHEAD: usize = 480;

/// Samples beyond which the oldest are dropped, 180 ms: what a burst after a lack leaves would
/// stay as delay.
const MOST: usize = 1440;

/// Sound on its way from one leg to another, both of this engine.
#[derive(Debug, Default)]
pub(crate) struct PassedOn {
    samples: VecDeque<i16>,
    flows: bool,
}

impl PassedOn {
    /// Takes what the other leg has heard.
    pub(crate) fn take(&mut self, samples: &[i16]) {
        self.samples.extend(samples);
        if self.samples.len() > MOST {
            self.samples.drain(..self.samples.len() - AHEAD);
        }
    }

    /// Fills a packet. Where too little has come, it stays silent until there is enough again.
    pub(crate) fn fill(&mut self, packet: &mut [i16; PACKET_SAMPLES]) {
        let needed = if self.flows { PACKET_SAMPLES } else { AHEAD };
        self.flows = self.samples.len() >= needed;
        if self.flows {
            for (sample, passed) in packet.iter_mut().zip(self.samples.drain(..PACKET_SAMPLES)) {
                *sample = passed;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(passed: &mut PassedOn) -> i16 {
        let mut packet = [0; PACKET_SAMPLES];
        passed.fill(&mut packet);
        packet[0]
    }

    #[test]
    fn sound_flows_in_order_from_60_ms_on_and_starts_anew_after_a_lack() {
        let mut passed = PassedOn::default();
        let come = |passed: &mut PassedOn, n: i16| passed.take(&[n; PACKET_SAMPLES]);
        come(&mut passed, 1);
        come(&mut passed, 2);
        assert_eq!(packet(&mut passed), 0, "too little to begin with");
        come(&mut passed, 3);
        let heard: Vec<i16> = (0..4).map(|_| packet(&mut passed)).collect();
        assert_eq!(heard, [1, 2, 3, 0]);
        come(&mut passed, 4);
        assert_eq!(packet(&mut passed), 0);
    }

    #[test]
    fn what_piles_up_is_dropped_and_memory_stays_bounded() {
        let mut passed = PassedOn::default();
        for n in 0..100 {
            passed.take(&[n; PACKET_SAMPLES]);
            assert!(passed.samples.len() <= MOST);
        }
        assert!(packet(&mut passed) > 80, "the oldest went first");
    }
}
