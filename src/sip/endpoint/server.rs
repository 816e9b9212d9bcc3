//! Server transactions: the machines of §17.2 on a socket and a clock.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::arrival;
use super::core::Core;
use crate::sip::alarms::Alarms;
use crate::sip::transaction::invite_server::{self, InviteServer};
use crate::sip::transaction::request_server::{self, RequestServer};
use crate::sip::transaction::{Action, Timer};
use crate::sip::{Message, Method, identifier};

/// What the endpoint and the handle tell the driver.
#[derive(Debug)]
pub(crate) enum ServerMail {
    /// The request again.
    Again,
    /// The ACK.
    Ack(Message),
    /// A CANCEL, to be answered 200 by its own transaction.
    Cancel(ServerTransaction),
    /// The user's response.
    Respond(Message),
}

/// What a server transaction tells its user beside the request.
#[derive(Debug)]
pub(crate) enum ServerEvent {
    /// CANCEL came before the final response; it has been answered.
    Cancelled(Message),
}

/// A request to be answered. Dropped without a final response, it is answered 500, or
/// 487 if it was cancelled.
#[derive(Debug)]
pub struct ServerTransaction {
    /// The request; its topmost Via says where it came from.
    pub request: Message,
    /// Where it came from.
    pub remote: SocketAddr,
    tag: String,
    answered: AtomicBool,
    cancelled: Arc<AtomicBool>,
    mail: UnboundedSender<ServerMail>,
    events: Option<UnboundedReceiver<ServerEvent>>,
}

impl ServerTransaction {
    /// Sends a response, adding our To tag and Server where they lack. After a final
    /// one only repeated 2xx to an INVITE go out.
    pub fn respond(&self, response: Message) {
        if response.status().is_some_and(|status| status >= 200) {
            self.answered.store(true, Ordering::Relaxed);
        }
        let _ = self.mail.send(ServerMail::Respond(self.tagged(response)));
    }

    /// The To tag that this transaction gives to its responses.
    pub fn local_tag(&self) -> &str {
        &self.tag
    }

    /// Whether a CANCEL has come.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Its events, once.
    pub(crate) fn take_events(&mut self) -> Option<UnboundedReceiver<ServerEvent>> {
        self.events.take()
    }

    fn tagged(&self, response: Message) -> Message {
        if response.status() == Some(100) || response.to_tag().is_some() {
            return response;
        }
        response.with_to_tag(&self.tag)
    }
}

impl Drop for ServerTransaction {
    fn drop(&mut self) {
        if !self.answered.load(Ordering::Relaxed) && self.request.method() != Some(&Method::Ack) {
            let (status, reason) = if self.is_cancelled() {
                (487, "Request Terminated")
            } else {
                (500, "Server Internal Error")
            };
            self.respond(Message::response(&self.request, status, reason));
        }
    }
}

#[derive(Debug)]
enum Machine {
    Invite(InviteServer),
    Other(RequestServer),
}

impl Machine {
    fn again(&mut self) -> Vec<Action> {
        match self {
            Self::Invite(machine) => machine.on(invite_server::Input::Request),
            Self::Other(machine) => machine.on(request_server::Input::Request),
        }
    }

    fn respond(&mut self, status: u16) -> Vec<Action> {
        match self {
            Self::Invite(machine) => machine.on(invite_server::Input::Respond(status)),
            Self::Other(machine) => machine.on(request_server::Input::Respond(status)),
        }
    }

    fn fired(&mut self, timer: Timer) -> Vec<Action> {
        match self {
            Self::Invite(machine) => machine.on(invite_server::Input::Fired(timer)),
            Self::Other(machine) => machine.on(request_server::Input::Fired(timer)),
        }
    }

    fn transport_error(&mut self) -> Vec<Action> {
        match self {
            Self::Invite(machine) => machine.on(invite_server::Input::TransportError),
            Self::Other(machine) => machine.on(request_server::Input::TransportError),
        }
    }

    fn is_proceeding(&self) -> bool {
        match self {
            Self::Invite(machine) => machine.state() == invite_server::State::Proceeding,
            Self::Other(_) => false,
        }
    }
}

/// Starts a transaction for a request that matches none, under `key`.
pub(crate) fn start(
    core: &Arc<Core>,
    request: Message,
    remote: SocketAddr,
    key: String,
) -> ServerTransaction {
    let (mail, mailbox) = mpsc::unbounded_channel();
    let (events, receiver) = mpsc::unbounded_channel();
    core.tables().servers.insert(key.clone(), mail.clone());
    let (timers, reliable) = (core.config.timers, core.channel.protocol_to(remote).is_reliable());
    let is_invite = request.method() == Some(&Method::Invite);
    let machine = if is_invite {
        Machine::Invite(InviteServer::start(timers, reliable))
    } else {
        Machine::Other(RequestServer::start(timers, reliable))
    };
    // A request within a dialog has our tag already.
    let tag = request.to_tag().unwrap_or_else(identifier::new_tag);
    let cancelled = Arc::new(AtomicBool::new(false));
    let driver = Driver {
        core: Arc::clone(core),
        machine,
        destination: arrival::response_address(&request, remote, reliable),
        latest: None,
        running: Alarms::default(),
        events,
        cancelled: Arc::clone(&cancelled),
    };
    tokio::spawn(driver.run(mailbox, key));
    let transaction = ServerTransaction {
        request,
        remote,
        tag,
        answered: AtomicBool::new(false),
        cancelled,
        mail,
        events: Some(receiver),
    };
    if is_invite {
        transaction.respond(Message::response(&transaction.request, 100, "Trying"));
    }
    transaction
}

struct Driver {
    core: Arc<Core>,
    machine: Machine,
    destination: SocketAddr,
    latest: Option<Bytes>,
    running: Alarms<Timer>,
    events: UnboundedSender<ServerEvent>,
    cancelled: Arc<AtomicBool>,
}

impl Driver {
    async fn run(mut self, mut mailbox: UnboundedReceiver<ServerMail>, key: String) {
        let closed = self.core.closed.clone();
        let mut alive = true;
        while alive {
            alive = tokio::select! {
                biased;
                Some(mail) = mailbox.recv() => self.receive(mail).await,
                () = closed.cancelled() => false,
                timer = self.running.expired() => {
                    let actions = self.machine.fired(timer);
                    self.perform(actions, None).await
                }
            };
        }
        self.core.tables().servers.remove(&key);
    }

    async fn receive(&mut self, mail: ServerMail) -> bool {
        match mail {
            ServerMail::Again => {
                let actions = self.machine.again();
                self.perform(actions, None).await
            }
            ServerMail::Ack(ack) => {
                let Machine::Invite(machine) = &mut self.machine else { return true };
                let actions = machine.on(invite_server::Input::Ack);
                self.perform(actions, Some(ack)).await
            }
            ServerMail::Cancel(cancel) => {
                cancel.respond(Message::response(&cancel.request, 200, "OK"));
                if self.machine.is_proceeding() && !self.cancelled.swap(true, Ordering::Relaxed) {
                    let _ = self.events.send(ServerEvent::Cancelled(cancel.request.clone()));
                }
                true
            }
            ServerMail::Respond(response) => {
                let status = response.status().unwrap_or(500);
                let actions = self.machine.respond(status);
                if actions.contains(&Action::Send) {
                    let (name, value) = self.core.product();
                    let named = value.is_empty() || response.get(name).is_some();
                    let response = if named { response } else { response.with(name, value) };
                    self.latest = Some(response.to_bytes());
                }
                self.perform(actions, None).await
            }
        }
    }

    /// Carries out actions; false when the transaction is over.
    async fn perform(&mut self, actions: Vec<Action>, ack: Option<Message>) -> bool {
        let mut queue = VecDeque::from(actions);
        while let Some(action) = queue.pop_front() {
            match action {
                Action::Send => {
                    let Some(bytes) = self.latest.clone() else { continue };
                    if let Err(error) = self.core.channel.send(self.destination, bytes).await {
                        tracing::debug!(%error, remote = %self.destination, "response not sent");
                        queue.extend(self.machine.transport_error());
                    }
                }
                Action::Deliver => {
                    if let Some(ack) = &ack {
                        super::dispatch::to_dialog_ack(&self.core, ack.clone());
                    }
                }
                Action::Start(timer, after) => self.running.start(timer, after),
                Action::Stop(timer) => self.running.stop(timer),
                Action::Terminate => return false,
                Action::SendAck | Action::TimedOut | Action::TransportFailed => {}
            }
        }
        true
    }
}
