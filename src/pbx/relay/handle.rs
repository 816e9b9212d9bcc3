//! How calls talk to the relay's thread.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use mio::net::UdpSocket;
use mio::{Poll, Waker};

use super::allocate::Allocator;
use super::engine::{self, WAKE};
use super::fault::Faults;
use crate::media::{Codec, Security, Tardiness};
use crate::pbx::sound::Piece;

/// Media cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// Every port of the range is taken.
    #[error("no free pair of media ports on {0}: widen media_ports")]
    NoPorts(IpAddr),
    /// The system refused.
    #[error("the media relay cannot start: {0}")]
    System(#[from] std::io::Error),
}

/// Names a port for as long as the relay lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::pbx) struct PortId(pub(super) u64);

/// What a port sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::pbx) enum Source {
    /// No RTP at all.
    #[default]
    Nothing,
    /// What the other port receives.
    Port(PortId),
    /// A sound, from its start.
    Plays(Piece),
    /// What it relayed last, again and again: a defect.
    Stuck,
}

/// Which part of the PBX's media hardware carries a port: calls of one board can be mixed
/// up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::pbx) struct Board(pub(in crate::pbx) usize);

/// What a leg has negotiated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pbx) struct Stream {
    /// Where its RTP goes.
    pub(in crate::pbx) remote: SocketAddr,
    /// Where its RTCP goes.
    pub(in crate::pbx) remote_rtcp: SocketAddr,
    /// What is sent.
    pub(in crate::pbx) codec: Codec,
    /// Its payload type.
    pub(in crate::pbx) payload_type: u8,
    /// What may arrive.
    pub(in crate::pbx) accept: Vec<(u8, Codec)>,
    /// Whether nothing is taken but the first source (SSRC): a defect.
    pub(in crate::pbx) one_source: bool,
    /// Payload type of telephone-event.
    pub(in crate::pbx) telephone_event: Option<u8>,
    /// Whether we may send.
    pub(in crate::pbx) sends: bool,
    /// Whether the peer may send.
    pub(in crate::pbx) receives: bool,
    /// How it is protected, if it is.
    pub(in crate::pbx) security: Option<Security>,
}

/// An order to the thread.
pub(super) enum Command {
    Open(PortId, UdpSocket, UdpSocket),
    Configure(PortId, Stream),
    Play(PortId, Source, Option<Board>),
    Close(PortId),
    Stop,
}

#[derive(Debug)]
struct Line {
    commands: mpsc::Sender<Command>,
    waker: Waker,
    allocator: Allocator,
    next: AtomicU64,
    thread: Mutex<Option<JoinHandle<()>>>,
    tardiness: Tardiness,
}

impl Line {
    fn tell(&self, command: Command) {
        // After shutdown nobody listens, and nothing is left to be told.
        if self.commands.send(command).is_ok() {
            let _ = self.waker.wake();
        }
    }
}

/// The relay; clones share it.
#[derive(Debug, Clone)]
pub(in crate::pbx) struct Relay(Arc<Line>);

impl Relay {
    /// Starts the thread.
    pub(in crate::pbx) fn start(
        ports: Option<(u16, u16)>,
        faults: Faults,
    ) -> Result<Self, RelayError> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKE)?;
        let (commands, orders) = mpsc::channel();
        let tardiness = Tardiness::default();
        let noticed = tardiness.clone();
        let thread = std::thread::Builder::new()
            .name("pbx-relay".to_owned())
            .spawn(move || engine::run(poll, &orders, faults, noticed))?;
        Ok(Self(Arc::new(Line {
            commands,
            waker,
            allocator: Allocator::new(ports),
            next: AtomicU64::new(0),
            thread: Mutex::new(Some(thread)),
            tardiness,
        })))
    }

    /// How late this machine lets it pass packets on.
    pub(in crate::pbx) fn tardiness(&self) -> &Tardiness {
        &self.0.tardiness
    }

    /// Opens a port on the address.
    pub(in crate::pbx) fn open(&self, ip: IpAddr) -> Result<Port, RelayError> {
        let (media, control) = self.0.allocator.bind(ip)?;
        let number = media.local_addr()?.port();
        let id = PortId(self.0.next.fetch_add(1, Ordering::Relaxed));
        self.0.tell(Command::Open(id, UdpSocket::from_std(media), UdpSocket::from_std(control)));
        Ok(Port { id, number, relay: self.clone() })
    }

    /// Closes every socket soon.
    pub(in crate::pbx) fn stop(&self) {
        self.0.tell(Command::Stop);
    }

    /// Closes every socket and waits for the thread.
    pub(in crate::pbx) fn shutdown(&self) {
        self.stop();
        let thread = self.0.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

/// A leg's RTP and RTCP sockets; dropping it closes them.
#[derive(Debug)]
pub(in crate::pbx) struct Port {
    id: PortId,
    number: u16,
    relay: Relay,
}

impl Port {
    pub(in crate::pbx) fn id(&self) -> PortId {
        self.id
    }

    /// Its RTP port; RTCP is one above.
    pub(in crate::pbx) fn number(&self) -> u16 {
        self.number
    }

    /// Sets what is negotiated; the stream that is sent goes on.
    pub(in crate::pbx) fn configure(&self, stream: Stream) {
        self.relay.0.tell(Command::Configure(self.id, stream));
    }

    /// Sets what is sent, on which board if on any.
    pub(in crate::pbx) fn play(&self, source: Source, board: Option<Board>) {
        self.relay.0.tell(Command::Play(self.id, source, board));
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.relay.0.tell(Command::Close(self.id));
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.tell(Command::Stop);
    }
}
