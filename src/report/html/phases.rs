//! When a call was on hold or being transferred, read off the messages.

use std::collections::HashMap;

use crate::record::Message;
use crate::report::sip_label::{header, label, split};

/// A stretch of a scenario that the ladder shades.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Phase {
    /// `hold` or `transfer`.
    pub(super) kind: &'static str,
    /// Who began it.
    pub(super) party: String,
    /// Seconds from the start of the run.
    pub(super) from: f64,
    /// Seconds from the start of the run.
    pub(super) to: f64,
}

/// Reads the phases from messages in the order of time; what never ended lasts to `end`.
/// A hold begins with an offer that takes `inactive` or `sendonly` and ends with one of the
/// same party that does not; a transfer begins with REFER and ends with the BYE of that
/// call. Either ends at once where it was refused.
pub(super) fn phases(messages: &[&Message], end: f64) -> Vec<Phase> {
    let mut open: HashMap<(String, &'static str), Phase> = HashMap::new();
    let mut done = Vec::new();
    for message in messages.iter().filter(|message| !message.retransmission) {
        let at = message.at_us as f64 / 1e6;
        let (head, _) = split(&message.text);
        let call = header(head, "call-id").unwrap_or_default().to_owned();
        let what = label(&message.text);
        let (name, rest) = what.split_once(' ').unwrap_or((what.as_str(), ""));
        let mut close = |kind: &'static str| {
            if let Some(mut phase) = open.remove(&(call.clone(), kind)) {
                phase.to = at;
                done.push(phase);
            }
        };
        match (name, rest) {
            ("INVITE" | "UPDATE", "inactive" | "sendonly") if message.sent => {
                close("hold");
                let phase = Phase::begin("hold", message, at);
                open.insert((call, "hold"), phase);
            }
            ("INVITE" | "UPDATE", "sdp") if message.sent => close("hold"),
            ("REFER", _) if message.sent => {
                let phase = Phase::begin("transfer", message, at);
                open.insert((call, "transfer"), phase);
            }
            ("BYE", _) => {
                close("hold");
                close("transfer");
            }
            (status, "REFER") if refuses(status) => close("transfer"),
            _ => {}
        }
    }
    done.extend(open.into_values().map(|phase| Phase { to: end.max(phase.from), ..phase }));
    done.sort_by(|a, b| a.from.total_cmp(&b.from));
    done
}

/// A final refusal that is not the challenge before the real answer.
fn refuses(status: &str) -> bool {
    status.parse().is_ok_and(|status: u16| status >= 300 && !matches!(status, 401 | 407))
}

impl Phase {
    fn begin(kind: &'static str, message: &Message, at: f64) -> Self {
        Self { kind, party: message.party.clone(), from: at, to: at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(at_us: u64, sent: bool, first: &str, body: &str) -> Message {
        Message {
            at_us,
            party: "User A".to_owned(),
            sent,
            text: format!("{first}\r\nCall-ID: 1\r\nCSeq: 2 {}\r\n\r\n{body}", "REFER"),
            ..Message::default()
        }
    }

    fn found(messages: &[Message]) -> Vec<(&'static str, f64, f64)> {
        let all: Vec<&Message> = messages.iter().collect();
        phases(&all, 9.0).into_iter().map(|p| (p.kind, p.from, p.to)).collect()
    }

    #[test]
    fn a_hold_lasts_until_it_is_resumed_and_a_transfer_until_bye() {
        let messages = [
            message(0, true, "INVITE sip:x SIP/2.0", "v=0\r\n"),
            message(1_000_000, true, "INVITE sip:x SIP/2.0", "v=0\r\na=inactive\r\n"),
            message(2_000_000, true, "INVITE sip:x SIP/2.0", "v=0\r\na=sendrecv\r\n"),
            message(3_000_000, true, "REFER sip:x SIP/2.0", ""),
            message(3_100_000, false, "SIP/2.0 202 Accepted", ""),
            message(4_000_000, false, "BYE sip:x SIP/2.0", ""),
        ];
        assert_eq!(found(&messages), [("hold", 1.0, 2.0), ("transfer", 3.0, 4.0)]);
    }

    #[test]
    fn a_refusal_ends_a_transfer_and_the_end_ends_what_is_open() {
        let messages = [
            message(1_000_000, true, "INVITE sip:x SIP/2.0", "v=0\r\na=sendonly\r\n"),
            message(3_000_000, true, "REFER sip:x SIP/2.0", ""),
            message(3_500_000, false, "SIP/2.0 603 Decline", ""),
        ];
        assert_eq!(found(&messages), [("hold", 1.0, 9.0), ("transfer", 3.0, 3.5)]);
    }
}
