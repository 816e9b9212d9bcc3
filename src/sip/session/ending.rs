//! BYE from either side, in every state, and the one `Ended` (RFC 3261 §15).

use super::event::{SessionError, SessionEvent};
use super::handle::Answer;
use super::outbox::{Pending, Purpose, turn_down};
use super::task::{Phase, Role, Task};
use crate::record::Ender;
use crate::sip::endpoint::ServerTransaction;
use crate::sip::{Message, Method};

impl Task {
    /// The user hangs up, or lets go of the session.
    pub(super) async fn hang_up(&mut self, reason: Option<String>, answer: Option<Answer>) {
        if self.phase == Phase::Over {
            if let Some(answer) = answer {
                let _ = answer.send(Err(SessionError::Ended));
            }
            return;
        }
        self.closers.extend(answer);
        if reason.is_some() {
            self.bye_reason = reason;
        }
        match self.phase {
            Phase::Calling => self.cancel(),
            Phase::Ringing => self.reject(603, "Decline"),
            Phase::Established => {
                self.closing = true;
                if self.awaiting.is_some() {
                    self.ack_with(None).await;
                }
                // §15: the called side waits for the ACK, or for its absence.
                if self.unacked.is_none() {
                    self.send_bye().await;
                }
            }
            Phase::Closing | Phase::Over => {}
        }
    }

    /// The last handle is gone.
    pub(super) async fn abandon(&mut self) {
        match self.phase {
            Phase::Ringing => self.reject(480, "Temporarily Unavailable"),
            _ => self.hang_up(None, None).await,
        }
    }

    /// Ends a call that cannot go on, with BYE.
    pub(super) async fn give_up(&mut self, reason: &str) {
        if self.phase == Phase::Established {
            self.bye_reason.get_or_insert_with(|| format!("SIP;text=\"{reason}\""));
            self.send_bye().await;
        }
    }

    pub(super) async fn send_bye(&mut self) {
        self.phase = Phase::Closing;
        self.closing = true;
        self.quiet_down();
        let bye = self.dialog.request(Method::Bye);
        let bye = match &self.bye_reason {
            Some(reason) => bye.with("Reason", reason),
            None => bye,
        };
        self.send(bye, Purpose::Bye).await;
    }

    /// The response to our BYE: the call has ended whatever it says.
    pub(super) fn bye_answered(&mut self, response: Result<Message, SessionError>) {
        let text = match (&self.bye_reason, &response) {
            (Some(reason), _) => reason.clone(),
            (None, Ok(_)) => "hung up".to_owned(),
            (None, Err(error)) => format!("hung up ({error})"),
        };
        self.close_with(response);
        self.end(Ender::Ourselves, None, text);
    }

    /// The peer's BYE.
    pub(super) fn bye_received(&mut self, transaction: ServerTransaction) {
        self.say(&transaction, 200, "OK");
        let request = transaction.request.clone();
        let reason = request.get("Reason").unwrap_or_default().to_owned();
        match self.phase {
            // Ours is on its way, and its answer ends the call.
            Phase::Closing | Phase::Over => {}
            Phase::Calling => {
                // Not the peer's to send, but clear: our INVITE has to come to its end.
                self.early_bye = Some(request);
                self.stop_invite();
            }
            Phase::Ringing => {
                if let Some(invite) = self.take_their_invite() {
                    self.say(&invite, 487, "Request Terminated");
                }
                self.emit(SessionEvent::Cancelled);
                self.end(Ender::Peer, Some(request), reason);
            }
            Phase::Established => self.end(Ender::Peer, Some(request), reason),
        }
    }

    /// Answers everybody who waits for the end.
    pub(super) fn close_with(&mut self, response: Result<Message, SessionError>) {
        for closer in self.closers.drain(..) {
            let _ = closer.send(response.clone());
        }
    }

    /// Ends without a word to the peer.
    pub(super) fn end_locally(&mut self, reason: &str) {
        self.end(Ender::Ourselves, None, reason.to_owned());
    }

    /// Emits `Ended`, once. Who still waits for a response learns that it is over, but a
    /// REFER is answered still: the BYE of a peer that has nothing more to say of a transfer
    /// may overtake its 202, and who ends a dialog answers what is open in it (§15.1.2).
    pub(super) fn end(&mut self, by: Ender, request: Option<Message>, reason: String) {
        if self.phase == Phase::Over {
            return;
        }
        self.quiet_down();
        self.phase = Phase::Over;
        self.close_with(Err(SessionError::Ended));
        self.pending.retain(|_, pending| matches!(pending.purpose, Purpose::Refer(_)));
        self.emit(SessionEvent::Ended { by, request, reason });
        self.events = None;
        self.stragglers = self.role == Role::Caller && self.acks.any();
        self.linger();
    }

    /// Stops what belongs to a living call and answers the peer's open requests.
    fn quiet_down(&mut self) {
        self.alarms.stop_all();
        self.stop_2xx();
        self.refresh = None;
        self.awaiting = None;
        self.their_invite = None;
        for (_, transaction) in std::mem::take(&mut self.asked) {
            self.say(&transaction, 487, "Request Terminated");
        }
        let retry = self.retry.take().map(|(command, _)| command);
        for command in self.waiting.drain(..).chain(retry) {
            turn_down(command, SessionError::Ended);
        }
    }

    /// Whether the task has nothing left to do.
    pub(super) fn is_finished(&self) -> bool {
        let outlives =
            |pending: &Pending| matches!(pending.purpose, Purpose::Unattended | Purpose::Refer(_));
        let unanswered = self.pending.values().any(outlives);
        let lingering = self.subscriptions.are_active() || self.stragglers;
        self.phase == Phase::Over && !lingering && !unanswered
    }
}
