//! Reads who takes part: users, extensions, the outside and the bridge.

use std::path::PathBuf;

use super::read::{
    bind, file, item, media_bind, number, placed_host, protocol, sip_domain, sip_proxy,
};
use super::rules::Facts;
use super::section::{Placed, Section, printable};
use super::{
    Account, Bridge, DeskPhone, Extension, External, Line, Registrar, Secret, Trunk, User,
};

/// The port of SIP where an address is written without one.
const SIP_PORT: u16 = 5060;

const USER: &[&str] = &[
    "name",
    "username",
    "auth_username",
    "password",
    "password_file",
    "number",
    "extension",
    "desk_phone",
];
const DESK_PHONE: &[&str] = &["username", "auth_username", "password", "password_file"];
const EXTENSION: &[&str] = &[
    "name",
    "username",
    "auth_username",
    "password",
    "password_file",
    "extension",
    "number",
    "bind",
];
const ACCOUNT: &[&str] = &[
    "username",
    "auth_username",
    "password",
    "password_file",
    "sip_domain",
    "sip_proxy",
    "protocol",
    "number",
    "bind",
];

/// SIP username, auth username and password.
struct Credentials {
    username: String,
    auth_username: Option<String>,
    password: Secret,
}

fn credentials(section: &Section<'_, '_>, facts: &mut Facts) -> Credentials {
    let username = section.required("username", "\"1001\"").map(|text| {
        if text.value.contains('@') {
            let user = text.value.split('@').next().unwrap_or_default();
            section.error(
                text.span,
                "SIP username must not include an @ (guide 5)",
                format!("write `username: \"{}\"`; the domain is in sip_domain", printable(user)),
            );
        } else if text.value.chars().any(|c| c.is_whitespace() || c.is_control()) {
            section.error(
                text.span,
                "SIP username must not include spaces",
                "write it as the PBX knows it",
            );
        }
        text.value
    });
    let auth_username = section.text("auth_username");
    let username = username.unwrap_or_default();
    let identity = auth_username.clone().unwrap_or_else(|| username.clone());
    facts.devices.push(Placed {
        value: format!("{username}\u{0}{identity}"),
        span: section.key_span("username"),
    });
    let password = section.secret("password").unwrap_or_else(|| Secret::new(""));
    Credentials { username, auth_username, password }
}

/// Reads `users`.
pub(super) fn users(profile: &Section<'_, '_>, facts: &mut Facts) -> Vec<User> {
    let read: Vec<User> = profile
        .sections("users", USER)
        .iter()
        .enumerate()
        .map(|(index, section)| user(section, index, facts))
        .collect();
    if read.len() < 2 && profile.items("users").len() < 2 {
        let have = if read.len() == 1 { "only one Teams user" } else { "no Teams users" };
        profile.error(
            profile.key_span("users"),
            format!("the profile has {have}"),
            "give at least two under `users:` (guide 6, step 1)",
        );
    }
    read
}

fn user(section: &Section<'_, '_>, index: usize, facts: &mut Facts) -> User {
    let name = section.placed("name");
    if let Some(name) = &name {
        facts.names.push(name.clone());
    }
    let Credentials { username, auth_username, password } = credentials(section, facts);
    let own_number = section.required("number", "\"+441632960101\"").and_then(|text| {
        facts.numbers.push(text.clone());
        number(section, &text, facts)
    });
    let extension = section.placed("extension").map(|text| {
        facts.extensions.push(text.clone());
        text.value
    });
    if extension.is_none() {
        section.warn(
            section.span,
            format!("{} has no `extension`", section.name),
            "add it: 7.1.2 and 7.1.4 dial a user's extension, here the number must do",
        );
    }
    User {
        name: name.map_or_else(|| letter_name(index), |name| name.value),
        username,
        auth_username,
        password,
        number: own_number.unwrap_or_default(),
        extension,
        desk_phone: section.section("desk_phone", DESK_PHONE).map(|phone| {
            let Credentials { username, auth_username, password } = credentials(&phone, facts);
            DeskPhone { username, auth_username, password }
        }),
    }
}

/// "User A", "User B"… "User 27".
fn letter_name(index: usize) -> String {
    match u8::try_from(index) {
        Ok(index) if index < 26 => format!("User {}", char::from(b'A' + index)),
        _ => format!("User {}", index + 1),
    }
}

/// Reads `extensions`.
pub(super) fn extensions(profile: &Section<'_, '_>, facts: &mut Facts) -> Vec<Extension> {
    profile
        .sections("extensions", EXTENSION)
        .iter()
        .enumerate()
        .map(|(index, section)| {
            let name = section.placed("name");
            if let Some(name) = &name {
                facts.names.push(name.clone());
            }
            let Credentials { username, auth_username, password } = credentials(section, facts);
            let dialled = section.required("extension", "\"1003\"");
            facts.extensions.extend(dialled.clone());
            let own_number = section.placed("number").and_then(|text| {
                facts.numbers.push(text.clone());
                number(section, &text, facts)
            });
            Extension {
                name: name.map_or_else(|| format!("Phone {}", index + 1), |name| name.value),
                username,
                auth_username,
                password,
                extension: dialled.map(|text| text.value).unwrap_or_default(),
                number: own_number,
                bind: bind(section, "bind", 0).map(|address| address.value),
            }
        })
        .collect()
}

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
    let mut accounts: Vec<Account> = Vec::new();
    if let Some(one) = section.section("account", ACCOUNT) {
        accounts.push(account(&one, facts));
    }
    accounts.extend(section.sections("accounts", ACCOUNT).iter().map(|one| account(one, facts)));
    let line =
        match section.section("trunk", &["bind", "media_bind", "protocol", "pbx", "registrar"]) {
            Some(trunk) => Line::Trunk(read_trunk(&trunk, facts)),
            None if accounts.is_empty() => Line::Trunk(Trunk::default()),
            None => Line::Accounts(accounts),
        };
    let numbers = external_numbers(&section, &line, facts);
    External { line, numbers }
}

fn external_numbers(section: &Section<'_, '_>, line: &Line, facts: &mut Facts) -> Vec<String> {
    let owned: Vec<&str> = match line {
        Line::Accounts(accounts) => accounts.iter().map(|a| a.number.as_str()).collect(),
        Line::Trunk(_) => Vec::new(),
    };
    let items = section.items("numbers");
    let mut numbers: Vec<String> = owned.iter().map(|number| (*number).to_owned()).collect();
    for text in items.iter().filter_map(|node| item(section, node, "numbers")) {
        let Some(one) = number(section, &text, facts) else { continue };
        if !owned.contains(&one.as_str()) {
            facts.numbers.push(text);
            numbers.push(one);
        }
    }
    if items.len() + owned.len() < 2 {
        section.error(
            section.key_span("numbers"),
            "external needs at least two numbers",
            "list two under `numbers:`: one calls in, the other is the target of a transfer",
        );
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
    let Credentials { username, auth_username, password } =
        credentials(section, &mut Facts::default());
    let own_number = section.required("number", "\"+441632960201\"").and_then(|text| {
        facts.numbers.push(text.clone());
        number(section, &text, facts)
    });
    Account {
        username,
        auth_username,
        password,
        sip_domain: sip_domain(section),
        sip_proxy: sip_proxy(section),
        protocol: protocol(section).unwrap_or_default(),
        number: own_number.unwrap_or_default(),
        bind: bind(section, "bind", 0).map(|address| address.value),
    }
}

const BRIDGE: &[&str] = &["bind", "media_bind", "user_agent", "certificate_file", "key_file"];

/// The bridge's own certificate, which needs its key.
fn certificate(section: &Section<'_, '_>) -> Option<(PathBuf, PathBuf)> {
    match (file(section, "certificate_file"), file(section, "key_file")) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        (certificate, _) => {
            let (given, lacking) = if certificate.is_some() {
                ("certificate_file", "key_file")
            } else {
                ("key_file", "certificate_file")
            };
            section.error(
                section.key_span(given),
                format!("`{given}` without `{lacking}`"),
                "give both, or neither",
            );
            None
        }
    }
}

/// Reads `bridge`.
pub(super) fn bridge(profile: &Section<'_, '_>, facts: &mut Facts) -> Bridge {
    let default = Bridge::default();
    let Some(section) = profile.section("bridge", BRIDGE) else {
        if profile.node("bridge").is_none() {
            profile.missing("bridge", "{ bind: \"192.0.2.20:5060\" }");
        }
        return default;
    };
    if section.node("bind").is_none() {
        section.missing("bind", "\"192.0.2.20:5060\"");
    }
    facts.bridge = bind(&section, "bind", SIP_PORT);
    let user_agent = section.placed("user_agent");
    if let Some(agent) = user_agent.as_ref().filter(|a| a.value.chars().any(char::is_control)) {
        section.error(
            agent.span,
            "user_agent must be one line of text",
            format!("write `user_agent: {}`", Bridge::USER_AGENT),
        );
    }
    Bridge {
        bind: facts.bridge.as_ref().map_or(default.bind, |address| address.value),
        media_bind: media_bind(&section),
        user_agent: user_agent.map_or(default.user_agent, |agent| agent.value),
        certificate: certificate(&section),
    }
}
