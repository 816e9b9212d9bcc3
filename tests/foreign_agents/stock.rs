//! SIPp's own scenarios through the PBX, as they are: those who call do so as a trunk, without
//! credentials, and those who are called are the phones of users.
//!
//! Of the nine, `branchc` and `branchs` can work through no PBX: the client registers without
//! ever answering a challenge, and the server waits for a REGISTER and an INVITE of one Call-ID,
//! which no registrar passes on. None has credentials: `register.xml` and `uac.xml` beside this
//! file do what they leave out.

use std::net::SocketAddr;
use std::path::Path;

use pbxcert::pbx::Srtp;
use pbxcert::wire::Protocol;

use crate::baresip::{Heard, until};
use crate::phones::{TONES, phone};
use crate::sipp::{Run, Sipp};
use crate::site::{OUTSIDE, Site, USERS};

/// Calls of each scenario.
const CALLS: &str = "10";

/// Where those who call stand.
const CALLER: [u8; 4] = [127, 0, 0, 72];
/// And the phones.
const PHONE: [u8; 4] = [127, 0, 0, 75];

fn at(ip: [u8; 4], protocol: Protocol, folder: &Path) -> Sipp<'_> {
    Sipp { own: crate::free(ip), protocol, folder }
}

/// Registers a SIPp as a user's phone, which it becomes afterwards. Over TCP the connection of
/// the REGISTER ends with it, and the phone takes others.
async fn registered(site: &Site, user: usize, protocol: Protocol) -> Sipp<'_> {
    let phone = at(PHONE, protocol, site.folder());
    let (name, password) = USERS[user];
    let contact = format!("{}{}", phone.own, crate::site::transport(protocol));
    let pbx = site.address(protocol).to_string();
    let arguments = ["-s", name, "-au", name, "-ap", password, "-key", "phone", &contact];
    let arguments = [&arguments[..], &["-m", "1", &pbx]].concat();
    phone.runs("register.xml", &arguments).succeeds().await;
    phone
}

/// A SIPp that the PBX takes for its trunk calls a user.
fn calls(
    site: &Site,
    protocol: Protocol,
    scenario: &str,
    user: usize,
    count: &str,
    more: &[&str],
) -> Run {
    let caller = at(CALLER, protocol, site.folder());
    site.pbx.add_trunk_peer(caller.own);
    let pbx = site.address(protocol).to_string();
    let arguments = [&["-s", USERS[user].0, "-m", count][..], more, &[&pbx]].concat();
    caller.runs(scenario, &arguments)
}

async fn uac_calls_uas(protocol: Protocol) {
    let site = Site::start(0, Srtp::Off);
    for (user, scenario) in ["uac", "regexp"].into_iter().enumerate() {
        let phone = registered(&site, user, protocol).await.answers("uas", &["-m", CALLS]);
        let caller = calls(&site, protocol, scenario, user, CALLS, &["-r", "10", "-d", "500"]);
        caller.succeeds().await;
        phone.succeeds().await;
    }
    site.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uac_and_regexp_call_uas() {
    uac_calls_uas(Protocol::Udp).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uac_and_regexp_call_uas_over_tcp() {
    uac_calls_uas(Protocol::Tcp).await;
}

/// Flow I of RFC 3725: the controller calls both without an offer of its own, and what they
/// answer goes from the one call to the other. So the PBX's two calls talk to each other.
async fn a_controller_connects_two_phones(protocol: Protocol) {
    let site = Site::start(0, Srtp::Off);
    let a = registered(&site, 0, protocol).await.answers("3pcc-A", &["-m", CALLS]);
    let b = registered(&site, 1, protocol).await.answers("3pcc-B", &["-m", CALLS]);
    let twin = crate::free(CALLER).to_string();
    let twin = ["-3pcc", &twin, "-r", "5"];
    let of_b = calls(&site, protocol, "3pcc-C-B", 1, CALLS, &twin);
    until_twin_listens(twin[1]);
    let of_a = calls(&site, protocol, "3pcc-C-A", 0, CALLS, &twin);
    for process in [of_a, of_b, a, b] {
        process.succeeds().await;
    }
    site.finish().await;
}

/// The same controller, but the phones are baresips, which tell what they hear.
#[tokio::test(flavor = "multi_thread")]
async fn the_phones_of_a_third_party_hear_each_other() {
    let site = Site::start(0, Srtp::Off);
    let (site, controllers) = tokio::task::spawn_blocking(move || {
        let mut phones = [0, 1].map(|user| phone(&site, user, Protocol::Udp, ""));
        let twin = crate::free(CALLER).to_string();
        let twin = ["-3pcc", &twin];
        let of_b = calls(&site, Protocol::Udp, "3pcc-C-B", 1, "1", &twin);
        until_twin_listens(twin[1]);
        let of_a = calls(&site, Protocol::Udp, "3pcc-C-A", 0, "1", &twin);
        for phone in &mut phones {
            phone.wait_for("listcalls", "INCOMING");
            phone.tell("accept");
        }
        for phone in &mut phones {
            phone.wait_for("listcalls", "(0)");
        }
        let heard = phones.map(|phone| phone.has_heard());
        assert_eq!(heard, [Heard::Tone(TONES[1]), Heard::Tone(TONES[0])]);
        (site, [of_a, of_b])
    })
    .await
    .unwrap();
    for process in controllers {
        process.succeeds().await;
    }
    site.finish().await;
}

fn until_twin_listens(twin: &str) {
    let twin: SocketAddr = twin.parse().unwrap();
    until("the controller to listen", || std::net::TcpListener::bind(twin).err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_party_controls_the_calls_of_two_phones() {
    a_controller_connects_two_phones(Protocol::Udp).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_party_controls_them_over_tcp() {
    a_controller_connects_two_phones(Protocol::Tcp).await;
}

/// Calls of a user with digest.
async fn a_user_calls(protocol: Protocol, count: u32) {
    let site = Site::start(count, Srtp::Off);
    let (name, password) = USERS[0];
    let (pbx, count) = (site.address(protocol).to_string(), count.to_string());
    let caller = at(CALLER, protocol, site.folder());
    let arguments = ["-s", OUTSIDE, "-au", name, "-ap", password, "-r", "50", "-m", &count, &pbx];
    caller.runs("uac.xml", &arguments).succeeds().await;
    site.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_calls_a_hundred_times_with_digest() {
    a_user_calls(Protocol::Udp, 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_calls_a_hundred_times_over_tcp() {
    a_user_calls(Protocol::Tcp, 100).await;
}
