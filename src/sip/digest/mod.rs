//! Digest authentication, both sides: RFC 3261 §22 with RFC 2617, RFC 7616 and RFC 8760.
//!
//! Written over the raw header text, because what is hashed is the text between the quotes.

mod algorithm;
mod authorizer;
mod challenge;
mod credentials;
mod directives;
mod verifier;

pub use algorithm::Algorithm;
pub use authorizer::{Authorizer, DigestError};
pub use challenge::Challenge;
pub use credentials::Credentials;
pub use verifier::{QopOffer, Verification, Verifier, VerifierConfig};
