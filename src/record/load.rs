//! How a PBX bears many users at once: one row for each step of load.

use serde::{Deserialize, Serialize};

/// What is done by many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoadKind {
    /// Users register.
    Registrations,
    /// The outside calls users.
    CallsIn,
    /// Users call the outside.
    CallsOut,
}

impl LoadKind {
    /// What is counted, in words.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Registrations => "registrations",
            Self::CallsIn => "calls in",
            Self::CallsOut => "calls out",
        }
    }
}

/// A step of load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadStep {
    /// What was done.
    pub kind: LoadKind,
    /// How many stood, or were to stand, at the same time.
    pub asked: usize,
    /// How many came about.
    pub up: usize,
    /// Most transactions of ours that were open at a time.
    pub at_once: usize,
    /// Time from the first request until all were up, s.
    pub wall_s: f64,
    /// Median time of one, from its request to its end: 200 to REGISTER, or ACK, ms.
    pub median_ms: f32,
    /// Longest such time, ms.
    pub longest_ms: f32,
    /// Processors that this program kept busy while all talked, or registered; the embedded PBX
    /// is a part of it.
    pub processors: f32,
    /// What was heard; `None` for registrations.
    pub media: Option<LoadMedia>,
}

/// The audio of all calls of a step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LoadMedia {
    /// Calls in which both parties heard each other and nobody else.
    pub heard: usize,
    /// RTP packets that arrived.
    pub packets: u64,
    /// RTP packets that did not (RFC 3550 §6.4.1).
    pub lost: u64,
    /// Worst lateness of our own sending and of this machine, ms.
    pub late_ms: f32,
}
