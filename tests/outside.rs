//! The other two ways to the outside: accounts that own numbers, and a PBX whose trunk
//! registers to us.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pbxcert::agent::{Log, Place, Stage};
use pbxcert::pbx::{Config, ReferencePbx};
use pbxcert::profile::Profile;
use pbxcert::record::What;
use pbxcert::sip::digest::Credentials;
use pbxcert::sip::endpoint::{Endpoint, EndpointConfig, Incoming};
use pbxcert::sip::{Message, Method, identifier};
use pbxcert::wire::{Channel, Clock, Tap};
use serde_json::Value;

const ANYWHERE: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// Two Teams users, a desk phone, and two other users of the PBX as the outside: each is
/// an account that owns a number.
fn profile_with_accounts(pbx: &ReferencePbx) -> String {
    let password = |username: &str| {
        let account = pbx.users().iter().find(|account| account.username == username).unwrap();
        account.password.clone()
    };
    let proxy = pbx.address();
    let mut text = format!(
        "name: Accounts\npbx: {{ sip_domain: 127.0.0.1, sip_proxy: \"{proxy}\" }}\nusers:\n"
    );
    for (name, n) in [("User A", 1), ("User B", 2)] {
        let _ = writeln!(
            text,
            "  - {{ name: {name}, username: \"100{n}\", password: \"{}\", \
             number: \"+44163296010{n}\", extension: \"100{n}\" }}",
            password(&format!("100{n}"))
        );
    }
    let _ = writeln!(
        text,
        "extensions:\n  - {{ name: Desk phone, username: \"1101\", password: \"{}\", \
         extension: \"1101\" }}\nexternal:\n  accounts:",
        password("1101")
    );
    for n in [8, 9] {
        let _ = writeln!(
            text,
            "    - {{ username: \"100{n}\", password: \"{}\", sip_domain: 127.0.0.1, \
             sip_proxy: \"{proxy}\", number: \"+44163296010{n}\" }}",
            password(&format!("100{n}"))
        );
    }
    text.push_str("bridge: { bind: \"127.0.0.1:0\" }\n");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn the_outside_can_be_accounts_that_own_numbers() {
    let pbx = ReferencePbx::start(Config::builtin().unwrap(), ANYWHERE).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("accounts.yaml");
    std::fs::write(&profile, profile_with_accounts(&pbx)).unwrap();
    let run = tokio::process::Command::new(env!("CARGO_BIN_EXE_pbxcert"))
        .args(["run", "--talk", "1s", "--only", "6.2,7.1.2", "--out"])
        .arg(folder.path().join("out"))
        .arg(&profile)
        .output();
    let output = run.await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let record = record(&folder.path().join("out/accounts"));
    let scenarios = record["scenarios"].as_array().unwrap();
    assert_eq!(scenarios.len(), 3);
    let registered = scenarios[0]["observations"]
        .as_array()
        .unwrap()
        .iter()
        .any(|seen| seen["party"] == "External 1" && seen["what"]["what"] == "registered");
    assert!(registered, "the outside registers its account: {:#}", scenarios[0]["observations"]);
    pbx.shutdown().await;
}

fn record(profile: &Path) -> Value {
    let run = std::fs::read_dir(profile).unwrap().next().unwrap().unwrap().path();
    serde_json::from_slice(&std::fs::read(run.join("run.json")).unwrap()).unwrap()
}

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
