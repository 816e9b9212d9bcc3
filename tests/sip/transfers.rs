//! REFER, its subscription, and what outlives the call.

use pbxcert::record::Ender;
use pbxcert::sip::session::SessionEvent;

use super::pair::{established, must_be};

#[tokio::test]
async fn refer_with_progress() {
    let (_caller, mut a, _callee, mut b) = established().await;
    let target = "<sip:target@127.0.0.1>";
    let accept = async {
        must_be!(b.next().await, SessionEvent::Refer { refer_to, reply, request } => {
            assert_eq!(refer_to, target);
            assert_eq!(request.get("Referred-By"), Some("<sip:me@x>"));
            reply.accept();
        });
        b.session.notify_transfer(100, "Trying", false);
        b.session.notify_transfer(200, "OK", true);
    };
    let refer = a.session.refer(target.to_owned(), Some("<sip:me@x>".to_owned()));
    let (accepted, ()) = tokio::join!(refer, accept);
    assert_eq!(accepted.unwrap().status(), Some(202));
    for (status, state) in [("SIP/2.0 100 Trying", "active"), ("SIP/2.0 200 OK", "terminated")] {
        must_be!(a.next().await, SessionEvent::Notify(m) => {
            assert_eq!(m.content_type().as_deref(), Some("message/sipfrag"));
            assert_eq!(m.body_text().trim(), status);
            assert_eq!(m.get("Event"), Some("refer"));
            assert!(m.get("Subscription-State").unwrap().starts_with(state));
        });
    }
    a.session.bye().await.unwrap();
    assert_eq!(b.ended().await, Ender::Peer);
}

#[tokio::test]
async fn refusals_of_refer() {
    let (_caller, a, _callee, mut b) = established().await;
    for (refuse, status) in [(true, 405), (false, 603)] {
        let decide = async {
            let reply = must_be!(b.next().await, SessionEvent::Refer { reply, .. } => reply);
            if refuse { reply.refuse(405, "") } else { drop(reply) }
        };
        let (refused, ()) = tokio::join!(a.session.refer("<sip:t@h>".to_owned(), None), decide);
        assert_eq!(refused.unwrap().status(), Some(status));
    }
}

#[tokio::test]
async fn a_transfer_outlives_the_transferors_bye() {
    let (caller, a, _callee, mut b) = established().await;
    let accept = async {
        must_be!(b.next().await, SessionEvent::Refer { reply, .. } => reply.accept());
    };
    let (accepted, ()) = tokio::join!(a.session.refer("<sip:t@h>".to_owned(), None), accept);
    assert_eq!(accepted.unwrap().status(), Some(202));
    a.session.bye().await.unwrap();
    assert_eq!(a.ended().await, Ender::Ourselves);
    let tap = caller.endpoint.channel().tap().clone();
    let sessions = b.session.clone();
    must_be!(b.next().await, SessionEvent::Ended { .. } => ());
    sessions.notify_transfer(200, "OK", true);
    // The NOTIFY after the BYE is answered 200, not 481.
    let answered = async {
        let mut answer = String::new();
        while !answer.contains("NOTIFY") {
            tokio::task::yield_now().await;
            for datagram in tap.take_rest() {
                let text = String::from_utf8_lossy(&datagram.bytes).into_owned();
                if text.starts_with("SIP/2.0") && text.contains("NOTIFY") {
                    answer = text;
                }
            }
        }
        answer
    };
    let answer = tokio::time::timeout(super::pair::PATIENCE, answered).await.unwrap();
    assert!(answer.starts_with("SIP/2.0 200"), "{answer}");
}
