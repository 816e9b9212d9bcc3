//! 100 concurrent two-way calls through the reference PBX, both ends verified: how late
//! the harness sends, whether it loses packets, and whether it still hears everybody. Then
//! the same with the users' media and signalling encrypted, and what that costs.
//!
//! `cargo bench --bench calls [-- CALLS [SECONDS]]`

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints figures, and stops where it cannot measure"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use pbxcert::agent::{Call, Log, Phone, Place, Stage};
use pbxcert::cli::Embedded;
use pbxcert::profile::Profile;
use pbxcert::record::What;
use pbxcert::wire::{Clock, Tap};

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let calls: usize = numbers.next().unwrap_or(100);
    let seconds = numbers.next().unwrap_or(20);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let talk = Duration::from_secs(seconds as u64);
    let [plain, encrypted] = ["", ", protocol: tls, media_encryption: sdes"]
        .map(|how| runtime.block_on(measure(how, calls, talk)));
    println!("TLS and SRTP           {:.2} times the CPU of UDP and RTP", encrypted / plain);
    runtime.shutdown_background();
}

/// CPU seconds per call-minute.
async fn measure(how: &str, count: usize, talk: Duration) -> f64 {
    let clock = Clock::start();
    let text = format!("name: Reference PBX\npbx: {{ embedded: true{how} }}\n");
    let profile =
        Profile::from_text(std::path::Path::new("reference.yaml"), &text, &|_| None).unwrap();
    let (pbx, profile) = Embedded::start(profile, &[], None).unwrap();
    let stage = Stage::start(Arc::new(profile), clock, Tap::off()).await.unwrap();
    pbx.meets(&stage);
    let place = Place { label: "bench".to_owned(), log: Log::new(clock) };

    let users = stage.profile().users.len();
    let mut callees = Vec::new();
    let mut callers = Vec::new();
    for n in 0..users {
        let callee = stage.user(n, &format!("User {n}"), &place).unwrap();
        callee.register();
        callees.push(callee);
        callers.push(stage.external(n, &format!("External {n}"), &place).unwrap());
    }
    wait_for(&place.log, users, |what| matches!(what, What::Registered { .. })).await;

    let mut pairs: Vec<(Call, Call)> = Vec::new();
    for n in 0..count {
        let number = stage.profile().users[n % users].number.clone();
        let (caller, callee) = (&callers[n % users], &callees[n % users]);
        pairs.push(connect(&place.log, caller, callee, &number, n).await);
    }
    for (a, b) in &pairs {
        a.leg().speak(true);
        b.leg().speak(true);
    }
    let from = place.log.now() + 1.0;
    let cpu = cpu_seconds();
    let began = Instant::now();
    tokio::time::sleep(talk).await;
    let (cpu, wall) = (cpu_seconds() - cpu, began.elapsed().as_secs_f64());

    let until = place.log.now() - 0.5;
    let (mut heard, mut windows, mut lost, mut strangers) = (0_usize, 0_usize, 0_u64, 0_usize);
    for (a, b) in &pairs {
        for (leg, peer) in [(a.leg(), b.leg()), (b.leg(), a.leg())] {
            lost += leg.stats().lost;
            for window in leg.windows(0).iter().filter(|w| w.at >= from && w.at <= until) {
                windows += 1;
                heard += usize::from(window.hears(peer.identity().number()));
                let stranger = |h: &&pbxcert::record::Heard| {
                    h.identity != peer.identity().number() && h.identity != leg.identity().number()
                };
                strangers += window.heard.iter().filter(stranger).count();
            }
        }
    }
    let late = stage.lateness();
    let kind = if how.is_empty() { "UDP and RTP" } else { "TLS and SRTP" };
    println!("calls                  {count} over {kind} through the reference PBX, {wall:.1} s");
    println!(
        "send lateness          p50 {:.3} ms, p99 {:.3} ms, worst {:.3} ms",
        late.p50_ms, late.p99_ms, late.max_ms
    );
    println!("packets                {} sent, {lost} lost", late.packets);
    println!(
        "windows                {windows}, peer heard in {:.3} %, strangers in {strangers}",
        100.0 * heard as f64 / windows.max(1) as f64
    );
    let per_minute = cpu / (count as f64 * wall / 60.0);
    println!("CPU                    {per_minute:.4} s per call-minute, PBX included\n");
    for (a, b) in &pairs {
        a.hang_up();
        b.hang_up();
    }
    pbx.shutdown().await;
    per_minute
}

async fn connect(
    log: &Log,
    caller: &Phone,
    callee: &Phone,
    number: &str,
    n: usize,
) -> (Call, Call) {
    let before = callee.calls().len();
    let outgoing = caller.dial(number).unwrap();
    let invited = wait_for(log, n + 1, |what| matches!(what, What::Invited { .. }));
    invited.await;
    let incoming = callee.calls()[before].clone();
    incoming.answer().unwrap();
    wait_for(log, n + 1, |what| matches!(what, What::Acknowledged)).await;
    wait_for(log, 2 * (n + 1), |what| matches!(what, What::Answered { .. })).await;
    (outgoing, incoming)
}

async fn wait_for(log: &Log, count: usize, test: impl Fn(&What) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    let enough = log.wait(0, deadline, |seen| {
        (seen.iter().filter(|o| test(&o.what)).count() >= count).then_some(())
    });
    enough.await.unwrap();
}

fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks / 100.0
}
