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

/// The user part without parameters of a telephone subscriber (RFC 3261 §19.1.6) and
/// without escapes.
fn number(uri: &Uri) -> Option<String> {
    let user = uri.user()?.split(';').next()?;
    let mut bytes = Vec::with_capacity(user.len());
    let mut rest = user.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if let (b'%', Some(value)) = (first, escaped(after)) {
            bytes.push(value);
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    (!text.is_empty()).then_some(text)
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
        assert_eq!(dialled("sip:100%zz@h").as_deref(), Some("100%zz"));
        assert_eq!(dialled("sip:h"), None);
    }
}
