//! A leg as the engine's threads see it.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::watch;

use super::ear::Ear;
use super::mouth::Mouth;
use super::reports;
use super::state::{EngineState, Port, lock};
use crate::media::ports::{PortPair, bind_pair};
use crate::media::{Identity, LegSpec, MediaError, Recording, Stream, quality};
use crate::record::{StreamStats, Window};
use crate::wire::Clock;

/// The state of a leg.
#[derive(Debug)]
pub(crate) struct LegState {
    pub(crate) key: u64,
    pub(crate) party: String,
    pub(crate) identity: Identity,
    pub(crate) rtp_addr: SocketAddr,
    pub(crate) rtcp_addr: SocketAddr,
    clock: Clock,
    /// `None` once the leg is closed.
    pub(crate) ports: Mutex<Option<PortPair>>,
    pub(crate) closing: AtomicBool,
    pub(crate) mouth: Mutex<Mouth>,
    pub(crate) ear: Mutex<Ear>,
    windows: Mutex<Vec<Window>>,
    progress: watch::Sender<Progress>,
}

/// What those who wait for windows wait for.
#[derive(Debug, Clone, Copy, Default)]
struct Progress {
    windows: usize,
    closed: bool,
}

impl LegState {
    /// Binds the ports and claims them at the tap.
    pub(crate) fn open(spec: LegSpec, engine: &EngineState) -> Result<Self, MediaError> {
        let ports = bind_pair(spec.ip)?;
        let address = |socket: &UdpSocket| socket.local_addr().map_err(MediaError::Engine);
        let (rtp_addr, for_reports) = (address(&ports.rtp)?, address(&ports.rtcp)?);
        engine.tap.claim_port(rtp_addr, &spec.label);
        engine.tap.claim_port(for_reports, &spec.label);
        let now = engine.sample_at(Instant::now());
        Ok(Self {
            key: engine.key(),
            party: spec.party,
            identity: spec.identity,
            rtp_addr,
            rtcp_addr: for_reports,
            clock: engine.clock,
            ports: Mutex::new(Some(ports)),
            closing: AtomicBool::new(false),
            mouth: Mutex::new(Mouth::new(spec.identity)),
            ear: Mutex::new(Ear::new(now)),
            windows: Mutex::default(),
            progress: watch::Sender::new(Progress::default()),
        })
    }

    /// Sends from a port; errors are those of the path and show in what is not heard.
    pub(crate) fn send(&self, port: Port, bytes: &[u8], remote: SocketAddr) {
        if let Some(ports) = lock(&self.ports).as_ref() {
            let _ = ports.of(port).send_to(bytes, remote);
        }
    }

    /// Takes one datagram off a port, if there is one.
    pub(crate) fn receive(&self, port: Port, buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
        lock(&self.ports).as_ref()?.of(port).recv_from(buffer).ok()
    }

    pub(crate) fn configure(&self, stream: Stream) {
        let now = Instant::now();
        lock(&self.ear).configure(now, self.sample_at(now), &stream);
        lock(&self.mouth).configure(stream);
    }

    pub(crate) fn speak(&self, on: bool) {
        lock(&self.mouth).speak(on);
    }

    /// Listens to what is due by sample `now` and publishes the windows that are final.
    pub(crate) fn hear(&self, now: u64) {
        let windows = lock(&self.ear).hear(now);
        self.publish(windows);
    }

    /// Publishes what is left; the leg is closed.
    pub(crate) fn finish(&self) {
        let windows = lock(&self.ear).finish();
        self.publish(windows);
        self.progress.send_modify(|progress| progress.closed = true);
    }

    fn publish(&self, windows: Vec<Window>) {
        if windows.is_empty() {
            return;
        }
        let mut all = lock(&self.windows);
        all.extend(windows);
        let count = all.len();
        drop(all);
        self.progress.send_modify(|progress| progress.windows = count);
    }

    /// The RTCP packet that is due now, if any, and where it goes.
    pub(crate) fn report(&self, now: Instant, clock: Clock) -> Option<(Bytes, SocketAddr)> {
        let mut mouth = lock(&self.mouth);
        let (sender, remote) = mouth.report_due(now)?;
        drop(mouth);
        let reception = lock(&self.ear).report_block(now);
        let sample = self.sample_at(now);
        reports::compound(&sender, reception, now, sample, clock).map(|bytes| (bytes, remote))
    }

    fn sample_at(&self, at: Instant) -> u64 {
        (self.clock.seconds_at(at) * f64::from(crate::media::codec::RATE)).round() as u64
    }

    pub(crate) fn windows(&self, from: usize) -> Vec<Window> {
        lock(&self.windows).get(from..).unwrap_or_default().to_vec()
    }

    pub(crate) async fn beyond(&self, count: usize) {
        let mut progress = self.progress.subscribe();
        let _ = progress.wait_for(|p| p.closed || p.windows > count).await;
    }

    pub(crate) async fn changed(&self) {
        let count = self.progress.borrow().windows;
        self.beyond(count).await;
    }

    pub(crate) fn stats(&self) -> StreamStats {
        let mut stats = StreamStats { party: self.party.clone(), ..StreamStats::default() };
        lock(&self.mouth).describe(&mut stats);
        lock(&self.ear).describe(&mut stats);
        let mut delays: Vec<f32> = lock(&self.windows)
            .iter()
            .flat_map(|window| &window.heard)
            .filter(|heard| heard.identity != self.identity.number())
            .filter_map(|heard| heard.delay_ms)
            .collect();
        let middle = delays.len() / 2;
        if middle < delays.len() {
            stats.delay_ms = Some(*delays.select_nth_unstable_by(middle, f32::total_cmp).1);
        }
        let expected = stats.received - stats.duplicated.min(stats.received) + stats.lost;
        if expected > 0 {
            let loss = stats.lost as f32 / expected as f32;
            let r = quality::r_factor(loss, stats.delay_ms.unwrap_or_default());
            stats.r_factor = Some(r);
            stats.mos = Some(quality::mos(r));
        }
        stats
    }

    pub(crate) fn last_packet_at(&self) -> Option<f64> {
        lock(&self.ear).last_packet().map(|at| self.clock.seconds_at(at))
    }

    pub(crate) fn last_sent_at(&self) -> Option<f64> {
        lock(&self.mouth).last_sent().map(|at| self.clock.seconds_at(at))
    }

    pub(crate) fn recording(&self) -> Recording {
        lock(&self.ear).recording()
    }
}

impl PortPair {
    fn of(&self, port: Port) -> &UdpSocket {
        match port {
            Port::Rtp => &self.rtp,
            Port::Rtcp => &self.rtcp,
        }
    }
}
