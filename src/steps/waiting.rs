//! Waiting for a judgement with a deadline that can be explained.

use std::time::{Duration, Instant};

use crate::agent::Log;
use crate::check::Judgement;
use crate::record::{Cause, Observation};

/// How long a PBX may take to answer a request within a dialog, or to pass an answer
/// or a hang-up on.
pub(super) const REACTION: Duration = Duration::from_secs(5);

/// How long a REGISTER may take. Five transmissions fit into it (RFC 3261 §17.1.2.2).
pub(super) const REGISTRATION: Duration = Duration::from_secs(10);

/// How often a check that counts time is asked again.
const TICK: Duration = Duration::from_millis(200);

/// Asks the check whenever something is observed, and now and then for those that count
/// time, until it decides. Every check decides at its limit at the latest.
pub(super) async fn judged(
    log: &Log,
    cursor: usize,
    limit: Duration,
    check: impl Fn(&[Observation], Duration) -> Option<Judgement>,
) -> Judgement {
    let start = Instant::now();
    loop {
        let now = Instant::now();
        let tick = (now + TICK).min(start + limit);
        let decided = log.wait(cursor, tick, |seen| check(seen, start.elapsed())).await;
        if let Some(judgement) = decided {
            return judgement;
        }
        if start.elapsed() >= limit {
            return Judgement::inconclusive(
                Cause::HarnessFault,
                "a decision",
                format!("nothing decided it within {} s", limit.as_secs()),
            );
        }
    }
}
