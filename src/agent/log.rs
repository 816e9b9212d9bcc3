//! The observations of one scenario, and waiting for them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use crate::record::{Observation, What};
use crate::wire::Clock;

#[derive(Debug)]
struct Shared {
    clock: Clock,
    observations: Mutex<Vec<Observation>>,
    length: watch::Sender<usize>,
}

/// An append-only list of observations; clones share it. Every append wakes the waiters.
#[derive(Debug, Clone)]
pub struct Log(Arc<Shared>);

impl Log {
    /// An empty log on the run's clock.
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Shared {
            clock,
            observations: Mutex::default(),
            length: watch::Sender::new(0),
        }))
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Observation>> {
        self.0.observations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends a fact with the present time.
    pub fn note(&self, party: &str, call_id: &str, what: What) {
        tracing::debug!(party, call_id, ?what, "observed");
        let mut observations = self.locked();
        observations.push(Observation {
            at: self.0.clock.seconds(),
            party: party.to_owned(),
            call_id: call_id.to_owned(),
            what,
        });
        let length = observations.len();
        drop(observations);
        self.0.length.send_replace(length);
    }

    /// Lets the waiters judge once more: something changed that is no observation.
    pub fn wake(&self) {
        self.0.length.send_replace(self.len());
    }

    /// How many observations there are; a cursor for [`Log::since`].
    pub fn len(&self) -> usize {
        self.locked().len()
    }

    /// Whether nothing was observed yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Seconds from the start of the run to now.
    pub fn now(&self) -> f64 {
        self.0.clock.seconds()
    }

    /// A copy of everything from the cursor on.
    pub fn since(&self, cursor: usize) -> Vec<Observation> {
        self.locked().get(cursor..).unwrap_or_default().to_vec()
    }

    /// Judges the observations from `cursor` on whenever one is added, until `judge`
    /// decides or the deadline passes; then `None`.
    pub async fn wait<T>(
        &self,
        cursor: usize,
        deadline: Instant,
        judge: impl Fn(&[Observation]) -> Option<T>,
    ) -> Option<T> {
        let mut changed = self.0.length.subscribe();
        loop {
            changed.mark_unchanged();
            if let Some(decided) = judge(self.locked().get(cursor..).unwrap_or_default()) {
                return Some(decided);
            }
            let woken = tokio::time::timeout_at(deadline.into(), changed.changed()).await;
            if woken.is_err() {
                return judge(self.locked().get(cursor..).unwrap_or_default());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn cancelled(seen: &[Observation]) -> Option<()> {
        seen.iter().any(|o| o.what == What::Cancelled).then_some(())
    }

    #[tokio::test]
    async fn a_waiter_sees_what_is_appended_while_it_waits() {
        let log = Log::new(Clock::start());
        let writer = log.clone();
        let wait = log.wait(0, Instant::now() + Duration::from_secs(5), cancelled);
        let append = async move { writer.note("User A", "x", What::Cancelled) };
        let (seen, ()) = tokio::join!(wait, append);
        assert_eq!(seen, Some(()));
    }

    #[tokio::test]
    async fn the_deadline_ends_the_wait_and_the_cursor_hides_the_past() {
        let log = Log::new(Clock::start());
        log.note("User A", "x", What::Cancelled);
        let past = Instant::now();
        assert_eq!(log.wait(1, past, cancelled).await, None);
        assert_eq!(log.wait(0, past, cancelled).await, Some(()));
    }
}
