//! pbxcert certifies that a PBX works with a Teams-style SIP bridge.
//!
//! The layers, from the wire up, and what each may import are fixed in
//! `tests/architecture.rs`; the README draws them.

pub mod agent;
pub mod check;
pub mod cli;
pub mod media;
pub mod pbx;
pub mod probe;
pub mod profile;
pub mod record;
pub mod report;
pub mod runner;
pub mod sip;
pub mod steps;
pub mod wire;
