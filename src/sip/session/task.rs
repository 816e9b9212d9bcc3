//! The task of a session: one loop over commands, requests, replies and alarms. Each
//! concern has its file; this one holds the state and hands out.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;

use super::acknowledge::{Acks, AwaitingAnswer, Unacked};
use super::event::{Decision, SessionEvent};
use super::handle::{Answer, Command};
use super::outbox::Pending;
use super::refer::Subscriptions;
use super::refresh::Refresh;
use super::reliable::Reliable;
use crate::sip::alarms::Alarms;
use crate::sip::dialog::{Dialog, Targets};
use crate::sip::digest::Authorizer;
use crate::sip::endpoint::{DialogInput, Endpoint, Reply, ServerEvent, ServerTransaction};
use crate::sip::transaction::Timers;
use crate::sip::{Header, Message};

/// Where the INVITE usage stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// UAC, no final response yet.
    Calling,
    /// UAS, no final response sent.
    Ringing,
    /// A 2xx has passed.
    Established,
    /// Our BYE is out, or waits for its turn.
    Closing,
    /// `Ended` has been emitted.
    Over,
}

/// Which side began, and owns the Call-ID (RFC 3261 §14.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Caller,
    Called,
}

/// What a session waits for by the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alarm {
    /// Send the 2xx again (§13.3.1.4).
    Repeat2xx,
    /// The ACK has not come in 64·T1.
    AckMissing,
    /// Send the reliable provisional response again (RFC 3262 §3).
    RepeatReliable,
    /// Its PRACK has not come in 64·T1.
    PrackMissing,
    /// Try a re-INVITE again after 491 (§14.1).
    Retry,
    /// Refresh the session (RFC 4028 §10).
    Refresh,
    /// The peer did not refresh it.
    Expire,
    /// Stop answering what comes late: NOTIFYs of a transfer, 2xx of a fork.
    Linger,
}

/// What arrives from the session's own helpers. The number is a ticket.
#[derive(Debug)]
pub(super) enum Note {
    Reply(u64, Reply),
    Server(u64, ServerEvent),
    Decided(u64, Option<Decision>),
}

pub(super) struct Task {
    pub(super) endpoint: Endpoint,
    pub(super) timers: Timers,
    pub(super) role: Role,
    pub(super) phase: Phase,
    pub(super) dialog: Dialog,
    pub(super) targets: Targets,
    pub(super) authorizer: Option<Authorizer>,
    /// Headers of the user for every later message.
    pub(super) headers: Vec<(String, String)>,
    /// `None` after `Ended`.
    pub(super) events: Option<UnboundedSender<SessionEvent>>,
    pub(super) notes: UnboundedSender<Note>,
    pub(super) alarms: Alarms<Alarm>,
    pub(super) last_ticket: u64,
    /// Our requests without a final response.
    pub(super) pending: HashMap<u64, Pending>,
    /// The peer's requests that the user or we have yet to answer.
    pub(super) asked: HashMap<u64, ServerTransaction>,
    /// The ticket in `asked` of the peer's INVITE: initial or re-INVITE.
    pub(super) their_invite: Option<u64>,
    /// Our 2xx without an ACK.
    pub(super) unacked: Option<Unacked>,
    pub(super) acks: Acks,
    /// The credentials of our latest INVITE, which its ACK repeats (§22.1).
    pub(super) invite_credentials: Vec<Header>,
    /// A 2xx whose offer the user has yet to answer.
    pub(super) awaiting: Option<AwaitingAnswer>,
    /// Offers of the user that wait for their turn.
    pub(super) waiting: VecDeque<Command>,
    /// A re-INVITE that met 491, for `Alarm::Retry`.
    pub(super) retry: Option<(Command, u32)>,
    /// Whether more 2xx to our INVITE may come after the end, to be acknowledged.
    pub(super) stragglers: bool,
    /// Whether the user wants the call ended; who waits for it; with what Reason.
    pub(super) closing: bool,
    pub(super) closers: Vec<Answer>,
    pub(super) bye_reason: Option<String>,
    /// The peer's BYE before our INVITE was answered.
    pub(super) early_bye: Option<Message>,
    /// Our latest session description, for a refresh by re-INVITE.
    pub(super) local_sdp: Option<Bytes>,
    pub(super) peer_updates: bool,
    pub(super) reliable: Reliable,
    pub(super) refresh: Option<Refresh>,
    pub(super) subscriptions: Subscriptions,
}

impl Task {
    pub(super) async fn run(
        mut self,
        mut commands: UnboundedReceiver<Command>,
        mut inputs: UnboundedReceiver<DialogInput>,
        mut notes: UnboundedReceiver<Note>,
    ) {
        let closed = self.endpoint.closed();
        let mut held = true;
        while !self.is_finished() {
            tokio::select! {
                () = closed.cancelled() => {
                    self.end_locally("the endpoint was closed");
                    break;
                }
                Some(note) = notes.recv() => self.note(note).await,
                Some(input) = inputs.recv() => self.input(input).await,
                command = commands.recv(), if held => if let Some(command) = command { self.command(command).await } else {
                    held = false;
                    self.abandon().await;
                },
                alarm = self.alarms.expired() => self.alarm(alarm).await,
            }
            self.next_offer().await;
        }
        self.endpoint.forget_dialog(&self.dialog.call_id, &self.dialog.local_tag);
    }

    async fn note(&mut self, note: Note) {
        match note {
            Note::Reply(ticket, reply) => self.reply(ticket, reply).await,
            Note::Server(ticket, ServerEvent::Cancelled(cancel)) => {
                self.cancelled_by_peer(ticket, &cancel);
            }
            Note::Decided(ticket, decision) => {
                self.decided(ticket, decision);
                self.notify_early().await;
            }
        }
    }

    async fn input(&mut self, input: DialogInput) {
        match input {
            DialogInput::Request(transaction) => self.request(transaction),
            DialogInput::Ack(ack) => self.acknowledged(ack).await,
            DialogInput::Stray2xx(response) => self.repeated_2xx(&response).await,
        }
    }

    async fn command(&mut self, command: Command) {
        match command {
            Command::Ring { status, reason, sdp } => self.ring(status, &reason, sdp),
            Command::Answer(sdp) => self.answer(sdp),
            Command::Reject { status, reason } => self.reject(status, &reason),
            Command::Cancel => {
                if self.phase == Phase::Calling {
                    self.cancel();
                }
            }
            Command::AckWith(sdp) => self.ack_with(Some(sdp)).await,
            Command::LoseAck => self.acks.next_is_lost = true,
            Command::Reinvite(..) | Command::Update(..) => self.waiting.push_back(command),
            Command::Refer { refer_to, referred_by, answer } => {
                self.refer(refer_to, referred_by, answer).await;
            }
            Command::Notify { status, reason, terminated } => {
                self.notify(status, &reason, terminated).await;
            }
            Command::Send { method, headers, body, answer } => {
                self.send_other(method, headers, body, answer).await;
            }
            Command::Headers(headers) => self.headers = headers,
            Command::Bye { reason, answer } => self.hang_up(reason, Some(answer)).await,
        }
    }

    async fn alarm(&mut self, alarm: Alarm) {
        match alarm {
            Alarm::Repeat2xx => self.repeat_2xx(),
            Alarm::AckMissing => self.ack_missing().await,
            Alarm::RepeatReliable => self.repeat_reliable(),
            Alarm::PrackMissing => self.prack_missing(),
            Alarm::Retry => self.retry_offer().await,
            Alarm::Refresh => self.refresh_session().await,
            Alarm::Expire => self.session_expired().await,
            Alarm::Linger => {
                self.subscriptions.forget();
                self.stragglers = false;
            }
        }
    }

    pub(super) fn emit(&self, event: SessionEvent) {
        // A user that does not listen any more still gets a decent peer.
        if let Some(events) = &self.events {
            let _ = events.send(event);
        }
    }

    pub(super) fn ticket(&mut self) -> u64 {
        self.last_ticket += 1;
        self.last_ticket
    }

    /// Keeps a request of the peer until the user decides.
    pub(super) fn ask(
        &mut self,
        mut transaction: ServerTransaction,
        decision: Option<oneshot::Receiver<Decision>>,
    ) -> u64 {
        let ticket = self.ticket();
        if let Some(mut events) = transaction.take_events() {
            let notes = self.notes.clone();
            tokio::spawn(async move {
                while let Some(event) = events.recv().await {
                    let _ = notes.send(Note::Server(ticket, event));
                }
            });
        }
        if let Some(decision) = decision {
            let notes = self.notes.clone();
            tokio::spawn(async move {
                let _ = notes.send(Note::Decided(ticket, decision.await.ok()));
            });
        }
        self.asked.insert(ticket, transaction);
        ticket
    }

    /// A response with the headers that all of ours have.
    pub(super) fn respond(&self, transaction: &ServerTransaction, response: Message) {
        let response = self
            .headers
            .iter()
            .fold(response, |response, (name, value)| response.with(name, value));
        transaction.respond(response);
    }

    /// A response by its status line.
    pub(super) fn say(&self, transaction: &ServerTransaction, status: u16, reason: &str) {
        self.respond(transaction, Message::response(&transaction.request, status, reason));
    }
}
