//! SRTP and SRTCP (RFC 3711) with AES in counter mode and HMAC-SHA1, keyed from SDP
//! (RFC 4568).
//!
//! Our own, on the ciphers of RustCrypto. `webrtc-srtp` 0.17, tried first, panics at an
//! SRTCP datagram of 8 bytes, takes SRTCP without looking at its tag if that says it is
//! not encrypted, remembers every SSRC before it is authenticated, and knows no MKI: not
//! what a harness should hold against the packets of a broken PBX.

mod cipher;
mod header;
mod opener;
mod rollover;
mod sealer;
mod security;
mod session_keys;
mod suite;

pub(crate) use opener::Opener;
pub(crate) use sealer::Sealer;
pub use security::Security;
pub use suite::Suite;

use security::MasterKey;

#[cfg(test)]
mod vectors;
