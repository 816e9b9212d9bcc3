//! What arrives, counted as RFC 3550 does (appendix A).

use std::net::SocketAddr;
use std::time::Instant;

use rtcp::reception_report::ReceptionReport;

use crate::media::codec::RATE;
use crate::record::StreamStats;

/// Sequence numbers that are remembered to tell duplicates.
const REMEMBERED: u32 = 64;

/// A jump beyond this restarts the count of a source (RFC 3550 A.1, `MAX_DROPOUT`).
const DROPOUT: i32 = 3000;

/// A packet's header, as far as it counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    /// `None` for telephone events, which change nothing.
    pub(crate) payload_type: Option<u8>,
    pub(crate) marker: bool,
    /// How far the next packet's timestamp should be ahead, 0 if unknown.
    pub(crate) duration: u32,
    /// Ticks of its RTP clock for each sample.
    pub(crate) ticks: u32,
}

/// Counts of one source (SSRC).
#[derive(Debug, Clone)]
struct Source {
    ssrc: u32,
    first: u32,
    highest: u32,
    /// Which of the last sequence numbers were seen, the highest in bit 0.
    seen: u64,
    unique: u64,
    transit: i64,
    /// In ticks.
    jitter: f64,
    ticks: u32,
    /// Timestamp and duration of the highest packet.
    last: (u32, u32),
    /// Expected and received at the last report.
    reported: (u64, u64),
    /// Middle of the NTP time of its last sender report, and when that came.
    sender_report: Option<(u32, Instant)>,
}

/// All that arrived at a leg.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reception {
    source: Option<Source>,
    received: u64,
    lost_before: u64,
    reordered: u64,
    duplicated: u64,
    longest_gap_ms: f32,
    /// The last packet, unless the peer had leave to pause since.
    last: Option<Instant>,
    from: Option<SocketAddr>,
    payload_type: Option<u8>,
    ssrc_changes: u32,
    source_changes: u32,
    payload_changes: u32,
    sequence_jumps: u32,
    mistimed: u64,
}

impl Source {
    fn new(header: Header, arrival: u64) -> Self {
        let first = u32::from(header.sequence);
        Self {
            ssrc: header.ssrc,
            first,
            highest: first,
            seen: 1,
            unique: 1,
            transit: transit(header, arrival),
            jitter: 0.0,
            ticks: header.ticks,
            last: (header.timestamp, header.duration),
            reported: (0, 0),
            sender_report: None,
        }
    }

    fn expected(&self) -> u64 {
        u64::from(self.highest - self.first) + 1
    }

    fn lost(&self) -> u64 {
        self.expected().saturating_sub(self.unique)
    }
}

/// Arrival minus timestamp, in ticks; only its differences mean anything.
fn transit(header: Header, arrival: u64) -> i64 {
    let arrival = (arrival as u32).wrapping_mul(header.ticks);
    i64::from(arrival.wrapping_sub(header.timestamp) as i32)
}

impl Reception {
    /// Counts a packet that arrived at sample `arrival` of the run. `false` if it is a
    /// duplicate.
    pub(crate) fn count(
        &mut self,
        header: Header,
        at: Instant,
        arrival: u64,
        from: SocketAddr,
    ) -> bool {
        self.received += 1;
        let paused = self.last.is_none();
        if let Some(last) = self.last.replace(at) {
            let gap = at.saturating_duration_since(last).as_secs_f32() * 1e3;
            self.longest_gap_ms = self.longest_gap_ms.max(gap);
        }
        if self.from.replace(from).is_some_and(|before| before != from) {
            self.source_changes += 1;
        }
        if let Some(kind) = header.payload_type
            && self.payload_type.replace(kind).is_some_and(|before| before != kind)
        {
            self.payload_changes += 1;
        }
        let jump = self.source.as_ref().map_or(0, |source| {
            i32::from(header.sequence.wrapping_sub(source.highest as u16) as i16)
        });
        match &mut self.source {
            Some(source) if source.ssrc == header.ssrc && jump.abs() < DROPOUT => {
                let deviation = transit(header, arrival) - source.transit;
                source.transit = transit(header, arrival);
                if header.payload_type.is_some() && source.ticks == header.ticks {
                    source.jitter += (deviation.abs() as f64 - source.jitter) / 16.0;
                }
                let (timestamp, duration) = source.last;
                let follows = jump == 1 && !paused && !header.marker;
                if follows && duration > 0 && header.timestamp != timestamp.wrapping_add(duration) {
                    self.mistimed += 1;
                }
                if header.payload_type.is_some() && source.ticks != header.ticks {
                    // Another codec's clock: neither its jitter nor its steps are those of before.
                    (source.ticks, source.jitter) = (header.ticks, 0.0);
                }
                if jump > 0 {
                    source.last = (header.timestamp, header.duration);
                }
                // Asterisk goes on numbering through a hold in which it sends nothing.
                if paused && jump > 1 {
                    source.first += jump.unsigned_abs() - 1;
                }
                self.place(jump)
            }
            before => {
                if let Some(before) = before {
                    let same = before.ssrc == header.ssrc;
                    self.ssrc_changes += u32::from(!same);
                    self.sequence_jumps += u32::from(same && !paused);
                    self.lost_before += before.lost();
                }
                self.source = Some(Source::new(header, arrival));
                true
            }
        }
    }

    /// Places a packet `jump` sequence numbers from the highest one.
    fn place(&mut self, jump: i32) -> bool {
        let Some(source) = &mut self.source else { return false };
        if jump > 0 {
            let jump = jump.unsigned_abs();
            source.highest += jump;
            source.seen = if jump < REMEMBERED { source.seen << jump } else { 0 } | 1;
        } else {
            let back = jump.unsigned_abs();
            let bit = if back < REMEMBERED { 1 << back } else { 0 };
            if source.seen & bit != 0 || back == 0 {
                self.duplicated += 1;
                return false;
            }
            source.seen |= bit;
            self.reordered += 1;
            if source.highest - back.min(source.highest) < source.first {
                source.first = source.highest - back.min(source.highest);
            }
        }
        source.unique += 1;
        true
    }

    /// The peer may pause from now on: the time until it goes on is no gap, and the
    /// numbers that it leaves out are no loss.
    pub(crate) fn pause(&mut self) {
        self.last = None;
    }

    /// Takes note of the peer's sender report.
    pub(crate) fn sender_report(&mut self, ssrc: u32, ntp: u32, at: Instant) {
        if let Some(source) = self.source.as_mut().filter(|source| source.ssrc == ssrc) {
            source.sender_report = Some((ntp, at));
        }
    }

    /// The block that tells the peer how it is received (RFC 3550 §6.4.1, A.3).
    pub(crate) fn report_block(&mut self, now: Instant) -> Option<ReceptionReport> {
        let source = self.source.as_mut()?;
        let (expected, received) = (source.expected(), source.unique);
        let new = expected - source.reported.0.min(expected);
        let lost = new.saturating_sub(received - source.reported.1.min(received));
        source.reported = (expected, received);
        Some(ReceptionReport {
            ssrc: source.ssrc,
            fraction_lost: (lost * 256).checked_div(new).unwrap_or(0).min(255) as u8,
            total_lost: source.lost().min(0x7F_FFFF) as u32,
            last_sequence_number: source.highest,
            jitter: source.jitter as u32,
            last_sender_report: source.sender_report.map_or(0, |(ntp, _)| ntp),
            delay: source.sender_report.map_or(0, |(_, at)| {
                (now.saturating_duration_since(at).as_secs_f64() * 65536.0) as u32
            }),
        })
    }

    pub(crate) fn describe(&self, stats: &mut StreamStats) {
        stats.received = self.received;
        stats.lost = self.lost_before + self.source.as_ref().map_or(0, Source::lost);
        stats.reordered = self.reordered;
        stats.duplicated = self.duplicated;
        let jitter =
            self.source.as_ref().map_or(0.0, |source| source.jitter / f64::from(source.ticks));
        stats.jitter_ms = (jitter * 1000.0 / f64::from(RATE)) as f32;
        stats.longest_gap_ms = self.longest_gap_ms;
        stats.ssrc_changes = self.ssrc_changes;
        stats.source_changes = self.source_changes;
        stats.payload_changes = self.payload_changes;
        stats.sequence_jumps = self.sequence_jumps;
        stats.mistimed = self.mistimed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn feed(order: &[(u32, u16)]) -> (Reception, StreamStats) {
        let mut reception = Reception::default();
        let start = Instant::now();
        let from = SocketAddr::from(([127, 0, 0, 1], 5000));
        for (n, &(ssrc, sequence)) in order.iter().enumerate() {
            let header = Header {
                ssrc,
                sequence,
                timestamp: u32::from(sequence) * 160,
                payload_type: Some(8),
                marker: false,
                duration: 160,
                ticks: 1,
            };
            let at = start + Duration::from_millis(20 * n as u64);
            reception.count(header, at, 160 * n as u64, from);
        }
        let mut stats = StreamStats::default();
        reception.describe(&mut stats);
        (reception, stats)
    }

    #[test]
    fn loss_reordering_and_duplicates_are_told_apart() {
        let (_, stats) = feed(&[(1, 65_534), (1, 65_535), (1, 1), (1, 0), (1, 0), (1, 5)]);
        assert_eq!((stats.received, stats.lost), (6, 3));
        assert_eq!((stats.reordered, stats.duplicated), (1, 1));
        assert_eq!(stats.ssrc_changes, 0);
    }

    #[test]
    fn numbers_left_out_while_the_peer_may_pause_are_no_loss() {
        let (mut reception, _) = feed(&[(1, 1), (1, 2)]);
        let from = SocketAddr::from(([127, 0, 0, 1], 5000));
        let count = |reception: &mut Reception, sequence: u16| {
            let timestamp = u32::from(sequence) * 160;
            let header = Header {
                ssrc: 1,
                sequence,
                timestamp,
                payload_type: Some(8),
                marker: false,
                duration: 160,
                ticks: 1,
            };
            reception.count(header, Instant::now(), 0, from);
            let mut stats = StreamStats::default();
            reception.describe(&mut stats);
            stats.lost
        };
        reception.pause();
        assert_eq!(count(&mut reception, 752), 0, "a hold");
        assert_eq!(count(&mut reception, 754), 1, "a loss");
    }

    #[test]
    fn a_new_source_starts_its_own_count() {
        let (mut reception, stats) = feed(&[(1, 10), (1, 12), (2, 40_000), (2, 40_001)]);
        assert_eq!((stats.lost, stats.ssrc_changes), (1, 1));
        let block = reception.report_block(Instant::now()).unwrap();
        assert_eq!((block.ssrc, block.total_lost, block.last_sequence_number), (2, 0, 40_001));
    }

    #[test]
    fn the_report_block_tells_the_share_lost_since_the_last() {
        let (mut reception, _) = feed(&[(1, 1), (1, 2), (1, 4)]);
        assert_eq!(reception.report_block(Instant::now()).unwrap().fraction_lost, 64);
        assert_eq!(reception.report_block(Instant::now()).unwrap().fraction_lost, 0);
    }

    #[test]
    fn an_even_stream_has_no_jitter() {
        let order: Vec<(u32, u16)> = (0..100).map(|n| (1, n)).collect();
        assert!(feed(&order).1.jitter_ms < 0.01);
    }

    #[test]
    fn jumps_of_numbers_and_steps_of_timestamps_are_counted() {
        let (mut reception, stats) = feed(&[(1, 1), (1, 2), (1, 20_000), (1, 20_001)]);
        assert_eq!((stats.sequence_jumps, stats.lost, stats.mistimed), (1, 0, 0));
        let from = SocketAddr::from(([127, 0, 0, 1], 5000));
        let mut stats = StreamStats::default();
        for (sequence, timestamp, marker) in
            [(20_002, 20_002 * 160 + 80, false), (20_003, 5, true), (20_004, 165, false)]
        {
            let payload_type = Some(8);
            let header = Header {
                ssrc: 1,
                sequence,
                timestamp,
                payload_type,
                marker,
                duration: 160,
                ticks: 1,
            };
            reception.count(header, Instant::now(), 0, from);
        }
        reception.describe(&mut stats);
        assert_eq!(stats.mistimed, 1, "a marker explains a new start");
    }
}
