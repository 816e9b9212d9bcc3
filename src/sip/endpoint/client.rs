//! Client transactions: the machines of §17.1 on a socket and a clock.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt as _;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::core::{ClientEntry, Core};
use crate::sip::alarms::Alarms;
use crate::sip::transaction::invite_client::{self, InviteClient};
use crate::sip::transaction::request_client::{self, RequestClient};
use crate::sip::transaction::{Action, Timer};
use crate::sip::{Message, Method, Via, identifier};

/// What comes back for a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// 1xx.
    Provisional(Message),
    /// 2xx–6xx. An INVITE's 2xx comes again each time the peer repeats it.
    Final(Message),
    /// Nobody answered in 64·T1 (RFC 3261 §8.1.3.1: as if 408).
    Timeout,
    /// It could not be sent, or nobody listens there (as if 503).
    Transport(String),
}

/// A request got no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Nobody answered.
    #[error("no response from {0}")]
    Timeout(SocketAddr),
    /// The transport failed.
    #[error("{0}")]
    Transport(String),
}

/// What the endpoint and the handle tell the driver.
#[derive(Debug)]
pub(crate) enum ClientMail {
    Response(Message),
    /// ICMP said that nobody listens.
    Refused(String),
    Cancel,
}

/// The user's end of a client transaction. Dropping it leaves the transaction running.
#[derive(Debug)]
pub struct ClientTransaction {
    replies: UnboundedReceiver<Reply>,
    mail: UnboundedSender<ClientMail>,
    remote: SocketAddr,
}

impl ClientTransaction {
    /// The next reply; `None` when the transaction is over.
    pub async fn next(&mut self) -> Option<Reply> {
        self.replies.recv().await
    }

    /// Waits for the final response.
    pub async fn final_response(&mut self) -> Result<Message, RequestError> {
        loop {
            match self.next().await {
                Some(Reply::Provisional(_)) => {}
                Some(Reply::Final(message)) => return Ok(message),
                Some(Reply::Transport(text)) => return Err(RequestError::Transport(text)),
                Some(Reply::Timeout) | None => return Err(RequestError::Timeout(self.remote)),
            }
        }
    }

    /// INVITE: sends CANCEL, as soon as a provisional response allows it (RFC 3261
    /// §9.1). The outcome comes as a final response, or as `Timeout` 64·T1 later.
    pub fn cancel(&self) {
        let _ = self.mail.send(ClientMail::Cancel);
    }

    /// A sender that cancels without the transaction at hand.
    pub(crate) fn canceller(&self) -> UnboundedSender<ClientMail> {
        self.mail.clone()
    }
}

#[derive(Debug)]
enum Machine {
    Invite(InviteClient),
    Other(RequestClient),
}

impl Machine {
    fn response(&mut self, status: u16) -> Vec<Action> {
        match self {
            Self::Invite(machine) => machine.on(invite_client::Input::Response(status)),
            Self::Other(machine) => machine.on(request_client::Input::Response(status)),
        }
    }

    fn fired(&mut self, timer: Timer) -> Vec<Action> {
        match self {
            Self::Invite(machine) => machine.on(invite_client::Input::Fired(timer)),
            Self::Other(machine) => machine.on(request_client::Input::Fired(timer)),
        }
    }

    fn transport_error(&mut self) -> Vec<Action> {
        match self {
            Self::Invite(machine) => machine.on(invite_client::Input::TransportError),
            Self::Other(machine) => machine.on(request_client::Input::TransportError),
        }
    }
}

/// Starts a transaction for `message`, which gets a Via of its own.
pub(crate) fn start(core: &Arc<Core>, message: Message, to: SocketAddr) -> ClientTransaction {
    let branch = identifier::new_branch();
    start_with(core, on_hop(core, message, &branch, to), &branch, to)
}

/// Adds what a request needs on its first hop: Via, Max-Forwards, User-Agent.
pub(crate) fn on_hop(core: &Core, message: Message, branch: &str, to: SocketAddr) -> Message {
    let channel = &core.channel;
    let own = channel.local_for(to);
    let sent_by = core.config.external.map_or(own, |ip| SocketAddr::new(ip, own.port()));
    let via = Via::new(channel.protocol_to(to).via_token(), sent_by, branch);
    let mut message = message.without("Via").with_first("Via", via);
    if message.get("Max-Forwards").is_none() {
        message = message.with("Max-Forwards", "70");
    }
    let (name, value) = core.product();
    if value.is_empty() || message.get(name).is_some() {
        message
    } else {
        message.with(name, value)
    }
}

/// Starts a transaction for a message that has its Via: a CANCEL shares its INVITE's.
fn start_with(
    core: &Arc<Core>,
    request: Message,
    branch: &str,
    remote: SocketAddr,
) -> ClientTransaction {
    let method = request.method().cloned().unwrap_or(Method::Options);
    let key = format!("{branch}|{}", method.as_str());
    let (mail, mailbox) = mpsc::unbounded_channel();
    let (replies, receiver) = mpsc::unbounded_channel();
    core.tables().clients.insert(key.clone(), ClientEntry { mail: mail.clone(), remote });
    let (timers, reliable) = (core.config.timers, core.channel.protocol_to(remote).is_reliable());
    let (machine, actions) = if method == Method::Invite {
        let (machine, actions) = InviteClient::start(timers, reliable);
        (Machine::Invite(machine), actions)
    } else {
        let (machine, actions) = RequestClient::start(timers, reliable);
        (Machine::Other(machine), actions)
    };
    let driver = Driver {
        core: Arc::clone(core),
        machine,
        bytes: request.to_bytes(),
        request,
        branch: branch.to_owned(),
        remote,
        replies,
        running: Alarms::default(),
        trouble: String::new(),
        cancel: Cancel::No,
        ack: None,
    };
    let mut running = Box::pin(driver.run(mailbox, actions, key));
    // The first poll sends, so that requests leave in the order in which they were made
    // (a dialog's CSeq must rise, §12.2.2), whichever task a worker takes up first.
    if running.as_mut().now_or_never().is_none() {
        tokio::spawn(running);
    }
    ClientTransaction { replies: receiver, mail, remote }
}

/// How far a wish to cancel has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cancel {
    No,
    Wanted,
    Sent,
}

struct Driver {
    core: Arc<Core>,
    machine: Machine,
    request: Message,
    bytes: Bytes,
    branch: String,
    remote: SocketAddr,
    replies: UnboundedSender<Reply>,
    running: Alarms<Timer>,
    trouble: String,
    cancel: Cancel,
    ack: Option<Bytes>,
}

impl Driver {
    async fn run(
        mut self,
        mut mailbox: UnboundedReceiver<ClientMail>,
        first: Vec<Action>,
        key: String,
    ) {
        let closed = self.core.closed.clone();
        let mut alive = self.perform(first, None).await;
        while alive {
            alive = tokio::select! {
                () = closed.cancelled() => false,
                Some(mail) = mailbox.recv() => self.receive(mail).await,
                timer = self.running.expired() => {
                    let actions = self.machine.fired(timer);
                    self.perform(actions, None).await
                }
            };
        }
        self.core.tables().clients.remove(&key);
    }

    async fn receive(&mut self, mail: ClientMail) -> bool {
        match mail {
            ClientMail::Response(response) => {
                let actions = self.machine.response(response.status().unwrap_or_default());
                let alive = self.perform(actions, Some(response)).await;
                self.maybe_cancel().await && alive
            }
            ClientMail::Refused(text) => {
                self.trouble = text;
                let actions = self.machine.transport_error();
                self.perform(actions, None).await
            }
            ClientMail::Cancel => {
                if self.cancel == Cancel::No {
                    self.cancel = Cancel::Wanted;
                }
                self.maybe_cancel().await
            }
        }
    }

    /// §9.1: not before a provisional response, and not after a final one.
    async fn maybe_cancel(&mut self) -> bool {
        let Machine::Invite(machine) = &mut self.machine else { return true };
        if self.cancel != Cancel::Wanted || machine.state() != invite_client::State::Proceeding {
            return true;
        }
        self.cancel = Cancel::Sent;
        let actions = machine.on(invite_client::Input::Cancelled);
        let cancel = same_hop(&self.request, Method::Cancel);
        drop(start_with(&self.core, cancel, &self.branch, self.remote));
        self.perform(actions, None).await
    }

    /// Carries out actions; false when the transaction is over.
    async fn perform(&mut self, actions: Vec<Action>, response: Option<Message>) -> bool {
        let mut queue = VecDeque::from(actions);
        while let Some(action) = queue.pop_front() {
            match action {
                Action::Send => {
                    if let Err(error) =
                        self.core.channel.send(self.remote, self.bytes.clone()).await
                    {
                        self.trouble = format!("cannot send to {}: {error}", self.remote);
                        queue = self.machine.transport_error().into();
                    }
                }
                Action::SendAck => {
                    if let Some(response) = &response {
                        let request = &self.request;
                        let ack = self.ack.get_or_insert_with(|| ack_of(request, response));
                        // A lost ACK is asked for again; a dead peer needs none.
                        let _ = self.core.channel.send(self.remote, ack.clone()).await;
                    }
                }
                Action::Deliver => {
                    if let Some(response) = &response {
                        let reply = if response.status().is_some_and(|status| status < 200) {
                            Reply::Provisional(response.clone())
                        } else {
                            Reply::Final(response.clone())
                        };
                        let _ = self.replies.send(reply);
                    }
                }
                Action::Start(timer, after) => self.running.start(timer, after),
                Action::Stop(timer) => self.running.stop(timer),
                Action::TimedOut => {
                    let _ = self.replies.send(Reply::Timeout);
                }
                Action::TransportFailed => {
                    let _ = self.replies.send(Reply::Transport(self.trouble.clone()));
                }
                Action::Terminate => return false,
            }
        }
        true
    }
}

/// A request on the same hop as an INVITE: its CANCEL (§9.1), or the ACK of a refusal
/// (§17.1.1.3).
fn same_hop(invite: &Message, method: Method) -> Message {
    let uri = invite.request_uri().unwrap_or_default().to_owned();
    let number = invite.cseq().map_or(1, |(number, _)| number);
    let cseq = format!("{number} {}", method.as_str());
    let mut request = Message::request(method, uri);
    for header in &invite.headers {
        let kept =
            ["Via", "Route", "From", "To", "Call-ID", "Max-Forwards", "User-Agent", "Server"];
        if kept.iter().any(|name| header.name.eq_ignore_ascii_case(name)) {
            request.headers.push(header.clone());
        }
    }
    request.with("CSeq", cseq)
}

/// The ACK of a non-2xx final response: its To comes from the response.
fn ack_of(invite: &Message, response: &Message) -> Bytes {
    let ack = same_hop(invite, Method::Ack);
    let to = response.get("To").unwrap_or_default().to_owned();
    ack.set("To", to).to_bytes()
}
