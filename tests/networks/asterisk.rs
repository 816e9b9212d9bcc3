//! Asterisk 22 behind the same networks: what a router does shows as it does with the reference
//! PBX.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::network::Network;
use crate::run::{causes, found, record_of};

/// The passwords of its users, which are no secret.
const PASSWORDS: [(&str, &str); 3] =
    [("PBX_PASSWORD_A", "of-a"), ("PBX_PASSWORD_B", "of-b"), ("PBX_PASSWORD_D", "of-d")];

/// Asterisk inside a network; it ends with this.
struct Asterisk<'n> {
    network: &'n Network,
    folder: TempDir,
}

impl<'n> Asterisk<'n> {
    fn start(network: &'n Network) -> Self {
        let asterisk = Self { network, folder: TempDir::new().unwrap() };
        assert!(asterisk.lab("start").status().unwrap().success(), "Asterisk did not start");
        asterisk
    }

    /// A verb of its lab, where it stands.
    fn lab(&self, verb: &str) -> Command {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lab/asterisk-22-network/lab");
        let mut lab = self.network.command(self.network.places()[0], Path::new(script));
        lab.arg(verb)
            .env("PBXCERT_LAB_FOLDER", self.folder.path().join("run"))
            .env("PBXCERT_LAB_ADDRESS", self.network.address())
            .envs(PASSWORDS)
            .stdout(std::process::Stdio::null());
        lab
    }
}

impl Drop for Asterisk<'_> {
    fn drop(&mut self) {
        let _ = self.lab("stop").status();
    }
}

const PROFILE: &str = r#"name: Asterisk 22 in a network
pbx:
  location: { country: GB }
  sip_domain: 203.0.113.1
  media_ports: 20000-20999
users:
  - { name: User A, username: "1001", password: of-a, number: "+441632960101", extension: "1001",
      desk_phone: { username: "1001", password: of-a, bind: "203.0.113.2:0" } }
  - { name: User B, username: "1002", password: of-b, number: "+441632960102", extension: "1002" }
  - { name: User C, username: "1011", password: of-b, number: "+441632960111", extension: "1011" }
  - { name: User D, username: "1012", password: of-b, number: "+441632960112", extension: "1012" }
extensions:
  - { name: Desk phone, username: "1003", password: of-d, extension: "1003" }
external:
  trunk: { bind: "203.0.113.3:5060" }
  numbers: ["+441632960201", "+441632960202", "+441632960203", "+441632960204", "+12025550123"]
bridge: { bind: "203.0.113.2:5060", second_node: { bind: "203.0.113.2:5062" } }
"#;

/// The record of a run of these clauses through such a network.
fn certify(kind: &str, clauses: &str) -> Value {
    let network = Network::up(kind);
    let _asterisk = Asterisk::start(&network);
    record_of(&network, PROFILE, &["--only", clauses])
}

#[test]
fn asterisk_with_a_public_address_is_sound() {
    let record = certify("direct", "2,3,4,6");
    assert_eq!(found(&record), BTreeSet::new());
    assert!(matches!(record["verdict"].as_str(), Some("pass" | "note")), "{}", record["verdict"]);
}

#[test]
fn asterisk_behind_a_router_that_redirects_is_sound() {
    let record = certify("nat", "2,3,4,6");
    assert_eq!(found(&record), BTreeSet::new());
    assert!(matches!(record["verdict"].as_str(), Some("pass" | "note")), "{}", record["verdict"]);
}

#[test]
fn a_sip_alg_before_asterisk_is_told_by_what_it_rewrites() {
    let record = certify("alg", "2.1");
    assert_eq!(found(&record), BTreeSet::new());
    let finding = &record["scenarios"][0]["findings"][0];
    let (verdict, cause) = (&finding["verdict"], &finding["cause"]);
    assert_eq!((verdict, cause), (&"note".into(), &"headers-rewritten".into()), "{finding:#}");
    assert!(finding["observed"].as_str().unwrap().contains("SIP ALG"), "{finding:#}");
}

#[test]
fn a_router_that_drops_fragments_before_asterisk_is_told() {
    let lost = ["2.1 fragments-lost".to_owned(), "3.1 fragments-lost".to_owned()];
    assert_eq!(found(&certify("no-fragments", "2.1,3")), BTreeSet::from(lost));
}

#[test]
fn a_firewall_that_keeps_media_from_asterisk_is_no_audio_and_nothing_else() {
    let found = found(&certify("one-way-media", "6.2,6.4"));
    assert_eq!(causes(&found), BTreeSet::from(["no-audio"]), "{found:?}");
}

#[test]
fn an_acl_before_asterisk_that_lets_the_bridge_not_in_is_silence() {
    let found = found(&certify("acl", "6.1,6.2"));
    assert_eq!(found, BTreeSet::from(["6.1 no-response".to_owned()]));
}
