//! A port of a faulty relay.

use std::net::SocketAddr;
use std::time::Instant;

use mio::net::UdpSocket;

use super::audio::AudioState;
use super::kind::Faults;
use super::passage::Passage;
use super::stream::StreamState;
use crate::media::{Codec, Decoder};
use crate::pbx::relay::Stream;

/// What a port of a faulty relay remembers.
#[derive(Debug)]
pub(in crate::pbx::relay) struct Impaired {
    audio: AudioState,
    stream: StreamState,
    passage: Passage,
    /// What its own phone says, and what it overhears, are streams of their own.
    own: Decoder,
    overheard: Decoder,
    /// The last payload that was relayed.
    last: Vec<u8>,
}

impl Impaired {
    pub(in crate::pbx::relay) fn new(faults: &Faults, socket: &UdpSocket) -> Self {
        Self {
            audio: AudioState::new(&faults.audio),
            stream: StreamState::new(&faults.stream),
            passage: Passage::new(&faults.passage, socket),
            own: Decoder::new(Codec::default()),
            overheard: Decoder::new(Codec::default()),
            last: Vec::new(),
        }
    }

    /// The port sends something else from now on.
    pub(in crate::pbx::relay) fn reconnected(&mut self) {
        self.audio.reconnected();
    }

    /// What the port's own phone sent.
    pub(in crate::pbx::relay) fn hear(&mut self, codec: Codec, payload: &[u8]) {
        if self.audio.listens() {
            self.own.turn_to(codec);
            self.audio.mix_in(&self.own.decode(payload));
        }
    }

    /// What a phone of another call sent.
    pub(in crate::pbx::relay) fn overhear(&mut self, codec: Codec, payload: &[u8]) {
        self.overheard.turn_to(codec);
        self.audio.mix_in(&self.overheard.decode(payload));
    }

    /// Spoils the samples of a packet that is relayed. How they are to be encoded, and the
    /// payload type that they go under; `None` if they are not to be sent.
    pub(in crate::pbx::relay) fn spoil(
        &mut self,
        samples: &mut Vec<i16>,
        stream: &Stream,
        now: Instant,
    ) -> Option<(Codec, u8)> {
        self.audio.spoil(samples, now).then(|| self.audio.encoding(stream, now))
    }

    /// Takes note of the payload that is relayed.
    pub(in crate::pbx::relay) fn remember(&mut self, payload: &[u8]) {
        self.last.clear();
        self.last.extend_from_slice(payload);
    }

    /// The last sound that was relayed, encoded as it was sent.
    pub(in crate::pbx::relay) fn last(&self) -> &[u8] {
        &self.last
    }

    /// What becomes of a whole packet.
    pub(in crate::pbx::relay) fn pass(
        &mut self,
        socket: &UdpSocket,
        to: SocketAddr,
        mut packet: Vec<u8>,
        now: Instant,
    ) {
        self.stream.rewrite(&mut packet, now);
        self.passage.pass(socket, to, packet, now);
    }

    /// Sends what has waited long enough.
    pub(in crate::pbx::relay) fn flush(&mut self, socket: &UdpSocket, now: Instant) {
        self.passage.flush(socket, now);
    }
}
