//! The engine that paces, receives and hears for every leg.

use std::net::SocketAddr;
use std::net::UdpSocket;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::lateness::LatenessHistogram;
use super::ports::{PortPair, bind_pair};
use super::{Identity, Lateness, Leg, LegSpec, MediaError, Recording, Stream};
use crate::record::{StreamStats, Window};
use crate::wire::{Clock, Tap};

/// The media engine of a run. Clones share it.
#[derive(Debug, Clone)]
pub struct Engine(Arc<EngineState>);

impl Engine {
    /// Starts the engine.
    pub fn start(clock: Clock, tap: Tap) -> Result<Self, MediaError> {
        Ok(Self(Arc::new(EngineState { clock, tap, lateness: Mutex::default() })))
    }

    /// The clock that windows and codes go by.
    pub fn clock(&self) -> Clock {
        self.0.clock
    }

    /// Binds the ports of a new leg. It is silent until it is configured.
    pub fn open(&self, spec: LegSpec) -> Result<Leg, MediaError> {
        let ports = bind_pair(spec.ip)?;
        let state = Arc::new(LegState::new(spec, &ports)?);
        self.0.tap.claim_port(state.rtp_addr, &state.label);
        self.0.tap.claim_port(state.rtcp_addr, &state.label);
        *lock(&state.sockets) = Some(ports);
        Ok(Leg::new(state, Arc::clone(&self.0)))
    }

    /// How punctually all legs have sent so far.
    pub fn lateness(&self) -> Lateness {
        lock(&self.0.lateness).summary()
    }

    /// Waits until all that was sent or received before the call is in the tap and
    /// in the legs' figures.
    pub async fn settle(&self) {
        tracing::trace!(at = self.0.clock.seconds(), "settled");
        tokio::task::yield_now().await;
    }
}

#[derive(Debug)]
pub(crate) struct EngineState {
    clock: Clock,
    tap: Tap,
    lateness: Mutex<LatenessHistogram>,
}

impl EngineState {
    pub(crate) fn close(&self, leg: &LegState) {
        tracing::debug!(party = leg.party, at = self.clock.seconds(), "leg closed");
        *lock(&leg.sockets) = None;
        leg.progress.send_modify(|(_, closed)| *closed = true);
    }
}

/// The state of a leg.
#[derive(Debug)]
pub(crate) struct LegState {
    pub(crate) party: String,
    pub(crate) label: String,
    pub(crate) identity: Identity,
    pub(crate) rtp_addr: SocketAddr,
    pub(crate) rtcp_addr: SocketAddr,
    sockets: Mutex<Option<PortPair>>,
    stream: Mutex<Option<Stream>>,
    speaking: Mutex<bool>,
    windows: Mutex<Vec<Window>>,
    last_packet_at: Mutex<Option<f64>>,
    last_sent_at: Mutex<Option<f64>>,
    recording: Mutex<Recording>,
    /// Number of final windows, and whether the leg is closed.
    progress: watch::Sender<(usize, bool)>,
}

impl LegState {
    fn new(spec: LegSpec, ports: &PortPair) -> Result<Self, MediaError> {
        let address = |socket: &UdpSocket| socket.local_addr().map_err(MediaError::Engine);
        Ok(Self {
            rtp_addr: address(&ports.rtp)?,
            rtcp_addr: address(&ports.rtcp)?,
            party: spec.party,
            label: spec.label,
            identity: spec.identity,
            sockets: Mutex::default(),
            stream: Mutex::default(),
            speaking: Mutex::default(),
            windows: Mutex::default(),
            last_packet_at: Mutex::default(),
            last_sent_at: Mutex::default(),
            recording: Mutex::default(),
            progress: watch::Sender::new((0, false)),
        })
    }

    pub(crate) fn configure(&self, stream: Stream) {
        *lock(&self.stream) = Some(stream);
    }

    pub(crate) fn speak(&self, on: bool) {
        *lock(&self.speaking) = on;
    }

    pub(crate) fn windows(&self, from: usize) -> Vec<Window> {
        lock(&self.windows).get(from..).unwrap_or_default().to_vec()
    }

    pub(crate) async fn changed(&self) {
        let mut progress = self.progress.subscribe();
        if !progress.borrow_and_update().1 {
            let _ = progress.changed().await;
        }
    }

    pub(crate) fn stats(&self) -> StreamStats {
        StreamStats { party: self.party.clone(), ..StreamStats::default() }
    }

    pub(crate) fn last_packet_at(&self) -> Option<f64> {
        *lock(&self.last_packet_at)
    }

    pub(crate) fn last_sent_at(&self) -> Option<f64> {
        *lock(&self.last_sent_at)
    }

    pub(crate) fn recording(&self) -> Recording {
        lock(&self.recording).clone()
    }
}

/// A poisoned lock is a panic elsewhere; the data stays usable.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
