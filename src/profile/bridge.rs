//! The bridge: its addresses, its name, its codecs and its certificate.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use super::load::without;
use super::outside::SIP_PORT;
use super::read::{bind, file, item, media_bind};
use super::rules::Facts;
use super::section::{Section, printable};
use super::suggest::listed;
use super::tree::Value;

/// An audio codec that the bridge can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// G.722 at 64 kbit/s.
    G722,
    /// Opus (RFC 7587), in builds that have it.
    Opus,
}

impl Codec {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::Pcmu, Self::Pcma, Self::G722, Self::Opus];

    /// The encoding name of SDP.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
            Self::Opus => "opus",
        }
    }
}

/// The bridge: one socket for all Teams users (guide 7.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bridge {
    /// Local SIP address.
    pub bind: SocketAddr,
    /// Local SIP address of the second node, which takes over when the first is lost (guide
    /// 4.1.1.1).
    pub second_node: Option<SocketAddr>,
    /// Local address for RTP, if it is not that of SIP.
    pub media_bind: Option<IpAddr>,
    /// Codecs of the Teams users' calls, most wanted first.
    pub codecs: Vec<Codec>,
    /// Most transactions that are open at a time where many users do the same.
    pub transactions: usize,
    /// User-Agent header (guide 2.6.7).
    pub user_agent: String,
    /// Certificate to present over TLS and its key, PEM files; without them no connection
    /// is taken.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

impl Bridge {
    /// User-Agent of the bridge service.
    pub const USER_AGENT: &'static str = "Call2Teams.com";

    /// Open transactions, if the profile does not say: few enough for PBXs that count requests
    /// by address and second.
    pub const TRANSACTIONS: usize = 10;

    /// The codecs that every PBX has; which of the laws comes first is all the same to Teams.
    pub const CODECS: [Codec; 2] = [Codec::Pcmu, Codec::Pcma];

    /// Local address for RTP.
    pub fn media_ip(&self) -> IpAddr {
        self.media_bind.unwrap_or(self.bind.ip())
    }
}

impl Default for Bridge {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            second_node: None,
            media_bind: None,
            codecs: Self::CODECS.to_vec(),
            transactions: Self::TRANSACTIONS,
            user_agent: Self::USER_AGENT.to_owned(),
            certificate: None,
        }
    }
}

const BRIDGE: &[&str] = &[
    "bind",
    "second_node",
    "media_bind",
    "codecs",
    "transactions",
    "user_agent",
    "certificate_file",
    "key_file",
];

/// The keys that `bridge` has where the PBX is the embedded one.
const OF_EMBEDDED: &[&str] = &["codecs", "transactions"];

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

/// The bridge's codecs; those that every PBX has if none are given.
fn codecs(section: &Section<'_, '_>) -> Vec<Codec> {
    let items = section.items("codecs");
    let mut codecs = Vec::new();
    for text in items.iter().filter_map(|node| item(section, node, "codecs")) {
        let named = |codec: &Codec| codec.name().eq_ignore_ascii_case(&text.value);
        match Codec::ALL.into_iter().find(named) {
            Some(codec) if codecs.contains(&codec) => section.error(
                text.span,
                format!("{} is listed twice in `codecs`", codec.name()),
                "keep the first",
            ),
            Some(Codec::Opus) if !cfg!(feature = "opus") => section.error(
                text.span,
                "this build of pbxcert has no Opus",
                "build it with `cargo build --release --features opus`, or leave Opus out",
            ),
            Some(codec) => codecs.push(codec),
            None => section.error(
                text.span,
                format!("`{}` is no codec that the bridge can have", printable(&text.value)),
                format!("write {}", listed(&Codec::ALL.map(Codec::name))),
            ),
        }
    }
    if items.is_empty() {
        if section.node("codecs").is_some_and(|node| matches!(node.value, Value::List(_))) {
            section.error(
                section.key_span("codecs"),
                "`codecs` is empty",
                "list those that the bridge offers, most wanted first: [PCMU, PCMA]",
            );
        }
        return Bridge::CODECS.to_vec();
    }
    codecs
}

fn transactions(section: &Section<'_, '_>) -> usize {
    section.count("transactions", 1..=100).unwrap_or(Bridge::TRANSACTIONS)
}

/// Reads `bridge` where the PBX is the embedded one, which gives it its addresses.
pub(super) fn embedded_bridge(profile: &Section<'_, '_>) -> Bridge {
    let Some(section) = profile.section("bridge", BRIDGE) else { return Bridge::default() };
    let others: Vec<&str> =
        BRIDGE.iter().copied().filter(|key| !OF_EMBEDDED.contains(key)).collect();
    without(&section, &others);
    Bridge { codecs: codecs(&section), transactions: transactions(&section), ..Bridge::default() }
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
    facts.second_node = section.section("second_node", &["bind"]).and_then(|node| {
        if node.node("bind").is_none() {
            node.missing("bind", "\"192.0.2.22:5060\"");
        }
        bind(&node, "bind", SIP_PORT)
    });
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
        second_node: facts.second_node.as_ref().map(|address| address.value),
        media_bind: media_bind(&section),
        codecs: codecs(&section),
        transactions: transactions(&section),
        user_agent: user_agent.map_or(default.user_agent, |agent| agent.value),
        certificate: certificate(&section),
    }
}
