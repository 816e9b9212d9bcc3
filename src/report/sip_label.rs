//! What a ladder says of a SIP message. The record keeps the text; this reads just
//! the few things that fit on an arrow.

/// Method or status with the method answered, and what its SDP does.
pub(super) fn label(text: &str) -> String {
    let mut lines = text.lines();
    let first = lines.find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    let (head, body) = split(text);
    let mut label = if let Some(rest) = first.strip_prefix("SIP/2.0 ") {
        let status = rest.split(' ').next().unwrap_or_default();
        format!("{status} {}", method_answered(head))
    } else {
        first.split(' ').next().unwrap_or_default().to_owned()
    };
    if let Some(sdp) = sdp(body) {
        label.push(' ');
        label.push_str(sdp);
    } else if let Some(fragment) = body.trim_start().strip_prefix("SIP/2.0 ") {
        label.push(' ');
        label.push_str(fragment.split(' ').next().unwrap_or_default());
    }
    super::clean(label.trim())
}

/// Headers and body of a message.
pub(super) fn split(text: &str) -> (&str, &str) {
    ["\r\n\r\n", "\n\n"].iter().find_map(|blank| text.split_once(blank)).unwrap_or((text, ""))
}

/// The value of the first header of that name, any case.
pub(super) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn method_answered(head: &str) -> &str {
    header(head, "cseq").and_then(|value| value.split_whitespace().nth(1)).unwrap_or_default()
}

/// `sdp`, or the direction where it is not the default.
fn sdp(body: &str) -> Option<&'static str> {
    if !body.trim_start().starts_with("v=0") {
        return None;
    }
    let direction = body.lines().find_map(|line| match line.trim() {
        "a=inactive" => Some("inactive"),
        "a=sendonly" => Some("sendonly"),
        "a=recvonly" => Some("recvonly"),
        _ => None,
    });
    Some(direction.unwrap_or("sdp"))
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn requests_answers_and_their_bodies() {
        assert_eq!(label("BYE sip:x SIP/2.0\r\nCSeq: 2 BYE\r\n\r\n"), "BYE");
        assert_eq!(label("SIP/2.0 200 OK\r\ncseq : 1 INVITE\r\n\r\nv=0\r\n"), "200 INVITE sdp");
        assert_eq!(label("INVITE sip:x SIP/2.0\n\nv=0\na=inactive\n"), "INVITE inactive");
        assert_eq!(label("NOTIFY sip:x SIP/2.0\r\n\r\nSIP/2.0 180 Ringing\r\n"), "NOTIFY 180");
        assert_eq!(label("\u{1b}[2J\0"), "␛[2J␀");
        assert_eq!(label(""), "");
    }
}
