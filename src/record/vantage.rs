//! From where the PBX was reached (guide 3), and what STUN told of it.

use serde::{Deserialize, Serialize};

/// Addresses of the softphone and of the PBX, each as its side sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vantage {
    /// Our own, `ip:port`, as this machine has it.
    pub own: String,
    /// The STUN server that was asked, `ip:port`.
    pub stun_server: Option<String>,
    /// Our own as that server sees it, `ip:port`.
    pub mapped: Option<String>,
    /// Our own as the PBX sees it (`received` and `rport`), `ip:port`.
    pub seen: Option<String>,
    /// The PBX's, `ip:port`.
    pub pbx: String,
}

/// A STUN server was asked at which address it sees a socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StunAsked {
    /// The server: `ip:port`, or the name that has no address.
    pub server: String,
    /// The socket's own address, `ip:port`.
    pub own: String,
    /// What came of it.
    pub answer: StunAnswer,
    /// Others that answered though nobody had asked them, `ip:port`: at most four.
    pub strangers: Vec<String>,
    /// How many answers those others sent.
    pub from_strangers: usize,
}

/// What came of a STUN request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum StunAnswer {
    /// An address.
    Mapped {
        /// `ip:port`.
        address: String,
        /// From sending to the answer, ms.
        took_ms: f64,
    },
    /// None that is of use.
    Failed {
        /// Why.
        reason: String,
    },
}
