//! What every part of the running PBX shares.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::accounts::{Accounts, Kind};
use super::bindings::{Binding, Bindings};
use super::call::Remote;
use super::config::{Config, DigestAlgorithm, Refusal, Srtp};
use super::defects::{Defect, Defects};
use super::dial_plan::{Destination, Party, route};
use super::relay::Relay;
use crate::sip::digest::{Algorithm, Verification, Verifier, VerifierConfig};
use crate::sip::endpoint::Endpoint;
use crate::sip::sdp::Encryption;
use crate::sip::{Message, StartLine, Uri};
use crate::wire::Protocol;

/// A phone or peer that an INVITE can go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) request_uri: String,
    /// The socket that it is reached at, whatever the URI says: a registered phone is where its
    /// REGISTER came from, unless phones are called as they wrote.
    pub(super) address: SocketAddr,
}

/// The PBX's state outside of calls, and what calls need.
pub(super) struct Switch {
    pub(super) config: Config,
    pub(super) accounts: Accounts,
    pub(super) defects: Defects,
    pub(super) endpoint: Endpoint,
    pub(super) relay: Relay,
    /// Every call and every farewell.
    pub(super) tasks: TaskTracker,
    /// Held by every call between users, to count them.
    pub(super) between_users: Arc<()>,
    /// Hang up everything.
    pub(super) closing: CancellationToken,
    /// Wait for nobody any more.
    pub(super) abandoned: CancellationToken,
    bindings: Mutex<Bindings>,
    /// Of REGISTER, with 401; and of calls, with 401 or 407.
    registrations: Mutex<Verifier>,
    calls: Mutex<Verifier>,
    peers: RwLock<Vec<SocketAddr>>,
    /// Where users call from and are called at without a password (guide 4.1.1.4).
    bridge: RwLock<Option<SocketAddr>>,
    /// What ends the call of each user, kept only with the defects that confuse them.
    standing: Mutex<HashMap<usize, CancellationToken>>,
    /// Where the call of each dialog is told something, by the session's id.
    dialogs: Mutex<HashMap<String, UnboundedSender<Remote>>>,
}

impl Switch {
    pub(super) fn new(
        mut config: Config,
        defects: Defects,
        endpoint: Endpoint,
        relay: Relay,
    ) -> Self {
        let verifier = |proxy| {
            Mutex::new(Verifier::new(VerifierConfig {
                algorithms: config.digest.iter().copied().map(algorithm).collect(),
                proxy,
                ..VerifierConfig::new(config.realm.clone())
            }))
        };
        config.numbers = defects.numbering(config.numbers);
        let limits = defects.limits(config.registration.clone());
        Self {
            accounts: Accounts::of(&config),
            defects,
            endpoint,
            relay,
            tasks: TaskTracker::new(),
            between_users: Arc::default(),
            closing: CancellationToken::new(),
            abandoned: CancellationToken::new(),
            bindings: Mutex::new(Bindings::new(limits)),
            registrations: verifier(false),
            calls: verifier(config.proxy_challenge),
            peers: RwLock::new(config.trunk.peers.clone()),
            bridge: RwLock::default(),
            standing: Mutex::default(),
            dialogs: Mutex::default(),
            config,
        }
    }

    /// The account whose credentials the request carries, or the response that it gets:
    /// a challenge, or one refusal for an unknown user and a wrong password alike.
    pub(super) fn authenticate(
        &self,
        request: &Message,
        calls: bool,
    ) -> Result<usize, Box<Message>> {
        let verifier = if calls { &self.calls } else { &self.registrations };
        let now = Instant::now();
        let password = |username: &str| {
            let account = self.accounts.get(self.accounts.by_username(username)?)?;
            Some(account.password.clone())
        };
        let challenge = |stale| Box::new(locked(verifier).challenge(request, stale, now));
        let refused = || {
            if calls {
                Box::new(Message::response(request, 403, "Forbidden"))
            } else {
                Box::new(self.refused(request))
            }
        };
        let verified = locked(verifier).verify(request, password, now);
        match verified {
            Verification::Accepted { .. }
                if !calls && self.defects.has(Defect::EndlessChallenge) =>
            {
                Err(challenge(false))
            }
            Verification::Accepted { username } => {
                self.accounts.by_username(&username).ok_or_else(refused)
            }
            Verification::Missing => Err(challenge(false)),
            Verification::Stale => Err(challenge(true)),
            Verification::Wrong { username, reason } => {
                tracing::info!(username, reason, "credentials refused");
                Err(refused())
            }
        }
    }

    /// What a REGISTER gets that is not accepted, with a challenge where its status asks for one.
    pub(super) fn refused(&self, request: &Message) -> Message {
        let Refusal { status, reason } = &self.config.registration.refusal;
        let challenge = matches!(status, 401 | 407)
            .then(|| locked(&self.registrations).challenge(request, false, Instant::now()));
        let mut response = challenge.unwrap_or_else(|| Message::response(request, *status, reason));
        response.start = StartLine::Response { status: *status, reason: reason.clone() };
        if *status == 407 {
            for header in response.headers.iter_mut().filter(|h| h.name == "WWW-Authenticate") {
                "Proxy-Authenticate".clone_into(&mut header.name);
            }
        }
        response
    }

    pub(super) fn bindings(&self) -> MutexGuard<'_, Bindings> {
        locked(&self.bindings)
    }

    pub(super) fn standing(&self) -> MutexGuard<'_, HashMap<usize, CancellationToken>> {
        locked(&self.standing)
    }

    pub(super) fn dialogs(&self) -> MutexGuard<'_, HashMap<String, UnboundedSender<Remote>>> {
        locked(&self.dialogs)
    }

    pub(super) fn is_peer(&self, address: SocketAddr) -> bool {
        self.peers.read().unwrap_or_else(PoisonError::into_inner).contains(&address)
    }

    pub(super) fn add_peer(&self, address: SocketAddr) {
        let mut peers = self.peers.write().unwrap_or_else(PoisonError::into_inner);
        if !peers.contains(&address) {
            peers.push(address);
        }
    }

    /// Where the bridge is, if its users are known by its address.
    pub(super) fn bridge(&self) -> Option<SocketAddr> {
        *self.bridge.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn know_bridge(&self, address: SocketAddr) {
        *self.bridge.write().unwrap_or_else(PoisonError::into_inner) = Some(address);
    }

    /// Where the number leads for this party.
    pub(super) fn route(&self, party: Party, dialled: &str) -> Option<Destination> {
        let direct_only = self.config.trunk.direct_only;
        let destination = route(&self.accounts, &self.config.numbers, party, dialled, direct_only)?;
        Some(match destination {
            Destination::Account { index, direct: true }
                if self.defects.has(Defect::WrongUserRings) =>
            {
                let other = self.accounts.neighbour(index);
                let there = !self.bindings().current(other, Instant::now()).is_empty();
                Destination::Account { index: if there { other } else { index }, direct: true }
            }
            destination => destination,
        })
    }

    /// Everything that rings for a destination: every registered contact, or the trunk's
    /// first peer, or who is registered in its place.
    pub(super) fn targets(&self, destination: &Destination) -> Vec<Target> {
        let registered = |index| {
            let kind = self.accounts.get(index).map(|account| account.kind);
            if kind == Some(Kind::User) && self.defects.has(Defect::OutgoingOnly) {
                return Vec::new();
            }
            let now = Instant::now();
            let mut bindings = self.bindings().current(index, now);
            if self.defects.has(Defect::OneDeviceRings) {
                bindings.drain(..bindings.len().saturating_sub(1));
            }
            if self.defects.has(Defect::OldestBindingRings) {
                bindings.truncate(1);
            }
            let inside = self.accounts.get(index).is_some_and(|a| a.kind != Kind::Trunk);
            let bare = inside && self.defects.has(Defect::ContactUserDropped);
            let target = |b: Binding| {
                let address = self.way_to(&b);
                let latest = self.bindings().latest_from(b.source, now);
                let uri = self.defects.called_at(&b.uri, latest.as_ref().map(|b| b.uri.as_str()));
                let written = Uri::parse(&b.uri).ok().and_then(|uri| uri.socket_addr());
                let written = written.filter(|_| self.config.registration.as_written);
                Target {
                    request_uri: if bare { format!("sip:{}", b.source) } else { uri },
                    address: written.unwrap_or(address),
                }
            };
            bindings.into_iter().map(target).chain(self.at_bridge(index)).collect()
        };
        match destination {
            Destination::Account { index, .. } => registered(*index),
            Destination::Outside { number } => {
                let peers = self.peers.read().unwrap_or_else(PoisonError::into_inner);
                match (peers.first(), self.accounts.trunk()) {
                    (Some(&address), _) => {
                        let prefix = &self.config.numbers.outside_prefix;
                        let prefix = self.defects.prefix_outside(prefix);
                        let request_uri = format!("sip:{prefix}{number}@{address}");
                        vec![Target { request_uri, address }]
                    }
                    (None, Some(index)) => registered(index),
                    (None, None) => Vec::new(),
                }
            }
        }
    }

    /// Where a registered phone is called: where its REGISTER came from; at its Contact where it
    /// takes connections there and the one that it registered over is gone.
    fn way_to(&self, binding: &Binding) -> SocketAddr {
        let channel = self.endpoint.channel();
        let contact = || {
            let uri = Uri::parse(&binding.uri).ok()?;
            let token = uri.params.get("transport")?;
            let mut streams = [Protocol::Tcp, Protocol::Tls].into_iter();
            let protocol = streams.find(|p| p.via_token().eq_ignore_ascii_case(&token))?;
            let address = uri.socket_addr()?;
            channel.reach(address, protocol).then_some(address)
        };
        let connected = channel.is_connected(binding.source);
        (!connected).then(contact).flatten().unwrap_or(binding.source)
    }

    /// A user at the bridge, if that is known by its address.
    fn at_bridge(&self, index: usize) -> Option<Target> {
        let account = self.accounts.get(index).filter(|account| account.kind == Kind::User)?;
        let address = self.bridge()?;
        let username = &account.username;
        Some(Target { request_uri: format!("sip:{username}@{address}"), address })
    }

    /// The number where the account's phones are.
    pub(super) fn targets_at_phone_of(&self, index: usize, number: &str) -> Vec<Target> {
        let bindings = self.bindings().current(index, Instant::now());
        let there = |address| Target { request_uri: format!("sip:{number}@{address}"), address };
        bindings.into_iter().map(|binding| there(binding.source)).collect()
    }

    /// What a new call of that party to there gets in place of being put through.
    pub(super) fn refusal(
        &self,
        party: Party,
        destination: &Destination,
    ) -> Option<(u16, &'static str)> {
        if let Party::Account(index) = party
            && self.defects.has(Defect::OneCallPerUser)
            && self.standing().contains_key(&index)
        {
            return Some((486, "Busy Here"));
        }
        let between_users = Arc::strong_count(&self.between_users) - 1;
        self.defects.refusal(destination, self.tasks.len(), between_users)
    }

    /// Who an authenticated account is in a call.
    pub(super) fn party(&self, index: usize) -> Party {
        match self.accounts.get(index) {
            Some(account) if account.kind != Kind::Trunk => Party::Account(index),
            _ => Party::Outside,
        }
    }

    /// Our address as `remote` reaches it, also where we listen on all addresses.
    pub(super) fn address_towards(&self, remote: SocketAddr) -> SocketAddr {
        let own = self.own_address_towards(remote);
        self.config.external_address.map_or(own, |ip| SocketAddr::new(ip, own.port()))
    }

    /// The address of this machine's that packets to `remote` leave from.
    pub(super) fn own_address_towards(&self, remote: SocketAddr) -> SocketAddr {
        self.endpoint.channel().local_for(remote)
    }

    /// Whether media with the party at `remote` is encrypted.
    pub(super) fn encryption(&self, party: Party, remote: SocketAddr) -> Encryption {
        let tls = || self.endpoint.channel().protocol_to(remote) == Protocol::Tls;
        match (self.config.srtp, party) {
            (Srtp::Off, _) => Encryption::Off,
            (Srtp::Required, Party::Account(_)) => Encryption::Required,
            (Srtp::Allowed, Party::Account(_)) if tls() => Encryption::Preferred,
            _ => Encryption::Allowed,
        }
    }

    /// Our Contact for `remote`, with the transport that it uses.
    pub(super) fn contact(&self, user: &str, remote: SocketAddr) -> String {
        let transport = match self.endpoint.channel().protocol_to(remote) {
            Protocol::Udp => "",
            Protocol::Tcp => ";transport=tcp",
            Protocol::Tls => ";transport=tls",
        };
        format!("<sip:{user}@{}{transport}>", self.address_towards(remote))
    }
}

/// A panic elsewhere must not stop the PBX: the tables stay usable.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn algorithm(configured: DigestAlgorithm) -> Algorithm {
    match configured {
        DigestAlgorithm::Md5 => Algorithm::Md5,
        DigestAlgorithm::Sha256 => Algorithm::Sha256,
    }
}
