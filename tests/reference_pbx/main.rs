//! The reference PBX over real SIP and RTP on loopback, with phones made of the same
//! SIP layer.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed test is a failed test")]

mod calls;
mod connections;
mod defects;
mod endings;
mod faults;
mod hold;
mod phone;
mod registrar;
mod set_up_defects;
mod site;
mod srtp;
mod transfer;
