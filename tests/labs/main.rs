//! The built-in plan against real PBXs, each in the lab of `tests/lab` that its profile names.
//!
//! Needs root on Debian. The scripts build the PBXs and, through their verb `with`, start one for
//! one command and stop it whatever becomes of the command. A lab's lock makes tests take turns
//! that use the same one, also when each has a process of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot read what it judges has failed")]

mod capture;
mod certificates;
mod dies;
mod lab;
mod provider;

use lab::Lab;

#[test]
fn asterisk_22_over_udp() {
    Lab("asterisk-22").passes("asterisk-22", &[]);
}

#[test]
fn asterisk_22_beyond_the_guide() {
    Lab("asterisk-22").passes_beyond_the_guide("asterisk-22", &[]);
}

#[test]
fn asterisk_22_over_tcp() {
    Lab("asterisk-22").passes("asterisk-22-tcp", &[]);
}

#[test]
fn asterisk_22_over_tls_with_srtp() {
    Lab("asterisk-22-tls").passes("asterisk-22-tls", &[("2.6.5", "warn", "unreachable-contact")]);
}

#[test]
fn asterisk_22_with_g722() {
    Lab("asterisk-22").passes("asterisk-22-g722", &[]);
}

#[test]
fn asterisk_22_behind_kamailio_and_rtpengine() {
    Lab("asterisk-22-kamailio").passes("asterisk-22-kamailio", &[]);
}

#[test]
fn asterisk_16_with_pjsip() {
    Lab("asterisk-16-pjsip").passes("asterisk-16-pjsip", &[]);
}

#[test]
fn asterisk_16_with_chan_sip() {
    Lab("asterisk-16-chan-sip").passes("asterisk-16-chan-sip", &[]);
}
