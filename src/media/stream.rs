//! What a negotiation fixed for a leg's RTP.

use std::net::SocketAddr;

use super::{Codec, Security};

/// Where to send, what to send and what to expect. A leg can be given a new one at
/// any time; its SSRC, sequence numbers and timestamps go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Where RTP goes.
    pub remote: SocketAddr,
    /// Where RTCP goes.
    pub remote_rtcp: SocketAddr,
    /// What is sent: the first format of the answer, never another.
    pub codec: Codec,
    /// The payload type to send it under.
    pub payload_type: u8,
    /// Payload types that may arrive, with their meaning.
    pub accept: Vec<(u8, Codec)>,
    /// Payload type of RFC 4733 events, which are no audio.
    pub telephone_event: Option<u8>,
    /// Whether the direction lets us send.
    pub send: bool,
    /// Whether the direction lets the peer send. What arrives is heard all the same:
    /// audio that leaks through a hold is to be found.
    pub receive: bool,
    /// How it is protected; `None` is plain RTP.
    pub security: Option<Security>,
}

impl Stream {
    /// A two-way stream under the codec's static payload type, RTCP one port above.
    pub fn two_way(remote: SocketAddr, codec: Codec) -> Self {
        let mut remote_rtcp = remote;
        remote_rtcp.set_port(remote.port().wrapping_add(1));
        Self {
            remote,
            remote_rtcp,
            codec,
            payload_type: codec.payload_type(),
            accept: vec![(codec.payload_type(), codec)],
            telephone_event: None,
            send: true,
            receive: true,
            security: None,
        }
    }

    /// How a payload type that arrived is to be decoded: as agreed, else by its static
    /// meaning. `None` for events and for what nobody can decode.
    pub fn codec_of(&self, payload_type: u8) -> Option<Codec> {
        if self.telephone_event == Some(payload_type) {
            return None;
        }
        self.accept.iter().find(|(agreed, _)| *agreed == payload_type).map(|(_, codec)| *codec).or(
            match payload_type {
                0 => Some(Codec::Pcmu),
                8 => Some(Codec::Pcma),
                9 => Some(Codec::G722),
                _ => None,
            },
        )
    }
}
