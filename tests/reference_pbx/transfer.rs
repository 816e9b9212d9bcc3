use std::time::Duration;

use pbxcert::pbx::TransferCallerId;
use pbxcert::sip::session::SessionEvent;

use crate::phone::{Call, Phone, talk};
use crate::site::Site;

/// External 1 talks to the user.
async fn incoming(site: &Site, user: &mut Phone) -> (Call, Call) {
    let number = format!("+4416329601{}", &user.user[2..]);
    let mut external = site.trunk.call_from(&number, "+441632960201").await;
    let mut callee = user.ring().await;
    callee.answer().await;
    external.answered().await;
    (external, callee)
}

/// Waits for a NOTIFY with this status.
async fn notified(call: &mut Call, status: u16) {
    let line = format!("SIP/2.0 {status}");
    call.until(|event| match event {
        SessionEvent::Notify(message) => message.body_text().starts_with(&line).then_some(()),
        SessionEvent::Ended { .. } => panic!("ended before NOTIFY {status}"),
        _ => None,
    })
    .await;
}

async fn refer(call: &Call, to: &str) {
    let accepted = call.session.refer(to.to_owned(), None).await.unwrap();
    assert_eq!(accepted.status(), Some(202));
}

#[tokio::test]
async fn to_the_outside_with_notifications_and_a_farewell_from_the_pbx() {
    let mut site = Site::new();
    let mut user = site.registered("1001").await;
    let (mut external, mut transferor) = incoming(&site, &mut user).await;
    refer(&transferor, "<sip:01632960202@pbx.example>").await;
    notified(&mut transferor, 100).await;
    let mut target = site.trunk.ring().await;
    assert_eq!(target.shows(), "+441632960101", "the transferor's number");
    assert!(target.session.invite_request().request_uri().unwrap().contains("+441632960202"));
    notified(&mut transferor, 180).await;
    external.drain();
    assert!(external.hear(Duration::from_secs(1)).await.is_some(), "ringback");
    target.answer().await;
    notified(&mut transferor, 200).await;
    assert!(talk(&mut external, &mut target).await);
    transferor.ended().await;
    external.hang_up().await;
    target.ended().await;
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn the_caller_survives_an_early_bye_of_the_transferor() {
    let mut site = Site::with(&[], |config| {
        config.transfer.caller_id = TransferCallerId::Original;
    });
    let mut user = site.registered("1001").await;
    let (mut external, mut transferor) = incoming(&site, &mut user).await;
    refer(&transferor, "tel:+441632960202").await;
    transferor.hang_up().await;
    let mut target = site.trunk.ring().await;
    assert_eq!(target.shows(), "+441632960201", "the original caller's number");
    target.answer().await;
    assert!(talk(&mut external, &mut target).await);
    target.hang_up().await;
    external.ended().await;
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn to_an_extension_from_the_calling_side() {
    let mut site = Site::new();
    let user = site.registered("1001").await;
    let mut other = site.registered("1002").await;
    let mut transferor = user.call("+441632960201").await;
    let mut external = site.trunk.ring().await;
    external.answer().await;
    transferor.answered().await;
    refer(&transferor, "<sip:1002@h?X-Any=%22a%22>").await;
    let mut target = other.ring().await;
    target.answer().await;
    notified(&mut transferor, 200).await;
    transferor.hang_up().await;
    assert!(talk(&mut external, &mut target).await);
    external.hang_up().await;
    target.ended().await;
    site.pbx.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_failed_transfer_gives_the_caller_back_or_ends_the_call() {
    let mut site = Site::new();
    let mut user = site.registered("1001").await;
    let (mut external, mut transferor) = incoming(&site, &mut user).await;
    refer(&transferor, "<sip:9999@h>").await;
    notified(&mut transferor, 404).await;
    assert!(talk(&mut external, &mut transferor).await);
    refer(&transferor, "<sip:+441632960202@h>").await;
    let target = site.trunk.ring().await;
    target.session.reject(486, "Busy Here");
    notified(&mut transferor, 486).await;
    assert!(talk(&mut external, &mut transferor).await);
    refer(&transferor, "<sip:+441632960202@h>").await;
    let target = site.trunk.ring().await;
    transferor.hang_up().await;
    target.session.reject(603, "Decline");
    external.ended().await;
    site.pbx.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn notifications_keep_their_order() {
    let site = Site::new();
    let mut user = site.registered("1001").await;
    let (mut external, mut transferor) = incoming(&site, &mut user).await;
    for _ in 0..50 {
        refer(&transferor, "<sip:9999@h>").await;
        for expected in ["SIP/2.0 100 ", "SIP/2.0 404 "] {
            let next = transferor.until(|event| match event {
                SessionEvent::Notify(message) => Some(message.body_text().into_owned()),
                _ => None,
            });
            let line = next.await;
            assert!(line.starts_with(expected), "{line} instead of {expected}");
        }
    }
    transferor.hang_up().await;
    external.ended().await;
    site.pbx.shutdown().await;
}
