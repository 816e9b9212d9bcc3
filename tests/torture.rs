//! The torture messages of RFC 4475: valid ones are read for what they say, invalid ones are
//! named, and no mutation of any of them makes the reader panic.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its vectors has failed")]

use bytes::Bytes;
use pbxcert::record::Direction;
use pbxcert::sip::digest::Challenge;
use pbxcert::sip::sdp::{Local, Negotiation, Session};
use pbxcert::sip::{Message, Method, NameAddr, ReadError, Uri, Via, masked};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torture")
}

fn bytes(name: &str) -> Bytes {
    std::fs::read(folder().join(format!("{name}.dat"))).unwrap().into()
}

fn read(name: &str) -> Message {
    Message::parse(bytes(name)).unwrap()
}

/// RFC 4475 §3.1.1, §3.2 and §3.3 where the message itself is well formed.
const VALID: &[&str] = &[
    "wsinv",
    "intmeth",
    "esc01",
    "escnull",
    "esc02",
    "lwsdisp",
    "longreq",
    "semiuri",
    "transports",
    "mpart01",
    "unreason",
    "noreason",
    "badbranch",
    "unkscm",
    "novelsc",
    "unksm2",
    "bext01",
    "invut",
    "regaut01",
    "bcast",
    "zeromf",
    "cparam01",
    "cparam02",
    "regescrt",
    "sdp01",
    "escruri",
];

/// What is wrong with each of the others, in the words of its oddity.
const INVALID: &[(&str, &str)] = &[
    ("badinv01", "empty parameters in Via"),
    ("badinv01", "an empty value in Via"),
    ("badinv01", "empty parameters in Contact"),
    ("clerr", "Content-Length says 9999"),
    ("ncl", "Content-Length \"-999\" is no number"),
    ("scalar02", "the CSeq \"36893488147419103232 REGISTER\" cannot be read"),
    ("scalar02", "Max-Forwards \"300\" is no number in range"),
    ("scalar02", "Expires \"10000"),
    ("scalar02", "the expires of a Contact"),
    ("scalarlg", "the CSeq \"9292394834772304023312 OPTIONS\" cannot be read"),
    ("scalarlg", "Retry-After"),
    ("quotbal", "open quote or bracket in To"),
    ("ltgtruri", "the Request-URI stands in angle brackets"),
    ("lwsruri", "white space in or around the Request-URI"),
    ("lwsstart", "white space in or around the Request-URI"),
    ("trws", "white space after the start line"),
    ("baddate", "Date is not in GMT"),
    ("regbadct", "a URI with ? or , in Contact stands without angle brackets"),
    ("badaspec", "white space in the URI of To"),
    ("baddn", "the display name in From should be quoted"),
    ("badvers", "version \"SIP/7.0\" instead of SIP/2.0"),
    ("mismatch01", "the CSeq names another method"),
    ("mismatch02", "the CSeq names another method"),
    ("dblreq", "bytes after the body of Content-Length 0"),
    ("insuf", "no From"),
    ("insuf", "no To"),
    ("insuf", "no Call-ID"),
    ("insuf", "no Max-Forwards"),
    ("multi01", "From stands there more than once"),
    ("multi01", "CSeq stands there more than once"),
    ("mcl01", "Content-Length stands there more than once"),
    ("inv2543", "From has no tag"),
];

#[test]
fn valid_messages_are_read_without_remark() {
    for name in VALID {
        assert_eq!(read(name).oddities, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn invalid_messages_are_named() {
    for (name, part) in INVALID {
        let oddities = read(name).oddities;
        assert!(oddities.iter().any(|o| o.contains(part)), "{name}: no {part:?} in {oddities:?}");
    }
    let error = Message::parse(bytes("bigcode")).unwrap_err();
    assert_eq!(error, ReadError::BadStatus("4294967301".to_owned()));
}

#[test]
fn every_vector_is_spoken_for() {
    for entry in std::fs::read_dir(folder()).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "dat") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let known = VALID.contains(&name.as_str())
            || INVALID.iter().any(|(invalid, _)| *invalid == name)
            || name == "bigcode";
        assert!(known, "{name} is tested nowhere");
    }
}

#[test]
fn white_space_and_folding() {
    let message = read("wsinv");
    assert_eq!(message.to_tag().as_deref(), Some("1918181833n"));
    let from = message.from().unwrap();
    assert_eq!(from.display.as_deref(), Some(r#"J Rosenberg \""#));
    assert_eq!(from.tag().as_deref(), Some("98asjd8"));
    assert_eq!(message.cseq(), Some((9, Method::Invite)));
    assert_eq!(
        message.get("NewFangledHeader"),
        Some("newfangled value continued newfangled value")
    );
    let vias: Vec<Via> = message.get_all("v").iter().filter_map(|v| Via::parse(v)).collect();
    let hosts: Vec<&str> = vias.iter().map(|via| via.host.as_str()).collect();
    assert_eq!(hosts, ["192.0.2.2", "spindle.example.com", "192.168.255.111"]);
    assert_eq!(vias[2].branch().as_deref(), Some("z9hG4bK30239"));
    let contact = &message.contacts()[0];
    assert_eq!(contact.display.as_deref(), Some(r#"Quoted string """#));
    assert_eq!(contact.params.get("q").as_deref(), Some("0.33"));
    let sdp = Session::parse(&message.sdp().unwrap()).unwrap();
    assert_eq!(sdp.media.len(), 2);
    assert_eq!(message.get("Subject"), Some(""));
}

#[test]
fn tokens_escapes_and_other_alphabets() {
    let message = read("intmeth");
    let method = "!interesting-Method0123456789_*+`.%indeed'~";
    assert_eq!(message.method(), Some(&Method::Other(method.to_owned())));
    let uri = Uri::parse(message.request_uri().unwrap()).unwrap();
    assert_eq!(uri.user(), Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"));
    assert_eq!(uri.password.as_deref(), Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"));
    assert_eq!(uri.host, "example.com");
    assert_eq!(message.to().unwrap().display.as_deref(), Some("BEL:\u{7} NUL:\0 DEL:\u{7f}"));
    assert_eq!(message.from_tag().as_deref(), Some("_token~1'+`*%!-."));
    assert_eq!(message.get("extensionHeader-!.%*+_`'~"), Some("大停電"));

    let message = read("esc01");
    let uri = Uri::parse(message.request_uri().unwrap()).unwrap();
    assert_eq!((uri.user(), uri.host.as_str()), (Some("sips%3Auser%40example.com"), "example.net"));
    assert!(message.contacts()[0].uri.params.has("%6C%72"));
    assert_eq!(read("escnull").contacts()[1].uri.user(), Some("%00%00"));
    let message = read("esc02");
    assert_eq!(message.method(), Some(&Method::Other("RE%47IST%45R".to_owned())));
    assert_eq!(message.contacts().len(), 2, "C%6Fntact is another header");
    assert_eq!(message.from().unwrap().display.as_deref(), Some("%Z%45"));
    assert_eq!(read("lwsdisp").from().unwrap().display.as_deref(), Some("caller"));
    assert!(read("unreason").reason().unwrap().ends_with("простое"));
    assert_eq!((read("noreason").status(), read("noreason").reason()), (Some(100), Some("")));
}

#[test]
fn uris_parameters_and_schemes() {
    let uri = |name: &str| Uri::parse(read(name).request_uri().unwrap()).unwrap();
    assert_eq!(uri("semiuri").user(), Some("user;par=u%40example.net"));
    assert_eq!(uri("escruri").headers.as_deref(), Some("Route=%3Csip:example.com%3E"));
    assert_eq!(uri("ltgtruri").to_string(), "sip:user@example.com");
    assert_eq!(uri("unkscm").scheme, "nobodyKnowsThisScheme");
    assert_eq!(uri("novelsc").scheme, "soap.beep");
    assert_eq!(read("unksm2").to().unwrap().uri.to_string(), "isbn:2983792873");
    let contact = |name: &str| read(name).contacts().remove(0);
    assert!(contact("cparam01").params.has("unknownparam"), "without brackets: the header's");
    assert!(contact("cparam02").uri.params.has("unknownparam"), "within brackets: the URI's");
    assert!(contact("regescrt").uri.headers.is_some());
    let transports: Vec<String> = read("transports")
        .get_all("Via")
        .iter()
        .filter_map(|via| Some(Via::parse(via)?.transport))
        .collect();
    assert_eq!(transports, ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]);
    assert_eq!(read("longreq").get_all("Via").len(), 33);
    assert_eq!(read("bext01").get_all("Require").len(), 2);
    assert_eq!(read("mpart01").content_type().as_deref(), Some("multipart/mixed"));
    assert_eq!(read("dblreq").body.len(), 0);
    assert_eq!(read("mcl01").body.len(), 13);
    assert_eq!(read("baddn").to().unwrap().uri.user(), Some("t.watson"));
    assert!(read("scalar02").cseq().is_none());
}

/// Touches everything that a peer's bytes can reach.
fn exercise(raw: Bytes) {
    let _ = masked(&raw);
    let text = String::from_utf8_lossy(&raw).into_owned();
    let _ = Negotiation::new(Local::g711([127, 0, 0, 1].into(), 4000, 4001))
        .answer(&text, Direction::SendRecv);
    let Ok(message) = Message::parse(raw) else { return };
    for name in ["Via", "Contact", "Route", "Record-Route", "Allow", "Refer-To"] {
        for value in message.get_all(name) {
            let _ = (NameAddr::parse(value), Via::parse(value).and_then(|via| via.destination()));
        }
    }
    let _ = (message.from_tag(), message.to_tag(), message.cseq(), message.expires());
    let _ = (message.top_via(), message.contacts(), message.sdp(), Challenge::all_of(&message));
    let response = Message::response(&message, 200, "").with_to_tag("x");
    let _ = Message::parse(response.to_bytes()).unwrap();
    let _ = Message::parse(message.to_bytes()).unwrap();
}

const MARKS: &[u8] = b"\0\t\r\n \"'<>()\\/:;,=@?%[]{}*-+.0159azAZ\x7f\x80\xc3\xff";

#[test]
fn twenty_thousand_mutations_do_no_harm() {
    let mut seeds: Vec<Vec<u8>> = VALID
        .iter()
        .chain(INVALID.iter().map(|(name, _)| name))
        .map(|name| bytes(name).to_vec())
        .filter(|seed| seed.len() < 1500)
        .collect();
    seeds.push(
        b"SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP [::1]:5060;rport\r\nFrom: <sip:a@h>;tag=1\r\n\
          WWW-Authenticate: Digest realm=\"a, b\", nonce=\"1\", qop=\"auth,auth-int\", Digest realm=x\r\n\
          Content-Type: application/sdp\r\n\r\nv=0\r\no=- 1 1 IN IP4 h\r\nc=IN IP6 ::1\r\n\
          m=audio 65535 RTP/AVP 0 127\r\na=rtcp:1 IN IP4 1.2.3.4\r\na=rtpmap:127 x/8000\r\n"
            .to_vec(),
    );
    let mut rng = StdRng::seed_from_u64(4475);
    for _ in 0..20_000 {
        let mut bytes = seeds[rng.random_range(0..seeds.len())].clone();
        for _ in 0..rng.random_range(1..=6) {
            let at = rng.random_range(0..bytes.len());
            let mark = MARKS[rng.random_range(0..MARKS.len())];
            match rng.random_range(0..6) {
                0 => bytes[at] = mark,
                1 => bytes.insert(at, mark),
                2 => {
                    bytes.remove(at);
                }
                3 => bytes.truncate(at.max(1)),
                4 => bytes[at] = rng.random(),
                _ => {
                    let end = (at + rng.random_range(1..40)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    let to = rng.random_range(0..bytes.len());
                    bytes.splice(to..to, piece);
                }
            }
            if bytes.is_empty() {
                bytes.push(mark);
            }
        }
        exercise(bytes.into());
    }
}

#[test]
fn a_datagram_full_of_one_thing_is_read_in_its_length() {
    let head = "INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n";
    let started = std::time::Instant::now();
    for piece in ["a:\r\n", " \r\n", "x\r\n", "Via: ,\r\n", "m: <\r\n", "t: \"\r\n", "CSeq: 1\r\n"]
    {
        exercise(format!("{head}{}\r\n", piece.repeat(64_000 / piece.len())).into());
    }
    for piece in
        [",", ";", "\"", "<", "\\\"", "a=b,", "<sip:a@h>,", "sip:", ":", "@", "/", "Digest a="]
    {
        for name in ["Contact", "To", "Via", "WWW-Authenticate", "CSeq"] {
            exercise(
                format!("{head}{name}: {}\r\n\r\n", piece.repeat(64_000 / piece.len())).into(),
            );
        }
        exercise(format!("INVITE {} SIP/2.0\r\n\r\n", piece.repeat(64_000 / piece.len())).into());
    }
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}
