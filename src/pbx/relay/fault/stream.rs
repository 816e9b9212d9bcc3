//! Headers that tell a wrong story.

use std::time::{Duration, Instant};

use super::kind::StreamFault;

/// How often a stream breaks.
const EVERY: Duration = Duration::from_secs(1);

/// Rewrites the headers of a port's stream.
#[derive(Debug)]
pub(super) struct StreamState {
    faults: Vec<StreamFault>,
    began: Option<Instant>,
    packets: u32,
}

impl StreamState {
    pub(super) fn new(faults: &[StreamFault]) -> Self {
        Self { faults: faults.to_vec(), began: None, packets: 0 }
    }

    /// Changes the fixed header (RFC 3550 §5.1) of a whole packet.
    pub(super) fn rewrite(&mut self, packet: &mut [u8], now: Instant) {
        if self.faults.is_empty() || packet.len() < 12 {
            return;
        }
        let began = *self.began.get_or_insert(now);
        let seconds = (now.duration_since(began).as_nanos() / EVERY.as_nanos()) as u32;
        for fault in &self.faults {
            match fault {
                StreamFault::NewSources => {
                    let ssrc = u32::from_be_bytes([packet[8], packet[9], packet[10], packet[11]]);
                    packet[8..12].copy_from_slice(&ssrc.wrapping_add(seconds).to_be_bytes());
                }
                StreamFault::Renumbered => {
                    let sequence = u16::from_be_bytes([packet[2], packet[3]]);
                    let jumped = sequence.wrapping_add((seconds as u16).wrapping_mul(10_000));
                    packet[2..4].copy_from_slice(&jumped.to_be_bytes());
                }
                StreamFault::Steps(step) => {
                    let timestamp = self.packets.wrapping_mul(*step);
                    packet[4..8].copy_from_slice(&timestamp.to_be_bytes());
                }
                StreamFault::PayloadType(kind) => packet[1] = packet[1] & 0x80 | kind & 0x7F,
            }
        }
        self.packets = self.packets.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_lies_in_its_way() {
        let faults = [
            StreamFault::NewSources,
            StreamFault::Renumbered,
            StreamFault::Steps(80),
            StreamFault::PayloadType(18),
        ];
        let mut state = StreamState::new(&faults);
        let start = Instant::now();
        let mut read = |after: u64| {
            let mut packet = [0x80, 0x88, 0, 7, 0, 0, 9, 9, 0, 0, 0, 5, 1];
            state.rewrite(&mut packet, start + Duration::from_millis(after));
            packet
        };
        assert_eq!(read(0), [0x80, 0x92, 0, 7, 0, 0, 0, 0, 0, 0, 0, 5, 1]);
        let [high, low] = 10_007_u16.to_be_bytes();
        assert_eq!(read(1000), [0x80, 0x92, high, low, 0, 0, 0, 80, 0, 0, 0, 6, 1]);
    }
}
