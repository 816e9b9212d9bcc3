//! Accounts at a provider, registered from behind a router that translates addresses. The provider,
//! another reference PBX, calls them at their Contact as it is written: what is registered with an
//! inner address is not reached.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::network::Network;
use crate::run::{assert_sound, record_of_talk};

const PBX: &str = "203.0.113.2:5060";
const PROVIDER: &str = "203.0.113.3:5060";

/// The outer address of the router.
const OUTER: &str = "203.0.113.1";

const NUMBERING: &str =
    "numbers: { country_code: \"44\", national_prefix: \"0\", international_prefix: \"00\" }\n";

/// A reference PBX outside; it ends with its network.
struct Server(Child);

impl Server {
    fn start(network: &Network, folder: &Path, address: &str, configuration: &str) -> Self {
        let file = folder.join(format!("{address}.yaml"));
        std::fs::write(&file, configuration).unwrap();
        let mut child = network
            .pbxcert("outside")
            .args(["pbx", "--listen", address, "--config"])
            .arg(&file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains(address), "{line}");
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn pbx() -> String {
    let mut text = format!("main_number: \"+441632960100\"\n{NUMBERING}users:\n");
    for n in 1..=4 {
        let _ = writeln!(
            text,
            "  - {{ name: \"100{n}\", username: \"100{n}\", password: of-100{n}, \
             extension: \"100{n}\", number: \"+44163296010{n}\" }}"
        );
    }
    text + "phones:\n  - { name: Desk phone, username: \"1101\", password: of-1101, extension: \
            \"1101\" }\n"
        + &format!("trunk: {{ peers: [\"{PROVIDER}\"] }}\n")
}

fn provider() -> String {
    let mut text = format!("main_number: \"+441632960200\"\n{NUMBERING}users:\n");
    for n in 1..=4 {
        let _ = writeln!(
            text,
            "  - {{ name: \"200{n}\", username: \"200{n}\", password: of-200{n}, \
             extension: \"200{n}\", number: \"+44163296020{n}\" }}"
        );
    }
    text + &format!("trunk: {{ peers: [\"{PBX}\"] }}\nregistration: {{ as_written: true }}\n")
}

fn profile() -> String {
    let mut text =
        "name: Hosted PBX\npbx: { location: { country: GB }, sip_domain: 203.0.113.2 }\n\
                    users:\n"
            .to_owned();
    for (name, n) in [("User A", 1), ("User B", 2), ("User C", 3), ("User D", 4)] {
        let _ = writeln!(
            text,
            "  - {{ name: {name}, username: \"100{n}\", password: of-100{n}, \
             number: \"+44163296010{n}\", extension: \"100{n}\" }}"
        );
    }
    text.push_str(
        "extensions:\n  - { username: \"1101\", password: of-1101, extension: \"1101\" }\n\
         bridge: { bind: \"203.0.113.130:5060\" }\nexternal:\n  accounts:\n",
    );
    for n in 1..=4 {
        let _ = writeln!(
            text,
            "    - {{ username: \"200{n}\", password: of-200{n}, sip_domain: 203.0.113.3, \
             number: \"+44163296020{n}\", bind: \"10.13.0.2:0\" }}"
        );
    }
    text
}

/// The record of a run through such a network.
fn certify(kind: &str, talk: &str, clauses: &str) -> Value {
    let network = Network::up(kind);
    let folder = TempDir::new().unwrap();
    let _pbx = Server::start(&network, folder.path(), PBX, &pbx());
    let _provider = Server::start(&network, folder.path(), PROVIDER, &provider());
    record_of_talk(&network, &profile(), talk, &["--only", clauses])
}

/// The lines of that kind in what the outside sent.
fn sent(record: &Value, head: &str) -> Vec<String> {
    let scenarios = record["scenarios"].as_array().unwrap().iter();
    let messages = scenarios.flat_map(|scenario| scenario["messages"].as_array().unwrap());
    let of_outside = |message: &&Value| {
        let party = message["party"].as_str().unwrap_or_default();
        party.starts_with("External") && message["sent"] == true
    };
    let lines = messages.filter(of_outside).flat_map(|m| m["text"].as_str().unwrap().lines());
    lines.filter(|line| line.starts_with(head)).map(str::to_owned).collect()
}

#[test]
fn accounts_behind_a_router_are_called_at_its_outer_address() {
    let record = certify("translated", "1s", "6,7");
    assert_sound(&record);
    let contacts = sent(&record, "Contact:");
    let outer = contacts.iter().filter(|contact| contact.contains(OUTER)).count();
    let taken_back = |line: &&String| line.ends_with(";expires=0");
    // What was written before the first answer, and took it back, is all that is not there.
    let inner = contacts.iter().filter(|contact| contact.contains("10.13.0.2"));
    let still = inner.filter(|line| !taken_back(line)).count();
    assert!(outer > 10 && still <= 2 * 4, "{outer} outer, {still} inner: {contacts:#?}");
    let media = sent(&record, "c=");
    assert!(!media.is_empty() && media.iter().all(|line| line.contains(OUTER)), "{media:#?}");
}

#[test]
fn the_way_to_an_account_is_kept_open_in_a_router_that_forgets() {
    // User A hangs up: that reaches the outside over a way that nothing else was sent on.
    let record = certify("forgetful", "45s", "6.2");
    assert_sound(&record);
}
