//! The RTP stream that a port sends: one SSRC from first to last, whatever it plays.

use std::time::{Duration, Instant};

use bytes::Bytes;
use rtp_rs::{RtpPacketBuilder, Seq};

use super::report::{Sent, sender_report};
use super::transcoder::Origin;

/// Samples per second, each of one or more ticks of the RTP clock.
const RATE: f64 = 8000.0;

/// Where an incoming stream stands in the outgoing one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mapping {
    /// Which port and SSRC it comes from.
    origin: Origin,
    /// Ticks of its clock for each sample, and of ours.
    ticks: (u32, u32),
    sequence: u16,
    /// Two timestamps of the same moment, its and ours.
    moment: (u32, u32),
}

impl Mapping {
    /// Our timestamp for one of its.
    fn timestamp(&self, theirs: u32) -> u32 {
        let since = i64::from(theirs.wrapping_sub(self.moment.0) as i32);
        let (from, to) = self.ticks;
        self.moment.1.wrapping_add((since * i64::from(to) / i64::from(from)) as u32)
    }
}

/// A packet as it came in, or as it is made up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packet<'a> {
    /// Payload type to be written.
    pub(super) payload_type: u8,
    pub(super) marker: bool,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    /// Ticks of the timestamp's clock for each sample.
    pub(super) ticks: u32,
    pub(super) payload: &'a [u8],
}

/// State of the stream.
#[derive(Debug)]
pub(super) struct Outgoing {
    ssrc: u32,
    /// Ticks of the RTP clock for each sample.
    ticks: u32,
    /// Highest sequence number sent, and its timestamp.
    sequence: u16,
    timestamp: u32,
    sent_at: Option<Instant>,
    sent: Sent,
    reported: Sent,
    mapping: Option<Mapping>,
}

impl Outgoing {
    pub(super) fn new() -> Self {
        Self {
            ssrc: rand::random(),
            ticks: 1,
            // Not close to a rollover, which receivers of SRTP could miss (RFC 3711 §3.3.1).
            sequence: rand::random::<u16>() >> 1,
            timestamp: rand::random(),
            sent_at: None,
            sent: Sent::default(),
            reported: Sent::default(),
            mapping: None,
        }
    }

    /// Nothing was sent for a while: what comes next is no continuation, and what was not
    /// sent is not lost.
    pub(super) fn interrupt(&mut self) {
        self.mapping = None;
    }

    /// A sender report, if anything was sent since the last.
    pub(super) fn report(&mut self, now: Instant) -> Option<Bytes> {
        let passed = now.saturating_duration_since(self.sent_at?).as_secs_f64();
        if self.sent == self.reported {
            return None;
        }
        self.reported = self.sent;
        let timestamp = self.timestamp.wrapping_add((passed * self.clock()) as u32);
        Some(sender_report(self.ssrc, timestamp, self.sent))
    }

    /// Sets how many ticks the RTP clock has for each sample.
    pub(super) fn set_ticks(&mut self, ticks: u32) {
        self.ticks = ticks;
    }

    /// Ticks per second.
    fn clock(&self) -> f64 {
        RATE * f64::from(self.ticks)
    }

    /// Renumbers a packet of `origin` (a port and its SSRC). A new origin goes on
    /// with the next sequence number, the timestamp moves by the time that passed, and
    /// the marker says so (RFC 3551 §4.1).
    pub(super) fn pack(&mut self, origin: Origin, packet: Packet<'_>, now: Instant) -> Vec<u8> {
        let ticks = (packet.ticks, self.ticks);
        let of_origin = |mapping: &Mapping| (mapping.origin, mapping.ticks) == (origin, ticks);
        let known = self.mapping.filter(of_origin);
        let fresh = known.is_none();
        let mapping = known.unwrap_or_else(|| {
            let passed = self.sent_at.map_or(Duration::ZERO, |at| now.duration_since(at));
            let passed = (passed.as_secs_f64() * self.clock()) as u32;
            Mapping {
                origin,
                ticks,
                sequence: self.sequence.wrapping_add(1).wrapping_sub(packet.sequence),
                moment: (packet.timestamp, self.timestamp.wrapping_add(passed)),
            }
        });
        self.mapping = Some(mapping);
        let sequence = packet.sequence.wrapping_add(mapping.sequence);
        let timestamp = mapping.timestamp(packet.timestamp);
        if fresh || sequence.wrapping_sub(self.sequence) < u16::MAX / 2 {
            self.sequence = sequence;
            self.timestamp = timestamp;
            self.sent_at = Some(now);
        }
        self.sent.packets = self.sent.packets.wrapping_add(1);
        self.sent.octets = self.sent.octets.wrapping_add(packet.payload.len() as u32);
        RtpPacketBuilder::new()
            .payload_type(packet.payload_type)
            .marked(packet.marker || fresh)
            .sequence(Seq::from(sequence))
            .timestamp(timestamp)
            .ssrc(self.ssrc)
            .payload(packet.payload)
            .build()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use rtp_rs::RtpReader;

    use super::*;

    fn packet(sequence: u16, timestamp: u32) -> Packet<'static> {
        Packet { payload_type: 8, marker: false, sequence, timestamp, ticks: 1, payload: &[1, 2] }
    }

    #[test]
    fn a_change_of_origin_keeps_ssrc_and_numbering() {
        let mut out = Outgoing::new();
        let start = Instant::now();
        let read = |bytes: Vec<u8>| {
            let reader = RtpReader::new(&bytes).unwrap();
            let sequence = u16::from(reader.sequence_number());
            (reader.ssrc(), sequence, reader.timestamp(), reader.mark())
        };
        let a = read(out.pack((1, 7), packet(100, 16_000), start));
        let b = read(out.pack((1, 7), packet(101, 16_160), start + Duration::from_millis(20)));
        let c = read(out.pack((2, 9), packet(7, 5), start + Duration::from_millis(120)));
        assert!(a.3 && !b.3 && c.3);
        assert_eq!((b.0, b.1, b.2), (a.0, a.1.wrapping_add(1), a.2.wrapping_add(160)));
        assert_eq!((c.0, c.1, c.2), (a.0, a.1.wrapping_add(2), b.2.wrapping_add(800)));
    }

    #[test]
    fn timestamps_of_another_clock_are_rescaled_also_over_a_rollover() {
        let mut out = Outgoing::new();
        let now = Instant::now();
        let mut timestamp = |n: u16, timestamp: u32| {
            let packet = Packet { ticks: 6, ..packet(n, timestamp) };
            RtpReader::new(&out.pack((1, 7), packet, now)).unwrap().timestamp()
        };
        let first = timestamp(1, u32::MAX - 959);
        assert_eq!(timestamp(2, 0).wrapping_sub(first), 160);
        assert_eq!(timestamp(3, 960).wrapping_sub(first), 320);
    }

    #[test]
    fn loss_and_reordering_pass_through() {
        let mut out = Outgoing::new();
        let now = Instant::now();
        let mut sequence = |n| {
            let bytes = out.pack((1, 7), packet(n, u32::from(n) * 160), now);
            u16::from(RtpReader::new(&bytes).unwrap().sequence_number())
        };
        let (first, third, second) = (sequence(1), sequence(3), sequence(2));
        assert_eq!((third, second), (first.wrapping_add(2), first.wrapping_add(1)));
    }
}
