//! Registrations that do not succeed, or not well (guide 5.2, 2.6.6).

use std::net::UdpSocket;

use crate::pbx::{header, pbx, registered, response, serve};
use crate::site::{certify, certify_clauses, side_by_side};

const CHALLENGE: &str = "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\"\r\n";
const STALE: &str = "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", stale=true\r\n";
const UNKNOWN_ALGORITHM: &str =
    "Proxy-Authenticate: Digest realm=\"x\", nonce=\"n\", algorithm=ROT13\r\n";

fn always(status: &'static str, more: &'static str) -> u16 {
    pbx(move |request| Some(response(request, status, more)))
}

#[test]
fn a_closed_port_is_known_at_once() {
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let ran = certify("127.0.0.1", port);
    let advice = ran.cannot_register("no-response", 5.0);
    assert!(advice.contains("Check the firewall"), "{advice}");
    let observed = ran.observed("6.1: fail no-response");
    assert!(observed.contains(&format!("127.0.0.1:{port}")), "{observed}");
    // One cause is told once, with the clauses that it spoils.
    assert_eq!(ran.said.matches("Check the firewall").count(), 1, "{}", ran.said);
    assert!(ran.said.contains("inconclusive in 6.5"), "{}", ran.said);
}

#[test]
fn silence_and_garbage_are_given_up_within_the_deadline() {
    // 10 s each for 6.1 and 6.5: of two users in 6.1 the first failure ends the scenario.
    side_by_side(&[
        &|| {
            let ran = certify("127.0.0.1", pbx(|_| None));
            let advice = ran.cannot_register("no-response", 23.0);
            assert!(advice.contains("Check the firewall") && advice.contains("port"), "{advice}");
        },
        &|| {
            let page = b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n<html>".to_vec();
            let ran = certify("127.0.0.1", pbx(move |_| Some(page.clone())));
            let advice = ran.cannot_register("not-sip", 23.0);
            assert!(advice.contains("port of a web page"), "{advice}");
        },
        &|| {
            let noise: Vec<u8> = (0..=255).cycle().take(3000).collect();
            let ran = certify("127.0.0.1", pbx(move |_| Some(noise.clone())));
            ran.cannot_register("not-sip", 23.0);
        },
        &|| {
            // Cut off in the middle of the header that says whose response it is.
            let port = pbx(|request| Some(response(request, "200 OK", "")[..40].to_vec()));
            let ran = certify("127.0.0.1", port);
            assert_eq!(ran.code, 1);
            ran.within(23.0);
        },
    ]);
}

#[test]
fn a_name_without_an_address_is_the_guides_first_row() {
    let ran = certify("pbx.invalid", 5060);
    let advice = ran.cannot_register("unresolved-name", 30.0);
    assert!(advice.contains("sip_proxy") && advice.contains("sip_domain"), "{advice}");
}

#[test]
fn challenges_without_end_or_sense_end() {
    let challenged = |status: &'static str, more: &'static str| {
        let ran = certify("127.0.0.1", always(status, more));
        let advice = ran.cannot_register("authentication-failure", 10.0);
        assert!(advice.contains("username") && advice.contains("password"), "{advice}");
        let messages = ran.record["scenarios"][0]["messages"].as_array().unwrap().iter();
        let sent = messages.filter(|message| message["sent"] == true).count();
        assert!(sent <= 3, "{sent} requests against an account that may be locked for it");
    };
    side_by_side(&[
        &|| challenged("401 Unauthorized", CHALLENGE),
        &|| challenged("401 Unauthorized", STALE),
        &|| challenged("401 Unauthorized", ""),
        &|| challenged("407 Proxy Authentication Required", UNKNOWN_ALGORITHM),
        &|| challenged("401 Unauthorized", "WWW-Authenticate: Digest\r\n"),
        &|| challenged("401 Unauthorized", "WWW-Authenticate: NTLM realm=\"x\"\r\n"),
    ]);
}

/// The rows of table 5.2 below the first two, in the guide's words or with the status that
/// they stand for.
#[test]
fn what_the_guide_lists_as_authentication_failures_gets_its_advice() {
    let refused = |status: &'static str| {
        let port = pbx(move |request| {
            let answers = !header(request, "Authorization").is_empty();
            let (status, more) =
                if answers { (status, "") } else { ("401 Unauthorized", CHALLENGE) };
            Some(response(request, status, more))
        });
        let ran = certify("127.0.0.1", port);
        let advice = ran.cannot_register("authentication-failure", 10.0);
        for named in ["SIP username", "SIP auth username", "SIP password", "SIP realm"] {
            assert!(advice.contains(named), "{status}: no {named} in {advice}");
        }
        let observed = ran.observed("6.1: fail authentication-failure");
        assert!(observed.contains(status), "{observed}");
    };
    side_by_side(&[
        &|| refused("401 Authentication Failure"),
        &|| refused("603 Declined"),
        &|| refused("403 Forbidden"),
        &|| refused("403 Invalid password"),
        &|| refused("404 Not found"),
        &|| refused("407 Proxy Authentication Required"),
        &|| refused("401 Unauthorized"),
        &|| refused("604 User unknown"),
    ]);
}

#[test]
fn refusals_are_told_apart() {
    let refused = |status: &'static str, more: &'static str, cause: &str| {
        let ran = certify("127.0.0.1", always(status, more));
        ran.cannot_register(cause, 10.0);
        let observed = ran.observed(&format!("6.1: fail {cause}"));
        assert!(observed.contains(&status[..3]), "{observed}");
    };
    side_by_side(&[
        &|| refused("403 Forbidden", "", "client-blocked"),
        &|| refused("404 Not Found", "", "authentication-failure"),
        &|| refused("503 Service Unavailable", "Retry-After: 1\r\n", "registration-refused"),
        &|| refused("302 Moved Temporarily", "", "registration-refused"),
        &|| refused("999 Beyond", "", "registration-refused"),
        &|| refused("423 Interval Too Brief", "", "registration-refused"),
        &|| refused("423 Interval Too Brief", "Min-Expires: 7200\r\n", "registration-refused"),
        &|| refused("423 Too Brief", "Min-Expires: 4294967295\r\n", "registration-refused"),
        &|| refused("200 OK", "", "binding-missing"),
        &|| refused("200 OK", "Contact: *\r\n", "binding-missing"),
        &|| refused("200 OK", "Contact: <sip:1001@192.0.2.1:9>\r\n", "binding-missing"),
    ]);
}

#[test]
fn a_longer_interval_is_asked_for_where_the_pbx_wants_it() {
    let port = pbx(|request| {
        let asked: u32 = header(request, "Expires").parse().unwrap();
        Some(match asked {
            0 => response(request, "200 OK", ""),
            1..7200 => response(request, "423 Too Brief", "Min-Expires: 7200\r\n"),
            _ => registered(request),
        })
    });
    let ran = certify_clauses("127.0.0.1", port, "6.1");
    assert_eq!(ran.code, 0, "{:?}", ran.findings());
}

#[test]
fn granted_expiries_are_judged_by_the_guides_steps() {
    let granted = |seconds: &'static str, code: i32, expected: Option<&str>| {
        let port = pbx(move |request| {
            let contact = header(request, "Contact").replace(";expires=3600", "");
            let more = format!("Contact: {contact};expires={seconds}\r\n");
            Some(response(request, "200 OK", &more))
        });
        let ran = certify_clauses("127.0.0.1", port, "6.1");
        assert_eq!(ran.code, code, "{seconds}: {:?}\n{}", ran.findings(), ran.said);
        match expected {
            Some(which) => {
                let observed = ran.observed(which);
                assert!(observed.contains(&format!("granted {seconds} s")), "{observed}");
            }
            None => assert!(ran.findings().is_empty(), "{seconds}: {:?}", ran.findings()),
        }
    };
    side_by_side(&[
        &|| granted("0", 1, Some("6.1: fail short-expiry")),
        &|| granted("60", 1, Some("6.1: fail short-expiry")),
        &|| granted("600", 0, Some("6.1: warn short-expiry")),
        &|| granted("3599", 0, None),
        &|| granted("4294967295", 0, None),
        // Beyond 32 bits: as long as can be.
        &|| granted("4294967296", 0, None),
    ]);
}

#[test]
fn hostile_text_stays_text() {
    let hostile = |status: &'static str, more: Vec<u8>| {
        let port = pbx(move |request| {
            let plain = response(request, status, "");
            let end = plain.len() - "Content-Length: 0\r\n\r\n".len();
            Some([&plain[..end], &more[..], &plain[end..]].concat())
        });
        certify("127.0.0.1", port).cannot_register("client-blocked", 10.0);
    };
    side_by_side(&[
        &|| {
            let server = "Server: \u{1b}[31m<script>alert(1)</script>\u{7}\u{202e}]]>\r\n";
            hostile("403 \u{1b}]0;title\u{7}<img src=x onerror=alert(1)>]]>&", server.into());
        },
        &|| hostile("403 No", format!("X-Long: {}\r\n", "y".repeat(60_000)).into_bytes()),
        &|| hostile("403 No\0\0", b"X-Nul: \0\0\0\r\nServer: \xff\xfe\xc3\x28\r\n".to_vec()),
        &|| hostile("403 No", "X: y\r\n".repeat(9_000).into_bytes()),
    ]);
}

#[test]
fn a_flood_of_responses_and_strangers_do_not_matter() {
    let port = serve(|socket, request, from| {
        let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
        // A response counts whatever port it comes from: some PBXs are built so.
        let _ = stranger.send_to(&registered(request), from);
        for _ in 0..2000 {
            let _ = socket.send_to(&registered(request), from);
            let _ = socket.send_to(&response(request, "100 Trying", ""), from);
        }
    });
    let ran = certify_clauses("127.0.0.1", port, "6.1");
    assert_eq!(ran.code, 0, "{:?}", ran.findings());
    ran.within(10.0);
}
