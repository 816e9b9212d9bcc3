//! Defects of real PBXs, one row each, to be switched on at start.
//!
//! A defect is real misbehaviour on the wire; no check ever reads which are on.

mod set;
mod table;

pub use set::{DefectError, Defects};
pub use table::{Defect, Row};
