//! The number within a URI.

use crate::sip::{NameAddr, Uri};

/// The number or user name that a Request-URI asks for.
pub(super) fn dialled(uri: &str) -> Option<String> {
    number(&Uri::parse(uri).ok()?)
}

/// The number or user name that a Refer-To asks for, in any of its forms.
pub(super) fn referred_to(refer_to: &str) -> Option<String> {
    number(&NameAddr::parse(refer_to)?.uri)
}

/// The dialog of ours that the target of a Refer-To is to replace (RFC 3891 §3), as
/// [`crate::sip::session::Session::id`] has it: our tag is the `to-tag`. The tag of who is to be
/// replaced is not looked at: whoever knows ours has it from that dialog.
pub(super) fn replaced_by(refer_to: &str) -> Option<String> {
    let headers = NameAddr::parse(refer_to)?.uri.headers?;
    let value = headers.split('&').find_map(|header| {
        let (name, value) = header.split_once('=')?;
        name.eq_ignore_ascii_case("Replaces").then_some(value)
    })?;
    let value = unescaped(value)?;
    let mut parts = value.split(';');
    let call_id = parts.next()?;
    let tag = parts.find_map(|part| part.strip_prefix("to-tag="))?;
    Some(format!("{call_id};{tag}"))
}

/// The user part without parameters of a telephone subscriber (RFC 3261 §19.1.6) and
/// without escapes.
fn number(uri: &Uri) -> Option<String> {
    let text = unescaped(uri.user()?.split(';').next()?)?;
    (!text.is_empty()).then_some(text)
}

/// The text without escapes; what only looks like one stays.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if let (b'%', Some(value)) = (first, escaped(after)) {
            bytes.push(value);
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

/// The byte that the two hexadecimal digits ahead stand for.
fn escaped(ahead: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*ahead.get(at)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_number_is_read() {
        for uri in [
            "sip:+4477@h:5060",
            "sip:%2B4477@h;user=phone",
            "sip:+4477;phone-context=x@h",
            "tel:+4477",
        ] {
            assert_eq!(dialled(uri).as_deref(), Some("+4477"), "{uri}");
        }
        for refer_to in
            ["<sip:1002@h?Replaces=a%3Bto-tag%3Db>", "sip:1002@h", "\"B\" <sip:1002@h>;x=y"]
        {
            assert_eq!(referred_to(refer_to).as_deref(), Some("1002"), "{refer_to}");
        }
        let replaces = "<sip:1002@h?Replaces=a%40h%3Bto-tag%3Db%3Bfrom-tag%3Dc>";
        assert_eq!(replaced_by(replaces).as_deref(), Some("a@h;b"));
        assert_eq!(replaced_by("<sip:1002@h>"), None);
        assert_eq!(dialled("sip:100%zz@h").as_deref(), Some("100%zz"));
        assert_eq!(dialled("sip:h"), None);
    }
}
