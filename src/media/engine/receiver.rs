//! Takes datagrams off the sockets. The system has stamped them: they may wait.

use std::sync::Arc;

use bytes::Bytes;
use rustix::event::epoll;

use super::doors::{Arrival, Doors};
use super::leg_state::LegState;
use super::state::{EngineState, Passed, Port, leg_and_port, lock};
use crate::wire::{Fetched, Fetcher};

/// Ready sockets asked for at once.
const BATCH: usize = 1024;

/// No datagram of audio or RTCP is longer.
const LONGEST: usize = 4096;

/// How often the poller is asked at most: a flood waits for the next time.
const PASSES: usize = 64;

/// Datagrams that may be left at a port: more than its buffer holds.
const MOST_LEFT: usize = 2048;

/// What it takes to fetch.
pub(crate) struct Receiver {
    events: Vec<epoll::Event>,
    fetcher: Fetcher,
}

impl Receiver {
    pub(crate) fn new() -> Self {
        Self { events: Vec::with_capacity(BATCH), fetcher: Fetcher::new(LONGEST) }
    }

    /// Takes everything that has come to any leg.
    pub(crate) fn take(&mut self, engine: &EngineState, into: &mut Vec<Passed>) {
        self.fetcher.look_at_the_clocks();
        let at_once = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
        for _ in 0..PASSES {
            self.events.clear();
            let room = rustix::buffer::spare_capacity(&mut self.events);
            let ready = epoll::wait(&engine.poller, room, Some(&at_once));
            if ready.is_err() || self.events.is_empty() {
                return;
            }
            let legs = lock(&engine.legs);
            for event in &self.events {
                let (leg, pair, port) = leg_and_port(event.data.u64());
                let Some(leg) = legs.get(&leg) else { continue };
                // The poller tells again what is left: one datagram from each, in fairness.
                if let Some(arrival) = leg.fetch(pair, port, &mut self.fetcher) {
                    into.push(passed(leg, arrival, self.fetcher.bytes()));
                }
            }
        }
    }
}

/// Takes what is left at the ports of a leg that closes.
pub(crate) fn take_last(leg: &Arc<LegState>, doors: &Doors, into: &mut Vec<Passed>) {
    let mut fetcher = Fetcher::new(LONGEST);
    for pair in 0..doors.count() {
        for port in [Port::Rtp, Port::Rtcp] {
            // A flood that goes on while the leg closes is not waited for.
            for _ in 0..MOST_LEFT {
                let Some(arrival) = doors.fetch(pair, port, &mut fetcher) else { break };
                into.push(passed(leg, arrival, fetcher.bytes()));
            }
        }
    }
}

fn passed(leg: &Arc<LegState>, arrival: Arrival, bytes: &[u8]) -> Passed {
    let Arrival { port, local, fetched: Fetched { at, remote } } = arrival;
    let (leg, bytes) = (Arc::clone(leg), Bytes::copy_from_slice(bytes));
    Passed { leg, port, at, local, remote, bytes, plain: None }
}
