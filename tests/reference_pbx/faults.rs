//! Defects of the media relay, of hold and of resume, on the wire.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use pbxcert::record::Direction;
use pbxcert::sip::session::SessionEvent;
use rtp_rs::RtpReader;
use tokio::time::timeout;

use crate::phone::{Call, Phone, talk};
use crate::site::Site;

const MOMENT: Duration = Duration::from_millis(300);

/// A user calls the outside.
async fn established(site: &mut Site) -> (Phone, Call, Call) {
    let user = site.registered("1001").await;
    let mut caller = user.call("+441632960202").await;
    let mut callee = site.trunk.ring().await;
    callee.answer().await;
    caller.answered().await;
    (user, caller, callee)
}

/// A packet as it came.
struct Packet {
    from: SocketAddr,
    kind: u8,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
}

/// Every packet until none comes for a while.
async fn packets(call: &mut Call) -> Vec<Packet> {
    let mut all = Vec::new();
    let mut buffer = [0; 2048];
    while let Ok(Ok((length, from))) = timeout(MOMENT, call.media.rtp.recv_from(&mut buffer)).await
    {
        let packet = RtpReader::new(&buffer[..length]).unwrap();
        all.push(Packet {
            from,
            kind: packet.payload_type(),
            sequence: packet.sequence_number().into(),
            timestamp: packet.timestamp(),
            ssrc: packet.ssrc(),
        });
    }
    all
}

#[tokio::test]
async fn packets_come_twice_mislabelled_and_from_elsewhere() {
    let mut site = Site::broken(&[
        "doubled-packets",
        "unagreed-payload-type",
        "other-port",
        "timestamp-steps",
        "ssrc-changes",
    ]);
    let (_user, mut caller, mut callee) = established(&mut site).await;
    let named = caller.media.negotiation.agreed().unwrap().remote;
    for _ in 0..55 {
        callee.say([1, 2, 3, 4]).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let got = packets(&mut caller).await;
    assert_eq!(got.len(), 110);
    assert!(got.iter().all(|p| p.kind == 18 && p.from.ip() == named.ip() && p.from != named));
    assert!(got.chunks(2).all(|two| two[0].sequence == two[1].sequence));
    assert_eq!(got[4].timestamp.wrapping_sub(got[2].timestamp), 80);
    let sources: BTreeSet<u32> = got.iter().map(|p| p.ssrc).collect();
    assert_eq!(sources.len(), 2, "a new one after a second");
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn packets_are_lost_and_late() {
    let mut site = Site::broken(&["packet-loss", "long-delay"]);
    let (_user, mut caller, mut callee) = established(&mut site).await;
    let start = Instant::now();
    for _ in 0..200 {
        callee.say([1, 2, 3, 4]).await;
    }
    assert!(timeout(Duration::from_secs(5), caller.media.rtp.readable()).await.is_ok());
    assert!(start.elapsed() >= Duration::from_millis(600), "{:?}", start.elapsed());
    let got = packets(&mut caller).await.len();
    assert!((140..195).contains(&got), "{got} of 200");
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn each_place_of_a_call_can_be_deaf() {
    let mut site = Site::broken(&["callee-hears-nothing"]);
    let (_user, mut caller, mut callee) = established(&mut site).await;
    assert!(callee.reaches(&mut caller).await);
    assert!(!caller.reaches(&mut callee).await);
    site.pbx.shutdown().await;
}

/// The session description that answers a re-INVITE with this direction.
async fn answer(call: &mut Call, direction: Direction) -> (Option<u16>, String) {
    let offer = Bytes::from(call.media.negotiation.offer(direction));
    let response = call.session.reinvite(Some(offer)).await.unwrap();
    let sdp = response.sdp().unwrap_or_default();
    if call.media.negotiation.accept(&sdp).is_err() {
        call.media.negotiation.rollback();
    }
    (response.status(), sdp)
}

#[tokio::test]
async fn hold_is_refused_and_the_call_goes_on() {
    let mut site = Site::broken(&["hold-refused"]);
    let (_user, mut caller, mut callee) = established(&mut site).await;
    assert_eq!(answer(&mut caller, Direction::Inactive).await.0, Some(488));
    assert!(talk(&mut caller, &mut callee).await);
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn answers_to_hold_and_resume_are_altered_each_for_itself() {
    let mut site = Site::broken(&["hold-answered-sendrecv", "resume-recvonly"]);
    let (_user, mut caller, mut callee) = established(&mut site).await;
    let (_, hold) = answer(&mut caller, Direction::Inactive).await;
    assert!(hold.contains("a=sendrecv"), "{hold}");
    let (_, resume) = answer(&mut caller, Direction::SendRecv).await;
    assert!(resume.contains("a=recvonly"), "{resume}");
    assert!(!callee.reaches(&mut caller).await, "and nothing is sent");
    site.pbx.shutdown().await;

    let mut site = Site::broken(&["sdp-version-kept"]);
    let (_user, mut caller, _callee) = established(&mut site).await;
    for direction in [Direction::Inactive, Direction::SendRecv] {
        let (_, sdp) = answer(&mut caller, direction).await;
        let origin = sdp.lines().find(|line| line.starts_with("o=")).unwrap();
        assert_eq!(origin.split(' ').nth(2), Some("1"), "{sdp}");
    }
    site.pbx.shutdown().await;

    for (defect, line) in [
        ("resume-nowhere", "c=IN IP4 0.0.0.0"),
        ("resume-port-zero", "m=audio 0 RTP/AVP"),
        ("resume-other-codec", "a=rtpmap:18 G729/8000"),
    ] {
        let mut site = Site::broken(&[defect]);
        let (_user, mut caller, _callee) = established(&mut site).await;
        let (_, hold) = answer(&mut caller, Direction::Inactive).await;
        assert!(!hold.contains(line), "{defect}: {hold}");
        let (_, resume) = answer(&mut caller, Direction::SendRecv).await;
        assert!(resume.contains(line), "{defect}: {resume}");
        site.pbx.shutdown().await;
    }
}

#[tokio::test]
async fn a_held_party_hears_itself_or_the_last_of_the_other() {
    let mut site = Site::broken(&["hold-echoes"]);
    let (_user, mut caller, mut callee) = established(&mut site).await;
    answer(&mut caller, Direction::Inactive).await;
    callee.drain();
    let said = callee.say([9, 8, 7, 6]).await;
    assert_eq!(callee.hear(MOMENT).await, Some(said));
    site.pbx.shutdown().await;

    let mut site = Site::broken(&["hold-stuck"]);
    let (_user, mut caller, mut callee) = established(&mut site).await;
    let said = caller.say([5, 6, 7, 8]).await;
    assert_eq!(callee.hear(MOMENT).await, Some(said.clone()));
    answer(&mut caller, Direction::Inactive).await;
    for _ in 0..5 {
        assert_eq!(callee.hear(MOMENT).await, Some(said.clone()));
    }
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn a_resume_may_leave_the_music_on_or_end_the_call() {
    let mut site = Site::broken(&["resume-still-music"]);
    let (_user, mut caller, mut callee) = established(&mut site).await;
    assert!(talk(&mut caller, &mut callee).await);
    answer(&mut caller, Direction::Inactive).await;
    answer(&mut caller, Direction::SendRecv).await;
    assert!(callee.reaches(&mut caller).await);
    callee.drain();
    let said = caller.say([1, 3, 5, 7]).await;
    for _ in 0..20 {
        let heard = callee.hear(MOMENT).await;
        assert!(heard.is_some_and(|heard| heard != said), "music and nobody");
    }
    site.pbx.shutdown().await;

    let mut site = Site::broken(&["resume-ends-call"]);
    let (_user, mut caller, mut callee) = established(&mut site).await;
    answer(&mut caller, Direction::Inactive).await;
    let ended = callee.until(|event| matches!(event, SessionEvent::Ended { .. }).then_some(()));
    assert!(timeout(MOMENT, ended).await.is_err());
    answer(&mut caller, Direction::SendRecv).await;
    callee.ended().await;
    caller.ended().await;
    site.pbx.shutdown().await;
}
