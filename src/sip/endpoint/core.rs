//! The tables that an endpoint's tasks share.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use super::client::ClientMail;
use super::server::{ServerMail, ServerTransaction};
use super::{EndpointConfig, Incoming};
use crate::sip::Message;
use crate::wire::Channel;

/// What the endpoint passes to a dialog.
#[derive(Debug)]
pub(crate) enum DialogInput {
    /// A request within the dialog.
    Request(ServerTransaction),
    /// The ACK of a 2xx.
    Ack(Message),
    /// A 2xx to our INVITE whose transaction is gone: it wants its ACK again.
    Stray2xx(Message),
}

/// A client transaction's entry.
#[derive(Debug)]
pub(crate) struct ClientEntry {
    pub(crate) mail: UnboundedSender<ClientMail>,
    pub(crate) remote: SocketAddr,
}

#[derive(Debug, Default)]
pub(crate) struct Tables {
    /// By branch and method.
    pub(crate) clients: HashMap<String, ClientEntry>,
    /// By [`super::arrival::server_key`].
    pub(crate) servers: HashMap<String, UnboundedSender<ServerMail>>,
    /// By Call-ID and local tag; the dialog checks the remote tag itself, since a UAC
    /// does not know it beforehand.
    pub(crate) dialogs: HashMap<(String, String), UnboundedSender<DialogInput>>,
}

/// Shared by the receiver, the transactions and the handles.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) channel: Channel,
    pub(crate) config: EndpointConfig,
    pub(crate) closed: CancellationToken,
    pub(crate) incoming: UnboundedSender<Incoming>,
    /// Whether a response to any REGISTER has come.
    pub(crate) answered: AtomicBool,
    tables: Mutex<Tables>,
}

impl Core {
    pub(crate) fn new(
        channel: Channel,
        config: EndpointConfig,
        incoming: UnboundedSender<Incoming>,
    ) -> Self {
        let closed = CancellationToken::new();
        let (answered, tables) = (AtomicBool::new(false), Mutex::default());
        Self { channel, config, closed, incoming, answered, tables }
    }

    /// The tables; never held across an await.
    pub(crate) fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The header that names us.
    pub(crate) fn product(&self) -> (&'static str, &str) {
        let name = if self.config.server { "Server" } else { "User-Agent" };
        (name, &self.config.user_agent)
    }

    /// Sends outside of any transaction: the ACK of a 2xx, a stateless refusal.
    pub(crate) async fn send(&self, message: &Message, remote: SocketAddr) -> std::io::Result<()> {
        self.channel.send(remote, message.to_bytes()).await
    }
}
