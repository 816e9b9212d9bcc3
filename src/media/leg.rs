//! A party's end of a media stream, as agents handle it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::engine::{LegState, Running};
use super::{Identity, MediaError, Recording, Stream};
use crate::record::{StreamStats, Window};

/// What a leg is opened with.
#[derive(Debug, Clone)]
pub struct LegSpec {
    /// Local address of RTP and RTCP; the ports are picked.
    pub ip: IpAddr,
    /// Name of the party, for the record.
    pub party: String,
    /// Label under which the tap keeps its datagrams.
    pub label: String,
    /// What it speaks.
    pub identity: Identity,
}

/// A leg of the engine. Clones share it; it closes with [`Leg::close`] or with its
/// last clone.
#[derive(Debug, Clone)]
pub struct Leg(Arc<Handle>);

#[derive(Debug)]
struct Handle {
    state: Arc<LegState>,
    engine: Arc<Running>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.engine.0.close(&self.state);
    }
}

impl Leg {
    pub(crate) fn new(state: Arc<LegState>, engine: Arc<Running>) -> Self {
        Self(Arc::new(Handle { state, engine }))
    }

    /// Name of its party.
    pub fn party(&self) -> &str {
        &self.0.state.party
    }

    /// What it speaks.
    pub fn identity(&self) -> Identity {
        self.0.state.identity
    }

    /// Where it receives RTP.
    pub fn rtp_addr(&self) -> SocketAddr {
        self.0.state.addresses().0
    }

    /// Where it receives RTCP.
    pub fn rtcp_addr(&self) -> SocketAddr {
        self.0.state.addresses().1
    }

    /// Opens another pair of ports and tells its RTP and RTCP address. What comes there is heard;
    /// what is sent leaves from the old ones until [`Leg::move_on`]. `None` on a closed leg.
    pub fn open_beside(&self) -> Result<Option<(SocketAddr, SocketAddr)>, MediaError> {
        self.0.engine.0.open_beside(&self.0.state)
    }

    /// Moves to the ports that were opened last. What still comes to the old ones after a second
    /// is counted ([`StreamStats::left_behind`]) and not heard.
    pub fn move_on(&self) {
        self.0.state.move_on();
    }

    /// Stays on the ports in use, and closes those that were opened beside them.
    pub fn stay(&self) {
        self.0.state.stay();
    }

    /// Sets or changes what is sent where. The first call starts the stream.
    pub fn configure(&self, stream: Stream) {
        self.0.state.configure(stream);
    }

    /// Keys are being agreed on: what arrives before they are there cannot be understood, and
    /// is neither heard nor held against anybody.
    pub fn await_keys(&self) {
        self.0.state.await_keys();
    }

    /// From now on identity tones (`true`) or silence (`false`, as at the start). Packets
    /// flow either way while the direction lets us send.
    pub fn speak(&self, on: bool) {
        self.0.state.speak(on);
    }

    /// Sends another stream from now on, as after a restart of the media: SSRC, sequence numbers
    /// and timestamps begin anew (RFC 3550 §5.1).
    pub fn begin_anew(&self) {
        self.0.state.begin_anew();
    }

    /// Presses these keys (`0`–`9`, `*`, `#`, `A`–`D`) as RFC 4733 events, 160 ms each with 100 ms
    /// between, while the direction lets us send; nothing without an agreed telephone-event.
    pub fn press(&self, keys: &str) {
        self.0.state.press(keys);
    }

    /// Every key that has arrived as an RFC 4733 event, in order.
    pub fn keys_heard(&self) -> String {
        self.0.state.keys_heard()
    }

    /// From now on each of the two says what the other hears, in place of its own identity: the
    /// peers of both hear each other. Both go on listening.
    pub fn join(&self, other: &Self) {
        self.0.state.join(&other.0.state);
        other.0.state.join(&self.0.state);
    }

    /// The final windows from index `from` on; indices only ever grow.
    pub fn windows(&self, from: usize) -> Vec<Window> {
        self.0.state.windows(from)
    }

    /// Waits until there is another final window than now; wakes at most every 120 ms.
    /// Returns at once on a closed leg.
    pub async fn changed(&self) {
        self.0.state.changed().await;
    }

    /// Waits until there are more than `count` final windows, or the leg is closed.
    pub async fn beyond(&self, count: usize) {
        self.0.state.beyond(count).await;
    }

    /// Figures of the received stream and of our own punctuality.
    pub fn stats(&self) -> StreamStats {
        self.0.state.stats()
    }

    /// When the last RTP packet arrived, seconds from the start of the run.
    pub fn last_packet_at(&self) -> Option<f64> {
        self.0.state.last_packet_at()
    }

    /// When the last RTP packet was sent, seconds from the start of the run.
    pub fn last_sent_at(&self) -> Option<f64> {
        self.0.state.last_sent_at()
    }

    /// Both directions as sound.
    pub fn recording(&self) -> Recording {
        self.0.state.recording()
    }

    /// Stops sending and receiving and frees the ports. What was heard stays readable.
    pub fn close(&self) {
        self.0.engine.0.close(&self.0.state);
    }
}
