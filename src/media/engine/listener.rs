//! Everything that has time: receiving, decoding, hearing, reports, the tap.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::leg_state::LegState;
use super::pressure::Pressure;
use super::receiver::{Leftover, Receiver};
use super::roster::Roster;
use super::state::{EngineState, Legs, Port, TICK, lock};
use super::strain::{ROUNDS, Strain};
use crate::wire::{Datagram, Protocol, Way};

/// Runs until the engine ends.
///
/// Of the engine's threads this one has the priority of any other program: how late it
/// wakes is how late a PBX on the same machine may be.
pub(crate) fn run(engine: &EngineState) {
    let (mut late, mut pressure) = (Duration::ZERO, Pressure::default());
    let mut listener = Listener::new(lock(&engine.legs).clone());
    loop {
        listener.strain.note(late, pressure.share(Instant::now()));
        listener.round(engine);
        engine.rounds.send_modify(|rounds| *rounds += 1);
        let legs = lock(&engine.legs);
        if engine.has_ended() {
            break;
        }
        if legs.kept().is_empty() && engine.rounds.receiver_count() == 0 {
            // Whoever has gone is let go of.
            legs.renew(&mut listener.legs);
            drop(engine.legs_changed.wait(legs).unwrap_or_else(PoisonError::into_inner));
            // What was late while nobody stood is nobody's.
            engine.companions_late();
            late = Duration::ZERO;
            listener.strain = Strain::default();
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
    let legs = std::mem::take(lock(&engine.legs).change());
    for leg in legs.values() {
        leg.finish();
    }
}

/// What the listener has from round to round.
struct Listener {
    legs: Roster<Legs>,
    receiver: Receiver,
    strain: Strain,
    rounds: u64,
    datagrams: Vec<Datagram>,
}

impl Listener {
    fn new(legs: Roster<Legs>) -> Self {
        Self {
            legs,
            receiver: Receiver::new(),
            strain: Strain::default(),
            rounds: 0,
            datagrams: Vec::new(),
        }
    }

    /// Takes what has come and what was sent, and listens for the legs whose turn it is.
    fn round(&mut self, engine: &EngineState) {
        lock(&engine.legs).renew(&mut self.legs);
        // Who closes from now on is done with the next time: what has come to it is not here yet.
        let closed = std::mem::take(&mut *lock(&engine.closed));
        let datagrams = &mut self.datagrams;
        // It is empty: what the last round had is in the tap.
        std::mem::swap(datagrams, &mut *lock(&engine.sent));
        let leftovers = std::mem::take(&mut *lock(&engine.last_received));
        for Leftover { leg, port, datagram } in leftovers {
            take(engine, &leg, port, &datagram);
            datagrams.push(datagram);
        }
        self.receiver.take(engine, self.legs.kept(), |leg, port, datagram| {
            take(engine, leg, port, &datagram);
            datagrams.push(datagram);
        });
        self.rounds += 1;
        let now = Instant::now();
        for (key, leg) in self.legs.kept() {
            // A leg's turn comes often enough for what it has to hear and to report.
            if key % ROUNDS == self.rounds % ROUNDS {
                self.strain(leg);
                leg.hear(engine.sample_at(now));
                self.datagrams.extend(report(engine, leg, now));
            }
        }
        for leg in closed {
            lock(&engine.legs).change().remove(&leg.key);
            self.strain(&leg);
            leg.finish();
        }
        engine.tap.record_all(self.datagrams.drain(..));
    }

    fn strain(&self, leg: &LegState) {
        leg.machine_was_late(self.strain.late());
        leg.machine_was_pressed(self.strain.pressed());
    }
}

/// Hands a leg what has come to it.
fn take(engine: &EngineState, leg: &LegState, port: Port, datagram: &Datagram) {
    let Datagram { at, remote, bytes, .. } = datagram;
    let mut ear = lock(&leg.ear);
    match port {
        Port::Rtp => {
            if let Some(sound) = ear.take(*at, engine.sample_at(*at), *remote, bytes) {
                leg.pass_on(sound);
            }
        }
        Port::Rtcp => ear.take_report(*at, bytes),
        Port::Left => ear.take_left_behind(),
    }
}

/// Sends a leg's report, if one is due.
fn report(engine: &EngineState, leg: &LegState, now: Instant) -> Option<Datagram> {
    let (bytes, remote) = leg.report(now, engine.clock)?;
    let at = Instant::now();
    let local = leg.send_report(&bytes, remote)?;
    Some(Datagram { at, way: Way::Sent, protocol: Protocol::Udp, local, remote, bytes })
}
