//! Who comes over TCP: from any port, and not for ever.

use std::time::Duration;

use pbxcert::wire::{Channel, Tap};

use crate::phone::Phone;
use crate::site::{ANY, Site};

/// Longer than a call over loopback takes to ring; only a failed test waits for it.
const SOON: Duration = Duration::from_secs(5);

fn over_tcp(site: &Site, user: &str, password: &str) -> Phone {
    let channel = Channel::tcp(ANY, Tap::off()).unwrap();
    Phone::over(channel, site.pbx.address(), user, password)
}

fn password(site: &Site, user: &str) -> String {
    site.pbx.users().iter().find(|account| account.username == user).unwrap().password.clone()
}

#[tokio::test]
async fn a_trunk_peer_that_connects_is_known_by_where_it_listens() {
    let site = Site::new();
    let mut user = site.registered("1001").await;
    let peer = over_tcp(&site, "+441632960203", "");
    site.pbx.add_trunk_peer(peer.address());
    let mut caller = peer.call("1001").await;
    let mut callee = user.ring().await;
    assert_eq!(callee.shows(), "+441632960203");
    callee.answer().await;
    caller.answered().await;
    callee.hang_up().await;
    caller.ended().await;
    let stranger = over_tcp(&site, "+441632960204", "");
    assert_eq!(stranger.call("1001").await.refused().await, 401, "the same machine");
    site.pbx.shutdown().await;
}

/// As behind a router: the connection comes from another address than the Contact has.
#[tokio::test]
async fn a_phone_is_reached_over_its_connection_whatever_its_contact_says() {
    let mut site = Site::new();
    let mut phone = over_tcp(&site, "1002", &password(&site, "1002"));
    phone.says_that_it_is_at("192.0.2.1:5060;transport=tcp");
    assert_eq!(phone.register(600).await.status(), Some(200));
    let mut caller = site.trunk.call("1002").await;
    let mut callee = phone.ring().await;
    callee.answer().await;
    caller.answered().await;
    caller.hang_up().await;
    callee.ended().await;
    let mut caller = phone.call("+441632960202").await;
    let mut callee = site.trunk.ring().await;
    callee.answer().await;
    caller.answered().await;
    callee.hang_up().await;
    caller.ended().await;
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn a_phone_that_left_its_connection_is_called_where_it_takes_others() {
    let site = Site::new();
    let secret = password(&site, "1002");
    let mut phone = over_tcp(&site, "1002", &secret);
    let mut registers = over_tcp(&site, "1002", &secret);
    let contact = format!("<sip:1002@{};transport=tcp>", phone.address());
    assert_eq!(registers.register_as(&contact, 600).await.status(), Some(200));
    registers.leave().await;
    let user = site.registered("1001").await;
    let mut caller = user.call("1002").await;
    assert!(phone.is_rung_within(SOON).await, "no INVITE at {contact}");
    assert_eq!(caller.progress(100).await.status(), Some(100));
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn a_phone_that_cannot_be_reached_any_more_is_told_to_the_caller_at_once() {
    let site = Site::new();
    let mut phone = over_tcp(&site, "1002", &password(&site, "1002"));
    let gone = format!("<sip:1002@{};transport=tcp>", phone.address());
    assert_eq!(phone.register_as(&gone, 600).await.status(), Some(200));
    phone.leave().await;
    let user = site.registered("1001").await;
    let refused = tokio::time::timeout(SOON, async { user.call("1002").await.refused().await });
    assert_eq!(refused.await, Ok(503));
    site.pbx.shutdown().await;
}
