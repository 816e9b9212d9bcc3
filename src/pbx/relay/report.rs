//! The RTCP sender report of a port (RFC 3550 §6.4.1), for phones that miss it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use rtcp::packet::{Packet, marshal};
use rtcp::sender_report::SenderReport;
use rtcp::source_description::{
    SdesType, SourceDescription, SourceDescriptionChunk, SourceDescriptionItem,
};

/// Seconds from the start of NTP's era to that of Unix.
const NTP_EPOCH: u64 = 2_208_988_800;

/// What has been sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) packets: u32,
    pub(super) octets: u32,
}

/// A compound packet: report and CNAME. `timestamp` is the RTP time of now.
pub(super) fn sender_report(ssrc: u32, timestamp: u32, sent: Sent) -> Bytes {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let report = SenderReport {
        ssrc,
        ntp_time: ntp(now),
        rtp_time: timestamp,
        packet_count: sent.packets,
        octet_count: sent.octets,
        ..SenderReport::default()
    };
    let name = SourceDescriptionItem {
        sdes_type: SdesType::SdesCname,
        text: Bytes::from_static(b"pbx@pbxcert"),
    };
    let description = SourceDescription {
        chunks: vec![SourceDescriptionChunk { source: ssrc, items: vec![name] }],
    };
    let packets: [Box<dyn Packet + Send + Sync>; 2] = [Box::new(report), Box::new(description)];
    marshal(&packets).unwrap_or_default()
}

/// Seconds of NTP with a binary fraction of 32 bits (RFC 3550 §4).
fn ntp(since_unix: Duration) -> u64 {
    let fraction = (u64::from(since_unix.subsec_nanos()) << 32) / 1_000_000_000;
    ((since_unix.as_secs() + NTP_EPOCH) << 32) | fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_back() {
        let bytes = sender_report(7, 1600, Sent { packets: 3, octets: 480 });
        let packets = rtcp::packet::unmarshal(&mut bytes.clone()).unwrap();
        assert_eq!(packets.len(), 2);
        let report = packets[0].as_any().downcast_ref::<SenderReport>().unwrap();
        assert_eq!((report.ssrc, report.packet_count, report.octet_count), (7, 3, 480));
        assert_eq!(ntp(Duration::new(0, 500_000_000)), (NTP_EPOCH << 32) | 1 << 31);
    }
}
