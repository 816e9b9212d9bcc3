//! A peer that is only a socket: it sends what a test writes, and loses what it wants.

use std::net::SocketAddr;

use bytes::Bytes;
use pbxcert::sip::{Message, Method};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use super::pair::PATIENCE;

pub(crate) struct Raw {
    socket: UdpSocket,
    pub(crate) peer: SocketAddr,
}

impl Raw {
    pub(crate) async fn new(peer: SocketAddr) -> Self {
        Self { socket: UdpSocket::bind("127.0.0.1:0").await.unwrap(), peer }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    pub(crate) async fn send_bytes(&self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.peer).await.unwrap();
    }

    pub(crate) async fn send(&self, message: &Message) {
        self.send_bytes(&message.to_bytes()).await;
    }

    /// The next message; it also tells where the peer is.
    pub(crate) async fn recv(&mut self) -> Message {
        let mut buffer = vec![0; 65_535];
        let received = timeout(PATIENCE, self.socket.recv_from(&mut buffer));
        let (length, remote) = received.await.unwrap().unwrap();
        self.peer = remote;
        Message::parse(Bytes::copy_from_slice(&buffer[..length])).unwrap()
    }

    /// The next request of that method, whatever comes before it.
    pub(crate) async fn request(&mut self, method: Method) -> Message {
        loop {
            let message = self.recv().await;
            if message.method() == Some(&method) {
                return message;
            }
        }
    }

    /// The next response with that status to that method.
    pub(crate) async fn response(&mut self, status: u16, method: Method) -> Message {
        loop {
            let message = self.recv().await;
            let to = message.cseq().map(|(_, method)| method);
            if message.status() == Some(status) && to.as_ref() == Some(&method) {
                return message;
            }
        }
    }

    /// A response of ours with tag and Contact.
    pub(crate) fn reply(&self, request: &Message, status: u16) -> Message {
        Message::response(request, status, "")
            .with_to_tag("raw")
            .with("Contact", format!("<sip:raw@{}>", self.address()))
    }

    /// A request of ours outside of a dialog.
    pub(crate) fn fresh(&self, method: Method) -> Message {
        let branch = pbxcert::sip::identifier::new_branch();
        let cseq = format!("1 {method}");
        Message::request(method, format!("sip:me@{}", self.peer))
            .with("Via", format!("SIP/2.0/UDP {};branch={branch}", self.address()))
            .with("From", format!("<sip:raw@{}>;tag=raw", self.address()))
            .with("To", format!("<sip:me@{}>", self.peer))
            .with("Call-ID", pbxcert::sip::identifier::new_call_id())
            .with("CSeq", cseq)
            .with("Contact", format!("<sip:raw@{}>", self.address()))
            .with("Max-Forwards", 70)
    }

    /// A request of ours within the dialog that `response` to `invite` made.
    pub(crate) fn within(&self, invite: &Message, response: &Message, method: Method) -> Message {
        let (number, _) = invite.cseq().unwrap();
        let number = if method == Method::Ack { number } else { number + 1 };
        let to = response.get("To").unwrap().to_owned();
        let fresh = self.fresh(method.clone());
        fresh
            .set("To", to)
            .set("Call-ID", invite.call_id())
            .set("CSeq", format!("{number} {method}"))
    }
}
