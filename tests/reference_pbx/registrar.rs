use pbxcert::pbx::DigestAlgorithm;
use pbxcert::sip::Message;

use crate::phone::Phone;
use crate::site::Site;

fn contacts(message: &Message) -> Vec<String> {
    message.get_all("Contact").into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn contacts_are_echoed_kept_apart_and_removed_one_by_one() {
    let site = Site::new();
    let mut phone = site.phone("1001");
    let first = phone.register(3600).await;
    let own = format!("{};+x.mark=\"a;b\";expires=3600", phone.contact());
    assert_eq!(contacts(&first), std::slice::from_ref(&own));
    assert_eq!(first.get("Server"), Some("pbxcert reference PBX"));
    // Another contact on the same address and port is another binding.
    let other = phone.contact().replace("line=1", "line=2");
    let both = phone.register_as(&other, 120).await;
    assert_eq!(contacts(&both), [own.clone(), format!("{other};expires=120")]);
    let left = phone.register_as(&other, 0).await;
    assert_eq!(contacts(&left), [own]);
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn brief_registrations_and_strangers_are_refused() {
    let site = Site::new();
    let mut phone = site.phone("1001");
    let brief = phone.register(30).await;
    assert_eq!((brief.status(), brief.get("Min-Expires")), (Some(423), Some("60")));
    let mut wrong = Phone::new(site.pbx.address(), "1001", "guess");
    assert_eq!(wrong.register(3600).await.status(), Some(403));
    let mut stranger = Phone::new(site.pbx.address(), "9999", "guess");
    assert_eq!(stranger.register(3600).await.status(), Some(403));
    let mut nobody = Phone::new(site.pbx.address(), "1001", "");
    assert_eq!(nobody.register(3600).await.status(), Some(401));
    site.pbx.shutdown().await;
}

#[tokio::test]
async fn either_algorithm_or_both_may_be_asked_for() {
    use DigestAlgorithm::{Md5, Sha256};
    for digest in [vec![Sha256], vec![Md5, Sha256], vec![Sha256, Md5]] {
        let site = Site::with(&[], |config| config.digest = digest);
        let phone = site.registered("1001").await;
        assert_eq!(phone.call("9999").await.refused().await, 404);
        site.pbx.shutdown().await;
    }
}

#[tokio::test]
async fn shutdown_frees_the_address() {
    let site = Site::new();
    let phone = site.registered("1001").await;
    let mut caller = phone.call("+441632960202").await;
    caller.progress(100).await;
    let address = site.pbx.address();
    site.pbx.shutdown().await;
    std::net::UdpSocket::bind(address).expect("the port is still taken");
}
