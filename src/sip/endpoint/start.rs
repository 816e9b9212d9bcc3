//! The endpoint's handle.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::authenticated;
use super::client::{self, ClientTransaction, RequestError};
use super::core::{Core, DialogInput};
use super::dispatch;
use super::server::ServerTransaction;
use crate::sip::digest::{Authorizer, Credentials};
use crate::sip::transaction::Timers;
use crate::sip::{Message, identifier};
use crate::wire::Channel;

/// How an endpoint presents itself and how patient it is.
#[derive(Debug, Clone, Default)]
pub struct EndpointConfig {
    /// Value of User-Agent (or Server).
    pub user_agent: String,
    /// Timer values.
    pub timers: Timers,
    /// Whether it is a server: it calls itself Server rather than User-Agent, and reaches who
    /// came over a connection over no other.
    pub server: bool,
    /// What its Via says in place of its own address, where a router redirects to it.
    pub external: Option<IpAddr>,
}

/// What comes in outside of any dialog.
#[derive(Debug)]
pub enum Incoming {
    /// A request; for an INVITE 100 has been sent. What the user does not want to deal
    /// with goes to [`Endpoint::answer_default`].
    Request(ServerTransaction),
    /// Not SIP, or without what every SIP message has.
    Garbage {
        /// Where it came from.
        remote: SocketAddr,
        /// All of it.
        bytes: bytes::Bytes,
        /// What is wrong with it.
        problem: String,
    },
}

/// One socket for any number of users. Clones share it; when the last clone and the
/// last session are gone, the socket closes.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub(crate) core: Arc<Core>,
    guard: Option<Arc<DropGuard>>,
}

impl Endpoint {
    /// Starts receiving. Must be called within a tokio runtime.
    pub fn start(
        channel: Channel,
        config: EndpointConfig,
    ) -> (Self, mpsc::UnboundedReceiver<Incoming>) {
        let (incoming, receiver) = mpsc::unbounded_channel();
        let core = Arc::new(Core::new(channel, config, incoming));
        let guard = Arc::new(core.closed.clone().drop_guard());
        let endpoint = Self { core: Arc::clone(&core), guard: Some(guard) };
        tokio::spawn(dispatch::receive(core));
        (endpoint, receiver)
    }

    /// The address that it is bound to.
    pub fn local_addr(&self) -> SocketAddr {
        self.core.channel.local_addr()
    }

    /// Its channel.
    pub fn channel(&self) -> &Channel {
        &self.core.channel
    }

    /// Its timers.
    pub fn timers(&self) -> &Timers {
        &self.core.config.timers
    }

    pub(crate) fn is_server(&self) -> bool {
        self.core.config.server
    }

    /// Stops at once, as a crashed peer would: nothing more is sent, answered or
    /// received, and the socket closes when its channel's other owners let go.
    pub fn close(&self) {
        self.core.closed.cancel();
    }

    /// Sends a request in a client transaction of its own: adds Via (with `rport`),
    /// Max-Forwards and User-Agent, retransmits, acknowledges non-2xx.
    pub fn request(&self, message: Message, destination: SocketAddr) -> ClientTransaction {
        client::start(&self.core, message, destination)
    }

    /// Sends a request other than INVITE and answers a digest challenge once, and a
    /// stale one once more (RFC 3261 §22). Each attempt has the next CSeq. A 401 or 407
    /// comes back as a response where `credentials` do not help.
    pub async fn send_authenticated(
        &self,
        message: Message,
        destination: SocketAddr,
        credentials: Option<&Credentials>,
    ) -> Result<Message, RequestError> {
        let mut authorizer = credentials.cloned().map(Authorizer::new);
        authenticated::send(self, message, destination, authorizer.as_mut()).await
    }

    /// Whether a response to any REGISTER of its has ever come.
    pub fn was_answered(&self) -> bool {
        self.core.answered.load(Ordering::Relaxed)
    }

    /// The same with an authorizer that the caller keeps, so that later requests carry
    /// credentials from the start.
    pub async fn send_authorized(
        &self,
        message: Message,
        destination: SocketAddr,
        authorizer: &mut Authorizer,
    ) -> Result<Message, RequestError> {
        authenticated::send(self, message, destination, Some(authorizer)).await
    }

    /// Sends a request that gets no response and has no transaction: the ACK of a 2xx.
    /// It returns what was sent, for when the 2xx comes again.
    pub(crate) async fn send_ack(&self, ack: Message, destination: SocketAddr) -> Message {
        let ack = self.ack_for(ack, destination);
        self.resend(&ack, destination).await;
        ack
    }

    /// The ACK as [`Self::send_ack`] would send it, unsent.
    pub(crate) fn ack_for(&self, ack: Message, destination: SocketAddr) -> Message {
        client::on_hop(&self.core, ack, &identifier::new_branch(), destination)
    }

    /// Sends the very same message once more.
    pub(crate) async fn resend(&self, message: &Message, destination: SocketAddr) {
        if let Err(error) = self.core.send(message, destination).await {
            tracing::debug!(%error, %destination, "not sent");
        }
    }

    /// Does not keep the socket open any more: for tasks that only linger.
    pub(crate) fn let_go(&mut self) {
        self.guard = None;
    }

    /// Resolves when the endpoint stops.
    pub(crate) fn closed(&self) -> CancellationToken {
        self.core.closed.clone()
    }

    /// Answers as a polite user agent: OPTIONS 200 with Allow, NOTIFY 200, what belongs
    /// into a dialog 481, known methods 405, unknown ones 501, INVITE 480.
    pub fn answer_default(&self, transaction: ServerTransaction) {
        super::courtesy::answer(&transaction);
    }

    pub(crate) fn register_dialog(
        &self,
        call_id: &str,
        local_tag: &str,
        inputs: mpsc::UnboundedSender<DialogInput>,
    ) {
        let id = (call_id.to_owned(), local_tag.to_owned());
        self.core.tables().dialogs.insert(id, inputs);
    }

    pub(crate) fn forget_dialog(&self, call_id: &str, local_tag: &str) {
        self.core.tables().dialogs.remove(&(call_id.to_owned(), local_tag.to_owned()));
    }
}
