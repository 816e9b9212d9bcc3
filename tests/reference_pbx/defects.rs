use std::time::Duration;

use pbxcert::record::Direction;
use pbxcert::sip::session::SessionEvent;

use crate::phone::{Call, Phone, talk};
use crate::site::Site;

const MOMENT: Duration = Duration::from_millis(300);

async fn outgoing(site: &mut Site, user: &Phone) -> (Call, Call) {
    let mut caller = user.call("+441632960202").await;
    let mut callee = site.trunk.ring().await;
    callee.answer().await;
    caller.answered().await;
    (caller, callee)
}

#[tokio::test]
async fn audio_defects_are_heard() {
    let mut site = Site::broken(&["one-way-audio", "silent-hold"]);
    let user = site.registered("1001").await;
    let (mut caller, mut callee) = outgoing(&mut site, &user).await;
    assert!(caller.reaches(&mut callee).await);
    assert!(!callee.reaches(&mut caller).await);
    caller.change(Direction::Inactive).await;
    callee.drain();
    assert_eq!(callee.hear(MOMENT).await, None);
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn crossed_calls_hear_each_other() {
    let mut site = Site::broken(&["crossed-audio"]);
    let (one, two) = (site.registered("1001").await, site.registered("1002").await);
    let (mut a, mut b) = outgoing(&mut site, &one).await;
    assert!(talk(&mut a, &mut b).await, "alone, a call is fine");
    let (mut c, mut d) = outgoing(&mut site, &two).await;
    assert!(a.reaches(&mut d).await && c.reaches(&mut b).await);
    assert!(!a.reaches(&mut b).await);
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn signalling_defects_are_seen() {
    let mut site = Site::broken(&["bye-not-propagated", "refer-refused", "wrong-caller-id"]);
    let user = site.registered("1001").await;
    let (mut caller, mut callee) = outgoing(&mut site, &user).await;
    assert_eq!(callee.shows(), "+441632960100");
    let refused = caller.session.refer("<sip:1002@h>".to_owned(), None).await.unwrap();
    assert_eq!(refused.status(), Some(405));
    caller.hang_up().await;
    let ended = callee.until(|event| matches!(event, SessionEvent::Ended { .. }).then_some(()));
    assert!(tokio::time::timeout(MOMENT, ended).await.is_err());
    callee.hang_up().await;
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn another_user_rings() {
    let site = Site::broken(&["wrong-user-rings"]);
    let mut right = site.registered("1001").await;
    let mut wrong = site.registered("1002").await;
    let _caller = site.trunk.call("+441632960101").await;
    let _rung = wrong.ring().await;
    assert!(!right.is_rung_within(MOMENT).await);
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn the_answer_is_kept_from_the_caller() {
    let mut site = Site::broken(&["no-answer"]);
    let user = site.registered("1001").await;
    let mut caller = user.call("+441632960202").await;
    let mut callee = site.trunk.ring().await;
    callee.answer().await;
    let answered = caller.until(|event| matches!(event, SessionEvent::Answered(_)).then_some(()));
    assert!(tokio::time::timeout(MOMENT, answered).await.is_err());
    caller.session.cancel();
    callee.ended().await;
    site.pbx.shutdown().await;
}
