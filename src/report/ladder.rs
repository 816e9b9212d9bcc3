//! The SIP messages of a scenario as a ladder of text: one column for each party,
//! the PBX in the middle, time downwards.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::record::{Message, Scenario};

use super::clean;
use super::clean::short;
use super::sip_label::label;

/// Size of a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder {
    /// Columns at most.
    pub width: usize,
    /// Messages at most; the middle is left out where there are more.
    pub most: usize,
}

/// Columns of the time and the mark before the ladder.
const MARGIN: usize = 11;
/// Narrowest column that can hold an arrow with its label.
const NARROWEST: usize = 13;
/// Widest column that is still easy to follow.
const WIDEST: usize = 26;

/// Draws the messages of a scenario. `R` marks what went the same way before, `!` what
/// the reader found odd; what was odd stands below.
pub fn ladder(scenario: &Scenario, shape: Ladder) -> String {
    if scenario.messages.is_empty() {
        return "no SIP message was seen\n".to_owned();
    }
    let mut messages: Vec<&Message> = scenario.messages.iter().collect();
    messages.sort_by_key(|message| message.at_us);
    let parties = parties(scenario, &messages);
    let wide = shape.width.saturating_sub(MARGIN) / (parties.len() + 1);
    let mut out = String::new();
    let mut oddities = Vec::new();
    let lifelines = (wide >= NARROWEST).then(|| Lifelines::new(&parties, wide.min(WIDEST)));
    if let Some(lifelines) = &lifelines {
        lifelines.heading(&mut out);
    }
    let kept = kept(messages.len(), shape.most);
    for (index, message) in messages.iter().enumerate() {
        if !kept(index) {
            if kept(index.wrapping_sub(1)) {
                let left_out = messages.len() - shape.most;
                let _ = writeln!(out, "{:MARGIN$}… {left_out} messages left out …", "");
            }
            continue;
        }
        let mark = match (message.retransmission, message.oddities.is_empty()) {
            (true, _) => 'R',
            (false, false) => '!',
            (false, true) => ' ',
        };
        let seconds = message.at_us as f64 / 1e6;
        let start = format!("{seconds:>8.3} {mark} ");
        let line = if let Some(lifelines) = &lifelines {
            format!("{start}{}", lifelines.arrow(message))
        } else {
            let (from, to) = ends(message);
            cut(&format!("{start}{from} > {to}: {}", label(&message.text)), shape.width)
        };
        out.push_str(line.trim_end());
        out.push('\n');
        for oddity in &message.oddities {
            oddities.push(format!("{seconds:>8.3} ! {}", short(oddity, 300)));
        }
    }
    for oddity in oddities {
        let options = textwrap::Options::new(shape.width).subsequent_indent("           ");
        out.push_str(&textwrap::fill(&oddity, options));
        out.push('\n');
    }
    if messages.iter().any(|message| message.retransmission) {
        out.push_str("         R retransmission\n");
    }
    out
}

/// Which messages are shown: all, or the first and last of them.
fn kept(count: usize, most: usize) -> impl Fn(usize) -> bool {
    let head = most.div_ceil(2);
    let tail = most - head;
    move |index| index < count && (count <= most || index < head || index >= count - tail)
}

fn ends(message: &Message) -> (String, String) {
    let (party, pbx) = (clean(&message.party), "PBX".to_owned());
    if message.sent { (party, pbx) } else { (pbx, party) }
}

/// Those who sent or received, in the order of the scenario's parties.
fn parties(scenario: &Scenario, messages: &[&Message]) -> Vec<String> {
    let mut found: Vec<String> = scenario
        .parties
        .iter()
        .map(|party| party.name.clone())
        .filter(|name| messages.iter().any(|message| message.party == *name))
        .collect();
    for message in messages {
        if !found.contains(&message.party) {
            found.push(message.party.clone());
        }
    }
    found
}

/// The columns of a ladder.
struct Lifelines<'a> {
    /// Names from left to right; `None` is the PBX.
    columns: Vec<Option<&'a str>>,
    width: usize,
}

impl<'a> Lifelines<'a> {
    fn new(parties: &'a [String], width: usize) -> Self {
        let mut columns: Vec<Option<&str>> =
            parties.iter().map(|name| Some(name.as_str())).collect();
        columns.insert(parties.len().div_ceil(2), None);
        Self { columns, width }
    }

    fn heading(&self, out: &mut String) {
        let mut line = " ".repeat(MARGIN);
        for name in &self.columns {
            let name = cut(&clean(name.unwrap_or("PBX")), self.width - 1);
            let left = (self.width - name.width()) / 2;
            let right = self.width - name.width() - left;
            let _ = write!(line, "{:left$}{name}{:right$}", "", "");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }

    /// Column of a lifeline within the ladder.
    fn at(&self, index: usize) -> usize {
        index * self.width + self.width / 2
    }

    fn arrow(&self, message: &Message) -> String {
        let find = |name: Option<&str>| self.columns.iter().position(|column| *column == name);
        let (party, pbx) =
            (find(Some(&message.party)).unwrap_or_default(), find(None).unwrap_or_default());
        let (left, right) = (self.at(party.min(pbx)), self.at(party.max(pbx)));
        let rightwards = (party < pbx) == message.sent;
        let mut line = String::new();
        let mut column = 0;
        while column < self.columns.len() * self.width {
            if column == left {
                line.push('|');
                line.push_str(&shaft(right - left - 1, rightwards, &label(&message.text)));
                line.push('|');
                column = right + 1;
                continue;
            }
            let is_lifeline = (0..self.columns.len()).any(|index| self.at(index) == column);
            line.push(if is_lifeline { '|' } else { ' ' });
            column += 1;
        }
        line
    }
}

/// `--- label -->` in exactly so many columns.
fn shaft(width: usize, rightwards: bool, label: &str) -> String {
    // Narrow columns give up the spaces around the label before any of its letters.
    let spaced = label.width() + 5 <= width;
    let label = if spaced { format!(" {label} ") } else { cut(label, width.saturating_sub(3)) };
    let rest = width - label.width() - 1;
    let (before, after) = ("-".repeat(rest / 2), "-".repeat(rest - rest / 2));
    if rightwards { format!("{before}{label}{after}>") } else { format!("<{before}{label}{after}") }
}

/// The text in at most so many columns, with an ellipsis where it was cut.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > width {
            break;
        }
        used += wide;
        out.push(c);
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn arrows_run_between_the_party_and_the_pbx() {
        let run = sample::failing();
        let text = ladder(&run.scenarios[1], Ladder { width: 80, most: usize::MAX });
        let expected = [
            "                   User A                   PBX                External 1",
            "   1.000              |---- INVITE sdp ----->|                      |",
            "   1.020              |                      |---- INVITE sdp ----->|",
            "   1.520 R            |                      |---- INVITE sdp ----->|",
            "   1.600 !            |                      |<---- 200 INVITE -----|",
            "   1.600 ! answer without SDP",
            "         R retransmission",
            "",
        ]
        .join("\n");
        assert_eq!(text, expected, "\n{text}");
    }

    #[test]
    fn many_parties_or_few_columns_become_a_list() {
        let run = sample::failing();
        let text = ladder(&run.scenarios[1], Ladder { width: 40, most: usize::MAX });
        assert!(text.contains("User A > PBX: INVITE sdp"), "{text}");
    }

    #[test]
    fn long_ladders_lose_their_middle() {
        let mut scenario = sample::failing().scenarios.swap_remove(1);
        let one = scenario.messages[0].clone();
        scenario.messages = (0..50).map(|at| Message { at_us: at * 1000, ..one.clone() }).collect();
        let text = ladder(&scenario, Ladder { width: 80, most: 10 });
        assert!(text.contains("… 40 messages left out …"), "{text}");
        assert_eq!(text.matches("INVITE").count(), 10);
        assert!(text.contains("0.049"), "{text}");
    }

    #[test]
    fn an_empty_scenario_says_so() {
        let text = ladder(&Scenario::default(), Ladder { width: 80, most: 5 });
        assert_eq!(text, "no SIP message was seen\n");
    }
}
