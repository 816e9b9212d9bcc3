//! Challenges to INVITEs, to requests in a call, and outside of one.

use std::time::Instant;

use pbxcert::record::Ender;
use pbxcert::sip::digest::{Credentials, Verification, Verifier, VerifierConfig};
use pbxcert::sip::session::{Session, SessionEvent};
use pbxcert::sip::{Message, Method};

use super::pair::{Leg, Side, must_be, sdp};
use super::raw::Raw;

fn credentials(password: &str) -> Credentials {
    Credentials::new("me", password)
}

/// What a peer with passwords says to a request: its challenge, or nothing.
fn challenge(verifier: &mut Verifier, request: &Message, password: &str) -> Option<Message> {
    let password = |user: &str| (user == "me").then(|| password.to_owned());
    match verifier.verify(request, password, Instant::now()) {
        Verification::Accepted { .. } => None,
        _ => Some(verifier.challenge(request, false, Instant::now())),
    }
}

#[tokio::test]
async fn an_invite_is_sent_again_with_credentials_and_so_is_the_bye() {
    let caller = Side::new("caller");
    let mut raw = Raw::new(caller.address()).await;
    let mut spec = caller.spec(raw.address());
    spec.credentials = Some(credentials("secret"));
    let mut leg = Leg::of(Session::invite(&caller.endpoint, spec));
    let mut verifier = Verifier::new(VerifierConfig::new("realm"));
    let first = raw.request(Method::Invite).await;
    raw.send(&challenge(&mut verifier, &first, "secret").unwrap().with_to_tag("no")).await;
    raw.request(Method::Ack).await;
    let second = raw.request(Method::Invite).await;
    assert!(challenge(&mut verifier, &second, "secret").is_none());
    assert_eq!(first.call_id(), second.call_id());
    assert_eq!(first.from_tag(), second.from_tag());
    assert_eq!(second.to_tag(), None);
    assert_eq!(second.cseq(), Some((2, Method::Invite)));
    assert_ne!(first.top_via().unwrap().branch(), second.top_via().unwrap().branch());
    raw.send(&raw.reply(&second, 200)).await;
    let ack = raw.request(Method::Ack).await;
    assert_eq!(ack.cseq(), Some((2, Method::Ack)));
    must_be!(leg.next().await, SessionEvent::Answered(_) => ());
    let session = leg.session.clone();
    let bye = tokio::spawn(async move { session.bye().await });
    // The nonce is known now, so that the BYE needs no round.
    let request = raw.request(Method::Bye).await;
    assert!(challenge(&mut verifier, &request, "secret").is_none());
    raw.send(&raw.reply(&request, 200)).await;
    bye.await.unwrap().unwrap();
    assert_eq!(leg.ended().await, Ender::Ourselves);
}

#[tokio::test]
async fn a_challenge_in_the_middle_of_a_call_is_answered() {
    let caller = Side::new("caller");
    let mut raw = Raw::new(caller.address()).await;
    let mut spec = caller.spec(raw.address());
    spec.credentials = Some(credentials("secret"));
    let mut leg = Leg::of(Session::invite(&caller.endpoint, spec));
    let invite = raw.request(Method::Invite).await;
    raw.send(&raw.reply(&invite, 200)).await;
    must_be!(leg.next().await, SessionEvent::Answered(_) => ());
    let session = leg.session.clone();
    let hold = tokio::spawn(async move { session.reinvite(Some(sdp("hold"))).await });
    let mut verifier = Verifier::new(VerifierConfig::new("realm"));
    let first = raw.request(Method::Invite).await;
    raw.send(&challenge(&mut verifier, &first, "secret").unwrap()).await;
    let second = raw.request(Method::Invite).await;
    assert!(challenge(&mut verifier, &second, "secret").is_none());
    assert_eq!(second.body, sdp("hold"));
    raw.send(&raw.reply(&second, 200).with_body("application/sdp", sdp("held"))).await;
    assert_eq!(hold.await.unwrap().unwrap().body, sdp("held"));
}

#[tokio::test]
async fn a_wrong_password_is_a_refusal_and_no_loop() {
    let caller = Side::new("caller");
    let mut raw = Raw::new(caller.address()).await;
    let mut spec = caller.spec(raw.address());
    spec.credentials = Some(credentials("wrong"));
    let mut leg = Leg::of(Session::invite(&caller.endpoint, spec));
    let mut verifier = Verifier::new(VerifierConfig::new("realm"));
    for _ in 0..2 {
        let invite = raw.request(Method::Invite).await;
        raw.send(&challenge(&mut verifier, &invite, "secret").unwrap()).await;
        raw.request(Method::Ack).await;
    }
    must_be!(leg.next().await, SessionEvent::Failed { status, .. } => assert_eq!(status, 401));
    leg.ended().await;
}

#[tokio::test]
async fn a_register_meets_its_challenge() {
    let (phone, mut registrar) = (Side::new("phone"), Side::new("registrar"));
    let register = Message::request(Method::Register, format!("sip:{}", registrar.address()))
        .with("From", "<sip:me@h>;tag=1")
        .with("To", "<sip:me@h>")
        .with("Call-ID", "c")
        .with("CSeq", "7 REGISTER");
    let to = registrar.address();
    let server = tokio::spawn(async move {
        let mut verifier = Verifier::new(VerifierConfig::new("realm"));
        for _ in 0..2 {
            let transaction = registrar.request().await;
            let request = &transaction.request;
            let refused = challenge(&mut verifier, request, "secret");
            transaction.respond(refused.unwrap_or_else(|| Message::response(request, 200, "")));
        }
        registrar
    });
    let known = credentials("secret");
    let sent = phone.endpoint.send_authenticated(register, to, Some(&known)).await.unwrap();
    assert_eq!(sent.status(), Some(200));
    assert_eq!(sent.cseq(), Some((8, Method::Register)));
    server.await.unwrap();
}
