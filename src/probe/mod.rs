//! Readiness probes: what of guide sections 2 to 5 can be seen without a call.
//!
//! A probe asks the PBX, its name server or its certificate something, within a time of
//! its own, and writes what it saw into the scenario's log as
//! [`ProbeFact`](crate::record::ProbeFact)s. It judges nothing.

mod certificate;
mod exchange;
mod look_up;
mod marks;
mod ports;
mod reach;
mod site;
mod sizes;
mod source_ports;

pub use certificate::ask_certificates;
pub use look_up::look_up;
pub use marks::send_marks;
pub use ports::ask_ports;
pub use reach::ask_everywhere;
pub use site::Site;
pub use sizes::send_sizes;
pub use source_ports::ask_from_ports;
