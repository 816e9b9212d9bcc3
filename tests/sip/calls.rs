//! Calls that go as they should.

use pbxcert::record::Ender;
use pbxcert::sip::session::SessionEvent;

use super::pair::{Side, established, must_be, sdp};

#[tokio::test]
async fn ringing_answer_and_hang_up_by_the_caller() {
    let (caller, mut callee) = (Side::new("caller"), Side::new("callee"));
    let mut a = caller.call(callee.address());
    let mut b = callee.take().await;
    assert_eq!(b.session.invite_request().sdp().unwrap().as_bytes(), sdp("offer"));
    assert_eq!(b.session.invite_request().get("User-Agent"), Some("caller"));
    b.session.ring(180, "Ringing", None);
    must_be!(a.any().await, SessionEvent::Progress(m) => assert_eq!(m.status(), Some(100)));
    must_be!(a.any().await, SessionEvent::Progress(m) => assert_eq!(m.status(), Some(180)));
    b.session.answer(Some(sdp("answer")));
    must_be!(a.next().await, SessionEvent::Answered(_) => ());
    must_be!(b.next().await, SessionEvent::Acked(_) => ());
    let bye = a.session.bye().await.unwrap();
    assert_eq!(bye.status(), Some(200));
    assert_eq!(a.ended().await, Ender::Ourselves);
    assert_eq!(b.ended().await, Ender::Peer);
}

#[tokio::test]
async fn hang_up_by_the_callee_with_a_reason() {
    let (_caller, mut a, _callee, b) = established().await;
    b.session.bye_because("Q.850;cause=16".to_owned()).await.unwrap();
    must_be!(a.next().await, SessionEvent::Ended { by, request, reason } => {
        assert_eq!((by, reason.as_str()), (Ender::Peer, "Q.850;cause=16"));
        assert!(request.is_some());
    });
    assert_eq!(b.ended().await, Ender::Ourselves);
}

#[tokio::test]
async fn dropping_the_handle_says_bye() {
    let (_caller, a, _callee, b) = established().await;
    drop(a.session);
    assert_eq!(b.ended().await, Ender::Peer);
}

#[tokio::test]
async fn a_refusal_is_reported_and_acknowledged() {
    let (caller, mut callee) = (Side::new("caller"), Side::new("callee"));
    let mut a = caller.call(callee.address());
    let b = callee.take().await;
    b.session.reject(486, "");
    must_be!(a.next().await, SessionEvent::Failed { status, reason, message } => {
        assert_eq!((status, reason.as_str()), (486, "Busy Here"));
        assert!(message.is_some());
    });
    assert_eq!(a.ended().await, Ender::Peer);
    assert_eq!(b.ended().await, Ender::Ourselves);
}

#[tokio::test]
async fn hanging_up_an_unanswered_call_declines_it() {
    let (caller, mut callee) = (Side::new("caller"), Side::new("callee"));
    let mut a = caller.call(callee.address());
    let b = callee.take().await;
    assert_eq!(b.session.bye().await.unwrap().status(), Some(603));
    must_be!(a.next().await, SessionEvent::Failed { status, .. } => assert_eq!(status, 603));
}

#[tokio::test]
async fn dropping_an_unanswered_call_is_480_and_a_dropped_transaction_500() {
    let (caller, mut callee) = (Side::new("caller"), Side::new("callee"));
    let mut a = caller.call(callee.address());
    drop(callee.take().await);
    must_be!(a.next().await, SessionEvent::Failed { status, .. } => assert_eq!(status, 480));
    let mut a = caller.call(callee.address());
    drop(callee.request().await);
    must_be!(a.next().await, SessionEvent::Failed { status, .. } => assert_eq!(status, 500));
}

#[tokio::test]
async fn both_ends_on_one_endpoint_are_two_sessions() {
    let mut side = Side::new("both");
    let mut a = side.call(side.address());
    let mut b = side.take().await;
    assert_eq!(a.session.call_id(), b.session.call_id());
    assert_ne!(a.session.id(), b.session.id());
    b.session.answer(Some(sdp("answer")));
    must_be!(a.next().await, SessionEvent::Answered(_) => ());
    must_be!(b.next().await, SessionEvent::Acked(_) => ());
    b.session.bye().await.unwrap();
    assert_eq!(a.ended().await, Ender::Peer);
    assert_eq!(b.ended().await, Ender::Ourselves);
}

#[tokio::test]
async fn a_session_outlives_its_users_endpoint_handle_and_then_frees_the_port() {
    let (caller, a, callee, b) = established().await;
    let address = caller.address();
    drop(caller);
    a.session.bye().await.unwrap();
    assert_eq!(a.ended().await, Ender::Ourselves);
    assert_eq!(b.ended().await, Ender::Peer);
    drop(callee);
    let rebound = async {
        while std::net::UdpSocket::bind(address).is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(super::pair::PATIENCE, rebound).await.unwrap();
}
