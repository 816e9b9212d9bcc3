//! A hosted PBX, here the reference PBX, whose numbers are at a real provider: Asterisk 22. The
//! outside is registered there, and nothing of the PBX's trunk ends here.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use pbxcert::pbx::{Config, ReferencePbx};

use crate::lab::{ATTEMPTS, Lab, found, record, text, was_late};

const LAB: Lab = Lab("asterisk-22-provider");

/// Accounts at the provider and the password of each, as the lab has them.
const ACCOUNTS: [(&str, &str); 4] = [("1001", "A"), ("1002", "B"), ("1011", "B"), ("1012", "B")];

fn hosted() -> Config {
    let mut yaml = "main_number: \"+441632960200\"\nnumbers: { country_code: \"44\", \
                    national_prefix: \"0\", international_prefix: \"00\" }\nusers:\n"
        .to_owned();
    for n in 1..=4 {
        let _ = writeln!(
            yaml,
            "  - {{ name: \"200{n}\", username: \"200{n}\", password: of-200{n}, \
             extension: \"200{n}\", number: \"+44163296020{n}\" }}"
        );
    }
    yaml.push_str(
        "phones:\n  - { name: Desk phone, username: \"2101\", password: of-2101, extension: \
         \"2101\" }\ntrunk: { peers: [\"127.0.0.16:5060\"] }\n",
    );
    Config::parse(&yaml).unwrap()
}

fn profile() -> String {
    let mut yaml = "name: Hosted PBX\npbx: { location: { country: GB }, sip_domain: 127.0.0.36 }\n\
                    users:\n"
        .to_owned();
    for (name, n) in [("User A", 1), ("User B", 2), ("User C", 3), ("User D", 4)] {
        let _ = writeln!(
            yaml,
            "  - {{ name: {name}, username: \"200{n}\", password: of-200{n}, \
             number: \"+44163296020{n}\", extension: \"200{n}\" }}"
        );
    }
    yaml.push_str(
        "extensions:\n  - { username: \"2101\", password: of-2101, extension: \"2101\" }\n\
         bridge: { bind: \"127.0.0.26:5060\" }\nexternal:\n  accounts:\n",
    );
    for (username, password) in ACCOUNTS {
        let _ = writeln!(
            yaml,
            "    - {{ username: \"{username}\", password: \"${{PBX_PASSWORD_{password}}}\", \
             sip_domain: 127.0.0.16, number: \"+4416329601{}\", bind: \"127.0.0.46:0\" }}",
            &username[2..]
        );
    }
    yaml
}

#[test]
fn a_hosted_pbx_is_certified_over_asterisk_as_its_provider() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let pbx = {
        let _inside = runtime.enter();
        ReferencePbx::start(hosted(), "127.0.0.36:5060".parse().unwrap()).unwrap()
    };
    for attempt in 1..=ATTEMPTS {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hosted.yaml");
        std::fs::write(&file, profile()).unwrap();
        let out = folder.path().join("out");
        let mut run = LAB.script();
        run.args(["with", env!("CARGO_BIN_EXE_pbxcert"), "run"]).arg(&file);
        run.args(["--talk", "2s", "--only", "6,7", "--quiet", "--out"]).arg(&out);
        let status = run.status().unwrap();
        let run = record(&out);
        if was_late(&run) && attempt < ATTEMPTS {
            continue;
        }
        let scenarios = run["scenarios"].as_array().unwrap();
        assert_eq!(found(scenarios), BTreeSet::new(), "{scenarios:#?}");
        assert_eq!(status.code(), Some(0), "verdict {}", run["verdict"]);
        let clauses: BTreeSet<&str> = scenarios.iter().map(|s| text(s, "clause")).collect();
        for clause in ["6.2", "6.4", "6.5", "7.1.1", "7.1.3", "7.1.4b", "7.2.1", "7.2.2"] {
            assert!(clauses.contains(clause), "{clause} is missing; the run has {clauses:?}");
        }
        break;
    }
    runtime.block_on(pbx.shutdown());
}
