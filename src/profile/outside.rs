//! Reads the outside: the far end of a trunk, or accounts at a provider.

use std::net::IpAddr;

use super::localisation::number_format;
use super::people::{Credentials, credentials};
use super::read::{
    bind, file, item, media_bind, number, placed_host, protocol, sip_domain, sip_proxy,
};
use super::rules::Facts;
use super::section::{Placed, Section, printable};
use super::{Account, External, Line, Location, Protocol, Registrar, Secret, Trunk};

/// The port of SIP where an address is written without one.
pub(super) const SIP_PORT: u16 = 5060;

const ACCOUNT: &[&str] = &[
    "username",
    "auth_username",
    "password",
    "password_file",
    "sip_domain",
    "sip_proxy",
    "protocol",
    "ca_file",
    "number",
    "presents",
    "number_format",
    "bind",
];

/// Reads `external`.
pub(super) fn external(profile: &Section<'_, '_>, facts: &mut Facts) -> External {
    let keys = ["trunk", "account", "accounts", "numbers"];
    let Some(section) = profile.section("external", &keys) else {
        if profile.node("external").is_none() {
            profile.missing(
                "external",
                "{ trunk: { bind: \"192.0.2.30:5060\" }, numbers: [\"+44…\", \"+44…\"] }",
            );
        }
        return External::default();
    };
    let kinds = ["trunk", "account", "accounts"];
    let given: Vec<&str> = kinds.into_iter().filter(|kind| section.node(kind).is_some()).collect();
    if given.len() != 1 {
        let (span, message) = match given.get(1) {
            Some(second) => (
                section.key_span(second),
                format!("external has both `{}` and `{second}`", given[0]),
            ),
            None => (section.span, "external has neither a trunk nor an account".to_owned()),
        };
        section.error(
            span,
            message,
            "give exactly one: `trunk` if the PBX's trunk ends here, `account` or `accounts` \
             if numbers are registered elsewhere",
        );
    }
    let accounts = accounts(&section, facts);
    let line =
        match section.section("trunk", &["bind", "media_bind", "protocol", "pbx", "registrar"]) {
            Some(trunk) => Line::Trunk(read_trunk(&trunk, facts)),
            None if accounts.is_empty() => Line::Trunk(Trunk::default()),
            None => Line::Accounts(accounts),
        };
    let numbers = external_numbers(&section, &line, facts);
    External { line, numbers }
}

/// Reads `account` or `accounts`.
fn accounts(section: &Section<'_, '_>, facts: &mut Facts) -> Vec<Account> {
    let mut sections: Vec<Section<'_, '_>> =
        section.section("account", ACCOUNT).into_iter().collect();
    sections.extend(section.sections("accounts", ACCOUNT));
    let mut read: Vec<Account> = Vec::new();
    for one in &sections {
        let account = account(one, facts);
        let same = |earlier: &&Account| {
            (&earlier.username, &earlier.sip_domain) == (&account.username, &account.sip_domain)
        };
        if let Some(earlier) = read.iter().find(same).filter(|_| !account.username.is_empty()) {
            one.error(
                one.key_span("username"),
                format!(
                    "the account `{}` at {} is that of {} already",
                    printable(&account.username),
                    printable(&account.sip_domain),
                    earlier.number
                ),
                "give each number an account of its own: a call to one account rings only once, \
                 whichever number was dialled",
            );
        }
        if let Some(bind) = account.bind.filter(|bind| bind.port() != 0)
            && read.iter().any(|earlier| earlier.bind == Some(bind))
        {
            one.error(
                one.key_span("bind"),
                format!("two accounts would listen at {bind}"),
                "give each another port, or leave `bind` out: a free port will do",
            );
        }
        read.push(account);
    }
    read
}

fn external_numbers(section: &Section<'_, '_>, line: &Line, facts: &mut Facts) -> Vec<String> {
    let owned: Option<Vec<&str>> = match line {
        Line::Accounts(accounts) => Some(accounts.iter().map(|a| a.number.as_str()).collect()),
        Line::Trunk(_) => None,
    };
    let items = section.items("numbers");
    let mut numbers: Vec<String> = owned.iter().flatten().map(|&own| own.to_owned()).collect();
    for text in items.iter().filter_map(|node| item(section, node, "numbers")) {
        let Some(one) = number(section, &text, facts) else { continue };
        match &owned {
            Some(owned) if owned.contains(&one.as_str()) => {}
            Some(_) => section.error(
                text.span,
                format!("no account owns {one}"),
                format!(
                    "add the account to `accounts:`, with `number: \"{one}\"`, or take the number \
                     out: a call to it would not arrive here"
                ),
            ),
            None => {
                facts.numbers.push(text);
                numbers.push(one);
            }
        }
    }
    let known = if owned.is_some() { numbers.len() } else { items.len() };
    if known < 2 {
        let (span, remedy) = match (&owned, section.node("account").is_some()) {
            (Some(_), true) => (
                section.key_span("account"),
                "write `accounts:` with two: one calls in, the other is the target of a transfer",
            ),
            (Some(_), false) => (
                section.key_span("accounts"),
                "add another account: one calls in, the other is the target of a transfer",
            ),
            (None, _) => (
                section.key_span("numbers"),
                "list two under `numbers:`: one calls in, the other is the target of a transfer",
            ),
        };
        section.error(span, "external needs at least two numbers", remedy);
    }
    numbers
}

fn read_trunk(section: &Section<'_, '_>, facts: &mut Facts) -> Trunk {
    let default = Trunk::default();
    if section.node("bind").is_none() {
        section.missing("bind", "\"192.0.2.30:5060\"");
    }
    facts.trunk = bind(section, "bind", SIP_PORT);
    Trunk {
        bind: facts.trunk.as_ref().map_or(default.bind, |address| address.value),
        media_bind: media_bind(section),
        protocol: protocol(section).unwrap_or_default(),
        pbx: placed_host(section, "pbx"),
        registrar: section
            .section("registrar", &["username", "password", "password_file", "realm"])
            .map(|registrar| Registrar {
                username: registrar
                    .required("username", "trunk")
                    .map(|text| text.value)
                    .unwrap_or_default(),
                password: registrar.secret("password").unwrap_or_else(|| Secret::new("")),
                realm: registrar.text("realm"),
            }),
    }
}

fn account(section: &Section<'_, '_>, facts: &mut Facts) -> Account {
    // Accounts live on other registrars: their names may equal those on the PBX.
    let mut device = Facts::default();
    let Credentials { username, auth_username, password } = credentials(section, &mut device);
    let own_number = section.required("number", "\"+441632960201\"").and_then(|text| {
        facts.numbers.push(text.clone());
        number(section, &text, facts)
    });
    let presents = section.placed("presents").and_then(|text| {
        let read = number(section, &text, facts)?;
        if own_number.as_ref() == Some(&read) {
            section.warn(
                text.span,
                "`presents` is the account's own number",
                "leave it out: it is for a provider that shows another number when the account calls",
            );
        }
        Some(read)
    });
    let account = Account {
        username,
        auth_username,
        password,
        sip_domain: sip_domain(section),
        sip_proxy: sip_proxy(section),
        protocol: protocol(section).unwrap_or_default(),
        ca_file: file(section, "ca_file"),
        number: own_number.unwrap_or_default(),
        presents,
        number_format: number_format(section, &Location::default()),
        bind: bind(section, "bind", 0).map(|address| address.value),
    };
    stands_elsewhere(section, &account, &device, facts);
    account
}

/// Complains of an account that is no way to the outside, and of what its provider's certificate
/// will not name.
fn stands_elsewhere(section: &Section<'_, '_>, account: &Account, device: &Facts, facts: &Facts) {
    let server = account.target();
    if account.protocol == Protocol::Tls && server.host.parse::<IpAddr>().is_ok() {
        let key = if account.sip_proxy.is_some() { "sip_proxy" } else { "sip_domain" };
        section.warn(
            section.key_span(key),
            "a certificate seldom names an address",
            "give the full host name that the provider's certificate names",
        );
    }
    let at = (server.host.to_owned(), server.port_or_default());
    if facts.server.as_ref() != Some(&at) || at.0.is_empty() {
        return;
    }
    let own = |one: &Placed<String>| facts.devices.iter().find(|two| two.value == one.value);
    if device.devices.iter().any(|one| own(one).is_some()) {
        section.error(
            section.key_span("username"),
            format!("`{}` is the account of a user of the PBX", printable(&account.username)),
            "give the outside accounts of its own, at a provider: calls to the user would reach both",
        );
    } else {
        section.warn(
            section.key_span(if account.sip_proxy.is_some() { "sip_proxy" } else { "sip_domain" }),
            format!("the account is at the PBX itself ({})", server.host),
            "name the provider of the number: calls between users of one PBX do not go over the \
             telephone network",
        );
    }
}
