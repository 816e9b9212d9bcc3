//! An INVITE arrives: the phone rings.

use super::caller_id::caller_id;
use super::{Call, Phone};
use crate::record::What;
use crate::sip::endpoint::ServerTransaction;
use crate::sip::session::Session;
use crate::sip::{Message, Uri};

impl Phone {
    /// Rings. Called by the line.
    pub(super) fn take_call(&self, transaction: ServerTransaction) {
        let spec = &self.0.spec;
        spec.line.tap().claim_call(transaction.request.call_id(), &spec.label);
        let opened = match self.open_leg() {
            Ok(opened) => opened,
            Err(error) => {
                let text = format!("cannot ring: {error}");
                self.log().note(self.name(), "", What::Oddity { text });
                return;
            }
        };
        let what = What::Invited {
            caller: caller_id(&transaction.request),
            dialled: dialled(&transaction.request),
        };
        let data = self.data_in(&transaction.request);
        let (session, events) =
            Session::incoming(spec.line.endpoint(), transaction, self.contact());
        let call = Call::begin(self, session, opened, false);
        self.locked_calls().push(call.clone());
        call.session().ring(180, "Ringing", None);
        let uri = call.session().invite_request().request_uri().unwrap_or_default().to_owned();
        self.log().note(self.name(), call.session().call_id(), What::AddressedTo { uri });
        // Before the INVITE itself, so that who sees that knows the parameter too.
        if let Some(data) = data {
            self.log().note(self.name(), call.session().call_id(), data);
        }
        self.log().note(self.name(), call.session().call_id(), what);
        call.note_peer_contact(call.session().invite_request());
        call.follow(events);
    }

    /// Whether one of its numbers is the same as `called` under the given comparison.
    pub(super) fn has_number(&self, called: &str, same: &dyn Fn(&str, &str) -> bool) -> bool {
        let spec = &self.0.spec;
        let is_number =
            |text: &str| text.trim_start_matches('+').bytes().all(|b| b.is_ascii_digit());
        std::iter::once(&spec.user)
            .chain(&spec.aliases)
            .any(|own| is_number(own) && same(called, own))
    }
}

fn dialled(invite: &Message) -> String {
    invite
        .request_uri()
        .and_then(|uri| Uri::parse(uri).ok())
        .and_then(|uri| uri.user)
        .unwrap_or_default()
}
