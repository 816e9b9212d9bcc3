//! The reference PBX from the outside.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;

use super::accounts::Account;
use super::certificate::Identity;
use super::config::Config;
use super::defects::{Defects, Tampering};
use super::reception;
use super::relay::{Relay, RelayError};
use super::switch::Switch;
use crate::media::Tardiness;
use crate::sip::endpoint::{Endpoint, EndpointConfig, Incoming};
use crate::sip::transaction::Timers;
use crate::wire::{BindError, Channel, Protocol, StunServer, Tap, TlsError, bind_udp};

/// Its Server header.
const SERVER: &str = "pbxcert reference PBX";

/// How long a shutdown waits for answers to its BYEs.
const FAREWELL: Duration = Duration::from_secs(1);

/// The reference PBX cannot start.
#[derive(Debug, thiserror::Error)]
pub enum PbxError {
    /// Its SIP address cannot be had.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// Its certificate cannot be used, or made.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Its media relay cannot run.
    #[error(transparent)]
    Relay(#[from] RelayError),
}

/// A running reference PBX. Dropping it stops it at once; [`ReferencePbx::shutdown`] says
/// goodbye first.
pub struct ReferencePbx {
    switch: Arc<Switch>,
    reception: Option<JoinHandle<UnboundedReceiver<Incoming>>>,
    authority: Option<String>,
    stun: Option<StunServer>,
    /// The port where it is said to be, of a PBX that answers elsewhere.
    silent: Option<UdpSocket>,
}

impl ReferencePbx {
    /// Starts without defects. Must be called within a tokio runtime.
    pub fn start(config: Config, listen: SocketAddr) -> Result<Self, PbxError> {
        Self::start_with(config, listen, Defects::none(), Timers::default())
    }

    /// Starts with these defects and SIP timers; port 0 takes a free one.
    pub fn start_with(
        config: Config,
        listen: SocketAddr,
        defects: Defects,
        timers: Timers,
    ) -> Result<Self, PbxError> {
        // What it sends and gets, the harness sees from its own side.
        let identity = config.tls.as_ref();
        let identity =
            identity.map(|tls| Identity::of(tls, listen.ip(), defects.flaw())).transpose()?;
        let tls = identity.as_ref().map(|identity| (identity.listen, identity.tls.clone()));
        let answers_at = defects.answers_at(listen);
        let silent = (answers_at != listen).then(|| bind_udp(listen)).transpose()?;
        let mut channel = Channel::every(answers_at, tls, Tap::off())?;
        if let Some(tampering) = Tampering::of(&defects) {
            channel = channel.altered_by(Arc::new(tampering));
        }
        let timers = defects.timers(timers);
        let stun_at = config.stun_port.map(|port| SocketAddr::new(listen.ip(), port));
        let manner = defects.stun_manner();
        let stun = stun_at.map(|at| StunServer::start(at, manner)).transpose()?;
        let media_ports = defects.media_ports(config.media_ports);
        let relay = Relay::start(media_ports, defects.media_faults())?;
        let product = EndpointConfig {
            user_agent: SERVER.to_owned(),
            timers,
            server: true,
            external: config.external_address,
        };
        let (endpoint, incoming) = Endpoint::start(channel, product);
        let switch = Arc::new(Switch::new(config, defects, endpoint, relay));
        let reception = tokio::spawn(reception::receive(Arc::clone(&switch), incoming));
        let authority = identity.and_then(|identity| identity.authority);
        Ok(Self { switch, reception: Some(reception), authority, stun, silent })
    }

    /// The SIP address, with the real port; where it is said to be, if it answers elsewhere.
    pub fn address(&self) -> SocketAddr {
        let said = self.silent.as_ref().and_then(|socket| socket.local_addr().ok());
        said.unwrap_or_else(|| self.switch.endpoint.local_addr())
    }

    /// Where it takes TLS connections, if it does.
    pub fn tls_address(&self) -> Option<SocketAddr> {
        self.switch.endpoint.channel().listens(Protocol::Tls)
    }

    /// The authority of the certificate that it made for itself, PEM.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// Where its STUN server listens, if it has one.
    pub fn stun_address(&self) -> Option<SocketAddr> {
        self.stun.as_ref().map(StunServer::address)
    }

    /// Users and desk phones and the trunk account, with their passwords.
    pub fn users(&self) -> &[Account] {
        self.switch.accounts.all()
    }

    /// Also accepts calls from this trunk peer, and sends those for the outside to it if
    /// it is the first.
    pub fn add_trunk_peer(&self, address: SocketAddr) {
        self.switch.add_peer(address);
    }

    /// Lets users call from this address, and calls them there, without a password (guide
    /// 4.1.1.4).
    pub fn know_bridge(&self, address: SocketAddr) {
        self.switch.know_bridge(address);
    }

    /// How late this machine lets its media relay pass packets on.
    pub fn tardiness(&self) -> Tardiness {
        self.switch.relay.tardiness().clone()
    }

    /// Hangs up every call, then frees every socket. Takes a second at most if nobody
    /// answers.
    pub async fn shutdown(mut self) {
        let tasks = &self.switch.tasks;
        self.switch.closing.cancel();
        tasks.close();
        if tokio::time::timeout(FAREWELL, tasks.wait()).await.is_err() {
            self.switch.abandoned.cancel();
            tasks.wait().await;
        }
        let reception = self.reception.take();
        self.switch.endpoint.close();
        self.switch.relay.shutdown();
        drop(self);
        let Some(reception) = reception else { return };
        let Ok(mut incoming) = reception.await else { return };
        // Its sender goes with the endpoint, and the endpoint with the socket.
        while incoming.recv().await.is_some() {}
    }
}

impl Drop for ReferencePbx {
    fn drop(&mut self) {
        self.switch.closing.cancel();
        self.switch.abandoned.cancel();
        self.switch.endpoint.close();
        self.switch.relay.stop();
    }
}
