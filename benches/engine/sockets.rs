//! The engine's packets through sockets alone: nothing is made, decoded or heard.
//!
//! - `bare`: a socket for each leg, as the engine has them and as telephones have them.
//! - `connected`: the same, each connected to its peer, so that the system looks up no route, and
//!   every one asked in turn, without a poller. Nothing comes to such a socket from anywhere else:
//!   a harness that has to see what a PBX sends from a wrong port cannot have only these.
//! - `least`: connected ones, and with every packet the least that evidence and hearing could do with:
//!   a copy of what was sent and of what came, its octets decoded by a table, and a transform of
//!   512 points for two windows. No header is read or written, nothing is counted or judged.
//! - `shared`: all legs of either side share a socket, and whatever is due goes and comes by batched
//!   system calls. By its port nobody can tell any more whose packet it is.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrIn, recvmmsg, sendmmsg};
use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};
use rustix::event::epoll;

/// Milliseconds between two packets of a leg, and between two batches that are fetched.
const PACKET_MS: usize = 20;
const BATCH: Duration = Duration::from_millis(16);

/// A packet of 20 ms of G.711.
const PACKET: [u8; 172] = [0x80; 172];

/// Room for a packet, and packets fetched at once from a socket that is shared.
const ROOM: usize = 256;
const AT_ONCE: usize = 256;

/// Octets that wait at a shared socket until they are fetched: those of all its legs.
const SHARED_BUFFER: usize = 8 << 20;

/// Packets sent and fetched.
type Counts = (u64, u64);

/// Has every leg `send` when it is its turn, and what came `fetch`ed.
fn drive(
    count: u16,
    seconds: u16,
    mut send: impl FnMut(&[usize]) -> u64,
    mut fetch: impl FnMut() -> u64 + Send,
) -> io::Result<Counts> {
    let ended = AtomicBool::new(false);
    let (mut sent, start) = (0, Instant::now());
    std::thread::scope(|scope| {
        let fetching = scope.spawn(|| {
            let mut received = 0;
            while !ended.load(Ordering::Relaxed) {
                std::thread::sleep(BATCH);
                received += fetch();
            }
            received
        });
        let mut turn = Vec::new();
        for ms in 0..usize::from(seconds) * 1000 {
            let due = start + Duration::from_millis(ms as u64);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            turn.clear();
            // Both legs of a pair in the same turn.
            turn.extend(
                (0..usize::from(count)).filter(|leg| leg / 2 % PACKET_MS == ms % PACKET_MS),
            );
            sent += send(&turn);
        }
        ended.store(true, Ordering::Relaxed);
        let received = fetching.join();
        Ok((sent, received.map_err(|_| io::Error::other("the thread that fetches broke off"))?))
    })
}

fn socket() -> io::Result<(UdpSocket, SocketAddr)> {
    let socket = UdpSocket::bind(("127.0.0.1", 0))?;
    socket.set_nonblocking(true)?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}

/// The other leg of a pair; the last of an odd number is its own.
const fn peer(leg: usize, count: usize) -> usize {
    if leg ^ 1 < count { leg ^ 1 } else { leg }
}

/// A socket for each leg.
pub(crate) fn bare(count: u16, seconds: u16) -> io::Result<Counts> {
    let poller = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let sockets: Vec<_> = (0..count).map(|_| socket()).collect::<Result<_, _>>()?;
    for (key, (socket, _)) in (0..).zip(&sockets) {
        epoll::add(&poller, socket, epoll::EventData::new_u64(key), epoll::EventFlags::IN)?;
    }
    let send = |turn: &[usize]| {
        let go = |&leg: &usize| {
            sockets[leg].0.send_to(&PACKET, sockets[peer(leg, sockets.len())].1).is_ok()
        };
        turn.iter().filter(|leg| go(leg)).count() as u64
    };
    let mut buffer = [0; ROOM];
    let at_once = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
    let fetch = || {
        let (mut received, mut events) = (0, Vec::with_capacity(1024));
        loop {
            events.clear();
            let room = rustix::buffer::spare_capacity(&mut events);
            if epoll::wait(&poller, room, Some(&at_once)).is_err() || events.is_empty() {
                return received;
            }
            let ready = events.iter().filter_map(|e| sockets.get(e.data.u64() as usize));
            received += ready.filter(|(s, _)| s.recv_from(&mut buffer).is_ok()).count() as u64;
        }
    };
    drive(count, seconds, send, fetch)
}

/// Sockets, each connected to its peer.
fn connected_pairs(count: u16) -> io::Result<Vec<(UdpSocket, SocketAddr)>> {
    let sockets: Vec<_> = (0..count).map(|_| socket()).collect::<Result<_, _>>()?;
    for (leg, (socket, _)) in sockets.iter().enumerate() {
        socket.connect(sockets[peer(leg, sockets.len())].1)?;
    }
    Ok(sockets)
}

/// A socket for each leg, connected to its peer.
pub(crate) fn connected(count: u16, seconds: u16) -> io::Result<Counts> {
    let sockets = connected_pairs(count)?;
    let send = |turn: &[usize]| {
        turn.iter().filter(|&&leg| sockets[leg].0.send(&PACKET).is_ok()).count() as u64
    };
    let mut buffer = [0; ROOM];
    // They come every 20 ms and are asked every 16: none has two for long.
    let fetch = || sockets.iter().filter(|(s, _)| s.recv(&mut buffer).is_ok()).count() as u64;
    drive(count, seconds, send, fetch)
}

/// What `least` does with what comes.
struct Listener {
    fft: Arc<dyn Fft<f32>>,
    scratch: Vec<Complex32>,
    decoded: [f32; 256],
    /// What has come to each leg and is not transformed yet.
    legs: Vec<Vec<f32>>,
    kept: Vec<u8>,
    power: f32,
}

/// Points of a transform, and samples between two windows.
const WINDOW: usize = 512;
const HOP: usize = WINDOW / 2;

impl Listener {
    fn new(legs: usize) -> Self {
        let fft = FftPlanner::new().plan_fft_forward(WINDOW);
        Self {
            scratch: vec![Complex32::default(); fft.get_inplace_scratch_len()],
            fft,
            decoded: std::array::from_fn(|octet| octet as f32),
            legs: vec![Vec::with_capacity(2 * WINDOW); legs],
            kept: Vec::new(),
            power: 0.0,
        }
    }

    fn take(&mut self, leg: usize, packet: &[u8]) {
        self.kept.extend_from_slice(packet);
        let samples = &mut self.legs[leg];
        samples.extend(packet[12..].iter().map(|&octet| self.decoded[usize::from(octet)]));
        if samples.len() < WINDOW + HOP {
            return;
        }
        let two = samples[..WINDOW].iter().zip(&samples[HOP..]);
        let mut points = [Complex32::default(); WINDOW];
        for (point, (first, second)) in points.iter_mut().zip(two) {
            *point = Complex32::new(*first, *second);
        }
        self.fft.process_with_scratch(&mut points, &mut self.scratch);
        self.power += points.iter().map(Complex32::norm_sqr).sum::<f32>();
        samples.drain(..WINDOW);
    }
}

/// Connected sockets, and the least that evidence and hearing could do with.
pub(crate) fn least(count: u16, seconds: u16) -> io::Result<Counts> {
    let sockets = connected_pairs(count)?;
    let mut kept = Vec::new();
    let send = |turn: &[usize]| {
        let mut go = |&leg: &usize| {
            kept.extend_from_slice(&PACKET);
            sockets[leg].0.send(&PACKET).is_ok()
        };
        turn.iter().filter(|leg| go(leg)).count() as u64
    };
    let (mut listener, mut buffer) = (Listener::new(sockets.len()), [0; ROOM]);
    let fetch = || {
        let mut received = 0;
        for (leg, (socket, _)) in sockets.iter().enumerate() {
            if let Ok(length) = socket.recv(&mut buffer) {
                listener.take(leg, &buffer[..length]);
                received += 1;
            }
        }
        std::hint::black_box(listener.power);
        received
    };
    drive(count, seconds, send, fetch)
}

/// A socket for all first legs of pairs, and one for all second ones.
pub(crate) fn shared(count: u16, seconds: u16) -> io::Result<Counts> {
    let sides = [socket()?, socket()?];
    for (side, _) in &sides {
        rustix::net::sockopt::set_socket_recv_buffer_size_force(side, SHARED_BUFFER)
            .or_else(|_| rustix::net::sockopt::set_socket_recv_buffer_size(side, SHARED_BUFFER))?;
    }
    let send = |turn: &[usize]| {
        let mut sent = 0;
        for (side, (socket, _)) in sides.iter().enumerate() {
            let legs = turn.iter().filter(|leg| *leg % 2 == side).count();
            let SocketAddr::V4(to) = sides[side ^ 1].1 else { continue };
            sent += send_at_once(socket, to, legs);
        }
        sent
    };
    let mut buffers = vec![[0_u8; ROOM]; AT_ONCE];
    let fetch = || sides.iter().map(|(socket, _)| fetch_all(socket, &mut buffers)).sum();
    drive(count, seconds, send, fetch)
}

fn send_at_once(socket: &UdpSocket, to: SocketAddrV4, packets: usize) -> u64 {
    let mut headers = MultiHeaders::<SockaddrIn>::preallocate(packets, None);
    let slices = vec![[IoSlice::new(&PACKET)]; packets];
    let addresses = vec![Some(SockaddrIn::from(to)); packets];
    let (fd, flags) = (socket.as_raw_fd(), MsgFlags::empty());
    sendmmsg(fd, &mut headers, &slices, &addresses, [], flags).map_or(0, |sent| sent.count() as u64)
}

fn fetch_all(socket: &UdpSocket, buffers: &mut [[u8; ROOM]]) -> u64 {
    let mut received = 0;
    loop {
        let slices: Vec<_> = buffers.iter_mut().map(|b| [IoSliceMut::new(b)]).collect();
        let mut headers = MultiHeaders::<SockaddrIn>::preallocate(slices.len(), None);
        let flags = MsgFlags::MSG_DONTWAIT;
        let batch = recvmmsg(socket.as_raw_fd(), &mut headers, &slices, flags, None);
        let count = batch.map_or(0, Iterator::count);
        received += count as u64;
        if count < AT_ONCE {
            return received;
        }
    }
}
