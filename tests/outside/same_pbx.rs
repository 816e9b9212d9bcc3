//! Users of the PBX itself play the outside, each with an account that owns a number.

use std::fmt::Write as _;

use pbxcert::pbx::{Config, ReferencePbx};

use crate::ANYWHERE;
use crate::run::{certify, found, scenarios};

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
    let profile = profile_with_accounts(&pbx);
    let record = certify(&profile, &["--talk", "1s", "--only", "6.2,7.1.2"]).await;
    assert_eq!(record["verdict"], "pass", "{:?}", found(&record));
    assert_eq!(scenarios(&record).len(), 3);
    let registered = scenarios(&record)[0]["observations"]
        .as_array()
        .unwrap()
        .iter()
        .any(|seen| seen["party"] == "External 1" && seen["what"]["what"] == "registered");
    assert!(registered, "the outside registers its account");
    pbx.shutdown().await;
}
