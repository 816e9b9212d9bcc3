//! Messages in a byte stream (RFC 3261 §18.3): up to an empty line, then as many bytes as
//! Content-Length says. This is all that the wire knows of SIP.

use bytes::{Buf as _, Bytes, BytesMut};

/// Most bytes before the empty line: far more than any phone sends, and a bound for
/// headers without an end.
pub(super) const MAX_HEADERS: usize = 64 * 1024;

/// Longest body that is waited for.
pub(super) const MAX_BODY: usize = 256 * 1024;

/// What a stream brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Frame {
    /// A whole message.
    Message(Bytes),
    /// Two line ends: the peer asks whether we are there (RFC 5626 §3.5.1).
    Ping,
    /// One line end: the answer to that.
    Pong,
}

/// The stream cannot be cut into messages any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FramingError {
    /// No empty line in sight.
    #[error("{MAX_HEADERS} bytes of headers without an end")]
    EndlessHeaders,
    /// More is announced than anybody sends.
    #[error("a Content-Length of {0} bytes, more than the {MAX_BODY} that are taken")]
    TooLong(u64),
    /// Content-Length is no number.
    #[error("a Content-Length that is no number")]
    BadLength,
}

/// Takes the next frame off the buffer; `None` if it is not whole yet.
pub(super) fn next(buffer: &mut BytesMut) -> Result<Option<Frame>, FramingError> {
    if buffer.starts_with(b"\r\n\r\n") {
        buffer.advance(4);
        return Ok(Some(Frame::Ping));
    }
    // The first half of a ping looks like a pong until more has come.
    if buffer.starts_with(b"\r\n") && buffer.len() > 2 && !b"\r\n\r".starts_with(&buffer[..3]) {
        buffer.advance(2);
        return Ok(Some(Frame::Pong));
    }
    if buffer.len() <= 3 && b"\r\n\r".starts_with(buffer) {
        return Ok(None);
    }
    let Some(head) = end_of_headers(buffer) else {
        return if buffer.len() > MAX_HEADERS {
            Err(FramingError::EndlessHeaders)
        } else {
            Ok(None)
        };
    };
    if head > MAX_HEADERS {
        return Err(FramingError::EndlessHeaders);
    }
    let length = head + content_length(&buffer[..head])?;
    Ok((buffer.len() >= length).then(|| Frame::Message(buffer.split_to(length).freeze())))
}

/// What is left when the peer has nothing more to say: a lone pong, or nothing.
pub(super) fn at_rest(buffer: &mut BytesMut) -> Option<Frame> {
    if &buffer[..] == b"\r\n" {
        buffer.clear();
        return Some(Frame::Pong);
    }
    None
}

/// Just behind the empty line, also where lines end in LF alone.
fn end_of_headers(bytes: &[u8]) -> Option<usize> {
    bytes.iter().enumerate().filter(|&(_, &b)| b == b'\n').find_map(|(at, _)| {
        let rest = &bytes[at + 1..];
        if rest.starts_with(b"\r\n") {
            Some(at + 3)
        } else if rest.starts_with(b"\n") {
            Some(at + 2)
        } else {
            None
        }
    })
}

/// The value of Content-Length or `l`; a stream without one has no body.
fn content_length(head: &[u8]) -> Result<usize, FramingError> {
    for line in head.split(|&b| b == b'\n') {
        let Some(colon) = line.iter().position(|&b| b == b':') else { continue };
        let name = line[..colon].trim_ascii();
        if name.eq_ignore_ascii_case(b"content-length") || name.eq_ignore_ascii_case(b"l") {
            let value = std::str::from_utf8(line[colon + 1..].trim_ascii());
            let length: u64 =
                value.ok().and_then(|value| value.parse().ok()).ok_or(FramingError::BadLength)?;
            return usize::try_from(length)
                .ok()
                .filter(|&length| length <= MAX_BODY)
                .ok_or(FramingError::TooLong(length));
        }
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> (Vec<Frame>, usize) {
        let mut buffer = BytesMut::from(text);
        let mut frames = Vec::new();
        while let Some(frame) = next(&mut buffer).unwrap() {
            frames.push(frame);
        }
        (frames, buffer.len())
    }

    fn message(text: &'static str) -> Frame {
        Frame::Message(Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn messages_are_cut_by_content_length_wherever_the_chunks_end() {
        let one = "A\r\nContent-Length: 3\r\n\r\nabc";
        let two = "B\nl:0\n\n";
        let both = format!("{one}{two}rest");
        assert_eq!(all(&both), (vec![message(one), message(two)], 4));
        let mut buffer = BytesMut::new();
        let mut frames = Vec::new();
        for byte in both.bytes() {
            buffer.extend_from_slice(&[byte]);
            frames.extend(next(&mut buffer).unwrap());
        }
        assert_eq!(frames, [message(one), message(two)]);
    }

    #[test]
    fn keep_alives_are_told_from_messages() {
        let text = "\r\n\r\nA\r\nl: 0\r\n\r\n\r\nB\r\nl: 0\r\n\r\n";
        let (frames, _) = all(text);
        let kinds: Vec<bool> = frames.iter().map(|f| matches!(f, Frame::Message(_))).collect();
        assert_eq!(frames[0], Frame::Ping);
        assert_eq!(kinds, [false, true, false, true], "{frames:?}");
        let mut lone = BytesMut::from("\r\n");
        assert_eq!(next(&mut lone), Ok(None), "it may become a ping");
        assert_eq!(at_rest(&mut lone), Some(Frame::Pong));
    }

    #[test]
    fn nothing_is_waited_for_without_bound() {
        let mut endless = BytesMut::from("X: y\r\n".repeat(MAX_HEADERS / 6 + 2).as_str());
        assert_eq!(next(&mut endless), Err(FramingError::EndlessHeaders));
        let long = |value: &str| {
            next(&mut BytesMut::from(format!("A\r\nContent-Length: {value}\r\n\r\n").as_str()))
        };
        assert_eq!(long("1048576"), Err(FramingError::TooLong(1_048_576)));
        assert_eq!(long("many"), Err(FramingError::BadLength));
        assert_eq!(long("-1"), Err(FramingError::BadLength));
    }
}
