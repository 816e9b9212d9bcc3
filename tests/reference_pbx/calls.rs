use std::time::Duration;

use pbxcert::sip::sdp::CodecSpec;
use pbxcert::sip::session::SessionEvent;
use pbxcert::sip::{Message, Method};

use crate::phone::{Phone, talk};
use crate::site::Site;

#[tokio::test]
async fn a_user_calls_outside_and_shows_its_number() {
    let mut site = Site::new();
    let user = site.registered("1001").await;
    let mut caller = user.call("01632960202").await;
    let mut callee = site.trunk.ring().await;
    caller.progress(180).await;
    let invite = callee.session.invite_request();
    assert!(invite.request_uri().unwrap().starts_with("sip:+441632960202@"));
    assert_eq!(callee.shows(), "+441632960101");
    assert!(invite.get("P-Asserted-Identity").unwrap().contains("+441632960101"));
    callee.answer().await;
    caller.answered().await;
    assert!(talk(&mut caller, &mut callee).await);
    caller.hang_up().await;
    callee.ended().await;
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn the_outside_calls_a_user_and_shows_its_own_number() {
    let site = Site::new();
    let mut user = site.registered("1002").await;
    let mut caller = site.trunk.call_from("+441632960102", "01632960201").await;
    let mut callee = user.ring().await;
    assert_eq!(callee.shows(), "+441632960201");
    assert!(callee.session.invite_request().request_uri().unwrap().contains("1002@"));
    callee.answer().await;
    caller.answered().await;
    assert!(talk(&mut caller, &mut callee).await);
    callee.hang_up().await;
    caller.ended().await;
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn extensions_reach_users_and_desk_phones_with_transcoding_where_needed() {
    let site = Site::new();
    let user = site.registered("1001").await;
    let mut desk = site.registered("1101").await;
    let mut caller = user.call("1101").await;
    let mut callee = desk.ring_with(&[CodecSpec::pcmu()]).await;
    assert_eq!(callee.shows(), "1001");
    assert_eq!(callee.answer().await.codec.name, "PCMU");
    assert_eq!(caller.answered().await.codec.name, "PCMA");
    callee.drain();
    caller.say([0xD5; 4]).await;
    let heard = callee.hear(Duration::from_secs(2)).await.unwrap();
    assert_eq!(heard.len(), 160);
    assert!(heard.iter().all(|byte| byte & 0x70 == 0x70), "silence stays silence");
    caller.hang_up().await;
    callee.ended().await;
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_reached_is_refused_with_its_own_status() {
    let site = Site::new();
    let user = site.registered("1001").await;
    assert_eq!(user.call("9999").await.refused().await, 404);
    assert_eq!(user.call("1002").await.refused().await, 480);
    assert_eq!(site.trunk.call("+441632960999").await.refused().await, 404);
    let stranger = Phone::new(site.pbx.address(), "1001", "");
    assert_eq!(stranger.call("1002").await.refused().await, 401);
    let forger = Phone::new(site.pbx.address(), "1001", "guess");
    assert_eq!(forger.call("1002").await.refused().await, 403);
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn calls_can_be_challenged_as_a_proxy_does() {
    let mut site = Site::with(&[], |config| config.proxy_challenge = true);
    let user = site.registered("1001").await;
    let mut caller = user.call("+441632960202").await;
    site.trunk.ring().await.answer().await;
    caller.answered().await;
    caller.hang_up().await;
    let stranger = Phone::new(site.pbx.address(), "1001", "");
    assert_eq!(stranger.call("1002").await.refused().await, 407);
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn busy_and_cancel_are_passed_on() {
    let mut site = Site::new();
    let user = site.registered("1001").await;
    let mut caller = user.call("+441632960202").await;
    let callee = site.trunk.ring().await;
    callee.session.reject(486, "Busy Here");
    assert_eq!(caller.refused().await, 486);

    let mut caller = user.call("+441632960202").await;
    let mut callee = site.trunk.ring().await;
    caller.progress(180).await;
    caller.session.cancel();
    callee.until(|event| matches!(event, SessionEvent::Cancelled).then_some(())).await;
    caller.ended().await;
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn all_contacts_ring_and_the_first_to_answer_wins() {
    let site = Site::new();
    let mut one = site.registered("1001").await;
    let mut two = site.registered("1001").await;
    let mut caller = site.trunk.call("+441632960101").await;
    let (mut left, mut right) = (one.ring().await, two.ring().await);
    right.answer().await;
    caller.answered().await;
    left.until(|event| matches!(event, SessionEvent::Cancelled).then_some(())).await;
    assert!(talk(&mut caller, &mut right).await);
    caller.hang_up().await;
    right.ended().await;
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn delayed_offers_work_both_ways() {
    let mut site = Site::new();
    let user = site.registered("1001").await;
    let mut caller = user.call_late("+441632960202").await;
    let mut callee = site.trunk.ring().await;
    callee.answer().await;
    let offer = caller
        .until(|event| match event {
            SessionEvent::AnswerNeeded(message) => message.sdp(),
            _ => None,
        })
        .await;
    let negotiation = &mut caller.media.negotiation;
    let (answer, _) = negotiation.answer(&offer, pbxcert::record::Direction::SendRecv).unwrap();
    caller.session.ack_with(answer.into());
    assert!(talk(&mut caller, &mut callee).await);
    caller.hang_up().await;
    callee.ended().await;
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn options_and_unknown_methods_are_answered() {
    let site = Site::new();
    let phone = site.phone("1001");
    let ask = async |method: Method| {
        let request = Message::request(method.clone(), format!("sip:{}", phone.pbx))
            .with("From", "<sip:1001@h>;tag=1")
            .with("To", "<sip:pbx@h>")
            .with("Call-ID", format!("ask-{}", method.as_str()))
            .with("CSeq", format!("1 {}", method.as_str()));
        phone.endpoint.send_authenticated(request, phone.pbx, None).await.unwrap().status()
    };
    assert_eq!(ask(Method::Options).await, Some(200));
    assert_eq!(ask(Method::Message).await, Some(405));
    assert_eq!(ask(Method::from("JUGGLE")).await, Some(501));
    site.pbx.shutdown().await;
}
