//! Exchanges as they happen in calls: set-up, hold, resume, refusals, oddities.

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
