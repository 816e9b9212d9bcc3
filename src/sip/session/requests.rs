//! The peer's requests within the dialog (RFC 3261 §12.2.2).

use super::event::SessionEvent;
use super::task::{Phase, Task};
use crate::sip::endpoint::{ALLOW, SUPPORTED, ServerTransaction, refusal_of, unknown_dialog};
use crate::sip::{Message, Method};

impl Task {
    pub(super) fn request(&mut self, transaction: ServerTransaction) {
        let request = &transaction.request;
        if !self.dialog.is_from_peer(request.from_tag().as_deref()) {
            return unknown_dialog(&transaction);
        }
        if !self.dialog.in_order(request) {
            return self.say(&transaction, 500, "Server Internal Error");
        }
        let over = matches!(self.phase, Phase::Closing | Phase::Over);
        match request.method() {
            Some(Method::Notify) => self.notified(&transaction),
            Some(Method::Bye) if self.phase == Phase::Over => unknown_dialog(&transaction),
            Some(Method::Bye) => self.bye_received(transaction),
            // RFC 5407 §3.2: what crosses our BYE meets no dialog.
            _ if over => unknown_dialog(&transaction),
            Some(Method::Invite) => self.reinvited(transaction),
            Some(Method::Update) => self.updated(transaction),
            Some(Method::Prack) => self.pracked(&transaction),
            Some(Method::Refer) => self.referred(transaction),
            Some(Method::Info) => {
                self.say(&transaction, 200, "OK");
                self.emit(SessionEvent::Info(transaction.request.clone()));
            }
            Some(Method::Options) => {
                let response = Message::response(request, 200, "OK")
                    .with("Allow", ALLOW)
                    .with("Supported", SUPPORTED);
                self.respond(&transaction, response);
            }
            _ => self.respond(&transaction, refusal_of(request)),
        }
    }
}
