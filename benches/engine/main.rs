//! How punctual the engine is under load: two hundred legs, in pairs, that all speak
//! and all listen. `cargo bench --bench engine [legs] [seconds]`.
//!
//! With `bare` after them the same packets go through as many sockets, sent in the same turns and
//! fetched in the same batches, and nothing else is done: what the system takes for itself, below
//! which nobody can be who has a socket for each leg.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::error::Error;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use pbxcert::media::{Codec, Engine, Identity, Leg, LegSpec, Stream};
use pbxcert::wire::{Clock, Tap};
use rustix::event::epoll;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).filter_map(|text| text.parse().ok());
    let count: u16 = arguments.next().unwrap_or(200);
    let seconds: u16 = arguments.next().unwrap_or(20);
    if std::env::args().any(|argument| argument == "bare") {
        bare(count, seconds)
    } else {
        engine(count, seconds)
    }
}

fn engine(count: u16, seconds: u16) -> Result<(), Box<dyn Error>> {
    let tap = Tap::on();
    let engine = Engine::start(Clock::start(), tap.clone())?;
    let legs: Vec<Leg> = (0..count)
        .map(|number| {
            engine.open(LegSpec {
                ip: IpAddr::from([127, 0, 0, 1]),
                party: format!("leg {number}"),
                label: "bench".to_owned(),
                identity: Identity::of(number),
            })
        })
        .collect::<Result<_, _>>()?;
    for pair in legs.chunks_exact(2) {
        for (leg, peer) in [(&pair[0], &pair[1]), (&pair[1], &pair[0])] {
            leg.configure(Stream::two_way(peer.rtp_addr(), Codec::Pcma));
            leg.speak(true);
        }
    }
    let (start, before) = (Instant::now(), cpu_seconds());
    std::thread::sleep(Duration::from_secs(seconds.into()));
    let cpu = (cpu_seconds() - before) / start.elapsed().as_secs_f64();
    let lateness = engine.lateness();
    let (mut lost, mut sent, mut received, mut missed, mut windows) = (0, 0, 0, 0, 0);
    for (number, leg) in (0_u16..).zip(&legs) {
        let stats = leg.stats();
        lost += stats.lost;
        sent += stats.sent;
        received += stats.received;
        let heard = leg.windows(0);
        // The first second is for finding out who speaks.
        windows += heard.len().saturating_sub(31);
        missed +=
            heard.iter().skip(31).filter(|w| !w.hears(number ^ 1) || w.heard.len() != 1).count();
    }
    println!("{count} legs, {seconds} s: {cpu:.2} of a core");
    println!(
        "lateness p50 {:.3} ms, p99 {:.3} ms (goal 2), worst {:.3} ms over {} packets",
        lateness.p50_ms, lateness.p99_ms, lateness.max_ms, lateness.packets
    );
    println!("{sent} sent, {received} received, {lost} lost; {missed} of {windows} windows wrong");
    Ok(())
}

/// Milliseconds between two packets of a leg, and between two batches that are fetched.
const PACKET_MS: usize = 20;
const BATCH: Duration = Duration::from_millis(16);

/// A packet of 20 ms of G.711.
const PACKET: [u8; 172] = [0x80; 172];

/// The same packets through as many sockets, and nothing else.
fn bare(count: u16, seconds: u16) -> Result<(), Box<dyn Error>> {
    let poller = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let mut sockets: Vec<(UdpSocket, SocketAddr)> = Vec::new();
    for key in 0..u64::from(count) {
        let socket = UdpSocket::bind((IpAddr::from([127, 0, 0, 1]), 0))?;
        socket.set_nonblocking(true)?;
        let data = epoll::EventData::new_u64(key);
        epoll::add(&poller, &socket, data, epoll::EventFlags::IN)?;
        let address = socket.local_addr()?;
        sockets.push((socket, address));
    }
    let ended = AtomicBool::new(false);
    let (mut sent, start, before) = (0_u64, Instant::now(), cpu_seconds());
    let received = std::thread::scope(|scope| {
        let fetching = scope.spawn(|| {
            let (mut received, mut buffer) = (0_u64, [0; 2048]);
            let mut events = Vec::with_capacity(1024);
            let at_once = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
            while !ended.load(Ordering::Relaxed) {
                std::thread::sleep(BATCH);
                loop {
                    events.clear();
                    let room = rustix::buffer::spare_capacity(&mut events);
                    if epoll::wait(&poller, room, Some(&at_once)).is_err() || events.is_empty() {
                        break;
                    }
                    let ready = events.iter().filter_map(|e| sockets.get(e.data.u64() as usize));
                    received +=
                        ready.filter(|(s, _)| s.recv_from(&mut buffer).is_ok()).count() as u64;
                }
            }
            received
        });
        for ms in 0..usize::from(seconds) * 1000 {
            let due = start + Duration::from_millis(ms as u64);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            // Both legs of a pair in the same turn.
            let turn = (0..sockets.len()).filter(|leg| leg / 2 % PACKET_MS == ms % PACKET_MS);
            for leg in turn {
                let (_, peer) = sockets[if leg ^ 1 < sockets.len() { leg ^ 1 } else { leg }];
                sent += u64::from(sockets[leg].0.send_to(&PACKET, peer).is_ok());
            }
        }
        ended.store(true, Ordering::Relaxed);
        fetching.join()
    });
    let cpu = (cpu_seconds() - before) / start.elapsed().as_secs_f64();
    let received = received.map_err(|_| "the thread that fetches broke off")?;
    println!("{count} sockets alone, {seconds} s: {cpu:.2} of a core");
    println!("{sent} sent, {received} received");
    Ok(())
}

/// User and system time of this process, s.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .map(|field| field.parse().unwrap_or_default())
        .collect();
    // utime and stime, in clock ticks of 10 ms.
    fields.get(11).zip(fields.get(12)).map_or(0.0, |(user, system)| (user + system) / 100.0)
}
