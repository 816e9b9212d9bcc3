//! One clock for the whole run, so that agents, engine, tap and record agree.

use std::time::{Duration, Instant, SystemTime};

/// The start of a run on the monotonic and on the wall clock.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
    wall: SystemTime,
}

impl Clock {
    /// A clock that starts now.
    pub fn start() -> Self {
        Self { start: Instant::now(), wall: SystemTime::now() }
    }

    /// When the run started.
    pub fn started(&self) -> SystemTime {
        self.wall
    }

    /// The monotonic start.
    pub fn zero(&self) -> Instant {
        self.start
    }

    /// Seconds from the start to `at`; 0 for anything earlier.
    pub fn seconds_at(&self, at: Instant) -> f64 {
        at.saturating_duration_since(self.start).as_secs_f64()
    }

    /// Seconds from the start to now.
    pub fn seconds(&self) -> f64 {
        self.seconds_at(Instant::now())
    }

    /// `at` since the Unix epoch, for capture files.
    pub fn since_epoch(&self, at: Instant) -> Duration {
        let wall = self.wall + at.saturating_duration_since(self.start);
        wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
    }
}
