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

/// A bound socket; clones share it.
#[derive(Debug, Clone)]
pub struct Channel {
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    tap: Tap,
}

impl Channel {
    /// Binds a UDP channel. Must be called within a tokio runtime.
    pub fn udp(local: SocketAddr, tap: Tap) -> Result<Self, BindError> {
        let failed = |source| BindError::Other { address: local, source };
        let socket = UdpSocket::from_std(bind_udp(local)?).map_err(failed)?;
        let local = socket.local_addr().map_err(failed)?;
        refused::watch(&socket, local.is_ipv6());
        Ok(Self { socket: Arc::new(socket), local, tap })
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
