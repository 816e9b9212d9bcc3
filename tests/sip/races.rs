//! CANCEL and BYE at awkward moments.

use pbxcert::record::Ender;
use pbxcert::sip::session::SessionEvent;

use super::pair::{Side, established, must_be, sdp};

#[tokio::test]
async fn cancel_while_ringing() {
    let (caller, mut callee) = (Side::new("caller"), Side::new("callee"));
    let mut a = caller.call(callee.address());
    let mut b = callee.take().await;
    b.session.ring(180, "Ringing", None);
    while !matches!(a.any().await, SessionEvent::Progress(m) if m.status() == Some(180)) {}
    a.session.cancel();
    must_be!(b.next().await, SessionEvent::Cancelled => ());
    assert_eq!(b.ended().await, Ender::Peer);
    must_be!(a.next().await, SessionEvent::Cancelled => ());
    assert_eq!(a.ended().await, Ender::Ourselves);
}

#[tokio::test]
async fn cancel_at_once_waits_for_the_first_provisional_response() {
    let (caller, mut callee) = (Side::new("caller"), Side::new("callee"));
    let mut a = caller.call(callee.address());
    a.session.cancel();
    let mut b = callee.take().await;
    must_be!(b.next().await, SessionEvent::Cancelled => ());
    must_be!(a.next().await, SessionEvent::Cancelled => ());
}

#[tokio::test]
async fn a_transaction_that_nobody_took_yet_is_cancelled_too() {
    let (caller, mut callee) = (Side::new("caller"), Side::new("callee"));
    let mut a = caller.call(callee.address());
    let waiting = callee.request().await;
    a.session.cancel();
    let cancelled = async {
        while !waiting.is_cancelled() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(super::pair::PATIENCE, cancelled).await.unwrap();
    drop(waiting);
    must_be!(a.next().await, SessionEvent::Cancelled => ());
    assert_eq!(a.ended().await, Ender::Ourselves);
}

#[tokio::test]
async fn cancel_crossing_the_answer_becomes_bye() {
    let (caller, mut callee) = (Side::new("caller"), Side::new("callee"));
    let mut a = caller.call(callee.address());
    let mut b = callee.take().await;
    b.session.ring(180, "Ringing", None);
    while !matches!(a.any().await, SessionEvent::Progress(m) if m.status() == Some(180)) {}
    b.session.answer(Some(sdp("answer")));
    a.session.cancel();
    // Whichever came first, nobody is left in a call.
    let first = a.next().await;
    if let SessionEvent::Answered(_) = first {
        a.session.bye().await.unwrap();
    } else {
        must_be!(first, SessionEvent::Cancelled => ());
    }
    assert_eq!(a.ended().await, Ender::Ourselves);
    loop {
        match b.next().await {
            SessionEvent::Ended { by, .. } => break assert_eq!(by, Ender::Peer),
            SessionEvent::Acked(_) | SessionEvent::Cancelled => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn hanging_up_before_the_answer_gives_the_487() {
    let (caller, mut callee) = (Side::new("caller"), Side::new("callee"));
    let mut a = caller.call(callee.address());
    let _b = callee.take().await;
    let response = a.session.bye().await.unwrap();
    assert_eq!(response.status(), Some(487));
    must_be!(a.next().await, SessionEvent::Cancelled => ());
    assert_eq!(a.ended().await, Ender::Ourselves);
}

#[tokio::test]
async fn crossing_byes_end_both_legs() {
    let (_caller, a, _callee, b) = established().await;
    let (_, _) = tokio::join!(a.session.bye(), b.session.bye());
    a.ended().await;
    b.ended().await;
}

#[tokio::test]
async fn a_bye_during_a_pending_offer_ends_it() {
    let (_caller, a, _callee, mut b) = established().await;
    let hang_up = async {
        let reply = must_be!(b.next().await, SessionEvent::Offer { reply, .. } => reply);
        let bye = b.session.bye().await;
        drop(reply);
        bye
    };
    let (offer, bye) = tokio::join!(a.session.reinvite(Some(sdp("x"))), hang_up);
    assert_eq!(bye.unwrap().status(), Some(200));
    assert!(offer.is_err() || offer.unwrap().status() == Some(487));
    assert_eq!(a.ended().await, Ender::Peer);
}

#[tokio::test]
async fn a_closed_endpoint_ends_its_sessions_and_its_silence_ends_the_others() {
    let (caller, a, _callee, b) = established().await;
    caller.endpoint.close();
    assert_eq!(a.ended().await, Ender::Ourselves);
    // Silence, or ICMP once the socket is gone: the BYE is not answered.
    drop(caller);
    b.session.bye().await.unwrap_err();
    assert_eq!(b.ended().await, Ender::Ourselves);
}
