//! A phone: one party of a scenario, with an account or a number and a line.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::softphone::{Prepared, Softphone};
use super::{Call, Line, Log, Peer};
use crate::media::{Codec, Engine, Identity, Leg, LegSpec, MediaError};
use crate::sip::digest::Credentials;
use crate::sip::identifier;
use crate::sip::sdp::Encryption;

/// What a phone is made of.
pub struct PhoneSpec {
    /// Name in the record: "User A", "External 1".
    pub name: String,
    /// User part of its address of record and Contact.
    pub user: String,
    /// Every other user part or number under which calls reach it.
    pub aliases: Vec<String>,
    /// What it shows as its display name, if anything.
    pub display: Option<String>,
    /// Its secret, unless the PBX knows it by its address.
    pub credentials: Option<Credentials>,
    /// Host part of its own address of record, where that is not the peer's domain.
    pub own_domain: Option<String>,
    /// Seconds to ask for in REGISTER.
    pub expires: u32,
    /// What its Contact's data parameter says (guide 4.1.1.8); for users of the bridge only.
    pub contact_data: Option<String>,
    /// Whether the Contact has that parameter to begin with.
    pub carries_data: bool,
    /// Codecs that its calls may have, most wanted first.
    pub codecs: Vec<Codec>,
    /// Whether its media is encrypted.
    pub encryption: Encryption,
    /// Whether it finds out where the peer sees it, and keeps the way there open: an account of
    /// the outside, which may stand behind any router.
    pub behind_router: bool,
    /// Whom it talks to.
    pub peer: Peer,
    /// Its socket.
    pub line: Line,
    /// Scenario that its traffic belongs to.
    pub label: String,
    /// Where its observations go.
    pub log: Log,
}

#[derive(Debug, Default)]
pub(super) struct RegistrationState {
    pub(super) cseq: u32,
    pub(super) active: bool,
}

pub(super) struct Inner {
    pub(super) spec: PhoneSpec,
    pub(super) engine: Engine,
    pub(super) identities: Arc<AtomicU16>,
    pub(super) calls: Mutex<Vec<Call>>,
    pub(super) told_of_garbage: AtomicBool,
    /// Whether the Contact has its data parameter.
    pub(super) carries_data: AtomicBool,
    pub(super) registration_call_id: String,
    pub(super) registration: tokio::sync::Mutex<RegistrationState>,
    /// How the PBX lists our binding, where it is not as we wrote it.
    pub(super) rewritten: Mutex<Option<String>>,
    /// Whether the way to it is being kept open.
    pub(super) kept_open: AtomicBool,
    /// Set if it is the softphone of guide 3.
    pub(super) softphone: OnceLock<Softphone>,
}

/// A leg, and where the peer is told to send to.
pub(super) struct OpenLeg {
    pub(super) leg: Leg,
    pub(super) rtp: SocketAddr,
    pub(super) rtcp_port: u16,
}

/// A phone; clones share it.
#[derive(Clone)]
pub struct Phone(pub(super) Arc<Inner>);

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Phone").field(&self.0.spec.name).finish()
    }
}

impl Phone {
    /// A phone that takes the calls of its line from now on.
    pub(super) fn plug_in(spec: PhoneSpec, engine: Engine, identities: Arc<AtomicU16>) -> Self {
        let carries_data = AtomicBool::new(spec.carries_data);
        let phone = Self(Arc::new(Inner {
            spec,
            engine,
            identities,
            calls: Mutex::default(),
            told_of_garbage: AtomicBool::new(false),
            carries_data,
            registration_call_id: identifier::new_call_id(),
            registration: tokio::sync::Mutex::default(),
            rewritten: Mutex::default(),
            kept_open: AtomicBool::new(false),
            softphone: OnceLock::new(),
        }));
        phone.0.spec.line.attach(&phone);
        phone
    }

    /// Its name in the record.
    pub fn name(&self) -> &str {
        &self.0.spec.name
    }

    /// The scenario's log.
    pub fn log(&self) -> &Log {
        &self.0.spec.log
    }

    /// Its line.
    pub fn line(&self) -> &Line {
        &self.0.spec.line
    }

    /// The user part of its address of record.
    pub fn user(&self) -> &str {
        &self.0.spec.user
    }

    /// Its SIP address as this machine has it.
    pub fn local_address(&self) -> SocketAddr {
        self.0.spec.line.local_for(&self.0.spec.peer)
    }

    /// Its SIP address as it tells the peer in Contact.
    pub(super) fn told_address(&self) -> SocketAddr {
        self.0.spec.line.told_to(&self.0.spec.peer)
    }

    /// The codecs that it speaks, most wanted first: a softphone has all of them (guide 3.1), and
    /// wants those first that every PBX has.
    pub(super) fn codecs(&self) -> &[Codec] {
        if self.is_softphone() { Codec::ALL } else { &self.0.spec.codecs }
    }

    /// Whether it offers every codec, as the softphone of guide 3.1 does.
    pub(super) fn is_softphone(&self) -> bool {
        self.0.softphone.get().is_some()
    }

    /// The Call-ID of its registration.
    pub fn registration_id(&self) -> &str {
        &self.0.registration_call_id
    }

    /// The Call-IDs of its calls and of its registration.
    pub(super) fn call_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> =
            self.calls().iter().map(|call| call.call_id().to_owned()).collect();
        ids.push(self.0.registration_call_id.clone());
        ids
    }

    /// Every call it had in this scenario, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.locked_calls().clone()
    }

    /// Its latest call that has not ended.
    pub fn current_call(&self) -> Option<Call> {
        self.locked_calls().iter().rev().find(|call| !call.has_ended()).cloned()
    }

    pub(super) fn rewritten(&self) -> MutexGuard<'_, Option<String>> {
        self.0.rewritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn locked_calls(&self) -> MutexGuard<'_, Vec<Call>> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `sip:user@domain`.
    pub(super) fn address_of_record(&self) -> String {
        let spec = &self.0.spec;
        let domain = spec.own_domain.as_deref().unwrap_or_else(|| spec.peer.domain());
        format!("sip:{}@{domain}", spec.user)
    }

    /// From value without a tag.
    pub(super) fn from(&self) -> String {
        let address = self.address_of_record();
        match &self.0.spec.display {
            Some(display) => format!("\"{display}\" <{address}>"),
            None => format!("<{address}>"),
        }
    }

    /// `<sip:user@ip:port>`, with `;transport=` where it is not UDP and perhaps `;data=`: the
    /// same in every run, so that a killed run's binding is replaced by the next.
    pub fn contact(&self) -> String {
        let spec = &self.0.spec;
        let transport = spec.line.transport().parameter();
        let data = self.data_parameter();
        format!("<sip:{}@{}{transport}{data}>", spec.user, self.told_address())
    }

    /// Local address for RTP.
    pub(super) fn media_ip(&self) -> IpAddr {
        let spec = &self.0.spec;
        spec.line.media_ip().unwrap_or_else(|| spec.line.local_for(&spec.peer).ip())
    }

    /// Whether a call to this user part or number is for it.
    pub(super) fn answers_to(&self, called: &str) -> bool {
        let spec = &self.0.spec;
        called == spec.user || spec.aliases.iter().any(|alias| alias == called)
    }

    /// A leg with an identity that no other leg of the run has.
    pub(super) fn open_leg(&self) -> Result<OpenLeg, MediaError> {
        let number = self.0.identities.fetch_add(1, Ordering::Relaxed);
        let spec = LegSpec {
            ip: self.media_ip(),
            party: self.0.spec.name.clone(),
            label: self.0.spec.label.clone(),
            identity: Identity::of(number),
        };
        if let Some(Prepared { ports, rtp, rtcp_port }) =
            self.0.softphone.get().and_then(Softphone::take)
        {
            let leg = self.0.engine.open_on(spec, ports)?;
            return Ok(OpenLeg { leg, rtp, rtcp_port });
        }
        let leg = self.0.engine.open(spec)?;
        let (rtp, rtcp_port) = (self.told_rtp(leg.rtp_addr()), leg.rtcp_addr().port());
        Ok(OpenLeg { leg, rtp, rtcp_port })
    }
}
