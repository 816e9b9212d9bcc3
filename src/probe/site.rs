//! What every probe of a scenario works with.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::agent::{AgentError, PROBING, Place, Stage};
use crate::profile::{Profile, Protocol};
use crate::record::{ProbeFact, What};
use crate::sip::{Message, Method, identifier};
use crate::wire::{Certified, Channel, Tls, Trust};

/// How long an answer is waited for: UDP is sent four times within it (RFC 3261 §17.1.2.2).
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// What is asked, in this order: some PBXs ignore OPTIONS of those whom they do not know.
pub(super) const METHODS: [Method; 2] = [Method::Options, Method::Register];

/// How many ports of a range are tried.
const TRIES: usize = 16;

/// The stage, seen from one scenario.
#[derive(Debug, Clone)]
pub struct Site {
    pub(super) stage: Arc<Stage>,
    place: Place,
}

impl Site {
    /// For the scenario that writes to `place`.
    pub fn new(stage: Arc<Stage>, place: Place) -> Self {
        Self { stage, place }
    }

    pub(super) fn profile(&self) -> &Profile {
        self.stage.profile()
    }

    /// Where the bridge sends its requests.
    pub(super) fn pbx(&self) -> Result<SocketAddr, AgentError> {
        self.stage.pbx().address().map_err(|why| AgentError::Unresolved(why.to_owned()))
    }

    /// The PBX's address for a protocol. Only that of the profile has a port that is known;
    /// UDP and TCP share it.
    pub(super) fn pbx_over(&self, protocol: Protocol) -> Result<SocketAddr, AgentError> {
        let own = self.profile().pbx.protocol;
        let pbx = self.pbx()?;
        let shared = (own == Protocol::Tls) == (protocol == Protocol::Tls);
        let port = if shared { pbx.port() } else { protocol.default_port() };
        Ok(SocketAddr::new(pbx.ip(), port))
    }

    /// Writes a fact into the log.
    pub(super) fn note(&self, fact: ProbeFact) {
        self.place.log.note(PROBING, "", What::Probed(fact));
    }

    /// Makes messages with this Call-ID the scenario's.
    pub(super) fn claim(&self, call_id: &str) {
        self.stage.tap().claim_call(call_id, &self.place.label);
    }

    /// A free port of the bridge's address that speaks the protocol.
    pub(super) fn socket(&self, protocol: Protocol) -> Result<Channel, AgentError> {
        self.socket_at(protocol, 0)
    }

    /// One of a range of ports, or a free one where a few tries do not find one.
    pub(super) fn socket_in(
        &self,
        protocol: Protocol,
        range: Range<u16>,
    ) -> Result<Channel, AgentError> {
        let tries = (0..TRIES).map(|_| rand::random_range(range.clone()));
        let found = tries.map(|port| self.socket_at(protocol, port)).find(Result::is_ok);
        found.unwrap_or_else(|| self.socket(protocol))
    }

    fn socket_at(&self, protocol: Protocol, port: u16) -> Result<Channel, AgentError> {
        let at = SocketAddr::new(self.profile().bridge.bind.ip(), port);
        let tap = self.stage.tap().clone();
        let opened = match protocol {
            Protocol::Udp => Channel::udp(at, tap),
            Protocol::Tcp => Channel::tcp(at, tap),
            Protocol::Tls => {
                let own = self.own_certificate()?;
                let host = self.profile().pbx.target().host;
                Channel::tls(at, Tls::unverified(host, own.as_ref())?, tap)
            }
        };
        let channel =
            opened.map_err(|source| AgentError::Bind { what: "a port for a probe", source })?;
        self.stage.tap().claim_port(channel.local_addr(), &self.place.label);
        Ok(channel)
    }

    /// What the bridge presents over TLS, if anything.
    pub(super) fn own_certificate(&self) -> Result<Option<Certified>, AgentError> {
        let own = self.profile().bridge.certificate.as_ref();
        Ok(own.map(|(chain, key)| Certified::read(chain, key)).transpose()?)
    }

    /// Whose certificates the profile trusts.
    pub(super) fn trust(&self) -> Trust<'_> {
        let pbx = &self.profile().pbx;
        match (&pbx.ca_pem, &pbx.ca_file) {
            (Some(pem), _) => Trust::Pem(pem),
            (None, Some(path)) => Trust::File(path),
            (None, None) => Trust::Machine,
        }
    }

    /// A request of the bridge for its first user, outside of any call and without
    /// credentials. Its traffic belongs to the scenario. REGISTER has no Contact: it asks
    /// for the bindings and changes none (RFC 3261 §10.2.3).
    pub(super) fn request(&self, method: Method) -> Message {
        let (profile, call_id) = (self.profile(), identifier::new_call_id());
        self.claim(&call_id);
        let domain = &profile.pbx.sip_domain;
        let host = if domain.contains(':') { format!("[{domain}]") } else { domain.clone() };
        let user = profile.users.first().map_or("pbxcert", |user| user.username.as_str());
        let record = format!("sip:{user}@{host}");
        Message::request(method.clone(), format!("sip:{host}"))
            .with("Max-Forwards", "70")
            .with("From", format!("<{record}>;tag={}", identifier::new_tag()))
            .with("To", format!("<{record}>"))
            .with("Call-ID", call_id)
            .with("CSeq", format!("1 {method}"))
            .with("User-Agent", &profile.bridge.user_agent)
    }
}
