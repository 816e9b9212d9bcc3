//! Sends every leg's packets when they are due, at absolute times.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::mouth::Paper;
use super::roster::Roster;
use super::state::{EngineState, SLOTS, Turns, be_punctual, lock};
use crate::media::lateness::LatenessHistogram;

/// Behind by more than this (a suspended machine), the pacer skips what it missed.
const HOPELESS: Duration = Duration::from_secs(1);

/// Samples in a millisecond.
const SAMPLES_PER_MS: u64 = 8;

/// Runs until the engine ends.
pub(crate) fn run(engine: &EngineState) {
    be_punctual();
    let mut next_ms = 0;
    let mut turns = lock(&engine.slots).clone();
    let mut paper = Paper::default();
    let mut sent = Vec::new();
    let mut punctuality = LatenessHistogram::default();
    while let Some((ms, due)) = wait(engine, next_ms, &mut turns) {
        for leg in &turns.kept()[(ms % SLOTS) as usize] {
            let went = lock(&leg.talker).send(ms * SAMPLES_PER_MS, due, &mut paper);
            let Some((datagram, late)) = went else { continue };
            punctuality.add(late);
            sent.push(datagram);
        }
        if !sent.is_empty() {
            lock(&engine.sent).append(&mut sent);
            lock(&engine.lateness).merge(&mut punctuality);
        }
        next_ms = ms + 1;
    }
}

/// Waits for the first millisecond from `next_ms` on that is some leg's turn, and brings `turns` up
/// to date.
fn wait(
    engine: &EngineState,
    mut next_ms: u64,
    turns: &mut Roster<Turns>,
) -> Option<(u64, Instant)> {
    let mut slots = lock(&engine.slots);
    loop {
        if engine.has_ended() {
            return None;
        }
        slots.renew(turns);
        let now = Instant::now();
        let now_ms = now.saturating_duration_since(engine.clock.zero()).as_millis() as u64;
        let taken = |ms: &u64| !slots.kept()[(ms % SLOTS) as usize].is_empty();
        let Some(ms) = (next_ms..next_ms + SLOTS).find(taken) else {
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
            return Some((ms, due));
        }
        slots = engine
            .slots_changed
            .wait_timeout(slots, due - now)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
    }
}
