//! What an exchange of `a=crypto` lines has settled.

use std::fmt;

use super::Suite;

/// A master key with its salt. Nothing shows it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct MasterKey(Vec<u8>);

impl MasterKey {
    /// Of the bytes behind `inline:`, [`Suite::material`] of them.
    fn new(suite: Suite, material: &[u8]) -> Option<Self> {
        (material.len() == suite.material()).then(|| Self(material.to_vec()))
    }

    pub(super) fn split(&self, suite: Suite) -> (&[u8], &[u8]) {
        self.0.split_at(suite.key().min(self.0.len()))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How a stream is protected, in both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Security {
    pub(super) suite: Suite,
    pub(super) send: MasterKey,
    pub(super) receive: MasterKey,
    pub(super) mki: usize,
}

impl Security {
    /// Of a suite's name, the bytes behind both `inline:` (our own first), and the bytes of
    /// key index (MKI) that the peer puts into its packets, 0 if none. `None` if we do not
    /// have the suite or a key is not of its length.
    pub fn new(suite: &str, send: &[u8], receive: &[u8], mki: usize) -> Option<Self> {
        let suite = Suite::from_name(suite)?;
        Some(Self {
            suite,
            send: MasterKey::new(suite, send)?,
            receive: MasterKey::new(suite, receive)?,
            mki,
        })
    }

    /// The suite, the same both ways.
    pub fn suite(&self) -> Suite {
        self.suite
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_suites_length_and_are_not_shown() {
        let (ours, theirs) = ([65; 30], [66; 30]);
        let security = Security::new("aes_cm_128_hmac_sha1_32", &ours, &theirs, 0).unwrap();
        assert_eq!(security.suite, Suite::Aes128Tag32);
        let shown = format!("{security:?}");
        assert!(shown.contains("***") && !shown.contains("65") && !shown.contains("66"), "{shown}");
        assert!(Security::new("AES_256_CM_HMAC_SHA1_80", &ours, &theirs, 0).is_none());
        assert!(Security::new("F8_128_HMAC_SHA1_80", &ours, &theirs, 0).is_none());
    }
}
