//! A bound SIP socket behind the tap.
//!
//! UDP today; the enum inside is where TCP and TLS slot in. Callers only ever send
//! bytes to an address and receive stamped datagrams, whole messages or not.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tokio::io::Interest;
use tokio::net::UdpSocket;

use super::refused;
use super::{BindError, Datagram, Tap, Way, bind_udp};

/// Largest UDP payload, so that no message is ever cut.
const UDP_MAX: usize = 65_535;

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

/// A bound socket; clones share it.
#[derive(Debug, Clone)]
pub struct Channel {
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    tap: Tap,
    alter: Option<Arc<dyn Alter>>,
}

impl Channel {
    /// Binds a UDP channel. Must be called within a tokio runtime.
    pub fn udp(local: SocketAddr, tap: Tap) -> Result<Self, BindError> {
        let failed = |source| BindError::Other { address: local, source };
        let socket = UdpSocket::from_std(bind_udp(local)?).map_err(failed)?;
        let local = socket.local_addr().map_err(failed)?;
        refused::watch(&socket, local.is_ipv6());
        Ok(Self { socket: Arc::new(socket), local, tap, alter: None })
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

    /// The address that `remote` sees us at, where we are bound to all of them: what
    /// Via and Contact have to say.
    pub fn local_for(&self, remote: SocketAddr) -> SocketAddr {
        if !self.local.ip().is_unspecified() {
            return self.local;
        }
        let route = || -> io::Result<SocketAddr> {
            let probe = std::net::UdpSocket::bind(SocketAddr::new(self.local.ip(), 0))?;
            probe.connect(remote)?;
            probe.local_addr()
        };
        route().map_or(self.local, |seen| SocketAddr::new(seen.ip(), self.local.port()))
    }

    /// Its protocol.
    pub fn protocol(&self) -> Protocol {
        Protocol::Udp
    }

    /// The tap that sees its traffic.
    pub fn tap(&self) -> &Tap {
        &self.tap
    }

    /// Sends one message.
    pub async fn send(&self, remote: SocketAddr, bytes: Bytes) -> io::Result<()> {
        let bytes = match &self.alter {
            Some(alter) => alter.sends(remote, bytes),
            None => Some(bytes),
        };
        let Some(bytes) = bytes else { return Ok(()) };
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
        let mut sent = self.socket.send_to(&bytes, remote).await;
        for _ in 0..STALE_ERRORS {
            if !sent.as_ref().is_err_and(|error| refused::is_icmp(error.kind())) {
                break;
            }
            sent = self.socket.send_to(&bytes, remote).await;
        }
        sent.map(|_| ())
    }

    /// Receives the next datagram. An error that [`super::Refused::in_error`] recognises
    /// is about an earlier send to that address, not about the channel: call again.
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
        let mut buffer = vec![0; UDP_MAX];
        let (length, remote) = loop {
            let received = tokio::select! {
                biased;
                refused = self.socket.async_io(Interest::ERROR, || refused::take(&self.socket)) => {
                    return Err(io::Error::new(io::ErrorKind::ConnectionRefused, refused?));
                }
                received = self.socket.recv_from(&mut buffer) => received,
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
