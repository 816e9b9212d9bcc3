//! Keys of SRTP in a session description: `a=crypto` (RFC 4568).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use std::fmt;

use super::description::{Attribute, Media};

/// Key lines that are looked at in one description.
const MOST_LINES: usize = 16;

/// Longest index of keys (RFC 4568 §6.1).
const LONGEST_MKI: usize = 128;

/// A crypto suite that a leg can speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteSpec {
    /// Its name as in RFC 4568 §6.2 or RFC 6188 §3.
    pub name: String,
    /// Bytes of master key and salt.
    pub material: usize,
}

/// What a leg thinks of encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encryption {
    /// Plain RTP only.
    #[default]
    Off,
    /// Offers plain RTP, takes either.
    Allowed,
    /// Offers encrypted media, takes either.
    Preferred,
    /// Encrypted media or none.
    Required,
}

impl Encryption {
    /// Whether its offers are of `RTP/SAVP`.
    pub(super) const fn offered(self) -> bool {
        matches!(self, Self::Preferred | Self::Required)
    }
}

/// Master key and salt. Nothing shows it but the description that it is written into.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyMaterial(Vec<u8>);

impl KeyMaterial {
    pub(super) fn random(length: usize) -> Self {
        Self((0..length).map(|_| rand::random()).collect())
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for KeyMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How a stream is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// Name of the suite.
    pub suite: String,
    /// What we encrypt with.
    pub send: KeyMaterial,
    /// What the peer encrypts with.
    pub receive: KeyMaterial,
    /// Bytes of key index (MKI) in the peer's packets, 0 if it gave none.
    pub mki: usize,
}

/// Our own keys, one for each suite that we speak, the same in every description: a new
/// offer for a hold is no reason for new keys.
#[derive(Debug, Clone)]
pub(super) struct OwnKeys(Vec<(SuiteSpec, KeyMaterial)>);

/// A key line of a peer that we can make use of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CryptoLine {
    pub(super) tag: String,
    /// As it is written.
    name: String,
    key: KeyMaterial,
    mki: usize,
    several: bool,
}

impl OwnKeys {
    pub(super) fn new(suites: &[SuiteSpec]) -> Self {
        let key = |suite: &SuiteSpec| (suite.clone(), KeyMaterial::random(suite.material));
        Self(suites.iter().map(key).collect())
    }

    pub(super) fn renew(&mut self) {
        for (suite, key) in &mut self.0 {
            *key = KeyMaterial::random(suite.material);
        }
    }

    /// The lines of an offer, tagged from 1 on.
    pub(super) fn offered(&self) -> Vec<Attribute> {
        let lines = self.0.iter().zip(1_u32..);
        lines.map(|((suite, key), tag)| line(&tag.to_string(), &suite.name, key)).collect()
    }

    /// The line of an answer that takes `chosen`.
    pub(super) fn answered(&self, chosen: &CryptoLine) -> Option<Attribute> {
        let (_, key) = self.of(&chosen.name)?;
        Some(line(&chosen.tag, &chosen.name, key))
    }

    /// What follows from the peer's line.
    pub(super) fn protection(&self, theirs: &CryptoLine) -> Option<Protection> {
        let (suite, key) = self.of(&theirs.name)?;
        Some(Protection {
            suite: suite.name.clone(),
            send: key.clone(),
            receive: theirs.key.clone(),
            mki: theirs.mki,
        })
    }

    /// The first of the peer's lines that we can make use of.
    pub(super) fn choose(&self, media: &Media) -> Option<CryptoLine> {
        values(media).find_map(|value| self.read(value))
    }

    /// Whether [`OwnKeys::offered`] has the line's suite under the line's tag.
    pub(super) fn has_offered(&self, taken: &CryptoLine) -> bool {
        let at = self.0.iter().position(|(suite, _)| is(&suite.name, &taken.name));
        at.is_some_and(|at| taken.tag.parse() == Ok(at + 1))
    }

    /// What is odd about the line of an answer.
    pub(super) fn remarks(&self, media: &Media, taken: &CryptoLine) -> Vec<String> {
        let mut remarks = Vec::new();
        let count = values(media).count();
        if count > 1 {
            remarks.push(format!("{count} a=crypto lines answered, one is allowed"));
        }
        if self.0.iter().any(|(_, key)| *key == taken.key) {
            remarks.push("our own key came back in a=crypto of the answer".to_owned());
        }
        if taken.several {
            remarks.push("several keys in one a=crypto line, the first is used".to_owned());
        }
        remarks
    }

    fn of(&self, name: &str) -> Option<&(SuiteSpec, KeyMaterial)> {
        self.0.iter().find(|(suite, _)| is(&suite.name, name))
    }

    /// `1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4 WSH=64`: the lifetime of the key is
    /// longer than any call of ours.
    fn read(&self, value: &str) -> Option<CryptoLine> {
        let mut words = value.split_whitespace();
        let (tag, name, keys) = (words.next()?, words.next()?, words.next()?);
        let (suite, _) = self.of(name)?;
        if words.any(|parameter| !is_harmless(parameter)) {
            return None;
        }
        let mut keys = keys.split(';');
        let inline = keys.next()?.split_once(':').filter(|(method, _)| is(method, "inline"))?.1;
        let mut fields = inline.split('|');
        let key = fields.next()?;
        let key = STANDARD.decode(key).or_else(|_| STANDARD_NO_PAD.decode(key)).ok()?;
        let mut mki = 0;
        for field in fields {
            // A field without a colon is the lifetime.
            if let Some((_, length)) = field.split_once(':') {
                mki = length.parse().ok().filter(|length| *length <= LONGEST_MKI)?;
            }
        }
        (key.len() == suite.material).then(|| CryptoLine {
            tag: tag.to_owned(),
            name: name.to_owned(),
            key: KeyMaterial(key),
            mki,
            several: keys.next().is_some(),
        })
    }
}

impl CryptoLine {
    /// Tag and suite, for an error; never the key.
    pub(super) fn named(&self) -> String {
        format!("{:.9} {:.40}", self.tag, self.name)
    }
}

/// Names of the suites that a section offers, for an error; never a key.
pub(super) fn suites_of(media: &Media) -> String {
    let names: Vec<String> = values(media)
        .map(|value| format!("{:.40}", value.split_whitespace().nth(1).unwrap_or("nothing")))
        .collect();
    if names.is_empty() { "no a=crypto line".to_owned() } else { names.join(", ") }
}

/// Whether there is any key line.
pub(super) fn has_keys(media: &Media) -> bool {
    values(media).next().is_some()
}

fn values(media: &Media) -> impl Iterator<Item = &str> {
    let lines = media.attributes.iter().filter(|a| a.name.eq_ignore_ascii_case("crypto"));
    lines.filter_map(|a| a.value.as_deref()).take(MOST_LINES)
}

fn line(tag: &str, name: &str, key: &KeyMaterial) -> Attribute {
    Attribute::new("crypto", format!("{tag} {name} inline:{}", STANDARD.encode(&key.0)))
}

/// Drafts of RFC 6188 wrote `AES_CM_256_HMAC…`, and products still do.
fn is(ours: &str, theirs: &str) -> bool {
    ours.eq_ignore_ascii_case(theirs)
        || theirs
            .to_ascii_uppercase()
            .strip_prefix("AES_CM_256_")
            .is_some_and(|rest| ours.strip_prefix("AES_256_CM_") == Some(rest))
}

/// Session parameters (RFC 4568 §6.3) that change nothing: the size of the replay window,
/// and what may be passed over, since it begins with a hyphen.
fn is_harmless(parameter: &str) -> bool {
    parameter.starts_with('-') || parameter.to_ascii_uppercase().starts_with("WSH=")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> OwnKeys {
        let suite = |name: &str, material| SuiteSpec { name: name.to_owned(), material };
        OwnKeys::new(&[suite("AES_CM_128_HMAC_SHA1_80", 30), suite("AES_256_CM_HMAC_SHA1_80", 46)])
    }

    const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5";

    #[test]
    fn lifetime_index_and_window_are_tolerated() {
        let read = |rest: &str| own().read(&format!("1 AES_CM_128_HMAC_SHA1_80 {rest}"));
        let plain = read(&format!("inline:{KEY}")).unwrap();
        assert_eq!(plain.key.bytes(), b"012345678901234567890123456789");
        assert_eq!(plain.mki, 0);
        for (rest, mki) in [
            (format!("inline:{KEY}|2^31"), 0),
            (format!("INLINE:{KEY}|2^20|1:4 WSH=128"), 4),
            (format!("inline:{KEY}|1:2 -vendor=x"), 2),
            (format!("inline:{KEY}|1048576;inline:{KEY}|2:1"), 0),
        ] {
            let line = read(&rest).unwrap_or_else(|| panic!("{rest}"));
            assert_eq!((line.mki, &line.key), (mki, &plain.key), "{rest}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_no_line() {
        for bad in [
            String::new(),
            format!("1 F8_128_HMAC_SHA1_80 inline:{KEY}"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNENCRYPTED_SRTP"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} KDR=1"),
            format!("1 AES_CM_128_HMAC_SHA1_80 uri:{KEY}"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|1:999"),
            "1 AES_CM_128_HMAC_SHA1_80 inline:c2hvcnQ=".to_owned(),
            "1 AES_CM_128_HMAC_SHA1_80 inline:***".to_owned(),
        ] {
            assert_eq!(own().read(&bad), None, "{bad}");
        }
    }

    #[test]
    fn the_old_name_of_aes_256_is_understood_and_given_back() {
        let own = own();
        let key = STANDARD.encode([7; 46]);
        let line = own.read(&format!("4 AES_CM_256_HMAC_SHA1_80 inline:{key}")).unwrap();
        assert_eq!(own.protection(&line).unwrap().suite, "AES_256_CM_HMAC_SHA1_80");
        let answer = own.answered(&line).unwrap().value.unwrap();
        assert!(answer.starts_with("4 AES_CM_256_HMAC_SHA1_80 inline:"), "{answer}");
    }

    #[test]
    fn keys_differ_and_are_not_shown() {
        let (mut own, other) = (own(), own());
        let keys = |own: &OwnKeys| own.0.iter().map(|(_, k)| k.clone()).collect::<Vec<_>>();
        let before = keys(&own);
        assert_ne!(before, keys(&other));
        own.renew();
        assert!(keys(&own).iter().zip(&before).all(|(new, old)| new != old));
        assert_eq!(format!("{:?}", before[0]), "***");
    }
}
