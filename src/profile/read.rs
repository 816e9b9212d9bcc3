//! From the tree to the sections of a [`Profile`](super::Profile).

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use super::localisation::{location, number_format, prefix};
use super::rules::Facts;
use super::section::{Placed, Section, printable};
use super::tree::{Node, Span, Value};
use super::{
    Authentication, Expect, FailedTransfer, HoldAudio, HostPort, MediaEncryption, Pbx, Protocol,
    TransferCallerId, duration, is_e164,
};

/// Most users of a profile.
pub(super) const MOST_USERS: usize = 500;

const PROTOCOLS: &[(&str, Protocol)] =
    &[("udp", Protocol::Udp), ("tcp", Protocol::Tcp), ("tls", Protocol::Tls)];

const AUTHENTICATIONS: &[(&str, Authentication)] =
    &[("registration", Authentication::Registration), ("address", Authentication::Address)];

/// The keys of `pbx`.
const PBX: &[&str] = &[
    "embedded",
    "users",
    "location",
    "sip_domain",
    "sip_proxy",
    "authentication",
    "protocol",
    "media_encryption",
    "supports_refer",
    "suppress_contact_data",
    "outside_line_prefix",
    "number_format",
    "expires",
    "hosting",
    "media_ports",
    "ca_file",
];

/// Reads `pbx`.
pub(super) fn pbx(section: &Section<'_, '_>, facts: &mut Facts) -> Pbx {
    let default = Pbx::default();
    let embedded = section.yes_no("embedded") == Some(true);
    let protocol = section.choice("protocol", PROTOCOLS).unwrap_or_default();
    let encryption = section
        .choice("media_encryption", &[("no", MediaEncryption::No), ("sdes", MediaEncryption::Sdes)])
        .unwrap_or_default();
    if encryption == MediaEncryption::Sdes && protocol != Protocol::Tls {
        section.error(
            section.key_span("media_encryption"),
            "`sdes` needs TLS: media would be encrypted and its keys travel in the clear",
            "set `protocol: tls`, or `media_encryption: no` (guide 4.1.1.6)",
        );
    }
    let location = location(section);
    let users = section.count("users", 2..=MOST_USERS);
    if users.is_some() && !embedded {
        section.error(
            section.key_span("users"),
            "`users` in `pbx` is for the embedded PBX only",
            "list the accounts under `users:`; `count: 50` in one makes many of it",
        );
    }
    let common = Pbx {
        embedded,
        embedded_users: users.unwrap_or(default.embedded_users),
        number_format: number_format(section, &location),
        location,
        authentication: section.choice("authentication", AUTHENTICATIONS).unwrap_or_default(),
        protocol,
        media_encryption: encryption,
        supports_refer: section.yes_no("supports_refer").unwrap_or(true),
        suppress_contact_data: section.yes_no("suppress_contact_data").unwrap_or(false),
        outside_line_prefix: prefix(section, "outside_line_prefix").unwrap_or_default(),
        ..default
    };
    if embedded {
        no_address_of_its_own(section);
        return common;
    }
    if common.authentication == Authentication::Address {
        section.warn(
            section.key_span("authentication"),
            "`address` is for advanced configurations: nobody registers",
            "set `authentication: registration` unless you have been advised otherwise (guide \
             4.1.1.4): nobody registers at a second node then (4.1.1.1), so that a run of this \
             profile certifies nothing",
        );
    }
    let expires = section.parsed("expires", "3600").unwrap_or(common.expires);
    if expires == 0 {
        section.error(
            section.key_span("expires"),
            "`expires: 0` would unregister",
            "write `expires: 3600` (guide 2.6.6)",
        );
    }
    if (1..600).contains(&expires) {
        section.warn(
            section.key_span("expires"),
            format!("{expires} s is a short registration"),
            "ask for 3600 s, and never less than 600 s (guide 2.6.6)",
        );
    }
    let hosting = section.text("hosting");
    let on_azure = hosting.as_deref().is_some_and(|host| host.to_lowercase().contains("azure"));
    if on_azure && protocol == Protocol::Udp {
        section.warn(
            section.key_span("hosting"),
            "Azure does not pass fragmented UDP",
            "set `protocol: tcp` or `protocol: tls` (guide 2.1)",
        );
    }
    let read = Pbx {
        sip_domain: sip_domain(section),
        sip_proxy: sip_proxy(section),
        expires,
        hosting,
        media_ports: ports(section),
        ca_file: file(section, "ca_file"),
        ..common
    };
    if protocol == Protocol::Tls && read.target().host.parse::<IpAddr>().is_ok() {
        section.warn(
            section.key_span(if read.sip_proxy.is_some() { "sip_proxy" } else { "sip_domain" }),
            "a certificate seldom names an address",
            "give the full host name that the certificate names (guide 2.6.5)",
        );
    }
    facts.number_format = read.number_format.clone();
    let target = read.target();
    facts.server = Some((target.host.to_owned(), target.port_or_default()));
    read
}

/// Where the embedded PBX is reached, it says itself at the start of the run.
fn no_address_of_its_own(section: &Section<'_, '_>) {
    for key in ["sip_domain", "sip_proxy", "expires", "hosting", "media_ports", "ca_file"] {
        if section.node(key).is_some() {
            section.error(
                section.key_span(key),
                format!("`{key}` has no meaning for the embedded PBX"),
                "remove it: its address is made at the start of the run",
            );
        }
    }
}

/// The sections of `pbx`, opened.
pub(super) fn pbx_section<'r, 'e>(profile: &Section<'r, 'e>) -> Option<Section<'r, 'e>> {
    profile.section("pbx", PBX)
}

/// `sip_domain`, which must not carry a port (guide 4.1.1.2).
pub(super) fn sip_domain(section: &Section<'_, '_>) -> String {
    let Some(text) = section.required("sip_domain", "pbx.example.com") else {
        return String::new();
    };
    match host_port(&text.value) {
        Some(HostPort { port: Some(port), host }) => section.error(
            text.span,
            "sip_domain must not carry a port (guide 4.1.1.2)",
            format!("write `sip_domain: {host}`, and the port in `sip_proxy: {host}:{port}`"),
        ),
        Some(HostPort { host, .. }) => return host,
        None => section.error(
            text.span,
            format!("`{}` is neither a host name nor an address", printable(&text.value)),
            "write it without scheme, user or spaces, as in `sip_domain: pbx.example.com`",
        ),
    }
    String::new()
}

/// `sip_proxy`, with or without a port (guide 4.1.1.3).
pub(super) fn sip_proxy(section: &Section<'_, '_>) -> Option<HostPort> {
    placed_host(section, "sip_proxy")
}

/// A host with or without a port.
pub(super) fn placed_host(section: &Section<'_, '_>, key: &str) -> Option<HostPort> {
    let text = section.placed(key).filter(|text| !text.value.is_empty())?;
    let read = host_port(&text.value);
    if read.is_none() {
        section.error(
            text.span,
            format!("`{}` is no host with an optional port", printable(&text.value)),
            format!("write it as in `{key}: sip.example.com:5060`"),
        );
    }
    read
}

/// A PEM file.
pub(super) fn file(section: &Section<'_, '_>, key: &str) -> Option<PathBuf> {
    let file = section.placed(key)?;
    let path = section.reading.folder.join(&file.value);
    if !path.is_file() {
        section.error(
            file.span,
            format!("{} is no file", printable(&file.value)),
            "give a PEM file; a relative path starts at the profile's folder",
        );
    }
    Some(path)
}

/// `protocol`.
pub(super) fn protocol(section: &Section<'_, '_>) -> Option<Protocol> {
    section.choice("protocol", PROTOCOLS)
}

/// A host name, an IPv4 address or an IPv6 address (in brackets if a port follows).
fn host_port(text: &str) -> Option<HostPort> {
    let port = |text: &str| text.parse().ok().filter(|port: &u16| *port != 0);
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (host, tail) = rest.split_once(']')?;
        host.parse::<std::net::Ipv6Addr>().ok()?;
        match tail.strip_prefix(':') {
            Some(digits) => (host, Some(port(digits)?)),
            None if tail.is_empty() => (host, None),
            None => return None,
        }
    } else if text.parse::<std::net::Ipv6Addr>().is_ok() {
        (text, None)
    } else {
        match text.split_once(':') {
            Some((host, digits)) => (host, Some(port(digits)?)),
            None => (text, None),
        }
    };
    let digits_and_dots = host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let valid = if digits_and_dots || host.contains(':') {
        host.parse::<IpAddr>().is_ok()
    } else {
        host.len() <= 253
            && host.trim_end_matches('.').split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                    && !label.starts_with('-')
            })
    };
    valid.then(|| HostPort { host: host.to_owned(), port })
}

fn ports(section: &Section<'_, '_>) -> Option<RangeInclusive<u16>> {
    let text = section.placed("media_ports")?;
    let range = text.value.split_once('-').and_then(|(first, last)| {
        let (first, last) = (first.trim().parse::<u16>().ok()?, last.trim().parse::<u16>().ok()?);
        (first != 0 && first <= last).then_some(first..=last)
    });
    if range.is_none() {
        section.error(
            text.span,
            format!("`{}` is no range of ports", printable(&text.value)),
            "write the first and the last, as in `media_ports: 10000-20000`",
        );
    }
    range
}

/// A local socket address; the port is 5060 (or `port`) where none is written.
pub(super) fn bind(section: &Section<'_, '_>, key: &str, port: u16) -> Option<Placed<SocketAddr>> {
    let text = section.placed(key)?;
    let read = text.value.parse::<SocketAddr>().ok().or_else(|| {
        let bare = text.value.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, port))
    });
    let Some(address) = read else {
        section.error(
            text.span,
            format!("`{}` is no local address", printable(&text.value)),
            format!("write address and port of this machine, as in `{key}: \"192.0.2.10:5060\"`"),
        );
        return None;
    };
    if address.ip().is_unspecified() {
        section.error(
            text.span,
            format!("`{address}` cannot be told to the PBX"),
            "give the one address of this machine that the PBX can reach (see `ip address`)",
        );
        return None;
    }
    Some(Placed { value: address, span: text.span })
}

/// A local address for media.
pub(super) fn media_bind(section: &Section<'_, '_>) -> Option<IpAddr> {
    local_ip(section, "media_bind")
}

/// A local address without a port.
pub(super) fn local_ip(section: &Section<'_, '_>, key: &str) -> Option<IpAddr> {
    let text = section.placed(key)?;
    let read = text.value.parse::<IpAddr>().ok().filter(|ip| !ip.is_unspecified());
    if read.is_none() {
        section.error(
            text.span,
            format!("`{}` is no local address", printable(&text.value)),
            format!(
                "write an address of this machine without a port, as in `{key}: \"192.0.2.11\"`"
            ),
        );
    }
    read
}

/// An E.164 number.
pub(super) fn number(
    section: &Section<'_, '_>,
    text: &Placed<String>,
    facts: &Facts,
) -> Option<String> {
    if is_e164(&text.value) {
        return Some(text.value.clone());
    }
    let remedy = match facts.number_format.e164(&text.value, "") {
        Some(meant) => format!("write \"{meant}\""),
        None => "write `+`, country code and number without spaces, as in \"+441632960101\"".into(),
    };
    section.error(text.span, format!("`{}` is no E.164 number", printable(&text.value)), remedy);
    None
}

/// The scalar of a list's item.
pub(super) fn item(section: &Section<'_, '_>, node: &Node, key: &str) -> Option<Placed<String>> {
    if let Value::Scalar(text) = &node.value {
        return Some(Placed { value: text.clone(), span: node.span });
    }
    section.error(node.span, format!("each of `{key}` must be a single value"), "put it in quotes");
    None
}

/// Reads `expect`.
pub(super) fn expect(profile: &Section<'_, '_>) -> Expect {
    let default = Expect::default();
    let keys = [
        "transfer_caller_id",
        "hold_audio",
        "post_dial_delay",
        "expiry_settable",
        "failed_transfer",
        "attended_transfer",
        "simultaneous_calls",
    ];
    let Some(section) = profile.section("expect", &keys) else { return default };
    let caller_ids = [
        ("transferor", TransferCallerId::Transferor),
        ("original", TransferCallerId::Original),
        ("either", TransferCallerId::Either),
    ];
    let failures = [
        ("returns", FailedTransfer::Returns),
        ("ends", FailedTransfer::Ends),
        ("either", FailedTransfer::Either),
    ];
    let audios = [("music", HoldAudio::Music), ("tone", HoldAudio::Tone), ("any", HoldAudio::Any)];
    let delay = section.placed("post_dial_delay").and_then(|text| {
        let complain = |span: Span, remedy: String| {
            let message = format!("`{}` is no duration", printable(&text.value));
            section.error(span, message, remedy);
        };
        match duration::read(&text.value) {
            Ok(delay) if delay.is_zero() => {
                complain(text.span, "give the PBX some time, as in 20s".to_owned());
                None
            }
            Ok(delay) => Some(delay),
            Err(remedy) => {
                complain(text.span, remedy);
                None
            }
        }
    });
    Expect {
        transfer_caller_id: section.choice("transfer_caller_id", &caller_ids).unwrap_or_default(),
        hold_audio: section.choice("hold_audio", &audios).unwrap_or_default(),
        post_dial_delay: delay.unwrap_or(default.post_dial_delay),
        expiry_settable: section.yes_no("expiry_settable").unwrap_or(default.expiry_settable),
        failed_transfer: section.choice("failed_transfer", &failures).unwrap_or_default(),
        attended_transfer: section.yes_no("attended_transfer").unwrap_or(default.attended_transfer),
        simultaneous_calls: section.count("simultaneous_calls", 1..=MOST_USERS),
    }
}
