//! Reliable provisional responses and session timers.

use pbxcert::record::Ender;
use pbxcert::sip::Method;
use pbxcert::sip::session::{Session, SessionEvent};

use super::pair::{Leg, Side, must_be, sdp};
use super::raw::Raw;

#[tokio::test]
async fn a_reliable_response_gets_one_prack_and_counts_once() {
    let caller = Side::new("caller");
    let mut raw = Raw::new(caller.address()).await;
    let mut leg = caller.call(raw.address());
    let invite = raw.request(Method::Invite).await;
    assert!(invite.lists("Supported", "100rel"));
    let ringing = raw.reply(&invite, 183).with("Require", "100rel").with("RSeq", 7);
    raw.send(&ringing).await;
    raw.send(&ringing).await;
    let prack = raw.request(Method::Prack).await;
    assert_eq!(prack.get("RAck"), Some("7 1 INVITE"));
    raw.send(&raw.reply(&prack, 200)).await;
    raw.send(&raw.reply(&invite, 200)).await;
    must_be!(leg.any().await, SessionEvent::Progress(_) => ());
    must_be!(leg.any().await, SessionEvent::Answered(_) => ());
}

#[tokio::test]
async fn a_caller_that_requires_100rel_gets_reliable_ringing_then_the_answer() {
    let (caller, mut callee) = (Side::new("caller"), Side::new("callee"));
    let mut spec = caller.spec(callee.address());
    spec.headers.push(("Require".to_owned(), "100rel".to_owned()));
    let mut a = Leg::of(Session::invite(&caller.endpoint, spec));
    let mut b = callee.take().await;
    b.session.ring(180, "Ringing", None);
    b.session.ring(183, "Session Progress", Some(sdp("early")));
    b.session.answer(Some(sdp("early")));
    let mut statuses = Vec::new();
    loop {
        match a.any().await {
            SessionEvent::Progress(m) => statuses.push((m.status(), m.get("RSeq").is_some())),
            SessionEvent::Answered(_) => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(statuses, [(Some(100), false), (Some(180), true), (Some(183), true)]);
    must_be!(b.next().await, SessionEvent::Acked(_) => ());
}

#[tokio::test]
async fn without_prack_the_invite_is_refused() {
    let mut callee = Side::new("callee");
    let mut raw = Raw::new(callee.address()).await;
    raw.send(&raw.fresh(Method::Invite).with("Require", "100rel")).await;
    let leg = callee.take().await;
    leg.session.ring(180, "Ringing", None);
    raw.response(180, Method::Invite).await;
    raw.response(504, Method::Invite).await;
    assert_eq!(leg.ended().await, Ender::Ourselves);
}

#[tokio::test]
async fn we_refresh_where_the_peer_says_so() {
    let caller = Side::new("caller");
    for (allow, method) in [("INVITE, UPDATE", Method::Update), ("INVITE", Method::Invite)] {
        let mut raw = Raw::new(caller.address()).await;
        let mut leg = caller.call(raw.address());
        let invite = raw.request(Method::Invite).await;
        let timer = "1;refresher=uac";
        let ok = raw.reply(&invite, 200).with("Allow", allow).with("Session-Expires", timer);
        raw.send(&ok).await;
        must_be!(leg.next().await, SessionEvent::Answered(_) => ());
        let refresh = raw.request(method.clone()).await;
        assert_eq!(refresh.get("Session-Expires"), Some(timer));
        assert_eq!(refresh.sdp().is_some(), method == Method::Invite);
        raw.send(&raw.reply(&refresh, 200)).await;
        drop(leg.session);
        let bye = raw.request(Method::Bye).await;
        raw.send(&raw.reply(&bye, 200)).await;
    }
}

#[tokio::test]
async fn a_peer_that_does_not_refresh_is_hung_up_on() {
    let mut callee = Side::new("callee");
    let mut raw = Raw::new(callee.address()).await;
    let invite = raw
        .fresh(Method::Invite)
        .with("Supported", "timer")
        .with("Session-Expires", "1;refresher=uac");
    raw.send(&invite).await;
    let mut leg = callee.take().await;
    leg.session.answer(Some(sdp("answer")));
    let ok = raw.response(200, Method::Invite).await;
    assert_eq!(ok.get("Session-Expires"), Some("1;refresher=uac"));
    assert!(ok.lists("Require", "timer"));
    raw.send(&raw.within(&invite, &ok, Method::Ack)).await;
    must_be!(leg.next().await, SessionEvent::Acked(_) => ());
    let bye = raw.request(Method::Bye).await;
    raw.send(&raw.reply(&bye, 200)).await;
    must_be!(leg.next().await, SessionEvent::Ended { by, reason, .. } => {
        assert_eq!(by, Ender::Ourselves);
        assert!(reason.contains("refreshed"), "{reason}");
    });
}
