//! Exchanges as they happen in calls: set-up, hold, resume, refusals, oddities.

use super::super::crypto::SuiteSpec;
use super::*;
use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};

fn leg() -> Negotiation {
    Negotiation::new(Local {
        codecs: vec![CodecSpec::pcmu(), CodecSpec::pcma()],
        username: "user a".to_owned(),
        ..Local::g711("192.0.2.1".parse().unwrap(), 4000, 4001)
    })
}

fn version(sdp: &str) -> u64 {
    Session::parse(sdp).unwrap().origin.version.parse().unwrap()
}

/// A PBX that writes what the test says.
fn remote(version: u32, address: &str, media: &str) -> String {
    format!(
        "v=0\r\no=pbx 7 {version} IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n{media}"
    )
}

fn odd(agreed: &Agreed, part: &str) -> bool {
    agreed.oddities.iter().any(|oddity| oddity.contains(part))
}

#[test]
fn two_legs_through_hold_and_resume() {
    let (mut a, mut b) = (leg(), leg());
    let offer = a.offer(SendRecv);
    assert!(offer.contains("o=user-a "), "{offer}");
    assert!(offer.contains("m=audio 4000 RTP/AVP 0 8 101\r\n"), "{offer}");
    let (answer, at_b) = b.answer(&offer, SendRecv).unwrap();
    let at_a = a.accept(&answer).unwrap();
    assert!(at_a.sends && at_a.receives && at_b.sends && at_b.receives);
    assert_eq!(at_a.codec, CodecSpec::pcmu());
    assert_eq!(at_a.telephone_event, Some(101));
    assert_eq!(at_a.remote_rtcp.port(), 4001);
    assert_eq!((version(&offer), version(&answer)), (1, 1));
    assert_eq!(a.accept(&answer).unwrap(), at_a, "the answer of 183 comes again in 200");

    let hold = a.offer(Inactive);
    assert_eq!(version(&hold), 2);
    let (silenced, at_b) = b.answer(&hold, SendRecv).unwrap();
    assert!(silenced.contains("a=inactive"), "{silenced}");
    let at_a = a.accept(&silenced).unwrap();
    assert!(!at_a.sends && !at_a.receives && !at_b.sends && !at_b.receives);
    assert_eq!(at_a.oddities, Vec::<String>::new());
    assert_eq!(at_b.oddities, Vec::<String>::new());

    let refresh = a.offer(Inactive);
    assert_eq!(version(&refresh), 2, "nothing changed");
    let (same, _) = b.answer(&refresh, SendRecv).unwrap();
    assert_eq!(version(&same), 2);
    a.accept(&same).unwrap();

    let resume = a.offer(SendRecv);
    assert_eq!(version(&resume), 3);
    let (back, at_b) = b.answer(&resume, SendRecv).unwrap();
    assert_eq!(version(&back), 3);
    assert!(a.accept(&back).unwrap().sends && at_b.sends);
    assert_eq!(at_b.oddities, Vec::<String>::new());
}

#[test]
fn music_on_hold_comes_one_way() {
    let mut a = leg();
    a.offer(SendOnly);
    let agreed =
        a.accept(&remote(1, "192.0.2.9", "m=audio 9000 RTP/AVP 8\r\na=recvonly\r\n")).unwrap();
    assert!(agreed.sends && !agreed.receives);
    assert_eq!(agreed.codec, CodecSpec::pcma(), "a static payload type needs no rtpmap");
    assert_eq!(agreed.telephone_event, None);
}

#[test]
fn a_refused_offer_leaves_the_agreement_and_keeps_its_number() {
    let (mut a, mut b) = (leg(), leg());
    let (answer, _) = b.answer(&a.offer(SendRecv), SendRecv).unwrap();
    a.accept(&answer).unwrap();
    let hold = a.offer(Inactive);
    a.rollback();
    assert!(a.agreed().unwrap().sends);
    assert_eq!(a.accept(&answer), Err(SdpError::NoOffer));
    assert_eq!(a.offer(Inactive), hold, "after 491 the same offer goes out again");
    a.rollback();
    assert_eq!(version(&a.offer(SendRecv)), 1, "what is in force is still version 1");
    assert_eq!(version(&a.offer(SendOnly)), 3, "2 was something else");
}

#[test]
fn answers_follow_the_offer() {
    let mut b = leg();
    let offer = remote(
        1,
        "192.0.2.9",
        "m=image 5000 udptl t38\r\nm=audio 9000 RTP/AVP 9 8 0 96\r\nc=IN IP6 2001:db8::9\r\n\
         a=rtpmap:96 telephone-event/8000\r\na=rtcp:9100 IN IP4 192.0.2.10\r\na=ptime:30\r\n\
         a=sendonly\r\nm=video 9002 RTP/AVP 97\r\n",
    );
    let (answer, agreed) = b.answer(&offer, SendRecv).unwrap();
    let read = Session::parse(&answer).unwrap();
    let ports: Vec<u16> = read.media.iter().map(|media| media.port).collect();
    assert_eq!(ports, [0, 4000, 0], "{answer}");
    assert_eq!(read.media[0].formats, ["t38"]);
    assert_eq!(read.media[1].formats, ["8", "0", "96"]);
    assert_eq!(read.direction_of(&read.media[1]), Some(RecvOnly));
    assert_eq!(agreed.codec, CodecSpec::pcma());
    assert_eq!(agreed.telephone_event, Some(96));
    assert_eq!(agreed.remote, "[2001:db8::9]:9000".parse().unwrap());
    assert_eq!(agreed.remote_rtcp, "192.0.2.10:9100".parse().unwrap());
    assert_eq!(agreed.ptime, Some(30));
    assert!(agreed.receives && !agreed.sends);
    let next = Session::parse(&b.offer(SendRecv)).unwrap();
    assert_eq!(next.media.len(), 3, "streams never become fewer");
    assert!(next.media[1].formats.contains(&"96".to_owned()));
    assert_eq!(next.media[1].formats[0], "8", "the codec in use comes first");
}

#[test]
fn old_style_hold() {
    let mut b = leg();
    let (answer, agreed) =
        b.answer(&remote(1, "0.0.0.0", "m=audio 9000 RTP/AVP 0\r\n"), SendRecv).unwrap();
    assert!(!agreed.sends && odd(&agreed, "0.0.0.0"));
    assert!(answer.contains("a=recvonly"), "{answer}");
}

#[test]
fn odd_answers_are_reported() {
    let mut a = leg();
    a.offer(Inactive);
    let first = remote(5, "192.0.2.9", "m=audio 9000 RTP/AVP 18 0 8\r\na=sendrecv\r\n");
    let agreed = a.accept(&first).unwrap();
    assert!(odd(&agreed, "G729/8000 (payload type 18) answered but not offered"));
    assert!(odd(&agreed, "inactive answered with sendrecv"));
    assert!(!agreed.sends && !agreed.receives);
    assert_eq!(agreed.peer_direction, Some(SendRecv));
    a.offer(SendOnly);
    let second = remote(5, "192.0.2.9", "m=audio 9000 RTP/AVP 0\r\nm=video 0 RTP/AVP 97\r\n");
    let agreed = a.accept(&second).unwrap();
    assert!(odd(&agreed, "not incremented although"), "{:?}", agreed.oddities);
    assert!(odd(&agreed, "no direction in the answer to sendonly"));
    assert!(odd(&agreed, "2 streams answered, 1 were offered"));
    assert_eq!(agreed.peer_direction, None);
    a.offer(SendRecv);
    let agreed = a.accept(&second.replace("pbx 7 5", "pbx 7 6")).unwrap();
    assert!(odd(&agreed, "changed although the description did not"));
}

#[test]
fn what_gives_no_audio_is_an_error() {
    let mut a = leg();
    let none = remote(1, "192.0.2.9", "m=video 9000 RTP/AVP 97\r\n");
    assert!(matches!(a.answer(&none, SendRecv), Err(SdpError::NoAudio(_))));
    let secure = remote(1, "192.0.2.9", "m=audio 9000 RTP/SAVP 0\r\n");
    let error = a.answer(&secure, SendRecv).unwrap_err();
    assert_eq!(error.to_string(), "no usable audio stream: audio 9000 RTP/SAVP");
    let foreign = remote(1, "192.0.2.9", "m=audio 9000 RTP/AVP 18 101\r\n");
    let error = a.answer(&foreign, SendRecv).unwrap_err();
    assert_eq!(error, SdpError::NoCommonCodec("G729/8000".to_owned()));
    let named = remote(1, "pbx.example", "m=audio 9000 RTP/AVP 0\r\n");
    assert_eq!(a.answer(&named, SendRecv), Err(SdpError::NotLiteral("pbx.example".to_owned())));
    assert_eq!(a.answer("", SendRecv), Err(SdpError::Missing));
    assert!(a.agreed().is_none());
    a.offer(SendRecv);
    let refused = remote(1, "192.0.2.9", "m=audio 0 RTP/AVP 0\r\n");
    assert_eq!(a.accept(&refused), Err(SdpError::Refused));
}

fn secured(encryption: Encryption) -> Negotiation {
    let suite = |name: &str, material| SuiteSpec { name: name.to_owned(), material };
    Negotiation::new(Local {
        encryption,
        suites: vec![
            suite("AES_CM_128_HMAC_SHA1_80", 30),
            suite("AES_CM_128_HMAC_SHA1_32", 30),
            suite("AES_256_CM_HMAC_SHA1_80", 46),
        ],
        ..Local::g711("192.0.2.1".parse().unwrap(), 4000, 4001)
    })
}

const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5";

fn savp(crypto: &str) -> String {
    remote(1, "192.0.2.9", &format!("m=audio 9000 RTP/SAVP 0 8\r\n{crypto}"))
}

#[test]
fn both_ends_know_both_keys_and_keep_them_through_a_hold() {
    let (mut a, mut b) = (secured(Encryption::Required), secured(Encryption::Allowed));
    let offer = a.offer(SendRecv);
    assert!(offer.contains("m=audio 4000 RTP/SAVP 8 0 101\r\n"), "{offer}");
    assert_eq!(offer.matches("a=crypto:").count(), 3, "{offer}");
    let (answer, at_b) = b.answer(&offer, SendRecv).unwrap();
    assert!(answer.contains("RTP/SAVP") && answer.contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80"));
    let at_a = a.accept(&answer).unwrap();
    assert_eq!(at_a.oddities, Vec::<String>::new());
    let (of_a, of_b) = (at_a.protection.unwrap(), at_b.protection.unwrap());
    assert_eq!((&of_a.send, &of_a.receive), (&of_b.receive, &of_b.send));
    assert_ne!(of_a.send, of_a.receive);
    let (held, at_b) = b.answer(&a.offer(Inactive), SendRecv).unwrap();
    assert_eq!(at_b.protection.as_ref(), Some(&of_b));
    assert_eq!(a.accept(&held).unwrap().protection.as_ref(), Some(&of_a));
    let back = b.offer(SendRecv);
    assert!(back.contains("RTP/SAVP"), "what was agreed stays agreed: {back}");
    a.answer(&back, SendRecv).unwrap();
    a.rekey();
    let (renewed, at_b) = b.answer(&a.offer(SendRecv), SendRecv).unwrap();
    let (at_a, at_b) = (a.accept(&renewed).unwrap().protection.unwrap(), at_b.protection.unwrap());
    assert_ne!(at_a.send, of_a.send, "a new key");
    assert_eq!((&at_a.send, &at_a.receive), (&at_b.receive, &of_b.send));
}

#[test]
fn the_first_line_that_can_be_used_is_taken_under_its_own_tag() {
    let mut b = secured(Encryption::Required);
    let offer = savp(&format!(
        "a=crypto:1 F8_128_HMAC_SHA1_80 inline:{KEY}\r\n\
         a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:{KEY}|2^20|1:4\r\n\
         a=crypto:9 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"
    ));
    let (answer, agreed) = b.answer(&offer, SendRecv).unwrap();
    assert!(answer.contains("a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:"), "{answer}");
    let protection = agreed.protection.unwrap();
    assert_eq!((protection.suite.as_str(), protection.mki), ("AES_CM_128_HMAC_SHA1_32", 4));
    assert_eq!(protection.receive.bytes(), b"012345678901234567890123456789");
    let shown = format!("{b:?}");
    assert!(!shown.contains(KEY) && shown.contains("inline:***"), "{shown}");
}

#[test]
fn plain_and_encrypted_are_told_apart() {
    use Encryption::{Allowed, Off, Preferred, Required};

    let plain = remote(1, "192.0.2.9", "m=audio 9000 RTP/AVP 0 8\r\n");
    let both = remote(
        1,
        "192.0.2.9",
        &format!(
            "m=audio 9000 RTP/AVP 0\r\nm=audio 9002 RTP/SAVP 0\r\n\
             a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"
        ),
    );
    let beside = plain.clone() + &format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n");
    let taken = |encryption: Encryption, offer: &str| {
        let (_, agreed) = secured(encryption).answer(offer, SendRecv)?;
        Ok::<_, SdpError>((agreed.remote.port(), agreed.protection.is_some()))
    };
    let error = taken(Required, &plain).unwrap_err();
    assert_eq!(error, SdpError::NotEncrypted("audio 9000 RTP/AVP".to_owned()));
    assert_eq!(taken(Preferred, &plain), Ok((9000, false)));
    assert_eq!(taken(Off, &both), Ok((9000, false)));
    assert_eq!(taken(Allowed, &both), Ok((9002, true)));
    assert_eq!(taken(Required, &both), Ok((9002, true)));
    assert_eq!(taken(Required, &beside), Ok((9000, true)));
    assert_eq!(taken(Allowed, &beside), Ok((9000, false)));
    let unusable = savp("a=crypto:1 F8_128_HMAC_SHA1_80 inline:eA==\r\n");
    assert_eq!(
        taken(Required, &unusable),
        Err(SdpError::NoUsableKey("F8_128_HMAC_SHA1_80".to_owned()))
    );
    assert!(matches!(taken(Off, &savp("")), Err(SdpError::NoAudio(_))));
    let keyless = taken(Required, &savp("")).unwrap_err();
    assert_eq!(keyless, SdpError::NoUsableKey("no a=crypto line".to_owned()));
}

#[test]
fn an_answer_must_be_as_encrypted_as_the_offer() {
    let mut a = secured(Encryption::Required);
    let offer = a.offer(SendRecv);
    let plain = remote(1, "192.0.2.9", "m=audio 9000 RTP/AVP 0\r\n");
    assert!(matches!(a.accept(&plain), Err(SdpError::NotEncrypted(_))));
    assert!(matches!(a.accept(&savp("")), Err(SdpError::NoUsableKey(_))));
    let own = offer.lines().find(|line| line.starts_with("a=crypto:1")).unwrap();
    let agreed = a.accept(&savp(&format!("{own}\r\n"))).unwrap();
    assert!(odd(&agreed, "our own key came back"), "{:?}", agreed.oddities);
    let line = |tag: u8, suite: &str| format!("a=crypto:{tag} {suite} inline:{KEY}\r\n");
    let (right, other) = (line(1, "AES_CM_128_HMAC_SHA1_80"), line(2, "AES_CM_128_HMAC_SHA1_32"));
    let agreed = a.accept(&savp(&(right + &other))).unwrap();
    assert!(odd(&agreed, "2 a=crypto lines answered"), "{:?}", agreed.oddities);
    for (tag, suite) in [(3, "AES_CM_128_HMAC_SHA1_80"), (1, "AES_CM_128_HMAC_SHA1_32")] {
        let error = a.accept(&savp(&line(tag, suite))).unwrap_err();
        assert_eq!(error, SdpError::KeyNotOffered(format!("{tag} {suite}")));
        assert!(!error.to_string().contains(KEY));
    }
    let mut a = secured(Encryption::Allowed);
    assert!(a.offer(SendRecv).contains("RTP/AVP"));
    let surprise = savp(&format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"));
    assert!(matches!(a.accept(&surprise), Err(SdpError::NoAudio(_))));
}
