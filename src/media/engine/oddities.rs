//! What a stream's packets say of their sender, beside the sound that they hold.

use std::net::SocketAddr;

use crate::media::Stream;
use crate::record::StreamStats;

/// Static payload type of comfort noise (RFC 3389).
pub(crate) const COMFORT_NOISE: u8 = 13;

/// Packets that say something of their sender.
#[derive(Debug, Default)]
pub(crate) struct Oddities {
    /// Payload of the last packet of audio.
    payload: Vec<u8>,
    repeated: u64,
    unagreed: u64,
    unagreed_type: Option<u8>,
    elsewhere: u64,
    elsewhere_at: Option<(SocketAddr, SocketAddr)>,
    left_behind: u64,
}

impl Oddities {
    /// Takes note of a packet that is no event.
    pub(crate) fn note(
        &mut self,
        kind: u8,
        payload: &[u8],
        from: SocketAddr,
        stream: Option<&Stream>,
    ) {
        if self.payload == payload && payload.iter().any(|byte| *byte != payload[0]) {
            self.repeated += 1;
        } else {
            self.payload.clear();
            self.payload.extend_from_slice(payload);
        }
        let Some(stream) = stream else { return };
        if kind != COMFORT_NOISE && stream.accept.iter().all(|(agreed, _)| *agreed != kind) {
            self.unagreed += 1;
            self.unagreed_type = Some(kind);
        }
        let named = !stream.remote.ip().is_unspecified() && stream.remote.port() != 0;
        if named && stream.remote != from {
            self.elsewhere += 1;
            self.elsewhere_at = Some((from, stream.remote));
        }
    }

    /// Takes note of a datagram to an RTP port that the leg has moved away from.
    pub(crate) fn note_left_behind(&mut self) {
        self.left_behind += 1;
    }

    pub(crate) fn describe(&self, stats: &mut StreamStats) {
        stats.left_behind = self.left_behind;
        stats.repeated = self.repeated;
        stats.unagreed = self.unagreed;
        stats.unagreed_type = self.unagreed_type;
        stats.elsewhere = self.elsewhere;
        stats.elsewhere_at =
            self.elsewhere_at.map(|(from, named)| (from.to_string(), named.to_string()));
    }
}
