//! The hash functions of digest and the response that they make.

use md5::Md5;
use sha2::{Digest as _, Sha256, Sha512_256};
use std::fmt;

/// Digest algorithms, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// `MD5` (RFC 2617), also what no algorithm at all means.
    Md5,
    /// `MD5-sess`
    Md5Sess,
    /// `SHA-256` (RFC 8760)
    Sha256,
    /// `SHA-256-sess`
    Sha256Sess,
    /// `SHA-512-256` (RFC 8760)
    Sha512t256,
    /// `SHA-512-256-sess`
    Sha512t256Sess,
}

impl Algorithm {
    const ALL: [Self; 6] = [
        Self::Md5,
        Self::Md5Sess,
        Self::Sha256,
        Self::Sha256Sess,
        Self::Sha512t256,
        Self::Sha512t256Sess,
    ];

    /// The token of the `algorithm` directive.
    pub fn token(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Md5Sess => "MD5-sess",
            Self::Sha256 => "SHA-256",
            Self::Sha256Sess => "SHA-256-sess",
            Self::Sha512t256 => "SHA-512-256",
            Self::Sha512t256Sess => "SHA-512-256-sess",
        }
    }

    /// The algorithm of a token, in any case.
    pub fn from_token(token: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.token().eq_ignore_ascii_case(token.trim()))
    }

    /// Whether A1 covers nonce and cnonce.
    pub(super) fn is_session(self) -> bool {
        matches!(self, Self::Md5Sess | Self::Sha256Sess | Self::Sha512t256Sess)
    }

    /// Lower-case hexadecimal hash of the bytes.
    fn hash(self, bytes: &[u8]) -> String {
        match self {
            Self::Md5 | Self::Md5Sess => hex::encode(Md5::digest(bytes)),
            Self::Sha256 | Self::Sha256Sess => hex::encode(Sha256::digest(bytes)),
            Self::Sha512t256 | Self::Sha512t256Sess => hex::encode(Sha512_256::digest(bytes)),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.token())
    }
}

/// Quality of protection, as one side has chosen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Qop {
    Auth,
    AuthInt,
}

impl Qop {
    pub(super) fn token(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::AuthInt => "auth-int",
        }
    }

    pub(super) fn from_token(token: &str) -> Option<Self> {
        [Self::Auth, Self::AuthInt].into_iter().find(|q| q.token().eq_ignore_ascii_case(token))
    }
}

/// Everything that goes into a response (RFC 7616 §3.4.1).
pub(super) struct Ingredients<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) username: &'a str,
    pub(super) realm: &'a str,
    pub(super) password: &'a str,
    pub(super) nonce: &'a str,
    pub(super) cnonce: &'a str,
    /// Eight hexadecimal digits.
    pub(super) nc: &'a str,
    pub(super) qop: Option<Qop>,
    pub(super) method: &'a str,
    pub(super) uri: &'a str,
    pub(super) body: &'a [u8],
}

impl Ingredients<'_> {
    pub(super) fn response(&self) -> String {
        let hash = |text: String| self.algorithm.hash(text.as_bytes());
        let mut a1 = hash(format!("{}:{}:{}", self.username, self.realm, self.password));
        if self.algorithm.is_session() {
            a1 = hash(format!("{a1}:{}:{}", self.nonce, self.cnonce));
        }
        let a2 = match self.qop {
            Some(Qop::AuthInt) => {
                hash(format!("{}:{}:{}", self.method, self.uri, self.algorithm.hash(self.body)))
            }
            _ => hash(format!("{}:{}", self.method, self.uri)),
        };
        match self.qop {
            Some(qop) => hash(format!(
                "{a1}:{}:{}:{}:{}:{a2}",
                self.nonce,
                self.nc,
                self.cnonce,
                qop.token()
            )),
            None => hash(format!("{a1}:{}:{a2}", self.nonce)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn example_of_rfc_2617() {
        let of = Ingredients {
            algorithm: Algorithm::Md5,
            username: "Mufasa",
            realm: "testrealm@host.com",
            password: "Circle Of Life",
            nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
            cnonce: "0a4f113b",
            nc: "00000001",
            qop: Some(Qop::Auth),
            method: "GET",
            uri: "/dir/index.html",
            body: b"",
        };
        assert_eq!(of.response(), "6629fae49393a05397450978507c4ef1");
        let without_qop = Ingredients { qop: None, ..of };
        assert_eq!(without_qop.response(), "670fd8c2df070c60b045671b8b24ff02");
    }

    #[test]
    fn examples_of_rfc_7616() {
        let of = |algorithm| Ingredients {
            algorithm,
            username: "Mufasa",
            realm: "http-auth@example.org",
            password: "Circle of Life",
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            nc: "00000001",
            qop: Some(Qop::Auth),
            method: "GET",
            uri: "/dir/index.html",
            body: b"",
        };
        assert_eq!(of(Algorithm::Md5).response(), "8ca523f5e9506fed4657c9700eebdbec");
        assert_eq!(
            of(Algorithm::Sha256).response(),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
        );
    }

    #[test]
    fn sessions_and_integrity() {
        let of = |algorithm| Ingredients {
            algorithm,
            username: "bob",
            realm: "pbx.example",
            password: "zanzibar",
            nonce: "n0nce",
            cnonce: "c0nce",
            nc: "0000000a",
            qop: Some(Qop::AuthInt),
            method: "REGISTER",
            uri: "sip:pbx.example",
            body: b"v=0\r\n",
        };
        assert_eq!(of(Algorithm::Md5Sess).response(), "ac7cacbe3b51a32deaa784c5fc108a5c");
        assert_eq!(
            of(Algorithm::Sha256Sess).response(),
            "c6a01605ff5241693ff3f60a24e8b09b053a8c36344d86466307093391950d4f"
        );
    }

    #[test]
    fn tokens() {
        assert_eq!(Algorithm::from_token("sha-256"), Some(Algorithm::Sha256));
        assert_eq!(Algorithm::from_token("AKAv1-MD5"), None);
        assert!(Algorithm::Sha256 > Algorithm::Md5Sess);
    }
}
