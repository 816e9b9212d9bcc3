//! A leg as the engine's threads see it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::watch;

use super::doors::{Arrival, Doors};
use super::ear::Ear;
use super::reports;
use super::state::{EngineState, Port, lock};
use super::talker::Talker;
use crate::media::{Codec, Identity, LegSpec, MediaError, PortPair, Recording, Stream, quality};
use crate::record::{StreamStats, Window};
use crate::wire::{Clock, Fetcher};

/// The state of a leg.
#[derive(Debug)]
pub(crate) struct LegState {
    pub(crate) key: u64,
    pub(crate) party: String,
    /// Under which the tap keeps its datagrams.
    pub(crate) label: String,
    pub(crate) identity: Identity,
    clock: Clock,
    /// Where it receives RTP and RTCP, also once it is closed.
    addresses: Mutex<(SocketAddr, SocketAddr)>,
    /// `None` once the leg is closed.
    pub(crate) doors: Mutex<Option<Doors>>,
    pub(crate) talker: Mutex<Talker>,
    /// Sample of the run at which the recording begins.
    origin: u64,
    pub(crate) ear: Mutex<Ear>,
    /// The leg that says what this one hears, if there is one.
    joined: Mutex<Weak<Self>>,
    windows: Mutex<Vec<Window>>,
    progress: watch::Sender<Progress>,
    /// Worst lateness of the machine, µs.
    machine_late: AtomicU64,
    /// Thousandths.
    machine_pressed: AtomicU64,
}

/// What those who wait for windows wait for.
#[derive(Debug, Clone, Copy, Default)]
struct Progress {
    windows: usize,
    closed: bool,
}

impl LegState {
    /// Claims the ports at the tap.
    pub(crate) fn open(
        spec: LegSpec,
        ports: PortPair,
        engine: &EngineState,
    ) -> Result<Self, MediaError> {
        let doors = Doors::new(ports)?;
        let addresses = doors.in_use();
        engine.tap.claim_port(addresses.0, &spec.label);
        engine.tap.claim_port(addresses.1, &spec.label);
        let now = engine.sample_at(Instant::now());
        Ok(Self {
            key: engine.key(),
            party: spec.party,
            label: spec.label,
            identity: spec.identity,
            clock: engine.clock,
            addresses: Mutex::new(addresses),
            talker: Mutex::new(Talker::new(spec.identity, doors.outlet(Port::Rtp).clone())),
            doors: Mutex::new(Some(doors)),
            origin: now,
            ear: Mutex::new(Ear::new(now)),
            joined: Mutex::default(),
            windows: Mutex::default(),
            progress: watch::Sender::new(Progress::default()),
            machine_late: AtomicU64::new(0),
            machine_pressed: AtomicU64::new(0),
        })
    }

    /// Notes by how much this machine was late to wake a thread.
    pub(crate) fn machine_was_late(&self, by: Duration) {
        self.machine_late.fetch_max(by.as_micros() as u64, Ordering::Relaxed);
    }

    /// Notes in which share of the time somebody waited for a processor.
    pub(crate) fn machine_was_pressed(&self, share: f32) {
        self.machine_pressed.fetch_max((share * 1e3) as u64, Ordering::Relaxed);
    }

    /// Where it receives RTP and RTCP.
    pub(crate) fn addresses(&self) -> (SocketAddr, SocketAddr) {
        *lock(&self.addresses)
    }

    /// Sends RTCP, and tells from where, unless the leg is closed.
    pub(crate) fn send_report(&self, bytes: &[u8], remote: SocketAddr) -> Option<SocketAddr> {
        Some(lock(&self.doors).as_ref()?.outlet(Port::Rtcp).send(bytes, remote))
    }

    /// Takes one datagram off a port of a pair, if there is one.
    pub(crate) fn fetch(&self, pair: usize, port: Port, fetcher: &mut Fetcher) -> Option<Arrival> {
        lock(&self.doors).as_ref()?.fetch(pair, port, fetcher)
    }

    /// Uses the ports that were opened last.
    pub(crate) fn move_on(&self) {
        if let Some(doors) = lock(&self.doors).as_mut() {
            doors.move_on(Instant::now());
            lock(&self.talker).outlet = Some(doors.outlet(Port::Rtp).clone());
            *lock(&self.addresses) = doors.in_use();
        }
    }

    /// Gives up the ports that were opened and not taken up.
    pub(crate) fn stay(&self) {
        if let Some(doors) = lock(&self.doors).as_mut() {
            doors.stay();
        }
    }

    pub(crate) fn configure(&self, stream: Stream) {
        let now = Instant::now();
        lock(&self.ear).configure(now, self.sample_at(now), &stream);
        lock(&self.talker).mouth.configure(stream);
    }

    pub(crate) fn await_keys(&self) {
        lock(&self.ear).await_keys();
    }

    pub(crate) fn speak(&self, on: bool) {
        lock(&self.talker).mouth.speak(on);
    }

    pub(crate) fn begin_anew(&self) {
        lock(&self.talker).mouth.begin_anew();
    }

    pub(crate) fn press(&self, keys: &str) {
        lock(&self.talker).mouth.press(keys);
    }

    pub(crate) fn keys_heard(&self) -> String {
        lock(&self.ear).keys().to_owned()
    }

    /// From now on `other` says what this leg hears.
    pub(crate) fn join(&self, other: &Arc<Self>) {
        lock(&other.talker).mouth.pass_on();
        lock(&self.ear).pass_on();
        *lock(&self.joined) = Arc::downgrade(other);
    }

    /// Gives on what was heard.
    pub(crate) fn pass_on(&self, samples: &[i16]) {
        if let Some(other) = lock(&self.joined).upgrade() {
            lock(&other.talker).mouth.take(samples);
        }
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
        let (sender, remote) = lock(&self.talker).mouth.report_due(now)?;
        let reception = lock(&self.ear).report_block(now);
        let sample = self.sample_at(now);
        let report = reports::compound(&sender, reception, now, sample, clock)?;
        lock(&self.talker).mouth.protected(report).map(|bytes| (bytes, remote))
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
        lock(&self.talker).mouth.describe(&mut stats);
        lock(&self.ear).describe(&mut stats);
        stats.machine_late_max_ms = self.machine_late.load(Ordering::Relaxed) as f32 / 1e3;
        stats.machine_pressed = self.machine_pressed.load(Ordering::Relaxed) as f32 / 1e3;
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
        // The values of the E-model that are at hand are those of G.711.
        let is_g711 = Codec::from_name(&stats.codec).is_some_and(|c| Codec::G711.contains(&c));
        if expected > 0 && is_g711 {
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
        lock(&self.talker).mouth.last_sent().map(|at| self.clock.seconds_at(at))
    }

    pub(crate) fn recording(&self) -> Recording {
        let spoken = lock(&self.talker).spoken.clone();
        let sent = spoken.samples(self.origin, |at| self.sample_at(at));
        Recording { sent, heard: lock(&self.ear).heard().to_vec() }
    }
}
