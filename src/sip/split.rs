//! Cutting header text at separators that stand outside quotes and angle brackets.
//!
//! One pass over the bytes, whatever they are, so that a hostile header of 64 KB costs
//! no more than its length.

/// The pieces of `text` between the separators that are not inside `"…"` or `<…>`,
/// trimmed; empty pieces are kept. `separator` must be ASCII.
pub(crate) fn split_outside(text: &str, separator: u8) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut scan = Scan::default();
    for (at, byte) in text.bytes().enumerate() {
        if scan.outside(byte) && byte == separator {
            pieces.push(text[start..at].trim());
            start = at + 1;
        }
    }
    pieces.push(text[start..].trim());
    pieces
}

/// Where the first `wanted` byte stands outside quotes and brackets.
pub(crate) fn find_outside(text: &str, wanted: u8) -> Option<usize> {
    let mut scan = Scan::default();
    text.bytes().position(|byte| {
        let outside = scan.outside(byte);
        outside && byte == wanted
    })
}

/// `true` if a quoted string or an angle bracket is opened and never closed.
pub(crate) fn unbalanced(text: &str) -> bool {
    let mut scan = Scan::default();
    for byte in text.bytes() {
        scan.outside(byte);
    }
    scan.quoted || scan.angle
}

#[derive(Default)]
struct Scan {
    quoted: bool,
    escaped: bool,
    angle: bool,
}

impl Scan {
    /// Takes the next byte in and tells whether it stands outside (an opening mark does).
    fn outside(&mut self, byte: u8) -> bool {
        if self.quoted {
            if self.escaped {
                self.escaped = false;
            } else if byte == b'\\' {
                self.escaped = true;
            } else if byte == b'"' {
                self.quoted = false;
            }
            return false;
        }
        if self.angle {
            self.angle = byte != b'>';
            return false;
        }
        self.quoted = byte == b'"';
        self.angle = byte == b'<';
        true
    }
}

/// Takes the quotes and backslashes of a quoted string away; other text stays as it is.
pub(crate) fn unquote(text: &str) -> String {
    let text = text.trim();
    let Some(inner) = text.strip_prefix('"') else { return text.to_owned() };
    let mut plain = String::with_capacity(inner.len());
    let mut escaped = false;
    for c in inner.chars() {
        match c {
            _ if escaped => {
                plain.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => break,
            _ => plain.push(c),
        }
    }
    plain
}

/// Writes a quoted string (RFC 3261 §25.1), escaping what must be.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars().filter(|c| !c.is_control()) {
        if c == '"' || c == '\\' {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_in_quotes_and_brackets_do_not_count() {
        let text = r#""a, \"b" <sip:x,y@h>, <sip:z>;p="1,2", "#;
        assert_eq!(
            split_outside(text, b','),
            [r#""a, \"b" <sip:x,y@h>"#, r#"<sip:z>;p="1,2""#, ""]
        );
    }

    #[test]
    fn open_quotes_are_noticed_and_do_not_lose_text() {
        assert!(unbalanced("\"Mr <sip:a@b>"));
        assert!(!unbalanced("\"Mr\" <sip:a@b>"));
        assert_eq!(split_outside("\"a, b", b','), ["\"a, b"]);
    }

    #[test]
    fn quoting_round_trips() {
        let name = r#"a "b" \ c"#;
        assert_eq!(unquote(&quote(name)), name);
    }
}
