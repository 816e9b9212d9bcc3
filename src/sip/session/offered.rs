//! Offers of the peer: re-INVITE (RFC 3261 §14.2) and UPDATE (RFC 3311 §5.2).

use tokio::sync::oneshot;

use super::event::{Decision, OfferReply, SessionEvent};
use super::task::{Phase, Task};
use crate::sip::endpoint::ServerTransaction;
use crate::sip::{Message, Method};

impl Task {
    /// A re-INVITE.
    pub(super) fn reinvited(&mut self, transaction: ServerTransaction) {
        if self.their_invite.is_some() {
            return self.say_later(&transaction);
        }
        let answer_due = self.unacked.as_ref().is_some_and(|unacked| unacked.made_offer);
        if self.is_offering() || answer_due {
            return self.say(&transaction, 491, "Request Pending");
        }
        if self.unacked.is_some() {
            // The peer has seen our 2xx, or it could not send this; its ACK is late.
            self.stop_2xx();
        }
        let ticket = self.offer(transaction);
        self.their_invite = Some(ticket);
    }

    /// An UPDATE, with or without an offer.
    pub(super) fn updated(&mut self, transaction: ServerTransaction) {
        let request = &transaction.request;
        if request.sdp().is_none() {
            self.dialog.refresh_target(request);
            self.note_peer(request);
            if ["P-Asserted-Identity", "Remote-Party-ID"].iter().any(|h| request.get(h).is_some()) {
                self.emit(SessionEvent::Identified(request.clone()));
            }
            let response = self.accepting(&transaction.request, None);
            return self.respond(&transaction, response);
        }
        let early_done = self.phase == Phase::Calling && self.reliable.answered;
        if self.is_offering() && !early_done {
            return self.say(&transaction, 491, "Request Pending");
        }
        if self.their_invite.is_some() || self.asked.values().any(is_update) {
            return self.say_later(&transaction);
        }
        self.offer(transaction);
    }

    fn offer(&mut self, transaction: ServerTransaction) -> u64 {
        let request = transaction.request.clone();
        let sdp = request.sdp();
        let (reply, decision) = oneshot::channel();
        let ticket = self.ask(transaction, Some(decision));
        self.emit(SessionEvent::Offer { request, sdp, reply: OfferReply(reply) });
        ticket
    }

    /// The user's decision on an offer or a REFER; `None` if it was dropped.
    pub(super) fn decided(&mut self, ticket: u64, decision: Option<Decision>) {
        // Cancelled, or the call has ended: answered already.
        let Some(transaction) = self.asked.remove(&ticket) else { return };
        if self.their_invite == Some(ticket) {
            self.their_invite = None;
        }
        let method = transaction.request.method().cloned();
        match (method, decision) {
            (Some(Method::Refer), decision) => self.refer_decided(&transaction, decision),
            (method, Some(Decision::Accept(sdp))) => {
                self.dialog.refresh_target(&transaction.request);
                self.note_peer(&transaction.request);
                let made_offer = transaction.request.sdp().is_none() && sdp.is_some();
                let response = self.accepting(&transaction.request, sdp);
                if method == Some(Method::Invite) {
                    self.send_2xx(transaction, response, made_offer);
                } else {
                    self.respond(&transaction, response);
                }
            }
            (_, Some(Decision::Refuse(status, reason))) => self.say(&transaction, status, &reason),
            (_, None) => self.say(&transaction, 488, "Not Acceptable Here"),
        }
    }

    /// §14.2: another offer before the last one is answered.
    fn say_later(&self, transaction: &ServerTransaction) {
        let response = Message::response(&transaction.request, 500, "Server Internal Error")
            .with("Retry-After", rand::random_range(0..=10));
        self.respond(transaction, response);
    }
}

fn is_update(transaction: &ServerTransaction) -> bool {
    transaction.request.method() == Some(&Method::Update)
}
