//! Takes datagrams off the sockets. The system has stamped them: they may wait.

use std::sync::Arc;

use bytes::Bytes;
use rustix::event::epoll;

use super::doors::{Arrival, Doors};
use super::leg_state::LegState;
use super::roll::Roll;
use super::state::{EngineState, Legs, Port, leg_and_port};
use crate::wire::{Datagram, Fetched, Fetcher, Protocol, Way};

/// Ready sockets asked for at once.
const BATCH: usize = 1024;

/// No datagram of audio or RTCP is longer.
const LONGEST: usize = 4096;

/// How often the poller is asked at most: a flood waits for the next time.
const PASSES: usize = 64;

/// Datagrams that may be left at a port: more than its buffer holds.
const MOST_LEFT: usize = 2048;

/// What was left at the ports of a leg that closed.
#[derive(Debug)]
pub(crate) struct Leftover {
    pub(crate) leg: Arc<LegState>,
    pub(crate) port: Port,
    pub(crate) datagram: Datagram,
}

/// What it takes to fetch.
pub(crate) struct Receiver {
    events: Vec<epoll::Event>,
    fetcher: Fetcher,
    roll: Roll,
}

impl Receiver {
    pub(crate) fn new() -> Self {
        let (events, roll) = (Vec::with_capacity(BATCH), Roll::default());
        Self { events, fetcher: Fetcher::new(LONGEST), roll }
    }

    /// Takes everything that has come to any leg.
    pub(crate) fn take(
        &mut self,
        engine: &EngineState,
        legs: &Legs,
        mut each: impl FnMut(&LegState, Port, Datagram),
    ) {
        self.fetcher.look_at_the_clocks();
        let at_once = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
        for _ in 0..PASSES {
            self.events.clear();
            let room = rustix::buffer::spare_capacity(&mut self.events);
            let ready = epoll::wait(&engine.poller, room, Some(&at_once));
            if ready.is_err() || self.events.is_empty() {
                return;
            }
            let mut fetched = false;
            for event in &self.events {
                let (leg, pair, port) = leg_and_port(event.data.u64());
                let Some(leg) = legs.get(&leg) else { continue };
                // The poller tells again what is left: one datagram from each, in fairness.
                if let Some(arrival) = leg.fetch(pair, port, &mut self.fetcher) {
                    let bytes = self.roll.copy(self.fetcher.bytes());
                    each(leg, arrival.port, datagram(arrival, bytes));
                    fetched = true;
                }
            }
            // What is ready is of legs that were opened meanwhile: they have the next round.
            if !fetched {
                return;
            }
        }
    }
}

/// Takes what is left at the ports of a leg that closes.
pub(crate) fn take_last(leg: &Arc<LegState>, doors: &Doors, into: &mut Vec<Leftover>) {
    let mut fetcher = Fetcher::new(LONGEST);
    for pair in 0..doors.count() {
        for port in [Port::Rtp, Port::Rtcp] {
            // A flood that goes on while the leg closes is not waited for.
            for _ in 0..MOST_LEFT {
                let Some(arrival) = doors.fetch(pair, port, &mut fetcher) else { break };
                let datagram = datagram(arrival, Bytes::copy_from_slice(fetcher.bytes()));
                into.push(Leftover { leg: Arc::clone(leg), port: arrival.port, datagram });
            }
        }
    }
}

fn datagram(arrival: Arrival, bytes: Bytes) -> Datagram {
    let Arrival { local, fetched: Fetched { at, remote }, .. } = arrival;
    Datagram { at, way: Way::Received, protocol: Protocol::Udp, local, remote, bytes }
}
