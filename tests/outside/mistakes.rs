//! What `pbxcert check` says of accounts that are written wrongly: where, and what to do.

use std::path::Path;

use pbxcert::profile::Profile;

/// Line 13 begins the accounts.
const PROFILE: &str = r#"name: Hosted
pbx: { location: { country: GB }, sip_domain: pbx.example.com }
users:
  - { name: User A, username: "1001", password: a, number: "+441632960101", extension: "1001",
      desk_phone: { username: "1001", password: a } }
  - { name: User B, username: "1002", password: b, number: "+441632960102", extension: "1002" }
extensions:
  - { username: "1003", password: d, extension: "1003" }
bridge: { bind: "192.0.2.20:5060", second_node: { bind: "192.0.2.22:5060" } }
softphone: { stun_server: stun.example.com }
external:
  accounts:
    - { username: "u1", password: p, sip_domain: sip.provider.example, number: "+441632960201" }
    - { username: "u2", password: p, sip_domain: sip.provider.example, number: "+12025550123" }
"#;

/// What is said of the profile after a change, errors and warnings alike.
fn told(from: &str, to: &str) -> String {
    assert!(PROFILE.contains(from), "{from}");
    let text = PROFILE.replacen(from, to, 1);
    match Profile::from_text(Path::new("p.yaml"), &text, &|_| None) {
        Ok(profile) => profile.warnings.to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn accounts_as_they_should_be_are_not_complained_of() {
    assert_eq!(told("u1", "u3"), "");
}

#[test]
fn each_mistake_is_named_with_its_line_and_remedy() {
    let owned = "number: \"+12025550123\"";
    let second = "username: \"u2\", password: p, sip_domain: sip.provider.example";
    for (from, to, line, message, remedy) in [
        ("username: \"u1\", ", "", 13, "username", "username: \"1001\""),
        ("\"u1\", password: p", "\"u1\"", 13, "password", "password"),
        ("number: \"+441632960201\"", "nummer: \"+441632960201\"", 13, "nummer", "number"),
        ("\"+441632960201\"", "\"01632960201\"", 13, "is no E.164 number", "country code"),
        (owned, "number: \"+441632960201\"", 14, "duplicate number", "unique"),
        (owned, "number: \"+441632960102\"", 14, "duplicate number", "unique"),
        ("\"u2\"", "\"u1\"", 14, "is that of +441632960201 already", "an account of its own"),
        ("\"u1\"", "\"u1@provider\"", 13, "must not include an @", "sip_domain"),
        (
            "sip_domain: sip.provider.example",
            "sip_domain: \"sip.provider.example:5080\"",
            13,
            "must not carry a port",
            "sip_proxy: sip.provider.example:5080",
        ),
        (
            second,
            "username: \"1002\", password: p, sip_domain: pbx.example.com",
            14,
            "is the account of a user of the PBX",
            "at a provider",
        ),
        (
            second,
            "username: \"u2\", password: p, sip_domain: pbx.example.com",
            14,
            "the account is at the PBX itself",
            "name the provider",
        ),
        (
            owned,
            "number: \"+12025550123\", protocol: tls, sip_proxy: \"192.0.2.9\"",
            14,
            "a certificate seldom names an address",
            "host name",
        ),
        (
            owned,
            "number: \"+12025550123\", presents: \"anonymous\"",
            14,
            "is no E.164 number",
            "country code",
        ),
        (
            owned,
            "number: \"+12025550123\", presents: \"+12025550123\"",
            14,
            "is the account's own number",
            "leave it out",
        ),
        (
            owned,
            "number: \"+12025550123\", number_format: { national_prefix: \"0\" }",
            14,
            "without a country code",
            "country_code",
        ),
        (
            "external:\n",
            "external:\n  numbers: [\"+441632960203\"]\n",
            12,
            "no account owns +441632960203",
            "add the account to `accounts:`",
        ),
    ] {
        let told = told(from, to);
        let place = format!("p.yaml:{line}:");
        let said = told
            .lines()
            .any(|line| line.contains(&place) && line.contains(message) && line.contains(remedy));
        assert!(said, "{to}\nno {place} {message} … {remedy} in\n{told}");
    }
}

#[test]
fn two_accounts_at_one_port_are_an_error() {
    let text = PROFILE.replace("password: p,", "password: p, bind: \"192.0.2.30:5060\",");
    let told = Profile::from_text(Path::new("p.yaml"), &text, &|_| None).unwrap_err().to_string();
    assert!(told.contains("p.yaml:14:") && told.contains("two accounts would listen"), "{told}");
}

#[test]
fn one_account_is_too_few() {
    let second = PROFILE.lines().last().unwrap();
    let told = told(&format!("{second}\n"), "");
    assert!(told.contains("external needs at least two numbers"), "{told}");
    assert!(told.contains("add another account"), "{told}");
}
