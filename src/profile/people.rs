//! Reads who has a phone on the PBX: users and extensions.

use super::read::{MOST_USERS, bind, number};
use super::rules::Facts;
use super::section::{Placed, Section, printable};
use super::series::{counted, unnamed};
use super::{DeskPhone, Extension, Secret, User};

/// More digits than this are a number that somebody outside may have, not an extension.
const MOST_EXTENSION_DIGITS: usize = 6;

const USER: &[&str] = &[
    "name",
    "username",
    "auth_username",
    "password",
    "password_file",
    "number",
    "extension",
    "desk_phone",
    "count",
];
const DESK_PHONE: &[&str] = &["username", "auth_username", "password", "password_file", "bind"];
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
/// SIP username, auth username and password.
pub(super) struct Credentials {
    pub(super) username: String,
    pub(super) auth_username: Option<String>,
    pub(super) password: Secret,
}

pub(super) fn credentials(section: &Section<'_, '_>, facts: &mut Facts) -> Credentials {
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
        .flat_map(|(index, section)| user(section, index, facts))
        .collect();
    if read.len() > MOST_USERS {
        profile.error(
            profile.key_span("users"),
            format!("the profile has {} users", read.len()),
            format!("give at most {MOST_USERS}"),
        );
    }
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

/// A user, or as many as its `count` says.
fn user(section: &Section<'_, '_>, index: usize, facts: &mut Facts) -> Vec<User> {
    let count = section.count("count", 1..=MOST_USERS).unwrap_or(1);
    if count == 1 {
        return vec![one_user(section, index, count, facts)];
    }
    // What is unique is each of the series, not what it begins with.
    let mut first = Facts { number_format: facts.number_format.clone(), ..Facts::default() };
    let users = counted(section, one_user(section, index, count, &mut first), count);
    let mut each = |key: &str, list: fn(&mut Facts) -> &mut Vec<Placed<String>>, value: &str| {
        let span = section.key_span(key);
        list(facts).push(Placed { value: value.to_owned(), span });
    };
    for user in &users {
        each("name", |facts| &mut facts.names, &user.name);
        each("number", |facts| &mut facts.numbers, &user.number);
        if let Some(extension) = &user.extension {
            each("extension", |facts| &mut facts.extensions, extension);
        }
        let identity = format!("{}\u{0}{}", user.username, user.digest_username());
        each("username", |facts| &mut facts.devices, &identity);
    }
    users
}

fn one_user(section: &Section<'_, '_>, index: usize, count: usize, facts: &mut Facts) -> User {
    let name = section.placed("name");
    if let Some(name) = &name {
        facts.names.push(name.clone());
    }
    let Credentials { username, auth_username, password } = credentials(section, facts);
    let own_number = section.required("number", "\"+441632960101\"").and_then(|text| {
        facts.numbers.push(text.clone());
        user_number(section, &text, facts).map(|value| Placed { value, ..text })
    });
    let just_extension = own_number.clone().filter(|number| !number.value.starts_with('+'));
    let extension = section.placed("extension").or(just_extension).map(|text| {
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
        name: name.map_or_else(|| unnamed(index, count), |name| name.value),
        username,
        auth_username,
        password,
        number: own_number.map(|number| number.value).unwrap_or_default(),
        extension,
        desk_phone: section.section("desk_phone", DESK_PHONE).map(|phone| {
            // Many PBXs let both devices use the account of the extension.
            let own = facts.devices.last().map(|device| device.value.clone());
            let Credentials { username, auth_username, password } = credentials(&phone, facts);
            let device = facts.devices.pop();
            facts.devices.extend(device.filter(|device| Some(&device.value) != own.as_ref()));
            let bind = bind(&phone, "bind", 0).map(|address| address.value);
            DeskPhone { username, auth_username, password, bind }
        }),
    }
}

/// A user's number: a DiD number in E.164, "or just an extension" (guide 5).
fn user_number(section: &Section<'_, '_>, text: &Placed<String>, facts: &Facts) -> Option<String> {
    let value = text.value.as_str();
    let short = (2..=MOST_EXTENSION_DIGITS).contains(&value.len());
    let digits = value.bytes().all(|b| b.is_ascii_digit());
    if !short || !digits || facts.number_format.e164(value, "").is_some() {
        return number(section, text, facts);
    }
    section.warn(
        text.span,
        format!("`{value}` is just an extension, which the outside may not reach"),
        "give an active DiD number in E.164, as in \"+441632960101\" (guide 7): without one 3.1, \
         4.1.1, 6.4, 6.5, 7.1.1, 7.1.2 and 7.2.1 are judged only where the PBX's trunk takes calls \
         to extensions",
    );
    Some(value.to_owned())
}

/// "User A", "User B"… "User 27".
pub(super) fn letter_name(index: usize) -> String {
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
