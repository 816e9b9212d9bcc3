//! A port of a faulty relay.

use std::net::SocketAddr;
use std::time::Instant;

use mio::net::UdpSocket;

use super::audio::AudioState;
use super::kind::Faults;
use super::passage::Passage;
use super::stream::StreamState;
use crate::media::Codec;
use crate::pbx::relay::Stream;

/// What a port of a faulty relay remembers.
#[derive(Debug)]
pub(in crate::pbx::relay) struct Impaired {
    audio: AudioState,
    stream: StreamState,
    passage: Passage,
    /// The last payload that was relayed.
    last: Vec<u8>,
}

impl Impaired {
    pub(in crate::pbx::relay) fn new(faults: &Faults, socket: &UdpSocket) -> Self {
        Self {
            audio: AudioState::new(&faults.audio),
            stream: StreamState::new(&faults.stream),
            passage: Passage::new(&faults.passage, socket),
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
            self.audio.mix_in(&codec.decode(payload));
        }
    }

    /// What a phone of another call sent.
    pub(in crate::pbx::relay) fn overhear(&mut self, codec: Codec, payload: &[u8]) {
        self.audio.mix_in(&codec.decode(payload));
    }

    /// What becomes of relayed sound: payload type and payload, or nothing.
    pub(in crate::pbx::relay) fn relay(
        &mut self,
        codec: Codec,
        payload: &[u8],
        stream: &Stream,
        now: Instant,
    ) -> Option<(u8, Vec<u8>)> {
        let mut samples = codec.decode(payload);
        if !self.audio.spoil(&mut samples, now) {
            return None;
        }
        let (codec, payload_type) = self.audio.encoding(stream, now);
        let payload = codec.encode(&samples);
        self.last.clone_from(&payload);
        Some((payload_type, payload))
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
