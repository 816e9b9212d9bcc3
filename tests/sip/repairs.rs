//! What is lost, repeated or answered twice on the way.

use pbxcert::record::Ender;
use pbxcert::sip::Method;
use pbxcert::sip::session::{SessionError, SessionEvent};

use super::pair::{Leg, Side, must_be, sdp};
use super::raw::Raw;

/// A raw caller's INVITE, answered by a session that has sent its first 200.
async fn answered() -> (Side, Leg, Raw, pbxcert::sip::Message, pbxcert::sip::Message) {
    let mut callee = Side::new("callee");
    let mut raw = Raw::new(callee.address()).await;
    let invite = raw.fresh(Method::Invite).with_body("application/sdp", sdp("offer"));
    raw.send(&invite).await;
    let leg = callee.take().await;
    leg.session.answer(Some(sdp("answer")));
    let ok = raw.response(200, Method::Invite).await;
    (callee, leg, raw, invite, ok)
}

#[tokio::test]
async fn a_200_is_repeated_until_its_ack() {
    let (_callee, mut leg, mut raw, invite, first) = answered().await;
    let second = raw.response(200, Method::Invite).await;
    assert_eq!(first.to_tag(), second.to_tag());
    raw.send(&raw.within(&invite, &first, Method::Ack)).await;
    must_be!(leg.next().await, SessionEvent::Acked(_) => ());
    // A second ACK says nothing new, and the INVITE again is absorbed.
    raw.send(&raw.within(&invite, &first, Method::Ack)).await;
    raw.send(&invite).await;
    raw.send(&raw.within(&invite, &first, Method::Bye)).await;
    raw.response(200, Method::Bye).await;
    assert_eq!(leg.ended().await, Ender::Peer);
}

#[tokio::test]
async fn without_an_ack_the_call_ends_with_bye() {
    let (_callee, leg, mut raw, _invite, _ok) = answered().await;
    let bye = raw.request(Method::Bye).await;
    assert!(bye.get("Reason").unwrap().contains("ACK"));
    raw.send(&raw.reply(&bye, 200)).await;
    assert_eq!(leg.ended().await, Ender::Ourselves);
}

#[tokio::test]
async fn a_hang_up_before_the_ack_waits_for_it() {
    let (_callee, leg, mut raw, invite, ok) = answered().await;
    let session = leg.session.clone();
    let bye = tokio::spawn(async move { session.bye().await });
    raw.response(200, Method::Invite).await;
    raw.send(&raw.within(&invite, &ok, Method::Ack)).await;
    let request = raw.request(Method::Bye).await;
    raw.send(&raw.reply(&request, 481)).await;
    assert_eq!(bye.await.unwrap().unwrap().status(), Some(481));
}

#[tokio::test]
async fn a_refer_is_answered_after_the_peers_bye() {
    for answered_late in [true, false] {
        let (_callee, mut leg, mut raw, invite, ok) = answered().await;
        raw.send(&raw.within(&invite, &ok, Method::Ack)).await;
        must_be!(leg.next().await, SessionEvent::Acked(_) => ());
        let session = leg.session.clone();
        let refer = tokio::spawn(async move { session.refer("<sip:t@h>".to_owned(), None).await });
        let request = raw.request(Method::Refer).await;
        raw.send(&raw.within(&invite, &ok, Method::Bye)).await;
        raw.response(200, Method::Bye).await;
        assert_eq!(leg.ended().await, Ender::Peer);
        if answered_late {
            raw.send(&raw.reply(&request, 202)).await;
            assert_eq!(refer.await.unwrap().unwrap().status(), Some(202));
        } else {
            let error = refer.await.unwrap().unwrap_err();
            assert!(matches!(error, SessionError::Timeout(_)), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_repeated_200_gets_the_same_ack_again_and_a_fork_is_ended() {
    let caller = Side::new("caller");
    let mut raw = Raw::new(caller.address()).await;
    let mut leg = caller.call(raw.address());
    let invite = raw.request(Method::Invite).await;
    let ok = raw.reply(&invite, 200).with_body("application/sdp", sdp("answer"));
    raw.send(&ok).await;
    must_be!(leg.next().await, SessionEvent::Answered(_) => ());
    let first = raw.request(Method::Ack).await;
    raw.send(&ok).await;
    let second = raw.request(Method::Ack).await;
    assert_eq!(first.raw, second.raw);
    let fork = ok.clone().set("To", format!("{};tag=other", invite.get("To").unwrap()));
    raw.send(&fork).await;
    assert_eq!(raw.request(Method::Ack).await.to_tag().as_deref(), Some("other"));
    let bye = raw.request(Method::Bye).await;
    assert_eq!(bye.to_tag().as_deref(), Some("other"));
    raw.send(&raw.reply(&bye, 200)).await;
    // The first is still a call.
    raw.send(
        &raw.within(&invite, &ok, Method::Options)
            .set("To", invite.get("From").unwrap().to_owned())
            .set("From", ok.get("To").unwrap().to_owned()),
    )
    .await;
    raw.response(200, Method::Options).await;
}

#[tokio::test]
async fn a_lost_invite_is_repeated_and_silence_is_408() {
    let caller = Side::new("caller");
    let mut raw = Raw::new(caller.address()).await;
    let mut leg = caller.call(raw.address());
    let first = raw.request(Method::Invite).await;
    assert_eq!(first.raw, raw.request(Method::Invite).await.raw);
    must_be!(leg.next().await, SessionEvent::Failed { status, message, .. } => {
        assert_eq!((status, message), (408, None));
    });
    assert_eq!(leg.ended().await, Ender::Peer);
}

#[tokio::test]
async fn a_refusal_is_acknowledged_each_time_it_comes() {
    let caller = Side::new("caller");
    let mut raw = Raw::new(caller.address()).await;
    let mut leg = caller.call(raw.address());
    let invite = raw.request(Method::Invite).await;
    let busy = raw.reply(&invite, 486);
    for _ in 0..2 {
        raw.send(&busy).await;
        let ack = raw.request(Method::Ack).await;
        assert_eq!(ack.get("Via"), invite.get("Via"));
        assert_eq!(ack.to_tag().as_deref(), Some("raw"));
    }
    must_be!(leg.next().await, SessionEvent::Failed { status, .. } => assert_eq!(status, 486));
}

#[tokio::test]
async fn a_cancel_that_crosses_the_200_is_followed_by_ack_and_bye() {
    let caller = Side::new("caller");
    let mut raw = Raw::new(caller.address()).await;
    let mut leg = caller.call(raw.address());
    let invite = raw.request(Method::Invite).await;
    raw.send(&raw.reply(&invite, 180)).await;
    must_be!(leg.any().await, SessionEvent::Progress(_) => ());
    leg.session.cancel();
    let cancel = raw.request(Method::Cancel).await;
    assert_eq!(cancel.get("Via"), invite.get("Via"));
    raw.send(&raw.reply(&invite, 200)).await;
    raw.send(&raw.reply(&cancel, 481)).await;
    raw.request(Method::Ack).await;
    let bye = raw.request(Method::Bye).await;
    raw.send(&raw.reply(&bye, 200)).await;
    must_be!(leg.next().await, SessionEvent::Cancelled => ());
    assert_eq!(leg.ended().await, Ender::Ourselves);
}

#[tokio::test]
async fn a_bye_instead_of_a_final_response_ends_the_attempt() {
    let caller = Side::new("caller");
    let mut raw = Raw::new(caller.address()).await;
    let mut leg = caller.call(raw.address());
    let invite = raw.request(Method::Invite).await;
    let ringing = raw.reply(&invite, 180);
    raw.send(&ringing).await;
    let bye = raw
        .within(&invite, &ringing, Method::Bye)
        .set("To", invite.get("From").unwrap().to_owned())
        .set("From", ringing.get("To").unwrap().to_owned());
    raw.send(&bye).await;
    raw.request(Method::Cancel).await;
    raw.send(&raw.reply(&invite, 487)).await;
    must_be!(leg.next().await, SessionEvent::Failed { status, .. } => assert_eq!(status, 487));
    assert_eq!(leg.ended().await, Ender::Peer);
}

#[tokio::test]
async fn requests_go_to_the_contact_along_the_route() {
    let caller = Side::new("caller");
    let mut raw = Raw::new(caller.address()).await;
    let mut proxy = Raw::new(caller.address()).await;
    let mut leg = caller.call(raw.address());
    let invite = raw.request(Method::Invite).await;
    let route = format!("<sip:{};lr>", proxy.address());
    raw.send(&raw.reply(&invite, 200).with("Record-Route", &route)).await;
    let ack = proxy.request(Method::Ack).await;
    assert_eq!(ack.get("Route"), Some(route.as_str()));
    assert_eq!(ack.request_uri(), Some(format!("sip:raw@{}", raw.address()).as_str()));
    must_be!(leg.next().await, SessionEvent::Answered(_) => ());
    drop(leg.session);
    let bye = proxy.request(Method::Bye).await;
    proxy.send(&proxy.reply(&bye, 200)).await;
}
