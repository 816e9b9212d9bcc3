//! The crypto suites of RFC 4568 §6.2 and RFC 6188 §3 that are spoken.

/// A crypto suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Suite {
    /// AES-128, tags of 80 bits: the one that everybody has.
    Aes128Tag80,
    /// AES-128, tags of 32 bits on RTP, of 80 on RTCP.
    Aes128Tag32,
    /// AES-256, tags of 80 bits.
    Aes256Tag80,
    /// AES-256, tags of 32 bits on RTP, of 80 on RTCP.
    Aes256Tag32,
}

impl Suite {
    /// All of them, the ones to be offered first first.
    pub const ALL: [Self; 4] =
        [Self::Aes128Tag80, Self::Aes128Tag32, Self::Aes256Tag80, Self::Aes256Tag32];

    /// Its name in `a=crypto`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aes128Tag80 => "AES_CM_128_HMAC_SHA1_80",
            Self::Aes128Tag32 => "AES_CM_128_HMAC_SHA1_32",
            Self::Aes256Tag80 => "AES_256_CM_HMAC_SHA1_80",
            Self::Aes256Tag32 => "AES_256_CM_HMAC_SHA1_32",
        }
    }

    /// The suite of a name in `a=crypto`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name().eq_ignore_ascii_case(name))
    }

    /// Bytes behind `inline:`: master key and master salt.
    pub const fn material(self) -> usize {
        self.key() + SALT
    }

    /// Bytes of master key and session keys.
    pub(super) const fn key(self) -> usize {
        match self {
            Self::Aes128Tag80 | Self::Aes128Tag32 => 16,
            Self::Aes256Tag80 | Self::Aes256Tag32 => 32,
        }
    }

    /// Bytes of the tag behind an RTP packet.
    pub(super) const fn tag(self) -> usize {
        match self {
            Self::Aes128Tag80 | Self::Aes256Tag80 => 10,
            Self::Aes128Tag32 | Self::Aes256Tag32 => 4,
        }
    }
}

/// Bytes of every salt.
pub(super) const SALT: usize = 14;

/// Bytes of the tag behind an RTCP packet, whatever the suite.
pub(super) const REPORT_TAG: usize = 10;
