//! The state of a dialog and the requests within it (RFC 3261 §12.1, §12.2).

use crate::sip::{Message, Method, NameAddr, Uri};

/// A dialog, early or confirmed, of either role.
#[derive(Debug, Clone)]
pub(crate) struct Dialog {
    /// Call-ID.
    pub(crate) call_id: String,
    /// Our tag.
    pub(crate) local_tag: String,
    /// The peer's tag; none before a UAC's first response with one.
    pub(crate) remote_tag: Option<String>,
    /// Our From, tag included.
    local: String,
    /// Their To, with their tag once known.
    remote: String,
    /// Our Contact, a name-addr.
    pub(crate) contact: String,
    /// Route set in the order in which Route headers carry it.
    routes: Vec<String>,
    /// Remote target: the peer's Contact URI.
    target: String,
    local_number: u32,
    remote_number: Option<u32>,
}

impl Dialog {
    /// A UAC's, before anything has come back.
    pub(crate) fn calling(
        call_id: String,
        local_tag: String,
        from: &str,
        to: &str,
        contact: String,
        request_uri: String,
        routes: Vec<String>,
    ) -> Self {
        Self {
            call_id,
            local: format!("{from};tag={local_tag}"),
            local_tag,
            remote_tag: None,
            remote: to.to_owned(),
            contact,
            routes,
            target: request_uri,
            local_number: 0,
            remote_number: None,
        }
    }

    /// A UAS's, from the INVITE (§12.1.1).
    pub(crate) fn called(invite: &Message, local_tag: &str, contact: String) -> Self {
        let remote = invite.get("From").unwrap_or_default().to_owned();
        let to = invite.get("To").unwrap_or_default();
        let local =
            if invite.to_tag().is_some() { to.to_owned() } else { format!("{to};tag={local_tag}") };
        Self {
            call_id: invite.call_id().to_owned(),
            local_tag: local_tag.to_owned(),
            remote_tag: invite.from_tag(),
            local,
            contact,
            routes: invite.get_all("Record-Route").into_iter().map(str::to_owned).collect(),
            target: target_of(invite)
                .or_else(|| invite.from().map(|from| from.uri.to_string()))
                .unwrap_or_default(),
            remote,
            local_number: 0,
            remote_number: invite.cseq().map(|(number, _)| number),
        }
    }

    /// Takes tag, route set and target from a UAC's 1xx or 2xx (§12.1.2). A 2xx replaces
    /// what an early dialog had (§13.2.2.4).
    pub(crate) fn established_by(&mut self, response: &Message) {
        if let Some(tag) = response.to_tag() {
            self.remote_tag = Some(tag);
            response.get("To").unwrap_or_default().clone_into(&mut self.remote);
        }
        let recorded = response.get_all("Record-Route");
        self.routes = recorded.into_iter().rev().map(str::to_owned).collect();
        self.refresh_target(response);
    }

    /// The same dialog with another peer that answered the same INVITE (a fork).
    pub(crate) fn forked_by(&self, response: &Message) -> Self {
        let mut fork = self.clone();
        fork.established_by(response);
        fork
    }

    /// A target refresh: re-INVITE, UPDATE and their 2xx (§12.2.1.2, §12.2.2).
    pub(crate) fn refresh_target(&mut self, message: &Message) {
        if let Some(target) = target_of(message) {
            self.target = target;
        }
    }

    /// Whether a message of the peer belongs to this dialog as far as its tag says.
    pub(crate) fn is_from_peer(&self, tag: Option<&str>) -> bool {
        self.remote_tag.is_none() || self.remote_tag.as_deref() == tag
    }

    /// Notes a request's CSeq; false if it is older than the last (§12.2.2: 500).
    pub(crate) fn in_order(&mut self, request: &Message) -> bool {
        let Some((number, _)) = request.cseq() else { return false };
        if self.remote_number.is_some_and(|last| number < last) {
            return false;
        }
        self.remote_number = Some(number);
        true
    }

    /// The next request (§12.2.1.1), with From, To, Call-ID, CSeq, Route and, where the
    /// method refreshes the target, Contact.
    pub(crate) fn request(&mut self, method: Method) -> Message {
        self.local_number += 1;
        let carries_contact = matches!(
            method,
            Method::Invite | Method::Update | Method::Refer | Method::Notify | Method::Subscribe
        );
        let request = self.numbered(method, self.local_number);
        if carries_contact { request.with("Contact", &self.contact) } else { request }
    }

    /// Takes the next CSeq for a request that is sent again, after a challenge.
    pub(crate) fn renumber(&mut self, request: Message) -> Message {
        self.local_number += 1;
        let method = request.method().map_or("", |method| method.as_str()).to_owned();
        request.set("CSeq", format!("{} {method}", self.local_number))
    }

    /// The ACK of a 2xx to the INVITE with this CSeq (§13.2.2.4).
    pub(crate) fn ack(&self, number: u32) -> Message {
        self.numbered(Method::Ack, number).with("Max-Forwards", "70")
    }

    fn numbered(&self, method: Method, number: u32) -> Message {
        let cseq = format!("{number} {method}");
        let (uri, routes) = self.request_uri_and_routes();
        let request = routes
            .into_iter()
            .fold(Message::request(method, uri), |request, route| request.with("Route", route));
        request
            .with("From", &self.local)
            .with("To", &self.remote)
            .with("Call-ID", &self.call_id)
            .with("CSeq", cseq)
    }

    /// §12.2.1.1: the first route goes into the Request-URI if it is a strict router.
    fn request_uri_and_routes(&self) -> (String, Vec<String>) {
        match self.routes.split_first() {
            Some((first, rest)) => match NameAddr::parse(first) {
                Some(first) if !first.uri.params.has("lr") => {
                    let mut routes = rest.to_vec();
                    routes.push(format!("<{}>", self.target));
                    (first.uri.to_string(), routes)
                }
                _ => (self.target.clone(), self.routes.clone()),
            },
            None => (self.target.clone(), Vec::new()),
        }
    }

    /// The URI whose host gets the next request (§8.1.2): first route, or target.
    pub(crate) fn next_hop(&self) -> Option<Uri> {
        match self.routes.first() {
            Some(route) => NameAddr::parse(route).map(|route| route.uri),
            None => Uri::parse(&self.target).ok(),
        }
    }
}

fn target_of(message: &Message) -> Option<String> {
    message.contacts().first().map(|contact| contact.uri.to_string())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn calling() -> Dialog {
        let (from, to) = ("<sip:a@h>", "<sip:b@h>");
        let contact = "<sip:a@127.0.0.1:5062>".to_owned();
        let uri = "sip:b@h".to_owned();
        Dialog::calling("c".to_owned(), "l".to_owned(), from, to, contact, uri, Vec::new())
    }

    fn ok(extra: &str) -> Message {
        let text = format!(
            "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKq\r\nFrom: <sip:a@h>;tag=l\r\n\
             To: <sip:b@h>;tag=r\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n{extra}\r\n"
        );
        Message::parse(Bytes::from(text)).unwrap()
    }

    #[test]
    fn loose_routes_are_reversed_and_the_target_stays_in_the_request_uri() {
        let mut dialog = calling();
        dialog.request(Method::Invite);
        dialog.established_by(&ok(
            "Contact: <sip:b@10.0.0.2:5070;x>\r\nRecord-Route: <sip:p2;lr>, <sip:p1:5080;lr>\r\n",
        ));
        let bye = dialog.request(Method::Bye);
        assert_eq!(bye.request_uri(), Some("sip:b@10.0.0.2:5070;x"));
        assert_eq!(bye.get_all("Route"), ["<sip:p1:5080;lr>", "<sip:p2;lr>"]);
        assert_eq!(bye.cseq(), Some((2, Method::Bye)));
        assert_eq!(bye.to_tag().as_deref(), Some("r"));
        assert_eq!(dialog.next_hop().unwrap().host_port(), "p1:5080");
    }

    #[test]
    fn a_strict_router_gets_the_request_uri() {
        let mut dialog = calling();
        dialog.established_by(&ok(
            "Contact: <sip:b@10.0.0.2>\r\nRecord-Route: <sip:p2;lr>\r\nRecord-Route: <sip:p1>\r\n",
        ));
        let ack = dialog.ack(1);
        assert_eq!(ack.request_uri(), Some("sip:p1"));
        assert_eq!(ack.get_all("Route"), ["<sip:p2;lr>", "<sip:b@10.0.0.2>"]);
        assert_eq!(dialog.next_hop().unwrap().host_port(), "p1");
    }

    #[test]
    fn a_contact_refreshes_the_target_and_old_requests_are_noticed() {
        let mut dialog = calling();
        dialog.established_by(&ok("Contact: <sip:b@10.0.0.2>\r\n"));
        dialog.refresh_target(&ok("Contact: <sip:b@10.0.0.3>\r\n"));
        assert_eq!(dialog.request(Method::Bye).request_uri(), Some("sip:b@10.0.0.3"));
        let numbered =
            |n: u32| Message::request(Method::Info, "sip:a").with("CSeq", format!("{n} INFO"));
        assert!(dialog.in_order(&numbered(7)));
        assert!(dialog.in_order(&numbered(8)));
        assert!(!dialog.in_order(&numbered(6)));
    }

    #[test]
    fn the_called_side_keeps_the_order_of_record_route() {
        let invite = Message::request(Method::Invite, "sip:b@h")
            .with("From", "<sip:a@h>;tag=1")
            .with("To", "<sip:b@h>")
            .with("Call-ID", "c")
            .with("CSeq", "10 INVITE")
            .with("Contact", "<sip:a@10.0.0.1>")
            .with("Record-Route", "<sip:p1;lr>, <sip:p2;lr>");
        let mut dialog = Dialog::called(&invite, "2", "<sip:b@x>".to_owned());
        let bye = dialog.request(Method::Bye);
        assert_eq!(bye.get_all("Route"), ["<sip:p1;lr>", "<sip:p2;lr>"]);
        assert_eq!(bye.from_tag().as_deref(), Some("2"));
        assert_eq!(bye.to_tag().as_deref(), Some("1"));
        assert_eq!(bye.request_uri(), Some("sip:a@10.0.0.1"));
    }
}
