//! The timers that a task has running.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// A handful run at once at most, so a list does.
#[derive(Debug)]
pub(crate) struct Alarms<T>(Vec<(T, Instant)>);

impl<T> Default for Alarms<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + PartialEq> Alarms<T> {
    /// Starts one, replacing it if it runs.
    pub(crate) fn start(&mut self, alarm: T, after: Duration) {
        self.stop(alarm);
        self.0.push((alarm, Instant::now() + after));
    }

    pub(crate) fn stop(&mut self, alarm: T) {
        self.0.retain(|(running, _)| *running != alarm);
    }

    pub(crate) fn stop_all(&mut self) {
        self.0.clear();
    }

    /// Waits for the next to run out; for ever if none runs.
    pub(crate) async fn expired(&mut self) -> T {
        let Some(&(alarm, at)) = self.0.iter().min_by_key(|(_, at)| *at) else {
            return std::future::pending().await;
        };
        sleep_until(at).await;
        self.stop(alarm);
        alarm
    }
}
