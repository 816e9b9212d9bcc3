//! Who takes part in the calls besides the bridge: Teams users, other phones, the outside.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use super::{HostPort, NumberFormat, Protocol, Secret, Target};

/// A Teams user with an account on the PBX (guide 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// What reports call the user.
    pub name: String,
    /// SIP username, never with an `@`.
    pub username: String,
    /// SIP auth username, where it differs.
    pub auth_username: Option<String>,
    /// SIP password.
    pub password: Secret,
    /// The user's DiD number, E.164, or just an extension (guide 5).
    pub number: String,
    /// The user's extension.
    pub extension: Option<String>,
    /// A desk phone on the same extension (guide 2.6.2).
    pub desk_phone: Option<DeskPhone>,
}

impl User {
    /// The name that answers a challenge.
    pub fn digest_username(&self) -> &str {
        self.auth_username.as_deref().unwrap_or(&self.username)
    }
}

/// A second device of a user, with credentials of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskPhone {
    /// SIP username.
    pub username: String,
    /// SIP auth username, where it differs.
    pub auth_username: Option<String>,
    /// SIP password.
    pub password: Secret,
    /// Local SIP address; a free port beside the bridge's if not given.
    pub bind: Option<SocketAddr>,
}

/// Another PBX user, with a phone that this program plays (guide 6, step 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// What reports call the phone.
    pub name: String,
    /// SIP username.
    pub username: String,
    /// SIP auth username, where it differs.
    pub auth_username: Option<String>,
    /// SIP password.
    pub password: Secret,
    /// The extension to dial.
    pub extension: String,
    /// Its number, E.164, if it has one.
    pub number: Option<String>,
    /// Local address of the phone; the bridge's, with a free port, if not given.
    pub bind: Option<SocketAddr>,
}

impl Extension {
    /// The name that answers a challenge.
    pub fn digest_username(&self) -> &str {
        self.auth_username.as_deref().unwrap_or(&self.username)
    }
}

/// The outside: the PSTN side and its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct External {
    /// How it is connected.
    pub line: Line,
    /// Numbers that reach it, E.164, at least two.
    pub numbers: Vec<String>,
}

impl External {
    /// The account that owns the number, if accounts do.
    pub fn account_of(&self, number: &str) -> Option<&Account> {
        match &self.line {
            Line::Accounts(accounts) => accounts.iter().find(|account| account.number == number),
            Line::Trunk(_) => None,
        }
    }
}

/// How the outside is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// We are the far end of the PBX's SIP trunk.
    Trunk(Trunk),
    /// We hold accounts, registered anywhere, that own the numbers.
    Accounts(Vec<Account>),
}

/// The far end of the PBX's trunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trunk {
    /// Local SIP address that the PBX's trunk points to.
    pub bind: SocketAddr,
    /// Local address for RTP, if it is not that of SIP.
    pub media_bind: Option<IpAddr>,
    /// Transport protocol of the trunk; UDP if not given, whatever the phones use.
    pub protocol: Protocol,
    /// Where the PBX takes the trunk's calls, if not where it takes the phones'.
    pub pbx: Option<HostPort>,
    /// Set if the PBX's trunk registers to us.
    pub registrar: Option<Registrar>,
}

/// What the PBX's trunk must present when it registers to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registrar {
    /// Digest username.
    pub username: String,
    /// Digest password.
    pub password: Secret,
    /// Digest realm; `pbxcert` if not given.
    pub realm: Option<String>,
}

/// An account at some provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// SIP username.
    pub username: String,
    /// SIP auth username, where it differs.
    pub auth_username: Option<String>,
    /// SIP password.
    pub password: Secret,
    /// SIP domain of the provider, without a port.
    pub sip_domain: String,
    /// Where to send requests, if not to the domain.
    pub sip_proxy: Option<HostPort>,
    /// Transport protocol.
    pub protocol: Protocol,
    /// Certificates to trust instead of those of this machine, PEM, for TLS.
    pub ca_file: Option<PathBuf>,
    /// The number that the account owns, E.164.
    pub number: String,
    /// The number that the provider shows when the account calls, E.164, if it is another.
    pub presents: Option<String>,
    /// How the provider takes numbers that the account dials; E.164 if nothing is given.
    pub number_format: NumberFormat,
    /// Local SIP address; the bridge's, with a free port, if not given.
    pub bind: Option<SocketAddr>,
}

impl Account {
    /// Where requests go.
    pub fn target(&self) -> Target<'_> {
        Target::of(&self.sip_domain, self.sip_proxy.as_ref(), self.protocol)
    }

    /// The name that answers a challenge.
    pub fn digest_username(&self) -> &str {
        self.auth_username.as_deref().unwrap_or(&self.username)
    }
}

impl Default for External {
    fn default() -> Self {
        Self { line: Line::Trunk(Trunk::default()), numbers: Vec::new() }
    }
}

impl Default for Trunk {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            media_bind: None,
            protocol: Protocol::default(),
            pbx: None,
            registrar: None,
        }
    }
}
