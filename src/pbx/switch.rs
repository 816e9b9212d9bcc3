//! What every part of the running PBX shares.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::accounts::{Accounts, Kind};
use super::bindings::{Binding, Bindings};
use super::config::{Config, DigestAlgorithm};
use super::defects::{Defect, Defects};
use super::dial_plan::{Destination, Party, route};
use super::relay::Relay;
use crate::sip::Message;
use crate::sip::digest::{Algorithm, Verification, Verifier, VerifierConfig};
use crate::sip::endpoint::Endpoint;
use crate::wire::Protocol;

/// A phone or peer that an INVITE can go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) request_uri: String,
    /// The socket that it is reached at, whatever the URI says: a registered phone is
    /// where its REGISTER came from.
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
    /// Hang up everything.
    pub(super) closing: CancellationToken,
    /// Wait for nobody any more.
    pub(super) abandoned: CancellationToken,
    bindings: Mutex<Bindings>,
    /// Answers 401, for REGISTER; and 407, for calls.
    registrations: Mutex<Verifier>,
    calls: Mutex<Verifier>,
    peers: RwLock<Vec<SocketAddr>>,
    /// What ends the call of each user, kept only with the defects that confuse them.
    standing: Mutex<HashMap<usize, CancellationToken>>,
}

impl Switch {
    pub(super) fn new(config: Config, defects: Defects, endpoint: Endpoint, relay: Relay) -> Self {
        let verifier = |proxy| {
            Mutex::new(Verifier::new(VerifierConfig {
                algorithms: config.digest.iter().copied().map(algorithm).collect(),
                proxy,
                ..VerifierConfig::new(config.realm.clone())
            }))
        };
        let limits = defects.limits(config.registration.clone());
        Self {
            accounts: Accounts::of(&config),
            defects,
            endpoint,
            relay,
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
            abandoned: CancellationToken::new(),
            bindings: Mutex::new(Bindings::new(limits)),
            registrations: verifier(false),
            calls: verifier(true),
            peers: RwLock::new(config.trunk.peers.clone()),
            standing: Mutex::default(),
            config,
        }
    }

    /// The account whose credentials the request carries, or the response that it gets:
    /// a challenge, or 403 for an unknown user and a wrong password alike.
    pub(super) fn authenticate(
        &self,
        request: &Message,
        proxy: bool,
    ) -> Result<usize, Box<Message>> {
        let verifier = if proxy { &self.calls } else { &self.registrations };
        let mut verifier = locked(verifier);
        let now = Instant::now();
        let password = |username: &str| {
            let account = self.accounts.get(self.accounts.by_username(username)?)?;
            Some(account.password.clone())
        };
        let forbidden = || Box::new(Message::response(request, 403, "Forbidden"));
        match verifier.verify(request, password, now) {
            Verification::Accepted { .. }
                if !proxy && self.defects.has(Defect::EndlessChallenge) =>
            {
                Err(Box::new(verifier.challenge(request, false, now)))
            }
            Verification::Accepted { username } => {
                self.accounts.by_username(&username).ok_or_else(forbidden)
            }
            Verification::Missing => Err(Box::new(verifier.challenge(request, false, now))),
            Verification::Stale => Err(Box::new(verifier.challenge(request, true, now))),
            Verification::Wrong { username, reason } => {
                tracing::info!(username, reason, "credentials refused");
                Err(forbidden())
            }
        }
    }

    pub(super) fn bindings(&self) -> MutexGuard<'_, Bindings> {
        locked(&self.bindings)
    }

    pub(super) fn standing(&self) -> MutexGuard<'_, HashMap<usize, CancellationToken>> {
        locked(&self.standing)
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

    /// Where the number leads for this party.
    pub(super) fn route(&self, party: Party, dialled: &str) -> Option<Destination> {
        let destination = route(&self.accounts, &self.config.numbers, party, dialled)?;
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
            let bindings = self.bindings().current(index, Instant::now());
            let inside = self.accounts.get(index).is_some_and(|a| a.kind != Kind::Trunk);
            let bare = inside && self.defects.has(Defect::ContactUserDropped);
            let target = |b: Binding| Target {
                request_uri: if bare { format!("sip:{}", b.source) } else { b.uri },
                address: b.source,
            };
            bindings.into_iter().map(target).collect()
        };
        match destination {
            Destination::Account { index, .. } => registered(*index),
            Destination::Outside { number } => {
                let peers = self.peers.read().unwrap_or_else(PoisonError::into_inner);
                match (peers.first(), self.accounts.trunk()) {
                    (Some(&address), _) => {
                        vec![Target { request_uri: format!("sip:{number}@{address}"), address }]
                    }
                    (None, Some(index)) => registered(index),
                    (None, None) => Vec::new(),
                }
            }
        }
    }

    /// The number where the account's phones are.
    pub(super) fn targets_at_phone_of(&self, index: usize, number: &str) -> Vec<Target> {
        let bindings = self.bindings().current(index, Instant::now());
        let there = |address| Target { request_uri: format!("sip:{number}@{address}"), address };
        bindings.into_iter().map(|binding| there(binding.source)).collect()
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
        self.endpoint.channel().local_for(remote)
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
