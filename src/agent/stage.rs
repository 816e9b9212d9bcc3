//! The stage of a run: engine, tap and every line of the profile, from which each
//! scenario gets its phones.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use super::line::LineSpec;
use super::transport::Transport;
use super::trunk_registrar::TrunkRegistrar;
use super::{AgentError, Line, Log, Peer, Phone, PhoneSpec};
use crate::media::{Engine, Lateness};
use crate::profile::{self, Account, Authentication, Extension, Profile, User};
use crate::sip::digest::Credentials;
use crate::wire::{Clock, Tap};

/// User-Agent of the outside and of other phones: nothing that a PBX could block by
/// the bridge's name.
const USER_AGENT: &str = concat!("pbxcert/", env!("CARGO_PKG_VERSION"));

/// Where a phone of a scenario writes, and under what its traffic is kept.
#[derive(Debug, Clone)]
pub struct Place {
    /// The scenario's label for the tap.
    pub label: String,
    /// The scenario's log.
    pub log: Log,
}

enum Outside {
    Trunk(Line, Peer),
    Accounts(Vec<(Line, Peer)>),
}

/// The stage; share it in an `Arc`.
pub struct Stage {
    profile: Arc<Profile>,
    clock: Clock,
    tap: Tap,
    engine: Engine,
    pbx: Peer,
    bridge: Line,
    outside: Outside,
    extensions: Vec<Line>,
    identities: Arc<AtomicU16>,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").field("pbx", &self.pbx).finish_non_exhaustive()
    }
}

impl Stage {
    /// Opens every socket of the profile and starts the engine. Sends nothing.
    pub async fn start(profile: Arc<Profile>, clock: Clock, tap: Tap) -> Result<Self, AgentError> {
        let engine = Engine::start(clock, tap.clone())?;
        let (host, port) = profile.pbx.target();
        let pbx = Peer::resolve(&profile.pbx.sip_domain, host, port).await;
        let transport_to =
            |protocol, host: &str| Transport::to(protocol, host, &profile.pbx, &profile.bridge);
        let of_phones = transport_to(profile.pbx.protocol, host)?;
        let open = |what, bind, transport, media_ip, user_agent: &str, registrar| {
            let pbx = profile.pbx.clone();
            let spec = LineSpec {
                what,
                bind,
                transport,
                media_ip,
                user_agent: user_agent.to_owned(),
                registrar,
                same_number: Box::new(move |one, other| pbx.same_number(one, other)),
            };
            Line::open(spec, tap.clone())
        };
        let bridge = &profile.bridge;
        let elsewhere = SocketAddr::new(bridge.bind.ip(), 0);
        let outside = match &profile.external.line {
            profile::Line::Trunk(trunk) => {
                let registrar = trunk.registrar.clone().map(TrunkRegistrar::new);
                let (host, port) = profile.pbx.trunk_target(trunk);
                let transport = transport_to(trunk.protocol, host)?;
                let media_ip = trunk.media_bind;
                let line =
                    open("the trunk", trunk.bind, transport, media_ip, USER_AGENT, registrar)?;
                Outside::Trunk(line, Peer::resolve(&profile.pbx.sip_domain, host, port).await)
            }
            profile::Line::Accounts(accounts) => {
                let mut lines = Vec::new();
                for account in accounts {
                    let bind = account.bind.unwrap_or(elsewhere);
                    let (host, port) = account.target();
                    let transport = transport_to(account.protocol, host)?;
                    let line = open("an outside account", bind, transport, None, USER_AGENT, None)?;
                    lines.push((line, Peer::resolve(&account.sip_domain, host, port).await));
                }
                Outside::Accounts(lines)
            }
        };
        let extensions = profile
            .extensions
            .iter()
            .map(|extension| {
                let bind = extension.bind.unwrap_or(elsewhere);
                open("an extension phone", bind, of_phones.clone(), None, USER_AGENT, None)
            })
            .collect::<Result<Vec<Line>, AgentError>>()?;
        let media_ip = bridge.media_bind;
        let bridge =
            open("the bridge", bridge.bind, of_phones.clone(), media_ip, &bridge.user_agent, None)?;
        Ok(Self {
            pbx,
            bridge,
            outside,
            extensions,
            identities: Arc::new(AtomicU16::new(0)),
            profile,
            clock,
            tap,
            engine,
        })
    }

    /// The profile that it plays.
    pub fn profile(&self) -> &Arc<Profile> {
        &self.profile
    }

    /// Seconds since the start of the run.
    pub fn clock_seconds(&self) -> f64 {
        self.clock.seconds()
    }

    /// Address of the PBX, or why there is none, for the record.
    pub fn pbx_address(&self) -> String {
        match self.pbx.address() {
            Ok(address) => address.to_string(),
            Err(why) => why.to_owned(),
        }
    }

    /// The run's clock.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// The run's tap.
    pub fn tap(&self) -> &Tap {
        &self.tap
    }

    /// The PBX.
    pub fn pbx(&self) -> &Peer {
        &self.pbx
    }

    /// Where the outside listens, if it is the far end of a trunk.
    pub fn trunk_address(&self) -> Option<SocketAddr> {
        match &self.outside {
            Outside::Trunk(line, pbx) => Some(line.local_for(pbx)),
            Outside::Accounts(_) => None,
        }
    }

    /// How many identities were given to legs so far: from this number on nobody speaks.
    pub fn identities_given(&self) -> u16 {
        self.identities.load(Ordering::Relaxed)
    }

    /// When the bridge's first REGISTER went out, seconds from the start of the run.
    pub fn first_register(&self) -> Option<f64> {
        self.bridge.first_register()
    }

    /// Whether the outside has accounts that must register.
    pub fn outside_registers(&self) -> bool {
        matches!(self.outside, Outside::Accounts(_))
    }

    /// How punctually the engine sends.
    pub fn lateness(&self) -> Lateness {
        self.engine.lateness()
    }

    /// The phone of a Teams user, on the bridge's one socket.
    pub fn user(&self, index: usize, name: &str, place: &Place) -> Result<Phone, AgentError> {
        let user: &User = self.profile.users.get(index).ok_or_else(|| lacking("user", index))?;
        let registers = self.profile.pbx.authentication == Authentication::Registration;
        let mut aliases = vec![user.number.clone()];
        aliases.extend(user.extension.clone());
        Ok(self.plug_in(PhoneSpec {
            name: name.to_owned(),
            user: user.username.clone(),
            aliases,
            display: Some(user.name.clone()),
            credentials: registers
                .then(|| Credentials::new(user.digest_username(), user.password.expose())),
            own_domain: None,
            expires: self.profile.pbx.expires,
            peer: self.pbx.clone(),
            line: self.bridge.clone(),
            label: place.label.clone(),
            log: place.log.clone(),
        }))
    }

    /// The phone of another extension, on its own socket.
    pub fn extension(&self, index: usize, name: &str, place: &Place) -> Result<Phone, AgentError> {
        let lacking = || lacking("extension", index);
        let extension: &Extension = self.profile.extensions.get(index).ok_or_else(lacking)?;
        let line = self.extensions.get(index).ok_or_else(lacking)?;
        let mut aliases = vec![extension.extension.clone()];
        aliases.extend(extension.number.clone());
        Ok(self.plug_in(PhoneSpec {
            name: name.to_owned(),
            user: extension.username.clone(),
            aliases,
            display: Some(extension.name.clone()),
            credentials: Some(Credentials::new(
                extension.digest_username(),
                extension.password.expose(),
            )),
            own_domain: None,
            expires: self.profile.pbx.expires,
            peer: self.pbx.clone(),
            line: line.clone(),
            label: place.label.clone(),
            log: place.log.clone(),
        }))
    }

    /// An outside phone with one of the external numbers.
    pub fn external(&self, index: usize, name: &str, place: &Place) -> Result<Phone, AgentError> {
        let number = self
            .profile
            .external
            .numbers
            .get(index)
            .ok_or_else(|| lacking("external number", index))?;
        let spec = |line: &Line, peer: &Peer, account: Option<&Account>| PhoneSpec {
            name: name.to_owned(),
            user: account.map_or_else(|| number.clone(), |account| account.username.clone()),
            aliases: vec![number.clone()],
            display: None,
            credentials: account.map(|account| {
                Credentials::new(account.digest_username(), account.password.expose())
            }),
            own_domain: account.is_none().then(|| line.local_for(peer).ip().to_string()),
            expires: self.profile.pbx.expires,
            peer: peer.clone(),
            line: line.clone(),
            label: place.label.clone(),
            log: place.log.clone(),
        };
        match (&self.outside, &self.profile.external.line) {
            (Outside::Trunk(line, pbx), _) => Ok(self.plug_in(spec(line, pbx, None))),
            (Outside::Accounts(lines), profile::Line::Accounts(accounts)) => {
                let owner = accounts
                    .iter()
                    .position(|account| account.number == *number)
                    .ok_or_else(|| AgentError::Lacking(format!("an account for {number}")))?;
                let (line, peer) = &lines[owner];
                Ok(self.plug_in(spec(line, peer, accounts.get(owner))))
            }
            (Outside::Accounts(_), profile::Line::Trunk(_)) => {
                Err(AgentError::Lacking("the accounts of the outside".to_owned()))
            }
        }
    }

    fn plug_in(&self, spec: PhoneSpec) -> Phone {
        Phone::plug_in(spec, self.engine.clone(), Arc::clone(&self.identities))
    }
}

fn lacking(what: &str, index: usize) -> AgentError {
    AgentError::Lacking(format!("{what} number {}", index + 1))
}
