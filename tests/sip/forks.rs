//! One INVITE, several who answer it, and what a caller may not invite.

use pbxcert::sip::session::{Session, SessionEvent};
use pbxcert::sip::{Message, Method};

use super::pair::{Leg, Side, must_be, sdp};
use super::raw::Raw;

/// A response of the branch that has this tag.
fn branch(raw: &Raw, invite: &Message, status: u16, tag: &str) -> Message {
    Message::response(invite, status, "")
        .with_to_tag(tag)
        .with("Contact", format!("<sip:{tag}@{}>", raw.address()))
}

#[tokio::test]
async fn each_branch_counts_its_reliable_responses_itself() {
    let caller = Side::new("caller");
    let mut raw = Raw::new(caller.address()).await;
    let mut leg = caller.call(raw.address());
    let invite = raw.request(Method::Invite).await;
    for (tag, number) in [("one", 5), ("two", 5), ("one", 6), ("two", 6)] {
        let ringing = branch(&raw, &invite, 180, tag);
        raw.send(&ringing.with("Require", "100rel").with("RSeq", number)).await;
        let prack = raw.request(Method::Prack).await;
        assert_eq!(prack.get("RAck"), Some(format!("{number} 1 INVITE").as_str()));
        assert_eq!(prack.to_tag().as_deref(), Some(tag));
        raw.send(&raw.reply(&prack, 200)).await;
        must_be!(leg.any().await, SessionEvent::Progress(_) => ());
    }
}

#[tokio::test]
async fn a_late_copy_of_a_reliable_response_is_no_news() {
    let caller = Side::new("caller");
    let mut raw = Raw::new(caller.address()).await;
    let mut leg = caller.call(raw.address());
    let invite = raw.request(Method::Invite).await;
    for number in [7, 8, 7, 8] {
        let ringing = branch(&raw, &invite, 180, "one");
        raw.send(&ringing.with("Require", "100rel").with("RSeq", number)).await;
    }
    raw.send(&raw.reply(&invite, 486)).await;
    for _ in [7, 8] {
        must_be!(leg.any().await, SessionEvent::Progress(_) => ());
    }
    must_be!(leg.any().await, SessionEvent::Failed { status, .. } => assert_eq!(status, 486));
}

#[tokio::test]
async fn a_delayed_offer_invites_no_reliable_responses() {
    let caller = Side::new("caller");
    let mut raw = Raw::new(caller.address()).await;
    let mut spec = caller.spec(raw.address());
    spec.offer = None;
    let _leg = Leg::of(Session::invite(&caller.endpoint, spec));
    let invite = raw.request(Method::Invite).await;
    assert!(invite.lists("Supported", "timer") && !invite.lists("Supported", "100rel"));
}

#[tokio::test]
async fn what_answers_after_the_end_is_acknowledged_and_ended_too() {
    let caller = Side::new("caller");
    let mut raw = Raw::new(caller.address()).await;
    let mut leg = caller.call(raw.address());
    let invite = raw.request(Method::Invite).await;
    let ok = branch(&raw, &invite, 200, "one").with_body("application/sdp", sdp("answer"));
    raw.send(&ok).await;
    must_be!(leg.next().await, SessionEvent::Answered(_) => ());
    let first = raw.request(Method::Ack).await;
    let session = leg.session.clone();
    let hung_up = tokio::spawn(async move { session.bye().await });
    let bye = raw.request(Method::Bye).await;
    raw.send(&raw.reply(&bye, 200)).await;
    hung_up.await.unwrap().unwrap();
    leg.ended().await;

    raw.send(&ok).await;
    assert_eq!(raw.request(Method::Ack).await.raw, first.raw, "the first ACK was lost");
    raw.send(&branch(&raw, &invite, 200, "two")).await;
    assert_eq!(raw.request(Method::Ack).await.to_tag().as_deref(), Some("two"));
    let bye = raw.request(Method::Bye).await;
    assert_eq!(bye.to_tag().as_deref(), Some("two"));
    raw.send(&raw.reply(&bye, 200)).await;
}
