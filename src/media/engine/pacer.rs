//! Sends every leg's packets when they are due, at absolute times.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::leg_state::LegState;
use super::mouth::Parcel;
use super::state::{EngineState, Passed, Port, SLOTS, be_punctual, lock};
use crate::media::lateness::LatenessHistogram;

/// Behind by more than this (a suspended machine), the pacer skips what it missed.
const HOPELESS: Duration = Duration::from_secs(1);

/// Samples in a millisecond.
const SAMPLES_PER_MS: u64 = 8;

/// Runs until the engine ends.
pub(crate) fn run(engine: &EngineState) {
    be_punctual();
    let mut next_ms = 0;
    let mut passed = Vec::new();
    let mut punctuality = LatenessHistogram::default();
    while let Some((ms, due, legs)) = wait(engine, next_ms) {
        for leg in legs {
            let packet = lock(&leg.mouth).packet(ms * SAMPLES_PER_MS);
            if let Some(Parcel { remote, bytes, plain }) = packet {
                let at = Instant::now();
                let Some(local) = leg.send(Port::Rtp, &bytes, remote) else { continue };
                let late = at.saturating_duration_since(due);
                lock(&leg.mouth).sent(at, late);
                punctuality.add(late);
                let port = Port::Rtp;
                passed.push(Passed { leg, port, at, local, remote, bytes, plain });
            }
        }
        if !passed.is_empty() {
            lock(&engine.sent).append(&mut passed);
            lock(&engine.lateness).merge(&mut punctuality);
        }
        next_ms = ms + 1;
    }
}

/// Waits for the first millisecond from `next_ms` on that is some leg's turn.
fn wait(
    engine: &EngineState,
    mut next_ms: u64,
) -> Option<(u64, Instant, Vec<std::sync::Arc<LegState>>)> {
    let mut slots = lock(&engine.slots);
    loop {
        if engine.has_ended() {
            return None;
        }
        let now = Instant::now();
        let now_ms = now.saturating_duration_since(engine.clock.zero()).as_millis() as u64;
        let turn = (next_ms..next_ms + SLOTS).find(|ms| !slots[(ms % SLOTS) as usize].is_empty());
        let Some(ms) = turn else {
            slots = engine.slots_changed.wait(slots).unwrap_or_else(PoisonError::into_inner);
            next_ms = next_ms.max(now_ms + 1);
            continue;
        };
        let due = engine.clock.zero() + Duration::from_millis(ms);
        if now >= due {
            if now - due > HOPELESS {
                next_ms = now_ms + 1;
                continue;
            }
            return Some((ms, due, slots[(ms % SLOTS) as usize].clone()));
        }
        slots = engine
            .slots_changed
            .wait_timeout(slots, due - now)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
    }
}
