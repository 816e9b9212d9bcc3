//! UAS: from the initial INVITE to our final response (RFC 3261 §13.3.1).

use bytes::Bytes;

use super::event::SessionEvent;
use super::task::{Phase, Task};
use crate::record::Ender;
use crate::sip::Message;
use crate::sip::endpoint::{ALLOW, SUPPORTED, ServerTransaction};

impl Task {
    /// A provisional response.
    pub(super) fn ring(&mut self, status: u16, reason: &str, sdp: Option<Bytes>) {
        let Some(invite) = self.ringing() else { return };
        let request = &invite.request;
        let mut response =
            Message::response(request, status, reason).with("Contact", &self.dialog.contact);
        if let Some(sdp) = &sdp {
            response = response.with_body("application/sdp", sdp.clone());
        }
        if sdp.is_some() {
            self.local_sdp = sdp;
        }
        if self.reliable.required && status > 100 {
            self.send_reliably(response);
        } else if let Some(invite) = self.ringing() {
            self.respond(invite, response);
        }
    }

    /// The 200.
    pub(super) fn answer(&mut self, sdp: Option<Bytes>) {
        if self.phase != Phase::Ringing {
            return;
        }
        if self.reliable.is_busy() {
            // RFC 3262 §3: not while a provisional response waits for its PRACK.
            self.reliable.held_answer = Some(sdp);
            return;
        }
        let Some(invite) = self.take_their_invite() else { return };
        let made_offer = invite.request.sdp().is_none() && sdp.is_some();
        let response = self.accepting(&invite.request, sdp);
        self.phase = Phase::Established;
        self.send_2xx(invite, response, made_offer);
    }

    /// A 2xx to an INVITE or UPDATE of the peer, initial or later.
    pub(super) fn accepting(&mut self, request: &Message, sdp: Option<Bytes>) -> Message {
        let mut response = Message::response(request, 200, "OK")
            .with("Contact", &self.dialog.contact)
            .with("Allow", ALLOW)
            .with("Supported", SUPPORTED);
        for (name, value) in self.accept_refresh(request) {
            response = response.with(name, value);
        }
        if let Some(sdp) = sdp {
            self.local_sdp = Some(sdp.clone());
            response = response.with_body("application/sdp", sdp);
        }
        response
    }

    /// Our refusal.
    pub(super) fn reject(&mut self, status: u16, reason: &str) {
        if self.phase != Phase::Ringing {
            return;
        }
        if let Some(invite) = self.take_their_invite() {
            let response = Message::response(&invite.request, status, reason);
            let text = format!("{status} {}", response.reason().unwrap_or_default());
            self.respond(&invite, response.clone());
            self.close_with(Ok(response));
            self.end(Ender::Ourselves, None, text);
        }
    }

    /// The peer's CANCEL of its INVITE, already answered 200.
    pub(super) fn cancelled_by_peer(&mut self, ticket: u64, cancel: &Message) {
        let Some(invite) = self.asked.remove(&ticket) else { return };
        self.say(&invite, 487, "Request Terminated");
        if self.their_invite == Some(ticket) {
            self.their_invite = None;
        }
        if self.phase == Phase::Ringing {
            self.emit(SessionEvent::Cancelled);
            let reason = cancel.get("Reason").unwrap_or("cancelled").to_owned();
            self.end(Ender::Peer, Some(cancel.clone()), reason);
        }
    }

    /// The initial INVITE while it is unanswered.
    pub(super) fn ringing(&self) -> Option<&ServerTransaction> {
        if self.phase != Phase::Ringing {
            return None;
        }
        self.asked.get(&self.their_invite?)
    }

    pub(super) fn take_their_invite(&mut self) -> Option<ServerTransaction> {
        self.asked.remove(&self.their_invite.take()?)
    }
}
