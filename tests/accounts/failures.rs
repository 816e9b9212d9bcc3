//! Every row of the guide's table of registration failures (5.2), provoked on the reference PBX,
//! gets its cause and the guide's advice.

use std::net::UdpSocket;

use pbxcert::pbx::{Config, Refusal};

use crate::site::{Form, Site};

/// 6.1 fails by that cause, and its finding says all of that. Gives back what was observed.
fn fails(site: Site, form: &Form, cause: &str, advice: &[&str]) -> String {
    let ran = site.run(form, "6.1");
    assert_eq!(ran.code, 1, "{:?}\n{}", ran.found(), ran.said);
    let finding = ran.finding(&format!("6.1: fail {cause}"));
    let said = finding["advice"].as_str().unwrap();
    for words in advice {
        assert!(said.contains(words), "no `{words}` in {said}");
    }
    let observed = finding["observed"].as_str().unwrap().to_owned();
    site.stop();
    observed
}

/// What the guide says to all rows from ‘Authentication Failure’ to ‘User unknown’.
const WRONG_ACCOUNT: &[&str] =
    &["SIP username", "SIP auth username (if given)", "SIP password", "SIP realm", "checks it"];

/// A wrong password, to a PBX that refuses in these words.
fn refused_in_words(status: u16, reason: &str) {
    let refusal = Refusal { status, reason: reason.to_owned() };
    let site = Site::start(|config| config.registration.refusal = refusal.clone(), &[]);
    let form = Form { password: "not-this-one".to_owned(), ..site.form() };
    let observed = fails(site, &form, "authentication-failure", WRONG_ACCOUNT);
    assert_eq!(observed, format!("{status} {reason}"));
}

#[test]
fn unable_to_resolve_uri() {
    let site = Site::sound();
    let sip_proxy = "pbx.nowhere.invalid:5060".to_owned();
    let form = Form { sip_proxy, ..site.form() };
    let advice = ["Either sip_proxy (if given) or sip_domain is wrong"];
    let observed = fails(site, &form, "unresolved-name", &advice);
    assert!(observed.contains("pbx.nowhere.invalid"), "{observed}");
}

#[test]
fn no_response_received_after_xx_seconds() {
    let advice =
        ["The PBX did not respond", "Check the firewall", "SIP proxy", "give a port in sip_proxy"];
    // A firewall lets no REGISTER in.
    let site = Site::start(|_| {}, &["registration-silent"]);
    let form = site.form();
    let observed = fails(site, &form, "no-response", &advice);
    assert!(observed.contains("no response received after 10 s"), "{observed}");
}

#[test]
fn no_response_received_at_another_port() {
    let site = Site::sound();
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let sip_proxy = silent.local_addr().unwrap().to_string();
    let form = Form { sip_proxy, ..site.form() };
    fails(site, &form, "no-response", &["give a port in sip_proxy if the PBX uses another one"]);
}

#[test]
fn authentication_failure() {
    refused_in_words(401, "Authentication Failure");
}

#[test]
fn declined() {
    refused_in_words(603, "Declined");
}

#[test]
fn forbidden() {
    refused_in_words(403, "Forbidden");
}

#[test]
fn invalid_password() {
    refused_in_words(403, "Invalid password");
}

#[test]
fn not_found() {
    refused_in_words(404, "Not found");
}

#[test]
fn proxy_authentication_required() {
    refused_in_words(407, "Proxy Authentication Required");
}

#[test]
fn unauthorized() {
    refused_in_words(401, "Unauthorized");
}

#[test]
fn user_unknown() {
    refused_in_words(604, "User unknown");
}

/// What the advice names is each enough by itself to be refused.
#[test]
fn every_field_that_the_advice_names_is_refused_when_it_is_wrong() {
    for what in ["username", "auth username", "password"] {
        let site = Site::sound();
        let mut form = site.form();
        match what {
            "username" => "2001".clone_into(&mut form.username),
            "auth username" => form.auth_username = Some("device-1".to_owned()),
            _ => "another".clone_into(&mut form.password),
        }
        let observed = fails(site, &form, "authentication-failure", WRONG_ACCOUNT);
        assert_eq!(observed, "403 Forbidden", "{what}");
    }
}

/// "It could be that the SIP Realm is incorrect if the PBX checks this."
#[test]
fn a_realm_that_the_pbx_checks() {
    let checks = |config: &mut Config| {
        config.registration.domain = Some("pbx.example.com".to_owned());
    };
    let site = Site::start(checks, &[]);
    let form = site.form();
    assert_eq!(form.sip_domain, "127.0.0.1");
    let observed = fails(site, &form, "authentication-failure", WRONG_ACCOUNT);
    assert_eq!(observed, "403 Forbidden");
    // Guide 4.1.1.2: the value that the PBX requires, and its address in the SIP proxy field.
    let site = Site::start(checks, &[]);
    let form = Form { sip_domain: "pbx.example.com".to_owned(), ..site.form() };
    let ran = site.run(&form, "6.1");
    assert_eq!((ran.code, ran.found().is_empty()), (0, true), "{:?}\n{}", ran.found(), ran.said);
    site.stop();
    // The PBX itself announces another realm than it computes with.
    let site = Site::start(|_| {}, &["wrong-realm"]);
    let form = site.form();
    fails(site, &form, "authentication-failure", &["SIP realm"]);
}
