//! The client side: answers challenges, and reuses a nonce with a rising count.

use super::algorithm::{Algorithm, Ingredients, Qop};
use super::challenge::Challenge;
use super::credentials::Credentials;
use crate::sip::Message;
use crate::sip::split::quote;

/// Why a challenge is not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// A 401 or 407 without a Digest challenge.
    #[error("the response holds no Digest challenge")]
    NoChallenge,
    /// Every challenge asks for something that nobody here can do.
    #[error("no challenge can be answered: {0}")]
    Unsupported(String),
    /// Fresh credentials were refused: user name, password or realm is wrong.
    #[error("user name or password refused in realm {0:?}")]
    Refused(String),
}

/// Answers the challenges that one user meets. Keep it for as long as the user registers or
/// calls: later requests then carry credentials from the start.
#[derive(Debug, Clone)]
pub struct Authorizer {
    credentials: Credentials,
    spaces: Vec<Space>,
}

/// A protection space whose challenge we know.
#[derive(Debug, Clone)]
struct Space {
    challenge: Challenge,
    used: u32,
    cnonce: String,
}

impl Authorizer {
    /// An authorizer that has met no challenge yet.
    pub fn new(credentials: Credentials) -> Self {
        Self { credentials, spaces: Vec::new() }
    }

    /// Whose credentials these are.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Takes in the challenges of a 401 or 407 and returns the request with credentials for
    /// every realm that was asked for, the strongest supported algorithm for each. The
    /// caller gives it a new CSeq and branch.
    ///
    /// # Errors
    /// [`DigestError::Refused`] if credentials made from a fresh nonce came back and `stale`
    /// is not set; asking again would only repeat the failure.
    pub fn answer(&mut self, request: &Message, refused: &Message) -> Result<Message, DigestError> {
        let all = Challenge::all_of(refused);
        if all.is_empty() {
            return Err(DigestError::NoChallenge);
        }
        let mut best: Vec<Challenge> = Vec::new();
        for challenge in all.iter().filter(|challenge| challenge.usable()) {
            let same =
                |b: &&mut Challenge| b.realm == challenge.realm && b.proxy == challenge.proxy;
            match best.iter_mut().find(same) {
                Some(there) if there.algorithm >= challenge.algorithm => {}
                Some(there) => *there = challenge.clone(),
                None => best.push(challenge.clone()),
            }
        }
        if best.is_empty() {
            return Err(DigestError::Unsupported(describe(&all)));
        }
        for challenge in best {
            self.learn(challenge, request)?;
        }
        Ok(self.authorize(request.clone()))
    }

    fn learn(&mut self, challenge: Challenge, request: &Message) -> Result<(), DigestError> {
        let name = challenge.answer_header();
        let found = self.spaces.iter().position(|space| {
            space.challenge.realm == challenge.realm && space.challenge.proxy == challenge.proxy
        });
        if let Some(at) = found {
            let space = &self.spaces[at];
            let sent = request.get_all(name).iter().any(|v| v.contains(&space.challenge.nonce));
            if sent && space.used <= 1 && !challenge.stale {
                let realm = challenge.realm;
                self.spaces.remove(at);
                return Err(DigestError::Refused(realm));
            }
            self.spaces.remove(at);
        }
        let cnonce = hex::encode(rand::random::<[u8; 8]>());
        self.spaces.push(Space { challenge, used: 0, cnonce });
        Ok(())
    }

    /// Adds credentials for every known realm, in place of any that the request holds. A
    /// request stays as it is while no challenge is known.
    #[must_use]
    pub fn authorize(&mut self, request: Message) -> Message {
        if self.spaces.is_empty() {
            return request;
        }
        let mut request = request.without("Authorization").without("Proxy-Authorization");
        for space in &mut self.spaces {
            space.used = space.used.saturating_add(1);
            let value = space.credentials(&self.credentials, &request);
            request = request.with(space.challenge.answer_header(), value);
        }
        request
    }

    /// The algorithm and, if any, the qop of the last answer, for the record.
    pub fn describe(&self) -> Option<String> {
        self.spaces.last().map(|space| {
            let qop = space.challenge.choose_qop().ok().flatten();
            let algorithm = space.challenge.algorithm.unwrap_or(Algorithm::Md5);
            format!("{algorithm}, {}", qop.map_or("no qop", Qop::token))
        })
    }
}

impl Space {
    fn credentials(&self, credentials: &Credentials, request: &Message) -> String {
        let challenge = &self.challenge;
        let realm = credentials.realm_override.as_deref().unwrap_or(&challenge.realm);
        let nc = format!("{:08x}", self.used);
        let qop = challenge.choose_qop().ok().flatten();
        let uri = request.request_uri().unwrap_or_default();
        let algorithm = challenge.algorithm.unwrap_or(Algorithm::Md5);
        let response = Ingredients {
            algorithm,
            username: &credentials.username,
            realm,
            password: credentials.password(),
            nonce: &challenge.nonce,
            cnonce: &self.cnonce,
            nc: &nc,
            qop,
            method: request.method().map_or("", |method| method.as_str()),
            uri,
            body: &request.body,
        }
        .response();
        let mut parts = vec![
            format!("username={}", quote(&credentials.username)),
            format!("realm=\"{realm}\""),
            format!("nonce=\"{}\"", challenge.nonce),
            format!("uri=\"{uri}\""),
            format!("response=\"{response}\""),
        ];
        parts.extend(challenge.algorithm_written.as_ref().map(|a| format!("algorithm={a}")));
        if qop.is_some() || algorithm.is_session() {
            parts.push(format!("cnonce=\"{}\"", self.cnonce));
        }
        if let Some(qop) = qop {
            parts.push(format!("qop={}", qop.token()));
            parts.push(format!("nc={nc}"));
        }
        parts.extend(challenge.opaque.as_ref().map(|opaque| format!("opaque=\"{opaque}\"")));
        format!("Digest {}", parts.join(", "))
    }
}

fn describe(challenges: &[Challenge]) -> String {
    let each = challenges.iter().map(|challenge| {
        let algorithm = challenge.algorithm_written.as_deref().unwrap_or("MD5");
        if challenge.nonce.is_empty() {
            return format!("algorithm {algorithm} without a nonce");
        }
        match challenge.qop.as_slice() {
            [] => format!("algorithm {algorithm}"),
            qop => format!("algorithm {algorithm} with qop {}", qop.join(",")),
        }
    });
    each.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::Method;
    use crate::sip::digest::directives::Directives;

    fn request() -> Message {
        Message::request(Method::Register, "sip:pbx.example")
    }

    fn refusal(challenges: &[&str]) -> Message {
        challenges.iter().fold(Message::response(&request(), 401, ""), |message, challenge| {
            message.with("WWW-Authenticate", challenge)
        })
    }

    fn directives(message: &Message) -> Directives {
        Directives::parse_all(message.get("Authorization").unwrap()).remove(0)
    }

    #[test]
    fn the_strongest_is_taken_and_the_count_rises() {
        let mut authorizer = Authorizer::new(Credentials::new("bob", "zanzibar"));
        assert_eq!(authorizer.authorize(request()), request());
        let refused = refusal(&[
            "Digest realm=\"r\", nonce=\"1\", algorithm=MD5, qop=\"auth\"",
            "Digest realm=\"r\", nonce=\"2\", algorithm=SHA-256, qop=\"auth,auth-int\", opaque=\"o\"",
            "Digest realm=\"r\", nonce=\"3\", algorithm=SHA-3",
        ]);
        let answer = authorizer.answer(&request(), &refused).unwrap();
        let first = directives(&answer);
        assert_eq!((first.get("nonce"), first.get("nc")), (Some("2"), Some("00000001")));
        assert_eq!((first.get("qop"), first.get("opaque")), (Some("auth"), Some("o")));
        assert_eq!(first.get("algorithm"), Some("SHA-256"));
        assert_eq!(authorizer.describe().as_deref(), Some("SHA-256, auth"));
        let next = authorizer.authorize(request());
        assert_eq!(directives(&next).get("nc"), Some("00000002"));
        // The nonce has expired and the server does not say so: still worth a fresh answer.
        let again = refusal(&["Digest realm=\"r\", nonce=\"9\", qop=\"auth\""]);
        let answer = authorizer.answer(&next, &again).unwrap();
        assert_eq!(directives(&answer).get("nc"), Some("00000001"));
        // A fresh answer refused is a wrong password, unless the server says stale.
        let stale = refusal(&["Digest realm=\"r\", nonce=\"10\", qop=\"auth\", stale=true"]);
        let answer = authorizer.answer(&answer, &stale).unwrap();
        let error = authorizer.answer(&answer, &again).unwrap_err();
        assert_eq!(error, DigestError::Refused("r".to_owned()));
    }

    #[test]
    fn no_qop_sends_neither_count_nor_cnonce() {
        let mut authorizer = Authorizer::new(Credentials::new("bob", "zanzibar"));
        let refused = refusal(&["Digest realm=\"r\", nonce=\"1\""]);
        let answer = authorizer.answer(&request(), &refused).unwrap();
        let sent = directives(&answer);
        assert_eq!((sent.get("nc"), sent.get("cnonce"), sent.get("algorithm")), (None, None, None));
    }

    #[test]
    fn what_cannot_be_answered_is_said() {
        let mut authorizer = Authorizer::new(Credentials::new("bob", "zanzibar"));
        let none = authorizer.answer(&request(), &refusal(&["Basic realm=\"r\""]));
        assert_eq!(none, Err(DigestError::NoChallenge));
        let error = authorizer
            .answer(&request(), &refusal(&["Digest realm=\"r\", nonce=\"1\", algorithm=AKAv1-MD5"]))
            .unwrap_err();
        assert_eq!(error.to_string(), "no challenge can be answered: algorithm AKAv1-MD5");
    }
}
