//! PBXs made of a socket and a function.

use std::net::{SocketAddr, UdpSocket};

/// A PBX that answers each datagram as `answer` says, for as long as the test lives.
pub(crate) fn pbx(answer: impl Fn(&str) -> Option<Vec<u8>> + Send + 'static) -> u16 {
    serve(move |socket, request, from| {
        if let Some(reply) = answer(request) {
            let _ = socket.send_to(&reply, from);
        }
    })
}

/// A PBX that does what it likes with its socket at each datagram.
pub(crate) fn serve(mut take: impl FnMut(&UdpSocket, &str, SocketAddr) + Send + 'static) -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 65_535];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
            take(&socket, &request, from);
        }
    });
    port
}

/// The value of the first header of that name.
pub(crate) fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let prefix = format!("{name}:");
    let found = message.lines().find_map(|line| line.strip_prefix(&prefix));
    found.unwrap_or_default().trim()
}

/// A response to `request` with further header lines.
pub(crate) fn response(request: &str, status: &str, more: &str) -> Vec<u8> {
    response_with(request, status, more, "")
}

/// A response with a session description, if `sdp` is not empty.
pub(crate) fn response_with(request: &str, status: &str, more: &str, sdp: &str) -> Vec<u8> {
    let copied = |name: &str| -> String {
        let prefix = format!("{name}:");
        let lines = request.lines().filter(|line| line.starts_with(&prefix));
        lines.flat_map(|line| [line, "\r\n"]).collect()
    };
    let to = header(request, "To");
    let tag = if to.contains(";tag=") || status.starts_with("100") { "" } else { ";tag=bad" };
    let headers: String = ["Via", "From", "Call-ID", "CSeq"].into_iter().map(copied).collect();
    let kind = if sdp.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    let length = sdp.len();
    format!(
        "SIP/2.0 {status}\r\n{headers}To: {to}{tag}\r\n{more}{kind}Content-Length: {length}\r\n\r\n{sdp}"
    )
    .into_bytes()
}

/// 200 to a REGISTER, our Contact as it stood in it.
pub(crate) fn registered(request: &str) -> Vec<u8> {
    let contact = header(request, "Contact");
    response(request, "200 OK", &format!("Contact: {contact}\r\nExpires: 3600\r\n"))
}

/// A PBX that registers everybody and answers INVITE with any number of messages.
pub(crate) fn invite_gets(answer: impl Fn(&str) -> Vec<Vec<u8>> + Send + 'static) -> u16 {
    serve(move |socket, request, from| {
        if request.starts_with("REGISTER") {
            let _ = socket.send_to(&registered(request), from);
        }
        if request.starts_with("INVITE") {
            for reply in answer(request) {
                let _ = socket.send_to(&reply, from);
            }
        }
    })
}
