//! One party calls another, who answers: where many do so at the same time.

use std::time::Instant;

use super::waiting::{REACTION, judged};
use super::world::Scene;
use crate::agent::{AgentError, Call, Phone};
use crate::check::{self, Judgement, Ring};
use crate::record::{Observation, Verdict, What};

/// Two legs of a call that stands.
#[derive(Debug, Clone)]
pub(super) struct Joined {
    /// The leg of who dialled.
    pub(super) caller: Call,
    /// The leg of who answered.
    pub(super) callee: Call,
    /// From the INVITE until both were answered, s.
    pub(super) seconds: f64,
}

impl Joined {
    /// Both legs.
    pub(super) fn legs(&self) -> [&Call; 2] {
        [&self.caller, &self.callee]
    }
}

impl Scene {
    /// One dials, the other's phone rings and is answered; `Err` of a judgement if the call does
    /// not come about. The callee has no other call that is being set up.
    pub(super) async fn join(
        &self,
        caller: &Phone,
        callee: &Phone,
        number: &str,
    ) -> Result<Result<Joined, Judgement>, AgentError> {
        let profile = self.stage.profile();
        let cursor = self.log().len();
        let start = Instant::now();
        let outgoing = caller.dial(number)?;
        let limit = profile.expect.post_dial_delay;
        let ring = Ring { callee: callee.name(), caller: caller.name(), transferor: None, limit };
        // Either may have other calls besides.
        let of_both = |o: &Observation| {
            o.call_id == outgoing.call_id()
                || (o.party == callee.name() && callee.name() != caller.name())
        };
        let own = |seen: &[Observation]| -> Vec<Observation> {
            seen.iter().filter(|o| of_both(o)).cloned().collect()
        };
        let rung = judged(self.log(), cursor, limit, |seen, elapsed| {
            check::rings(&own(seen), &ring, elapsed)
        })
        .await;
        if rung.verdict != Verdict::Pass {
            return Ok(Err(rung));
        }
        let incoming = callee.current_call();
        if let Some(call) = &incoming {
            // Who has stopped ringing by itself is told by what follows.
            let _ = call.answer();
        }
        let answered = judged(self.log(), cursor, REACTION, |seen, elapsed| {
            check::answered(&own(seen), Some(ring.caller), ring.callee, elapsed, REACTION)
        })
        .await;
        let seconds = start.elapsed().as_secs_f64();
        Ok(match incoming {
            Some(callee) if answered.verdict == Verdict::Pass => {
                Ok(Joined { caller: outgoing, callee, seconds })
            }
            _ => Err(answered),
        })
    }

    /// Ends calls by the hand of who dialled them, and waits for the other ends.
    pub(super) async fn end_all(&self, calls: &[Call]) {
        let cursor = self.log().len();
        for call in calls.iter().filter(|call| call.was_dialled()) {
            call.hang_up();
        }
        let ended = |seen: &[Observation]| {
            let over = |call: &Call| {
                let of = |o: &Observation| {
                    o.call_id == call.call_id() && matches!(o.what, What::Ended { .. })
                };
                call.has_ended() || seen.iter().any(of)
            };
            calls.iter().all(over).then_some(())
        };
        self.log().wait(cursor, Instant::now() + REACTION, ended).await;
    }
}
