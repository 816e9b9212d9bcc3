//! What the engine's threads share.

use std::any::Any;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::epoll;
use tokio::sync::watch;

use super::doors::Doors;
use super::leg_state::LegState;
use super::receiver::{Leftover, take_last};
use super::roster::Roster;
use crate::media::lateness::LatenessHistogram;
use crate::media::{MediaError, PortPair, Tardiness};
use crate::wire::{Clock, Datagram, Tap};

/// Legs take turns at the milliseconds of a packet's 20.
pub(crate) const SLOTS: u64 = 20;

/// So many share a millisecond before another is taken.
const SHARE: usize = 4;

/// The listener looks at what has come every so often.
pub(crate) const TICK: Duration = Duration::from_millis(16);

/// Which of a leg's ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    Rtp,
    Rtcp,
    /// An RTP port that the leg has moved away from.
    Left,
}

/// Legs by the millisecond that they send in.
pub(crate) type Turns = Vec<Vec<Arc<LegState>>>;

/// Legs by poller key.
pub(crate) type Legs = HashMap<u64, Arc<LegState>>;

/// The state of an engine.
#[derive(Debug)]
pub(crate) struct EngineState {
    pub(crate) clock: Clock,
    pub(crate) tap: Tap,
    pub(crate) lateness: Mutex<LatenessHistogram>,
    /// Who sends when.
    pub(crate) slots: Mutex<Roster<Turns>>,
    pub(crate) slots_changed: Condvar,
    /// Who is listened for.
    pub(crate) legs: Mutex<Roster<Legs>>,
    pub(crate) legs_changed: Condvar,
    pub(crate) poller: OwnedFd,
    /// Sent since the listener last looked.
    pub(crate) sent: Mutex<Vec<Datagram>>,
    /// Legs that were closed since.
    pub(crate) closed: Mutex<Vec<Arc<LegState>>>,
    /// What had come to them.
    pub(crate) last_received: Mutex<Vec<Leftover>>,
    /// Others of this process who notice how late this machine is.
    companions: Mutex<Vec<Tardiness>>,
    /// How often the listener has looked.
    pub(crate) rounds: watch::Sender<u64>,
    /// What broke first.
    pub(crate) fault: OnceLock<String>,
    next_key: AtomicU64,
    ended: AtomicBool,
}

impl EngineState {
    pub(crate) fn new(clock: Clock, tap: Tap) -> Result<Self, MediaError> {
        let failed = |error: rustix::io::Errno| MediaError::Engine(error.into());
        let poller = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(failed)?;
        Ok(Self {
            clock,
            tap,
            lateness: Mutex::default(),
            slots: Mutex::new(Roster::new(vec![Vec::new(); SLOTS as usize])),
            slots_changed: Condvar::new(),
            legs: Mutex::new(Roster::new(Legs::new())),
            legs_changed: Condvar::new(),
            poller,
            sent: Mutex::default(),
            closed: Mutex::default(),
            last_received: Mutex::default(),
            companions: Mutex::default(),
            rounds: watch::Sender::new(0),
            fault: OnceLock::new(),
            next_key: AtomicU64::new(0),
            ended: AtomicBool::new(false),
        })
    }

    /// A key for a new leg.
    pub(crate) fn key(&self) -> u64 {
        self.next_key.fetch_add(1, Ordering::Relaxed)
    }

    /// Starts to receive for a leg and to give it its turn at sending.
    pub(crate) fn add(&self, leg: &Arc<LegState>) -> Result<(), MediaError> {
        lock(&self.legs).change().insert(leg.key, Arc::clone(leg));
        self.legs_changed.notify_all();
        if let Some(doors) = lock(&leg.doors).as_ref() {
            self.watch(leg.key, doors, 0)?;
        }
        let mut slots = lock(&self.slots);
        let turn = turn(slots.kept());
        slots.change()[turn].push(Arc::clone(leg));
        drop(slots);
        self.slots_changed.notify_all();
        Ok(())
    }

    /// Opens another pair of ports for a leg beside the one in use, which
    /// [`LegState::move_on`] takes up. RTP and RTCP address, unless the leg is closed.
    pub(crate) fn open_beside(
        &self,
        leg: &LegState,
    ) -> Result<Option<(SocketAddr, SocketAddr)>, MediaError> {
        let mut doors = lock(&leg.doors);
        let Some(doors) = doors.as_mut() else { return Ok(None) };
        let number = doors.add(PortPair::bind(doors.in_use().0.ip())?)?;
        self.watch(leg.key, doors, number)?;
        let addresses = doors.latest();
        for address in addresses.iter().flat_map(|&(rtp, rtcp)| [rtp, rtcp]) {
            self.tap.claim_port(address, &leg.label);
        }
        Ok(addresses)
    }

    /// Receives from a pair of ports from now on.
    fn watch(&self, leg: u64, doors: &Doors, number: usize) -> Result<(), MediaError> {
        for (socket, port) in doors.sockets(number).into_iter().flatten() {
            let key = epoll::EventData::new_u64(poll_key(leg, number, port));
            epoll::add(&self.poller, socket, key, epoll::EventFlags::IN)
                .map_err(|error| MediaError::Engine(error.into()))?;
        }
        Ok(())
    }

    /// Frees a leg's ports; does nothing the second time.
    pub(crate) fn close(&self, leg: &Arc<LegState>) {
        let Some(doors) = lock(&leg.doors).take() else { return };
        lock(&leg.talker).outlet = None;
        take_last(leg, &doors, &mut lock(&self.last_received));
        // Closing the sockets removes them from the poller.
        drop(doors);
        for slot in lock(&self.slots).change() {
            slot.retain(|other| other.key != leg.key);
        }
        lock(&self.closed).push(Arc::clone(leg));
        if self.has_ended() {
            leg.finish();
        }
    }

    /// Ends the threads.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        // Taken so that nobody is between looking at `ended` and waiting.
        drop(lock(&self.slots));
        self.slots_changed.notify_all();
        drop(lock(&self.legs));
        self.legs_changed.notify_all();
    }

    /// Who else notices how late this machine is.
    pub(crate) fn accompany(&self, companion: Tardiness) {
        lock(&self.companions).push(companion);
    }

    /// How late its companions say that this machine was at worst since the last call.
    pub(crate) fn companions_late(&self) -> Duration {
        lock(&self.companions).iter().map(Tardiness::take).max().unwrap_or_default()
    }

    /// A thread has panicked.
    pub(crate) fn broken(&self, thread: &str, why: &(dyn Any + Send)) {
        let text = why.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| why.downcast_ref::<String>().cloned()).unwrap_or_default();
        let fault = format!("the thread {thread} of pbxcert broke off: {text}");
        tracing::error!("{fault}");
        let _ = self.fault.set(fault);
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// The sample of the run (8 kHz) at an instant.
    pub(crate) fn sample_at(&self, at: Instant) -> u64 {
        (self.clock.seconds_at(at) * f64::from(crate::media::codec::RATE)).round() as u64
    }

    pub(crate) async fn settle(&self) {
        let mut rounds = self.rounds.subscribe();
        let begun = *rounds.borrow();
        // The round under way may have looked already; the one after it has not. Taken so that the
        // listener is not between looking whether anybody waits for it and waiting itself.
        drop(lock(&self.legs));
        self.legs_changed.notify_all();
        let _ = rounds.wait_for(|round| *round >= begun + 2 || self.has_ended()).await;
    }
}

/// The millisecond of a new leg. Every one that is somebody's wakes the sender and the PBX
/// 50 times a second: a few legs share each, and only many are spread over all.
fn turn<T>(slots: &[Vec<T>]) -> usize {
    // Seven is prime to 20: one after the other are far apart.
    let spread = (0..slots.len()).map(|n| n * 7 % slots.len());
    let sharing = |&slot: &usize| (1..SHARE).contains(&slots[slot].len());
    spread
        .clone()
        .find(sharing)
        .or_else(|| spread.min_by_key(|&slot| slots[slot].len()))
        .unwrap_or_default()
}

/// Pairs of ports that a leg can be told apart by.
const PAIRS: u64 = 1 << 8;

/// A leg's key, the number of a pair of its ports and one of the two in one number.
const fn poll_key(leg: u64, pair: usize, port: Port) -> u64 {
    (leg * PAIRS + pair as u64 % PAIRS) * 2 + matches!(port, Port::Rtcp) as u64
}

/// The reverse of [`poll_key`].
pub(crate) const fn leg_and_port(key: u64) -> (u64, usize, Port) {
    let port = if key.is_multiple_of(2) { Port::Rtp } else { Port::Rtcp };
    (key / 2 / PAIRS, (key / 2 % PAIRS) as usize, port)
}

/// Locks. A poisoned lock is a panic elsewhere; the data stays usable.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets the thread wake when it asked to, not up to 50 µs later, and before others.
/// What is not permitted is left as it is.
pub(crate) fn be_punctual() {
    let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1));
    // On Linux this is the calling thread's own niceness.
    let _ = rustix::process::setpriority_process(None, -15);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(legs: usize) -> Vec<usize> {
        let mut slots: Vec<Vec<()>> = vec![Vec::new(); SLOTS as usize];
        for _ in 0..legs {
            let turn = turn(&slots);
            slots[turn].push(());
        }
        slots.iter().map(Vec::len).collect()
    }

    #[test]
    fn a_few_legs_share_a_turn_and_many_are_spread() {
        let taken = |legs| filled(legs).into_iter().filter(|len| *len > 0).collect::<Vec<_>>();
        assert_eq!(taken(3), [3]);
        assert_eq!(taken(10), [4, 4, 2]);
        assert_eq!(taken(80), [4; 20]);
        assert_eq!(taken(800), [40; 20]);
    }

    #[test]
    fn a_poll_key_names_leg_pair_and_port() {
        for (leg, pair, port) in [(0, 0, Port::Rtp), (7, 1, Port::Rtcp), (1 << 40, 255, Port::Rtp)]
        {
            assert_eq!(leg_and_port(poll_key(leg, pair, port)), (leg, pair, port));
        }
    }
}
