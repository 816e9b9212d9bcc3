//! How the PBX refers to itself in what it sends, read from the tap (guide 2.6.5).

use std::collections::HashSet;

use super::Phone;
use crate::record::{Place, Presented, What};
use crate::sip::{Message, Method, NameAddr};
use crate::wire::{Datagram, Way};

/// How many different addresses are told at most: a PBX that makes up a new one for every
/// message must not fill the record.
const MOST: usize = 64;

impl Phone {
    /// Notes every address by which the PBX referred to itself in the calls and the
    /// registration of this phone so far.
    pub fn note_presented(&self) {
        let spec = &self.0.spec;
        let Ok(pbx) = spec.peer.address() else { return };
        let own = self.call_ids();
        let datagrams = spec.line.tap().copy(&spec.label);
        let messages: Vec<(Way, Message)> = datagrams
            .iter()
            .filter(|datagram| datagram.remote.ip() == pbx.ip())
            .filter_map(read)
            .filter(|(_, message)| own.iter().any(|id| id == message.call_id()))
            .collect();
        let mut told = HashSet::new();
        for (_, message) in messages.iter().filter(|(way, _)| *way == Way::Received) {
            let authenticated =
                (!message.is_request()).then(|| with_credentials(message, &messages));
            for presented in presented(message, authenticated) {
                if told.len() < MOST && told.insert(presented.clone()) {
                    let what = What::Presented(presented);
                    self.log().note(self.name(), message.call_id(), what);
                }
            }
        }
    }
}

fn read(datagram: &Datagram) -> Option<(Way, Message)> {
    // RTP begins with version 2 in its highest bits.
    let first = datagram.bytes.first()?;
    (first & 0xc0 != 0x80)
        .then(|| Message::parse(datagram.bytes.clone()).ok())
        .flatten()
        .map(|message| (datagram.way, message))
}

/// Whether the request that is answered carried credentials.
fn with_credentials(response: &Message, messages: &[(Way, Message)]) -> bool {
    messages.iter().any(|(way, request)| {
        let answered = request.call_id() == response.call_id() && request.cseq() == response.cseq();
        let authorized =
            request.get("Authorization").or_else(|| request.get("Proxy-Authorization")).is_some();
        *way == Way::Sent && request.is_request() && answered && authorized
    })
}

/// What a message of the PBX says of its own address.
fn presented(message: &Message, authenticated: Option<bool>) -> Vec<Presented> {
    let method = message.cseq().map(|(_, method)| method);
    let name = method.as_ref().map_or("", Method::as_str);
    let words = match message.status() {
        Some(status) => format!("{status} to {name}"),
        None => message.method().map_or("", Method::as_str).to_owned(),
    };
    let at = |place, host: String, value: &str| Presented {
        place,
        host,
        value: value.to_owned(),
        message: words.clone(),
        authenticated,
    };
    let mut found = Vec::new();
    if message.is_request()
        && let Some(via) = message.get_all("Via").first().copied()
        && let Some(read) = message.top_via()
    {
        found.push(at(Place::Via, bare(&read.host), via));
    }
    // Contacts of a 200 to REGISTER are our own, those of a redirection somebody else's.
    let speaks_of_itself = message.is_request() || message.status().is_some_and(|s| s < 300);
    if speaks_of_itself && method != Some(Method::Register) {
        let routes = message.get_all("Record-Route");
        // A caller's route begins with the last of them (RFC 3261 §12.1.2).
        let nearest = if message.is_request() { routes.first() } else { routes.last() };
        let (place, value) = match nearest {
            Some(route) => (Place::RecordRoute, Some(*route)),
            None => (Place::Contact, message.get_all("Contact").first().copied()),
        };
        if let Some((value, read)) = value.and_then(|v| Some((v, NameAddr::parse(v)?))) {
            found.push(at(place, bare(&read.uri.host), value));
        }
    }
    for line in message.sdp().iter().flat_map(|sdp| sdp.lines()) {
        let place = match line.get(..2) {
            Some("c=") => Place::Connection,
            Some("o=") => Place::Origin,
            _ => continue,
        };
        let host = line.split_whitespace().last().unwrap_or_default();
        // `c=` may have a time to live after its address.
        let host = host.split('/').next().unwrap_or_default();
        found.push(at(place, bare(host), line.trim_end()));
    }
    found
}

/// The host without the brackets of IPv6.
fn bare(host: &str) -> String {
    host.trim_matches(['[', ']']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(Place, String, String)> {
        let message = Message::parse(text.replace('\n', "\r\n").into_bytes().into()).unwrap();
        presented(&message, Some(true)).into_iter().map(|p| (p.place, p.host, p.message)).collect()
    }

    #[test]
    fn an_answer_tells_of_contact_or_nearest_route_and_of_media() {
        let answer = "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\nCall-ID: x\n\
                      CSeq: 2 INVITE\nContact: <sip:a@10.0.0.1>\nContent-Type: application/sdp\n\n\
                      v=0\no=- 1 1 IN IP4 10.0.0.2\nc=IN IP4 10.0.0.3/127\nm=audio 4000 RTP/AVP 0\n";
        let told = of(answer);
        let expected = [
            (Place::Contact, "10.0.0.1"),
            (Place::Origin, "10.0.0.2"),
            (Place::Connection, "10.0.0.3"),
        ];
        assert_eq!(told.len(), 3, "{told:?}");
        for (place, host) in expected {
            let named = (place, host.to_owned(), "200 to INVITE".to_owned());
            assert!(told.contains(&named), "{named:?} in {told:?}");
        }
        let routed = answer.replace(
            "Contact:",
            "Record-Route: <sip:10.0.0.9;lr>, <sip:[2001:db8::1];lr>\nContact:",
        );
        assert_eq!(of(&routed)[0].0, Place::RecordRoute);
        assert_eq!(of(&routed)[0].1, "2001:db8::1");
    }

    #[test]
    fn a_request_tells_of_its_via_and_our_own_bindings_are_not_the_pbxs() {
        let request = "BYE sip:b@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKa\n\
                       Call-ID: x\nCSeq: 2 BYE\n\n";
        assert_eq!(of(request), [(Place::Via, "10.0.0.1".to_owned(), "BYE".to_owned())]);
        let registered = "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\nCall-ID: x\n\
                          CSeq: 2 REGISTER\nContact: <sip:a@192.0.2.1>;expires=60\n\n";
        assert_eq!(of(registered), []);
    }
}
