//! The stage of a run: engine, tap and every line of the profile, from which each
//! scenario gets its phones.

mod heartbeat;
mod phones;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use self::heartbeat::Heartbeat;
use super::line::LineSpec;
use super::node::Loss;
use super::transport::{Transport, trusted};
use super::trunk_registrar::TrunkRegistrar;
use super::{AgentError, Line, Log, Peer};
use crate::media::{Engine, Lateness, Tardiness};
use crate::profile::{self, Account, Bridge, Profile, Target};
use crate::sip::endpoint::Endpoint;
use crate::wire::{Clock, STUN_PORT, Tap};

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
    /// Beats for as long as the stage stands.
    _heartbeat: Heartbeat,
    pbx: Peer,
    pub(in crate::agent) bridge: Line,
    /// The bridge's second node, which can be lost.
    second_node: Option<Line>,
    /// The profile's STUN server.
    pub(in crate::agent) stun: Option<Peer>,
    outside: Outside,
    extensions: Vec<Line>,
    /// The desk phones of Teams users, by the user's index.
    second_devices: BTreeMap<usize, Line>,
    identities: Arc<AtomicU16>,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").field("pbx", &self.pbx).finish_non_exhaustive()
    }
}

/// The profile's STUN server, by the kind of address that the softphone has.
async fn stun_server(profile: &Profile) -> Option<Peer> {
    let server = profile.softphone.stun_server.as_ref()?;
    let port = server.port.unwrap_or(STUN_PORT);
    let from = profile.softphone.bind.unwrap_or(profile.bridge.bind.ip());
    Some(Peer::resolve_like(from, &server.to_string(), &server.host, port).await)
}

/// To the provider of an account, whose certificates are not the PBX's.
fn transport_of(account: &Account, bridge: &Bridge) -> Result<Transport, AgentError> {
    let Target { protocol, host, .. } = account.target();
    Transport::to(protocol, host, trusted(None, account.ca_file.as_deref()), bridge)
}

/// The bridge's second node, which can be lost.
fn second_node(
    bridge: &Bridge,
    transport: &Transport,
    tap: &Tap,
) -> Result<Option<Line>, AgentError> {
    let open = |bind| {
        let spec = LineSpec {
            what: "the second node of the bridge",
            bind,
            transport: transport.clone(),
            loss: Some(Loss::default()),
            media_ip: bridge.media_bind,
            user_agent: bridge.user_agent.clone(),
            registrar: None,
            same_number: Box::new(|one, other| one == other),
        };
        Line::open(spec, tap.clone())
    };
    bridge.second_node.map(open).transpose()
}

impl Stage {
    /// Opens every socket of the profile and starts the engine. Sends nothing.
    pub async fn start(profile: Arc<Profile>, clock: Clock, tap: Tap) -> Result<Self, AgentError> {
        let engine = Engine::start(clock, tap.clone())?;
        let heartbeat = Heartbeat::start();
        engine.accompany(heartbeat.tardiness());
        std::thread::spawn(profile::read_number_tables);
        let target = profile.pbx.target();
        let pbx = Peer::locate(&profile.pbx.sip_domain, target).await;
        let of_pbx = trusted(profile.pbx.ca_pem.as_deref(), profile.pbx.ca_file.as_deref());
        let transport_to =
            |protocol, host: &str| Transport::to(protocol, host, of_pbx, &profile.bridge);
        let of_phones = transport_to(target.protocol, target.host)?;
        let open = |what, bind, transport, media_ip, user_agent: &str, registrar| {
            let pbx = profile.pbx.clone();
            let spec = LineSpec {
                what,
                bind,
                transport,
                loss: None,
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
                let target = profile.pbx.trunk_target(trunk);
                let transport = transport_to(target.protocol, target.host)?;
                let media_ip = trunk.media_bind;
                let line =
                    open("the trunk", trunk.bind, transport, media_ip, USER_AGENT, registrar)?;
                Outside::Trunk(line, Peer::locate(&profile.pbx.sip_domain, target).await)
            }
            profile::Line::Accounts(accounts) => {
                let mut lines = Vec::new();
                for account in accounts {
                    let bind = account.bind.unwrap_or(elsewhere);
                    let transport = transport_of(account, &profile.bridge)?;
                    let line = open("an outside account", bind, transport, None, USER_AGENT, None)?;
                    lines.push((line, Peer::locate(&account.sip_domain, account.target()).await));
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
        let second_devices = profile
            .users
            .iter()
            .enumerate()
            .filter_map(|(index, user)| Some((index, user.desk_phone.as_ref()?)))
            .map(|(index, phone)| {
                let bind = phone.bind.unwrap_or(elsewhere);
                let line = open("a desk phone", bind, of_phones.clone(), None, USER_AGENT, None)?;
                Ok((index, line))
            })
            .collect::<Result<BTreeMap<usize, Line>, AgentError>>()?;
        let stun = stun_server(&profile).await;
        let media_ip = bridge.media_bind;
        let second_node = second_node(bridge, &of_phones, &tap)?;
        let bridge =
            open("the bridge", bridge.bind, of_phones.clone(), media_ip, &bridge.user_agent, None)?;
        Ok(Self {
            pbx,
            bridge,
            stun,
            second_node,
            outside,
            extensions,
            second_devices,
            identities: Arc::new(AtomicU16::new(0)),
            profile,
            clock,
            tap,
            engine,
            _heartbeat: heartbeat,
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

    /// The SIP socket that all Teams users share, for probes.
    pub fn bridge_endpoint(&self) -> &Endpoint {
        self.bridge.endpoint()
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

    /// Somebody else who notices how late this machine is, for the figures of every leg.
    pub fn accompany(&self, companion: Tardiness) {
        self.engine.accompany(companion);
    }

    /// How punctually the engine sends.
    pub fn lateness(&self) -> Lateness {
        self.engine.lateness()
    }

    /// What of the engine broke, if anything did.
    pub fn fault(&self) -> Option<String> {
        self.engine.fault()
    }

    /// Where all Teams users are, to a PBX that knows them by it.
    pub fn bridge_address(&self) -> SocketAddr {
        self.bridge.local_for(&self.pbx)
    }
}
