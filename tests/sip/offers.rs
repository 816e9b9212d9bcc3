//! Offers and answers in an established call, and before it.

use pbxcert::sip::session::{SessionError, SessionEvent};

use super::pair::{Leg, Side, established, must_be, sdp};

/// Answers the next offer of the peer.
async fn accept(mut leg: Leg, answer: &str) -> (Leg, Option<String>) {
    let offer = must_be!(leg.next().await, SessionEvent::Offer { sdp: offer, reply, .. } => {
        reply.accept(Some(sdp(answer)));
        offer
    });
    (leg, offer)
}

#[tokio::test]
async fn hold_and_resume_by_either_side() {
    let (_caller, a, _callee, b) = established().await;
    let (held, (mut b, offer)) =
        tokio::join!(a.session.reinvite(Some(sdp("hold"))), accept(b, "held"));
    assert_eq!(held.unwrap().body, sdp("held"));
    assert_eq!(offer.unwrap().as_bytes(), sdp("hold"));
    must_be!(b.next().await, SessionEvent::Acked(_) => ());
    let (resumed, (mut a, _)) =
        tokio::join!(b.session.reinvite(Some(sdp("resume"))), accept(a, "resumed"));
    assert_eq!(resumed.unwrap().body, sdp("resumed"));
    must_be!(a.next().await, SessionEvent::Acked(_) => ());
    a.session.bye().await.unwrap();
}

#[tokio::test]
async fn a_refused_or_ignored_offer_leaves_the_call_up() {
    let (_caller, a, _callee, mut b) = established().await;
    for (refuse, status) in [(true, 415), (false, 488)] {
        let answer = async {
            let reply = must_be!(b.next().await, SessionEvent::Offer { reply, .. } => reply);
            if refuse { reply.refuse(415, "") } else { drop(reply) }
        };
        let (refused, ()) = tokio::join!(a.session.reinvite(Some(sdp("x"))), answer);
        assert_eq!(refused.unwrap().status(), Some(status));
    }
    assert_eq!(a.session.bye().await.unwrap().status(), Some(200));
}

#[tokio::test]
async fn a_delayed_offer_is_answered_in_the_ack() {
    let (caller, mut callee) = (Side::new("caller"), Side::new("callee"));
    let mut spec = caller.spec(callee.address());
    spec.offer = None;
    let mut a = Leg::of(pbxcert::sip::session::Session::invite(&caller.endpoint, spec));
    let mut b = callee.take().await;
    b.session.answer(Some(sdp("their-offer")));
    must_be!(a.next().await, SessionEvent::AnswerNeeded(m) => assert_eq!(m.body, sdp("their-offer")));
    a.session.ack_with(sdp("our-answer"));
    must_be!(a.next().await, SessionEvent::Answered(_) => ());
    must_be!(b.next().await, SessionEvent::Acked(m) => assert_eq!(m.body, sdp("our-answer")));
    // The same in a re-INVITE.
    let (answered, (mut b, mut a)) = {
        let session = a.session.clone();
        tokio::join!(session.reinvite(None), async {
            let (b, offer) = accept(b, "again").await;
            assert_eq!(offer, None);
            must_be!(a.next().await, SessionEvent::AnswerNeeded(m) => assert_eq!(m.body, sdp("again")));
            a.session.ack_with(sdp("fine"));
            (b, a)
        })
    };
    assert_eq!(answered.unwrap().status(), Some(200));
    must_be!(b.next().await, SessionEvent::Acked(m) => assert_eq!(m.body, sdp("fine")));
    b.session.bye().await.unwrap();
    must_be!(a.next().await, SessionEvent::Ended { .. } => ());
}

#[tokio::test]
async fn update_with_and_without_an_offer() {
    let (_caller, a, _callee, b) = established().await;
    assert_eq!(a.session.update(None).await.unwrap().status(), Some(200));
    let (updated, (b, _)) = tokio::join!(a.session.update(Some(sdp("u"))), accept(b, "v"));
    assert_eq!(updated.unwrap().body, sdp("v"));
    b.session.bye().await.unwrap();
}

#[tokio::test]
async fn both_sides_at_once_meet_491_and_both_get_through() {
    let (_caller, mut a, _callee, mut b) = established().await;
    let (session_a, session_b) = (a.session.clone(), b.session.clone());
    let answer_a = async {
        must_be!(a.next().await, SessionEvent::Offer { reply, .. } => reply.accept(Some(sdp("1"))));
        must_be!(a.next().await, SessionEvent::Acked(_) => ());
    };
    let answer_b = async {
        must_be!(b.next().await, SessionEvent::Offer { reply, .. } => reply.accept(Some(sdp("2"))));
        must_be!(b.next().await, SessionEvent::Acked(_) => ());
    };
    let (from_a, from_b, (), ()) = tokio::join!(
        session_a.reinvite(Some(sdp("a"))),
        session_b.reinvite(Some(sdp("b"))),
        answer_a,
        answer_b
    );
    assert_eq!(from_a.unwrap().body, sdp("2"));
    assert_eq!(from_b.unwrap().body, sdp("1"));
}

#[tokio::test]
async fn offers_of_one_side_wait_for_each_other() {
    let (_caller, a, _callee, mut b) = established().await;
    let answers = async {
        for _ in 0..2 {
            must_be!(b.next().await, SessionEvent::Offer { reply, .. } => reply.accept(Some(sdp("y"))));
            must_be!(b.next().await, SessionEvent::Acked(_) => ());
        }
    };
    let (first, second, ()) = tokio::join!(
        a.session.reinvite(Some(sdp("1"))),
        a.session.reinvite(Some(sdp("2"))),
        answers
    );
    assert_eq!(first.unwrap().status(), Some(200));
    assert_eq!(second.unwrap().status(), Some(200));
}

#[tokio::test]
async fn what_comes_too_early_or_too_late_says_so() {
    let (caller, mut callee) = (Side::new("caller"), Side::new("callee"));
    let a = caller.call(callee.address());
    let b = callee.take().await;
    assert_eq!(a.session.reinvite(None).await.unwrap_err(), SessionError::NotEstablished);
    assert_eq!(
        a.session.refer("<sip:x@y>".to_owned(), None).await.unwrap_err(),
        SessionError::NotEstablished
    );
    b.session.reject(404, "");
    let late = b.session.clone();
    b.ended().await;
    assert_eq!(late.bye().await.unwrap_err(), SessionError::Ended);
    assert_eq!(late.reinvite(None).await.unwrap_err(), SessionError::Ended);
}
