//! A bound SIP address behind the tap, over UDP, TCP or TLS, or all of them at once.
//!
//! Callers only ever send a message to an address and receive stamped messages.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::refused;
use super::streams::Streams;
use super::{BindError, Datagram, Tap, Tls, Way, bind_udp};

/// Largest UDP payload, so that no message is ever cut.
const UDP_MAX: usize = 65_535;

/// How often another free port is tried.
const PORT_TRIES: usize = 16;

/// How many pending ICMP errors a send gets past.
const STALE_ERRORS: usize = 16;

/// Transport protocol of SIP (guide 4.1.1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Protocol {
    /// UDP.
    #[default]
    Udp,
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
}

impl Protocol {
    /// The token of a Via header (RFC 3261 §20.42).
    pub const fn via_token(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
        }
    }

    /// Whether the transport delivers by itself (RFC 3261 §17.1.1.2: no retransmissions).
    pub const fn is_reliable(self) -> bool {
        !matches!(self, Self::Udp)
    }
}

/// What stands between a channel and its socket and may alter or lose what passes, as a
/// network element would. The tap sees what is on the wire: after it on the way out,
/// before it on the way in.
pub trait Alter: std::fmt::Debug + Send + Sync {
    /// What goes out in place of these bytes; `None` if nothing does.
    fn sends(&self, remote: SocketAddr, bytes: Bytes) -> Option<Bytes>;
    /// What comes in in place of these bytes; `None` if nothing does.
    fn gets(&self, remote: SocketAddr, bytes: Bytes) -> Option<Bytes>;
}

/// The sockets of a channel.
#[derive(Debug)]
struct Sockets {
    udp: Option<UdpSocket>,
    streams: Vec<Streams>,
    received: tokio::sync::Mutex<UnboundedReceiver<io::Result<Datagram>>>,
}

/// One SIP address, over one transport protocol or several; clones share it.
#[derive(Debug, Clone)]
pub struct Channel {
    sockets: Arc<Sockets>,
    local: SocketAddr,
    tap: Tap,
    alter: Option<Arc<dyn Alter>>,
}

impl Channel {
    /// Binds a UDP channel. Must be called within a tokio runtime.
    pub fn udp(local: SocketAddr, tap: Tap) -> Result<Self, BindError> {
        Self::open(Some(local), &[], tap)
    }

    /// Listens for TCP connections and opens them as needed. Must be called within a
    /// tokio runtime.
    pub fn tcp(local: SocketAddr, tap: Tap) -> Result<Self, BindError> {
        Self::open(None, &[(local, None)], tap)
    }

    /// The same over TLS.
    pub fn tls(local: SocketAddr, tls: Tls, tap: Tap) -> Result<Self, BindError> {
        Self::open(None, &[(local, Some(tls))], tap)
    }

    /// UDP and TCP on one port, and TLS on another: what a PBX offers. A peer that has a
    /// connection with us is answered and called over it.
    pub fn every(
        local: SocketAddr,
        tls: Option<(SocketAddr, Tls)>,
        tap: Tap,
    ) -> Result<Self, BindError> {
        // A free UDP port is not always free for TCP: another one then.
        for _ in 0..PORT_TRIES {
            let udp = bound(local)?;
            let address = udp.local_addr().unwrap_or(local);
            let mut listening = vec![(address, None)];
            listening.extend(tls.clone().map(|(address, tls)| (address, Some(tls))));
            match Self::with(Some(udp), &listening, tap.clone()) {
                Err(BindError::InUse { address: taken, .. })
                    if local.port() == 0 && taken == address => {}
                other => return other,
            }
        }
        Self::open(Some(local), &[(local, None)], tap)
    }

    /// A UDP channel over a socket that somebody else goes on to use, for what is asked before
    /// that. Must be called within a tokio runtime.
    pub fn over(socket: std::net::UdpSocket, tap: Tap) -> io::Result<Self> {
        // Not `watch`ed: who uses it later expects no error queue.
        let udp = UdpSocket::from_std(socket)?;
        let local = udp.local_addr()?;
        let failed = |_| io::Error::from(io::ErrorKind::AddrNotAvailable);
        let channel = Self::with(Some(udp), &[], tap).map_err(failed)?;
        Ok(Self { local, ..channel })
    }

    fn open(
        udp: Option<SocketAddr>,
        listening: &[(SocketAddr, Option<Tls>)],
        tap: Tap,
    ) -> Result<Self, BindError> {
        Self::with(udp.map(bound).transpose()?, listening, tap)
    }

    fn with(
        udp: Option<UdpSocket>,
        listening: &[(SocketAddr, Option<Tls>)],
        tap: Tap,
    ) -> Result<Self, BindError> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let streams = listening
            .iter()
            .map(|(at, tls)| Streams::listen(*at, tls.clone(), tap.clone(), sender.clone()))
            .collect::<Result<Vec<Streams>, BindError>>()?;
        let of_udp = udp.as_ref().and_then(|socket| socket.local_addr().ok());
        let local = of_udp.or_else(|| streams.first().map(Streams::local));
        Ok(Self {
            sockets: Arc::new(Sockets { udp, streams, received: receiver.into() }),
            local: local.unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0))),
            tap,
            alter: None,
        })
    }

    /// The same channel with something in its way.
    #[must_use]
    pub fn altered_by(self, alter: Arc<dyn Alter>) -> Self {
        Self { alter: Some(alter), ..self }
    }

    /// The address that it is bound to, with the real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Where it takes connections of the protocol, if it does.
    pub fn listens(&self, protocol: Protocol) -> Option<SocketAddr> {
        match protocol {
            Protocol::Udp => self.sockets.udp.as_ref().and_then(|udp| udp.local_addr().ok()),
            _ => self.streams_of(protocol).map(Streams::local),
        }
    }

    fn streams_of(&self, protocol: Protocol) -> Option<&Streams> {
        self.sockets.streams.iter().find(|streams| streams.protocol() == protocol)
    }

    /// The connections that a message to `remote` goes over; `None` for UDP.
    fn streams_to(&self, remote: SocketAddr) -> Option<&Streams> {
        let streams = &self.sockets.streams;
        let known = streams.iter().find(|streams| streams.knows(remote));
        known.or_else(|| streams.first().filter(|_| self.sockets.udp.is_none()))
    }

    /// The address that `remote` sees us at, where we are bound to all of them: what
    /// Via and Contact have to say.
    pub fn local_for(&self, remote: SocketAddr) -> SocketAddr {
        let local = self.streams_to(remote).map_or(self.local, Streams::local);
        if !local.ip().is_unspecified() {
            return local;
        }
        let route = || -> io::Result<SocketAddr> {
            let probe = std::net::UdpSocket::bind(SocketAddr::new(local.ip(), 0))?;
            probe.connect(remote)?;
            probe.local_addr()
        };
        route().map_or(local, |seen| SocketAddr::new(seen.ip(), local.port()))
    }

    /// Whether a connection with `remote` stands.
    pub fn is_connected(&self, remote: SocketAddr) -> bool {
        self.sockets.streams.iter().any(|streams| streams.knows(remote))
    }

    /// From now on `remote` is reached over connections of the protocol: the next message to it
    /// opens one. False if we have none of that protocol.
    pub fn reach(&self, remote: SocketAddr, protocol: Protocol) -> bool {
        self.streams_of(protocol).inspect(|streams| streams.expect(remote)).is_some()
    }

    /// The protocol over which `remote` is reached.
    pub fn protocol_to(&self, remote: SocketAddr) -> Protocol {
        self.streams_to(remote).map_or(Protocol::Udp, Streams::protocol)
    }

    /// The tap that sees its traffic.
    pub fn tap(&self) -> &Tap {
        &self.tap
    }

    /// Sends one message. Over a stream it opens a connection if there is none.
    pub async fn send(&self, remote: SocketAddr, bytes: Bytes) -> io::Result<()> {
        let bytes = match &self.alter {
            Some(alter) => alter.sends(remote, bytes),
            None => Some(bytes),
        };
        let Some(bytes) = bytes else { return Ok(()) };
        match (self.streams_to(remote), &self.sockets.udp) {
            (Some(streams), _) => streams.send(remote, bytes).await,
            (None, Some(udp)) => self.send_datagram(udp, remote, bytes).await,
            (None, None) => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    async fn send_datagram(
        &self,
        udp: &UdpSocket,
        remote: SocketAddr,
        bytes: Bytes,
    ) -> io::Result<()> {
        let at = Instant::now();
        self.tap.record(Datagram {
            at,
            way: Way::Sent,
            protocol: Protocol::Udp,
            local: self.local,
            remote,
            bytes: bytes.clone(),
        });
        // A socket reports an ICMP error of an earlier send at the next call, instead of
        // sending; `recv` says whom it was about.
        let mut sent = udp.send_to(&bytes, remote).await;
        for _ in 0..STALE_ERRORS {
            if !sent.as_ref().is_err_and(|error| refused::is_icmp(error.kind())) {
                break;
            }
            sent = udp.send_to(&bytes, remote).await;
        }
        sent.map(|_| ())
    }

    /// Receives the next message, or what made a stream senseless. An error that
    /// [`super::Refused::in_error`] recognises is about an earlier send to that address,
    /// not about the channel: call again.
    pub async fn recv(&self) -> io::Result<Datagram> {
        loop {
            let mut datagram = self.recv_from_wire().await?;
            let Some(alter) = &self.alter else { return Ok(datagram) };
            if let Some(bytes) = alter.gets(datagram.remote, datagram.bytes) {
                datagram.bytes = bytes;
                return Ok(datagram);
            }
        }
    }

    async fn recv_from_wire(&self) -> io::Result<Datagram> {
        let of_streams = async {
            let next = self.sockets.received.lock().await.recv().await;
            next.unwrap_or_else(|| Err(io::ErrorKind::BrokenPipe.into()))
        };
        match (&self.sockets.udp, self.sockets.streams.is_empty()) {
            (Some(udp), true) => self.recv_datagram(udp).await,
            (Some(udp), false) => tokio::select! {
                datagram = self.recv_datagram(udp) => datagram,
                message = of_streams => message,
            },
            (None, _) => of_streams.await,
        }
    }

    async fn recv_datagram(&self, udp: &UdpSocket) -> io::Result<Datagram> {
        let mut buffer = vec![0; UDP_MAX];
        let (length, remote) = loop {
            let received = tokio::select! {
                biased;
                refused = udp.async_io(Interest::ERROR, || refused::take(udp)) => {
                    return Err(io::Error::new(io::ErrorKind::ConnectionRefused, refused?));
                }
                received = udp.recv_from(&mut buffer) => received,
            };
            match received {
                // The error queue, next round, says the same with the address.
                Err(error) if refused::is_icmp(error.kind()) => {}
                other => break other?,
            }
        };
        let at = Instant::now();
        buffer.truncate(length);
        buffer.shrink_to_fit();
        let datagram = Datagram {
            at,
            way: Way::Received,
            protocol: Protocol::Udp,
            local: self.local,
            remote,
            bytes: Bytes::from(buffer),
        };
        self.tap.record(datagram.clone());
        Ok(datagram)
    }
}

fn bound(local: SocketAddr) -> Result<UdpSocket, BindError> {
    let failed = |source| BindError::Other { address: local, source };
    let socket = UdpSocket::from_std(bind_udp(local)?).map_err(failed)?;
    refused::watch(&socket, local.is_ipv6());
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_largest_datagram_arrives_whole_and_is_tapped_on_both_sides() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let tap = Tap::on();
        let a = Channel::udp(any, tap.clone()).unwrap();
        let b = Channel::udp(any, tap.clone()).unwrap();
        let payload = Bytes::from(vec![b'x'; 65_507]);
        a.send(b.local_addr(), payload.clone()).await.unwrap();
        let got = b.recv().await.unwrap();
        assert_eq!(got.bytes, payload);
        assert_eq!(got.remote, a.local_addr());
        assert_eq!(tap.take_rest().len(), 2);
    }

    #[derive(Debug)]
    struct Thief;

    impl Alter for Thief {
        fn sends(&self, _: SocketAddr, bytes: Bytes) -> Option<Bytes> {
            (bytes != "lost").then(|| Bytes::from(bytes.to_ascii_uppercase()))
        }
        fn gets(&self, _: SocketAddr, bytes: Bytes) -> Option<Bytes> {
            (bytes != "unheard").then_some(bytes)
        }
    }

    #[tokio::test]
    async fn what_stands_in_the_way_alters_and_loses_on_the_wire() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let tap = Tap::on();
        let honest = Channel::udp(any, tap.clone()).unwrap();
        let altered = Channel::udp(any, tap.clone()).unwrap().altered_by(Arc::new(Thief));
        for text in ["lost", "kept"] {
            altered.send(honest.local_addr(), Bytes::from_static(text.as_bytes())).await.unwrap();
        }
        assert_eq!(honest.recv().await.unwrap().bytes, "KEPT");
        for text in ["unheard", "heard"] {
            honest.send(altered.local_addr(), Bytes::from_static(text.as_bytes())).await.unwrap();
        }
        assert_eq!(altered.recv().await.unwrap().bytes, "heard");
        // Sent and received KEPT; both texts of the way back, sent and received.
        assert_eq!(tap.take_rest().len(), 6);
    }

    #[tokio::test]
    async fn a_port_where_nobody_listens_is_named_and_does_not_stop_others() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let channel = Channel::udp(any, Tap::off()).unwrap();
        let other = Channel::udp(any, Tap::off()).unwrap();
        let dead = std::net::UdpSocket::bind(any).unwrap().local_addr().unwrap();
        channel.send(dead, Bytes::from_static(b"x")).await.unwrap();
        channel.send(other.local_addr(), Bytes::from_static(b"y")).await.unwrap();
        assert_eq!(other.recv().await.unwrap().bytes, "y");
        let error = channel.recv().await.unwrap_err();
        assert_eq!(super::super::Refused::in_error(&error).map(|r| r.0), Some(dead), "{error}");
    }
}
