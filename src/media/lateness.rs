//! How punctual the harness itself is: a bad figure here is never the PBX's fault.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the histogram's classes grow by a sixteenth; 400 of them reach
/// from 1 µs beyond a minute.
const CLASSES: usize = 400;
const GROWTH: f64 = 1.0 + 1.0 / 16.0;

/// Send lateness (actual minus due) as a histogram of constant size.
#[derive(Debug, Clone)]
pub(crate) struct LatenessHistogram {
    counts: Vec<u32>,
    total: u64,
    max_us: f64,
}

impl Default for LatenessHistogram {
    fn default() -> Self {
        Self { counts: vec![0; CLASSES], total: 0, max_us: 0.0 }
    }
}

impl LatenessHistogram {
    /// Counts one packet.
    pub(crate) fn add(&mut self, late: Duration) {
        let us = late.as_secs_f64() * 1e6;
        let class = (us.max(1.0).ln() / GROWTH.ln()).ceil() as usize;
        self.counts[class.min(CLASSES - 1)] += 1;
        self.total += 1;
        self.max_us = self.max_us.max(us);
    }

    /// Adds what `other` has counted and empties it.
    pub(crate) fn merge(&mut self, other: &mut Self) {
        for (count, more) in self.counts.iter_mut().zip(&mut other.counts) {
            *count += std::mem::take(more);
        }
        self.total += std::mem::take(&mut other.total);
        self.max_us = self.max_us.max(std::mem::take(&mut other.max_us));
    }

    /// The figures that reports show.
    pub(crate) fn summary(&self) -> Lateness {
        Lateness {
            packets: self.total,
            p50_ms: self.quantile_ms(0.5),
            p99_ms: self.quantile_ms(0.99),
            max_ms: (self.max_us / 1e3) as f32,
        }
    }

    fn quantile_ms(&self, q: f64) -> f32 {
        let wanted = (self.total as f64 * q).ceil() as u64;
        let mut seen = 0;
        for (class, &count) in self.counts.iter().enumerate() {
            seen += u64::from(count);
            if seen >= wanted && count > 0 {
                return (GROWTH.powi(class as i32).min(self.max_us) / 1e3) as f32;
            }
        }
        0.0
    }
}

/// Send lateness of a leg or of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Lateness {
    /// RTP packets sent.
    pub packets: u64,
    /// Median, ms.
    pub p50_ms: f32,
    /// 99th percentile, ms.
    pub p99_ms: f32,
    /// Worst, ms.
    pub max_ms: f32,
}

/// How late this machine was at worst to let something of ours go on, since somebody looked
/// last. Who notices it and who looks share it as clones.
#[derive(Debug, Clone, Default)]
pub struct Tardiness(Arc<AtomicU64>);

impl Tardiness {
    /// Notes that something went on so late.
    pub fn note(&self, late: Duration) {
        self.0.fetch_max(late.as_micros() as u64, Ordering::Relaxed);
    }

    /// The worst since the last call.
    pub fn take(&self) -> Duration {
        Duration::from_micros(self.0.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn quantiles_are_right_within_a_class() {
        let mut histogram = LatenessHistogram::default();
        for us in 1..=1000 {
            histogram.add(Duration::from_micros(us));
        }
        let summary = histogram.summary();
        assert_eq!(summary.packets, 1000);
        assert!((summary.p50_ms - 0.5).abs() < 0.035, "{summary:?}");
        assert!((summary.p99_ms - 0.99).abs() < 0.07, "{summary:?}");
        assert!((summary.max_ms - 1.0).abs() < 1e-6);
    }

    #[test]
    fn nothing_sent_is_not_late() {
        assert_eq!(LatenessHistogram::default().summary(), Lateness::default());
    }
}
