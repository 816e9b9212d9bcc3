//! How late this machine is to let the agents' tasks go on.

use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::media::Tardiness;

/// How often a task of its own asks to be woken.
const BEAT: Duration = Duration::from_millis(20);

/// A task that does nothing but take note of how late it is woken: what the agents send and what
/// they answer was as late, and so was the embedded PBX, whose tasks are among theirs.
#[derive(Debug)]
pub(super) struct Heartbeat {
    task: JoinHandle<()>,
    tardiness: Tardiness,
}

impl Heartbeat {
    pub(super) fn start() -> Self {
        let tardiness = Tardiness::default();
        let noticed = tardiness.clone();
        let task = tokio::spawn(async move {
            loop {
                let due = Instant::now() + BEAT;
                tokio::time::sleep(BEAT).await;
                noticed.note(due.elapsed());
            }
        });
        Self { task, tardiness }
    }

    pub(super) fn tardiness(&self) -> Tardiness {
        self.tardiness.clone()
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_keeps_the_processor_is_noticed() {
        let heartbeat = Heartbeat::start();
        let tardiness = heartbeat.tardiness();
        tokio::time::sleep(2 * BEAT).await;
        tardiness.take();
        std::thread::sleep(Duration::from_millis(150));
        tokio::time::sleep(2 * BEAT).await;
        assert!(tardiness.take() > Duration::from_millis(100));
    }
}
