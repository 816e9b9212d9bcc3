//! A provider between the PBX and the outside: a second reference PBX, whose users are the
//! external numbers, with a trunk to and from the PBX under test. What is certified has no trunk to
//! this machine, as a hosted PBX.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};

use pbxcert::pbx::{Config, Defects, ReferencePbx};
use pbxcert::sip::transaction::Timers;

use crate::run::{certify, found, scenarios};

/// The numbers of the outside; one of another country.
pub(crate) const NUMBERS: [&str; 5] =
    ["441632960201", "441632960202", "441632960203", "441632960204", "12025550123"];

/// A PBX and the provider of its numbers, with a trunk between them.
pub(crate) struct Site {
    pbx: ReferencePbx,
    provider: ReferencePbx,
}

/// A reference PBX at an address of its own.
fn start(last: u8, config: Config, defects: &[&str]) -> ReferencePbx {
    let listen = SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0));
    let defects = Defects::named(defects).unwrap();
    ReferencePbx::start_with(config, listen, defects, Timers::default()).unwrap()
}

/// Users who are the numbers of the outside: their names are their numbers.
fn provider() -> Config {
    let mut text =
        "realm: provider\nmain_number: \"+441632960200\"\nnumbers: { country_code: \"44\", \
                    national_prefix: \"0\", international_prefix: \"00\" }\nusers:\n"
            .to_owned();
    for number in NUMBERS {
        let _ = writeln!(
            text,
            "  - {{ name: {number}, username: \"{number}\", password: of-{number}, \
             extension: \"{number}\", number: \"+{number}\" }}"
        );
    }
    Config::parse(&text).unwrap()
}

impl Site {
    /// Starts both, with these defects of the PBX and of the provider.
    pub(crate) fn start(pbx: &[&str], of_provider: &[&str]) -> Self {
        Self::start_with(pbx, of_provider, |_| {})
    }

    /// The same with another configuration of the provider.
    pub(crate) fn start_with(
        pbx: &[&str],
        of_provider: &[&str],
        change: impl Fn(&mut Config),
    ) -> Self {
        let mut config = provider();
        change(&mut config);
        let pbx = start(61, Config::builtin().unwrap(), pbx);
        let provider = start(62, config, of_provider);
        pbx.add_trunk_peer(provider.address());
        provider.add_trunk_peer(pbx.address());
        Self { pbx, provider }
    }

    /// Where the provider is.
    pub(crate) fn provider(&self) -> SocketAddr {
        self.provider.address()
    }

    /// The profile that certifies the PBX with accounts at the provider; `of_accounts` is what
    /// each of them says besides.
    pub(crate) fn profile(&self, location: &str, of_accounts: &str) -> String {
        let password = |username: &str| {
            let account = self.pbx.users().iter().find(|account| account.username == username);
            account.unwrap().password.clone()
        };
        let mut text = format!(
            "name: Hosted PBX\npbx:\n  location: {{ country: {location} }}\n  sip_domain: 127.0.0.61\n  \
             sip_proxy: \"{}\"\nusers:\n",
            self.pbx.address()
        );
        for (name, n) in [("User A", 1), ("User B", 2), ("User C", 3), ("User D", 4)] {
            let own = password(&format!("100{n}"));
            let _ = writeln!(
                text,
                "  - {{ name: {name}, username: \"100{n}\", password: \"{own}\", \
                 number: \"+44163296010{n}\", extension: \"100{n}\", \
                 desk_phone: {{ username: \"100{n}\", password: \"{own}\" }} }}"
            );
        }
        let _ = writeln!(
            text,
            "extensions:\n  - {{ name: Desk phone, username: \"1101\", password: \"{}\", \
             extension: \"1101\" }}\nexternal:\n  accounts:",
            password("1101")
        );
        for number in NUMBERS {
            let _ = writeln!(
                text,
                "    - {{ username: \"{number}\", password: of-{number}, sip_domain: 127.0.0.62, \
                 sip_proxy: \"{}\", number: \"+{number}\", bind: \"127.0.0.63:0\"{of_accounts} }}",
                self.provider()
            );
        }
        text.push_str(
            "bridge: { bind: \"127.0.0.64:0\", second_node: { bind: \"127.0.0.65:0\" } }\n\
             expect: { post_dial_delay: 5s }\n",
        );
        text
    }

    /// Ends both.
    pub(crate) async fn stop(self) {
        self.pbx.shutdown().await;
        self.provider.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pbx_is_certified_over_a_provider_with_no_trunk_to_us() {
    let site = Site::start(&[], &[]);
    let record = certify(&site.profile("GB", ""), &["--talk", "2s"]).await;
    assert_eq!(found(&record), Vec::<String>::new());
    // At most the note that bridge and PBX are on one machine.
    assert!(matches!(record["verdict"].as_str(), Some("pass" | "note")), "{}", record["verdict"]);
    let judged = scenarios(&record);
    for clause in ["6.2", "6.4", "6.5", "7.1.1", "7.1.2", "7.1.3", "7.1.4b", "7.2.1", "7.2.2"] {
        let scenario = judged.iter().find(|scenario| scenario["clause"] == clause);
        assert_eq!(scenario.unwrap()["verdict"], "pass", "{clause}");
        let external = |seen: &&serde_json::Value| {
            let party = seen["party"].as_str().unwrap();
            party.starts_with("External") && seen["what"]["what"] == "registered"
        };
        let observations = scenario.unwrap()["observations"].as_array().unwrap();
        assert!(observations.iter().any(|seen| external(&seen)), "{clause}: nobody registered");
    }
    // The target of a transfer is registered too, though nobody there has called or was called.
    let transferred = judged.iter().find(|scenario| scenario["clause"] == "7.1.1").unwrap();
    let registered = |party: &str| {
        let of_party =
            |o: &&serde_json::Value| o["party"] == party && o["what"]["what"] == "registered";
        transferred["observations"].as_array().unwrap().iter().any(|o| of_party(&o))
    };
    assert!(registered("External 1") && registered("External 2"));
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_pbx_does_wrong_is_found_through_the_provider() {
    for (defect, clauses, finding) in [
        ("one-way-audio", "6.4", "6.4 fail one-way-audio"),
        ("silent-hold", "7.1.1", "7.1.1 fail hold-silent"),
        ("caller-id-withheld", "7.1.1", "7.1.1 fail caller-id-withheld"),
    ] {
        let site = Site::start(&[defect], &[]);
        let profile = site.profile("GB", "");
        let record = certify(&profile, &["--talk", "1s", "--only", clauses]).await;
        let found = found(&record);
        assert!(found.iter().any(|one| one.starts_with(finding)), "{defect}: {found:#?}");
        site.stop().await;
    }
}
