//! What an endpoint says and stands outside of calls.

use std::time::Instant;

use pbxcert::sip::endpoint::{Incoming, RequestError};
use pbxcert::sip::session::SessionEvent;
use pbxcert::sip::{Message, Method};

use super::pair::{PATIENCE, Side, established, must_be, sdp};
use super::raw::Raw;

#[tokio::test]
async fn polite_answers() {
    let mut side = Side::new("side");
    let mut raw = Raw::new(side.address()).await;
    for (method, status) in [
        (Method::Options, 200),
        (Method::Notify, 200),
        (Method::Message, 405),
        (Method::Register, 405),
        (Method::Bye, 481),
        (Method::Other("FROBNICATE".to_owned()), 501),
    ] {
        let request = raw.fresh(method.clone());
        raw.send(&request).await;
        let transaction = side.request().await;
        side.endpoint.answer_default(transaction);
        let response = raw.response(status, method.clone()).await;
        assert!(response.to_tag().is_some());
        assert_eq!(
            response.get("Allow").is_some(),
            matches!(status, 405 | 501) || method == Method::Options
        );
        // The request again is absorbed, and answered the same.
        raw.send(&request).await;
        assert_eq!(raw.response(status, method).await.raw, response.raw);
    }
}

#[tokio::test]
async fn unknown_dialogs_and_transactions_are_481_and_stray_acks_nothing() {
    let side = Side::new("side");
    let mut raw = Raw::new(side.address()).await;
    for method in [Method::Bye, Method::Invite, Method::Refer, Method::Cancel] {
        let stray = raw.fresh(method.clone()).set("To", "<sip:me@h>;tag=gone");
        raw.send(&raw.fresh(Method::Ack).set("To", "<sip:me@h>;tag=gone")).await;
        raw.send(&stray).await;
        raw.response(481, method).await;
    }
}

#[tokio::test]
async fn unknown_methods_within_a_call_do_not_disturb_it() {
    let (_caller, a, _callee, mut b) = established().await;
    for (method, status) in [
        (Method::Other("FROBNICATE".to_owned()), 501),
        (Method::Subscribe, 405),
        (Method::Options, 200),
        (Method::Info, 200),
    ] {
        let response = a.session.send(method, Vec::new(), None).await.unwrap();
        assert_eq!(response.status(), Some(status));
    }
    must_be!(b.next().await, SessionEvent::Info(_) => ());
    b.session.bye().await.unwrap();
}

#[tokio::test]
async fn garbage_and_keep_alives() {
    let mut side = Side::new("side");
    let mut raw = Raw::new(side.address()).await;
    for keep_alive in [&b"\r\n\r\n"[..], b"\0", b""] {
        raw.send_bytes(keep_alive).await;
    }
    raw.send_bytes(&[0x80; 200]).await;
    let garbage = tokio::time::timeout(PATIENCE, side.incoming.recv()).await.unwrap().unwrap();
    must_be!(garbage, Incoming::Garbage { bytes, remote, .. } => {
        assert_eq!((bytes.len(), remote), (200, raw.address()));
    });
    raw.send(&raw.fresh(Method::Options).without("CSeq")).await;
    assert_eq!(raw.recv().await.status(), Some(400));
    let garbage = tokio::time::timeout(PATIENCE, side.incoming.recv()).await.unwrap().unwrap();
    must_be!(garbage, Incoming::Garbage { .. } => ());
    raw.send(&raw.fresh(Method::Options)).await;
    drop(side.request().await);
    raw.response(500, Method::Options).await;
}

#[tokio::test]
async fn the_largest_message_passes_both_ways() {
    let mut side = Side::new("side");
    let other = Side::new("other");
    let body = vec![b'x'; 64_000];
    let message = Message::request(Method::Message, format!("sip:me@{}", side.address()))
        .with("From", "<sip:a@h>;tag=1")
        .with("To", "<sip:b@h>")
        .with("Call-ID", "big")
        .with("CSeq", "1 MESSAGE")
        .with_body("text/plain", body.clone());
    let mut transaction = other.endpoint.request(message, side.address());
    let received = side.request().await;
    assert_eq!(received.request.body.len(), body.len());
    let response = Message::response(&received.request, 200, "").with_body("text/plain", body);
    received.respond(response);
    assert_eq!(transaction.final_response().await.unwrap().body.len(), 64_000);
}

#[tokio::test]
async fn nobody_listening_is_known_at_once_and_hurts_nobody_else() {
    let (caller, a, _callee, b) = established().await;
    let dead = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let start = Instant::now();
    let mut failing = caller.call(dead);
    must_be!(failing.next().await, SessionEvent::Failed { status, reason, message } => {
        assert_eq!((status, message), (503, None));
        assert!(reason.contains(&dead.to_string()), "{reason}");
    });
    let options = Message::request(Method::Options, "sip:x")
        .with("From", "<sip:a@h>;tag=1")
        .with("To", "<sip:b@h>")
        .with("Call-ID", "c")
        .with("CSeq", "1 OPTIONS");
    let error = caller.endpoint.send_authenticated(options, dead, None).await.unwrap_err();
    must_be!(error, RequestError::Transport(_) => ());
    assert!(start.elapsed() < caller.endpoint.timers().patience(), "it waited for a time-out");
    assert_eq!(a.session.bye().await.unwrap().status(), Some(200));
    drop(b);
}

#[tokio::test]
async fn a_flood_of_repetitions_is_one_request() {
    let mut side = Side::new("side");
    let mut raw = Raw::new(side.address()).await;
    let invite = raw.fresh(Method::Invite).with_body("application/sdp", sdp("offer"));
    for _ in 0..500 {
        raw.send(&invite).await;
    }
    let leg = side.take().await;
    leg.session.reject(486, "");
    let refusal = raw.response(486, Method::Invite).await;
    let ack = invite.clone().without("Content-Type");
    let ack = Message { start: raw.fresh(Method::Ack).start, ..ack }
        .set("To", refusal.get("To").unwrap().to_owned())
        .set("CSeq", "1 ACK");
    raw.send(&ack).await;
    leg.ended().await;
    assert!(side.incoming.try_recv().is_err());
}
