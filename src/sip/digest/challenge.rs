//! What a server asks for in a 401 or 407.

use super::algorithm::{Algorithm, Qop};
use super::directives::Directives;
use crate::sip::Message;

const MOST_CHALLENGES: usize = 16;

/// One Digest challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Protection space, the raw text between the quotes.
    pub realm: String,
    /// The nonce, raw.
    pub nonce: String,
    /// Must come back as it is.
    pub opaque: Option<String>,
    /// `None`: an algorithm that nobody here knows, see [`Challenge::algorithm_written`].
    pub algorithm: Option<Algorithm>,
    /// The `algorithm` directive; `None` if there was none, which means MD5.
    pub algorithm_written: Option<String>,
    /// The `qop` list; empty if there was none (RFC 2069 style).
    pub qop: Vec<String>,
    /// Only the nonce was too old; the credentials were right.
    pub stale: bool,
    /// From Proxy-Authenticate.
    pub proxy: bool,
}

impl Challenge {
    /// The Digest challenges of a header value.
    pub fn parse(value: &str, proxy: bool) -> Vec<Self> {
        let all = Directives::parse_all(value);
        all.iter().filter(|d| d.is_digest()).map(|d| Self::of(d, proxy)).collect()
    }

    /// Every Digest challenge of a response, in order, from all its headers; 16 at most.
    pub fn all_of(response: &Message) -> Vec<Self> {
        let of = |name: &str, proxy| {
            let values = response.get_all(name).into_iter();
            values.flat_map(|value| Self::parse(value, proxy)).collect::<Vec<_>>()
        };
        let mut all = of("WWW-Authenticate", false);
        all.extend(of("Proxy-Authenticate", true));
        // Each realm costs a header in the answer; nobody honest asks for more.
        all.truncate(MOST_CHALLENGES);
        all
    }

    fn of(directives: &Directives, proxy: bool) -> Self {
        let text = |name| directives.get(name).map(str::to_owned);
        let written = text("algorithm");
        let qop = directives.get("qop").unwrap_or_default().split(',').map(str::trim);
        Self {
            realm: text("realm").unwrap_or_default(),
            nonce: text("nonce").unwrap_or_default(),
            opaque: text("opaque"),
            algorithm: written.as_deref().map_or(Some(Algorithm::Md5), Algorithm::from_token),
            algorithm_written: written,
            qop: qop.filter(|token| !token.is_empty()).map(str::to_owned).collect(),
            stale: directives.get("stale").is_some_and(|s| s.eq_ignore_ascii_case("true")),
            proxy,
        }
    }

    /// The qop to answer with: `auth` before `auth-int`, since what lies between may change
    /// bodies. `Err` if the list holds neither.
    pub(super) fn choose_qop(&self) -> Result<Option<Qop>, ()> {
        if self.qop.is_empty() {
            return Ok(None);
        }
        let known: Vec<Qop> = self.qop.iter().filter_map(|q| Qop::from_token(q)).collect();
        let auth = known.iter().copied().find(|qop| *qop == Qop::Auth);
        auth.or(known.first().copied()).map(Some).ok_or(())
    }

    pub(super) fn usable(&self) -> bool {
        self.algorithm.is_some() && self.choose_qop().is_ok() && !self.nonce.is_empty()
    }

    /// `Authorization` or `Proxy-Authorization`.
    pub fn answer_header(&self) -> &'static str {
        if self.proxy { "Proxy-Authorization" } else { "Authorization" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    #[test]
    fn several_headers_and_lists() {
        let response = Message::parse(Bytes::from_static(
            b"SIP/2.0 401 Unauthorized\r\n\
              WWW-Authenticate: Digest realm=\"a,b\",nonce=\"1\",algorithm=SHA-512-256,qop=\"auth\"\r\n\
              WWW-Authenticate: Basic realm=\"x\"\r\n\
              WWW-Authenticate: digest realm=\"a,b\", nonce=\"2\", stale=true, qop=\"auth-int, auth\"\r\n\
              Proxy-Authenticate: Digest realm=p, nonce=3, algorithm=AKAv1-MD5\r\n\r\n",
        ))
        .unwrap();
        let all = Challenge::all_of(&response);
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].algorithm, Some(Algorithm::Sha512t256));
        assert_eq!(all[1].realm, "a,b");
        assert!(all[1].stale && all[1].algorithm == Some(Algorithm::Md5));
        assert_eq!(all[1].choose_qop(), Ok(Some(Qop::Auth)));
        assert!(all[2].proxy && !all[2].usable());
        assert_eq!(all[2].algorithm_written.as_deref(), Some("AKAv1-MD5"));
    }
}
