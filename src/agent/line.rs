//! A SIP socket with any number of phones behind it (guide 7.2: all users of the
//! bridge share one address and port).

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use super::node::Loss;
use super::transport::Transport;
use super::trunk_registrar::TrunkRegistrar;
use super::{AgentError, Peer, Phone, phone};
use crate::record::What;
use crate::sip::endpoint::{Endpoint, EndpointConfig, Incoming, ServerTransaction};
use crate::sip::transaction::Timers;
use crate::sip::{Message, Method, Uri};
use crate::wire::{Channel, Tap};

/// Whether two ways to write a number mean the same.
pub(super) type SameNumber = Box<dyn Fn(&str, &str) -> bool + Send + Sync>;

struct Inner {
    endpoint: Endpoint,
    media_ip: Option<IpAddr>,
    transport: Transport,
    /// Where it is seen from outside, if that is known and differs.
    public: Mutex<Option<SocketAddr>>,
    loss: Option<Loss>,
    phones: Mutex<Vec<Weak<phone::Inner>>>,
    registrar: Option<TrunkRegistrar>,
    same_number: SameNumber,
    first_register: OnceLock<f64>,
    asking: tokio::sync::Mutex<()>,
}

/// A line; clones share it.
#[derive(Clone)]
pub struct Line(Arc<Inner>);

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Line").field(&self.endpoint().local_addr()).finish()
    }
}

/// What a line is opened with.
pub(super) struct LineSpec {
    /// What the address is, for the error: "the bridge's address".
    pub what: &'static str,
    /// Local SIP address.
    pub bind: SocketAddr,
    /// What it speaks.
    pub transport: Transport,
    /// For a node that can be lost.
    pub loss: Option<Loss>,
    /// Local RTP address, where it differs.
    pub media_ip: Option<IpAddr>,
    /// User-Agent header.
    pub user_agent: String,
    /// Set where the PBX's trunk registers to us.
    pub registrar: Option<TrunkRegistrar>,
    /// Whether two ways to write a number mean the same.
    pub same_number: SameNumber,
}

impl LineSpec {
    /// Its socket. Must be called within a tokio runtime.
    pub(super) fn bind(&self, tap: Tap) -> Result<Channel, AgentError> {
        self.transport.bind(self.what, self.bind, tap)
    }
}

impl Line {
    /// Opens the socket and takes calls for the phones that will be attached. Must be
    /// called within a tokio runtime.
    pub(super) fn open(spec: LineSpec, tap: Tap) -> Result<Self, AgentError> {
        let mut channel = spec.bind(tap)?;
        if let Some(loss) = &spec.loss {
            channel = channel.altered_by(Arc::new(loss.clone()));
        }
        Ok(Self::open_on(spec, channel, None))
    }

    /// The same on a socket of the specification that is there already, and that the outside
    /// sees at `public`.
    pub(super) fn open_on(spec: LineSpec, channel: Channel, public: Option<SocketAddr>) -> Self {
        let config = EndpointConfig {
            user_agent: spec.user_agent,
            timers: Timers::default(),
            server: false,
            external: None,
        };
        let (endpoint, mut incoming) = Endpoint::start(channel, config);
        let line = Self(Arc::new(Inner {
            endpoint,
            media_ip: spec.media_ip,
            transport: spec.transport,
            public: Mutex::new(public),
            loss: spec.loss,
            phones: Mutex::default(),
            registrar: spec.registrar,
            same_number: spec.same_number,
            first_register: OnceLock::new(),
            asking: tokio::sync::Mutex::default(),
        }));
        let weak = Arc::downgrade(&line.0);
        tokio::spawn(async move {
            while let Some(arrived) = incoming.recv().await {
                let Some(line) = weak.upgrade().map(Self) else { break };
                match arrived {
                    Incoming::Request(transaction) => line.take(transaction),
                    Incoming::Garbage { remote, problem, .. } => {
                        line.note_garbage(remote, &problem);
                    }
                }
            }
        });
        line
    }

    /// Held by the phone that asks whether the PBX has forgotten it, since where the phones of an
    /// address oust each other, those that ask side by side would never see themselves listed.
    pub(super) async fn only_one_asks(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.asking.lock().await
    }

    /// Its SIP endpoint.
    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.0.endpoint
    }

    /// The tap that sees its traffic.
    pub(super) fn tap(&self) -> &Tap {
        self.0.endpoint.channel().tap()
    }

    /// Our address as the peer reaches it: the bound one, or for a wildcard the one
    /// that the route to the peer uses.
    pub fn local_for(&self, peer: &Peer) -> SocketAddr {
        match peer.address() {
            Ok(address) => self.0.endpoint.channel().local_for(address),
            Err(_) => self.0.endpoint.local_addr(),
        }
    }

    /// Our address as it is told to the peer: the public one, if that is known.
    pub(super) fn told_to(&self, peer: &Peer) -> SocketAddr {
        self.seen_at().unwrap_or_else(|| self.local_for(peer))
    }

    /// Where it is seen from outside, if that is known and differs.
    pub(super) fn seen_at(&self) -> Option<SocketAddr> {
        *self.0.public.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers where it is seen from outside.
    pub(super) fn is_seen_at(&self, address: SocketAddr) {
        *self.0.public.lock().unwrap_or_else(PoisonError::into_inner) = Some(address);
    }

    /// Loses the machine behind it, or brings it back, if it can be lost.
    pub fn lose(&self, lost: bool) {
        if let Some(loss) = &self.0.loss {
            loss.set(lost);
        }
    }

    /// What it speaks.
    pub(super) fn transport(&self) -> &Transport {
        &self.0.transport
    }

    /// Remembers when the first REGISTER went out, seconds from the start of the run.
    pub(super) fn mark_first_register(&self, at: f64) {
        let _ = self.0.first_register.set(at);
    }

    /// When the first REGISTER went out, seconds from the start of the run.
    pub fn first_register(&self) -> Option<f64> {
        self.0.first_register.get().copied()
    }

    /// Whether any REGISTER from this address was ever answered, in whatever scenario.
    pub fn was_answered(&self) -> bool {
        self.endpoint().was_answered()
    }

    pub(super) fn media_ip(&self) -> Option<IpAddr> {
        self.0.media_ip
    }

    /// Where the PBX's trunk registered from, if it is to register to us.
    pub(super) fn registrar(&self) -> Option<&TrunkRegistrar> {
        self.0.registrar.as_ref()
    }

    pub(super) fn attach(&self, phone: &Phone) {
        let mut phones = self.0.phones.lock().unwrap_or_else(PoisonError::into_inner);
        phones.retain(|known| known.strong_count() > 0);
        phones.push(Arc::downgrade(&phone.0));
    }

    /// Every phone that talks to that address may want to know.
    fn note_garbage(&self, remote: SocketAddr, problem: &str) {
        for phone in self.phones() {
            let first = || !phone.0.told_of_garbage.swap(true, Ordering::Relaxed);
            // Once is enough: a flood must not fill the log.
            if phone.0.spec.peer.address() == Ok(remote) && first() {
                let what = What::NotSip { problem: problem.to_owned() };
                phone.log().note(phone.name(), "", what);
            }
        }
    }

    /// A call for nobody here: one phone of every scenario under way takes note.
    fn note_stray(&self, remote: SocketAddr, invite: &Message) {
        let called =
            invite.request_uri().and_then(|uri| Uri::parse(uri).ok()).and_then(|uri| uri.user);
        let mut told = Vec::new();
        for phone in self.phones() {
            let label = phone.0.spec.label.clone();
            if phone.0.spec.peer.address() == Ok(remote) && !told.contains(&label) {
                let dialled = called.clone().unwrap_or_default();
                phone.log().note(phone.name(), "", What::CalledNobody { dialled });
                told.push(label);
            }
        }
    }

    /// The phones attached, the latest first: one of a scenario that is being cleaned up
    /// may linger.
    fn phones(&self) -> Vec<Phone> {
        let phones = self.0.phones.lock().unwrap_or_else(PoisonError::into_inner);
        phones.iter().rev().filter_map(|phone| phone.upgrade().map(Phone)).collect()
    }

    fn take(&self, transaction: ServerTransaction) {
        let endpoint = self.endpoint();
        match transaction.request.method() {
            Some(Method::Invite) => {
                if let Some(phone) = self.phone_for(&transaction.request) {
                    phone.take_call(transaction);
                } else {
                    let request = &transaction.request;
                    self.note_stray(transaction.remote, request);
                    transaction.respond(Message::response(request, 404, "Not Found"));
                }
            }
            Some(Method::Register) => match &self.0.registrar {
                Some(registrar) => registrar.answer(&transaction),
                None => endpoint.answer_default(transaction),
            },
            _ => endpoint.answer_default(transaction),
        }
    }

    /// The phone that the Request-URI means, else the one that To means: some PBXs
    /// send the dialled number only there.
    fn phone_for(&self, invite: &Message) -> Option<Phone> {
        let phones = self.phones();
        let called = [
            invite.request_uri().and_then(|uri| Uri::parse(uri).ok()).and_then(|uri| uri.user),
            invite.to().map(|to| to.uri).and_then(|uri| uri.user),
        ];
        let exact = called
            .iter()
            .flatten()
            .find_map(|called| phones.iter().find(|phone| phone.answers_to(called)).cloned());
        exact.or_else(|| {
            called.iter().flatten().find_map(|called| {
                let same = &self.0.same_number;
                phones.iter().find(|phone| phone.has_number(called, same)).cloned()
            })
        })
    }
}
