//! The timers that a transaction has running.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::sip::transaction::Timer;

/// At most three run at once, so a list does.
#[derive(Debug, Default)]
pub(crate) struct Running(Vec<(Timer, Instant)>);

impl Running {
    pub(crate) fn start(&mut self, timer: Timer, after: Duration) {
        self.stop(timer);
        self.0.push((timer, Instant::now() + after));
    }

    pub(crate) fn stop(&mut self, timer: Timer) {
        self.0.retain(|(running, _)| *running != timer);
    }

    /// Waits for the next to run out; for ever if none runs.
    pub(crate) async fn expired(&mut self) -> Timer {
        let Some(&(timer, at)) = self.0.iter().min_by_key(|(_, at)| *at) else {
            return std::future::pending().await;
        };
        sleep_until(at).await;
        self.stop(timer);
        timer
    }
}
