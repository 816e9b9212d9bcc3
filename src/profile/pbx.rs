//! The PBX side of a profile: the fields of the guide's form (4.1.1).

use std::fmt;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use super::national::Country;
use super::numbers::Writing;
use super::{Likeness, NumberFormat, Profile, Trunk};

/// How the PBX is reached and what it supports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pbx {
    /// Whether the reference PBX of this program is meant; nothing else is set then.
    pub embedded: bool,
    /// How many users the embedded PBX has for the profile.
    pub embedded_users: usize,
    /// Where the PBX stands (guide 4.1.1.1).
    pub location: Location,
    /// SIP domain without a port (guide 4.1.1.2); the host part of every address of record.
    pub sip_domain: String,
    /// Where to send requests if not to the SIP domain (guide 4.1.1.3).
    pub sip_proxy: Option<HostPort>,
    /// Authentication type (guide 4.1.1.4).
    pub authentication: Authentication,
    /// Transport protocol of SIP (guide 4.1.1.5).
    pub protocol: Protocol,
    /// Media encryption (guide 4.1.1.6).
    pub media_encryption: MediaEncryption,
    /// Whether calls are transferred with REFER (guide 4.1.1.7).
    pub supports_refer: bool,
    /// Whether Contacts go without parameters (guide 4.1.1.8).
    pub suppress_contact_data: bool,
    /// What is dialled before an outside number, often empty (guide 4.1.1.9).
    pub outside_line_prefix: String,
    /// How the PBX writes numbers (guide 4.1.1.10).
    pub number_format: NumberFormat,
    /// Registration expiry to ask for, s (guide 2.6.6).
    pub expires: u32,
    /// Hosting provider, as `azure` (guide 2.1: no fragmented UDP there).
    pub hosting: Option<String>,
    /// Ports that the PBX uses for media, if known (guide 2.5).
    pub media_ports: Option<RangeInclusive<u16>>,
    /// Certificates to trust instead of those of this machine, PEM, for TLS.
    pub ca_file: Option<PathBuf>,
    /// The authority that the embedded PBX made for itself, PEM.
    pub ca_pem: Option<String>,
}

impl Default for Pbx {
    fn default() -> Self {
        Self {
            embedded: false,
            embedded_users: Profile::EMBEDDED_USERS,
            location: Location::default(),
            sip_domain: String::new(),
            sip_proxy: None,
            authentication: Authentication::default(),
            protocol: Protocol::default(),
            media_encryption: MediaEncryption::default(),
            supports_refer: true,
            suppress_contact_data: false,
            outside_line_prefix: String::new(),
            number_format: NumberFormat::default(),
            expires: 3600,
            hosting: None,
            media_ports: None,
            ca_file: None,
            ca_pem: None,
        }
    }
}

impl Pbx {
    /// Where requests go: the proxy if there is one, else the domain. DNS says where that is
    /// if it has a name without a port (RFC 3263 §4.2).
    pub fn target(&self) -> Target<'_> {
        Target::of(&self.sip_domain, self.sip_proxy.as_ref(), self.protocol)
    }

    /// Where the trunk's calls go: what the trunk says, else to the same host, at the same port
    /// where both speak UDP or TCP.
    pub fn trunk_target<'a>(&'a self, trunk: &'a Trunk) -> Target<'a> {
        let own = self.target();
        let alike = (trunk.protocol == Protocol::Tls) == (self.protocol == Protocol::Tls);
        match &trunk.pbx {
            Some(pbx) => Target::of(&pbx.host, Some(pbx), trunk.protocol),
            None => Target { protocol: trunk.protocol, port: own.port.filter(|_| alike), ..own },
        }
    }

    /// A number as the bridge dials it: E.164 in the PBX's format, with the outside
    /// line prefix before it; an extension as it stands.
    pub fn dialled(&self, number: &str) -> String {
        self.number_format.dialled(number, &self.outside_line_prefix)
    }

    /// Whether two ways to write a number mean the same one, as far as this PBX can tell.
    pub fn same_number(&self, one: &str, other: &str) -> bool {
        self.likeness(one, other).is_some()
    }

    /// The same, and how.
    pub fn likeness(&self, one: &str, other: &str) -> Option<Likeness> {
        self.writing(&self.outside_line_prefix).likeness(one, other)
    }

    /// How numbers are written here behind that prefix.
    pub(super) fn writing<'a>(&'a self, outside_prefix: &'a str) -> Writing<'a> {
        Writing { format: &self.number_format, home: self.home(), outside_prefix }
    }

    /// Where it stands: the country, if its code is that of the number format, or the format
    /// says none.
    fn home(&self) -> Option<Country> {
        let named = self.location.country.as_deref().and_then(Country::named);
        match self.number_format.country_code.as_deref() {
            Some(code) if self.code_of_location() != Some(code) => Country::of(code),
            _ => named,
        }
    }
}

/// A SIP server as the profile names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    /// Name or literal address; IPv6 without brackets.
    pub host: &'a str,
    /// The port, if one was given.
    pub port: Option<u16>,
    /// How it is spoken to.
    pub protocol: Protocol,
}

impl<'a> Target<'a> {
    /// The proxy if there is one, else the domain.
    pub(super) fn of(domain: &'a str, proxy: Option<&'a HostPort>, protocol: Protocol) -> Self {
        match proxy {
            Some(proxy) => Self { host: &proxy.host, port: proxy.port, protocol },
            None => Self { host: domain, port: None, protocol },
        }
    }

    /// The port, or the protocol's own where none is given (RFC 3261 §19.1.2).
    pub fn port_or_default(&self) -> u16 {
        self.port.unwrap_or(self.protocol.default_port())
    }

    /// Whether SRV records tell the server: it has a name, and no port (RFC 3263 §4.2).
    pub fn is_looked_up(&self) -> bool {
        self.port.is_none() && self.host.parse::<IpAddr>().is_err()
    }
}

/// Where the PBX stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// Country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// State or province.
    pub state: Option<String>,
}

/// A host and, perhaps, a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort {
    /// Name or literal address; IPv6 without brackets.
    pub host: String,
    /// The port, if one was given.
    pub port: Option<u16>,
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracketed = self.host.contains(':');
        match (bracketed, self.port) {
            (true, Some(port)) => write!(f, "[{}]:{port}", self.host),
            (true, None) => write!(f, "[{}]", self.host),
            (false, Some(port)) => write!(f, "{}:{port}", self.host),
            (false, None) => f.write_str(&self.host),
        }
    }
}

/// Authentication type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Authentication {
    /// Every user registers, as a desk phone does.
    #[default]
    Registration,
    /// The PBX knows the bridge by its address; nobody registers.
    Address,
}

/// Transport protocol of SIP.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Protocol {
    /// UDP.
    #[default]
    Udp,
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
}

impl Protocol {
    /// The word of the profile.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        }
    }

    /// 5061 for TLS, 5060 otherwise (RFC 3261 §19.1.2).
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 5060,
            Self::Tls => 5061,
        }
    }
}

/// Media encryption.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MediaEncryption {
    /// RTP in the clear.
    #[default]
    No,
    /// SRTP with keys in the SDP (RFC 4568).
    Sdes,
}
