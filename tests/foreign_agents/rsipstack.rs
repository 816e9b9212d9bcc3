//! rsipstack as a user: it registers, calls the outside, talks and hangs up.

use std::net::SocketAddr;
use std::sync::Arc;

use pbxcert::pbx::Srtp;
use pbxcert::wire::Protocol;
use rsipstack::EndpointBuilder;
use rsipstack::dialog::authenticate::Credential;
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::dialog::invitation::InviteOption;
use rsipstack::dialog::registration::Registration;
use rsipstack::sip::{StatusCode, Uri};
use rsipstack::transaction::Endpoint;
use rsipstack::transport::TransportLayer;
use rsipstack::transport::tls::TlsConfig;
use rsipstack::transport::udp::UdpConnection;
use tokio_util::sync::CancellationToken;

use crate::site::{OUTSIDE, Site, USERS, transport};
use crate::voice::Voice;

const IP: [u8; 4] = [127, 0, 0, 77];

/// It has a UDP socket in any case, and opens connections by itself.
async fn endpoint(site: &Site, stop: &CancellationToken) -> Endpoint {
    let any = SocketAddr::from((IP, 0));
    let udp = UdpConnection::create_connection(any, None, Some(stop.child_token())).await;
    let layer = TransportLayer::new(stop.child_token());
    layer.add_transport(udp.unwrap().into());
    let authority = std::fs::read(site.authority()).unwrap();
    layer.set_tls_config(TlsConfig { ca_certs: Some(authority), ..TlsConfig::default() });
    let mut builder = EndpointBuilder::new();
    builder.with_transport_layer(layer).with_cancel_token(stop.child_token());
    builder.build()
}

async fn registers_and_calls(protocol: Protocol) {
    let site = Site::start(1, Srtp::Off);
    let stop = CancellationToken::new();
    let endpoint = endpoint(&site, &stop).await;
    let serving = Arc::clone(&endpoint.inner);
    let serving = tokio::spawn(async move { serving.serve().await });
    let (user, password) = USERS[0];
    let credential = Credential {
        username: user.to_owned(),
        password: password.to_owned(),
        realm: None,
        auth_username: None,
    };
    let at = format!("{}{}", site.address(protocol), transport(protocol));
    let uri = |text: String| Uri::try_from(text.as_str()).unwrap();
    let mut registration = Registration::new(Arc::clone(&endpoint.inner), Some(credential.clone()));
    let registered = registration.register(uri(format!("sip:{at}")), Some(600)).await.unwrap();
    assert_eq!(registered.status_code, StatusCode::OK);
    assert_eq!(registration.expires(), 600);
    let voice = Voice::new(IP);
    let dialogs = DialogLayer::new(Arc::clone(&endpoint.inner));
    let invite = InviteOption {
        caller: uri(format!("sip:{user}@{at}")),
        callee: uri(format!("sip:{OUTSIDE}@{at}")),
        contact: dialogs.build_local_contact(Some(user.to_owned()), None).unwrap(),
        content_type: Some("application/sdp".to_owned()),
        offer: Some(voice.offer().into_bytes()),
        credential: Some(credential),
        ..InviteOption::default()
    };
    let (states, _states) = dialogs.new_dialog_state_channel();
    let (dialog, response) = dialogs.do_invite(invite, states).await.unwrap();
    let response = response.unwrap();
    assert_eq!(response.status_code, StatusCode::OK);
    voice.connect(std::str::from_utf8(response.body()).unwrap());
    voice.hears_itself().await;
    dialog.bye().await.unwrap();
    site.finish().await;
    stop.cancel();
    serving.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rsipstack_registers_and_calls() {
    registers_and_calls(Protocol::Udp).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rsipstack_registers_and_calls_over_tcp() {
    registers_and_calls(Protocol::Tcp).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rsipstack_registers_and_calls_over_tls() {
    registers_and_calls(Protocol::Tls).await;
}
