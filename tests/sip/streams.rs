//! SIP over TCP and TLS: calls, framing, connections used again, and what goes wrong.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use pbxcert::record::Ender;
use pbxcert::sip::endpoint::Reply;
use pbxcert::sip::session::SessionEvent;
use pbxcert::sip::transaction::Timers;
use pbxcert::sip::{Message, Method};
use pbxcert::wire::{Certified, Channel, Protocol, Tap, Tls, Trust};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::pair::{ANYWHERE, PATIENCE, Side, T1, must_be, sdp};

fn tcp(name: &str) -> Side {
    Side::over(Channel::tcp(ANYWHERE, Tap::on()).unwrap(), name, Timers::scaled(T1))
}

/// A CA of this name, and a certificate of it for `localhost`.
fn authority(name: &str) -> (String, Certified) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    let ca = params.self_signed(&key).unwrap().pem();
    let issuer = rcgen::Issuer::new(params, key);
    let leaf_key = rcgen::KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned()];
    let leaf = rcgen::CertificateParams::new(names).unwrap().signed_by(&leaf_key, &issuer).unwrap();
    (ca, Certified::from_pem(&leaf.pem(), &leaf_key.serialize_pem()).unwrap())
}

fn tls(name: &str, of: &Tls) -> Side {
    let channel = Channel::tls(ANYWHERE, of.clone(), Tap::on()).unwrap();
    Side::over(channel, name, Timers::scaled(T1))
}

async fn talk(caller: Side, mut callee: Side, protocol: Protocol) {
    let mut a = caller.call(callee.address());
    let mut b = callee.take().await;
    let invite = b.session.invite_request().clone();
    let via = invite.get_all("Via")[0].to_owned();
    assert!(via.starts_with(&format!("SIP/2.0/{} ", protocol.via_token())), "{via}");
    b.session.answer(Some(sdp("answer")));
    must_be!(a.next().await, SessionEvent::Answered(_) => ());
    must_be!(b.next().await, SessionEvent::Acked(_) => ());
    b.session.bye().await.unwrap();
    assert_eq!(a.ended().await, Ender::Peer);
}

#[tokio::test]
async fn a_call_over_tcp() {
    talk(tcp("caller"), tcp("callee"), Protocol::Tcp).await;
}

#[tokio::test]
async fn a_call_over_tls() {
    let (ca, own) = authority("here");
    let both = Tls::new("localhost", Trust::Pem(&ca), Some(&own)).unwrap();
    talk(tls("caller", &both), tls("callee", &both), Protocol::Tls).await;
}

fn options(to: SocketAddr) -> Message {
    Message::request(Method::Options, format!("sip:{to}"))
        .with("From", "<sip:a@b>;tag=1")
        .with("To", "<sip:b@b>")
        .with("Call-ID", pbxcert::sip::identifier::new_call_id())
        .with("CSeq", "1 OPTIONS")
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_with_the_reason() {
    let ((ca, _), (other_ca, own)) = (authority("here"), authority("there"));
    let there = Tls::new("localhost", Trust::Pem(&other_ca), Some(&own)).unwrap();
    let server = tls("server", &there);
    let refused = |client: Side| async move {
        let mut asked = client.endpoint.request(options(server.address()), server.address());
        match timeout(PATIENCE, asked.next()).await.unwrap() {
            Some(Reply::Transport(why)) => why,
            other => panic!("{other:?}"),
        }
    };
    let stranger = tls("client", &Tls::new("localhost", Trust::Pem(&ca), None).unwrap());
    let why = refused(stranger).await;
    assert!(why.contains("TLS: invalid peer certificate: UnknownIssuer"), "{why}");
}

#[tokio::test]
async fn many_requests_share_a_connection_and_a_lost_one_is_opened_again() {
    let client = tcp("client");
    let listener = TcpListener::bind(ANYWHERE).await.unwrap();
    let server = listener.local_addr().unwrap();
    for round in 0..2 {
        let asked: Vec<_> =
            (0..5).map(|_| client.endpoint.request(options(server), server)).collect();
        let (mut stream, _) = timeout(PATIENCE, listener.accept()).await.unwrap().unwrap();
        let mut text = String::new();
        let mut buffer = [0; 4096];
        while text.matches("OPTIONS sip:").count() < 5 {
            let got = timeout(PATIENCE, stream.read(&mut buffer)).await.unwrap().unwrap();
            assert!(got > 0, "round {round}");
            text.push_str(std::str::from_utf8(&buffer[..got]).unwrap());
        }
        // Another connection would be waiting to be accepted.
        let another = timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(another.is_err(), "round {round}");
        drop((asked, stream));
        // The client learns of the end by reading it.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn pings_are_answered_and_chunks_are_put_together() {
    let mut server = tcp("server");
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(b"\r\n\r\n").await.unwrap();
    let mut pong = [0; 2];
    timeout(PATIENCE, stream.read_exact(&mut pong)).await.unwrap().unwrap();
    assert_eq!(&pong, b"\r\n");
    let body = "x".repeat(20_000);
    let message = options(server.address())
        .with("Via", "SIP/2.0/TCP host.invalid:1;branch=z9hG4bK1")
        .with_body("text/plain", Bytes::from(body))
        .to_bytes();
    for chunk in message.chunks(7_000) {
        stream.write_all(chunk).await.unwrap();
        stream.flush().await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let transaction = server.request().await;
    assert_eq!(transaction.request.body.len(), 20_000);
    server.endpoint.answer_default(transaction);
    let mut answer = vec![0; 4096];
    let got = timeout(PATIENCE, stream.read(&mut answer)).await.unwrap().unwrap();
    assert!(answer[..got].starts_with(b"SIP/2.0 200 "), "over the connection, not to the Via");
}

#[tokio::test]
async fn a_stream_that_makes_no_sense_is_closed() {
    let server = tcp("server");
    for nonsense in ["A\r\nContent-Length: 1048576\r\n\r\n", "A\r\nContent-Length: x\r\n\r\n"] {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(nonsense.as_bytes()).await.unwrap();
        let end = timeout(PATIENCE, stream.read(&mut [0; 16])).await.unwrap();
        assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
    }
}
