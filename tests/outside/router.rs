//! An account behind a router, on loopback: what a registrar says of where it sees us.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pbxcert::agent::{Log, Phone, Place, Stage};
use pbxcert::profile::Profile;
use pbxcert::record::What;
use pbxcert::sip::endpoint::{Endpoint, EndpointConfig, Incoming};
use pbxcert::sip::{Message, Method, NameAddr};
use pbxcert::wire::{Channel, Clock, Tap};

use crate::ANYWHERE;

/// Where the router's outer side would be.
const OUTER: &str = "203.0.113.1:40000";

/// A provider that answers every REGISTER, and the phone of an account there.
struct Scene {
    phone: Phone,
    provider: Endpoint,
    registers: tokio::sync::mpsc::UnboundedReceiver<Message>,
    /// It holds the sockets.
    _stage: Stage,
}

/// What the provider makes of the Contacts that it is told.
#[derive(Clone, Copy, PartialEq)]
enum Registrar {
    /// It calls them as they are written.
    AsWritten,
    /// It puts them right by itself.
    Rewrites,
}

impl Scene {
    async fn set(registrar: Registrar, seen: Option<&'static str>) -> Self {
        let channel = Channel::udp(ANYWHERE, Tap::off()).unwrap();
        let (provider, mut incoming) = Endpoint::start(channel, EndpointConfig::default());
        let (told, registers) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(arrived) = incoming.recv().await {
                let Incoming::Request(transaction) = arrived else { continue };
                if transaction.request.method() == Some(&Method::Register) {
                    transaction.respond(answer(&transaction.request, registrar, seen));
                    let _ = told.send(transaction.request.clone());
                }
            }
        });
        let at = provider.local_addr();
        let account = |n: u8| {
            format!(
                "    - {{ username: \"u{n}\", password: p, sip_domain: 127.0.0.1, \
                 sip_proxy: \"{at}\", number: \"+44163296020{n}\" }}\n"
            )
        };
        let text = format!(
            "pbx: {{ sip_domain: 127.0.0.1, sip_proxy: \"127.0.0.1:9\" }}\nusers:\n\
             \x20 - {{ username: \"1001\", password: a, number: \"+441632960101\", extension: \"1001\" }}\n\
             \x20 - {{ username: \"1002\", password: b, number: \"+441632960102\", extension: \"1002\" }}\n\
             bridge: {{ bind: \"127.0.0.1:0\" }}\nexternal:\n  accounts:\n{}{}",
            account(1),
            account(2)
        );
        let profile = Profile::from_text(Path::new("p.yaml"), &text, &|_| None).unwrap();
        let clock = Clock::start();
        let stage = Stage::start(Arc::new(profile), clock, Tap::off()).await.unwrap();
        let place = Place { label: "test".to_owned(), log: Log::new(clock) };
        let phone = stage.external(0, "External 1", &place).unwrap();
        Self { phone, provider, registers, _stage: stage }
    }

    /// Registers, and gives the Contacts of every REGISTER that was needed for it.
    async fn register(&mut self) -> Vec<Vec<String>> {
        let cursor = self.phone.log().len();
        self.phone.register();
        let deadline = Instant::now() + Duration::from_secs(5);
        let registered = self.phone.log().wait(cursor, deadline, |seen| {
            seen.iter().any(|o| matches!(o.what, What::Registered { .. })).then_some(())
        });
        assert!(registered.await.is_some(), "{:?}", self.phone.log().since(cursor));
        let mut requests = Vec::new();
        while let Ok(request) = self.registers.try_recv() {
            let contacts = request.get_all("Contact");
            requests.push(contacts.into_iter().map(str::to_owned).collect());
        }
        requests
    }
}

/// 200 with the Contacts that stand, seen from where the router would be.
fn answer(request: &Message, registrar: Registrar, seen: Option<&str>) -> Message {
    let via = request.get("Via").unwrap().to_owned();
    let mut response = Message::response(request, 200, "OK");
    if let Some((ip, port)) = seen.and_then(|seen| seen.split_once(':')) {
        let header = response.headers.iter_mut().find(|h| h.name == "Via").unwrap();
        let own = via.split(";rport=").nth(1).unwrap().split(';').next().unwrap();
        let other = via.replace(&format!("rport={own}"), &format!("rport={port};received={ip}"));
        header.value = other.replace(";received=127.0.0.1", "");
    }
    for contact in request.contacts().iter().filter(|c| c.expires() != Some(0)) {
        let uri = match seen.filter(|_| registrar == Registrar::Rewrites) {
            Some(seen) => format!("sip:{}@{seen}", contact.uri.user().unwrap()),
            None => contact.uri.to_string(),
        };
        response = response.with("Contact", format!("<{uri}>;expires=3600"));
    }
    response
}

fn address_of(contact: &str) -> SocketAddr {
    NameAddr::parse(contact).unwrap().uri.socket_addr().unwrap()
}

#[tokio::test]
async fn behind_a_router_the_contact_moves_to_its_outer_address() {
    let mut scene = Scene::set(Registrar::AsWritten, Some(OUTER)).await;
    let requests = scene.register().await;
    let [first, second] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(address_of(&first[0]), scene.phone.local_address());
    // The second registers what can be called and takes back what cannot.
    assert_eq!(address_of(&second[0]), OUTER.parse().unwrap());
    assert_eq!(address_of(&second[1]), scene.phone.local_address());
    assert!(second[1].ends_with(";expires=0"), "{second:?}");
    assert!(scene.phone.contact().contains(OUTER));
    // From now on it is right at once, and what is removed is what was registered.
    assert_eq!(scene.register().await.len(), 1);
    scene.phone.unregister().await;
    let removal = scene.registers.recv().await.unwrap();
    assert_eq!(address_of(removal.get("Contact").unwrap()), OUTER.parse().unwrap());
    scene.provider.close();
}

#[tokio::test]
async fn a_provider_that_puts_the_contact_right_is_told_nothing_else() {
    let mut scene = Scene::set(Registrar::Rewrites, Some(OUTER)).await;
    assert_eq!(scene.register().await.len(), 1);
    assert_eq!(address_of(&scene.phone.contact()), scene.phone.local_address());
}

#[tokio::test]
async fn without_a_router_nothing_moves() {
    let mut scene = Scene::set(Registrar::AsWritten, None).await;
    assert_eq!(scene.register().await.len(), 1);
    assert_eq!(address_of(&scene.phone.contact()), scene.phone.local_address());
}
