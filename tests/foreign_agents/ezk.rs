//! ezk as a user: it registers, calls the outside, talks and hangs up.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use ezk_sdp_types::SessionDescription;
use ezk_sip_auth::{DigestAuthenticator, DigestCredentials, DigestUser};
use ezk_sip_core::Endpoint;
use ezk_sip_types::uri::SipUri;
use ezk_sip_ua::dialog::DialogLayer;
use ezk_sip_ua::invite::InviteLayer;
use ezk_sip_ua::{MediaBackend, RegistrarConfig, Registration};
use pbxcert::pbx::Srtp;
use pbxcert::wire::Protocol;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use crate::site::{OUTSIDE, Site, USERS, transport};
use crate::voice::Voice;

const IP: [u8; 4] = [127, 0, 0, 76];

impl MediaBackend for Voice {
    type Error = Infallible;
    type Event = Infallible;

    fn has_media(&self) -> bool {
        true
    }

    async fn create_sdp_offer(&mut self) -> Result<SessionDescription, Infallible> {
        Ok(SessionDescription::parse(&self.offer().into()).unwrap())
    }

    async fn receive_sdp_answer(&mut self, sdp: SessionDescription) -> Result<(), Infallible> {
        self.connect(&sdp.to_string());
        Ok(())
    }

    async fn receive_sdp_offer(
        &mut self,
        sdp: SessionDescription,
    ) -> Result<SessionDescription, Infallible> {
        panic!("the PBX changes a call that nobody else does: {sdp}")
    }

    async fn run(&mut self) -> Result<Infallible, Infallible> {
        std::future::pending().await
    }
}

async fn endpoint(site: &Site, protocol: Protocol) -> Endpoint {
    let any = SocketAddr::from((IP, 0));
    let mut builder = Endpoint::builder();
    match protocol {
        Protocol::Udp => {
            builder.bind_udp(any).await.unwrap();
        }
        Protocol::Tcp => builder.set_tcp_connect_bind_address(any),
        Protocol::Tls => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_file(site.authority()).unwrap()).unwrap();
            let config = ClientConfig::builder().with_root_certificates(roots);
            let config = Arc::new(config.with_no_client_auth());
            builder.use_rustls_connector(TlsConnector::from(config));
        }
    }
    builder.add_layer(DialogLayer::default());
    builder.add_layer(InviteLayer::default());
    builder.build()
}

async fn registers_and_calls(protocol: Protocol) {
    let site = Site::start(1, Srtp::Off);
    let (user, password) = USERS[0];
    let credentials = || {
        let mut credentials = DigestCredentials::new();
        credentials.set_default(DigestUser::new(user, password));
        DigestAuthenticator::new(credentials)
    };
    let pbx: SipUri =
        format!("sip:{}{}", site.address(protocol), transport(protocol)).parse().unwrap();
    let config = RegistrarConfig::new(user.to_owned(), pbx);
    let endpoint = endpoint(&site, protocol).await;
    let registration = Registration::register(endpoint, config, credentials()).await.unwrap();
    let voice = Voice::new(IP);
    let call = registration.make_call(OUTSIDE.to_owned(), credentials(), voice.clone()).await;
    let answered = call.unwrap().wait_for_completion().await.unwrap();
    let call = answered.finish().await.unwrap();
    voice.hears_itself().await;
    call.terminate().await.unwrap();
    site.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ezk_registers_and_calls() {
    registers_and_calls(Protocol::Udp).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ezk_registers_and_calls_over_tcp() {
    registers_and_calls(Protocol::Tcp).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ezk_registers_and_calls_over_tls() {
    registers_and_calls(Protocol::Tls).await;
}
