//! One request from a socket of its own, and what comes back for it: without the machinery
//! of an endpoint, so that a probe sees every byte and tells each kind of silence apart.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::Site;
use super::site::{METHODS, PATIENCE};
use crate::record::Answer;
use crate::sip::{Message, Via, identifier};
use crate::wire::{Channel, Protocol, Refused, knock};

/// When a request over UDP is sent again, after the first time (RFC 3261 §17.1.2.2).
const AGAIN: [Duration; 3] =
    [Duration::from_millis(500), Duration::from_millis(1500), Duration::from_millis(3500)];

/// A request as it went out, and what came of it.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    /// With its Via.
    pub(super) sent: Message,
    /// What came of it.
    pub(super) answer: Answer,
    /// The final response.
    pub(super) response: Option<Message>,
}

/// The same message with a Via of this socket on top.
pub(super) fn with_via(message: Message, channel: &Channel, remote: SocketAddr) -> Message {
    let token = channel.protocol_to(remote).via_token();
    let via = Via::new(token, channel.local_for(remote), &identifier::new_branch());
    message.with_first("Via", via)
}

/// Whether anybody takes connections there; nothing for UDP.
pub(super) async fn connects(
    channel: &Channel,
    remote: SocketAddr,
    limit: Duration,
) -> Result<(), Answer> {
    if channel.protocol_to(remote) == Protocol::Udp {
        return Ok(());
    }
    match knock(channel.local_addr().ip(), remote, limit).await {
        Ok(_) => Ok(()),
        Err(error) => Err(failed(&error)),
    }
}

/// Sends a message that has its Via, again and again over UDP, until its final response is
/// there or `limit` is over.
pub(super) async fn exchange(
    channel: &Channel,
    remote: SocketAddr,
    sent: Message,
    limit: Duration,
) -> Exchange {
    let start = Instant::now();
    let (answer, response) = match tokio::time::timeout(limit, asked(channel, remote, &sent)).await
    {
        Ok(Ok(Heard::Response(response))) => (response_after(&response, start), Some(response)),
        Ok(Ok(Heard::NotSip(problem))) => (Answer::NotSip { problem }, None),
        Ok(Err(error)) => (failed(&error), None),
        Err(_) => {
            let over_stream = channel.protocol_to(remote) != Protocol::Udp;
            let closed = over_stream && !channel.is_connected(remote);
            let silent = Answer::Silent { waited_s: limit.as_secs_f64(), connected: over_stream };
            (if closed { Answer::Closed } else { silent }, None)
        }
    };
    Exchange { sent, answer, response }
}

/// What comes of asking by one method after the other until one is answered.
pub(super) async fn any_answer(site: &Site, channel: &Channel, remote: SocketAddr) -> Answer {
    let mut answer = match connects(channel, remote, PATIENCE).await {
        Ok(()) => Answer::Closed,
        Err(answer) => return answer,
    };
    for method in METHODS {
        let request = with_via(site.request(method), channel, remote);
        answer = exchange(channel, remote, request, PATIENCE).await.answer;
        if matches!(answer, Answer::Response { .. }) {
            break;
        }
    }
    answer
}

/// A response that has just come.
pub(super) fn response_after(response: &Message, start: Instant) -> Answer {
    Answer::Response {
        status: response.status().unwrap_or_default(),
        reason: response.reason().unwrap_or_default().to_owned(),
        took_ms: start.elapsed().as_secs_f64() * 1e3,
    }
}

enum Heard {
    Response(Message),
    NotSip(String),
}

async fn asked(channel: &Channel, remote: SocketAddr, sent: &Message) -> io::Result<Heard> {
    let bytes = sent.to_bytes();
    channel.send(remote, bytes.clone()).await?;
    let again: &[Duration] =
        if channel.protocol_to(remote) == Protocol::Udp { &AGAIN } else { &[] };
    let start = tokio::time::Instant::now();
    let mut again = again.iter();
    let mut next = again.next();
    loop {
        let due = next.map_or(start + Duration::from_hours(1), |after| start + *after);
        tokio::select! {
            heard = heard(channel, remote, sent) => return heard,
            () = tokio::time::sleep_until(due) => {
                channel.send(remote, bytes.clone()).await?;
                next = again.next();
            }
        }
    }
}

/// The next thing that is about the request.
async fn heard(channel: &Channel, remote: SocketAddr, sent: &Message) -> io::Result<Heard> {
    loop {
        let datagram = match channel.recv().await {
            Ok(datagram) => datagram,
            Err(error) => match Refused::in_error(&error) {
                Some(refused) if refused.0 != remote => continue,
                _ => return Err(error),
            },
        };
        match Message::parse(datagram.bytes) {
            Ok(message) if answers(&message, sent) => {
                if message.status().is_some_and(|status| status >= 200) {
                    return Ok(Heard::Response(message));
                }
            }
            // A late answer to something else, or a request of the PBX's own.
            Ok(_) => {}
            Err(error) if datagram.remote == remote => {
                return Ok(Heard::NotSip(error.to_string()));
            }
            Err(_) => {}
        }
    }
}

/// Whether the response is the request's, by what nobody in the way may touch.
fn answers(response: &Message, sent: &Message) -> bool {
    let branch = |message: &Message| message.top_via().and_then(|via| via.branch());
    response.status().is_some()
        && branch(response) == branch(sent)
        && response.cseq() == sent.cseq()
}

/// What an error of the transport means.
pub(super) fn failed(error: &io::Error) -> Answer {
    let reason = error.to_string();
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Answer::Refused { reason },
        _ if reason.starts_with("TLS") || reason.starts_with("no TLS") => Answer::NotTls { reason },
        io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::UnexpectedEof => Answer::Closed,
        _ => Answer::Unreachable { reason },
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, UdpSocket};

    use super::*;
    use crate::sip::Method;
    use crate::wire::{Tap, Tls};

    const LIMIT: Duration = Duration::from_millis(700);

    fn here() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 0))
    }

    async fn ask(channel: &Channel, remote: SocketAddr) -> Answer {
        let request = Message::request(Method::Options, "sip:127.0.0.1")
            .with("From", "<sip:a@127.0.0.1>;tag=1")
            .with("To", "<sip:a@127.0.0.1>")
            .with("Call-ID", "x")
            .with("CSeq", "1 OPTIONS");
        if let Err(answer) = connects(channel, remote, LIMIT).await {
            return answer;
        }
        exchange(channel, remote, with_via(request, channel, remote), LIMIT).await.answer
    }

    #[tokio::test]
    async fn over_udp_silence_absence_gibberish_and_an_answer_are_told_apart() {
        let ask = async |remote| ask(&Channel::udp(here(), Tap::off()).unwrap(), remote).await;
        let silent = UdpSocket::bind(here()).await.unwrap();
        assert!(matches!(ask(silent.local_addr().unwrap()).await, Answer::Silent { .. }));
        let gone = silent.local_addr().unwrap();
        drop(silent);
        assert!(matches!(ask(gone).await, Answer::Refused { .. }));
        for (reply, sip) in [("220 ESMTP\r\n", false), ("SIP/2.0 404 No\r\n", true)] {
            let peer = UdpSocket::bind(here()).await.unwrap();
            let at = peer.local_addr().unwrap();
            tokio::spawn(async move {
                let mut buffer = [0; 2000];
                let (length, from) = peer.recv_from(&mut buffer).await.unwrap();
                let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
                let headers = text.split_once("\r\n").unwrap().1;
                // First the answer to another request, which counts for nothing.
                let other = headers.replace("z9hG4bK", "z9hG4bKother");
                let wrong = if sip { format!("SIP/2.0 200 OK\r\n{other}") } else { String::new() };
                let right = if sip { format!("{reply}{headers}") } else { reply.to_owned() };
                for text in [wrong, right].iter().filter(|text| !text.is_empty()) {
                    peer.send_to(text.as_bytes(), from).await.unwrap();
                }
            });
            match ask(at).await {
                Answer::Response { status, .. } => assert!(sip && status == 404),
                Answer::NotSip { .. } => assert!(!sip),
                other => panic!("{other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn over_tcp_and_tls_each_way_of_not_answering_has_its_name() {
        let tcp = async |remote| ask(&Channel::tcp(here(), Tap::off()).unwrap(), remote).await;
        let silent = TcpListener::bind(here()).await.unwrap();
        let at = silent.local_addr().unwrap();
        assert!(matches!(tcp(at).await, Answer::Silent { connected: true, .. }));
        drop(silent);
        assert!(matches!(tcp(at).await, Answer::Refused { .. }));
        // A plain port, whoever is behind it, that is spoken to in TLS.
        let plain = TcpListener::bind(here()).await.unwrap();
        let at = plain.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = plain.accept().await {
                tokio::spawn(async move {
                    let mut buffer = [0; 2000];
                    if stream.read(&mut buffer).await.is_ok_and(|length| length > 0) {
                        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
                    }
                });
            }
        });
        let tls = Tls::unverified("127.0.0.1", None).unwrap();
        let channel = Channel::tls(here(), tls, Tap::off()).unwrap();
        let answer = ask(&channel, at).await;
        assert!(matches!(answer, Answer::NotTls { .. }), "{answer:?}");
        assert!(matches!(tcp(at).await, Answer::NotSip { .. }));
    }

    #[tokio::test]
    async fn a_connection_that_is_closed_without_an_answer_is_told() {
        let peer = TcpListener::bind(here()).await.unwrap();
        let at = peer.local_addr().unwrap();
        tokio::spawn(async move { while peer.accept().await.is_ok() {} });
        let channel = Channel::tcp(here(), Tap::off()).unwrap();
        let answer = ask(&channel, at).await;
        assert!(matches!(answer, Answer::Closed), "{answer:?}");
    }
}
