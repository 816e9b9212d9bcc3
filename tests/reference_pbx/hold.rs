use std::time::Duration;

use pbxcert::media::{Codec, level_dbm0};
use pbxcert::record::Direction;

use crate::phone::{Call, talk};
use crate::site::Site;

async fn established(site: &mut Site) -> (Call, Call) {
    let user = site.registered("1001").await;
    let mut caller = user.call("+441632960202").await;
    let mut callee = site.trunk.ring().await;
    callee.answer().await;
    caller.answered().await;
    assert!(talk(&mut caller, &mut callee).await);
    (caller, callee)
}

/// Level of a second of what arrives.
async fn level(call: &mut Call) -> f32 {
    call.drain();
    let mut samples = Vec::new();
    while samples.len() < 8000 {
        let payload = call.hear(Duration::from_secs(1)).await.expect("no RTP");
        samples.extend(Codec::Pcma.decode(&payload));
    }
    let power = samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>();
    level_dbm0(power / samples.len() as f64)
}

#[tokio::test]
async fn the_held_party_hears_music_and_the_holder_nothing() {
    let mut site = Site::new();
    let (mut caller, mut callee) = established(&mut site).await;
    for hold in [Direction::Inactive, Direction::SendOnly] {
        let agreed = caller.change(hold).await;
        let mirrored = if hold == Direction::Inactive { hold } else { Direction::RecvOnly };
        assert_eq!(agreed.peer_direction, Some(mirrored));
        let heard = level(&mut callee).await;
        assert!((-25.0..-12.0).contains(&heard), "music at {heard} dBm0");
        caller.drain();
        callee.say([1; 4]).await;
        assert_eq!(caller.hear(Duration::from_millis(150)).await, None);
        assert_eq!(
            caller.change(Direction::SendRecv).await.peer_direction,
            Some(Direction::SendRecv)
        );
        assert!(talk(&mut caller, &mut callee).await);
    }
    caller.hang_up().await;
    callee.ended().await;
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn either_side_and_both_may_hold() {
    let mut site = Site::new();
    let (mut caller, mut callee) = established(&mut site).await;
    callee.change(Direction::Inactive).await;
    assert!(level(&mut caller).await > -30.0);
    caller.change(Direction::Inactive).await;
    caller.drain();
    callee.drain();
    assert_eq!(caller.hear(Duration::from_millis(150)).await, None);
    assert_eq!(callee.hear(Duration::from_millis(50)).await, None);
    caller.change(Direction::SendRecv).await;
    assert!(level(&mut caller).await > -30.0);
    callee.change(Direction::SendRecv).await;
    assert!(talk(&mut caller, &mut callee).await);
    callee.hang_up().await;
    caller.ended().await;
    site.pbx.shutdown().await;
}
