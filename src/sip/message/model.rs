//! What a message is once it has been read or built.

use crate::sip::Method;
use bytes::Bytes;

/// A SIP message: the bytes it came in, and what was understood of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The datagram as it arrived; empty for a message built here.
    pub raw: Bytes,
    /// Request line or status line.
    pub start: StartLine,
    /// Headers in order, values unfolded. Compact names are written out.
    pub headers: Vec<Header>,
    /// What follows the empty line, cut to Content-Length.
    pub body: Bytes,
    /// Deviations from RFC 3261 that were tolerated, in words, at most 32.
    pub oddities: Vec<String>,
}

/// One header line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Name as written, or the long name for a compact one.
    pub name: String,
    /// Value, trimmed and unfolded; bytes that are not UTF-8 are replaced.
    pub value: String,
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartLine {
    /// `METHOD uri SIP/2.0`
    Request {
        /// The method.
        method: Method,
        /// The Request-URI as written.
        uri: String,
    },
    /// `SIP/2.0 status reason`
    Response {
        /// 100–699 (others are read, with an oddity, if they have three digits).
        status: u16,
        /// Reason phrase as written.
        reason: String,
    },
}
