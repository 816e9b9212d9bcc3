//! Takes datagrams off the sockets and stamps them, nothing else.

use std::time::Instant;

use bytes::Bytes;
use rustix::event::epoll;

use super::doors::Arrival;
use super::state::{EngineState, Passed, WAKE, be_punctual, leg_and_port, lock};

/// Ready sockets asked for at once.
const BATCH: usize = 256;

/// No datagram of audio or RTCP is longer.
const LONGEST: usize = 4096;

/// Runs until the engine ends.
pub(crate) fn run(engine: &EngineState) {
    be_punctual();
    let mut events = Vec::with_capacity(BATCH);
    let mut buffer = vec![0; LONGEST];
    let mut passed = Vec::new();
    while !engine.has_ended() {
        events.clear();
        let ready = epoll::wait(&engine.poller, rustix::buffer::spare_capacity(&mut events), None);
        if ready.is_err() {
            continue; // interrupted by a signal
        }
        let legs = lock(&engine.legs);
        for event in &events {
            let key = event.data.u64();
            if key == WAKE {
                continue;
            }
            let (leg, pair, port) = leg_and_port(key);
            let Some(leg) = legs.get(&leg) else { continue };
            // The poller tells again what is left: one datagram from each, in fairness.
            if let Some(arrival) = leg.receive(pair, port, &mut buffer) {
                let (at, Arrival { port, local, remote, length }) = (Instant::now(), arrival);
                let (leg, bytes) = (leg.clone(), Bytes::copy_from_slice(&buffer[..length]));
                passed.push(Passed { leg, port, at, local, remote, bytes, plain: None });
            }
        }
        drop(legs);
        if !passed.is_empty() {
            lock(&engine.received).append(&mut passed);
        }
    }
}
