//! That defects of registration and call set-up do on the wire what their rows say.

use std::time::Duration;

use pbxcert::sip::Message;
use pbxcert::sip::session::SessionEvent;

use crate::site::Site;

const MOMENT: Duration = Duration::from_millis(300);

fn expires(response: &Message) -> Option<u32> {
    response.contacts().first().and_then(pbxcert::sip::NameAddr::expires)
}

#[tokio::test]
async fn registrations_are_cut_short_or_refused() {
    for (defect, granted) in [("short-expiry", 300), ("half-expiry", 1800)] {
        let site = Site::broken(&[defect]);
        let mut phone = site.phone("1001");
        assert_eq!(expires(&phone.register(3600).await), Some(granted), "{defect}");
        site.pbx.shutdown().await;
    }
    for (defect, status) in [("no-min-expires", 423), ("endless-challenge", 401)] {
        let site = Site::broken(&[defect]);
        let response = site.phone("1001").register(3600).await;
        assert_eq!(response.status(), Some(status), "{defect}");
        assert_eq!(response.get("Min-Expires"), None);
        site.pbx.shutdown().await;
    }
    let site = Site::broken(&["user-limit"]);
    let _first = site.registered("1001").await;
    assert_eq!(site.phone("1002").register(3600).await.status(), Some(503));
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn the_200_to_register_lists_nobody_or_somebody_else() {
    let site = Site::broken(&["contact-missing"]);
    let response = site.phone("1001").register(3600).await;
    assert_eq!((response.status(), response.get("Contact")), (Some(200), None));
    site.pbx.shutdown().await;
    let site = Site::broken(&["foreign-contact"]);
    let mut phone = site.phone("1001");
    let response = phone.register(3600).await;
    let listed = response.get_all("Contact");
    assert_eq!(listed.len(), 1);
    assert!(!listed[0].contains(&phone.address().to_string()), "{listed:?}");
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn calls_are_refused_by_where_they_go() {
    let site = Site::broken(&["outgoing-refused", "direct-numbers-unknown", "extensions-unknown"]);
    let user = site.registered("1001").await;
    assert_eq!(user.call("+441632960202").await.refused().await, 403);
    assert_eq!(user.call("1002").await.refused().await, 404);
    assert_eq!(site.trunk.call("+441632960101").await.refused().await, 404);
    site.pbx.shutdown().await;
    let site = Site::broken(&["call-redirected"]);
    let user = site.registered("1001").await;
    assert_eq!(user.call("1001").await.refused().await, 302);
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn who_is_shown_depends_on_the_defect() {
    for (defect, shown) in [
        ("caller-id-lost", "pbx"),
        ("caller-id-withheld", "anonymous"),
        ("caller-id-only-asserted", "pbx"),
        ("caller-id-local", "960101"),
        ("caller-id-prefixed", "9441632960101"),
    ] {
        let mut site = Site::broken(&[defect]);
        let user = site.registered("1001").await;
        let _caller = user.call("+441632960202").await;
        let callee = site.trunk.ring().await;
        assert_eq!(callee.shows(), shown, "{defect}");
        let asserted =
            callee.session.invite_request().get("P-Asserted-Identity").map(str::to_owned);
        assert_eq!(
            asserted.is_some_and(|identity| identity.contains("+441632960101")),
            defect == "caller-id-only-asserted"
        );
        site.pbx.shutdown().await;
    }
}

#[tokio::test]
async fn voicemail_takes_the_call_and_nobody_rings() {
    let mut site = Site::broken(&["voicemail-answers"]);
    let user = site.registered("1001").await;
    let mut caller = user.call("+441632960202").await;
    caller.answered().await;
    assert!(!site.trunk.is_rung_within(MOMENT).await);
    assert!(caller.hear(MOMENT).await.is_some(), "an announcement");
    caller.hang_up().await;
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn descriptions_are_private_or_unusable() {
    for (defect, words) in [
        ("private-media-address", "c=IN IP4 10.20.30.40"),
        ("private-address-in-answer", "c=IN IP4 10.20.30.40"),
        ("codec-not-offered", "a=rtpmap:18 G729/8000"),
        ("audio-refused", "m=audio 0 RTP/AVP"),
    ] {
        let mut site = Site::broken(&[defect]);
        let user = site.registered("1001").await;
        let mut caller = user.call("+441632960202").await;
        let mut callee = site.trunk.ring().await;
        let offer = callee.session.invite_request().sdp().unwrap();
        assert_eq!(offer.contains(words), defect == "private-media-address", "{defect}: {offer}");
        callee.answer().await;
        let answered = caller
            .until(|event| match event {
                SessionEvent::Answered(message) => Some(message),
                _ => None,
            })
            .await;
        let answer = answered.sdp().unwrap();
        assert!(answer.contains(words), "{defect}: {answer}");
        callee.hang_up().await;
        site.pbx.shutdown().await;
    }
}
