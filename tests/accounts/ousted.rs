//! Users whom a PBX forgets for each other, and that each of them is found to be forgotten though
//! all ask at the same time.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pbxcert::agent::{Log, Phone, Place, Stage};
use pbxcert::pbx::{Account, Config, Defects, Kind, ReferencePbx};
use pbxcert::profile::Profile;
use pbxcert::record::What;
use pbxcert::sip::transaction::Timers;
use pbxcert::wire::{Clock, Tap};

/// What a scenario gives a phone to ask, and to wait for its turn.
const LIMIT: Duration = Duration::from_secs(5);

async fn register(phone: &Phone) {
    phone.register();
    let deadline = Instant::now() + Duration::from_secs(5);
    let registered = phone.log().wait(0, deadline, |seen| {
        seen.iter().any(|o| matches!(o.what, What::Registered { .. })).then_some(())
    });
    assert!(registered.await.is_some(), "{:?}", phone.log().since(0));
}

/// How many of the PBX's users who register at one address, one after the other, say that they were
/// forgotten, all asked at once; and how many there are.
async fn forgotten(defects: &[&str]) -> (usize, usize) {
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let (config, defects) = (Config::builtin().unwrap(), Defects::named(defects).unwrap());
    let pbx = ReferencePbx::start_with(config, anywhere, defects, Timers::default()).unwrap();
    let address = pbx.address();
    let mut users = String::new();
    let accounts: Vec<&Account> = pbx.users().iter().filter(|a| a.kind == Kind::User).collect();
    for Account { username, password, .. } in &accounts {
        let user = format!("username: \"{username}\", password: \"{password}\"");
        writeln!(users, "  - {{ {user}, number: \"{username}\" }}").unwrap();
    }
    let text = format!(
        "pbx: {{ sip_domain: 127.0.0.1, sip_proxy: \"{address}\" }}\nusers:\n{users}\
         external: {{ trunk: {{ bind: \"127.0.0.1:0\" }}, numbers: [\"+441632960201\", \"+441632960202\"] }}\n\
         bridge: {{ bind: \"127.0.0.1:0\" }}\n"
    );
    let profile = Profile::from_text(Path::new("p.yaml"), &text, &|_| None).unwrap();
    let clock = Clock::start();
    let stage = Stage::start(Arc::new(profile), clock, Tap::off()).await.unwrap();
    let mut phones = Vec::new();
    for index in 0..accounts.len() {
        let place = Place { label: "test".to_owned(), log: Log::new(clock) };
        let phone = stage.user(index, &format!("User {index}"), &place).unwrap();
        register(&phone).await;
        phones.push(phone);
    }
    let all = phones.len();
    let asking = phones
        .into_iter()
        .map(|phone| tokio::spawn(async move { phone.is_forgotten(LIMIT).await }));
    let mut count = 0;
    for asked in asking.collect::<Vec<_>>() {
        count += usize::from(asked.await.unwrap());
    }
    pbx.shutdown().await;
    (count, all)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_forgotten_for_another_is_known_though_all_ask_at_once() {
    let (count, all) = forgotten(&["one-binding-per-address"]).await;
    // Who registered last may be asked first, and stands then.
    assert!(all >= 8 && count >= all - 1, "{count} of {all}");
    assert_eq!(forgotten(&[]).await.0, 0, "nobody is forgotten by a PBX that forgets nobody");
}
