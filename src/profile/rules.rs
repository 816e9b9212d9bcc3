//! Rules that need more than one field: uniqueness, and the guide's own limits.

use std::net::SocketAddr;

use super::NumberFormat;
use super::section::{Placed, Section, printable};

/// What the readers of the sections noted for the rules.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Username and digest username of every device on the PBX.
    pub(super) devices: Vec<Placed<String>>,
    pub(super) names: Vec<Placed<String>>,
    pub(super) numbers: Vec<Placed<String>>,
    pub(super) extensions: Vec<Placed<String>>,
    pub(super) bridge: Option<Placed<SocketAddr>>,
    pub(super) second_node: Option<Placed<SocketAddr>>,
    pub(super) trunk: Option<Placed<SocketAddr>>,
    pub(super) number_format: NumberFormat,
    /// Host and port of the PBX.
    pub(super) server: Option<(String, u16)>,
}

/// Applies the rules.
pub(super) fn apply(profile: &Section<'_, '_>, facts: &Facts) {
    unique(profile, &facts.names, "name", "reports could not tell the two apart");
    unique(profile, &facts.numbers, "number", "the number must be unique for each user (guide 5)");
    unique(profile, &facts.extensions, "extension", "give every phone its own");
    for (index, device) in facts.devices.iter().enumerate() {
        let (username, _) = device.value.split_once('\u{0}').unwrap_or_default();
        let twice = facts.devices[..index].iter().any(|earlier| earlier.value == device.value);
        if twice && !username.is_empty() {
            profile.error(
                device.span,
                format!("duplicate username `{}`", printable(username)),
                "give every device its own SIP account, or its own `auth_username`",
            );
        }
    }
    for extension in &facts.extensions {
        dialable(profile, extension);
    }
    addresses(profile, facts);
}

fn unique(profile: &Section<'_, '_>, values: &[Placed<String>], what: &str, remedy: &str) {
    for (index, value) in values.iter().enumerate() {
        if values[..index].iter().any(|earlier| earlier.value == value.value) {
            let message = format!("duplicate {what} `{}`", printable(&value.value));
            profile.error(value.span, message, remedy);
        }
    }
}

/// The dialling limitations of Teams (guide 5.1.1).
fn dialable(profile: &Section<'_, '_>, extension: &Placed<String>) {
    let text = extension.value.as_str();
    if matches!(text, "*11" | "*12" | "*13") {
        profile.warn(
            extension.span,
            format!("Teams does not dial {text} (guide 5.1.1)"),
            "change the feature code on the PBX",
        );
    } else if text.starts_with('*') {
        profile.warn(
            extension.span,
            format!("`{}` is a star code; Teams may block it one day", printable(text)),
            "prefer an extension of digits (guide 5.1.1)",
        );
    } else if text.starts_with('0') {
        profile.warn(
            extension.span,
            format!("extension `{}` begins with 0", printable(text)),
            "Teams turns it into a full E.164 number: give it another first digit (guide 5.1.1)",
        );
    }
    let valid = !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"*#+-._".contains(&b));
    if !valid {
        profile.error(
            extension.span,
            format!("`{}` cannot be dialled", printable(text)),
            "write an extension of digits, as in \"1001\"",
        );
    }
}

fn addresses(profile: &Section<'_, '_>, facts: &Facts) {
    if let Some(second) = &facts.second_node {
        let taken = [&facts.bridge, &facts.trunk];
        let by = taken.iter().copied().flatten().find(|other| other.value == second.value);
        if by.is_some() && second.value.port() != 0 {
            profile.error(
                second.span,
                format!("two would listen at {}", second.value),
                "give the second node another address, or at least another port (guide 4.1.1.1)",
            );
        }
    }
    let (Some(bridge), Some(trunk)) = (&facts.bridge, &facts.trunk) else { return };
    if bridge.value == trunk.value && bridge.value.port() != 0 {
        profile.error(
            trunk.span,
            format!("bridge and trunk would both listen at {}", bridge.value),
            "give the trunk another address, or at least another port",
        );
    } else if bridge.value.ip() == trunk.value.ip() {
        profile.warn(
            trunk.span,
            format!("bridge and trunk share the address {}", bridge.value.ip()),
            "many PBXs tell trunk and phones apart by address only: give the trunk its own",
        );
    }
    if bridge.value.is_ipv4() != trunk.value.is_ipv4() {
        profile.warn(
            trunk.span,
            "bridge and trunk are of different address families",
            "use IPv4 or IPv6 for both, unless the PBX relays between them",
        );
    }
}
