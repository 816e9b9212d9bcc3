//! Building messages and writing them: strict, CR LF, Content-Length always right.

use super::model::{Header, Message, StartLine};
use super::names::long_name;
use crate::sip::{Method, NameAddr};
use bytes::Bytes;
use std::fmt::Display;

impl Message {
    /// A request without headers.
    pub fn request(method: Method, uri: impl Into<String>) -> Self {
        Self::of(StartLine::Request { method, uri: uri.into() })
    }

    /// A response to `request` (RFC 3261 §8.2.6): Via, From, To, Call-ID and CSeq as they
    /// came, and Record-Route where the response may form a dialog (§12.1.1). An empty
    /// reason becomes the usual phrase.
    pub fn response(request: &Self, status: u16, reason: &str) -> Self {
        let reason = if reason.is_empty() { reason_phrase(status) } else { reason.to_owned() };
        let forms_dialog = (101..300).contains(&status)
            && matches!(request.method(), Some(Method::Invite | Method::Subscribe | Method::Refer));
        let copied = |name: &str| {
            ["Via", "From", "To", "Call-ID", "CSeq"].iter().any(|c| name.eq_ignore_ascii_case(c))
                || (forms_dialog && name.eq_ignore_ascii_case("Record-Route"))
                || (status == 100 && name.eq_ignore_ascii_case("Timestamp"))
        };
        let mut response = Self::of(StartLine::Response { status, reason });
        response.headers = request.headers.iter().filter(|h| copied(&h.name)).cloned().collect();
        response
    }

    fn of(start: StartLine) -> Self {
        Self {
            raw: Bytes::new(),
            start,
            headers: Vec::new(),
            body: Bytes::new(),
            oddities: Vec::new(),
        }
    }

    /// Appends a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Display) -> Self {
        self.headers.push(header(name, &value));
        self
    }

    /// Puts a header in front of all others (Via, Route, Record-Route).
    #[must_use]
    pub fn with_first(mut self, name: &str, value: impl Display) -> Self {
        self.headers.insert(0, header(name, &value));
        self
    }

    /// Replaces the first header of that name where it stands and drops its repetitions; or
    /// appends it.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Display) -> Self {
        let new = header(name, &value);
        match self.headers.iter().position(|h| h.name.eq_ignore_ascii_case(&new.name)) {
            Some(first) => {
                let mut at = 0;
                self.headers.retain(|h| {
                    at += 1;
                    at - 1 <= first || !h.name.eq_ignore_ascii_case(&new.name)
                });
                self.headers[first] = new;
            }
            None => self.headers.push(new),
        }
        self
    }

    /// Drops every header of that name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        let name = long_name(name).unwrap_or(name);
        self.headers.retain(|h| !h.name.eq_ignore_ascii_case(name));
        self
    }

    /// Gives To a tag unless it has one.
    #[must_use]
    pub fn with_to_tag(self, tag: &str) -> Self {
        let Some(to) = self.get("To") else { return self };
        match NameAddr::parse(to) {
            Some(parsed) if parsed.tag().is_some() => self,
            _ => {
                let tagged = format!("{to};tag={tag}");
                self.set("To", tagged)
            }
        }
    }

    /// Sets the body and its Content-Type; an empty type takes both away.
    #[must_use]
    pub fn with_body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        if content_type.is_empty() {
            self.body = Bytes::new();
            return self.without("Content-Type");
        }
        self.body = body.into();
        self.set("Content-Type", content_type)
    }

    /// The message as it goes out. Content-Length is computed; a line break inside a value
    /// becomes a space, so that no value can add a header.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = Vec::with_capacity(512 + self.body.len());
        match &self.start {
            StartLine::Request { method, uri } => {
                line(&mut out, &[method.as_str(), " ", uri, " SIP/2.0"]);
            }
            StartLine::Response { status, reason } => {
                line(&mut out, &["SIP/2.0 ", &status.to_string(), " ", reason]);
            }
        }
        for header in &self.headers {
            if !header.name.eq_ignore_ascii_case("Content-Length") {
                line(&mut out, &[&header.name, ": ", &header.value]);
            }
        }
        line(&mut out, &["Content-Length: ", &self.body.len().to_string()]);
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&self.body);
        out.into()
    }
}

fn header(name: &str, value: &impl Display) -> Header {
    Header { name: long_name(name).unwrap_or(name).to_owned(), value: value.to_string() }
}

fn line(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend(part.bytes().map(|b| if matches!(b, b'\r' | b'\n' | 0) { b' ' } else { b }));
    }
    out.extend_from_slice(b"\r\n");
}

/// The usual reason phrase of a status.
pub fn reason_phrase(status: u16) -> String {
    let code = rsip::StatusCode::from(status);
    if matches!(code, rsip::StatusCode::Other(..)) {
        return "Unknown".to_owned();
    }
    // `rsip` knows it as one word: BusyHere.
    let text = code.to_string();
    let word = text.split_once(' ').map_or("", |(_, word)| word);
    let mut phrase = String::with_capacity(word.len() + 4);
    let mut lower = false;
    for c in word.chars() {
        if lower && c.is_ascii_uppercase() {
            phrase.push(' ');
        }
        lower = c.is_ascii_lowercase();
        phrase.push(c);
    }
    phrase
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite() -> Message {
        Message::request(Method::Invite, "sip:b@h")
            .with("Via", "SIP/2.0/UDP p;branch=z9hG4bK2")
            .with("Via", "SIP/2.0/UDP u;branch=z9hG4bK1")
            .with("Record-Route", "<sip:p;lr>")
            .with("From", "<sip:a@h>;tag=1")
            .with("To", "<sip:b@h>")
            .with("Call-ID", "c")
            .with("CSeq", "1 INVITE")
            .with("Max-Forwards", 70)
    }

    #[test]
    fn what_is_built_reads_back_clean() {
        let bytes = invite().with_body("application/sdp", "v=0\r\n").to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(text.starts_with("INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP p;branch"), "{text}");
        assert!(
            text.ends_with("Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n")
        );
        let read = Message::parse(bytes).unwrap();
        assert_eq!(read.oddities, Vec::<String>::new());
    }

    #[test]
    fn responses_copy_what_they_must() {
        let ringing = Message::response(&invite(), 180, "").with_to_tag("x").with_to_tag("y");
        assert_eq!(ringing.reason(), Some("Ringing"));
        assert_eq!(ringing.get_all("Via").len(), 2);
        assert_eq!(ringing.get("Record-Route"), Some("<sip:p;lr>"));
        assert_eq!(ringing.to_tag().as_deref(), Some("x"));
        assert!(Message::response(&invite(), 486, "").get("Record-Route").is_none());
        assert_eq!(Message::response(&invite(), 486, "").reason(), Some("Busy Here"));
        assert_eq!(reason_phrase(200), "OK");
        assert_eq!(reason_phrase(299), "Unknown");
    }

    #[test]
    fn setting_removing_and_injection() {
        let message =
            invite().set("via", "SIP/2.0/UDP only").without("m").with("Subject", "a\r\nX: y");
        assert_eq!(message.get_all("v"), ["SIP/2.0/UDP only"]);
        assert_eq!(message.headers[0].value, "SIP/2.0/UDP only");
        let text = String::from_utf8(message.to_bytes().to_vec()).unwrap();
        assert!(text.contains("Subject: a  X: y\r\n"));
        let emptied = invite().with_body("text/plain", "x").with_body("", "");
        assert_eq!((emptied.body.len(), emptied.get("c")), (0, None));
    }
}
