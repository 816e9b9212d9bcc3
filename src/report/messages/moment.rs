//! Times and durations in the form of the messages.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The start of a run, to which the seconds of its record are added.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start(f64);

impl Start {
    /// Reads RFC 3339; the epoch where it is none.
    pub(super) fn of(started: &str) -> Self {
        let read = OffsetDateTime::parse(started, &Rfc3339);
        Self(read.map_or(0.0, |time| time.unix_timestamp() as f64))
    }

    /// The timestamp of a second of the run.
    pub(super) fn at(self, seconds: f64) -> Value {
        duration(self.0 + if seconds.is_finite() { seconds } else { 0.0 })
    }
}

/// Whole seconds and nanoseconds, never negative.
pub(super) fn duration(seconds: f64) -> Value {
    let seconds = if seconds.is_finite() { seconds.max(0.0) } else { 0.0 };
    let micros = (seconds * 1e6).round() as u64;
    json!({ "seconds": micros / 1_000_000, "nanos": micros % 1_000_000 * 1000 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_of_the_run_are_added_to_its_start() {
        let start = Start::of("2026-11-24T13:00:00Z");
        assert_eq!(start.at(1.5), json!({ "seconds": 1_795_525_201_u64, "nanos": 500_000_000 }));
        assert_eq!(Start::of("\0").at(f64::NAN), json!({ "seconds": 0, "nanos": 0 }));
        assert_eq!(duration(-1.0), json!({ "seconds": 0, "nanos": 0 }));
    }
}
