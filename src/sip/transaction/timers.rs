//! The timer values of SIP, as one argument.
//!
//! RFC 3261 writes every timer in terms of T1, T2 and T4, so tests shrink those
//! three and the machines stay as the RFC draws them.

use std::time::Duration;

/// Timer values (RFC 3261 §17.1.1.1 and table 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// Round-trip estimate; the first retransmission interval.
    pub t1: Duration,
    /// Longest interval between retransmissions of anything but an INVITE.
    pub t2: Duration,
    /// How long a message may live in the network.
    pub t4: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
        }
    }
}

impl Timers {
    /// The RFC's proportions around another T1, for tests.
    pub fn scaled(t1: Duration) -> Self {
        Self { t1, t2: t1 * 8, t4: t1 * 10 }
    }

    /// 64·T1: how long anybody waits for anything (timers B, F, H, J, L, M).
    pub fn patience(&self) -> Duration {
        self.t1 * 64
    }

    /// Timer D: how long the answers to non-2xx retransmissions go on
    /// (RFC 3261 §17.1.1.2: at least 32 s over UDP).
    pub fn d(&self) -> Duration {
        self.t1 * 64
    }

    /// The interval after `interval` where it doubles up to T2.
    pub fn next(&self, interval: Duration) -> Duration {
        (interval * 2).min(self.t2)
    }
}
