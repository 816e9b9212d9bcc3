//! RTCP sender and receiver reports (RFC 3550 §6.4).

use std::time::{Duration, Instant};

use bytes::Bytes;
use rtcp::packet::Packet;
use rtcp::receiver_report::ReceiverReport;
use rtcp::reception_report::ReceptionReport;
use rtcp::sender_report::SenderReport;
use rtcp::source_description::{
    SdesType, SourceDescription, SourceDescriptionChunk, SourceDescriptionItem,
};

use crate::wire::Clock;

/// Seconds from the NTP epoch (1900) to that of Unix.
const NTP_OFFSET: u64 = 2_208_988_800;

/// The sender as reports describe it.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    pub(crate) ssrc: u32,
    /// RTP timestamp of sample 0 of the run.
    first_timestamp: u32,
    /// Ticks of the RTP clock for each sample.
    pub(crate) ticks: u32,
    pub(crate) packets: u64,
    pub(crate) octets: u64,
    /// Packets at the time of the last report.
    pub(crate) reported: u64,
}

impl Sender {
    pub(crate) fn new() -> Self {
        Self {
            ssrc: rand::random(),
            first_timestamp: rand::random(),
            ticks: 1,
            packets: 0,
            octets: 0,
            reported: 0,
        }
    }

    /// The RTP timestamp of sample `n` of the run.
    pub(crate) fn timestamp(&self, n: u64) -> u32 {
        self.first_timestamp.wrapping_add((n as u32).wrapping_mul(self.ticks))
    }
}

/// A compound packet: a sender report if anything was sent since the last one, else a
/// receiver report, and the CNAME that RFC 3550 §6.1 demands. `sample` is the sample of
/// the run at `now`.
pub(crate) fn compound(
    sender: &Sender,
    reception: Option<ReceptionReport>,
    now: Instant,
    sample: u64,
    clock: Clock,
) -> Option<Bytes> {
    let reports: Vec<ReceptionReport> = reception.into_iter().collect();
    let report: Box<dyn Packet + Send + Sync> = if sender.packets > sender.reported {
        Box::new(SenderReport {
            ssrc: sender.ssrc,
            ntp_time: ntp(clock.since_epoch(now)),
            rtp_time: sender.timestamp(sample),
            packet_count: sender.packets as u32,
            octet_count: sender.octets as u32,
            reports,
            profile_extensions: Bytes::new(),
        })
    } else {
        Box::new(ReceiverReport { ssrc: sender.ssrc, reports, profile_extensions: Bytes::new() })
    };
    let name = SourceDescriptionItem {
        sdes_type: SdesType::SdesCname,
        text: format!("{:08x}@pbxcert", sender.ssrc).into(),
    };
    let chunk = SourceDescriptionChunk { source: sender.ssrc, items: vec![name] };
    let description = SourceDescription { chunks: vec![chunk] };
    rtcp::packet::marshal(&[report, Box::new(description)]).ok()
}

/// The NTP timestamp of a time since the Unix epoch: 32.32 fixed point.
fn ntp(since_epoch: Duration) -> u64 {
    let fraction = (u64::from(since_epoch.subsec_nanos()) << 32) / 1_000_000_000;
    ((since_epoch.as_secs() + NTP_OFFSET) << 32) | fraction
}

/// SSRC and middle 32 bits of the NTP time of the sender reports in a datagram.
pub(crate) fn sender_reports(mut datagram: &[u8]) -> Vec<(u32, u32)> {
    let packets = rtcp::packet::unmarshal(&mut datagram).unwrap_or_default();
    packets
        .iter()
        .filter_map(|packet| packet.as_any().downcast_ref::<SenderReport>())
        .map(|report| (report.ssrc, (report.ntp_time >> 16) as u32))
        .collect()
}

/// Whether a datagram on an RTP port is RTCP (RFC 5761 §4).
pub(crate) fn is_rtcp(datagram: &[u8]) -> bool {
    datagram.get(1).is_some_and(|kind| (192..=223).contains(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ntp_time_is_fixed_point_since_1900() {
        assert_eq!(ntp(Duration::from_millis(500)), (NTP_OFFSET << 32) | (1 << 31));
    }

    #[test]
    fn a_report_reads_back_with_its_times_and_blocks() {
        let clock = Clock::start();
        let mut sender = Sender::new();
        sender.packets = 50;
        let now = clock.zero() + Duration::from_secs(1);
        let block = ReceptionReport { ssrc: 7, total_lost: 3, ..ReceptionReport::default() };
        let bytes = compound(&sender, Some(block.clone()), now, 8000, clock).unwrap();
        assert!(is_rtcp(&bytes));
        let packets = rtcp::packet::unmarshal(&mut bytes.clone()).unwrap();
        let report = packets[0].as_any().downcast_ref::<SenderReport>().unwrap();
        assert_eq!(report.reports, [block]);
        assert_eq!(report.rtp_time, sender.timestamp(8000));
        assert_eq!(sender_reports(&bytes), [(sender.ssrc, (report.ntp_time >> 16) as u32)]);
        sender.reported = 50;
        let bytes = compound(&sender, None, now, 8000, clock).unwrap();
        assert!(sender_reports(&bytes).is_empty(), "nothing sent since: a receiver report");
    }
}
