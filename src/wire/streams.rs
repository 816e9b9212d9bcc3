//! Connections of one address: those that others opened to us, and those that we open.
//!
//! There is one for each peer and it is used again (RFC 3261 §18), whoever opened it. A
//! lost one is opened anew by the next message.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, WriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc::UnboundedSender;
use tokio_rustls::{TlsAcceptor, TlsConnector};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::bind::Table;
use super::framing::{self, Frame};
use super::{BindError, Datagram, Protocol, Tap, Tls, Way};

/// How long a peer may take to accept, and to shake hands.
const PATIENCE: Duration = Duration::from_secs(8);

/// How long a write may be stuck.
const STUCK: Duration = Duration::from_secs(8);

/// How often an idle connection is kept alive (RFC 5626 §4.4.1 wants 95 to 120 s).
const KEEP_ALIVE: Duration = Duration::from_secs(100);

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

type Writer = WriteHalf<Box<dyn Stream>>;

/// A peer's place: locked while its connection is being opened, so that many messages at
/// once share one.
#[derive(Default)]
struct Place(tokio::sync::Mutex<Option<Connection>>);

struct Connection {
    writer: Writer,
    local: SocketAddr,
    closed: CancellationToken,
}

struct Shared {
    protocol: Protocol,
    local: SocketAddr,
    tls: Option<Tls>,
    tap: Tap,
    places: Mutex<HashMap<SocketAddr, Arc<Place>>>,
    received: UnboundedSender<io::Result<Datagram>>,
    closing: CancellationToken,
}

/// The connections of one local address. Dropping it closes them all.
pub(super) struct Streams {
    shared: Arc<Shared>,
    _guard: DropGuard,
}

impl std::fmt::Debug for Streams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {}", self.shared.protocol, self.shared.local)
    }
}

impl Streams {
    /// Listens at the address. Over TLS connections are taken only with a certificate.
    pub(super) fn listen(
        local: SocketAddr,
        tls: Option<Tls>,
        tap: Tap,
        received: UnboundedSender<io::Result<Datagram>>,
    ) -> Result<Self, BindError> {
        let failed = |source| BindError::of(local, source, Table::Tcp);
        let listener = listener(local).map_err(failed)?;
        let local = listener.local_addr().map_err(failed)?;
        let closing = CancellationToken::new();
        let shared = Arc::new(Shared {
            protocol: if tls.is_some() { Protocol::Tls } else { Protocol::Tcp },
            local,
            tls,
            tap,
            places: Mutex::default(),
            received,
            closing: closing.clone(),
        });
        tokio::spawn(accept(listener, Arc::downgrade(&shared), closing.clone()));
        Ok(Self { shared, _guard: closing.drop_guard() })
    }

    pub(super) fn local(&self) -> SocketAddr {
        self.shared.local
    }

    pub(super) fn protocol(&self) -> Protocol {
        self.shared.protocol
    }

    /// Whether a connection with the peer is known.
    pub(super) fn knows(&self, remote: SocketAddr) -> bool {
        self.shared.places().contains_key(&remote)
    }

    /// Makes the peer known before there is a connection.
    pub(super) fn expect(&self, remote: SocketAddr) {
        self.shared.places().entry(remote).or_default();
    }

    /// Sends a message over the peer's connection, and opens one if there is none.
    pub(super) async fn send(&self, remote: SocketAddr, bytes: Bytes) -> io::Result<()> {
        let place = Arc::clone(self.shared.places().entry(remote).or_default());
        let mut open = place.0.lock().await;
        if open.as_ref().is_some_and(|connection| connection.closed.is_cancelled()) {
            *open = None;
        }
        if open.is_none() {
            match connect(&self.shared, remote).await {
                Ok(connection) => *open = Some(connection),
                Err(error) => {
                    self.shared.places().remove(&remote);
                    return Err(error);
                }
            }
        }
        let Some(connection) = open.as_mut() else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        self.shared.record(Way::Sent, connection.local, remote, bytes.clone());
        let sent = write(&mut connection.writer, &bytes).await;
        if sent.is_err() {
            connection.closed.cancel();
            *open = None;
        }
        sent
    }
}

impl Shared {
    fn places(&self) -> MutexGuard<'_, HashMap<SocketAddr, Arc<Place>>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, way: Way, local: SocketAddr, remote: SocketAddr, bytes: Bytes) -> Datagram {
        let at = Instant::now();
        let datagram = Datagram { at, way, protocol: self.protocol, local, remote, bytes };
        self.tap.record(datagram.clone());
        datagram
    }

    /// Nobody sends over it any more.
    fn forget(&self, remote: SocketAddr, closed: &CancellationToken) {
        closed.cancel();
        let mut places = self.places();
        // Held means that it is being opened anew, or used by whoever will notice.
        let idle =
            places.get(&remote).and_then(|place| {
                place.0.try_lock().ok().map(|open| {
                    open.as_ref().is_none_or(|connection| connection.closed.is_cancelled())
                })
            });
        if idle == Some(true) {
            places.remove(&remote);
        }
    }
}

async fn write(writer: &mut Writer, bytes: &[u8]) -> io::Result<()> {
    let whole = async {
        writer.write_all(bytes).await?;
        writer.flush().await
    };
    tokio::time::timeout(STUCK, whole).await.map_err(|_| timed_out("the peer takes nothing"))?
}

fn timed_out(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("{what} within {} s", PATIENCE.as_secs()))
}

fn listener(local: SocketAddr) -> io::Result<TcpListener> {
    let socket = if local.is_ipv6() { TcpSocket::new_v6() } else { TcpSocket::new_v4() }?;
    // A run may follow another whose connections have not timed out yet.
    socket.set_reuseaddr(true)?;
    socket.bind(local)?;
    socket.listen(128)
}

async fn connect(shared: &Arc<Shared>, remote: SocketAddr) -> io::Result<Connection> {
    let socket = if remote.is_ipv6() { TcpSocket::new_v6() } else { TcpSocket::new_v4() }?;
    if !shared.local.ip().is_unspecified() {
        socket.bind(SocketAddr::new(shared.local.ip(), 0))?;
    }
    let opened = tokio::time::timeout(PATIENCE, socket.connect(remote)).await;
    let stream = opened.map_err(|_| timed_out("no TCP connection"))??;
    let local = stream.local_addr()?;
    stream.set_nodelay(true)?;
    let stream: Box<dyn Stream> = match &shared.tls {
        None => Box::new(stream),
        Some(tls) => Box::new(client_handshake(tls, stream).await?),
    };
    Ok(take_on(shared, stream, local, remote))
}

async fn client_handshake(tls: &Tls, stream: TcpStream) -> io::Result<impl Stream + use<>> {
    let connector = TlsConnector::from(Arc::clone(&tls.client));
    let shaken = tokio::time::timeout(PATIENCE, connector.connect(tls.name.clone(), stream)).await;
    shaken
        .map_err(|_| timed_out("no TLS handshake"))?
        .map_err(|error| io::Error::new(error.kind(), format!("TLS: {error}")))
}

/// Starts reading and hands out the writing side.
fn take_on(
    shared: &Arc<Shared>,
    stream: Box<dyn Stream>,
    local: SocketAddr,
    remote: SocketAddr,
) -> Connection {
    let (reader, writer) = tokio::io::split(stream);
    let closed = shared.closing.child_token();
    let weak = Arc::downgrade(shared);
    let ends = Ends { local, remote, closed: closed.clone() };
    tokio::spawn(read(reader, weak, ends));
    Connection { writer, local, closed }
}

struct Ends {
    local: SocketAddr,
    remote: SocketAddr,
    closed: CancellationToken,
}

async fn read(mut reader: impl AsyncRead + Unpin, shared: Weak<Shared>, ends: Ends) {
    let mut buffer = BytesMut::with_capacity(4096);
    loop {
        let got = tokio::select! {
            () = ends.closed.cancelled() => break,
            got = tokio::time::timeout(KEEP_ALIVE, reader.read_buf(&mut buffer)) => got,
        };
        let Some(shared) = shared.upgrade() else { break };
        match got {
            Err(_) => {
                // Idle: a ping shows whether anybody is there.
                if !answer(&shared, ends.remote, b"\r\n\r\n").await {
                    break;
                }
            }
            Ok(Ok(0) | Err(_)) => break,
            Ok(Ok(_)) => {
                if !deliver(&shared, &ends, &mut buffer).await {
                    break;
                }
            }
        }
    }
    if let Some(shared) = shared.upgrade() {
        shared.forget(ends.remote, &ends.closed);
    }
}

/// Passes whole messages on; `false` if the stream makes no sense any more.
async fn deliver(shared: &Arc<Shared>, ends: &Ends, buffer: &mut BytesMut) -> bool {
    loop {
        let frame = match framing::next(buffer) {
            Ok(Some(frame)) => frame,
            Ok(None) => match framing::at_rest(buffer) {
                Some(frame) => frame,
                None => return true,
            },
            Err(error) => {
                tracing::info!(remote = %ends.remote, %error, "connection closed");
                // What made no sense is evidence, up to a bound.
                let bytes = buffer.split_to(buffer.len().min(2048)).freeze();
                let datagram = shared.record(Way::Received, ends.local, ends.remote, bytes);
                let _ = shared.received.send(Ok(datagram));
                return false;
            }
        };
        match frame {
            Frame::Message(bytes) => {
                let datagram = shared.record(Way::Received, ends.local, ends.remote, bytes);
                if shared.received.send(Ok(datagram)).is_err() {
                    return false;
                }
            }
            Frame::Ping => {
                if !answer(shared, ends.remote, b"\r\n").await {
                    return false;
                }
            }
            Frame::Pong => {}
        }
    }
}

/// Writes to the peer's connection outside of any message.
async fn answer(shared: &Arc<Shared>, remote: SocketAddr, bytes: &[u8]) -> bool {
    let Some(place) = shared.places().get(&remote).cloned() else { return false };
    let mut open = place.0.lock().await;
    match open.as_mut() {
        Some(connection) => write(&mut connection.writer, bytes).await.is_ok(),
        None => false,
    }
}

async fn accept(listener: TcpListener, shared: Weak<Shared>, closing: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            () = closing.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Some(shared) = shared.upgrade() else { return };
        let Ok((stream, remote)) = accepted else {
            // Out of descriptors, or the peer left at once: others may still come.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        tokio::spawn(async move {
            if let Err(error) = welcome(&shared, stream, remote).await {
                tracing::debug!(%remote, %error, "connection refused");
            }
        });
    }
}

async fn welcome(shared: &Arc<Shared>, stream: TcpStream, remote: SocketAddr) -> io::Result<()> {
    let local = stream.local_addr()?;
    stream.set_nodelay(true)?;
    let stream: Box<dyn Stream> = match &shared.tls {
        None => Box::new(stream),
        Some(Tls { server: Some(server), .. }) => {
            let acceptor = TlsAcceptor::from(Arc::clone(server));
            let shaken = tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await;
            Box::new(shaken.map_err(|_| timed_out("no TLS handshake"))??)
        }
        Some(_) => return Err(io::Error::other("no certificate to present")),
    };
    let place = Arc::clone(shared.places().entry(remote).or_default());
    // Locked before anything is read, so that an answer finds the connection.
    let mut open = place.0.lock().await;
    *open = Some(take_on(shared, stream, local, remote));
    Ok(())
}
