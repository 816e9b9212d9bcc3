//! What a request shows of who sends it: From, P-Asserted-Identity (RFC 3325),
//! Remote-Party-ID, and Privacy (RFC 3323), which asks to hide them.

use crate::record::CallerId;
use crate::sip::{Message, NameAddr};

/// What an INVITE, or a later request, shows of who sends it.
pub(super) fn caller_id(invite: &Message) -> CallerId {
    let from = invite.from();
    CallerId {
        display: from.as_ref().and_then(|from| from.display.clone()),
        host: from.as_ref().map(|from| from.uri.host.clone()).unwrap_or_default(),
        from: from.and_then(|from| from.uri.user).unwrap_or_default(),
        asserted: identity(invite, "P-Asserted-Identity"),
        remote_party: identity(invite, "Remote-Party-ID"),
        privacy: privacy(invite),
    }
}

/// The number of the header; of a `sip:` and a `tel:` value (RFC 3325 §9.1) the first that has
/// a digit in it.
fn identity(invite: &Message, header: &str) -> Option<String> {
    let values = invite.get_all(header);
    let mut users = values.iter().filter_map(|value| NameAddr::parse(value)?.uri.user);
    let first = users.next()?;
    let has_digit = |user: &String| user.bytes().any(|b| b.is_ascii_digit());
    if has_digit(&first) { Some(first) } else { users.find(has_digit).or(Some(first)) }
}

fn privacy(invite: &Message) -> Option<String> {
    let remote_party = || {
        let value = NameAddr::parse(invite.get("Remote-Party-ID")?)?;
        value.params.get("privacy")
    };
    let asked = match invite.get_all("Privacy").as_slice() {
        [] => remote_party()?,
        values => values.join(";"),
    };
    let asked = asked.trim().to_lowercase();
    (!asked.is_empty()).then_some(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &str) -> CallerId {
        let text = format!("INVITE sip:1001@h SIP/2.0\n{headers}\nCall-ID: x\nCSeq: 1 INVITE\n\n");
        caller_id(&Message::parse(text.replace('\n', "\r\n").into_bytes().into()).unwrap())
    }

    #[test]
    fn a_hidden_caller_shows_whom_the_network_vouches_for() {
        let shown = read(
            "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1\n\
             P-Asserted-Identity: \"A\" <sip:+441632960201@h>\nPrivacy: ID; critical",
        );
        assert_eq!(shown.from, "anonymous");
        assert_eq!(shown.host, "anonymous.invalid");
        assert_eq!(shown.display.as_deref(), Some("Anonymous"));
        assert_eq!(shown.asserted.as_deref(), Some("+441632960201"));
        assert_eq!(shown.privacy.as_deref(), Some("id; critical"));
    }

    #[test]
    fn of_two_asserted_identities_the_one_with_a_number_counts() {
        let shown = read(
            "From: <sip:pbx@h>;tag=1\nP-Asserted-Identity: <sip:alice@h>, <tel:01632960201;x=y>",
        );
        assert_eq!(shown.asserted.as_deref(), Some("01632960201"));
        let shown = read("From: <sip:h>;tag=1\nP-Asserted-Identity: <sip:alice@h>");
        assert_eq!((shown.from.as_str(), shown.asserted.as_deref()), ("", Some("alice")));
    }

    #[test]
    fn a_telephone_uri_is_read_with_and_without_a_plus() {
        for (uri, number) in [
            ("tel:+44-1632-960201", "+44-1632-960201"),
            ("tel:01632960201", "01632960201"),
            ("tel:01632960201;phone-context=+44", "01632960201"),
        ] {
            assert_eq!(read(&format!("From: <{uri}>;tag=1")).from, number, "{uri}");
        }
    }

    #[test]
    fn the_older_header_has_its_own_word_for_privacy() {
        let shown = read(
            "From: <sip:pbx@h>;tag=1\nRemote-Party-ID: <sip:1632@h>;party=calling;privacy=full",
        );
        assert_eq!(shown.privacy.as_deref(), Some("full"));
        assert_eq!(read("From: <sip:1632@h>;tag=1").privacy, None);
    }
}
