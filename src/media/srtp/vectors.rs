//! Whole packets under the master keys of RFC 3711 B.3 and RFC 6188 §7.2. The protected
//! ones were made by OpenSSL from the session keys printed there.

use std::time::{Duration, Instant};

use super::{Opener, Sealer, Security, Suite};

const PACKET: &str = "800f1234decafbadcafebabeabababababababababababababababab";
const REPORT: &str = "81c8000bcafebabeabababababababababababababababab";

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

/// The same key both ways, so that a sealer and an opener of it are a pair.
fn security(suite: Suite) -> Security {
    let material = bytes(match suite {
        Suite::Aes128Tag80 | Suite::Aes128Tag32 => {
            "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6"
        }
        Suite::Aes256Tag80 | Suite::Aes256Tag32 => {
            "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6\
             3b04803de51ee7c96423ab5b78d2"
        }
    });
    Security::new(suite.name(), &material, &material, 0).unwrap()
}

fn pair(suite: Suite) -> (Sealer, Opener) {
    let security = security(suite);
    (Sealer::new(&security).unwrap(), Opener::new(&security).unwrap())
}

fn numbered(sequence: u16) -> Vec<u8> {
    let mut packet = bytes(PACKET);
    packet[2..4].copy_from_slice(&sequence.to_be_bytes());
    packet
}

#[test]
fn every_suite_protects_as_others_do() {
    for (suite, protected) in [
        (
            Suite::Aes128Tag80,
            "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb",
        ),
        (Suite::Aes128Tag32, "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc"),
        (
            Suite::Aes256Tag80,
            "800f1234decafbadcafebabef1d9de17ff251ff1aa007774b0b4b40da08d9d9a5b3a55d8873b",
        ),
    ] {
        let (mut sealer, mut opener) = pair(suite);
        assert_eq!(hex::encode(sealer.seal(&bytes(PACKET)).unwrap()), protected, "{suite:?}");
        let opened = opener.open(&bytes(protected), Instant::now()).unwrap();
        assert_eq!(hex::encode(opened), PACKET);
    }
}

#[test]
fn reports_are_protected_under_indices_of_their_own() {
    let (mut sealer, mut opener) = pair(Suite::Aes128Tag32);
    let protected = "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798";
    assert_eq!(hex::encode(sealer.seal_report(&bytes(REPORT)).unwrap()), protected);
    let second = sealer.seal_report(&bytes(REPORT)).unwrap();
    assert_eq!(second[24..28], [0x80, 0, 0, 2]);
    for packet in [bytes(protected), second.to_vec()] {
        assert_eq!(hex::encode(opener.open_report(&packet, Instant::now()).unwrap()), REPORT);
    }
    let mut forged = bytes(protected);
    forged[24] = 0;
    assert!(opener.open_report(&forged, Instant::now()).is_none(), "not encrypted, not signed");
}

#[test]
fn a_rollover_is_counted_on_both_sides() {
    let (mut sealer, mut opener) = pair(Suite::Aes128Tag80);
    let before = sealer.seal(&numbered(65_535)).unwrap();
    let after = sealer.seal(&numbered(0)).unwrap();
    let expected = "800f0000decafbadcafebabe24ecf92d9c97bf2ac679b796fdfd365a267beecdc56456590e62";
    assert_eq!(hex::encode(&after), expected);
    let now = Instant::now();
    assert!(opener.open(&before, now).is_some());
    assert_eq!(opener.open(&after, now).unwrap(), numbered(0));
    let (_, mut late) = pair(Suite::Aes128Tag80);
    assert!(late.open(&after, now).is_some(), "who missed the packets before it can join");
    assert!(late.open(&before, now).is_some(), "and takes what was overtaken");
}

#[test]
fn what_is_changed_or_cut_or_not_rtp_is_refused() {
    let (mut sealer, mut opener) = pair(Suite::Aes128Tag80);
    let packet = sealer.seal(&bytes(PACKET)).unwrap();
    let report = sealer.seal_report(&bytes(REPORT)).unwrap();
    let now = Instant::now();
    for at in 0..packet.len() {
        let mut changed = packet.clone();
        changed[at] ^= 1;
        assert!(opener.open(&changed, now).is_none(), "byte {at}");
        assert!(opener.open(&packet[..at], now).is_none(), "{at} bytes");
    }
    for at in 0..report.len() {
        let mut changed = report.to_vec();
        changed[at] ^= 1;
        assert!(opener.open_report(&changed, now).is_none(), "byte {at}");
        assert!(opener.open_report(&report[..at], now).is_none(), "{at} bytes");
    }
    assert!(opener.open(&bytes(PACKET), now).is_none(), "plain RTP");
    assert!(sealer.seal(b"no packet").is_none() && sealer.seal_report(b"short").is_none());
    assert!(opener.open(&packet, now).is_some(), "and nothing of that counts");
}

#[test]
fn a_key_index_is_passed_over() {
    let mut security = security(Suite::Aes128Tag80);
    let packet = Sealer::new(&security).unwrap().seal(&bytes(PACKET)).unwrap();
    let report = Sealer::new(&security).unwrap().seal_report(&bytes(REPORT)).unwrap();
    security.mki = 4;
    let mut opener = Opener::new(&security).unwrap();
    let with_index = |packet: &[u8]| {
        let (head, tag) = packet.split_at(packet.len() - 10);
        [head, &[0, 0, 0, 1], tag].concat()
    };
    let now = Instant::now();
    assert_eq!(opener.open(&with_index(&packet), now).unwrap(), bytes(PACKET));
    assert_eq!(opener.open_report(&with_index(&report), now).unwrap(), bytes(REPORT));
}

#[test]
fn new_keys_are_taken_up_and_the_old_ones_fade() {
    let old = security(Suite::Aes128Tag80);
    let new = Security::new(old.suite.name(), &[1; 30], &[1; 30], 0).unwrap();
    let mut sealer = Sealer::new(&old);
    let start = Instant::now();
    let mut opener = Opener::renewed(None, Some(&old), start);
    let first = sealer.as_mut().unwrap().seal(&numbered(7)).unwrap();
    sealer = Sealer::renewed(sealer, Some(&old));
    assert_eq!(sealer.as_mut().unwrap().reports, 0);
    let straggler = sealer.as_mut().unwrap().seal(&numbered(8)).unwrap();
    sealer = Sealer::renewed(sealer, Some(&new));
    let second = sealer.as_mut().unwrap().seal(&numbered(9)).unwrap();
    assert!(opener.as_mut().unwrap().open(&first, start).is_some());
    assert!(opener.as_mut().unwrap().open(&second, start).is_none(), "not agreed yet");
    opener = Opener::renewed(opener, Some(&new), start);
    let opener = opener.as_mut().unwrap();
    assert!(opener.open(&second, start).is_some());
    assert!(opener.open(&straggler, start + Duration::from_secs(1)).is_some());
    assert!(opener.open(&straggler, start + Duration::from_secs(3)).is_none());
    assert!(Sealer::renewed(sealer, None).is_none(), "and protection can end");
}

#[test]
fn a_flood_of_sources_costs_no_memory_and_no_key() {
    let (mut sealer, mut opener) = pair(Suite::Aes128Tag80);
    let now = Instant::now();
    let source = |n: u32| {
        let mut packet = numbered(1);
        packet[8..12].copy_from_slice(&n.to_be_bytes());
        packet
    };
    for n in 0..100 {
        let sealed = sealer.seal(&source(n)).unwrap();
        assert!(opener.open(&sealed, now).is_some());
        assert!(opener.open(&source(1000 + n), now).is_none());
    }
    assert!(format!("{opener:?}").len() < 200, "no key is shown");
}
