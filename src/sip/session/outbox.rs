//! Our requests within the dialog and what comes back for them.

use std::net::SocketAddr;

use bytes::Bytes;
use tokio::sync::mpsc::UnboundedSender;

use super::event::{SessionError, SessionEvent};
use super::handle::{Answer, Command};
use super::task::{Note, Phase, Task};
use crate::sip::endpoint::{ClientMail, Reply};
use crate::sip::{Message, Method};

/// Answers to challenges for one request: the first, and one for a stale nonce.
const ROUNDS: u8 = 2;

/// Why a request was sent.
#[derive(Debug)]
pub(super) enum Purpose {
    /// The initial INVITE.
    Invite { had_offer: bool },
    /// A re-INVITE for the user, or for the session timer (`None`).
    Reinvite { offer: Option<Bytes>, tries: u32, answer: Option<Answer> },
    /// An UPDATE likewise.
    Update { had_offer: bool, answer: Option<Answer> },
    /// BYE.
    Bye,
    /// REFER.
    Refer(Answer),
    /// NOTIFY of a transfer, PRACK: nobody waits.
    Unattended,
    /// Anything else for the user.
    Other(Answer),
}

/// A request without a final response.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) message: Message,
    pub(super) purpose: Purpose,
    pub(super) canceller: UnboundedSender<ClientMail>,
    destination: SocketAddr,
    rounds: u8,
}

impl Pending {
    /// Whether it is an INVITE, or an UPDATE with an offer: one at a time.
    pub(super) fn occupies_offer(&self) -> bool {
        matches!(
            self.purpose,
            Purpose::Invite { .. }
                | Purpose::Reinvite { .. }
                | Purpose::Update { had_offer: true, .. }
        )
    }
}

impl Task {
    /// Sends a request along the route set or to the remote target.
    pub(super) async fn send(&mut self, message: Message, purpose: Purpose) {
        let message =
            self.headers.iter().fold(message, |message, (name, value)| message.with(name, value));
        let destination = self.targets.address(self.dialog.next_hop()).await;
        self.send_to(message, purpose, destination);
    }

    /// Sends a request to an address, with credentials if a challenge is known.
    pub(super) fn send_to(&mut self, message: Message, purpose: Purpose, destination: SocketAddr) {
        let message = match &mut self.authorizer {
            Some(authorizer) => authorizer.authorize(message),
            None => message,
        };
        self.launch(message, purpose, destination, 0);
    }

    fn launch(&mut self, message: Message, purpose: Purpose, destination: SocketAddr, rounds: u8) {
        let ticket = self.ticket();
        let mut transaction = self.endpoint.request(message.clone(), destination);
        let canceller = transaction.canceller();
        let notes = self.notes.clone();
        tokio::spawn(async move {
            while let Some(reply) = transaction.next().await {
                if notes.send(Note::Reply(ticket, reply)).is_err() {
                    break;
                }
            }
        });
        let pending = Pending { message, purpose, canceller, destination, rounds };
        self.pending.insert(ticket, pending);
    }

    /// A reply to one of our requests.
    pub(super) async fn reply(&mut self, ticket: u64, reply: Reply) {
        match reply {
            Reply::Provisional(response) => {
                let initial = self
                    .pending
                    .get(&ticket)
                    .is_some_and(|pending| matches!(pending.purpose, Purpose::Invite { .. }));
                if initial {
                    self.progress(response).await;
                }
            }
            Reply::Final(response) => match self.pending.remove(&ticket) {
                Some(pending) => self.final_response(pending, response).await,
                None => self.repeated_2xx(&response).await,
            },
            Reply::Timeout => {
                if let Some(pending) = self.pending.remove(&ticket) {
                    let method = method_name(&pending.message);
                    self.no_response(pending.purpose, SessionError::Timeout(method)).await;
                }
            }
            Reply::Transport(text) => {
                if let Some(pending) = self.pending.remove(&ticket) {
                    self.no_response(pending.purpose, SessionError::Transport(text)).await;
                }
            }
        }
    }

    async fn final_response(&mut self, pending: Pending, response: Message) {
        let Some(pending) = self.challenged(pending, &response) else { return };
        let status = response.status().unwrap_or_default();
        let is_notify = pending.message.method() == Some(&Method::Notify);
        if pending.message.method() == Some(&Method::Invite) {
            let credentials = |name: &str| name.ends_with("Authorization");
            self.invite_credentials =
                pending.message.headers.into_iter().filter(|h| credentials(&h.name)).collect();
        }
        match pending.purpose {
            Purpose::Invite { had_offer } => self.invite_answered(response, had_offer).await,
            Purpose::Reinvite { offer, tries, answer } => {
                self.reinvite_answered(response, offer, tries, answer).await;
            }
            Purpose::Update { answer, .. } => self.update_answered(response, answer).await,
            Purpose::Bye => self.bye_answered(Ok(response)),
            Purpose::Refer(answer) => {
                self.refer_answered(&response);
                let _ = answer.send(Ok(response));
            }
            Purpose::Unattended => {
                if status == 481 && is_notify {
                    self.subscriptions.notifying = false;
                }
            }
            Purpose::Other(answer) => {
                let _ = answer.send(Ok(response));
            }
        }
    }

    /// Answers a challenge with the next CSeq; gives the request back if there is none
    /// that can be answered.
    fn challenged(&mut self, pending: Pending, response: &Message) -> Option<Pending> {
        let initial = matches!(pending.purpose, Purpose::Invite { .. });
        let given_up =
            self.phase == Phase::Over || (initial && (self.closing || self.early_bye.is_some()));
        let challenge = matches!(response.status(), Some(401 | 407));
        if !challenge || given_up || pending.rounds >= ROUNDS {
            return Some(pending);
        }
        let Some(authorizer) = &mut self.authorizer else { return Some(pending) };
        match authorizer.answer(&pending.message, response) {
            Ok(answer) => {
                if let Some(status) = response.status().filter(|_| initial) {
                    self.emit(SessionEvent::Challenged(status));
                }
                let message = self.dialog.renumber(answer);
                self.launch(message, pending.purpose, pending.destination, pending.rounds + 1);
                None
            }
            Err(error) => {
                tracing::debug!(%error, "challenge not answered");
                Some(pending)
            }
        }
    }

    async fn no_response(&mut self, purpose: Purpose, error: SessionError) {
        match purpose {
            Purpose::Invite { .. } => self.invite_unanswered(error),
            Purpose::Reinvite { answer, .. } | Purpose::Update { answer, .. } => match answer {
                Some(answer) => {
                    let _ = answer.send(Err(error));
                }
                // RFC 4028 §10: a refresh that nobody answers ends the session.
                None => self.give_up("the session refresh was not answered").await,
            },
            Purpose::Bye => self.bye_answered(Err(error)),
            Purpose::Refer(answer) | Purpose::Other(answer) => {
                let _ = answer.send(Err(error));
            }
            Purpose::Unattended => {}
        }
    }

    /// Any other request of the user.
    pub(super) async fn send_other(
        &mut self,
        method: Method,
        headers: Vec<(String, String)>,
        body: Option<(String, Bytes)>,
        answer: Answer,
    ) {
        let early = matches!(self.phase, Phase::Calling | Phase::Ringing);
        if self.phase == Phase::Over || self.phase == Phase::Closing {
            let _ = answer.send(Err(SessionError::Ended));
        } else if early && self.dialog.remote_tag.is_none() {
            let _ = answer.send(Err(SessionError::NotEstablished));
        } else {
            let request = self.dialog.request(method);
            let mut request =
                headers.iter().fold(request, |request, (name, value)| request.with(name, value));
            if let Some((content_type, bytes)) = body {
                request = request.with_body(&content_type, bytes);
            }
            self.send(request, Purpose::Other(answer)).await;
        }
    }

    /// Whether one of our requests occupies the offer/answer exchange.
    pub(super) fn is_offering(&self) -> bool {
        self.pending.values().any(Pending::occupies_offer) || self.awaiting.is_some()
    }
}

/// Tells a command's user why it was not carried out.
pub(super) fn turn_down(command: Command, error: SessionError) {
    if let Command::Reinvite(_, answer) | Command::Update(_, answer) = command {
        let _ = answer.send(Err(error));
    }
}

fn method_name(message: &Message) -> &'static str {
    match message.method() {
        Some(Method::Invite) => "INVITE",
        Some(Method::Bye) => "BYE",
        Some(Method::Refer) => "REFER",
        Some(Method::Update) => "UPDATE",
        _ => "a request",
    }
}
