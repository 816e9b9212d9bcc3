//! The plan through networks that really have the faults of guide sections 2 and 3: the
//! reference PBX, or Asterisk 22, stands in one namespace, the bridge in another, a router
//! between them.
//!
//! Needs root on Debian: `tests/lab/network` makes the networks.

#![expect(clippy::unwrap_used, reason = "a test that cannot read what it judges has failed")]

mod accounts;
mod asterisk;
mod names;
mod network;
mod run;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use network::Network;
use run::{assert_sound, causes, found, record_of};
use serde_json::Value;
use tempfile::TempDir;

/// The reference PBX inside; it ends with its network.
struct Pbx(Child);

const USERS: [(&str, &str); 4] =
    [("User A", "1001"), ("User B", "1002"), ("User C", "1003"), ("User D", "1004")];

/// The PBX and the profile have the same users, whose passwords are no secret.
fn users(line: impl Fn(&str, &str) -> String) -> String {
    USERS.iter().map(|(name, extension)| line(name, extension)).collect()
}

fn configuration(network: &Network) -> String {
    let redirected = network.address().starts_with("10.");
    let external = if redirected { "external_address: 203.0.113.1\n" } else { "" };
    let stun = if network.is_turned_round() { "stun_port: 3478\n" } else { "" };
    let trunk = if network.is_turned_round() { "203.0.113.130:5070" } else { "203.0.113.3:5060" };
    let users = users(|name, extension| {
        let number = format!("+4416329601{}", &extension[2..]);
        format!(
            "  - {{ name: {name}, username: \"{extension}\", password: of-{extension}, \
             extension: \"{extension}\", number: \"{number}\" }}\n"
        )
    });
    format!(
        "main_number: \"+441632960100\"\n\
         numbers: {{ country_code: \"44\", national_prefix: \"0\", international_prefix: \"00\" }}\n\
         {external}{stun}media_ports: [20000, 20999]\n\
         users:\n{users}\
         phones:\n  - {{ name: Desk phone, username: \"1101\", password: of-1101, extension: \"1101\" }}\n\
         trunk: {{ peers: [\"{trunk}\"] }}\n"
    )
}

fn profile(network: &Network) -> String {
    let [pbx, trunk, bridge, node, softphone] = if network.is_turned_round() {
        let stun = "softphone: { bind: 10.13.0.2, stun_server: 203.0.113.2 }\n";
        ["203.0.113.2", "203.0.113.130:5070", "203.0.113.130:5060", "203.0.113.130:5062", stun]
    } else {
        ["203.0.113.1", "203.0.113.3:5060", "203.0.113.2:5060", "203.0.113.2:5062", ""]
    };
    let users = users(|name, extension| {
        let number = format!("+4416329601{}", &extension[2..]);
        format!(
            "  - {{ name: {name}, username: \"{extension}\", password: of-{extension}, \
             extension: \"{extension}\", number: \"{number}\", desk_phone: {{ username: \
             \"{extension}\", password: of-{extension} }} }}\n"
        )
    });
    format!(
        "name: Reference PBX in a network\n\
         pbx:\n  location: {{ country: GB }}\n  sip_domain: {pbx}\n  \
         authentication: registration\n  protocol: udp\n  media_encryption: no\n  \
         supports_refer: yes\n  suppress_contact_data: no\n  outside_line_prefix: \"\"\n  \
         number_format: {{ country_code: \"44\", national_prefix: \"0\", international_prefix: \"00\" }}\n  \
         media_ports: 20000-20999\n\
         users:\n{users}\
         extensions:\n  - {{ name: Desk phone, username: \"1101\", password: of-1101, extension: \"1101\" }}\n\
         external:\n  trunk: {{ bind: \"{trunk}\" }}\n  \
         numbers: [\"+441632960201\", \"+441632960202\", \"+441632960203\", \"+441632960204\", \
         \"+12025550123\"]\n\
         bridge: {{ bind: \"{bridge}\", second_node: {{ bind: \"{node}\" }} }}\n{softphone}"
    )
}

impl Pbx {
    fn start(network: &Network, folder: &Path) -> Self {
        let file = folder.join("pbx.yaml");
        std::fs::write(&file, configuration(network)).unwrap();
        let address = format!("{}:5060", network.address());
        let mut child = network
            .pbxcert(network.places()[0])
            .args(["pbx", "--listen", &address, "--config"])
            .arg(&file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains(&address), "{line}");
        Self(child)
    }
}

impl Drop for Pbx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The record of a run through such a network.
fn certify(kind: &str, more: &[&str]) -> Value {
    certify_as(kind, more, |profile| profile)
}

/// The same with a changed profile.
fn certify_as(kind: &str, more: &[&str], change: impl Fn(String) -> String) -> Value {
    let network = Network::up(kind);
    let folder = TempDir::new().unwrap();
    let _pbx = Pbx::start(&network, folder.path());
    record_of(&network, &change(profile(&network)), more)
}

#[test]
fn a_pbx_with_a_public_address_is_sound() {
    let record = certify("direct", &["--only", "2,6"]);
    assert_eq!(found(&record), BTreeSet::new());
    assert_eq!(record["verdict"], "pass");
}

#[test]
fn a_pbx_behind_a_router_that_redirects_is_sound() {
    assert_sound(&certify("nat", &[]));
}

#[test]
fn a_firewall_that_keeps_media_out_is_no_audio_and_nothing_else() {
    let found = found(&certify("one-way-media", &["--only", "6"]));
    assert_eq!(causes(&found), BTreeSet::from(["no-audio"]), "{found:?}");
}

#[test]
fn an_acl_that_lets_the_bridge_not_in_is_silence() {
    let record = certify("acl", &["--only", "6"]);
    assert_eq!(found(&record), BTreeSet::from(["6.1 no-response".to_owned()]));
}

#[test]
fn packets_that_the_router_loses_are_told_as_lost() {
    let found = found(&certify("loss", &["--only", "6.2,6.4"]));
    assert_eq!(causes(&found), BTreeSet::from(["packet-loss"]), "{found:?}");
}

#[test]
fn a_router_that_drops_fragments_is_told_by_the_largest_request_that_came_through() {
    let record = certify("no-fragments", &["--only", "2,3"]);
    let lost = ["2.1 fragments-lost".to_owned(), "3.1 fragments-lost".to_owned()];
    assert_eq!(found(&record), BTreeSet::from(lost));
}

#[test]
fn a_softphone_behind_a_router_uses_the_address_that_stun_tells() {
    let record = certify("translated", &["--only", "3"]);
    assert_sound(&record);
    let vantage = &record["vantage"];
    let is_at = |side: &str, ip: &str| vantage[side].as_str().unwrap().starts_with(ip);
    assert!(is_at("own", "10.13.0.2:"), "{vantage}");
    assert!(is_at("mapped", "203.0.113.1:") && is_at("seen", "203.0.113.1:"), "{vantage}");
    assert_eq!(vantage["stun_server"], "203.0.113.2:3478");
    // Contact and session description of both calls name it as well, and nothing else does.
    let of_softphone =
        |message: &&Value| message["party"] == "Softphone" && message["sent"] == true;
    let calls = record["scenarios"].as_array().unwrap().iter().find(|s| s["clause"] == "3.1");
    let sent: Vec<String> = calls.unwrap()["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(of_softphone)
        .flat_map(|message| message["text"].as_str().unwrap().lines().map(str::to_owned))
        .collect();
    let addressed = ["Contact:", "c=", "o="];
    let lines: Vec<&String> =
        sent.iter().filter(|line| addressed.iter().any(|head| line.starts_with(head))).collect();
    assert!(lines.len() >= 6 && lines.iter().all(|line| line.contains("203.0.113.1")), "{lines:?}");
}

#[test]
fn without_stun_a_softphone_behind_a_router_says_nothing_of_the_pbx() {
    let record = certify_as("translated", &["--only", "3"], |profile| {
        profile.replace(", stun_server: 203.0.113.2", "")
    });
    assert_eq!(found(&record), BTreeSet::new());
    assert_eq!(record["verdict"], "inconclusive");
    let calls = record["scenarios"].as_array().unwrap().iter().find(|s| s["clause"] == "3.1");
    let finding = &calls.unwrap()["findings"][0];
    let cause = finding["cause"].as_str().unwrap();
    // A machine that is too late says so first.
    assert!(matches!(cause, "stun-unanswered" | "harness-late"), "{finding:#}");
}

#[test]
fn a_sip_alg_before_the_pbx_is_told_by_what_it_rewrites_and_not_held_against_anybody() {
    let record = certify("alg", &["--only", "2.1"]);
    assert_eq!(found(&record), BTreeSet::new());
    let marks = &record["scenarios"].as_array().unwrap()[0];
    let finding = &marks["findings"][0];
    assert_eq!(
        (&finding["verdict"], &finding["cause"]),
        (&"note".into(), &"headers-rewritten".into())
    );
    assert!(finding["observed"].as_str().unwrap().contains("SIP ALG"), "{finding:#}");
}
