//! The ports of a leg: those in use and, where it has moved in mid-call (RFC 3264 §8.3.1), those
//! before and those to come.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::state::Port;
use crate::media::{MediaError, PortPair};
use crate::wire::{Fetched, Fetcher, stamp_arrivals};

/// What was on its way when the leg moved arrives within this.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// Every pair that a leg has had, the sockets of all still open.
#[derive(Debug)]
pub(crate) struct Doors {
    pairs: Vec<Door>,
    in_use: usize,
    moved: Option<Instant>,
}

/// A pair of ports and their addresses.
#[derive(Debug)]
struct Door {
    rtp: Outlet,
    rtcp: Outlet,
}

/// A port as who sends from it has it.
#[derive(Debug, Clone)]
pub(crate) struct Outlet {
    socket: Arc<UdpSocket>,
    local: SocketAddr,
}

impl Outlet {
    fn new(socket: UdpSocket) -> Result<Self, MediaError> {
        let local = socket.local_addr().map_err(MediaError::Engine)?;
        stamp_arrivals(&socket);
        Ok(Self { socket: Arc::new(socket), local })
    }

    /// Sends, and tells from where. Errors are those of the path and show in what is not heard.
    pub(crate) fn send(&self, bytes: &[u8], remote: SocketAddr) -> SocketAddr {
        let _ = self.socket.send_to(bytes, remote);
        self.local
    }
}

/// A datagram that came in, apart from its octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arrival {
    pub(crate) port: Port,
    pub(crate) local: SocketAddr,
    pub(crate) fetched: Fetched,
}

impl Doors {
    pub(crate) fn new(pair: PortPair) -> Result<Self, MediaError> {
        Ok(Self { pairs: vec![Door::new(pair)?], in_use: 0, moved: None })
    }

    /// Has another pair ready; what comes to it is heard at once. The number is its own.
    pub(crate) fn add(&mut self, pair: PortPair) -> Result<usize, MediaError> {
        self.pairs.push(Door::new(pair)?);
        Ok(self.pairs.len() - 1)
    }

    /// Uses the latest pair from now on.
    pub(crate) fn move_on(&mut self, now: Instant) {
        self.in_use = self.pairs.len() - 1;
        self.moved = Some(now);
    }

    /// Closes every pair after the one in use.
    pub(crate) fn stay(&mut self) {
        self.pairs.truncate(self.in_use + 1);
    }

    /// RTP and RTCP address of the latest pair.
    pub(crate) fn latest(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.pairs.last().map(Door::addresses)
    }

    /// RTP and RTCP address of the pair in use.
    pub(crate) fn in_use(&self) -> (SocketAddr, SocketAddr) {
        self.pairs[self.in_use].addresses()
    }

    /// The port in use, to send from.
    pub(crate) fn outlet(&self, port: Port) -> &Outlet {
        self.pairs[self.in_use].of(port)
    }

    /// The sockets of a pair.
    pub(crate) fn sockets(&self, number: usize) -> Option<[(&UdpSocket, Port); 2]> {
        let door = self.pairs.get(number)?;
        Some([(&*door.rtp.socket, Port::Rtp), (&*door.rtcp.socket, Port::Rtcp)])
    }

    /// Takes one datagram off a port, if there is one.
    pub(crate) fn fetch(
        &self,
        number: usize,
        port: Port,
        fetcher: &mut Fetcher,
    ) -> Option<Arrival> {
        let Outlet { socket, local } = self.pairs.get(number)?.of(port);
        let fetched = fetcher.fetch(&**socket).ok()?;
        let since = |moved| fetched.at.saturating_duration_since(moved);
        let left = number < self.in_use && self.moved.is_some_and(|at| since(at) > ON_ITS_WAY);
        let port = if left && port == Port::Rtp { Port::Left } else { port };
        Some(Arrival { port, local: *local, fetched })
    }

    /// How many pairs it has had.
    pub(crate) fn count(&self) -> usize {
        self.pairs.len()
    }
}

impl Door {
    fn new(pair: PortPair) -> Result<Self, MediaError> {
        Ok(Self { rtp: Outlet::new(pair.rtp)?, rtcp: Outlet::new(pair.rtcp)? })
    }

    const fn addresses(&self) -> (SocketAddr, SocketAddr) {
        (self.rtp.local, self.rtcp.local)
    }

    const fn of(&self, port: Port) -> &Outlet {
        match port {
            Port::Rtp | Port::Left => &self.rtp,
            Port::Rtcp => &self.rtcp,
        }
    }
}
