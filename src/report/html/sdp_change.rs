//! What a session description changed against the last one of the same side.

use std::collections::HashMap;

use crate::record::Message;
use crate::report::sip_label::{header, split};

/// Lines that went and lines that came, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SdpChange {
    /// The first description of this Call-ID in this direction.
    First,
    /// Compared with the one before; both empty where nothing changed.
    Since {
        /// Lines of the one before that are gone.
        gone: Vec<String>,
        /// New lines.
        came: Vec<String>,
    },
}

/// Last description of each Call-ID and direction.
#[derive(Debug, Default)]
pub(super) struct SdpHistory<'a> {
    last: HashMap<(&'a str, &'a str, bool), Vec<&'a str>>,
}

impl<'a> SdpHistory<'a> {
    /// Compares a message's description with the last one; `None` if it has none.
    pub(super) fn next(&mut self, message: &'a Message) -> Option<SdpChange> {
        let (head, body) = split(&message.text);
        if !body.trim_start().starts_with("v=0") {
            return None;
        }
        let lines: Vec<&str> = body.lines().map(str::trim_end).filter(|l| !l.is_empty()).collect();
        let call_id = header(head, "call-id").or_else(|| header(head, "i")).unwrap_or_default();
        let key = (call_id, message.party.as_str(), message.sent);
        let Some(before) = self.last.insert(key, lines.clone()) else {
            return Some(SdpChange::First);
        };
        Some(SdpChange::Since { gone: without(&before, &lines), came: without(&lines, &before) })
    }
}

/// Lines of `these` that `those` lack, each as often as it lacks them.
fn without(these: &[&str], those: &[&str]) -> Vec<String> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for line in those {
        *left.entry(line).or_default() += 1;
    }
    let mut out = Vec::new();
    for line in these {
        match left.get_mut(line) {
            Some(count) if *count > 0 => *count -= 1,
            _ => out.push((*line).to_owned()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(call_id: &str, sent: bool, sdp: &str) -> Message {
        Message {
            party: "User A".to_owned(),
            sent,
            text: format!("INVITE sip:x SIP/2.0\r\nCall-ID: {call_id}\r\n\r\n{sdp}"),
            ..Message::default()
        }
    }

    #[test]
    fn each_direction_of_each_call_is_compared_with_itself() {
        let first = message("1", true, "v=0\r\no=- 1 1\r\na=sendrecv\r\n");
        let other_way = message("1", false, "v=0\r\no=- 9 9\r\n");
        let other_call = message("2", true, "v=0\r\n");
        let hold = message("1", true, "v=0\r\no=- 1 2\r\na=inactive\r\n");
        let mut history = SdpHistory::default();
        assert_eq!(history.next(&first), Some(SdpChange::First));
        assert_eq!(history.next(&other_way), Some(SdpChange::First));
        assert_eq!(history.next(&other_call), Some(SdpChange::First));
        let Some(SdpChange::Since { gone, came }) = history.next(&hold) else { panic!() };
        assert_eq!(gone, ["o=- 1 1", "a=sendrecv"]);
        assert_eq!(came, ["o=- 1 2", "a=inactive"]);
        let Some(SdpChange::Since { gone, came }) = history.next(&hold) else { panic!() };
        assert!(gone.is_empty() && came.is_empty());
        let bare = message("1", true, "");
        assert_eq!(history.next(&bare), None);
    }
}
