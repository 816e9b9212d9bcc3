//! pbxcert certifies that a PBX works with a Teams-style SIP bridge.
//!
//! The layers, from the wire up, and what each may import are fixed in
//! `tests/architecture.rs`; the README draws them.

pub mod check;
pub mod media;
pub mod pbx;
pub mod profile;
pub mod record;
pub mod report;
pub mod sip;
pub mod wire;
