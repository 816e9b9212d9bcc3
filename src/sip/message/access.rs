//! What the headers of a message hold.

use super::model::{Message, StartLine};
use super::names::{is_list, long_name};
use crate::sip::split::split_outside;
use crate::sip::{Method, NameAddr, Via};
use std::borrow::Cow;

impl Message {
    /// Whether this is a request.
    pub fn is_request(&self) -> bool {
        matches!(self.start, StartLine::Request { .. })
    }

    /// The method of a request. For a response see [`Message::cseq`].
    pub fn method(&self) -> Option<&Method> {
        match &self.start {
            StartLine::Request { method, .. } => Some(method),
            StartLine::Response { .. } => None,
        }
    }

    /// The status of a response.
    pub fn status(&self) -> Option<u16> {
        match self.start {
            StartLine::Response { status, .. } => Some(status),
            StartLine::Request { .. } => None,
        }
    }

    /// The reason phrase of a response.
    pub fn reason(&self) -> Option<&str> {
        match &self.start {
            StartLine::Response { reason, .. } => Some(reason),
            StartLine::Request { .. } => None,
        }
    }

    /// The Request-URI of a request, as written.
    pub fn request_uri(&self) -> Option<&str> {
        match &self.start {
            StartLine::Request { uri, .. } => Some(uri),
            StartLine::Response { .. } => None,
        }
    }

    /// The whole value of the first header of that name (long or compact, any case).
    pub fn get(&self, name: &str) -> Option<&str> {
        let name = long_name(name).unwrap_or(name);
        self.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }

    /// All values of that name in order. Headers that may hold lists (Via, Contact, Route,
    /// Allow, Supported…) are split at their commas.
    pub fn get_all(&self, name: &str) -> Vec<&str> {
        let name = long_name(name).unwrap_or(name);
        let lines = self.headers.iter().filter(|h| h.name.eq_ignore_ascii_case(name));
        if is_list(name) {
            lines.flat_map(|h| split_outside(&h.value, b',')).collect()
        } else {
            lines.map(|h| h.value.as_str()).collect()
        }
    }

    /// Whether a list header (Allow, Supported, Require…) holds the token, in any case.
    pub fn lists(&self, name: &str, token: &str) -> bool {
        self.get_all(name).iter().any(|value| value.eq_ignore_ascii_case(token))
    }

    /// The Call-ID; empty if there is none.
    pub fn call_id(&self) -> &str {
        self.get("Call-ID").unwrap_or_default()
    }

    /// Number and method of the CSeq; `None` if it cannot be read.
    pub fn cseq(&self) -> Option<(u32, Method)> {
        let mut words = self.get("CSeq")?.split_whitespace();
        let number = words.next()?.parse().ok()?;
        Some((number, Method::from(words.next()?)))
    }

    /// From.
    pub fn from(&self) -> Option<NameAddr> {
        NameAddr::parse(self.get("From")?)
    }

    /// To.
    pub fn to(&self) -> Option<NameAddr> {
        NameAddr::parse(self.get("To")?)
    }

    /// The tag of From.
    pub fn from_tag(&self) -> Option<String> {
        self.from()?.tag()
    }

    /// The tag of To.
    pub fn to_tag(&self) -> Option<String> {
        self.to()?.tag()
    }

    /// Every Contact that can be read, `*` left out.
    pub fn contacts(&self) -> Vec<NameAddr> {
        let values = self.get_all("Contact").into_iter().filter(|value| *value != "*");
        values.filter_map(NameAddr::parse).collect()
    }

    /// Whether the Contact is `*`: all bindings (RFC 3261 §10.2.2).
    pub fn contact_is_star(&self) -> bool {
        self.get("Contact").is_some_and(|value| value.trim() == "*")
    }

    /// The topmost Via.
    pub fn top_via(&self) -> Option<Via> {
        self.get_all("Via").first().and_then(|value| Via::parse(value))
    }

    /// Seconds of the Expires header; what exceeds 32 bits counts as the most there is.
    pub fn expires(&self) -> Option<u32> {
        let text = self.get("Expires")?.trim();
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u32::MAX))
    }

    /// The media type of the body, without parameters, in lower case.
    pub fn content_type(&self) -> Option<String> {
        let value = self.get("Content-Type")?;
        Some(value.split(';').next().unwrap_or(value).trim().to_ascii_lowercase())
    }

    /// The body as text; bytes that are not UTF-8 are replaced.
    pub fn body_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The session description in the body: the whole of it, or the SDP part of a multipart
    /// body (RFC 5621). A body without a Content-Type that begins like SDP counts.
    pub fn sdp(&self) -> Option<String> {
        let text = self.body_text();
        match self.content_type().as_deref() {
            Some("application/sdp") => Some(text.into_owned()).filter(|t| !t.trim().is_empty()),
            None if text.starts_with("v=0") => Some(text.into_owned()),
            Some(kind) if kind.starts_with("multipart/") => {
                let start = text.find("v=0")?;
                let rest = &text[start..];
                let end = rest.find("\r\n--").or_else(|| rest.find("\n--")).unwrap_or(rest.len());
                Some(format!("{}\r\n", rest[..end].trim_end()))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn read(text: &str) -> Message {
        Message::parse(Bytes::copy_from_slice(text.as_bytes())).unwrap()
    }

    #[test]
    fn lists_and_singles() {
        let message = read(
            "SIP/2.0 200 OK\r\nv: SIP/2.0/UDP a;branch=1, SIP/2.0/UDP b;branch=2\r\nVia: SIP/2.0/UDP c\r\n\
             m: \"x, y\" <sip:1@h;a,b>;expires=30, sip:2@h\r\nk: timer,100rel\r\n\
             WWW-Authenticate: Digest realm=\"a\", nonce=\"b\"\r\nExpires: 99999999999\r\n\
             To: <sip:b@h>;tag=q\r\nCSeq: 0007   REGISTER\r\n\r\n",
        );
        assert_eq!(message.get_all("Via").len(), 3);
        assert_eq!(message.top_via().unwrap().host, "a");
        let contacts = message.contacts();
        assert_eq!(contacts.len(), 2);
        assert_eq!(contacts[0].expires(), Some(30));
        assert!(message.lists("Supported", "100REL"));
        assert_eq!(message.get_all("www-authenticate").len(), 1);
        assert_eq!(message.expires(), Some(u32::MAX));
        assert_eq!(message.to_tag().as_deref(), Some("q"));
        assert_eq!(message.cseq(), Some((7, Method::Register)));
        assert_eq!((message.status(), message.reason()), (Some(200), Some("OK")));
    }

    #[test]
    fn session_descriptions_are_found() {
        let sdp = "v=0\r\no=- 1 1 IN IP4 h\r\n";
        let plain = read(&format!("SIP/2.0 200 OK\r\nc: Application/SDP\r\n\r\n{sdp}"));
        assert_eq!(plain.sdp().as_deref(), Some(sdp));
        let multipart = read(&format!(
            "SIP/2.0 200 OK\r\nc: multipart/mixed;boundary=b\r\n\r\n--b\r\nContent-Type: \
             application/sdp\r\n\r\n{sdp}--b--\r\n"
        ));
        assert_eq!(multipart.sdp().as_deref(), Some(sdp));
        assert_eq!(read("SIP/2.0 200 OK\r\nc: text/plain\r\n\r\nv=0").sdp(), None);
    }
}
