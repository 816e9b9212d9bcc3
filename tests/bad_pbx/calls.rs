//! PBXs whose registrar works and whose calls do not.

use crate::pbx::{invite_gets, response};
use crate::site::{Ran, certify_clauses, side_by_side};
use crate::switch::{good_sdp, sdp, switch};

const REJECTED: &str = "6.5: fail call-rejected";
const ELSEWHERE: &str = "6.5: fail unreachable-media-address";

/// Clause 6.5 against a PBX that treats INVITE as told; `expected` must fail.
fn fails(port: u16, expected: &str, at_most: f64) -> Ran {
    let ran = certify_clauses("127.0.0.1", port, "6.5");
    assert_eq!(ran.code, 1, "{:?}\n{}", ran.findings(), ran.said);
    ran.finding(expected);
    ran.within(at_most);
    ran
}

#[test]
fn an_invite_that_leads_nowhere_is_given_up_after_the_post_dial_delay() {
    // 2 s of the profile, 5 s for the end of a call whose CANCEL nobody answers, and some.
    let not_rung = "6.5: fail callee-not-rung";
    side_by_side(&[
        &|| {
            let unanswered = "6.5: fail call-unanswered";
            let ran = fails(invite_gets(|_| Vec::new()), unanswered, 15.0);
            let observed = ran.observed(unanswered);
            assert!(observed.contains("User A") && observed.contains("2 s"), "{observed}");
            assert!(observed.contains("no response"), "{observed}");
        },
        &|| {
            let trying = invite_gets(|invite| vec![response(invite, "100 Trying", "")]);
            fails(trying, not_rung, 15.0);
        },
        &|| {
            let ringing = invite_gets(|invite| {
                vec![response(invite, "100 Trying", ""), response(invite, "180 Ringing", "")]
            });
            let ran = fails(ringing, not_rung, 15.0);
            assert!(ran.observed(not_rung).contains("180"), "{}", ran.observed(not_rung));
        },
        &|| {
            let flood = invite_gets(|invite| {
                (0..3000).map(|n| response(invite, &format!("18{} On", n % 10), "")).collect()
            });
            fails(flood, not_rung, 15.0);
        },
    ]);
}

#[test]
fn a_refused_call_names_the_status() {
    let refused = |status: &'static str| {
        let port = invite_gets(move |invite| vec![response(invite, status, "")]);
        let ran = fails(port, REJECTED, 8.0);
        assert!(ran.observed(REJECTED).contains(&status[..3]), "{}", ran.observed(REJECTED));
    };
    side_by_side(&[
        &|| refused("404 Not Found"),
        &|| refused("503 Service Unavailable"),
        &|| refused("488 Not Acceptable Here"),
        &|| refused("302 Moved Temporarily"),
        &|| refused("407 Proxy Authentication Required"),
    ]);
}

#[test]
fn who_answers_in_the_callees_place_is_told_from_silence() {
    // With nothing to say about media, too; and with no Contact to send the ACK to.
    let answered = |more: &'static str| {
        let port = invite_gets(move |invite| vec![response(invite, "200 OK", more)]);
        fails(port, "6.5: fail other-party-answered", 20.0);
    };
    side_by_side(&[&|| answered("Contact: <sip:x@127.0.0.1>\r\n"), &|| answered("")]);
}

#[test]
fn session_descriptions_without_audio_are_named() {
    let bad = "6.5: fail bad-answer";
    let answer = |answer: &str, words: &str| {
        let ran = fails(switch(good_sdp(), answer.to_owned()), bad, 15.0);
        let observed = ran.observed(bad);
        assert!(observed.contains("External 1") && observed.contains(words), "{observed}");
    };
    side_by_side(&[
        &|| answer("", "no session description"),
        &|| answer("v=0\r\nthis is not what it should be\r\n", ""),
        &|| answer(&sdp("127.0.0.1", "m=audio 9 RTP/AVP 18"), "G729"),
        &|| answer(&sdp("127.0.0.1", "m=audio 0 RTP/AVP 0"), "port 0"),
        &|| answer(&sdp("pbx.invalid", "m=audio 9 RTP/AVP 0"), "pbx.invalid"),
        &|| {
            let offer = sdp("127.0.0.1", "m=audio 9 RTP/AVP 18");
            let ran = fails(switch(offer, good_sdp()), bad, 15.0);
            assert!(ran.observed(bad).contains("User A"), "{}", ran.observed(bad));
        },
    ]);
}

#[test]
fn media_that_is_wanted_elsewhere_is_named() {
    let elsewhere = |address: &str| {
        let answer = sdp(address, "m=audio 4000 RTP/AVP 0");
        let ran = fails(switch(good_sdp(), answer), ELSEWHERE, 30.0);
        assert!(ran.observed(ELSEWHERE).contains(address), "{}", ran.observed(ELSEWHERE));
    };
    side_by_side(&[&|| elsewhere("192.0.2.1"), &|| elsewhere("0.0.0.0"), &|| {
        drop(fails(switch(good_sdp(), good_sdp()), "6.5: fail no-audio", 30.0));
    }]);
}
