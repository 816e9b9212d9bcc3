//! Registering and removing our own binding (RFC 3261 §10; never `Contact: *`).

use super::Phone;
use crate::record::{RegistrationFailure, What};
use crate::sip::endpoint::RequestError;
use crate::sip::{Message, Method, NameAddr, identifier};

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
            Err(why) => return self.failed(RegistrationFailure::Unresolved, None, why),
        };
        let mut asked = expires;
        // A second round only for 423 (RFC 3261 §10.2.8).
        for _ in 0..2 {
            let answered = self.send_register(asked, destination).await;
            let response = match answered {
                Ok(response) => response,
                Err(RequestError::Timeout(_)) => {
                    let why = format!("{destination} was silent");
                    return self.failed(RegistrationFailure::NoResponse, None, &why);
                }
                Err(RequestError::Transport(why)) => {
                    let why = format!("{destination}: {why}");
                    return self.failed(RegistrationFailure::Transport, None, &why);
                }
            };
            let status = response.status().unwrap_or_default();
            let least = response.get("Min-Expires").and_then(|value| value.trim().parse().ok());
            match (status, least) {
                (200..=299, _) => return self.succeeded(asked, &response).await,
                (423, Some(least)) if asked > 0 && least > asked => asked = least,
                _ => {
                    let reason = response.reason().unwrap_or_default();
                    return self.failed(RegistrationFailure::Refused, Some(status), reason);
                }
            }
        }
        self.failed(RegistrationFailure::Refused, Some(423), "Interval Too Brief, twice");
    }

    async fn send_register(
        &self,
        expires: u32,
        destination: std::net::SocketAddr,
    ) -> Result<Message, RequestError> {
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
            .with("CSeq", format!("{} REGISTER", state.cseq + 1))
            .with("Contact", format!("{};expires={expires}", self.contact()))
            .with("Expires", expires);
        let answered = spec
            .line
            .endpoint()
            .send_authenticated(request, destination, spec.credentials.as_ref())
            .await;
        // A challenge costs a number of its own: go on from the one last answered.
        let used = answered.as_ref().ok().and_then(Message::cseq).map_or(state.cseq + 3, |c| c.0);
        state.cseq = used;
        answered
    }

    async fn succeeded(&self, asked: u32, response: &Message) {
        let mut state = self.0.registration.lock().await;
        state.active = asked > 0;
        drop(state);
        if asked == 0 {
            self.log().note(self.name(), "", What::Unregistered);
            return;
        }
        let own = self.own_binding(response);
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
            },
        );
    }

    /// Our own Contact in the 200, whatever other bindings stand beside it.
    fn own_binding(&self, response: &Message) -> Option<NameAddr> {
        let local = self.0.spec.line.local_for(&self.0.spec.peer);
        response.contacts().into_iter().find(|contact| {
            let uri = &contact.uri;
            let default_port = uri.port.unwrap_or(self.0.spec.line.transport().default_port());
            uri.user() == Some(self.user())
                && uri.ip() == Some(local.ip())
                && default_port == local.port()
        })
    }

    fn failed(&self, failure: RegistrationFailure, status: Option<u16>, reason: &str) {
        let reason = reason.to_owned();
        self.log().note(self.name(), "", What::RegistrationFailed { failure, status, reason });
    }
}
