//! A PBX whose trunk registers to us.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pbxcert::agent::{Log, Place, Stage};
use pbxcert::profile::Profile;
use pbxcert::record::What;
use pbxcert::sip::digest::Credentials;
use pbxcert::sip::endpoint::{Endpoint, EndpointConfig, Incoming};
use pbxcert::sip::{Message, Method, identifier};
use pbxcert::wire::{Channel, Clock, Tap};

use crate::ANYWHERE;

/// A profile whose PBX has a trunk that registers to us.
const REGISTERING: &str = r#"
name: Registering trunk
pbx: { sip_domain: 127.0.0.1, sip_proxy: "127.0.0.1:9" }
users:
  - { name: User A, username: "1001", password: "a", number: "+441632960101", extension: "1001" }
  - { name: User B, username: "1002", password: "b", number: "+441632960102", extension: "1002" }
external:
  trunk: { bind: "127.0.0.1:0", registrar: { username: trunk, password: secret } }
  numbers: ["+441632960201", "+441632960202"]
bridge: { bind: "127.0.0.1:0" }
"#;

fn register(from: SocketAddr, expires: u32) -> Message {
    Message::request(Method::Register, "sip:127.0.0.1")
        .with("From", format!("<sip:trunk@127.0.0.1>;tag={}", identifier::new_tag()))
        .with("To", "<sip:trunk@127.0.0.1>")
        .with("Call-ID", identifier::new_call_id())
        .with("CSeq", "1 REGISTER")
        .with("Contact", format!("<sip:trunk@{from}>"))
        .with("Expires", expires)
}

#[tokio::test]
async fn a_trunk_that_registers_to_us_is_where_our_calls_go() {
    let profile = Profile::from_text(Path::new("t.yaml"), REGISTERING, &|_| None).unwrap();
    let clock = Clock::start();
    let stage = Stage::start(Arc::new(profile), clock, Tap::off()).await.unwrap();
    let place = Place { label: "test".to_owned(), log: Log::new(clock) };
    let outside = stage.external(0, "External 1", &place).unwrap();
    assert!(outside.dial("+441632960101").is_err(), "nowhere to call before it registers");

    let channel = Channel::udp(ANYWHERE, Tap::off()).unwrap();
    let (pbx, mut incoming) = Endpoint::start(channel, EndpointConfig::default());
    let ours = stage.trunk_address().unwrap();
    let send = |password: &str, expires| {
        let credentials = Credentials::new("trunk", password);
        let request = register(pbx.local_addr(), expires);
        let pbx = pbx.clone();
        async move { pbx.send_authenticated(request, ours, Some(&credentials)).await.unwrap() }
    };
    assert_eq!(send("wrong", 600).await.status(), Some(401));
    let registered = send("secret", 600).await;
    assert_eq!(registered.status(), Some(200));
    assert_eq!(registered.contacts()[0].expires(), Some(600));

    outside.dial("+441632960101").unwrap();
    let Some(Incoming::Request(invite)) = incoming.recv().await else { panic!("no INVITE") };
    assert_eq!(invite.request.request_uri(), Some("sip:+441632960101@127.0.0.1"));
    invite.respond(Message::response(&invite.request, 486, "Busy Here"));
    let deadline = Instant::now() + Duration::from_secs(5);
    let refused = place.log.wait(0, deadline, |seen| {
        seen.iter().any(|o| matches!(o.what, What::Refused { status: 486, .. })).then_some(())
    });
    assert!(refused.await.is_some());

    assert_eq!(send("secret", 0).await.status(), Some(200));
    assert!(outside.dial("+441632960101").is_err(), "it has gone again");
}
