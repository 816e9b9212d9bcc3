//! How punctual the engine is under load: two hundred legs, in pairs, that all speak
//! and all listen. `cargo bench --bench engine [legs] [seconds]`.
//!
//! With `bare`, `connected` or `shared` after them the same packets go through sockets alone, sent in
//! the same turns and fetched in the same batches: what the system takes for itself. With `least`
//! what hearing could not do without comes on top (see `sockets`).

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

mod sockets;

use std::error::Error;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use pbxcert::media::{Codec, Engine, Identity, Leg, LegSpec, Stream};
use pbxcert::wire::{Clock, Tap};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).filter_map(|text| text.parse().ok());
    let count: u16 = arguments.next().unwrap_or(200);
    let seconds: u16 = arguments.next().unwrap_or(20);
    let asked = |name: &str| std::env::args().any(|argument| argument == name);
    match ["bare", "connected", "least", "shared"].into_iter().find(|name| asked(name)) {
        Some(name) => alone(name, count, seconds),
        None => engine(count, seconds),
    }
}

fn alone(name: &str, count: u16, seconds: u16) -> Result<(), Box<dyn Error>> {
    let (start, before) = (Instant::now(), cpu_seconds());
    let (sent, received) = match name {
        "bare" => sockets::bare(count, seconds)?,
        "connected" => sockets::connected(count, seconds)?,
        "least" => sockets::least(count, seconds)?,
        _ => sockets::shared(count, seconds)?,
    };
    let cpu = (cpu_seconds() - before) / start.elapsed().as_secs_f64();
    println!("{count} legs, {name} sockets alone, {seconds} s: {cpu:.2} of a core");
    println!("{sent} sent, {received} received");
    Ok(())
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
