//! How much the programs of this machine wait for a processor, by what Linux counts of it
//! (pressure stall information): a PBX beside us may be among those that wait.

use std::time::{Duration, Instant};

/// Where the counter stands.
const COUNTER: &str = "/proc/pressure/cpu";

/// Shorter than this a share says little.
const SLICE: Duration = Duration::from_millis(250);

/// The counter as it stood last.
#[derive(Debug, Default)]
pub(crate) struct Pressure(Option<(Instant, u64)>);

impl Pressure {
    /// Of the time since it was last told, the share in which somebody waited, from 0 to 1; now
    /// and then only, and never where the system does not count it.
    pub(crate) fn share(&mut self, now: Instant) -> Option<f32> {
        let due = |(at, _): (Instant, u64)| now.duration_since(at) >= SLICE;
        if !self.0.is_none_or(due) {
            return None;
        }
        let stalled = stalled_us(&std::fs::read_to_string(COUNTER).ok()?)?;
        let (before, was) = self.0.replace((now, stalled))?;
        let past = now.duration_since(before).as_secs_f64() * 1e6;
        Some((stalled.saturating_sub(was) as f64 / past).min(1.0) as f32)
    }

    /// What comes now has nothing to do with what was.
    pub(crate) fn forget(&mut self) {
        self.0 = None;
    }
}

/// Microseconds since the start of the machine in which somebody waited.
fn stalled_us(text: &str) -> Option<u64> {
    let some = text.lines().find(|line| line.starts_with("some "))?;
    some.split(' ').find_map(|word| word.strip_prefix("total="))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_of_some_is_read() {
        let text = "some avg10=0.00 avg60=1.50 avg300=0.29 total=44043985\n\
                    full avg10=0.00 avg60=0.00 avg300=0.00 total=6756396\n";
        assert_eq!(stalled_us(text), Some(44_043_985));
        assert_eq!(stalled_us(""), None);
    }

    #[test]
    fn a_share_needs_two_readings_and_time_between_them() {
        let (mut pressure, start) = (Pressure::default(), Instant::now());
        assert_eq!(pressure.share(start), None);
        assert_eq!(pressure.share(start + SLICE / 2), None);
        if let Some(share) = pressure.share(start + SLICE) {
            assert!((0.0..=1.0).contains(&share), "{share}");
        }
        pressure.forget();
        assert_eq!(pressure.share(start + 2 * SLICE), None);
    }
}
