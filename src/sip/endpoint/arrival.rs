//! What the Via on top says: how a message matches its transaction, and where its
//! response goes (RFC 3261 §17.1.3, §17.2.3, §18.2; RFC 3581).

use std::net::SocketAddr;

use crate::sip::{Message, Method};

/// The cookie of RFC 3261 branches.
const COOKIE: &str = "z9hG4bK";

/// Notes in the topmost Via of a request where it really came from.
pub(crate) fn stamp_source(message: &mut Message, remote: SocketAddr) {
    let Some(mut via) = message.top_via() else { return };
    via.stamp(remote);
    let Some(written) = message.get_all("Via").first().map(|&top| top.to_owned()) else { return };
    if let Some(header) = message.headers.iter_mut().find(|h| h.name.eq_ignore_ascii_case("Via"))
        && let Some(at) = header.value.find(&written)
    {
        header.value.replace_range(at..at + written.len(), &via.to_string());
    }
}

/// Where the response to a request goes: over a connection (`reliable`) back where it
/// came from (§18.2.2). The source address counts more than what the Via says, `maddr`
/// included: a harness never sends to third parties.
pub(crate) fn response_address(
    request: &Message,
    remote: SocketAddr,
    reliable: bool,
) -> SocketAddr {
    match request.top_via() {
        Some(via) if !reliable && !via.params.has("rport") => {
            SocketAddr::new(remote.ip(), via.port.unwrap_or(5060))
        }
        _ => remote,
    }
}

/// What identifies the server transaction of a request; an ACK's and a CANCEL's is that
/// of their INVITE (§17.2.3, §9.2). `None` without what every request has.
pub(crate) fn server_key(request: &Message) -> Option<String> {
    let via = request.top_via()?;
    let (number, _) = request.cseq()?;
    let call_id = Some(request.call_id()).filter(|id| !id.is_empty())?;
    let method = match request.method()? {
        Method::Ack | Method::Cancel => "INVITE",
        other => other.as_str(),
    };
    let (host, port) = (&via.host, via.port.unwrap_or(5060));
    match via.branch().filter(|branch| branch.starts_with(COOKIE)) {
        // Call-ID is not in the RFC's rule; it keeps apart peers that reuse a branch.
        Some(branch) => Some(format!("{branch}|{host}:{port}|{method}|{call_id}")),
        None => {
            let from = request.from_tag().unwrap_or_default();
            Some(format!("2543|{call_id}|{number}|{from}|{host}:{port}|{method}"))
        }
    }
}

/// What identifies the client transaction of a response (§17.1.3).
pub(crate) fn client_key(response: &Message) -> Option<String> {
    let branch = response.top_via()?.branch()?;
    let (_, method) = response.cseq()?;
    Some(format!("{branch}|{method}"))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn options(via: &str) -> Message {
        let text = format!(
            "OPTIONS sip:a@b SIP/2.0\r\nVia: {via}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:b@b>\r\n\
             Call-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
        );
        Message::parse(Bytes::from(text)).unwrap()
    }

    const REMOTE: ([u8; 4], u16) = ([127, 0, 0, 9], 1234);

    #[test]
    fn rport_gets_the_source_and_the_response_goes_there() {
        let remote = SocketAddr::from(REMOTE);
        let mut message = options("SIP/2.0/UDP 10.0.0.1:5070;rport;branch=z9hG4bKx, SIP/2.0/UDP q");
        assert_eq!(response_address(&message, remote, false), remote);
        stamp_source(&mut message, remote);
        let all = message.get_all("Via");
        assert!(all[0].contains("rport=1234") && all[0].contains("received=127.0.0.9"), "{all:?}");
        assert_eq!(all[1], "SIP/2.0/UDP q");
        assert_eq!(response_address(&message, remote, false), remote);
    }

    #[test]
    fn without_rport_the_port_is_that_of_the_via() {
        let remote = SocketAddr::from(REMOTE);
        let message = options("SIP/2.0/UDP host.example:5070;branch=z9hG4bKx");
        assert_eq!(
            response_address(&message, remote, false),
            SocketAddr::from(([127, 0, 0, 9], 5070))
        );
        let message = options("SIP/2.0/UDP [::1];branch=z9hG4bKx");
        assert_eq!(response_address(&message, remote, false).port(), 5060);
        assert_eq!(response_address(&message, remote, true), remote, "the connection's other end");
    }

    #[test]
    fn requests_without_the_cookie_match_by_the_old_rule() {
        assert!(server_key(&options("SIP/2.0/UDP h;branch=1")).unwrap().starts_with("2543|c|1|1|"));
        let key = server_key(&options("SIP/2.0/UDP h;branch=z9hG4bK7")).unwrap();
        assert!(key.starts_with("z9hG4bK7|h:5060|OPTIONS"), "{key}");
    }
}
