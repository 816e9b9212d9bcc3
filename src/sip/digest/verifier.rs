//! The server side: issues challenges and checks what comes back.

use super::algorithm::{Algorithm, Ingredients, Qop};
use super::directives::Directives;
use crate::sip::Message;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Nonces beyond this number push the oldest out: a flood of requests costs bounded memory.
const MOST_NONCES: usize = 4096;

/// Which `qop` the challenge offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QopOffer {
    /// No directive at all, as RFC 2069 had it.
    None,
    /// `qop="auth"`
    #[default]
    Auth,
    /// `qop="auth,auth-int"`
    AuthAndInt,
    /// `qop="auth-int"`
    AuthInt,
}

/// How a [`Verifier`] asks.
#[derive(Debug, Clone)]
pub struct VerifierConfig {
    /// The protection space.
    pub realm: String,
    /// One challenge for each, in this order.
    pub algorithms: Vec<Algorithm>,
    /// The qop that is offered.
    pub qop: QopOffer,
    /// How long a nonce is good for.
    pub nonce_lifetime: Duration,
    /// 407 with Proxy-Authenticate instead of 401.
    pub proxy: bool,
}

impl VerifierConfig {
    /// 401, MD5, `qop="auth"`, nonces good for five minutes.
    pub fn new(realm: impl Into<String>) -> Self {
        Self {
            realm: realm.into(),
            algorithms: vec![Algorithm::Md5],
            qop: QopOffer::Auth,
            nonce_lifetime: Duration::from_mins(5),
            proxy: false,
        }
    }
}

/// What became of the credentials of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verification {
    /// They are right.
    Accepted {
        /// Whose they are.
        username: String,
    },
    /// None for this realm: challenge.
    Missing,
    /// They are right but the nonce is used up: challenge with `stale=true`.
    Stale,
    /// They are wrong.
    Wrong {
        /// The name that was given.
        username: String,
        /// In what way.
        reason: &'static str,
    },
}

/// Checks Digest credentials in one realm.
#[derive(Debug)]
pub struct Verifier {
    config: VerifierConfig,
    nonces: HashMap<String, Nonce>,
}

#[derive(Debug)]
struct Nonce {
    issued: Instant,
    highest: u32,
}

impl Verifier {
    /// A verifier that has issued nothing yet.
    pub fn new(config: VerifierConfig) -> Self {
        Self { config, nonces: HashMap::new() }
    }

    /// The 401 or 407 to `request`, with a fresh nonce.
    pub fn challenge(&mut self, request: &Message, stale: bool, now: Instant) -> Message {
        let nonce = self.issue(now);
        let (status, name) =
            if self.config.proxy { (407, "Proxy-Authenticate") } else { (401, "WWW-Authenticate") };
        let mut response = Message::response(request, status, "");
        let qop = match self.config.qop {
            QopOffer::None => "",
            QopOffer::Auth => ", qop=\"auth\"",
            QopOffer::AuthAndInt => ", qop=\"auth,auth-int\"",
            QopOffer::AuthInt => ", qop=\"auth-int\"",
        };
        let stale = if stale { ", stale=true" } else { "" };
        for algorithm in &self.config.algorithms {
            let value = format!(
                "Digest realm=\"{}\", nonce=\"{nonce}\", algorithm={algorithm}{qop}{stale}",
                self.config.realm
            );
            response = response.with(name, value);
        }
        response
    }

    fn issue(&mut self, now: Instant) -> String {
        if self.nonces.len() >= MOST_NONCES {
            let lifetime = self.config.nonce_lifetime;
            self.nonces.retain(|_, nonce| now.duration_since(nonce.issued) < lifetime);
            if self.nonces.len() >= MOST_NONCES {
                // Half at once, so that a flood does not sort for every request.
                let mut ages: Vec<Instant> = self.nonces.values().map(|n| n.issued).collect();
                ages.sort_unstable();
                let middle = ages[ages.len() / 2];
                self.nonces.retain(|_, nonce| nonce.issued > middle);
            }
        }
        let nonce = hex::encode(rand::random::<[u8; 16]>());
        self.nonces.insert(nonce.clone(), Nonce { issued: now, highest: 0 });
        nonce
    }

    /// Checks the credentials of `request`; `password_of` knows the users.
    pub fn verify(
        &mut self,
        request: &Message,
        password_of: impl Fn(&str) -> Option<String>,
        now: Instant,
    ) -> Verification {
        let name = if self.config.proxy { "Proxy-Authorization" } else { "Authorization" };
        let values = request.get_all(name);
        let mut all = values.iter().flat_map(|value| Directives::parse_all(value));
        let realm = self.config.realm.as_str();
        let Some(given) = all.find(|d| d.is_digest() && d.get("realm") == Some(realm)) else {
            return Verification::Missing;
        };
        let username = given.get("username").map(unescape).unwrap_or_default();
        let wrong = |reason| Verification::Wrong { username: username.clone(), reason };
        let Some(password) = password_of(&username) else { return wrong("no such user") };
        let (nonce, nc) = match self.check(&given, request, &username, &password) {
            Ok(found) => found,
            Err(reason) => return wrong(reason),
        };
        self.spend(&nonce, nc, username, now)
    }

    /// The nonce and its count if the response is right.
    fn check(
        &self,
        given: &Directives,
        request: &Message,
        username: &str,
        password: &str,
    ) -> Result<(String, Option<u32>), &'static str> {
        let text = |name: &str| given.get(name).unwrap_or_default();
        let algorithm = match given.get("algorithm") {
            Some(token) => Algorithm::from_token(token).ok_or("unknown algorithm")?,
            None => Algorithm::Md5,
        };
        if !self.config.algorithms.contains(&algorithm) {
            return Err("algorithm that was not offered");
        }
        let qop = match given.get("qop") {
            Some(token) => Some(Qop::from_token(token).ok_or("unknown qop")?),
            None => None,
        };
        let offered = match self.config.qop {
            // RFC 2617 lets a client of RFC 2069 leave qop out.
            QopOffer::None => qop.is_none(),
            QopOffer::Auth => qop != Some(Qop::AuthInt),
            QopOffer::AuthAndInt => true,
            QopOffer::AuthInt => qop == Some(Qop::AuthInt),
        };
        if !offered {
            return Err("qop that was not offered");
        }
        let nc = text("nc");
        let count = match qop {
            Some(_) if nc.len() == 8 => {
                Some(u32::from_str_radix(nc, 16).map_err(|_| "nonce count is no number")?)
            }
            Some(_) => return Err("nonce count is not eight digits"),
            None => None,
        };
        let expected = Ingredients {
            algorithm,
            username,
            realm: &self.config.realm,
            password,
            nonce: text("nonce"),
            cnonce: text("cnonce"),
            nc,
            qop,
            method: request.method().map_or("", |method| method.as_str()),
            uri: text("uri"),
            body: &request.body,
        }
        .response();
        if expected.eq_ignore_ascii_case(text("response")) {
            Ok((text("nonce").to_owned(), count))
        } else {
            Err("wrong password")
        }
    }

    fn spend(
        &mut self,
        nonce: &str,
        count: Option<u32>,
        username: String,
        now: Instant,
    ) -> Verification {
        let lifetime = self.config.nonce_lifetime;
        let Some(known) = self.nonces.get_mut(nonce) else { return Verification::Stale };
        if now.saturating_duration_since(known.issued) >= lifetime {
            self.nonces.remove(nonce);
            return Verification::Stale;
        }
        match count {
            // A count that does not rise is a replay (RFC 7616 §3.3).
            Some(count) if count <= known.highest => Verification::Stale,
            Some(count) => {
                known.highest = count;
                Verification::Accepted { username }
            }
            None => Verification::Accepted { username },
        }
    }
}

fn unescape(raw: &str) -> String {
    crate::sip::split::unquote(&format!("\"{raw}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::Method;
    use crate::sip::digest::{Authorizer, Credentials, DigestError};

    fn password(user: &str) -> Option<String> {
        (user == "bo\"b").then(|| "zanzibar".to_owned())
    }

    fn request() -> Message {
        Message::request(Method::Register, "sip:pbx").with_body("text/plain", "body")
    }

    fn round(config: VerifierConfig) {
        let now = Instant::now();
        let lifetime = config.nonce_lifetime;
        let with_count = config.qop != QopOffer::None;
        let mut verifier = Verifier::new(config);
        assert_eq!(verifier.verify(&request(), password, now), Verification::Missing);
        let refused = verifier.challenge(&request(), false, now);
        let mut client = Authorizer::new(Credentials::new("bo\"b", "zanzibar"));
        let authorized = client.answer(&request(), &refused).unwrap();
        let accepted = Verification::Accepted { username: "bo\"b".to_owned() };
        assert_eq!(verifier.verify(&authorized, password, now), accepted);
        if with_count {
            assert_eq!(verifier.verify(&authorized, password, now), Verification::Stale);
        }
        let next = client.authorize(request());
        assert_eq!(verifier.verify(&next, password, now), accepted);
        let late = client.authorize(request());
        assert_eq!(verifier.verify(&late, password, now + lifetime), Verification::Stale);
        let stale = verifier.challenge(&late, true, now + lifetime);
        let fresh = client.answer(&late, &stale).unwrap();
        assert_eq!(verifier.verify(&fresh, password, now + lifetime), accepted);
    }

    #[test]
    fn both_sides_agree_in_every_combination() {
        for algorithm in ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256"] {
            for qop in [QopOffer::None, QopOffer::Auth, QopOffer::AuthAndInt, QopOffer::AuthInt] {
                for proxy in [false, true] {
                    round(VerifierConfig {
                        algorithms: vec![Algorithm::from_token(algorithm).unwrap()],
                        qop,
                        proxy,
                        ..VerifierConfig::new("the, realm")
                    });
                }
            }
        }
        round(VerifierConfig {
            algorithms: vec![Algorithm::Sha256, Algorithm::Md5],
            ..VerifierConfig::new("r")
        });
    }

    #[test]
    fn a_wrong_password_is_wrong_and_stays_so() {
        let now = Instant::now();
        let mut verifier = Verifier::new(VerifierConfig::new("r"));
        let mut client = Authorizer::new(Credentials::new("bo\"b", "guess"));
        let refused = verifier.challenge(&request(), false, now);
        let sent = client.answer(&request(), &refused).unwrap();
        let verdict = verifier.verify(&sent, password, now);
        assert!(matches!(verdict, Verification::Wrong { reason: "wrong password", .. }));
        let refused = verifier.challenge(&sent, false, now);
        assert_eq!(client.answer(&sent, &refused), Err(DigestError::Refused("r".to_owned())));
    }

    #[test]
    fn a_flood_of_challenges_is_bounded() {
        let now = Instant::now();
        let mut verifier = Verifier::new(VerifierConfig::new("r"));
        for at in 0..3 * MOST_NONCES {
            verifier.issue(now + Duration::from_micros(at as u64));
        }
        assert!(verifier.nonces.len() <= MOST_NONCES);
    }
}
