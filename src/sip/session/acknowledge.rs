//! ACKs of 2xx: the user agent's work, not the transaction's (RFC 3261 §13.2.2.4,
//! §13.3.1.4).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;

use super::event::SessionEvent;
use super::handle::Answer;
use super::task::{Alarm, Phase, Task};
use crate::sip::Message;
use crate::sip::endpoint::ServerTransaction;

/// An ACK that we sent, and to whom.
#[derive(Debug)]
struct Repeatable {
    ack: Message,
    destination: SocketAddr,
}

/// The ACKs of a session.
#[derive(Debug, Default)]
pub(super) struct Acks {
    /// Those that we sent, by CSeq, to be repeated.
    sent: HashMap<u32, Repeatable>,
    /// Whether the next one, in either direction, is taken for lost.
    pub(super) next_is_lost: bool,
}

impl Acks {
    /// Whether we have acknowledged anything.
    pub(super) fn any(&self) -> bool {
        !self.sent.is_empty()
    }
}

/// A 2xx with an offer that waits for the user's answer.
#[derive(Debug)]
pub(super) struct AwaitingAnswer {
    response: Message,
    /// `None` for the initial INVITE.
    reinvite: Option<Option<Answer>>,
}

/// Our 2xx without an ACK.
#[derive(Debug)]
pub(super) struct Unacked {
    transaction: ServerTransaction,
    response: Message,
    number: u32,
    interval: Duration,
    /// Whether the ACK has to bring the answer to our offer.
    pub(super) made_offer: bool,
}

impl Task {
    /// ACKs the 2xx to our INVITE with this CSeq.
    pub(super) async fn send_ack(&mut self, number: u32, sdp: Option<Bytes>) {
        let mut ack = self.dialog.ack(number);
        ack.headers.extend(self.invite_credentials.iter().cloned());
        if let Some(sdp) = sdp {
            ack = ack.with_body("application/sdp", sdp);
        }
        let destination = self.targets.address(self.dialog.next_hop()).await;
        let ack = if std::mem::take(&mut self.acks.next_is_lost) {
            self.endpoint.ack_for(ack, destination)
        } else {
            self.endpoint.send_ack(ack, destination).await
        };
        self.acks.sent.insert(number, Repeatable { ack, destination });
    }

    /// A 2xx once more: its ACK was lost. One of another peer (a fork) is acknowledged
    /// and ended at once.
    pub(super) async fn repeated_2xx(&mut self, response: &Message) {
        let is_2xx = response.status().is_some_and(|status| (200..300).contains(&status));
        let Some((number, _)) = response.cseq().filter(|_| is_2xx) else { return };
        if !self.dialog.is_from_peer(response.to_tag().as_deref()) {
            let mut fork = self.dialog.forked_by(response);
            let destination = self.targets.address(fork.next_hop()).await;
            self.endpoint.send_ack(fork.ack(number), destination).await;
            let bye = fork.request(crate::sip::Method::Bye);
            drop(self.endpoint.request(bye, destination));
        } else if let Some(sent) = self.acks.sent.get(&number) {
            self.endpoint.resend(&sent.ack, sent.destination).await;
            self.emit(SessionEvent::AnswerRepeated);
        }
    }

    /// The user has to answer the offer of this 2xx before its ACK can go.
    pub(super) fn await_answer(&mut self, response: Message, reinvite: Option<Option<Answer>>) {
        self.emit(SessionEvent::AnswerNeeded(response.clone()));
        self.awaiting = Some(AwaitingAnswer { response, reinvite });
    }

    /// The user's answer, or none where the call ends instead.
    pub(super) async fn ack_with(&mut self, sdp: Option<Bytes>) {
        let Some(AwaitingAnswer { response, reinvite }) = self.awaiting.take() else { return };
        let number = response.cseq().map_or(1, |(number, _)| number);
        if sdp.is_some() {
            self.local_sdp.clone_from(&sdp);
        }
        self.send_ack(number, sdp).await;
        match reinvite {
            Some(Some(answer)) => {
                let _ = answer.send(Ok(response));
            }
            Some(None) => {}
            None => self.emit(SessionEvent::Answered(response)),
        }
    }

    /// Sends a 2xx to an INVITE and goes on sending it until the ACK.
    pub(super) fn send_2xx(
        &mut self,
        transaction: ServerTransaction,
        response: Message,
        made_offer: bool,
    ) {
        let number = transaction.request.cseq().map_or(0, |(number, _)| number);
        let response = self
            .headers
            .iter()
            .fold(response, |response, (name, value)| response.with(name, value));
        transaction.respond(response.clone());
        let interval = self.timers.t1;
        self.alarms.start(Alarm::Repeat2xx, interval);
        self.alarms.start(Alarm::AckMissing, self.timers.patience());
        self.unacked = Some(Unacked { transaction, response, number, interval, made_offer });
    }

    pub(super) fn repeat_2xx(&mut self) {
        let timers = self.timers;
        if let Some(unacked) = &mut self.unacked {
            unacked.transaction.respond(unacked.response.clone());
            unacked.interval = timers.next(unacked.interval);
            self.alarms.start(Alarm::Repeat2xx, unacked.interval);
        }
    }

    /// An ACK; one that comes again says nothing new.
    pub(super) async fn acknowledged(&mut self, ack: Message) {
        let number = ack.cseq().map(|(number, _)| number);
        if self.unacked.as_ref().is_none_or(|unacked| Some(unacked.number) != number) {
            return;
        }
        if std::mem::take(&mut self.acks.next_is_lost) {
            return;
        }
        self.stop_2xx();
        if self.phase == Phase::Over {
            return;
        }
        self.emit(SessionEvent::Acked(ack));
        if self.closing {
            self.send_bye().await;
        }
    }

    pub(super) fn stop_2xx(&mut self) {
        self.unacked = None;
        self.alarms.stop(Alarm::Repeat2xx);
        self.alarms.stop(Alarm::AckMissing);
    }

    /// §13.3.1.4: no ACK in 64·T1, so the session ends with BYE.
    pub(super) async fn ack_missing(&mut self) {
        self.stop_2xx();
        self.give_up("no ACK came for our 200").await;
    }
}
