//! The far end of a trunk that registers to us: a registrar for one account.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::profile::Registrar;
use crate::sip::digest::{Verification, Verifier, VerifierConfig};
use crate::sip::endpoint::ServerTransaction;
use crate::sip::{Message, NameAddr};

/// Longest registration that we grant, s.
const MAX_EXPIRES: u32 = 3600;

struct State {
    verifier: Verifier,
    binding: Option<SocketAddr>,
}

/// Accepts the REGISTER of the PBX's trunk (with digest) and remembers where it is.
pub(super) struct TrunkRegistrar {
    account: Registrar,
    state: Mutex<State>,
}

impl TrunkRegistrar {
    /// A registrar for the account.
    pub(super) fn new(account: Registrar) -> Self {
        let realm = account.realm.clone().unwrap_or_else(|| "pbxcert".to_owned());
        let verifier = Verifier::new(VerifierConfig::new(realm));
        Self { account, state: Mutex::new(State { verifier, binding: None }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where calls to the PBX go; `None` until it has registered.
    pub(super) fn binding(&self) -> Option<SocketAddr> {
        self.state().binding
    }

    /// Answers a REGISTER: 401 until it is authenticated, then 200 with its Contact.
    pub(super) fn answer(&self, transaction: &ServerTransaction) {
        let request = &transaction.request;
        let mut state = self.state();
        let now = Instant::now();
        let verified = state.verifier.verify(
            request,
            |user| (user == self.account.username).then(|| self.account.password.expose().into()),
            now,
        );
        let response = match verified {
            Verification::Accepted { .. } => {
                let contact = request.contacts().into_iter().next();
                let asked = contact.as_ref().and_then(NameAddr::expires);
                let expires = asked.or_else(|| request.expires()).unwrap_or(MAX_EXPIRES);
                let expires = expires.min(MAX_EXPIRES);
                // A trunk behind NAT is where its packets come from.
                state.binding = (expires > 0).then_some(transaction.remote);
                let mut ok = Message::response(request, 200, "OK").with("Expires", expires);
                if let Some(mut contact) = contact
                    && expires > 0
                {
                    contact.params.set("expires", Some(&expires.to_string()));
                    ok = ok.with("Contact", contact);
                }
                ok
            }
            Verification::Stale => state.verifier.challenge(request, true, now),
            _ => state.verifier.challenge(request, false, now),
        };
        drop(state);
        transaction.respond(response);
    }
}
