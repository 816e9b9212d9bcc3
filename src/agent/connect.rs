//! A transfer without REFER (guide 4.1.1.7): the bridge calls the target itself and joins the
//! media of its two legs, which stay up.

use std::time::{Duration, Instant};

use super::{AgentError, Call, Phone};

/// How long a transferred call may last at most: far beyond any scenario.
const LASTS: Duration = Duration::from_hours(1);

impl Phone {
    /// Calls the number, mapped to the PBX's format, beside its current call, and connects the
    /// two when the number answers. From then on the end of one ends the other.
    pub fn connect(&self, number: &str) -> Result<Call, AgentError> {
        let standing = self.current_call().ok_or(AgentError::NoCall("transfer"))?;
        standing.leg().speak(false);
        let called = self.dial(number)?;
        let (log, second) = (self.log().clone(), called.clone());
        tokio::spawn(async move {
            let end = Instant::now() + LASTS;
            let decided = |_: &[_]| {
                let over = standing.has_ended() || second.has_ended();
                (over || second.is_answered()).then_some(())
            };
            log.wait(0, end, decided).await;
            if second.is_answered() && !second.has_ended() {
                standing.leg().join(second.leg());
                let over = |_: &[_]| (standing.has_ended() || second.has_ended()).then_some(());
                log.wait(0, end, over).await;
            } else if !standing.has_ended() {
                // The target cannot be had: the call goes on with who wanted to transfer it.
                return;
            }
            for call in [standing, second].into_iter().filter(|call| !call.has_ended()) {
                call.hang_up();
            }
        });
        Ok(called)
    }
}
