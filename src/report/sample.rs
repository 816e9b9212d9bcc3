//! Hand-made runs for the tests of the renderings.

use crate::record::{
    Cause, Evidence, Finding, HearingTrack, Message, Party, PbxIdentity, Run, SCHEMA, Scenario,
    Segment, Sound, Step, StreamStats, Vantage, Verdict,
};

/// A certified run.
pub(super) fn passing() -> Run {
    Run {
        schema: SCHEMA,
        tool_version: "0.1.0".to_owned(),
        profile: "example".to_owned(),
        pbx_model: "Example PBX 7".to_owned(),
        started: "2026-11-24T13:00:00Z".to_owned(),
        verdict: Verdict::Pass,
        certified: true,
        wall_s: 70.5,
        mandated_s: 65.0,
        jobs: 1,
        pbx: PbxIdentity {
            address: "192.0.2.1:5060".to_owned(),
            server: Some("Example/7.0".to_owned()),
        },
        vantage: Some(Vantage {
            own: "10.0.0.2:5070".to_owned(),
            stun_server: Some("192.0.2.9:3478".to_owned()),
            mapped: Some("203.0.113.1:40000".to_owned()),
            seen: Some("203.0.113.1:40000".to_owned()),
            pbx: "192.0.2.1:5060".to_owned(),
        }),
        scenarios: vec![scenario("6.1", "At least two users are registered", Verdict::Pass)],
        ..Run::default()
    }
}

/// A pass, a fail with a ladder, and a warning.
pub(super) fn failing() -> Run {
    let mut failed = scenario("7.1.3", "Single Outgoing Call 1", Verdict::Fail);
    failed.findings = vec![finding("7.1.3", Verdict::Fail, Cause::HoldSilent)];
    failed.parties = vec![party("User A"), party("External 1")];
    failed.messages = vec![
        message(1_000_000, "User A", true, INVITE),
        message(1_020_000, "External 1", false, INVITE),
        Message { retransmission: true, ..message(1_520_000, "External 1", false, INVITE) },
        Message {
            oddities: vec!["answer without SDP".to_owned()],
            ..message(1_600_000, "External 1", true, "SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n")
        },
    ];
    let mut warned = scenario("6.1", "At least two users are registered", Verdict::Warn);
    warned.findings = vec![finding("2.6.6", Verdict::Warn, Cause::ShortExpiry)];
    let mut run = passing();
    run.certified = false;
    run.verdict = Verdict::Fail;
    run.scenarios = vec![warned, failed, scenario("7.2.1", "Two incoming calls", Verdict::Pass)];
    run
}

/// A call in which User A hears every kind of thing: its peer, itself, somebody of
/// another scenario, music, nothing.
pub(super) fn heard() -> Run {
    let mut call = scenario("6.2", "User A calls out", Verdict::Pass);
    call.parties = vec![speaking("User A", 0), speaking("External 1", 1)];
    call.messages = vec![message(1_000_000, "User A", true, INVITE)];
    let segment = |from: f64, to: f64, sound: Sound, identities: &[u16]| Segment {
        from,
        to,
        sound,
        identities: identities.to_vec(),
        level_dbm0: -16.0,
    };
    call.hearing = vec![HearingTrack {
        party: "User A".to_owned(),
        identity: 0,
        segments: vec![
            segment(1.0, 6.0, Sound::Identity, &[1]),
            segment(6.0, 11.0, Sound::Identity, &[0, 1]),
            segment(11.0, 16.0, Sound::Identity, &[7]),
            segment(16.0, 21.0, Sound::Music, &[]),
            segment(21.0, 26.0, Sound::NoRtp, &[]),
            segment(26.0, 26.06, Sound::Music, &[]),
        ],
    }];
    call.streams = vec![StreamStats { party: "User A".to_owned(), ..StreamStats::default() }];
    call.evidence = vec![
        Evidence { path: "6.2/wire.pcap".to_owned(), title: "SIP and RTP".to_owned() },
        Evidence { path: "6.2/user-a-1.wav".to_owned(), title: "User A".to_owned() },
    ];
    let mut other = scenario("7.2.1", "Two incoming calls", Verdict::Pass);
    other.parties = vec![speaking("User B", 7)];
    Run { scenarios: vec![call, other], ..passing() }
}

/// A run that somebody stopped.
pub(super) fn interrupted() -> Run {
    Run { certified: false, interrupted: true, ..passing() }
}

/// A run whose every text tries to act on its reader.
pub(super) fn hostile() -> Run {
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\0|<script>alert(1)</script>]]>&\r\n\u{9b}31m\u{202e}\u{2028}`*_\u{feff}🙂漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字";
    let mut scenario = scenario(evil, evil, Verdict::Fail);
    scenario.source = evil.to_owned();
    for step in &mut scenario.steps {
        step.text = evil.to_owned();
        step.observed = evil.to_owned();
    }
    let mut found = finding(evil, Verdict::Fail, Cause::NotSip);
    for text in [&mut found.expected, &mut found.observed, &mut found.advice, &mut found.step] {
        evil.clone_into(text);
    }
    found.evidence = vec![evil.to_owned()];
    scenario.findings = vec![found];
    scenario.parties = vec![party(evil)];
    // What was not UTF-8 on the wire is a replacement character in the record.
    let long = format!("SIP/2.0 200 {evil}\r\nServer: {}\u{fffd}\r\n\r\nv=0", "x".repeat(LONG));
    scenario.messages = vec![
        Message { oddities: vec![evil.to_owned()], ..message(5, evil, true, evil) },
        Message { oddities: vec![long.clone()], ..message(6, evil, false, &long) },
    ];
    let mut flooded = finding("7.1.1", Verdict::Fail, Cause::CallRejected);
    flooded.observed = format!("refused with {long}");
    scenario.findings.push(flooded);
    Run {
        profile: evil.to_owned(),
        pbx_model: evil.to_owned(),
        started: evil.to_owned(),
        tool_version: evil.to_owned(),
        relaxations: vec![evil.to_owned()],
        pbx: PbxIdentity {
            address: evil.to_owned(),
            server: Some(format!("{evil}{}", "x".repeat(LONG))),
        },
        vantage: Some(Vantage {
            own: evil.to_owned(),
            stun_server: Some(long.clone()),
            mapped: Some(evil.to_owned()),
            seen: Some(evil.to_owned()),
            pbx: evil.to_owned(),
        }),
        verdict: Verdict::Fail,
        scenarios: vec![scenario],
        ..failing()
    }
}

/// Bytes of a header that no sane PBX sends.
pub(super) const LONG: usize = 64 << 10;

/// No character of the text acts on a terminal.
pub(super) fn assert_harmless(name: &str, text: &str) {
    if let Some(c) = text.chars().find(|c| super::clean::is_harmful(*c) || *c == '\t') {
        panic!("{name} contains {c:?}:\n{text:?}");
    }
}

const INVITE: &str = "INVITE sip:1 SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\n";

fn scenario(clause: &str, title: &str, verdict: Verdict) -> Scenario {
    Scenario {
        clause: clause.to_owned(),
        title: title.to_owned(),
        source: "features/x.feature:3".to_owned(),
        verdict,
        duration_s: 63.0,
        mandated_s: 60.0,
        steps: vec![Step {
            keyword: "When".to_owned(),
            text: "User A dials an external number".to_owned(),
            verdict,
            duration_s: 1.5,
            ..Step::default()
        }],
        ..Scenario::default()
    }
}

fn finding(clause: &str, verdict: Verdict, because: Cause) -> Finding {
    Finding {
        clause: clause.to_owned(),
        verdict,
        expected: "the caller hears hold music within 3 s".to_owned(),
        observed: "External 1 heard silence for 15.0 s (level -78 dBm0)".to_owned(),
        cause: because,
        advice: "switch on music on hold for the trunk".to_owned(),
        step: "the caller hears hold music".to_owned(),
        evidence: vec!["7.1.3/wire.pcap".to_owned()],
    }
}

fn party(name: &str) -> Party {
    Party { name: name.to_owned(), address: "192.0.2.20:5060".to_owned(), ..Party::default() }
}

fn speaking(name: &str, identity: u16) -> Party {
    Party { identity: Some(identity), ..party(name) }
}

fn message(at_us: u64, party: &str, sent: bool, text: &str) -> Message {
    Message {
        at_us,
        party: party.to_owned(),
        sent,
        remote: "192.0.2.1:5060".to_owned(),
        text: text.to_owned(),
        ..Message::default()
    }
}
