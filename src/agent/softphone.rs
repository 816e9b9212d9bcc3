//! The softphone of guide 3: a user's account on a socket of its own, with every codec offered
//! and its public address from STUN in Contact and session descriptions.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::line::LineSpec;
use super::transport::Transport;
use super::{AgentError, Line, Log, Phone, Place, Stage};
use crate::media::PortPair;
use crate::profile::Authentication;
use crate::record::{StunAnswer, StunAsked, What};
use crate::sip::Message;
use crate::wire::{Channel, Tap, Way, ask_stun};

/// How long a STUN server may take to answer: four transmissions fit into it.
const PATIENCE: Duration = Duration::from_secs(5);

/// What only a softphone has.
pub(super) struct Softphone {
    /// The STUN server, if it has answered with an address that is of use.
    stun: Option<SocketAddr>,
    prepared: Mutex<Option<Prepared>>,
    /// Where its media is seen from outside.
    media: OnceLock<IpAddr>,
}

/// Ports for the media of the next call, and where they are seen from outside.
pub(super) struct Prepared {
    /// Bound, and read by nobody yet.
    pub(super) ports: PortPair,
    /// Where RTP for them goes.
    pub(super) rtp: SocketAddr,
    /// The port of RTCP at the same address.
    pub(super) rtcp_port: u16,
}

impl Softphone {
    fn prepared(&self) -> MutexGuard<'_, Option<Prepared>> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ports for the next call, if they are prepared.
    pub(super) fn take(&self) -> Option<Prepared> {
        self.prepared().take()
    }
}

/// The address that the server sees the channel at, if it tells; noted for `party` either way.
async fn mapped(
    channel: &Channel,
    server: SocketAddr,
    log: &Log,
    party: &str,
) -> Option<SocketAddr> {
    let reply = ask_stun(channel, server, PATIENCE).await;
    let answer = match &reply.mapped {
        Ok(mapped) => StunAnswer::Mapped {
            address: mapped.to_string(),
            took_ms: reply.took.as_secs_f64() * 1e3,
        },
        Err(error) => StunAnswer::Failed { reason: error.to_string() },
    };
    let asked = StunAsked {
        server: server.to_string(),
        own: channel.local_addr().to_string(),
        answer,
        strangers: reply.strangers.iter().map(ToString::to_string).collect(),
        from_strangers: reply.from_strangers,
    };
    log.note(party, "", What::StunAsked(asked));
    reply.mapped.ok()
}

impl Stage {
    /// A softphone with the account of a Teams user (guide 3.1), on a socket of its own, whose
    /// public address the profile's STUN server is asked for. Where the PBX knows users by
    /// their address it is on the bridge's socket.
    ///
    /// # Errors
    /// [`AgentError`] if its address cannot be had or the user is not in the profile.
    pub async fn softphone(
        &self,
        index: usize,
        name: &str,
        place: &Place,
    ) -> Result<Phone, AgentError> {
        let profile = self.profile();
        let own = &profile.softphone;
        let bind = SocketAddr::new(own.bind.unwrap_or(profile.bridge.bind.ip()), 0);
        let server = self.stun_server(bind, name, place);
        if profile.pbx.authentication == Authentication::Address {
            let answered = self.ask_from_elsewhere(server, bind, name, place).await?;
            return self.plugged(self.bridge.clone(), index, name, place, answered);
        }
        let pbx = profile.pbx.clone();
        let spec = LineSpec {
            what: "the softphone",
            bind,
            transport: self.bridge.transport().clone(),
            media_ip: profile.bridge.media_bind.filter(|_| own.bind.is_none()),
            user_agent: own.user_agent.clone().unwrap_or(profile.bridge.user_agent.clone()),
            loss: None,
            registrar: None,
            same_number: Box::new(move |one, other| pbx.same_number(one, other)),
        };
        let channel = spec.bind(self.tap().clone())?;
        let (answered, public) = match (&spec.transport, server) {
            (Transport::Udp, Some(server)) => {
                self.tap().claim_port(channel.local_addr(), &place.label);
                let seen = mapped(&channel, server, &place.log, name).await;
                let public = seen.filter(|seen| self.is_of_use(*seen));
                (public.map(|_| server), public)
            }
            _ => (self.ask_from_elsewhere(server, bind, name, place).await?, None),
        };
        let line = Line::open_on(spec, channel, public);
        self.plugged(line, index, name, place, answered)
    }

    /// The profile's STUN server, if it has one with an address; that it has none is noted.
    fn stun_server(&self, own: SocketAddr, name: &str, place: &Place) -> Option<SocketAddr> {
        let server = self.stun.as_ref()?;
        let why = match server.address() {
            Ok(address) => return Some(address),
            Err(why) => why.to_owned(),
        };
        let asked = StunAsked {
            server: server.domain().to_owned(),
            own: own.ip().to_string(),
            answer: StunAnswer::Failed { reason: why },
            strangers: Vec::new(),
            from_strangers: 0,
        };
        place.log.note(name, "", What::StunAsked(asked));
        None
    }

    /// Where SIP is not to be asked for, because it goes over a connection or from the bridge's
    /// socket: from a port that nobody else has. Returns the server, if what it tells is of use
    /// for media.
    async fn ask_from_elsewhere(
        &self,
        server: Option<SocketAddr>,
        bind: SocketAddr,
        name: &str,
        place: &Place,
    ) -> Result<Option<SocketAddr>, AgentError> {
        let Some(server) = server else { return Ok(None) };
        let bound = Channel::udp(bind, self.tap().clone());
        let what = "a port for STUN";
        let channel = bound.map_err(|source| AgentError::Bind { what, source })?;
        self.tap().claim_port(channel.local_addr(), &place.label);
        let seen = mapped(&channel, server, &place.log, name).await;
        Ok(seen.filter(|seen| self.is_of_use(*seen)).map(|_| server))
    }

    fn plugged(
        &self,
        line: Line,
        index: usize,
        name: &str,
        place: &Place,
        stun: Option<SocketAddr>,
    ) -> Result<Phone, AgentError> {
        let phone = self.user_on(line, index, name, place)?;
        let _ = phone.0.softphone.set(Softphone {
            stun,
            prepared: Mutex::default(),
            media: OnceLock::new(),
        });
        Ok(phone)
    }

    /// Whether the PBX can send to what STUN told: a PBX of an inner network is reached without
    /// the router that STUN looks through.
    fn is_of_use(&self, mapped: SocketAddr) -> bool {
        let pbx_is_inner = self.pbx().address().is_ok_and(|pbx| is_inner(pbx.ip()));
        !pbx_is_inner || is_inner(mapped.ip())
    }
}

/// Whether an address is of a network that the Internet does not reach.
fn is_inner(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            // 100.64.0.0/10 is between a provider and its customers (RFC 6598).
            let shared = ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64;
            ip.is_loopback() || ip.is_link_local() || ip.is_private() || shared
        }
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unique_local(),
    }
}

impl Phone {
    /// Finds out where the media of its next call is seen from outside, if it is a softphone
    /// whose STUN server answers. Without it the call has its local address.
    pub async fn prepare_media(&self) {
        let Some(softphone) = self.0.softphone.get() else { return };
        let Some(server) = softphone.stun.filter(|_| softphone.prepared().is_none()) else {
            return;
        };
        let spec = &self.0.spec;
        let tap = spec.line.tap();
        let Ok(ports) = PortPair::bind(self.media_ip()) else { return };
        let seen = async |socket: &UdpSocket| -> Option<SocketAddr> {
            let local = socket.local_addr().ok()?;
            tap.claim_port(local, &spec.label);
            let channel = channel_over(socket, tap)?;
            mapped(&channel, server, self.log(), self.name()).await
        };
        let (rtp, rtcp) = tokio::join!(seen(&ports.rtp), seen(&ports.rtcp));
        let Some(rtp) = rtp else { return };
        let rtcp_port = rtcp.map_or_else(|| rtp.port().saturating_add(1), |rtcp| rtcp.port());
        let _ = softphone.media.set(rtp.ip());
        *softphone.prepared() = Some(Prepared { ports, rtp, rtcp_port });
    }

    /// The address that its session descriptions name.
    pub fn told_media_ip(&self) -> IpAddr {
        let known = self.0.softphone.get().and_then(|softphone| softphone.media.get());
        known.copied().unwrap_or_else(|| self.media_ip())
    }

    /// Bytes of the largest message that it sent in a call, as it stood on the wire.
    pub fn largest_sent(&self, call_id: &str) -> usize {
        self.largest(Way::Sent, call_id)
    }

    /// Bytes of the largest message that it got in a call, as it stood on the wire.
    pub fn largest_received(&self, call_id: &str) -> usize {
        self.largest(Way::Received, call_id)
    }

    fn largest(&self, way: Way, call_id: &str) -> usize {
        let spec = &self.0.spec;
        let of_call = |bytes: &bytes::Bytes| {
            Message::parse(bytes.clone()).is_ok_and(|message| message.call_id() == call_id)
        };
        let sent = spec.line.tap().copy(&spec.label).into_iter();
        let sizes = sent
            .filter(|datagram| datagram.way == way && datagram.bytes.len() > LEAST)
            .filter(|datagram| of_call(&datagram.bytes))
            .map(|datagram| datagram.bytes.len());
        sizes.max().unwrap_or(0)
    }
}

/// RTP is smaller, and need not be read as SIP.
const LEAST: usize = 300;

fn channel_over(socket: &UdpSocket, tap: &Tap) -> Option<Channel> {
    Channel::over(socket.try_clone().ok()?, tap.clone()).ok()
}
