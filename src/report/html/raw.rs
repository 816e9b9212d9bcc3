//! The SIP messages behind the arrows, as data that the page's script shows on demand.
//!
//! Messages repeat most of their lines, so every line stands once and messages name lines
//! by number: half the size, and a page of sixty scenarios stays within its 3 MB. What is
//! longer than sensible is cut and says so; the capture has all of it.

use std::collections::HashMap;

use serde::Serialize;

use crate::record::{Message, Run};
use crate::report::{clean, clean_block};

use super::sdp_change::SdpChange;
use super::text::short;

/// Bytes of a message that are shown where all messages of the run fit into [`BUDGET`].
const LONGEST: usize = 8192;
/// Bytes of all messages together before lines are shared.
const BUDGET: usize = 3_000_000;
/// Bytes of a message that are always shown.
const LEAST: usize = 128;

/// Every line once, and the messages of every scenario.
#[derive(Debug, Default, Serialize)]
pub(super) struct Raw {
    lines: Vec<String>,
    /// By the scenario's place in the run.
    scenarios: Vec<Vec<RawMessage>>,
    #[serde(skip)]
    known: HashMap<String, usize>,
    #[serde(skip)]
    longest: usize,
}

#[derive(Debug, Serialize)]
struct RawMessage {
    /// Title of the drawer.
    t: String,
    /// Numbers of its lines.
    x: Vec<usize>,
    /// Bytes cut off.
    #[serde(skip_serializing_if = "is_zero")]
    c: usize,
    /// Remarks: retransmission, oddities.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    o: Vec<String>,
    /// Lines gone and lines come, `null` for a first description; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    d: Option<Option<[Vec<usize>; 2]>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Raw {
    /// Fixes how much of each message fits, from all of them.
    pub(super) fn new(run: &Run) -> Self {
        let lengths: Vec<usize> =
            run.scenarios.iter().flat_map(|s| s.messages.iter().map(|m| m.text.len())).collect();
        let mut longest = LONGEST;
        while longest > LEAST && lengths.iter().map(|l| l.min(&longest)).sum::<usize>() > BUDGET {
            longest /= 2;
        }
        Self { longest, ..Self::default() }
    }

    /// Begins the next scenario.
    pub(super) fn scenario(&mut self) {
        self.scenarios.push(Vec::new());
    }

    /// Adds a message to the scenario begun last; its number there.
    pub(super) fn add(
        &mut self,
        title: String,
        message: &Message,
        change: Option<SdpChange>,
    ) -> usize {
        let end = floor_boundary(&message.text, self.longest);
        let text = clean_block(&message.text[..end]);
        let x = text.trim_end().split('\n').map(|line| self.line(line.to_owned())).collect();
        let mut o: Vec<String> =
            message.oddities.iter().take(12).map(|oddity| short(oddity, 300)).collect();
        if message.retransmission {
            o.insert(0, "retransmission: the same bytes went the same way before".to_owned());
        }
        let d = change.map(|change| match change {
            SdpChange::First => None,
            SdpChange::Since { gone, came } => Some([gone, came].map(|lines| {
                lines.iter().take(60).map(|line| self.line(short(line, 300))).collect()
            })),
        });
        let raw = RawMessage { t: clean(&title), x, c: message.text.len() - end, o, d };
        let Some(scenario) = self.scenarios.last_mut() else { return 0 };
        scenario.push(raw);
        scenario.len() - 1
    }

    fn line(&mut self, text: String) -> usize {
        if let Some(number) = self.known.get(&text) {
            return *number;
        }
        self.lines.push(text.clone());
        self.known.insert(text, self.lines.len() - 1);
        self.lines.len() - 1
    }

    /// JSON that can stand inside a `script` element: no `<`, `>` or `&`, which could end
    /// the element or begin a comment.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self)
            .unwrap_or_else(|_| "{\"lines\":[],\"scenarios\":[]}".to_owned())
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026")
    }
}

/// The largest index up to `most` that does not split a character.
fn floor_boundary(text: &str, most: usize) -> usize {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Message {
        Message { text: text.to_owned(), ..Message::default() }
    }

    #[test]
    fn lines_are_shared_and_long_messages_cut() {
        let mut raw = Raw::new(&Run::default());
        raw.scenario();
        let long = message(&format!("A: 1\r\nB: {}é", "x".repeat(65_536)));
        assert_eq!(raw.add("one".to_owned(), &message("A: 1\r\nA: 1\r\n\r\n"), None), 0);
        assert_eq!(raw.add("two".to_owned(), &long, Some(SdpChange::First)), 1);
        let json: serde_json::Value = serde_json::from_str(&raw.json()).unwrap();
        assert_eq!(json["scenarios"][0][0]["x"], serde_json::json!([0, 0]));
        assert_eq!(json["scenarios"][0][1]["c"], 65_547 - 8192);
        assert!(json["scenarios"][0][1]["d"].is_null());
        assert!(json["scenarios"][0][1].as_object().unwrap().contains_key("d"));
        assert!(raw.json().len() < 10_000);
    }

    #[test]
    fn no_message_ends_the_script_element() {
        let mut raw = Raw::new(&Run::default());
        raw.scenario();
        raw.add("</script>".to_owned(), &message("</script><!--<script>&\0"), None);
        let json = raw.json();
        assert!(!json.contains(['<', '>', '&', '\0']), "{json}");
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["lines"][0], "</script><!--<script>&␀");
    }
}
