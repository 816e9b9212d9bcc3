//! The receiving side of a leg: from datagrams to windows and a recording.

use std::net::SocketAddr;
use std::time::Instant;

use rtcp::reception_report::ReceptionReport;
use rtp_rs::RtpReader;

use super::guard::Guard;
use super::keypad::KeysHeard;
use super::oddities::{COMFORT_NOISE, Oddities};
use super::playout::{Playout, REACH};
use super::reception::{Header, Reception};
use super::reports::{is_rtcp, sender_reports};
use crate::media::codec::{PACKET_SAMPLES, RATE};
use crate::media::{Codec, Decoder, Detector, Stream};
use crate::record::{StreamStats, Window};

/// Samples that are heard at once at least, 120 ms: a little less than what has come from one turn
/// of a leg to the next.
const HELPING: u64 = 960;

/// Longest pause in a timeline that is filled with silence; beyond it (1 min past now)
/// a packet's place is nonsense.
const BEYOND: u64 = 480_000;

/// Listens for a leg.
#[derive(Debug)]
pub(crate) struct Ear {
    /// Sample of the run at which the timeline begins.
    origin: u64,
    stream: Option<Stream>,
    guard: Guard,
    reception: Reception,
    playout: Playout,
    /// Of the source (SSRC) that spoke last.
    decoder: (u32, Decoder),
    heard: Vec<i16>,
    /// Flags of `heard` from sample `listened` on.
    covered: Vec<bool>,
    decoded: Vec<i16>,
    /// From here on nothing has been listened to yet.
    listened: u64,
    detector: Option<Detector>,
    passes_on: bool,
    configured: Option<Instant>,
    first_packet: Option<Instant>,
    last_packet: Option<Instant>,
    codec: Option<&'static str>,
    keys: KeysHeard,
    oddities: Oddities,
}

impl Ear {
    pub(crate) fn new(origin: u64) -> Self {
        Self {
            origin,
            stream: None,
            guard: Guard::default(),
            reception: Reception::default(),
            playout: Playout::default(),
            decoder: (0, Decoder::new(Codec::default())),
            heard: Vec::new(),
            covered: Vec::new(),
            decoded: Vec::new(),
            listened: origin,
            detector: None,
            passes_on: false,
            configured: None,
            first_packet: None,
            last_packet: None,
            codec: None,
            keys: KeysHeard::default(),
            oddities: Oddities::default(),
        }
    }

    /// Takes note of what may arrive from sample `now` on, and starts to listen.
    pub(crate) fn configure(&mut self, at: Instant, now: u64, stream: &Stream) {
        self.configured.get_or_insert(at);
        self.listen_from(now);
        self.reception.pause();
        self.guard.configure(at, stream);
        self.stream = Some(stream.clone());
    }

    /// What arrives before the next [`Ear::configure`] cannot be understood.
    pub(crate) fn await_keys(&mut self) {
        self.guard.await_keys();
    }

    fn listen_from(&mut self, now: u64) {
        if self.detector.is_none() {
            self.listened = now.max(self.origin);
            self.detector = Some(Detector::new(self.listened));
        }
    }

    /// From now on another leg says what is heard here.
    pub(crate) fn pass_on(&mut self) {
        self.passes_on = true;
    }

    /// Takes a datagram that came to the RTP port at sample `arrival` of the run. What it holds
    /// of sound is given back where another leg says it; nothing if it comes a second time.
    pub(crate) fn take(
        &mut self,
        at: Instant,
        arrival: u64,
        from: SocketAddr,
        datagram: &[u8],
    ) -> Option<&[i16]> {
        self.decoded.clear();
        if is_rtcp(datagram) {
            self.take_report(at, datagram);
        } else {
            self.take_packet(at, arrival, from, datagram);
        }
        self.passes_on.then_some(&self.decoded)
    }

    fn take_packet(&mut self, at: Instant, arrival: u64, from: SocketAddr, datagram: &[u8]) {
        let Some(opened) = self.guard.open(datagram, at, self.stream.as_ref()) else {
            // Media it is all the same, also after the end of the call.
            self.last_packet = Some(at);
            return;
        };
        let Ok(packet) = RtpReader::new(&opened) else { return };
        self.listen_from(arrival);
        self.first_packet.get_or_insert(at);
        self.last_packet = Some(at);
        let kind = packet.payload_type();
        let is_event =
            self.stream.as_ref().is_some_and(|stream| stream.telephone_event == Some(kind));
        let codec = match &self.stream {
            Some(stream) => stream.codec_of(kind),
            None => Stream::two_way(from, Codec::default()).codec_of(kind),
        };
        // Events and comfort noise are stamped by the clock of the sound that they accompany.
        let ticks =
            codec.or(self.stream.as_ref().map(|stream| stream.codec)).map_or(1, Codec::ticks);
        let header = Header {
            ssrc: packet.ssrc(),
            sequence: packet.sequence_number().into(),
            timestamp: packet.timestamp(),
            payload_type: (!is_event && kind != COMFORT_NOISE).then_some(kind),
            marker: packet.mark(),
            duration: match codec {
                Some(codec) => codec.duration(packet.payload()),
                None if is_event || kind == COMFORT_NOISE => 0,
                // Of what nobody agreed on, most has an octet for every tick.
                None => packet.payload().len() as u32,
            },
            ticks,
        };
        let news = self.reception.count(header, at, arrival, from);
        if is_event {
            self.keys.take(packet.ssrc(), packet.timestamp(), packet.payload());
        }
        if !news || is_event {
            return;
        }
        self.oddities.note(kind, packet.payload(), from, self.stream.as_ref());
        match codec {
            Some(codec) => {
                self.codec = Some(codec.name());
                decoder_of(&mut self.decoder, header.ssrc, codec)
                    .decode_into(packet.payload(), &mut self.decoded);
            }
            // Comfort noise, and what nobody can decode, covers its time with silence.
            None => self.decoded.resize(PACKET_SAMPLES, 0),
        }
        let place = self.playout.place(
            (header.ssrc, ticks),
            header.timestamp,
            packet.mark(),
            arrival,
            self.listened,
        );
        if let Some(place) = place.filter(|place| *place < arrival + BEYOND) {
            self.put(place);
        }
    }

    /// The keys that have arrived.
    pub(crate) fn keys(&self) -> &str {
        self.keys.keys()
    }

    /// Puts the decoded samples at their place.
    fn put(&mut self, place: u64) {
        // What reaches back before the part listened to is cut.
        let cut = (self.listened.saturating_sub(place) as usize).min(self.decoded.len());
        let decoded = &self.decoded[cut..];
        if decoded.is_empty() {
            // All of it: what has hung between its stamp and here is placed where it was
            // stamped, and that may have been listened to.
            return;
        }
        let place = place + cut as u64;
        let (start, flag) = ((place - self.origin) as usize, (place - self.listened) as usize);
        let flag_end = flag + decoded.len();
        if self.heard.len() < start {
            self.heard.resize(start, 0);
        }
        if self.covered.len() < flag {
            self.covered.resize(flag, false);
        }
        // What is there already is overwritten; most is new.
        let over = (self.heard.len() - start).min(decoded.len());
        self.heard[start..start + over].copy_from_slice(&decoded[..over]);
        self.heard.extend_from_slice(&decoded[over..]);
        let over = self.covered.len().min(flag_end);
        self.covered[flag..over].fill(true);
        self.covered.resize(self.covered.len().max(flag_end), true);
    }

    /// Takes note of a datagram to an RTP port that the leg has moved away from.
    pub(crate) fn take_left_behind(&mut self) {
        self.oddities.note_left_behind();
    }

    /// Takes an RTCP datagram.
    pub(crate) fn take_report(&mut self, at: Instant, datagram: &[u8]) {
        let Some(opened) = self.guard.open_report(datagram, at) else { return };
        for (ssrc, ntp) in sender_reports(&opened) {
            self.reception.sender_report(ssrc, ntp, at);
        }
    }

    /// Listens to what has been in time to be heard by sample `now`.
    pub(crate) fn hear(&mut self, now: u64) -> Vec<Window> {
        let due = now.saturating_sub(REACH);
        if self.detector.is_none() || due < self.listened + HELPING {
            return Vec::new();
        }
        self.listen(due);
        self.windows()
    }

    /// Listens to the rest and makes every window final.
    pub(crate) fn finish(&mut self) -> Vec<Window> {
        self.listen(self.listened + self.covered.len() as u64);
        if let Some(detector) = &mut self.detector {
            detector.finish();
        }
        self.windows()
    }

    fn listen(&mut self, until: u64) {
        let Some(detector) = &mut self.detector else { return };
        let (from, to) = ((self.listened - self.origin) as usize, (until - self.origin) as usize);
        if self.heard.len() < to {
            self.heard.resize(to, 0);
        }
        let count = to - from;
        if self.covered.len() < count {
            self.covered.resize(count, false);
        }
        detector.hear_partly(&self.heard[from..to], &self.covered[..count]);
        self.covered.drain(..count);
        self.listened = until;
    }

    fn windows(&mut self) -> Vec<Window> {
        // What our own decoder adds is none of the path's delay.
        let own = self.decoder.1.delay() as i64;
        let bias = (self.playout.bias() - own) as f32 * 1000.0 / RATE as f32;
        let mut windows = self.detector.as_mut().map(Detector::take).unwrap_or_default();
        for heard in windows.iter_mut().flat_map(|window| &mut window.heard) {
            heard.delay_ms = heard.delay_ms.map(|delay| delay + bias);
        }
        windows
    }

    pub(crate) fn report_block(&mut self, now: Instant) -> Option<ReceptionReport> {
        self.reception.report_block(now)
    }

    pub(crate) fn last_packet(&self) -> Option<Instant> {
        self.last_packet
    }

    pub(crate) fn describe(&self, stats: &mut StreamStats) {
        self.reception.describe(stats);
        self.oddities.describe(stats);
        self.guard.describe(stats);
        (stats.late, stats.late_bursts) = self.playout.behind();
        if let Some(codec) = self.codec {
            codec.clone_into(&mut stats.codec);
        }
        stats.onset_ms = self
            .configured
            .zip(self.first_packet)
            .map(|(from, to)| to.saturating_duration_since(from).as_secs_f32() * 1e3);
    }

    /// Everything that was heard; zeros where nothing arrived.
    pub(crate) fn heard(&self) -> &[i16] {
        &self.heard
    }
}

/// The decoder for a packet: a new one where the source or its codec is another than before.
fn decoder_of(decoder: &mut (u32, Decoder), ssrc: u32, codec: Codec) -> &mut Decoder {
    if decoder.0 == ssrc {
        decoder.1.turn_to(codec);
    } else {
        *decoder = (ssrc, Decoder::new(codec));
    }
    &mut decoder.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtp_rs::{RtpPacketBuilder, Seq};

    #[test]
    fn a_packet_that_was_stamped_before_what_is_listened_to_is_passed_over() {
        let (mut ear, at) = (Ear::new(0), Instant::now());
        let from = "127.0.0.1:4000".parse().unwrap();
        ear.configure(at, 0, &Stream::two_way(from, Codec::Pcma));
        let take = |ear: &mut Ear, number: u16, marker, arrival| {
            let packet = RtpPacketBuilder::new()
                .payload_type(8)
                .sequence(Seq::from(number))
                .timestamp(u32::from(number) * 160)
                .ssrc(5)
                .marked(marker)
                .payload(&[0x55; 160])
                .build()
                .unwrap();
            ear.take(at, arrival, from, &packet);
        };
        take(&mut ear, 1, true, 8000);
        ear.hear(16_000);
        assert_eq!(ear.listened, 16_000 - REACH);
        take(&mut ear, 2, true, 12_000);
        assert_eq!(ear.covered.len(), 0, "it would have been heard 400 ms ago");
        take(&mut ear, 3, true, 16_000);
        assert_eq!(ear.covered.len() as u64, REACH + 160);
    }
}
