//! How the registrar of the reference PBX is set: its limits, and whom it refuses in which words.

use serde::Deserialize;

/// Limits of the registrar.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Registration {
    /// Contacts per account; the one registered longest ago makes room.
    pub max_contacts: usize,
    /// Below this many seconds a REGISTER gets 423.
    pub min_expires_s: u32,
    /// Granted when the REGISTER asks for nothing.
    pub default_expires_s: u32,
    /// Granted at most.
    pub max_expires_s: u32,
    /// The one domain that users register in, as the guide's SIP domain (4.1.1.2); any if not
    /// given.
    pub domain: Option<String>,
    /// Whether phones are called at their Contact as it is written, and not where their REGISTER
    /// came from: whoever stands behind a router must then register at its outer address.
    pub as_written: bool,
    /// What a REGISTER gets whose username, password or domain is wrong.
    pub refusal: Refusal,
}

/// A final status of SIP: PBXs differ in how they refuse credentials (guide 5.2).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// 400 to 699; 401 and 407 come with another challenge.
    pub status: u16,
    /// Reason phrase.
    pub reason: String,
}

impl Default for Refusal {
    fn default() -> Self {
        Self { status: 403, reason: "Forbidden".to_owned() }
    }
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            max_contacts: 5,
            min_expires_s: 60,
            default_expires_s: 3600,
            max_expires_s: 7200,
            domain: None,
            as_written: false,
            refusal: Refusal::default(),
        }
    }
}
