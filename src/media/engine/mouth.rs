//! The sending side of a leg.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rtp_rs::{RtpPacketBuilder, Seq};

use super::reports::Sender;
use crate::media::codec::PACKET_SAMPLES;
use crate::media::identity::fade;
use crate::media::lateness::LatenessHistogram;
use crate::media::{Identity, Speaker, Stream};
use crate::record::StreamStats;

/// Time between RTCP reports, and until the first.
const REPORT_EVERY: Duration = Duration::from_secs(5);
const FIRST_REPORT: Duration = Duration::from_millis(1500);

/// Builds a leg's packets.
#[derive(Debug)]
pub(crate) struct Mouth {
    speaker: Speaker,
    stream: Option<Stream>,
    speaking: bool,
    /// Whether the last packet held speech.
    spoke: bool,
    /// Whether the last turn passed without a packet.
    paused: bool,
    sender: Sender,
    sequence: u16,
    lateness: LatenessHistogram,
    last_sent: Option<Instant>,
    next_report: Option<Instant>,
}

impl Mouth {
    pub(crate) fn new(identity: Identity) -> Self {
        Self {
            speaker: Speaker::new(identity),
            stream: None,
            speaking: false,
            spoke: false,
            paused: true,
            sender: Sender::new(),
            sequence: rand::random(),
            lateness: LatenessHistogram::default(),
            last_sent: None,
            next_report: None,
        }
    }

    pub(crate) fn configure(&mut self, stream: Stream) {
        self.stream = Some(stream);
        self.next_report.get_or_insert_with(|| Instant::now() + FIRST_REPORT);
    }

    pub(crate) fn speak(&mut self, on: bool) {
        self.speaking = on;
    }

    /// The packet whose first sample is sample `n` of the run, if one is to be sent. RTP
    /// timestamps are those samples, so that a pause shows in them as it should.
    pub(crate) fn packet(&mut self, n: u64) -> Option<(Bytes, SocketAddr)> {
        let stream = self.stream.as_ref().filter(|stream| stream.send && can_be_sent_to(stream));
        let Some(stream) = stream else {
            self.paused = true;
            self.spoke = false;
            return None;
        };
        let mut samples = [0; PACKET_SAMPLES];
        if self.speaking || self.spoke {
            self.speaker.fill(n, &mut samples);
            if self.speaking != self.spoke {
                fade(&mut samples, self.speaking);
            }
        }
        let payload = stream.codec.encode(&samples);
        let packet = RtpPacketBuilder::new()
            .payload_type(stream.payload_type)
            .marked(self.paused)
            .sequence(Seq::from(self.sequence))
            .timestamp(self.sender.timestamp(n))
            .ssrc(self.sender.ssrc)
            .payload(&payload)
            .build()
            .ok()?;
        self.spoke = self.speaking;
        self.paused = false;
        self.sequence = self.sequence.wrapping_add(1);
        self.sender.packets += 1;
        self.sender.octets += payload.len() as u64;
        Some((packet.into(), stream.remote))
    }

    /// Takes note of when the packet really went.
    pub(crate) fn sent(&mut self, at: Instant, late: Duration) {
        self.last_sent = Some(at);
        self.lateness.add(late);
    }

    pub(crate) fn last_sent(&self) -> Option<Instant> {
        self.last_sent
    }

    /// What an RTCP report says of the sender, if one is due, and where it goes.
    pub(crate) fn report_due(&mut self, now: Instant) -> Option<(Sender, SocketAddr)> {
        let stream = self.stream.as_ref().filter(|stream| can_be_sent_to(stream))?;
        if stream.remote_rtcp.port() == 0 || self.next_report? > now {
            return None;
        }
        self.next_report = Some(now + REPORT_EVERY);
        let report = self.sender.clone();
        self.sender.reported = self.sender.packets;
        Some((report, stream.remote_rtcp))
    }

    pub(crate) fn describe(&self, stats: &mut StreamStats) {
        stats.sent = self.sender.packets;
        let lateness = self.lateness.summary();
        stats.lateness_p99_ms = lateness.p99_ms;
        stats.lateness_max_ms = lateness.max_ms;
        if let Some(stream) = &self.stream {
            stream.codec.name().clone_into(&mut stats.codec);
        }
    }
}

/// 0.0.0.0 and port 0 are how some put a call on hold (RFC 3264 §8.4).
fn can_be_sent_to(stream: &Stream) -> bool {
    !stream.remote.ip().is_unspecified() && stream.remote.port() != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Codec;
    use rtp_rs::RtpReader;

    fn mouth() -> Mouth {
        let mut mouth = Mouth::new(Identity::of(3));
        mouth.configure(Stream::two_way(SocketAddr::from(([127, 0, 0, 1], 4000)), Codec::Pcma));
        mouth
    }

    #[test]
    fn numbers_go_on_through_a_hold_and_the_pause_shows_in_the_timestamps() {
        let mut mouth = mouth();
        let first = mouth.packet(1600).unwrap().0;
        let second = mouth.packet(1760).unwrap().0;
        let mut held = Stream::two_way(SocketAddr::from(([127, 0, 0, 1], 4000)), Codec::Pcma);
        held.send = false;
        mouth.configure(held.clone());
        assert!(mouth.packet(1920).is_none());
        held.send = true;
        mouth.configure(held);
        let third = mouth.packet(2080).unwrap().0;
        let read = [&first, &second, &third].map(|p| RtpReader::new(p).unwrap());
        assert_eq!(read.each_ref().map(RtpReader::mark), [true, false, true]);
        assert!(read.iter().all(|p| p.ssrc() == read[0].ssrc()));
        let since = |n: usize| read[n].timestamp().wrapping_sub(read[0].timestamp());
        assert_eq!([since(1), since(2)], [160, 480]);
        let sequence = |n: usize| u16::from(read[n].sequence_number());
        assert_eq!(sequence(2).wrapping_sub(sequence(0)), 2);
    }

    #[test]
    fn silence_is_sent_until_it_speaks_and_nothing_to_nowhere() {
        let mut mouth = mouth();
        let silent = mouth.packet(0).unwrap().0;
        assert!(silent[12..].iter().all(|b| *b == silent[12]));
        mouth.speak(true);
        mouth.packet(160).unwrap();
        let speech = mouth.packet(320).unwrap().0;
        assert!(speech[12..].iter().any(|b| *b != speech[12]));
        mouth.configure(Stream::two_way(SocketAddr::from(([0, 0, 0, 0], 4000)), Codec::Pcma));
        assert!(mouth.packet(480).is_none());
    }
}
