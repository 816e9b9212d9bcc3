//! Tests: two legs of one engine hear each other through real sockets.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use crate::media::{Codec, Engine, Identity, Leg, LegSpec, Security, Stream, Suite};
use crate::record::{Sound, Window};
use crate::wire::{Clock, Tap, Way};

fn open(engine: &Engine, party: &str, identity: u16) -> Leg {
    let spec = LegSpec {
        ip: IpAddr::from([127, 0, 0, 1]),
        party: party.to_owned(),
        label: "loopback".to_owned(),
        identity: Identity::of(identity),
    };
    engine.open(spec).unwrap()
}

/// Waits for a final window of which `is` holds.
async fn until(leg: &Leg, is: impl Fn(&Window) -> bool) -> Window {
    let mut seen = 0;
    loop {
        let windows = leg.windows(seen);
        if let Some(window) = windows.iter().find(|window| is(window)) {
            return window.clone();
        }
        seen += windows.len();
        leg.beyond(seen).await;
    }
}

#[tokio::test]
async fn two_legs_hear_each_other_and_the_tap_keeps_it() {
    let tap = Tap::on();
    let engine = Engine::start(Clock::start(), tap.clone()).unwrap();
    let (a, b) = (open(&engine, "A", 1), open(&engine, "B", 2));
    a.configure(Stream::two_way(b.rtp_addr(), Codec::Pcma));
    b.configure(Stream::two_way(a.rtp_addr(), Codec::Pcmu));
    until(&a, |w| w.sound == Sound::Silence).await;
    a.speak(true);
    b.speak(true);
    let first = until(&b, |w| w.hears(1)).await;
    let heard = until(&b, |w| w.at > first.at + 0.3 && w.hears(1)).await;
    assert!(heard.heard[0].snr_db > 25.0, "{heard:?}");
    // Under load the system may hand a packet over late, but not by much.
    assert!(heard.heard[0].delay_ms.unwrap().abs() < 30.0, "{heard:?}");
    until(&a, |w| w.hears(2)).await;
    a.speak(false);
    until(&b, |w| w.at > heard.at + 0.3 && w.sound == Sound::Silence).await;
    engine.settle().await;
    let stats = b.stats();
    assert_eq!((stats.lost, stats.duplicated, stats.ssrc_changes), (0, 0, 0), "{stats:?}");
    assert!(stats.mos > Some(4.0) && stats.sent > 50, "{stats:?}");
    assert_eq!(stats.codec, "PCMA");
    assert!(b.last_packet_at() > Some(1.0) && b.last_sent_at() > Some(1.0));
    assert!(engine.lateness().packets > 100);
    let recording = b.recording();
    let loudest = |samples: &[i16]| samples.iter().map(|s| s.unsigned_abs()).max();
    assert!(loudest(&recording.heard) > Some(3000) && loudest(&recording.sent) > Some(3000));
    a.close();
    b.close();
    b.beyond(usize::MAX).await;
    engine.settle().await;
    let tapped = tap.take("loopback");
    let from_a = tapped.iter().filter(|d| d.local == a.rtp_addr() && d.way == Way::Sent).count();
    assert_eq!(from_a as u64, a.stats().sent);
    assert!(tapped.iter().any(|d| d.local == b.rtcp_addr()), "RTCP flows too");
    assert!(UdpSocket::bind(a.rtp_addr()).is_ok(), "a closed leg frees its port");
}

#[tokio::test]
async fn a_leg_moves_to_other_ports_and_counts_what_comes_to_the_old_ones() {
    let tap = Tap::on();
    let engine = Engine::start(Clock::start(), tap.clone()).unwrap();
    let (a, b) = (open(&engine, "A", 51), open(&engine, "B", 52));
    a.configure(Stream::two_way(b.rtp_addr(), Codec::Pcma));
    b.configure(Stream::two_way(a.rtp_addr(), Codec::Pcma));
    a.speak(true);
    b.speak(true);
    let first = until(&a, |w| w.hears(52)).await;
    let left = a.rtp_addr();
    let given_up = a.open_beside().unwrap().unwrap();
    a.stay();
    assert_eq!(a.rtp_addr(), left);
    assert!(UdpSocket::bind(given_up.0).is_ok(), "it is free again");
    let (rtp, rtcp) = a.open_beside().unwrap().unwrap();
    assert_eq!((a.rtp_addr(), rtcp.port()), (left, rtp.port() + 1));
    // The peer may be there before us.
    b.configure(Stream::two_way(rtp, Codec::Pcma));
    a.move_on();
    assert_eq!((a.rtp_addr(), a.rtcp_addr()), (rtp, rtcp));
    let moved = until(&a, |w| w.at > first.at + 1.0 && w.hears(52)).await;
    assert_eq!(a.stats().left_behind, 0);
    assert_eq!(b.stats().source_changes, 1, "it sends from there as well");
    b.configure(Stream::two_way(left, Codec::Pcma));
    until(&a, |w| w.at > moved.at + 1.5 && !w.hears(52)).await;
    engine.settle().await;
    assert!(a.stats().left_behind > 10, "{:?}", a.stats());
    a.close();
    b.close();
    let tapped = tap.take("loopback");
    assert!(tapped.iter().any(|d| d.local == left && d.way == Way::Received));
    assert!(tapped.iter().any(|d| d.local == rtp && d.way == Way::Sent));
}

#[tokio::test]
async fn every_codec_carries_a_voice_with_its_delay() {
    let engine = Engine::start(Clock::start(), Tap::off()).unwrap();
    for &codec in Codec::ALL {
        let (a, b) = (open(&engine, "A", 31), open(&engine, "B", 32));
        a.configure(Stream::two_way(b.rtp_addr(), codec));
        b.configure(Stream::two_way(a.rtp_addr(), codec));
        a.speak(true);
        b.speak(true);
        let first = until(&b, |w| w.hears(31)).await;
        let heard = until(&b, |w| w.at > first.at + 0.5 && w.hears(31)).await;
        assert!(heard.heard[0].snr_db > 20.0, "{codec:?}: {heard:?}");
        // What the coders take is not the path's. Under load a packet may be late as well.
        assert!((-6.0..30.0).contains(&heard.heard[0].delay_ms.unwrap()), "{codec:?}: {heard:?}");
        until(&a, |w| w.at > first.at && w.hears(32)).await;
        engine.settle().await;
        let stats = b.stats();
        assert_eq!((stats.lost, stats.mistimed), (0, 0), "{codec:?}: {stats:?}");
        assert_eq!(stats.codec, codec.name());
        assert!(stats.jitter_ms < 20.0, "{codec:?}: {stats:?}");
    }
}

#[tokio::test]
async fn the_peers_of_two_joined_legs_hear_each_other_and_not_the_legs() {
    let engine = Engine::start(Clock::start(), Tap::off()).unwrap();
    let [a, b] = [21, 22].map(|n| open(&engine, "party", n));
    let [to_a, to_b] = [23, 24].map(|n| open(&engine, "between", n));
    for (one, other, codec) in [(&a, &to_a, Codec::Pcma), (&b, &to_b, Codec::Pcmu)] {
        one.configure(Stream::two_way(other.rtp_addr(), codec));
        other.configure(Stream::two_way(one.rtp_addr(), codec));
        one.speak(true);
        other.speak(true);
    }
    let before = until(&a, |w| w.hears(23)).await;
    to_a.join(&to_b);
    let heard = until(&a, |w| w.at > before.at + 0.5 && w.hears(22)).await;
    let after = until(&a, |w| w.at > heard.at + 0.3 && w.hears(22)).await;
    assert!(!after.hears(23) && after.heard[0].snr_db > 20.0, "{after:?}");
    // 60 ms of its own, and what the rounds of the engine take on the way.
    assert!(after.heard[0].delay_ms.unwrap() < 150.0, "{after:?}");
    until(&b, |w| w.at > heard.at && w.hears(21)).await;
    until(&to_a, |w| w.at > heard.at && w.hears(21)).await;
}

#[tokio::test]
async fn what_leaks_through_a_hold_is_heard_and_nothing_is_sent_into_it() {
    let engine = Engine::start(Clock::start(), Tap::off()).unwrap();
    let (a, b) = (open(&engine, "A", 11), open(&engine, "B", 12));
    let mut held = Stream::two_way(b.rtp_addr(), Codec::Pcma);
    (held.send, held.receive) = (false, false);
    a.configure(held);
    b.configure(Stream::two_way(a.rtp_addr(), Codec::Pcma));
    b.speak(true);
    until(&a, |w| w.hears(12)).await;
    assert_eq!((a.stats().sent, b.stats().received), (0, 0));
    assert!(b.windows(0).iter().all(|w| w.sound == Sound::NoRtp));
}

#[tokio::test]
async fn events_are_no_audio_and_garbage_is_no_packet() {
    let engine = Engine::start(Clock::start(), Tap::off()).unwrap();
    let leg = open(&engine, "A", 1);
    let mut stream = Stream::two_way(SocketAddr::from(([127, 0, 0, 1], 9)), Codec::Pcma);
    stream.telephone_event = Some(101);
    leg.configure(stream);
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut event = vec![0x80, 101, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 5, 0x0a, 0, 160];
    for garbage in [&b""[..], b"x", &[0x80; 11], &[0xff; 200]] {
        peer.send_to(garbage, leg.rtp_addr()).unwrap();
        peer.send_to(garbage, leg.rtcp_addr()).unwrap();
    }
    for n in 2..10 {
        event[3] = n;
        peer.send_to(&event, leg.rtp_addr()).unwrap();
    }
    engine.settle().await;
    let stats = leg.stats();
    assert_eq!((stats.received, stats.payload_changes), (8, 0), "{stats:?}");
    leg.close();
    leg.beyond(usize::MAX).await;
    assert!(leg.recording().heard.iter().all(|s| *s == 0));
}

#[tokio::test]
async fn a_dropped_leg_and_a_dropped_engine_let_go_of_everything() {
    let engine = Engine::start(Clock::start(), Tap::off()).unwrap();
    let leg = open(&engine, "A", 1);
    let address = leg.rtp_addr();
    drop(leg.clone());
    assert!(UdpSocket::bind(address).is_err(), "another clone still has it");
    drop(engine);
    drop(leg);
    assert!(UdpSocket::bind(address).is_ok());
}

/// A two-way stream under our key and the peer's.
fn protected(to: &Leg, suite: Suite, ours: u8, theirs: u8) -> Stream {
    let key = |byte| vec![byte; suite.material()];
    let security = Security::new(suite.name(), &key(ours), &key(theirs), 0);
    assert!(security.is_some());
    Stream { security, ..Stream::two_way(to.rtp_addr(), Codec::Pcma) }
}

#[tokio::test]
async fn protected_legs_hear_each_other_and_nobody_else_could() {
    for (n, suite) in (20..).step_by(2).zip(Suite::ALL) {
        let tap = Tap::on();
        let engine = Engine::start(Clock::start(), tap.clone()).unwrap();
        let (a, b) = (open(&engine, "A", n), open(&engine, "B", n + 1));
        b.await_keys();
        a.configure(protected(&b, suite, 1, 2));
        a.speak(true);
        engine.settle().await;
        b.configure(protected(&a, suite, 2, 1));
        b.speak(true);
        until(&b, |w| w.hears(n)).await;
        until(&a, |w| w.hears(n + 1)).await;
        // New keys on one way, the count of packets goes on on the other.
        b.configure(protected(&a, suite, 3, 1));
        a.configure(protected(&b, suite, 1, 3));
        let now = a.windows(0).len() + 30;
        a.beyond(now).await;
        assert!(a.windows(now).iter().all(|w| w.hears(n + 1)), "{suite:?}");
        engine.settle().await;
        for stats in [a.stats(), b.stats()] {
            assert_eq!((stats.lost, stats.unauthenticated), (0, 0), "{suite:?}: {stats:?}");
            assert!(stats.received > 30);
        }
        let recording = a.recording();
        assert!(recording.sent.iter().any(|s| s.unsigned_abs() > 3000), "what it said, plain");
        let tapped = tap.take("loopback");
        let audio = tapped.iter().filter(|d| d.local == a.rtp_addr() && d.way == Way::Sent);
        for datagram in audio {
            let mut bytes = datagram.bytes[12..172].to_vec();
            bytes.sort_unstable();
            bytes.dedup();
            assert!(bytes.len() > 50, "160 bytes of cipher text have some 74 values");
        }
    }
}

#[tokio::test]
async fn keys_that_do_not_match_are_no_silence() {
    let engine = Engine::start(Clock::start(), Tap::off()).unwrap();
    let (a, b, c) = (open(&engine, "A", 1), open(&engine, "B", 2), open(&engine, "C", 3));
    let suite = Suite::Aes128Tag80;
    b.configure(protected(&a, suite, 2, 1));
    a.configure(protected(&b, suite, 7, 2));
    a.speak(true);
    b.beyond(30).await;
    engine.settle().await;
    let stats = b.stats();
    assert!(stats.unauthenticated > 10, "{stats:?}");
    assert_eq!((stats.received, stats.unprotected), (0, 0), "{stats:?}");
    assert!(b.windows(0).iter().all(|w| w.sound == Sound::NoRtp));
    assert!(b.last_packet_at().is_some(), "media it is all the same");
    a.close();
    c.configure(Stream::two_way(b.rtp_addr(), Codec::Pcma));
    b.beyond(b.windows(0).len() + 30).await;
    engine.settle().await;
    let stats = b.stats();
    assert!(stats.unprotected > 10 && stats.received == 0, "{stats:?}");
}
