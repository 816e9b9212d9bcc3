//! UAC: from the initial INVITE to its final response (RFC 3261 §13.2, §9.1).

use super::event::{SessionError, SessionEvent};
use super::outbox::Purpose;
use super::task::{Phase, Task};
use crate::record::Ender;
use crate::sip::{Message, Method};

impl Task {
    /// 1xx. A reliable one is acknowledged and counts once (RFC 3262 §4).
    pub(super) async fn progress(&mut self, response: Message) {
        if response.status() != Some(100) && response.to_tag().is_some() {
            self.dialog.established_by(&response);
            self.note_peer(&response);
        }
        if let Some(number) = sequence(&response) {
            if !self.reliable.is_news(response.to_tag().unwrap_or_default(), number) {
                return;
            }
            self.reliable.answered |= response.sdp().is_some();
            let invite = response.cseq().map_or(1, |(number, _)| number);
            let prack = self
                .dialog
                .request(Method::Prack)
                .with("RAck", format!("{number} {invite} INVITE"));
            self.send(prack, Purpose::Unattended).await;
        }
        if self.phase == Phase::Calling {
            self.emit(SessionEvent::Progress(response));
        }
    }

    /// The final response.
    pub(super) async fn invite_answered(&mut self, response: Message, had_offer: bool) {
        let status = response.status().unwrap_or_default();
        if (200..300).contains(&status) {
            self.dialog.established_by(&response);
            self.note_peer(&response);
            return self.accepted(response, had_offer).await;
        }
        let reason = response.reason().unwrap_or_default().to_owned();
        let text = format!("{status} {reason}");
        if let Some(bye) = self.early_bye.take() {
            self.emit(SessionEvent::Failed { status, reason, message: Some(response) });
            self.end(Ender::Peer, Some(bye), text);
        } else if self.closing {
            self.close_with(Ok(response));
            self.emit(SessionEvent::Cancelled);
            self.end(Ender::Ourselves, None, format!("cancelled ({text})"));
        } else {
            self.emit(SessionEvent::Failed { status, reason, message: Some(response) });
            self.end(Ender::Peer, None, text);
        }
    }

    /// 2xx: ACK, and what has to follow.
    async fn accepted(&mut self, response: Message, had_offer: bool) {
        let number = response.cseq().map_or(1, |(number, _)| number);
        if self.closing || self.early_bye.is_some() {
            // The CANCEL crossed the 2xx, or the peer said BYE before it.
            self.send_ack(number, None).await;
            if let Some(bye) = self.early_bye.take() {
                self.end(Ender::Peer, Some(bye), "BYE before the answer".to_owned());
            } else {
                self.emit(SessionEvent::Cancelled);
                self.send_bye().await;
            }
            return;
        }
        self.phase = Phase::Established;
        self.agree_on_refresh(&response);
        let answered_early = self.reliable.answered;
        if !had_offer && response.sdp().is_some() && !answered_early {
            self.await_answer(response, None);
        } else {
            self.send_ack(number, None).await;
            self.emit(SessionEvent::Answered(response));
        }
    }

    /// Nobody answered (as if 408), or nobody is there (as if 503).
    pub(super) fn invite_unanswered(&mut self, error: SessionError) {
        let text = error.to_string();
        if self.closing {
            self.close_with(Err(error));
            self.emit(SessionEvent::Cancelled);
            return self.end(Ender::Ourselves, None, format!("cancelled ({text})"));
        }
        let status = if matches!(error, SessionError::Transport(_)) { 503 } else { 408 };
        self.emit(SessionEvent::Failed { status, reason: text.clone(), message: None });
        self.end(Ender::Peer, None, text);
    }

    /// CANCEL once, now or as soon as a provisional response allows it.
    pub(super) fn cancel(&mut self) {
        self.closing = true;
        self.stop_invite();
    }

    pub(super) fn stop_invite(&self) {
        for pending in self.pending.values() {
            if matches!(pending.purpose, Purpose::Invite { .. }) {
                let _ = pending.canceller.send(crate::sip::endpoint::ClientMail::Cancel);
            }
        }
    }

    /// What we learn about the peer from any of its messages.
    pub(super) fn note_peer(&mut self, message: &Message) {
        if message.get("Allow").is_some() {
            self.peer_updates = message.lists("Allow", "UPDATE");
        }
    }
}

/// The RSeq of a reliable provisional response.
fn sequence(response: &Message) -> Option<u32> {
    let reliable = response.lists("Require", "100rel") && response.to_tag().is_some();
    response.get("RSeq").filter(|_| reliable)?.trim().parse().ok()
}
