//! A call that is only to ring, and what the phrases of the form's fields (guide 4.1.1) share.

use std::time::{Duration, Instant};

use super::cast::Role;
use super::waiting::{REACTION, judged};
use super::world::Scene;
use crate::agent::{AgentError, Phone};
use crate::check::{Judgement, Ring};
use crate::record::Observation;

/// Judges whether the callee rings, as [`crate::check::rings`] does.
pub(super) type JudgesRing = fn(&[Observation], &Ring<'_>, Duration) -> Option<Judgement>;

impl Scene {
    /// Dials, waits until it is decided whether the callee rings, and hangs up again. Gives back
    /// the judgement and what was observed until then.
    pub(super) async fn try_call(
        &mut self,
        caller: Role,
        callee: &Phone,
        number: &str,
        limit: Duration,
        judge: JudgesRing,
    ) -> Result<(Judgement, Vec<Observation>), AgentError> {
        let phone = self.phone(caller)?;
        let cursor = self.log().len();
        let call = phone.dial(number)?;
        let ring = Ring { callee: callee.name(), caller: caller.name(), transferor: None, limit };
        let judgement =
            judged(self.log(), cursor, limit, |seen, elapsed| judge(seen, &ring, elapsed)).await;
        let seen = self.log().since(cursor);
        call.hang_up();
        let over = |_: &[_]| (call.has_ended() && callee.current_call().is_none()).then_some(());
        self.log().wait(cursor, Instant::now() + REACTION, over).await;
        Ok((judgement, seen))
    }
}
