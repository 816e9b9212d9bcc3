//! From bytes to a message, as leniently as the bytes can be understood.

use super::model::{Header, Message, StartLine};
use super::names::long_name;
use super::oddities::{self, Oddities};
use crate::sip::Method;
use bytes::Bytes;
use std::borrow::Cow;

/// The bytes are not a SIP message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing but white space: a keep-alive (RFC 5626 §4.4.1 and its kin).
    #[error("empty datagram (keep-alive)")]
    Empty,
    /// The first line is neither a request line nor a status line.
    #[error("not SIP, the first line reads {0:?}")]
    NotSip(String),
    /// A status line whose code is not three digits.
    #[error("status code {0:?} is not three digits")]
    BadStatus(String),
}

impl Message {
    /// Reads one datagram.
    ///
    /// Tolerated and noted as oddities: bare LF or CR LF mixed, empty lines in front,
    /// folded headers, white space before the colon, lines without a colon, bytes that are
    /// not UTF-8, a Content-Length that does not fit, missing or repeated headers.
    ///
    /// # Errors
    /// [`ReadError`] if there is no start line.
    pub fn parse(raw: Bytes) -> Result<Self, ReadError> {
        let mut odd = Oddities::default();
        let mut at = raw.iter().take_while(|b| b.is_ascii_whitespace() || **b == 0).count();
        if at == raw.len() {
            return Err(ReadError::Empty);
        }
        if at > 0 {
            odd.note("empty lines before the start line");
        }
        let (line, next) = line_at(&raw, at);
        at = next;
        let start = start_line(&text_of(line, "the start line", &mut odd), &mut odd)?;
        let mut bare_lf = !line_ends_in_crlf(&raw, at);
        let mut headers: Vec<Header> = Vec::new();
        let mut ended = false;
        while at < raw.len() {
            let (line, next) = line_at(&raw, at);
            bare_lf |= !line_ends_in_crlf(&raw, next);
            at = next;
            if line.is_empty() {
                ended = true;
                break;
            }
            header_line(line, &mut headers, &mut odd);
        }
        for header in &mut headers {
            let kept = header.value.trim_end().len();
            header.value.truncate(kept);
        }
        if !ended {
            odd.note("no empty line after the headers");
        }
        if bare_lf {
            odd.note("lines end in LF alone");
        }
        let body = raw.slice(at.min(raw.len())..);
        let mut message = Self { raw, start, headers, body, oddities: Vec::new() };
        message.cut_body(&mut odd);
        oddities::look(&message, &mut odd);
        message.oddities = odd.into_vec();
        Ok(message)
    }

    fn cut_body(&mut self, odd: &mut Oddities) {
        let Some(written) = self.get("Content-Length") else { return };
        let there = self.body.len();
        match written.trim().parse::<usize>() {
            Err(_) => {
                odd.note(format!("Content-Length {:?} is no number", oddities::short(written)));
            }
            Ok(length) if length > there => {
                odd.note(format!("Content-Length says {length}, the body has {there} bytes"));
            }
            Ok(length) => {
                let rest = self.body.split_off(length);
                if !rest.iter().all(u8::is_ascii_whitespace) {
                    let extra = rest.len();
                    odd.note(format!("{extra} bytes after the body of Content-Length {length}"));
                }
            }
        }
    }
}

/// The line that begins at `at`, without its end, and where the next one begins.
fn line_at(raw: &[u8], at: usize) -> (&[u8], usize) {
    let rest = &raw[at..];
    let Some(end) = rest.iter().position(|b| *b == b'\n') else { return (rest, raw.len()) };
    let line = &rest[..end];
    (line.strip_suffix(b"\r").unwrap_or(line), at + end + 1)
}

fn line_ends_in_crlf(raw: &[u8], next: usize) -> bool {
    raw[..next].ends_with(b"\r\n") || !raw[..next].ends_with(b"\n")
}

fn text_of<'a>(bytes: &'a [u8], what: &str, odd: &mut Oddities) -> Cow<'a, str> {
    let text = String::from_utf8_lossy(bytes);
    if matches!(text, Cow::Owned(_)) {
        odd.note(format!("{what} is not UTF-8"));
    }
    text
}

fn header_line(line: &[u8], headers: &mut Vec<Header>, odd: &mut Oddities) {
    if matches!(line[0], b' ' | b'\t') {
        let text = text_of(line, "a folded line", odd);
        match headers.last_mut() {
            Some(last) => {
                if !last.value.is_empty() {
                    last.value.push(' ');
                }
                last.value.push_str(text.trim());
            }
            None => odd.note("a folded line before the first header"),
        }
        return;
    }
    let text = text_of(line, "a header", odd);
    let Some((name, value)) = text.split_once(':') else {
        odd.note(format!("line without a colon {:?}", oddities::short(&text)));
        return;
    };
    let name = name.trim_end();
    let token = |c: char| c.is_ascii_alphanumeric() || "-.!%*_+`'~".contains(c);
    if name.is_empty() || !name.chars().all(token) {
        odd.note(format!("header name {:?} is no token", oddities::short(name)));
    }
    let name = long_name(name).unwrap_or(name).to_owned();
    headers.push(Header { name, value: value.trim().to_owned() });
}

fn start_line(line: &str, odd: &mut Oddities) -> Result<StartLine, ReadError> {
    let not_sip = || ReadError::NotSip(oddities::short(line).into_owned());
    // An empty reason phrase leaves a space at the end, rightly so.
    if line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("SIP/")) {
        return status_line(line, odd);
    }
    let trimmed = line.trim_end();
    if trimmed.len() != line.len() {
        odd.note("white space after the start line");
    }
    let (rest, version) = trimmed.rsplit_once([' ', '\t']).ok_or_else(not_sip)?;
    if !version.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("SIP/")) {
        return Err(not_sip());
    }
    check_version(version, odd);
    let (method, uri) = rest.split_once([' ', '\t']).ok_or_else(not_sip)?;
    let uri_trimmed = uri.trim();
    if uri_trimmed.is_empty() {
        return Err(not_sip());
    }
    if uri_trimmed.contains([' ', '\t']) || uri_trimmed.len() != uri.len() {
        odd.note("white space in or around the Request-URI");
    }
    if uri_trimmed.starts_with('<') {
        odd.note("the Request-URI stands in angle brackets");
    }
    Ok(StartLine::Request { method: Method::from(method), uri: uri_trimmed.to_owned() })
}

fn status_line(line: &str, odd: &mut Oddities) -> Result<StartLine, ReadError> {
    let (version, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    check_version(version, odd);
    let rest = rest.trim_start();
    let (code, reason) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
    let three = code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
    let status = code.parse().ok().filter(|_| three);
    let status = status.ok_or_else(|| ReadError::BadStatus(oddities::short(code).into_owned()))?;
    if !(100..700).contains(&status) {
        odd.note(format!("status code {status} is outside 100 to 699"));
    }
    Ok(StartLine::Response { status, reason: reason.trim_end().to_owned() })
}

fn check_version(version: &str, odd: &mut Oddities) {
    if version != "SIP/2.0" {
        odd.note(format!("version {:?} instead of SIP/2.0", oddities::short(version)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Message {
        Message::parse(Bytes::copy_from_slice(text.as_bytes())).unwrap()
    }

    const REST: &str = "v: SIP/2.0/UDP h;branch=z9hG4bK1\r\nf: <sip:a@h>;tag=1\r\nt: <sip:b@h>\r\n\
                        i: c1\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n";

    #[test]
    fn a_clean_message_has_no_oddities() {
        let message = read(&format!("OPTIONS sip:b@h SIP/2.0\r\n{REST}l: 4\r\n\r\nbody"));
        assert_eq!(message.oddities, Vec::<String>::new());
        assert_eq!(message.headers[0].name, "Via");
        assert_eq!(&message.body[..], b"body");
        assert_eq!(message.request_uri(), Some("sip:b@h"));
    }

    #[test]
    fn what_rsip_refuses_is_read() {
        let text = "\r\n\r\nFROB tel:+123 SIP/2.0\nVia : SIP/2.0/UDP [::1]:5060\n ;branch=z9\nrubbish\n\
                    Content-Length: 99\n\nxy";
        let message = read(text);
        assert_eq!(message.method(), Some(&Method::Other("FROB".to_owned())));
        assert_eq!(message.get("via"), Some("SIP/2.0/UDP [::1]:5060 ;branch=z9"));
        assert_eq!(message.top_via().and_then(|v| v.branch()).as_deref(), Some("z9"));
        assert_eq!(&message.body[..], b"xy");
        let all = message.oddities.join("|");
        for part in ["empty lines", "LF alone", "without a colon \"rubbish\"", "says 99", "no From"]
        {
            assert!(all.contains(part), "{part} not in {all}");
        }
    }

    #[test]
    fn bytes_after_the_content_are_cut_and_bytes_of_another_code_page_kept_readable() {
        let mut text = format!("SIP/2.0 100 Trying\r\n{REST}Subject: ").into_bytes();
        text.extend(b"\xe9t\xe9\r\nContent-Length: 2\r\n\r\nabcd");
        let message = Message::parse(text.into()).unwrap();
        assert_eq!(&message.body[..], b"ab");
        assert_eq!(message.get("Subject"), Some("\u{fffd}t\u{fffd}"));
        assert_eq!(message.oddities.len(), 2);
    }

    #[test]
    fn what_is_not_sip_is_named() {
        let parse = |text: &'static str| Message::parse(Bytes::from_static(text.as_bytes()));
        assert_eq!(parse("\r\n\r\n"), Err(ReadError::Empty));
        assert_eq!(
            parse("GET / HTTP/1.1\r\n\r\n"),
            Err(ReadError::NotSip("GET / HTTP/1.1".to_owned()))
        );
        assert_eq!(
            parse("INVITE SIP/2.0\r\n"),
            Err(ReadError::NotSip("INVITE SIP/2.0".to_owned()))
        );
        assert_eq!(
            parse("SIP/2.0 4294967301 better\r\n"),
            Err(ReadError::BadStatus("4294967301".to_owned()))
        );
    }

    #[test]
    fn a_huge_header_is_read_in_its_length() {
        let header = format!("Contact: {}\r\n", "<sip:a@h>, \"".repeat(6000));
        let folds = " x\r\n".repeat(16_000);
        let started = std::time::Instant::now();
        let message = read(&format!("OPTIONS sip:b@h SIP/2.0\r\n{header}{folds}\r\n"));
        assert!(message.contacts().len() < 10_000);
        assert!(started.elapsed().as_secs() < 5);
    }
}
