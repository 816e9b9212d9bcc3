//! baresip as the PBX's phones.

use pbxcert::pbx::Srtp;
use pbxcert::wire::Protocol;

use crate::baresip::{Account, Baresip, Heard};
use crate::site::{OUTSIDE, Site, USERS};

/// What each user's phone says, Hz.
pub(crate) const TONES: [u32; 3] = [500, 1200, 800];

/// What comes in the time for which a phone listens.
const PACKETS: u32 = 125;

/// The user's phone, registered.
pub(crate) fn phone(site: &Site, user: usize, protocol: Protocol, parameters: &str) -> Baresip {
    let (name, password) = USERS[user];
    Baresip::start(&Account {
        folder: &site.folder().join(name),
        pbx: site.address(protocol),
        protocol,
        authority: &site.authority(),
        user: name,
        password,
        tone: TONES[user],
        parameters,
    })
}

/// A call between the first two, held and resumed by the caller.
fn call_hold_and_resume(one: &mut Baresip, two: &mut Baresip) {
    one.tell("dial 1002");
    two.wait_for("listcalls", "INCOMING");
    two.tell("accept");
    one.wait_for("listcalls", "ESTABLISHED");
    assert_eq!(two.listens(), Heard::Tone(TONES[0]));
    assert_eq!(one.listens(), Heard::Tone(TONES[1]));
    one.tell("hold");
    let before = one.received();
    assert_eq!(two.listens(), Heard::Other, "music on hold");
    let held = one.received();
    assert!(held < before + PACKETS / 4, "{held} packets for who holds, {before} before");
    one.tell("resume");
    assert_eq!(two.listens(), Heard::Tone(TONES[0]));
    // baresip 1.0 goes on listening after its own hold, but records no more.
    let resumed = one.received();
    assert!(resumed > held + PACKETS / 2, "{resumed} packets for who resumes, {held} before");
}

/// Everything a phone does, over a protocol, and a transfer to a colleague's phone.
async fn phones_use_the_pbx(protocol: Protocol) {
    let site = Site::start(1, Srtp::Off);
    let site = tokio::task::spawn_blocking(move || {
        let mut phones = [0, 1, 2].map(|user| phone(&site, user, protocol, ""));
        let [one, two, three] = &mut phones;
        call_hold_and_resume(one, two);
        one.tell("transfer 1003");
        three.wait_for("listcalls", "INCOMING");
        three.tell("accept");
        one.wait_for("listcalls", "(0)");
        assert_eq!(two.listens(), Heard::Tone(TONES[2]));
        assert_eq!(three.listens(), Heard::Tone(TONES[1]));
        three.tell("hangup");
        two.wait_for("listcalls", "(0)");
        two.forgets();
        // A callee transfers as well, and to the outside.
        two.tell("dial 1001");
        one.wait_for("listcalls", "INCOMING");
        one.tell("accept");
        two.wait_for("listcalls", "ESTABLISHED");
        one.tell(&format!("transfer {OUTSIDE}"));
        one.wait_for("listcalls", "(0)");
        assert_eq!(two.listens(), Heard::Tone(TONES[1]), "its own voice, back from the trunk");
        two.tell("hangup");
        two.wait_for("listcalls", "(0)");
        site
    });
    site.await.unwrap().finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_registers_calls_holds_and_transfers() {
    phones_use_the_pbx(Protocol::Udp).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_does_so_over_tcp() {
    phones_use_the_pbx(Protocol::Tcp).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_does_so_over_tls() {
    phones_use_the_pbx(Protocol::Tls).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_is_heard_through_srtp() {
    let site = Site::start(0, Srtp::Required);
    let site = tokio::task::spawn_blocking(move || {
        let mut phones =
            [0, 1].map(|user| phone(&site, user, Protocol::Tls, ";mediaenc=srtp-mand"));
        let [one, two] = &mut phones;
        call_hold_and_resume(one, two);
        one.tell("hangup");
        two.wait_for("listcalls", "(0)");
        site
    });
    site.await.unwrap().finish().await;
}
