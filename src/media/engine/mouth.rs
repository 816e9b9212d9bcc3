//! The sending side of a leg.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rtp_rs::{RtpPacketBuilder, Seq};

use super::keypad::{Event, Keypad};
use super::passed_on::PassedOn;
use super::reports::Sender;
use super::roll::Roll;
use crate::media::codec::PACKET_SAMPLES;
use crate::media::identity::fade;
use crate::media::lateness::LatenessHistogram;
use crate::media::{Codec, Encoder, Identity, Sealer, Speaker, Stream};
use crate::record::StreamStats;

/// Time between RTCP reports, and until the first.
const REPORT_EVERY: Duration = Duration::from_secs(5);
const FIRST_REPORT: Duration = Duration::from_millis(1500);

/// A packet to be sent.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) remote: SocketAddr,
    /// What goes out.
    pub(crate) bytes: Bytes,
    /// What it says, by which codec, before it is encrypted; nothing for a key.
    pub(crate) said: Option<(Codec, Bytes)>,
}

/// A packet without its payload, number and source.
struct Header {
    kind: u8,
    marker: bool,
    timestamp: u32,
    /// What the payload is by, if it is audio.
    says: Option<Codec>,
}

/// What packets are made of, for any number of mouths.
#[derive(Debug, Default)]
pub(crate) struct Paper {
    roll: Roll,
    payload: Vec<u8>,
}

/// Builds a leg's packets.
#[derive(Debug)]
pub(crate) struct Mouth {
    speaker: Speaker,
    stream: Option<Stream>,
    encoder: Encoder,
    /// There if and only if the stream is protected.
    sealer: Option<Sealer>,
    speaking: bool,
    /// There where it says what another leg hears, not its own identity.
    passes_on: Option<PassedOn>,
    /// Whether the last packet held speech.
    spoke: bool,
    /// Whether the last turn passed without a packet.
    paused: bool,
    /// Keys that are pressed.
    keypad: Keypad,
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
            encoder: Encoder::new(Codec::default()),
            sealer: None,
            speaking: false,
            passes_on: None,
            spoke: false,
            paused: true,
            keypad: Keypad::default(),
            sender: Sender::new(),
            // Not close to a rollover, which receivers of SRTP could miss (RFC 3711 §3.3.1).
            sequence: rand::random::<u16>() >> 1,
            lateness: LatenessHistogram::default(),
            last_sent: None,
            next_report: None,
        }
    }

    pub(crate) fn configure(&mut self, stream: Stream) {
        self.sealer = Sealer::renewed(self.sealer.take(), stream.security.as_ref());
        self.encoder.turn_to(stream.codec);
        self.sender.ticks = stream.codec.ticks();
        self.stream = Some(stream);
        self.next_report.get_or_insert_with(|| Instant::now() + FIRST_REPORT);
    }

    pub(crate) fn speak(&mut self, on: bool) {
        self.speaking = on;
    }

    /// From now on another stream: SSRC, sequence numbers and timestamps begin anew.
    pub(crate) fn begin_anew(&mut self) {
        self.sender = Sender::new();
        self.sequence = rand::random::<u16>() >> 1;
        self.paused = true;
    }

    /// Presses keys, one after the other, in place of what it says.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keypad.press(keys);
    }

    /// From now on it says what another leg hears.
    pub(crate) fn pass_on(&mut self) {
        self.passes_on.get_or_insert_default();
    }

    /// What the other leg has heard.
    pub(crate) fn take(&mut self, samples: &[i16]) {
        if let Some(passed) = &mut self.passes_on {
            passed.take(samples);
        }
    }

    /// The packet whose first sample is sample `n` of the run, if one is to be sent. RTP
    /// timestamps are those samples, so that a pause shows in them as it should.
    pub(crate) fn packet(&mut self, n: u64, paper: &mut Paper) -> Option<Parcel> {
        let stream = self.stream.as_ref().filter(|stream| stream.send && can_be_sent_to(stream));
        let Some(stream) = stream else {
            self.paused = true;
            self.spoke = false;
            return None;
        };
        if let Some((kind, event)) = stream.telephone_event.zip(self.keypad.next()) {
            return self.event(n, kind, event, paper);
        }
        let mut samples = [0; PACKET_SAMPLES];
        if let Some(passed) = &mut self.passes_on {
            passed.fill(&mut samples);
        } else if self.speaking || self.spoke {
            // As early as the encoder makes it late: who hears it reads the delay off it.
            self.speaker.fill(n + self.encoder.delay(), &mut samples);
            if self.speaking != self.spoke {
                fade(&mut samples, self.speaking);
            }
        }
        let mut payload = std::mem::take(&mut paper.payload);
        payload.clear();
        self.encoder.encode_into(&samples, &mut payload);
        let (kind, timestamp) = (stream.payload_type, self.sender.timestamp(n));
        self.spoke = self.speaking;
        let marker = std::mem::take(&mut self.paused);
        let header = Header { kind, marker, timestamp, says: Some(self.encoder.codec()) };
        let parcel = self.parcel(header, &payload, paper);
        paper.payload = payload;
        parcel
    }

    /// A key's packet, under the timestamp at which it was pressed (RFC 4733 §2.3.5).
    fn event(&mut self, n: u64, kind: u8, event: Event, paper: &mut Paper) -> Option<Parcel> {
        let began = self.sender.timestamp(n - u64::from(event.since));
        self.paused = false;
        self.spoke = false;
        let header = Header { kind, marker: event.begins, timestamp: began, says: None };
        self.parcel(header, &event.payload, paper)
    }

    fn parcel(&mut self, header: Header, payload: &[u8], paper: &mut Paper) -> Option<Parcel> {
        let Header { kind, marker, timestamp, says } = header;
        let packet = RtpPacketBuilder::new()
            .payload_type(kind)
            .marked(marker)
            .sequence(Seq::from(self.sequence))
            .timestamp(timestamp)
            .ssrc(self.sender.ssrc)
            .payload(payload);
        let mut sheet = paper.roll.sheet(packet.target_length());
        packet.build_into(&mut sheet).ok()?;
        let packet = sheet.freeze();
        self.sequence = self.sequence.wrapping_add(1);
        self.sender.packets += 1;
        self.sender.octets += payload.len() as u64;
        let stream = self.stream.as_ref()?;
        let said = says.map(|codec| (codec, packet.slice(packet.len() - payload.len()..)));
        let bytes = match stream.security {
            Some(_) => self.sealer.as_mut()?.seal(&packet)?.into(),
            None => packet,
        };
        Some(Parcel { remote: stream.remote, bytes, said })
    }

    /// A report as it goes out.
    pub(crate) fn protected(&mut self, report: Bytes) -> Option<Bytes> {
        match self.stream.as_ref()?.security {
            Some(_) => self.sealer.as_mut()?.seal_report(&report),
            None => Some(report),
        }
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
    use rtp_rs::RtpReader;

    fn mouth() -> Mouth {
        let mut mouth = Mouth::new(Identity::of(3));
        mouth.configure(Stream::two_way(SocketAddr::from(([127, 0, 0, 1], 4000)), Codec::Pcma));
        mouth
    }

    #[test]
    fn numbers_go_on_through_a_hold_and_the_pause_shows_in_the_timestamps() {
        let mut mouth = mouth();
        let first = mouth.packet(1600, &mut Paper::default()).unwrap().bytes;
        let second = mouth.packet(1760, &mut Paper::default()).unwrap().bytes;
        let mut held = Stream::two_way(SocketAddr::from(([127, 0, 0, 1], 4000)), Codec::Pcma);
        held.send = false;
        mouth.configure(held.clone());
        assert!(mouth.packet(1920, &mut Paper::default()).is_none());
        held.send = true;
        mouth.configure(held);
        let third = mouth.packet(2080, &mut Paper::default()).unwrap().bytes;
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
        let silent = mouth.packet(0, &mut Paper::default()).unwrap().bytes;
        assert!(silent[12..].iter().all(|b| *b == silent[12]));
        mouth.speak(true);
        mouth.packet(160, &mut Paper::default()).unwrap();
        let speech = mouth.packet(320, &mut Paper::default()).unwrap().bytes;
        assert!(speech[12..].iter().any(|b| *b != speech[12]));
        mouth.configure(Stream::two_way(SocketAddr::from(([0, 0, 0, 0], 4000)), Codec::Pcma));
        assert!(mouth.packet(480, &mut Paper::default()).is_none());
    }
}
