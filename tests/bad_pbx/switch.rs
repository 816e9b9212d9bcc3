//! A PBX that puts a call through to User A, with session descriptions as a test wants
//! them. Its media goes nowhere.

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};

use crate::pbx::{header, registered, response, response_with, serve};

/// A session description with that connection address and media line.
pub(crate) fn sdp(address: &str, media: &str) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n{media}\r\na=sendrecv\r\n"
    )
}

/// A session description as it should be; nobody listens there.
pub(crate) fn good_sdp() -> String {
    sdp("127.0.0.1", "m=audio 9 RTP/AVP 0 8")
}

#[derive(Default)]
struct Switch {
    /// Contact and address of each user.
    users: HashMap<String, (String, SocketAddr)>,
    /// The caller's INVITE and where it came from.
    call: Option<(String, SocketAddr)>,
}

/// A PBX that offers `offer` to User A and answers the caller with `answer`.
pub(crate) fn switch(offer: String, answer: String) -> u16 {
    let mut state = Switch::default();
    serve(move |socket, message, from| state.take(socket, message, from, &offer, &answer))
}

impl Switch {
    fn take(
        &mut self,
        socket: &UdpSocket,
        message: &str,
        from: SocketAddr,
        offer: &str,
        answer: &str,
    ) {
        let to_sender = |bytes: Vec<u8>| drop(socket.send_to(&bytes, from));
        match message.split(' ').next().unwrap_or_default() {
            "REGISTER" => {
                let contact = header(message, "Contact");
                let uri = contact.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let user = uri.split([':', '@']).nth(1).unwrap_or_default().to_owned();
                self.users.insert(user, (uri, from));
                to_sender(registered(message));
            }
            "INVITE" if self.call.is_none() => {
                self.call = Some((message.to_owned(), from));
                to_sender(response(message, "100 Trying", ""));
                let (uri, address) = &self.users["1001"];
                let _ = socket.send_to(&to_callee("INVITE", uri, "", offer), address);
            }
            "BYE" | "CANCEL" => to_sender(response(message, "200 OK", "")),
            "SIP/2.0" => self.callee_says(socket, message, from, answer),
            _ => {}
        }
    }

    fn callee_says(&self, socket: &UdpSocket, message: &str, from: SocketAddr, answer: &str) {
        let Some((invite, caller)) = &self.call else { return };
        let status = message.get(8..11).unwrap_or_default();
        let mine = header(message, "CSeq").ends_with("INVITE");
        if !mine || status == "100" {
            return;
        }
        let more = "Contact: <sip:bad@127.0.0.1>\r\n";
        let to_caller = match status {
            "180" => response(invite, "180 Ringing", more),
            "200" => response_with(invite, "200 OK", more, answer),
            _ => response(invite, "488 Not Acceptable Here", ""),
        };
        let _ = socket.send_to(&to_caller, caller);
        if status != "180" {
            let (uri, _) = &self.users["1001"];
            let _ = socket.send_to(&to_callee("ACK", uri, header(message, "To"), ""), from);
        }
    }
}

/// A request of the one dialog with User A; `to` once it has a tag.
fn to_callee(method: &str, uri: &str, to: &str, sdp: &str) -> Vec<u8> {
    let to = if to.is_empty() { format!("<{uri}>") } else { to.to_owned() };
    let kind = if sdp.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    let length = sdp.len();
    format!(
        "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKbad{method}\r\n\
         Max-Forwards: 70\r\nFrom: <sip:+441632960201@127.0.0.1>;tag=bad\r\nTo: {to}\r\n\
         Call-ID: bad-switch\r\nCSeq: 1 {method}\r\nContact: <sip:bad@127.0.0.1>\r\n{kind}\
         Content-Length: {length}\r\n\r\n{sdp}"
    )
    .into_bytes()
}
