//! Defects of transfer and of the end of a call, seen by phones.

use std::time::Duration;

use pbxcert::record::Ender;
use pbxcert::sip::session::SessionEvent;

use crate::phone::{Call, Phone, talk};
use crate::site::Site;

const MOMENT: Duration = Duration::from_millis(300);

async fn outgoing(site: &mut Site, user: &Phone, number: &str) -> (Call, Call) {
    let mut caller = user.call(number).await;
    let mut callee = site.trunk.ring().await;
    callee.answer().await;
    caller.answered().await;
    (caller, callee)
}

/// The outside talks to the user.
async fn incoming(site: &Site, user: &mut Phone) -> (Call, Call) {
    let number = format!("+4416329601{}", &user.user[2..]);
    let mut external = site.trunk.call(&number).await;
    let mut callee = user.ring().await;
    callee.answer().await;
    external.answered().await;
    (external, callee)
}

async fn refer(call: &Call, to: &str) -> Option<u16> {
    call.session.refer(to.to_owned(), None).await.unwrap().status()
}

async fn ends_within(call: &mut Call, time: Duration) -> bool {
    let ended = call.until(|event| matches!(event, SessionEvent::Ended { .. }).then_some(()));
    tokio::time::timeout(time, ended).await.is_ok()
}

#[tokio::test]
async fn refer_is_refused_in_every_way() {
    for (defect, status) in [("refer-501", 501), ("refer-603", 603), ("refer-challenged", 401)] {
        let mut site = Site::broken(&[defect]);
        let user = site.registered("1001").await;
        let (caller, _callee) = outgoing(&mut site, &user, "+441632960202").await;
        assert_eq!(refer(&caller, "<sip:1002@h>").await, Some(status), "{defect}");
        site.pbx.shutdown().await;
    }
    let mut site = Site::broken(&["refer-from-caller-refused"]);
    let mut user = site.registered("1001").await;
    let (caller, _callee) = outgoing(&mut site, &user, "+441632960202").await;
    assert_eq!(refer(&caller, "<sip:1002@h>").await, Some(403));
    caller.session.bye().await.unwrap();
    let (_external, callee) = incoming(&site, &mut user).await;
    assert_eq!(refer(&callee, "<sip:1002@h>").await, Some(202), "the called side may");
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn the_transferor_is_kept_or_connected_or_called_back() {
    let mut site = Site::broken(&["transferor-leg-left-up"]);
    let mut user = site.registered("1001").await;
    let (_external, transferor) = incoming(&site, &mut user).await;
    assert_eq!(refer(&transferor, "<sip:+441632960202@h>").await, Some(202));
    let mut target = site.trunk.ring().await;
    target.answer().await;
    assert!(tokio::time::timeout(MOMENT, transferor.session.bye()).await.is_err());
    site.pbx.shutdown().await;

    let mut site = Site::broken(&["transferor-connected"]);
    let mut user = site.registered("1001").await;
    let (mut external, mut transferor) = incoming(&site, &mut user).await;
    assert_eq!(refer(&transferor, "<sip:+441632960202@h>").await, Some(202));
    let mut target = site.trunk.ring().await;
    target.answer().await;
    assert!(talk(&mut transferor, &mut target).await);
    assert!(!target.reaches(&mut external).await);
    site.pbx.shutdown().await;

    let site = Site::broken(&["transfer-calls-back"]);
    let mut user = site.registered("1001").await;
    let (_external, transferor) = incoming(&site, &mut user).await;
    assert_eq!(refer(&transferor, "<sip:+441632960202@h>").await, Some(202));
    let _rung = user.ring().await;
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn the_parties_of_a_transfer_are_lost_with_the_transferor_or_do_not_hear() {
    let mut site = Site::broken(&["transfer-drops-survivor"]);
    let mut user = site.registered("1001").await;
    let (mut external, mut transferor) = incoming(&site, &mut user).await;
    assert_eq!(refer(&transferor, "<sip:+441632960202@h>").await, Some(202));
    let mut target = site.trunk.ring().await;
    transferor.hang_up().await;
    external.ended().await;
    target.ended().await;
    site.pbx.shutdown().await;

    for (defect, hears) in [("transferee-deaf", false), ("transfer-keeps-music", true)] {
        let mut site = Site::broken(&[defect]);
        let mut user = site.registered("1001").await;
        let (mut external, transferor) = incoming(&site, &mut user).await;
        assert_eq!(refer(&transferor, "<sip:+441632960202@h>").await, Some(202));
        let mut target = site.trunk.ring().await;
        target.answer().await;
        assert!(external.reaches(&mut target).await);
        external.drain();
        // Something, though the target says nothing.
        assert_eq!(external.hear(MOMENT).await.is_some(), hears, "{defect}");
        // Beside music, nobody could wait for silence.
        assert!(hears || !target.reaches(&mut external).await, "{defect}");
        site.pbx.shutdown().await;
    }
}

#[tokio::test]
async fn byes_are_refused_and_the_call_goes_on() {
    for (defect, status) in [("bye-refused-481", 481), ("bye-refused-500", 500)] {
        let mut site = Site::broken(&[defect]);
        let user = site.registered("1001").await;
        let (caller, mut callee) = outgoing(&mut site, &user, "+441632960202").await;
        assert_eq!(caller.session.bye().await.unwrap().status(), Some(status), "{defect}");
        assert!(!ends_within(&mut callee, MOMENT).await, "{defect}");
        site.pbx.shutdown().await;
    }
}

#[tokio::test]
async fn a_neighbours_call_ends_instead() {
    let mut site = Site::broken(&["bye-to-wrong-call"]);
    let (one, two) = (site.registered("1001").await, site.registered("1002").await);
    let (mut first, mut first_callee) = outgoing(&mut site, &one, "+441632960201").await;
    let (mut next, mut next_callee) = outgoing(&mut site, &two, "+441632960202").await;
    first.hang_up().await;
    let by = next
        .until(|event| match event {
            SessionEvent::Ended { by, .. } => Some(by),
            _ => None,
        })
        .await;
    assert_eq!(by, Ender::Peer);
    next_callee.ended().await;
    assert!(!ends_within(&mut first_callee, MOMENT).await);
    // Alone, a call ends as it should.
    let (mut alone, mut callee) = outgoing(&mut site, &one, "+441632960201").await;
    alone.hang_up().await;
    callee.ended().await;
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn media_outlive_their_call() {
    let mut site = Site::broken(&["rtp-after-bye"]);
    let user = site.registered("1001").await;
    let (mut caller, mut callee) = outgoing(&mut site, &user, "+441632960202").await;
    assert!(talk(&mut caller, &mut callee).await);
    caller.hang_up().await;
    callee.ended().await;
    tokio::time::sleep(MOMENT).await;
    caller.drain();
    callee.drain();
    assert!(caller.hear(MOMENT).await.is_some() && callee.hear(MOMENT).await.is_some());
    site.pbx.shutdown().await;
}
