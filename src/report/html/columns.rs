//! The columns of the ladder: who stands where, and which colour is whose.

use serde::Serialize;

use crate::record::{Message, Scenario};

use super::text::short;

/// Width of the gutter with the times, px.
pub(super) const GUTTER: i32 = 64;
/// Width of the lane with the phases, px.
pub(super) const LANE: i32 = 18;
/// Width of a party's column, px.
const COLUMN: i32 = 142;
/// Columns that are drawn; a scenario of the guide has at most five parties.
const MOST: usize = 9;
/// How many colours the style sheet has for parties.
const COLOURS: usize = 6;

/// One lifeline.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Column {
    /// Middle, px.
    pub(super) x: i32,
    /// Who it is.
    pub(super) name: String,
    /// Its account or address.
    pub(super) detail: String,
    /// Class of its colour; `pbx` for the PBX.
    pub(super) class: String,
}

/// All lifelines, the PBX in the middle.
#[derive(Debug)]
pub(super) struct Columns {
    /// Names as in the record; `None` is the PBX.
    names: Vec<Option<String>>,
    /// What is drawn.
    pub(super) drawn: Vec<Column>,
}

/// Class of the colour of a scenario's n-th party.
pub(super) fn colour(index: usize) -> String {
    format!("p{}", index % COLOURS)
}

impl Columns {
    pub(super) fn new(scenario: &Scenario, messages: &[&Message]) -> Self {
        let mut parties: Vec<(String, String)> = scenario
            .parties
            .iter()
            .filter(|party| messages.iter().any(|message| message.party == party.name))
            .map(|party| (party.name.clone(), party.account.clone()))
            .collect();
        for message in messages {
            if !parties.iter().any(|(name, _)| *name == message.party) {
                parties.push((message.party.clone(), String::new()));
            }
        }
        parties.truncate(MOST - 1);
        let mut names: Vec<Option<String>> =
            parties.iter().map(|(name, _)| Some(name.clone())).collect();
        names.insert(parties.len().div_ceil(2), None);
        let drawn = names
            .iter()
            .enumerate()
            .map(|(index, name)| {
                let x = GUTTER + LANE + COLUMN / 2 + COLUMN * index as i32;
                let Some(name) = name else {
                    let address = messages.first().map_or("", |message| message.remote.as_str());
                    return Column {
                        x,
                        name: "PBX".to_owned(),
                        detail: short(address, 24),
                        class: "pbx".to_owned(),
                    };
                };
                let detail = parties.iter().find(|(party, _)| party == name);
                Column {
                    x,
                    name: short(name, 20),
                    detail: short(detail.map_or("", |(_, account)| account), 24),
                    class: scenario
                        .parties
                        .iter()
                        .position(|party| party.name == *name)
                        .map_or_else(|| "pbx".to_owned(), colour),
                }
            })
            .collect();
        Self { names, drawn }
    }

    /// From where to where a message runs, and the middle of its label, which stands
    /// beside its party so that it crosses no other lifeline. `None` if it has no column.
    pub(super) fn ends(&self, message: &Message) -> Option<(i32, i32, i32)> {
        let party =
            self.names.iter().position(|name| name.as_deref() == Some(message.party.as_str()))?;
        let pbx = self.names.iter().position(Option::is_none)?;
        let (at, middle) = (self.drawn.get(party)?.x, self.drawn.get(pbx)?.x);
        let label = if at < middle { at + COLUMN / 2 } else { at - COLUMN / 2 };
        Some(if message.sent { (at, middle, label) } else { (middle, at, label) })
    }

    /// Where the ladder ends and the strips begin, px.
    pub(super) fn right(&self) -> i32 {
        GUTTER + LANE + COLUMN * self.drawn.len() as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_pbx_stands_in_the_middle_and_labels_beside_their_party() {
        let run = sample::failing();
        let scenario = &run.scenarios[1];
        let messages: Vec<&Message> = scenario.messages.iter().collect();
        let columns = Columns::new(scenario, &messages);
        let names: Vec<&str> = columns.drawn.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["User A", "PBX", "External 1"]);
        let (from, to, label) = columns.ends(messages[0]).unwrap();
        assert!(from < label && label < to);
        let (from, to, _) = columns.ends(messages[1]).unwrap();
        assert!(from == columns.drawn[1].x && to > from);
    }

    #[test]
    fn hundreds_of_parties_do_not_make_a_page_without_end() {
        let run = sample::failing();
        let one = run.scenarios[1].messages[0].clone();
        let messages: Vec<Message> =
            (0..500).map(|n| Message { party: format!("party {n}"), ..one.clone() }).collect();
        let all: Vec<&Message> = messages.iter().collect();
        let columns = Columns::new(&Scenario::default(), &all);
        assert_eq!(columns.drawn.len(), MOST);
        assert_eq!(columns.ends(&messages[400]), None);
    }
}
