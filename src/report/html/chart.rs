//! The picture of a scenario: SIP ladder and hearing strips side by side, time downwards.

use serde::Serialize;

use crate::record::{Message, Run, Scenario, Step};
use crate::report::sip_label::label;

use super::axis::{Axis, ROW};
use super::columns::{Column, Columns, GUTTER, LANE};
use super::phases::phases;
use super::raw::Raw;
use super::sdp_change::SdpHistory;
use super::strips::{BAR, Strip, WIDTH, strips};
use super::text::{duration, short};

/// Messages drawn; of more, the middle is left out.
const MOST: usize = 240;

/// Everything that the template draws, in px.
#[derive(Debug, Default, Serialize)]
pub(super) struct Chart {
    width: i32,
    height: i32,
    /// By how much it shrinks to fit a printed page.
    fit: f64,
    /// Right edge of the ladder.
    ladder: i32,
    bar: i32,
    columns: Vec<Column>,
    phases: Vec<Shade>,
    bands: Vec<Band>,
    gaps: Vec<Gap>,
    arrows: Vec<Arrow>,
    strips: Vec<Strip>,
    /// Messages that are not drawn.
    left_out: usize,
    retransmissions: bool,
    oddities: bool,
    /// How to read it, one sentence each.
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Shade {
    kind: &'static str,
    label: String,
    y: i32,
    h: i32,
    mid: i32,
}

/// Where a step begins.
#[derive(Debug, Serialize)]
struct Band {
    y: i32,
    time: String,
    text: String,
    title: String,
    verdict: &'static str,
}

/// Time without a row.
#[derive(Debug, Serialize)]
struct Gap {
    y: i32,
    label: String,
}

#[derive(Debug, Serialize)]
struct Arrow {
    /// Number of its message in the data of the scenario.
    n: usize,
    y: i32,
    from: i32,
    to: i32,
    label: String,
    label_x: i32,
    time: String,
    class: &'static str,
    mark: &'static str,
    /// From whom to whom and what is special about it. A screen reader says it after
    /// the visible text, which speech control must be able to match.
    way: String,
}

enum Row<'a> {
    Step(&'a Step),
    Message(&'a Message),
}

/// Lays a scenario out; `None` if there is nothing to draw. Its messages go to `raw`.
pub(super) fn chart(run: &Run, scenario: &Scenario, raw: &mut Raw) -> Option<Chart> {
    let mut messages: Vec<&Message> = scenario.messages.iter().collect();
    messages.sort_by_key(|message| message.at_us);
    if messages.is_empty() && scenario.hearing.is_empty() {
        return None;
    }
    let columns = Columns::new(scenario, &messages);
    let rows = rows(scenario, &messages);
    let began = rows.first().map_or(scenario.started_s, |(at, _)| *at);
    let mut axis = Axis::new(began, 6.0);
    let mut chart = Chart {
        ladder: columns.right(),
        bar: BAR,
        left_out: messages.len().saturating_sub(MOST),
        ..Chart::default()
    };
    let mut history = SdpHistory::default();
    for (at, row) in rows {
        chart.gap(axis.skip(at));
        let y = axis.row(at).round() as i32;
        match row {
            Row::Step(step) => chart.bands.push(band(step, y, chart.ladder)),
            Row::Message(message) => {
                if let Some(ends) = columns.ends(message) {
                    let mut arrow = arrow(message, y, ends);
                    let title = format!("{} · {}: {}", arrow.time, arrow.way, arrow.label);
                    arrow.n = raw.add(title, message, history.next(message));
                    chart.retransmissions |= message.retransmission;
                    chart.oddities |= !message.oddities.is_empty();
                    chart.arrows.push(arrow);
                }
            }
        }
    }
    let heard = scenario.hearing.iter().filter_map(|track| Some(track.segments.last()?.to));
    let end = heard.fold(scenario.started_s + scenario.duration_s, f64::max);
    chart.gap(axis.skip(end));
    chart.phases = phases(&messages, end).iter().map(|phase| shade(phase, &axis)).collect();
    chart.strips = strips(run, scenario, &axis, chart.ladder + 16);
    chart.width = chart.ladder + 16 + WIDTH * chart.strips.len() as i32;
    chart.height = axis.end().round() as i32 + 8;
    chart.fit = fit(chart.width, chart.height);
    chart.columns = columns.drawn;
    chart.notes = chart.told();
    Some(chart)
}

impl Chart {
    /// Width and height, px.
    pub(super) fn size(&self) -> (i32, i32) {
        (self.width, self.height)
    }

    /// Whether anybody heard anything.
    pub(super) fn has_strips(&self) -> bool {
        !self.strips.is_empty()
    }

    /// How to read it, one sentence each.
    pub(super) fn notes(&self) -> &[String] {
        &self.notes
    }

    fn told(&self) -> Vec<String> {
        let mut notes = vec![
            "Time runs downwards, in seconds from the start of the run; pauses are drawn shorter \
             than they are."
                .to_owned(),
        ];
        if self.has_strips() {
            notes.push(
                "Each strip shows what its party hears; the line beside it is the level from \
                 -60 to 0 dBm0."
                    .to_owned(),
            );
        }
        if self.retransmissions {
            notes.push("↻ is a retransmission.".to_owned());
        }
        if self.oddities {
            notes.push("! marks what is odd about a message.".to_owned());
        }
        if self.left_out > 0 {
            notes.push(format!(
                "{} messages in the middle are not drawn; the capture has all of them.",
                self.left_out
            ));
        }
        notes
    }

    fn gap(&mut self, gap: Option<(f64, f64)>) {
        if let Some((y, seconds)) = gap {
            self.gaps.push(Gap { y: y.round() as i32, label: duration(seconds) });
        }
    }
}

/// Steps and messages in the order of time; a step comes before what it caused.
fn rows<'a>(scenario: &'a Scenario, messages: &[&'a Message]) -> Vec<(f64, Row<'a>)> {
    let head = MOST / 2;
    let tail = messages.len().saturating_sub(MOST - head);
    let drawn = messages
        .iter()
        .enumerate()
        .filter(|(index, _)| messages.len() <= MOST || *index < head || *index >= tail);
    let judged = scenario.steps.iter().take(100).filter(|step| step.started_s > 0.0);
    let mut rows: Vec<(f64, Row<'a>)> = judged
        .map(|step| (step.started_s, Row::Step(step)))
        .chain(drawn.map(|(_, message)| (message.at_us as f64 / 1e6, Row::Message(message))))
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows
}

/// A4 with its margins is 182 mm by 265 mm; heading and legend take their part.
fn fit(width: i32, height: i32) -> f64 {
    let (across, down) = (680.0 / f64::from(width), 820.0 / f64::from(height + 48));
    (across.min(down).clamp(0.2, 0.7) * 1000.0).round() / 1000.0
}

fn band(step: &Step, y: i32, ladder: i32) -> Band {
    // A letter of the labels is about 7 px wide; the verdict stands at the end.
    let room = (ladder - GUTTER - LANE - 96) / 7;
    Band {
        y,
        time: format!("{:.3}", step.started_s),
        text: short(&step.text, room.max(12) as usize),
        title: short(&format!("{} {} — {}", step.keyword, step.text, step.observed), 400),
        verdict: step.verdict.word(),
    }
}

fn shade(phase: &super::phases::Phase, axis: &Axis) -> Shade {
    let (from, to) = (axis.y(phase.from) - ROW / 2.0, axis.y(phase.to) - ROW / 2.0);
    let (y, h) = (from.round() as i32, (to - from).max(ROW).round() as i32);
    let label = format!("{} by {}", phase.kind, short(&phase.party, 20));
    // Turned by a quarter: as long as the shade is tall.
    let label = if h < 6 * label.len() as i32 { phase.kind.to_owned() } else { label };
    let label = if h < 6 * label.len() as i32 { String::new() } else { label };
    Shade { kind: phase.kind, label, y, h, mid: y + h / 2 }
}

fn arrow(message: &Message, y: i32, (from, to, label_x): (i32, i32, i32)) -> Arrow {
    let what = short(&label(&message.text), 20);
    let (class, mark) = match (message.retransmission, message.oddities.is_empty()) {
        (true, true) => ("again", "↻"),
        (true, false) => ("again odd", "↻!"),
        (false, false) => ("odd", "!"),
        (false, true) => ("", ""),
    };
    let party = short(&message.party, 40);
    let (sender, receiver) =
        if message.sent { (party.as_str(), "PBX") } else { ("PBX", party.as_str()) };
    let remark = match (message.retransmission, message.oddities.len()) {
        (false, 0) => "",
        (true, 0) => ", retransmission",
        (false, _) => ", odd",
        (true, _) => ", odd retransmission",
    };
    let way = format!("{sender} to {receiver}{remark}");
    let time = format!("{:.3}", message.at_us as f64 / 1e6);
    Arrow { n: 0, y, from, to, label: what, label_x, time, class, mark, way }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn every_message_is_an_arrow_and_every_gap_has_its_time() {
        let run = sample::failing();
        let mut raw = Raw::new(&run);
        raw.scenario();
        let chart = chart(&run, &run.scenarios[1], &mut raw).unwrap();
        let seen: Vec<(&str, &str, &str)> = chart
            .arrows
            .iter()
            .map(|arrow| (arrow.time.as_str(), arrow.label.as_str(), arrow.mark))
            .collect();
        assert_eq!(
            seen,
            [
                ("1.000", "INVITE sdp", ""),
                ("1.020", "INVITE sdp", ""),
                ("1.520", "INVITE sdp", "↻"),
                ("1.600", "200 INVITE", "!"),
            ]
        );
        assert_eq!(chart.arrows[2].way, "PBX to External 1, retransmission");
        assert_eq!(chart.gaps.last().unwrap().label, "61.4 s");
    }

    #[test]
    fn the_middle_of_a_flood_is_left_out() {
        let mut run = sample::failing();
        let one = run.scenarios[1].messages[0].clone();
        run.scenarios[1].messages =
            (0..5000).map(|at| Message { at_us: at * 1000, ..one.clone() }).collect();
        let mut raw = Raw::new(&run);
        raw.scenario();
        let chart = chart(&run, &run.scenarios[1], &mut raw).unwrap();
        assert_eq!((chart.arrows.len(), chart.left_out), (MOST, 5000 - MOST));
    }
}
