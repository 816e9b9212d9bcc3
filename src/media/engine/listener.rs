//! Everything that has time: receiving, decoding, hearing, reports, the tap.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::leg_state::LegState;
use super::pressure::Pressure;
use super::receiver::Receiver;
use super::state::{EngineState, Passed, Port, TICK, lock};
use crate::wire::{Datagram, Protocol, Way};

/// Runs until the engine ends.
///
/// Of the engine's threads this one has the priority of any other program: how late it
/// wakes is how late a PBX on the same machine may be.
pub(crate) fn run(engine: &EngineState) {
    let (mut late, mut pressure) = (Duration::ZERO, Pressure::default());
    let mut receiver = Receiver::new();
    loop {
        round(engine, &mut receiver, late, pressure.share(Instant::now()));
        engine.rounds.send_modify(|rounds| *rounds += 1);
        let legs = lock(&engine.legs);
        if engine.has_ended() {
            break;
        }
        if legs.is_empty() && engine.rounds.receiver_count() == 0 {
            drop(engine.legs_changed.wait(legs).unwrap_or_else(PoisonError::into_inner));
            // What was late while nobody stood is nobody's.
            engine.companions_late();
            late = Duration::ZERO;
            pressure.forget();
        } else {
            let began = Instant::now();
            drop(
                engine
                    .legs_changed
                    .wait_timeout(legs, TICK)
                    .unwrap_or_else(PoisonError::into_inner),
            );
            late = began.elapsed().saturating_sub(TICK).max(engine.companions_late());
        }
    }
    let legs: Vec<Arc<LegState>> = lock(&engine.legs).drain().map(|(_, leg)| leg).collect();
    for leg in legs {
        leg.finish();
    }
}

/// Takes what has come and what was sent; this machine was `late`, and somebody waited for a
/// processor in the share `pressed` of the last time.
fn round(engine: &EngineState, receiver: &mut Receiver, late: Duration, pressed: Option<f32>) {
    // Who closes from now on is done with the next time: what has come to it is not here yet.
    let legs: Vec<(Arc<LegState>, bool)> = lock(&engine.legs)
        .values()
        .map(|leg| (Arc::clone(leg), leg.closing.load(Ordering::Acquire)))
        .collect();
    let sent = std::mem::take(&mut *lock(&engine.sent));
    let mut received = std::mem::take(&mut *lock(&engine.last_received));
    receiver.take(engine, &mut received);
    for passed in &sent {
        lock(&passed.leg.ear)
            .spoke(engine.sample_at(passed.at), passed.plain.as_ref().unwrap_or(&passed.bytes));
    }
    for passed in &received {
        let n = engine.sample_at(passed.at);
        let mut ear = lock(&passed.leg.ear);
        match passed.port {
            Port::Rtp => {
                passed.leg.pass_on(ear.take(passed.at, n, passed.remote, &passed.bytes));
            }
            Port::Rtcp => ear.take_report(passed.at, &passed.bytes),
            Port::Left => ear.take_left_behind(),
        }
    }
    let now = Instant::now();
    let mut reports = Vec::new();
    for (leg, closing) in legs {
        if closing {
            lock(&engine.legs).remove(&leg.key);
            leg.finish();
            continue;
        }
        leg.machine_was_late(late);
        if let Some(share) = pressed {
            leg.machine_was_pressed(share);
        }
        leg.hear(engine.sample_at(now));
        if let Some((bytes, remote)) = leg.report(now, engine.clock) {
            let at = Instant::now();
            let port = Port::Rtcp;
            let Some(local) = leg.send(port, &bytes, remote) else { continue };
            reports.push(Passed { leg, port, at, local, remote, bytes, plain: None });
        }
    }
    let datagrams =
        |passed: Vec<Passed>, way: Way| passed.into_iter().map(move |p| p.datagram(way));
    engine.tap.record_all(
        datagrams(sent, Way::Sent)
            .chain(datagrams(received, Way::Received))
            .chain(datagrams(reports, Way::Sent)),
    );
}

impl Passed {
    fn datagram(self, way: Way) -> Datagram {
        Datagram {
            at: self.at,
            way,
            protocol: Protocol::Udp,
            local: self.local,
            remote: self.remote,
            bytes: self.bytes,
        }
    }
}
