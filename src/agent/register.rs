//! Registering and removing our own binding (RFC 3261 §10; never `Contact: *`).

use std::time::Duration;

use super::Phone;
use super::binding::seen_at;
use crate::record::{RegistrationFailure, What};
use crate::sip::digest::Authorizer;
use crate::sip::endpoint::RequestError;
use crate::sip::{Message, Method, NameAddr, identifier};
use crate::wire::BAD_CERTIFICATE;

/// How often a binding is renewed to see whether it is listed then: others that register
/// meanwhile may take it away again.
const AGAIN: usize = 3;

impl Phone {
    /// Registers. `Registered` or `RegistrationFailed` follows.
    pub fn register(&self) {
        let phone = self.clone();
        tokio::spawn(async move { phone.register_once(phone.0.spec.expires).await });
    }

    /// Removes our binding and waits for the answer; nothing happens where none stands,
    /// or where a REGISTER still waits: from such a PBX no answer is to be had.
    pub async fn unregister(&self) {
        let active = self.0.registration.try_lock().is_ok_and(|state| state.active);
        if active {
            self.register_once(0).await;
        }
    }

    async fn register_once(&self, expires: u32) {
        let spec = &self.0.spec;
        let destination = match spec.peer.address() {
            Ok(address) => address,
            Err(why) => return self.failed(RegistrationFailure::Unresolved, why),
        };
        let mut asked = expires;
        let mut instead_of = None;
        // Another round only for 423 (RFC 3261 §10.2.8), and for a Contact that has moved.
        for _ in 0..3 {
            let before = instead_of.as_deref();
            let (answered, challenged) = self.send_register(Some(asked), destination, before).await;
            let response = match answered {
                Ok(response) => response,
                Err(RequestError::Timeout(_)) => {
                    let why = format!("{destination} was silent");
                    return self.failed(RegistrationFailure::NoResponse, &why);
                }
                Err(RequestError::Transport(why)) => {
                    let failure = if why.contains(BAD_CERTIFICATE) {
                        RegistrationFailure::Untrusted
                    } else {
                        RegistrationFailure::Transport
                    };
                    return self.failed(failure, &format!("{destination}: {why}"));
                }
            };
            let status = response.status().unwrap_or_default();
            let least = response.get("Min-Expires").and_then(|value| value.trim().parse().ok());
            match (status, least) {
                (200..=299, _) => {
                    let fresh = asked > 0 && instead_of.is_none();
                    instead_of = fresh.then(|| self.moved(&response)).flatten();
                    if instead_of.is_none() {
                        return self.succeeded(asked, &response).await;
                    }
                }
                (423, Some(least)) if asked > 0 && least > asked => asked = least,
                _ => {
                    let reason = response.reason().unwrap_or_default();
                    let unsaid =
                        if status == 423 && least.is_none() { ", without Min-Expires" } else { "" };
                    return self.refused(status, &format!("{reason}{unsaid}"), challenged);
                }
            }
        }
        self.refused(423, "Interval Too Brief, again and again", true);
    }

    /// Whether the PBX has lost a binding that it granted: asked for its bindings (RFC 3261
    /// §10.2.3) it does not list ours, and after another REGISTER it does. So a PBX that
    /// lists nothing to anybody is not blamed. It waits for its turn to ask within the `limit`, and
    /// for the answers within it again; `false` where there are none.
    pub async fn is_forgotten(&self, limit: Duration) -> bool {
        let turn = tokio::time::timeout(limit, self.0.spec.line.only_one_asks()).await;
        let Ok(_alone) = turn else { return false };
        tokio::time::timeout(limit, self.asks_and_registers()).await.unwrap_or(false)
    }

    async fn asks_and_registers(&self) -> bool {
        if self.is_listed().await != Some(false) {
            return false;
        }
        for _ in 0..AGAIN {
            self.register_once(self.0.spec.expires).await;
            if self.is_listed().await == Some(true) {
                return true;
            }
        }
        false
    }

    /// Removes our binding, with `Unregistered` or `RegistrationFailed` to follow, and asks the
    /// PBX before and after it which bindings it has.
    pub async fn remove(&self) {
        self.is_listed().await;
        self.register_once(0).await;
        self.is_listed().await;
    }

    /// Whether the PBX lists our binding; `None` if it does not say.
    async fn is_listed(&self) -> Option<bool> {
        let destination = self.0.spec.peer.address().ok()?;
        let (answered, _) = self.send_register(None, destination, None).await;
        let listed = answered.ok().filter(|r| r.status().is_some_and(|s| s / 100 == 2))?;
        // One that is listed without any time left is gone.
        let stands = |own: &NameAddr| own.expires() != Some(0);
        let bound = self.own_binding(&listed).is_some_and(|own| stands(&own));
        self.log().note(self.name(), "", What::BindingsListed { bound });
        Some(bound)
    }

    /// What came of it, and whether the PBX asked for a password. Without a time it only
    /// asks for the bindings. Another Contact that it is `instead_of` is removed by it.
    pub(super) async fn send_register(
        &self,
        expires: Option<u32>,
        destination: std::net::SocketAddr,
        instead_of: Option<&str>,
    ) -> (Result<Message, RequestError>, bool) {
        let spec = &self.0.spec;
        let mut state = self.0.registration.lock().await;
        let call_id = &self.0.registration_call_id;
        spec.line.tap().claim_call(call_id, &spec.label);
        spec.line.mark_first_register(self.log().now());
        let record = self.address_of_record();
        let request = Message::request(Method::Register, format!("sip:{}", spec.peer.domain()))
            .with("From", format!("<{record}>;tag={}", identifier::new_tag()))
            .with("To", format!("<{record}>"))
            .with("Call-ID", call_id)
            .with("CSeq", format!("{} REGISTER", state.cseq + 1));
        let request = match expires {
            Some(expires) => request
                .with("Contact", format!("{};expires={expires}", self.contact()))
                .with("Expires", expires),
            None => request,
        };
        let request = match instead_of {
            Some(before) => request.with("Contact", format!("{before};expires=0")),
            None => request,
        };
        let endpoint = spec.line.endpoint();
        let mut authorizer = spec.credentials.clone().map(Authorizer::new);
        let answered = match &mut authorizer {
            Some(authorizer) => endpoint.send_authorized(request, destination, authorizer).await,
            None => endpoint.send_authenticated(request, destination, None).await,
        };
        // A challenge costs a number of its own: go on from the one last answered.
        let used = answered.as_ref().ok().and_then(Message::cseq).map_or(state.cseq + 3, |c| c.0);
        state.cseq = used;
        let challenge = |response: &Message| matches!(response.status(), Some(401 | 407));
        let met = authorizer.is_some_and(|authorizer| authorizer.describe().is_some());
        // A challenge that cannot be answered leaves no trace in the authorizer.
        let challenged = met || answered.as_ref().is_ok_and(challenge);
        (answered, challenged)
    }

    async fn succeeded(&self, asked: u32, response: &Message) {
        let mut state = self.0.registration.lock().await;
        state.active = asked > 0;
        drop(state);
        if asked == 0 {
            self.log().note(self.name(), "", What::Unregistered);
            return;
        }
        self.keep_way_open();
        if let Some(address) = seen_at(response).filter(|_| self.is_softphone()) {
            self.log().note(self.name(), "", What::SeenAt { address: address.to_string() });
        }
        let own = match self.own_binding(response) {
            Some(own) => Some(own),
            None => self.binding_by_trial(response, asked).await,
        };
        if let Some(own) = &own {
            self.recognised(own);
        }
        let granted_s = own
            .as_ref()
            .and_then(NameAddr::expires)
            .or_else(|| response.expires())
            .unwrap_or(asked);
        let server = response.get("Server").or_else(|| response.get("User-Agent"));
        self.log().note(
            self.name(),
            "",
            What::Registered {
                asked_s: asked,
                granted_s,
                server: server.map(str::to_owned),
                bound: own.is_some(),
                listed: response.contacts().iter().map(|c| c.uri.to_string()).collect(),
            },
        );
    }

    fn failed(&self, failure: RegistrationFailure, reason: &str) {
        let (status, reason, challenged) = (None, reason.to_owned(), false);
        let what = What::RegistrationFailed { failure, status, reason, challenged };
        self.log().note(self.name(), "", what);
    }

    fn refused(&self, status: u16, reason: &str, challenged: bool) {
        let (failure, reason) = (RegistrationFailure::Refused, reason.to_owned());
        let what = What::RegistrationFailed { failure, status: Some(status), reason, challenged };
        self.log().note(self.name(), "", what);
    }
}
