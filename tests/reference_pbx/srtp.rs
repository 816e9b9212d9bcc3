//! Encrypted media as the PBX's configuration has it: keys in the SDP (RFC 4568).

use pbxcert::pbx::Srtp;
use pbxcert::record::Direction::{Inactive, SendRecv};
use pbxcert::sip::sdp::Encryption::{self, Allowed, Off, Required};

use crate::site::Site;

fn site(srtp: Srtp) -> Site {
    Site::with(&[], |config| config.srtp = srtp)
}

#[tokio::test]
async fn a_pbx_without_srtp_refuses_it() {
    let site = site(Srtp::Off);
    let a = site.registered("1001").await;
    let mut call = a.call_encrypted("1002", Required).await;
    assert_eq!(call.refused().await, 488);
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn a_pbx_that_insists_refuses_plain_rtp() {
    let site = site(Srtp::Required);
    let a = site.registered("1001").await;
    let mut call = a.call("1002").await;
    assert_eq!(call.refused().await, 488);
    site.pbx.shutdown().await;
}

/// A user calls another: what the caller offers, what the callee is to take, and whether
/// keys were agreed on either leg.
async fn agreed(srtp: Srtp, caller: Encryption, callee: Encryption) -> (bool, bool) {
    let site = site(srtp);
    let a = site.registered("1001").await;
    let mut b = site.registered("1002").await;
    let mut calling = a.call_encrypted("1002", caller).await;
    let mut called = b.ring().await;
    called.media.encrypt(callee);
    let at_b = called.answer().await.protection.is_some();
    let at_a = calling.answered().await.protection.is_some();
    calling.hang_up().await;
    called.ended().await;
    site.pbx.shutdown().await;
    (at_a, at_b)
}

#[tokio::test]
async fn each_leg_is_encrypted_as_the_configuration_says() {
    assert_eq!(agreed(Srtp::Required, Required, Required).await, (true, true));
    // In kind; phones over UDP are offered plain RTP.
    assert_eq!(agreed(Srtp::Allowed, Required, Allowed).await, (true, false));
    assert_eq!(agreed(Srtp::Allowed, Off, Allowed).await, (false, false));
}

#[tokio::test]
async fn the_trunk_stays_plain_and_new_keys_are_taken_up() {
    let mut site = site(Srtp::Required);
    let a = site.registered("1001").await;
    let mut calling = a.call_encrypted("+441632960201", Required).await;
    let mut called = site.trunk.ring().await;
    assert_eq!(called.answer().await.protection, None);
    let first = calling.answered().await.protection.unwrap();
    let held = calling.change(Inactive).await.protection.unwrap();
    assert_eq!(held, first, "a hold changes no key");
    calling.media.negotiation.rekey();
    let renewed = calling.change(SendRecv).await.protection.unwrap();
    assert_ne!(renewed.send, first.send);
    calling.hang_up().await;
    called.ended().await;
    site.pbx.shutdown().await;
}
