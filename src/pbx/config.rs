//! What the reference PBX reads at start: its own small YAML, not a profile.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use super::registration::{Refusal, Registration};
use crate::media::Codec;

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not YAML, or has unknown or misspelt keys.
    #[error("the configuration of the reference PBX is wrong: {0}")]
    Syntax(String),
    /// Two accounts share a user name, an extension or a number.
    #[error("{what} {value} is given twice: each must belong to one account only")]
    Duplicate {
        /// What is repeated.
        what: &'static str,
        /// The repeated value.
        value: String,
    },
    /// A status that does not refuse.
    #[error("registration.refusal has status {0}: write one from 400 to 699")]
    NoRefusal(u16),
    /// A number is not in E.164 form.
    #[error("number {0} is not in E.164 form: write + and the country code")]
    NotE164(String),
    /// A codec that the relay cannot transcode.
    #[error("codec {0} is none that the reference PBX has: write {all}", all = names())]
    UnknownCodec(String),
}

/// A reference PBX.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Realm of its digest challenges.
    #[serde(default = "defaults::realm")]
    pub realm: String,
    /// Algorithms of its challenges, one challenge for each, in this order. MD5 alone by
    /// default: libre 1.0 (baresip) fails at a challenge that it does not know instead
    /// of passing over it (RFC 7616 §3.7).
    #[serde(default = "defaults::digest")]
    pub digest: Vec<DigestAlgorithm>,
    /// Whether it challenges calls as a proxy would, with 407; if not, as the user agent that it
    /// is, with 401 (RFC 3261 §22.2, §22.3). There are PBXs of both kinds, and callers that know
    /// 401 only.
    #[serde(default)]
    pub proxy_challenge: bool,
    /// The trunk's own number, E.164: what callers without a number of their own show.
    pub main_number: String,
    /// How numbers are written around here.
    pub numbers: Numbering,
    /// Users with a number of their own.
    pub users: Vec<UserConfig>,
    /// Desk phones: an extension, no number.
    #[serde(default)]
    pub phones: Vec<PhoneConfig>,
    /// The way to the outside.
    #[serde(default)]
    pub trunk: TrunkConfig,
    /// Registrar limits.
    #[serde(default)]
    pub registration: Registration,
    /// What a transfer shows and how long it waits.
    #[serde(default)]
    pub transfer: TransferPolicy,
    /// Whether it knows REFER; 501 if not (guide 4.1.1.7).
    #[serde(default = "defaults::refer")]
    pub refer: bool,
    /// Seconds that a phone may ring before the caller gets 480.
    #[serde(default = "defaults::ring_timeout_s")]
    pub ring_timeout_s: u64,
    /// Encoding names offered, most wanted first.
    #[serde(default = "defaults::codecs")]
    pub codecs: Vec<String>,
    /// Whether media between users and the PBX is encrypted. The trunk's stays plain unless
    /// the trunk offers otherwise.
    #[serde(default)]
    pub srtp: Srtp,
    /// Takes TLS connections too, if given.
    #[serde(default)]
    pub tls: Option<TlsConfig>,
    /// Address under which the outside reaches it, where a router redirects to it: what its
    /// Contact, Via and session descriptions say in place of its own (guide 2.6.5). Its ports
    /// are redirected as they are.
    #[serde(default)]
    pub external_address: Option<IpAddr>,
    /// UDP port of a STUN server beside it, a free one if 0; none if not given.
    #[serde(default)]
    pub stun_port: Option<u16>,
    /// First and last UDP port for media; the system picks them if not given.
    #[serde(default)]
    pub media_ports: Option<(u16, u16)>,
}

/// SRTP with keys in the SDP (RFC 4568).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Srtp {
    /// Offers of SRTP are refused with 488.
    #[default]
    Off,
    /// Answers in kind; offers SRTP to phones that are reached over TLS.
    Allowed,
    /// Offers SRTP, and refuses plain RTP with 488.
    Required,
}

/// TLS beside UDP and TCP.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsConfig {
    /// Its port; a free one if 0.
    pub port: u16,
    /// Certificate with intermediates, PEM; one of its own making if not given.
    pub certificate_file: Option<PathBuf>,
    /// The certificate's key, PEM.
    pub key_file: Option<PathBuf>,
}

/// A digest algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum DigestAlgorithm {
    /// RFC 2617's.
    #[serde(rename = "MD5")]
    Md5,
    /// RFC 8760's.
    #[serde(rename = "SHA-256")]
    Sha256,
}

/// Prefixes of the numbering plan.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbering {
    /// Country code without +.
    pub country_code: String,
    /// Prefix of a national number.
    pub national_prefix: String,
    /// Prefix of an international number.
    pub international_prefix: String,
    /// How its users and phones have to write outside numbers, and are shown them.
    #[serde(default)]
    pub form: NumberForm,
    /// What its users and phones dial before an outside number (guide 4.1.1.9).
    #[serde(default)]
    pub outside_prefix: String,
}

/// How outside numbers are written within the PBX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberForm {
    /// In every form, and shown in E.164.
    #[default]
    Any,
    /// With the national or the international prefix only (guide 4.1.1.10).
    Local,
    /// In E.164 with its + only.
    E164,
}

/// A user with a direct number.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserConfig {
    /// Display name.
    pub name: String,
    /// SIP user name, also for digest.
    pub username: String,
    /// Internal number.
    pub extension: String,
    /// Direct number, E.164.
    pub number: String,
    /// Digest password; generated if not given.
    #[serde(default)]
    pub password: Option<String>,
}

/// A desk phone.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneConfig {
    /// Display name.
    pub name: String,
    /// SIP user name, also for digest.
    pub username: String,
    /// Internal number.
    pub extension: String,
    /// Digest password; generated if not given.
    #[serde(default)]
    pub password: Option<String>,
}

/// The trunk: peers trusted by their address and port, and an account that any phone can
/// register to stand for the outside world.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrunkConfig {
    /// Addresses that calls for the outside go to, the first first, and are accepted from.
    #[serde(default)]
    pub peers: Vec<SocketAddr>,
    /// An account for the outside.
    #[serde(default)]
    pub account: Option<TrunkAccount>,
    /// Whether calls from outside reach direct numbers only, and no extension.
    #[serde(default)]
    pub direct_only: bool,
}

/// An account whose registered contact is the outside world when there are no peers.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrunkAccount {
    /// SIP user name, also for digest.
    pub username: String,
    /// Digest password; generated if not given.
    #[serde(default)]
    pub password: Option<String>,
}

/// Who the target of a transfer sees (guide 7.1.1 step 6 allows both).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransferCallerId {
    /// The one who transferred.
    #[default]
    Transferor,
    /// The one who is transferred.
    Original,
}

/// Blind transfer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TransferPolicy {
    /// Whom the target sees.
    pub caller_id: TransferCallerId,
    /// Milliseconds after NOTIFY 200 until we hang up a transferor who does not.
    pub grace_ms: u64,
}

impl Default for TransferPolicy {
    fn default() -> Self {
        Self { caller_id: TransferCallerId::default(), grace_ms: 2000 }
    }
}

mod defaults {
    pub(super) fn realm() -> String {
        "pbxcert".to_owned()
    }
    pub(super) fn digest() -> Vec<super::DigestAlgorithm> {
        vec![super::DigestAlgorithm::Md5]
    }
    pub(super) const fn refer() -> bool {
        true
    }
    pub(super) const fn ring_timeout_s() -> u64 {
        120
    }
    pub(super) fn codecs() -> Vec<String> {
        vec!["PCMA".to_owned(), "PCMU".to_owned()]
    }
}

// Passwords stay out of every log, so these have no derived Debug.
impl std::fmt::Debug for UserConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}, {})", self.name, self.username, self.number)
    }
}

impl std::fmt::Debug for PhoneConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.name, self.username)
    }
}

impl std::fmt::Debug for TrunkAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "account {}", self.username)
    }
}

/// The codecs of this build, for people.
fn names() -> String {
    Codec::ALL.iter().map(|codec| codec.name()).collect::<Vec<_>>().join(", ")
}

impl Config {
    /// The configuration that is built in: 16 users, 4 desk phones, a trunk account.
    pub fn builtin() -> Result<Self, ConfigError> {
        Self::parse(include_str!("default.yaml"))
    }

    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&text)
    }

    /// Reads YAML and checks that no two accounts collide.
    pub fn parse(yaml: &str) -> Result<Self, ConfigError> {
        let config: Self = serde_yaml::from_str(yaml).map_err(|error| {
            // The reader's snippet could show a password of a neighbouring line.
            ConfigError::Syntax(error.without_snippet().to_string())
        })?;
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        let usernames = self
            .users
            .iter()
            .map(|user| &user.username)
            .chain(self.phones.iter().map(|phone| &phone.username))
            .chain(self.trunk.account.iter().map(|account| &account.username));
        let extensions = self
            .users
            .iter()
            .map(|user| &user.extension)
            .chain(self.phones.iter().map(|phone| &phone.extension));
        let numbers = self.users.iter().map(|user| &user.number);
        unique("user name", usernames)?;
        unique("extension", extensions)?;
        unique("number", numbers.clone())?;
        unique("codec", self.codecs.iter())?;
        let unknown = self.codecs.iter().find(|name| Codec::from_name(name).is_none());
        if let Some(name) = unknown {
            return Err(ConfigError::UnknownCodec(name.clone()));
        }
        for number in numbers.chain(std::iter::once(&self.main_number)) {
            let digits = number.strip_prefix('+').unwrap_or_default();
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(ConfigError::NotE164(number.clone()));
            }
        }
        let status = self.registration.refusal.status;
        if !(400..700).contains(&status) {
            return Err(ConfigError::NoRefusal(status));
        }
        Ok(())
    }
}

fn unique<'a>(
    what: &'static str,
    values: impl Iterator<Item = &'a String>,
) -> Result<(), ConfigError> {
    let mut seen = HashSet::new();
    for value in values {
        if !seen.insert(value) {
            return Err(ConfigError::Duplicate { what, value: value.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
