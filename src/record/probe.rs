//! What the readiness probes saw (guide sections 2 to 5): facts about names, transports,
//! certificates and the way to the PBX. Checks decide what they mean.

use serde::{Deserialize, Serialize};

/// A fact that a probe brought back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "probe", rename_all = "kebab-case")]
pub enum ProbeFact {
    /// The PBX's host has an address.
    Resolved {
        /// The host of the profile.
        host: String,
        /// Whether it is an address itself, so that nobody needs to be asked.
        literal: bool,
        /// The records of DNS in words: NAPTR, SRV, A, AAAA.
        records: Vec<String>,
        /// Where the bridge sends to.
        address: String,
    },
    /// DNS gave no address.
    Unresolved {
        /// The host of the profile.
        host: String,
        /// How.
        failure: NameFailure,
        /// What was asked and answered, in words.
        reason: String,
        /// The address that this machine knows all the same.
        known_here: Option<String>,
    },
    /// The PBX was sent a request outside of any call.
    Asked {
        /// `UDP`, `TCP` or `TLS`.
        transport: String,
        /// Where it was sent.
        remote: String,
        /// `OPTIONS` or `REGISTER`.
        method: String,
        /// From which of our ports.
        from: SourcePort,
        /// What came back.
        answer: Answer,
    },
    /// What an answer tells of the way to the PBX.
    Path(Path),
    /// A request with marks that a SIP ALG would rewrite, and what came back of them.
    Marked {
        /// The request's.
        sent: MarkedAnswer,
        /// What came of it.
        answer: Answer,
        /// The response's.
        came_back: Option<MarkedAnswer>,
    },
    /// A request from several ports of ours.
    FromPorts {
        /// What came of each.
        answers: Vec<FromPort>,
    },
    /// A request to several ports of the PBX, the profile's first.
    AtPorts {
        /// What came of each, with the PBX's port.
        answers: Vec<FromPort>,
    },
    /// What the PBX presents over TLS.
    Certificates {
        /// What the profile calls the PBX.
        name: String,
        /// As presented: its own first.
        chain: Vec<CertificateSeen>,
        /// Why they are not trusted; `None` if they are.
        distrust: Option<String>,
        /// Whether the reason is that no trusted authority has issued them.
        unknown_issuer: bool,
        /// Version of TLS.
        protocol: String,
        /// Cipher suite.
        cipher: String,
    },
    /// No handshake came about.
    NoCertificates {
        /// Why.
        answer: Answer,
    },
    /// Requests of growing size over UDP.
    Sizes {
        /// Bytes of the largest request that a softphone with every codec sends.
        required: usize,
        /// From the smallest to the largest.
        answered: Vec<Sized>,
        /// One whose answer is larger than it.
        reply: Sized,
    },
}

/// Why a name has no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameFailure {
    /// The name does not exist.
    NoSuchName,
    /// It exists, without an address.
    NoAddress,
    /// No DNS server answered in time.
    TimedOut,
    /// A DNS server refused, or could not say.
    Failed,
}

/// A port of ours that a request left from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourcePort {
    /// The one that all users of the bridge share.
    Bridge,
    /// A free one.
    Another,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// A final response.
    Response {
        /// Status code.
        status: u16,
        /// Reason phrase.
        reason: String,
        /// From sending to the answer, ms.
        took_ms: f64,
    },
    /// Nothing, for so long.
    Silent {
        /// How long, s.
        waited_s: f64,
        /// Whether a connection was accepted before.
        connected: bool,
    },
    /// Nobody listens there: ICMP port unreachable, or a connection refused.
    Refused {
        /// What the system said.
        reason: String,
    },
    /// It could not be sent, or no connection came about in time.
    Unreachable {
        /// What the system said.
        reason: String,
    },
    /// A connection was accepted, but what answers there does not speak TLS.
    NotTls {
        /// What TLS said.
        reason: String,
    },
    /// The connection was accepted and closed without an answer.
    Closed,
    /// Something answered that is not SIP.
    NotSip {
        /// What is wrong with it.
        problem: String,
    },
}

/// What the headers of an answer tell of the way.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Path {
    /// Our own address as we wrote it into Via.
    pub sent_from: String,
    /// Our address as the PBX saw it (`received` and `rport`), if it says.
    pub seen_from: Option<String>,
    /// Where we sent to.
    pub remote: String,
    /// Host of the answer's Contact.
    pub contact: Option<String>,
    /// Record-Route, if somebody wants to stay in the way.
    pub record_route: Option<String>,
    /// Server or User-Agent.
    pub server: Option<String>,
}

/// The headers that a response gives back as they were.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkedAnswer {
    /// The topmost Via.
    pub via: String,
    /// Host and port in it.
    pub sent_by: String,
    /// Call-ID.
    pub call_id: String,
    /// From.
    pub from: String,
    /// CSeq.
    pub cseq: String,
}

/// A request of a certain size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sized {
    /// Bytes of SIP that were sent.
    pub bytes: usize,
    /// Bytes of SIP that came back; 0 if nothing did.
    pub reply_bytes: usize,
    /// What came of it.
    pub answer: Answer,
}

/// A certificate as it was presented.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CertificateSeen {
    /// Distinguished name.
    pub subject: String,
    /// Distinguished name of its issuer.
    pub issuer: String,
    /// Days until it becomes valid; negative if it is.
    pub days_until_valid: f64,
    /// Days until it expires; negative if it has.
    pub days_left: f64,
    /// Host names and addresses that it is for.
    pub names: Vec<String>,
    /// `RSA`, `EC`…
    pub key: String,
    /// Bits of its key; 0 if they say nothing of that kind of key.
    pub key_bits: usize,
    /// Why it cannot be read.
    pub problem: Option<String>,
}

/// A request from one port of ours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FromPort {
    /// The port.
    pub port: u16,
    /// What came of it.
    pub answer: Answer,
}
