//! A port as the thread sees it.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::time::Instant;

use mio::net::UdpSocket;
use rtp_rs::RtpReader;

use super::fault::Impaired;
use super::outgoing::{Outgoing, Packet};
use super::playlist::{FRAME, Playlist};
use super::transcoder::Transcoder;
use super::{Board, PortId, Source, Stream};
use crate::media::{Codec, Opener, Sealer};

/// What a received packet carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carries {
    Audio(Codec),
    /// Stamped by a clock with so many ticks for each sample.
    TelephoneEvent(u32),
}

/// Origin of what the PBX plays itself; no port has this number.
const OURSELVES: u64 = u64::MAX;

/// A port.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) media: UdpSocket,
    pub(super) control: UdpSocket,
    stream: Option<Stream>,
    /// Both there if and only if the stream is protected.
    opener: Option<Opener>,
    sealer: Option<Sealer>,
    pub(super) source: Source,
    pub(super) board: Option<Board>,
    /// Ports that send what this one receives.
    pub(super) listeners: Vec<PortId>,
    /// Ports of other calls that overhear it: a defect.
    pub(super) eavesdroppers: Vec<PortId>,
    /// SSRC of the first packet that came.
    first_source: Option<u32>,
    outgoing: Outgoing,
    transcoder: Transcoder,
    /// Packets played since the source was set, and since the start.
    frame: usize,
    played: u16,
    /// Only in a faulty relay.
    impaired: Option<Box<Impaired>>,
}

impl Line {
    pub(super) fn new(media: UdpSocket, control: UdpSocket, impaired: Option<Impaired>) -> Self {
        Self {
            media,
            control,
            stream: None,
            opener: None,
            sealer: None,
            source: Source::Nothing,
            board: None,
            listeners: Vec::new(),
            eavesdroppers: Vec::new(),
            first_source: None,
            outgoing: Outgoing::new(),
            transcoder: Transcoder::default(),
            frame: 0,
            played: 0,
            impaired: impaired.map(Box::new),
        }
    }

    pub(super) fn set_source(&mut self, source: Source) {
        if self.source != source {
            self.source = source;
            self.frame = 0;
            self.outgoing.interrupt();
            if let Some(impaired) = &mut self.impaired {
                impaired.reconnected();
            }
        }
    }

    pub(super) fn configure(&mut self, stream: Stream) {
        if !stream.sends {
            self.outgoing.interrupt();
        }
        self.outgoing.set_ticks(stream.codec.ticks());
        let security = stream.security.as_ref();
        self.opener = Opener::renewed(self.opener.take(), security, Instant::now());
        self.sealer = Sealer::renewed(self.sealer.take(), security);
        self.stream = Some(stream);
    }

    /// The RTP packet in a datagram; `None` if it is protected and not authentic.
    pub(super) fn open<'a>(&mut self, datagram: &'a [u8], now: Instant) -> Option<Cow<'a, [u8]>> {
        match &mut self.opener {
            Some(opener) => opener.open(datagram, now).map(Cow::Owned),
            None => Some(Cow::Borrowed(datagram)),
        }
    }

    /// What the packet carries, if it may be passed on.
    pub(super) fn classify(&mut self, packet: &RtpReader<'_>) -> Option<Carries> {
        let stream = self.stream.as_ref().filter(|stream| stream.receives)?;
        let first = *self.first_source.get_or_insert(packet.ssrc());
        if stream.one_source && first != packet.ssrc() {
            return None;
        }
        let payload_type = packet.payload_type();
        if stream.telephone_event == Some(payload_type) {
            return Some(Carries::TelephoneEvent(stream.codec.ticks()));
        }
        let known = stream.accept.iter().find(|(accepted, _)| *accepted == payload_type);
        known.map(|&(_, codec)| Carries::Audio(codec))
    }

    /// What its own phone said, as far as a fault makes use of it.
    pub(super) fn hear(&mut self, carries: Carries, packet: &RtpReader<'_>) {
        if let (Some(impaired), Carries::Audio(codec)) = (&mut self.impaired, carries) {
            impaired.hear(codec, packet.payload());
        }
    }

    /// What the phone of another call said.
    pub(super) fn overhear(&mut self, carries: Carries, packet: &RtpReader<'_>) {
        if let (Some(impaired), Carries::Audio(codec)) = (&mut self.impaired, carries) {
            impaired.overhear(codec, packet.payload());
        }
    }

    /// Sends on what `from` received, in our own codec and numbering.
    pub(super) fn forward(
        &mut self,
        from: PortId,
        carries: Carries,
        packet: &RtpReader<'_>,
        now: Instant,
    ) {
        let Some(stream) = self.stream.as_ref().filter(|stream| stream.sends) else { return };
        let origin = (from.0, packet.ssrc());
        let ticks = match carries {
            Carries::Audio(codec) => codec.ticks(),
            Carries::TelephoneEvent(ticks) => ticks,
        };
        let transcoded;
        let (payload_type, payload) = match carries {
            Carries::TelephoneEvent(_) => match stream.telephone_event {
                Some(payload_type) => (payload_type, packet.payload()),
                None => return,
            },
            Carries::Audio(codec) if codec == stream.codec && self.impaired.is_none() => {
                (stream.payload_type, packet.payload())
            }
            Carries::Audio(codec) => {
                let mut samples = self.transcoder.decode(origin, codec, packet.payload());
                let how = match &mut self.impaired {
                    Some(impaired) => impaired.spoil(&mut samples, stream, now),
                    None => Some((stream.codec, stream.payload_type)),
                };
                let Some((codec, payload_type)) = how else {
                    // What is not sent takes no number.
                    return self.outgoing.interrupt();
                };
                transcoded = self.transcoder.encode(codec, &samples);
                if let Some(impaired) = &mut self.impaired {
                    impaired.remember(&transcoded);
                }
                (payload_type, transcoded.as_slice())
            }
        };
        let packet_out = Packet {
            payload_type,
            marker: packet.mark(),
            sequence: u16::from(packet.sequence_number()),
            timestamp: packet.timestamp(),
            ticks,
            payload,
        };
        let bytes = self.outgoing.pack(origin, packet_out, now);
        let Some(bytes) = sealed(self.sealer.as_mut(), bytes) else { return };
        send(&self.media, self.impaired.as_deref_mut(), bytes, stream.remote, now);
    }

    /// Sends the next packet of what is played, if anything is.
    pub(super) fn play(&mut self, playlist: &Playlist, now: Instant) {
        let Some(stream) = self.stream.as_ref().filter(|stream| stream.sends) else { return };
        let payload = match self.source {
            Source::Plays(piece) => {
                playlist.get(piece).map(|sound| match sound.payload(stream.codec, self.frame) {
                    Some(payload) => Cow::Borrowed(payload),
                    None => {
                        let samples = sound.samples(self.frame);
                        Cow::Owned(self.transcoder.encode(stream.codec, samples))
                    }
                })
            }
            Source::Stuck => self.impaired.as_ref().map(|impaired| impaired.last().into()),
            Source::Nothing | Source::Port(_) => None,
        };
        let Some(payload) = payload else { return };
        let packet = Packet {
            payload_type: stream.payload_type,
            marker: false,
            sequence: self.played,
            timestamp: u32::from(self.played).wrapping_mul(FRAME as u32),
            ticks: 1,
            payload: &payload,
        };
        let bytes = self.outgoing.pack((OURSELVES, 0), packet, now);
        self.frame += 1;
        self.played = self.played.wrapping_add(1);
        let Some(bytes) = sealed(self.sealer.as_mut(), bytes) else { return };
        send(&self.media, self.impaired.as_deref_mut(), bytes, stream.remote, now);
    }

    /// Sends what a faulty relay has delayed long enough.
    pub(super) fn flush(&mut self, now: Instant) {
        if let Some(impaired) = &mut self.impaired {
            impaired.flush(&self.media, now);
        }
    }

    /// Sends a sender report, if there is anything to report.
    pub(super) fn report(&mut self, now: Instant) {
        let Some(stream) = &self.stream else { return };
        let Some(report) = self.outgoing.report(now) else { return };
        let report = match &mut self.sealer {
            Some(sealer) => sealer.seal_report(&report),
            None => Some(report),
        };
        if let Some(report) = report {
            let _ = self.control.send_to(&report, stream.remote_rtcp);
        }
    }
}

/// The packet as it goes out.
fn sealed(sealer: Option<&mut Sealer>, packet: Vec<u8>) -> Option<Vec<u8>> {
    match sealer {
        Some(sealer) => sealer.seal(&packet),
        None => Some(packet),
    }
}

/// The one place where RTP leaves.
fn send(
    socket: &UdpSocket,
    impaired: Option<&mut Impaired>,
    packet: Vec<u8>,
    to: SocketAddr,
    now: Instant,
) {
    match impaired {
        Some(impaired) => impaired.pass(socket, to, packet, now),
        // An ICMP error of an earlier packet is no reason to stop.
        None => {
            let _ = socket.send_to(&packet, to);
        }
    }
}
