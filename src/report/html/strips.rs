//! Who hears whom: one strip for each leg, on the time axis of the ladder.

use serde::Serialize;

use crate::record::{HearingTrack, Run, Scenario, Segment, Sound};

use super::axis::Axis;
use super::columns::colour;
use super::text::{duration, short};

/// Width of a strip with its level curve and the space behind it, px.
pub(super) const WIDTH: i32 = 124;
/// Width of the coloured part, px.
pub(super) const BAR: i32 = 80;
/// Width of the level curve, px: -60 to 0 dBm0.
const LEVEL: f64 = 28.0;
/// Stretches shorter than this are the passage from one sound to the next: three windows
/// of 64 ms cannot tell an identity from music.
const PASSAGE_S: f64 = 0.1;
/// How long after the end of a call its last audio may still be on its way, s.
const IN_FLIGHT_S: f64 = 0.5;
/// Height below which a label does not fit, px.
const LABEL_HEIGHT: f64 = 13.0;

/// What one leg heard.
#[derive(Debug, Serialize)]
pub(super) struct Strip {
    /// Left edge, px.
    pub(super) x: i32,
    /// Who listens.
    pub(super) name: String,
    /// Class of the listener's own colour.
    class: String,
    blocks: Vec<Block>,
    /// Points of the level curve.
    level: String,
}

#[derive(Debug, Serialize)]
struct Block {
    y: f64,
    h: f64,
    class: String,
    /// Empty where it does not fit.
    label: String,
    /// Middle of the label.
    ly: f64,
    title: String,
}

/// The strips of a scenario, from left to right from `x` on.
pub(super) fn strips(run: &Run, scenario: &Scenario, axis: &Axis, x: i32) -> Vec<Strip> {
    let tracks = scenario.hearing.iter().filter(|track| !track.segments.is_empty()).take(8);
    tracks
        .enumerate()
        .map(|(index, track)| {
            let x = x + WIDTH * index as i32;
            let listener = scenario.parties.iter().position(|party| party.name == track.party);
            Strip {
                x,
                name: short(&track.party, 18),
                class: listener.map_or_else(|| "pbx".to_owned(), colour),
                blocks: blocks(run, scenario, track, axis),
                level: level(track, axis, x + BAR + 4),
            }
        })
        .collect()
}

fn blocks(run: &Run, scenario: &Scenario, track: &HearingTrack, axis: &Axis) -> Vec<Block> {
    let over = call_over(scenario, &track.party);
    let mut out = Vec::new();
    for segment in &track.segments {
        // After its last call a leg is not silent: there is none.
        let is_over = segment.sound == Sound::NoRtp && segment.to > over;
        let to = if is_over { over.max(segment.from) } else { segment.to };
        let (y, end) = (tenth(axis.y(segment.from)), tenth(axis.y(to)));
        let h = tenth(end - y);
        let (class, label) = heard(run, scenario, track, segment);
        let length = to - segment.from;
        let brief = length < PASSAGE_S;
        if h < 0.3 {
            continue;
        }
        out.push(Block {
            y,
            h,
            class: if brief { "brief".to_owned() } else { class },
            label: match (h < LABEL_HEIGHT, brief) {
                (true, _) => String::new(),
                // Messages of the same moment have stretched it.
                (false, true) => duration(length),
                (false, false) => short(&label, 14),
            },
            ly: tenth(y + h / 2.0 + 3.5),
            title: format!(
                "{} hears {}{label}: {:.2} to {to:.2} s ({length:.2} s), {:.0} dBm0",
                short(&track.party, 40),
                if brief { "briefly " } else { "" },
                segment.from,
                segment.level_dbm0,
            ),
        });
    }
    out
}

/// When the last call of a party ended; never, where the record does not say who was in a
/// call with whom.
fn call_over(scenario: &Scenario, party: &str) -> f64 {
    scenario
        .pairings
        .iter()
        .filter(|pairing| pairing.peer_of(party).is_some())
        .map(|pairing| pairing.to)
        .max_by(f64::total_cmp)
        .unwrap_or(f64::INFINITY)
}

/// Class and name of what is heard.
fn heard(
    run: &Run,
    scenario: &Scenario,
    track: &HearingTrack,
    segment: &Segment,
) -> (String, String) {
    let plain = |class: &str, label: &str| (class.to_owned(), label.to_owned());
    if !segment.identities.is_empty() {
        let names: Vec<(String, String)> = segment
            .identities
            .iter()
            .map(|id| speaker(run, scenario, track, segment, *id))
            .collect();
        let worst = ["stranger", "echo"].into_iter().find(|c| names.iter().any(|(n, _)| n == c));
        let class = worst.map_or_else(|| names[0].0.clone(), str::to_owned);
        let labels: Vec<String> = names.into_iter().map(|(_, label)| label).collect();
        return (class, labels.join(" + "));
    }
    match segment.sound {
        Sound::NoRtp => plain("nortp", "no RTP"),
        Sound::Silence => plain("silence", "silence"),
        // An identity that the record does not name.
        Sound::Identity => plain("stranger", "a voice"),
        Sound::Ringback => plain("ringback", "ringback"),
        Sound::Busy => plain("ringback", "busy tone"),
        Sound::Tone => plain("tone", "tone"),
        Sound::Noise => plain("noise", "noise"),
        Sound::Music => plain("music", "music"),
    }
}

/// Whose identity it is, seen from the listener: its own (echo), its peer, or a stranger,
/// who may well be a party of another call of the scenario.
fn speaker(
    run: &Run,
    scenario: &Scenario,
    track: &HearingTrack,
    segment: &Segment,
    id: u16,
) -> (String, String) {
    if id == track.identity {
        return ("echo".to_owned(), "own echo".to_owned());
    }
    if let Some(index) = scenario.parties.iter().position(|party| party.identity == Some(id)) {
        let name = scenario.parties[index].name.clone();
        let class = if belong_together(scenario, &track.party, &name, segment) {
            colour(index)
        } else {
            "stranger".to_owned()
        };
        return (class, name);
    }
    let elsewhere = run.scenarios.iter().find_map(|other| {
        let party = other.parties.iter().find(|party| party.identity == Some(id))?;
        Some(format!("{} of {}", party.name, other.clause))
    });
    ("stranger".to_owned(), elsewhere.unwrap_or_else(|| format!("identity {id}")))
}

/// Whether two parties were in one call when something was heard. Older records do not say
/// who was; then all parties of a scenario are.
fn belong_together(scenario: &Scenario, listener: &str, speaker: &str, heard: &Segment) -> bool {
    let at = f64::midpoint(heard.from, heard.to);
    scenario.pairings.is_empty()
        || scenario.pairings.iter().any(|pairing| {
            pairing.peer_of(listener) == Some(speaker)
                && pairing.from - IN_FLIGHT_S < at
                && at < pairing.to + IN_FLIGHT_S
        })
}

/// Points of a line that stands at the level of each stretch.
fn level(track: &HearingTrack, axis: &Axis, x: i32) -> String {
    let mut points = Vec::new();
    for segment in &track.segments {
        let (from, to) = (tenth(axis.y(segment.from)), tenth(axis.y(segment.to)));
        if to - from < 0.3 {
            continue;
        }
        let part = (f64::from(segment.level_dbm0) + 60.0).clamp(0.0, 60.0) / 60.0;
        let at = tenth(f64::from(x) + part * LEVEL);
        points.push(format!("{at},{from} {at},{to}"));
    }
    points.join(" ")
}

/// Rounded to a tenth of a pixel: the page need not carry more digits.
fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Pairing;
    use crate::report::sample;

    #[test]
    fn each_sound_has_its_class_and_its_name() {
        let run = sample::heard();
        let scenario = &run.scenarios[0];
        let mut axis = Axis::new(0.0, 0.0);
        axis.row(0.0);
        axis.row(30.0);
        let strips = strips(&run, scenario, &axis, 0);
        let seen: Vec<(&str, &str)> =
            strips[0].blocks.iter().map(|b| (b.class.as_str(), b.label.as_str())).collect();
        assert_eq!(
            seen,
            [
                ("p1", "External 1"),
                ("echo", "own echo + Ex…"),
                ("stranger", "User B of 7.2…"),
                ("music", "music"),
                ("nortp", "no RTP"),
                ("brief", ""),
            ]
        );
        assert!(strips[0].blocks[0].title.contains("User A hears External 1"));
        assert!(strips[0].level.split(' ').count() > 8);
    }

    #[test]
    fn a_party_of_another_call_is_a_stranger_and_after_the_call_there_is_no_leg() {
        let mut run = sample::heard();
        let pairing = |callee: &str, from: f64, to: f64| Pairing {
            caller: "User A".to_owned(),
            callee: callee.to_owned(),
            from,
            to,
        };
        let seen = |run: &Run| -> Vec<(String, f64)> {
            let mut axis = Axis::new(0.0, 0.0);
            axis.row(0.0);
            axis.row(30.0);
            let strips = strips(run, &run.scenarios[0], &axis, 0);
            strips[0].blocks.iter().map(|b| (b.class.clone(), b.h)).collect()
        };
        run.scenarios[0].pairings = vec![pairing("External 1", 0.0, 23.5)];
        let paired = seen(&run);
        assert_eq!((paired[0].0.as_str(), paired[4].0.as_str()), ("p1", "nortp"));
        assert!(paired[4].1 < 0.6 * paired[3].1, "it ends with the call: {paired:?}");
        run.scenarios[0].pairings = vec![pairing("External 2", 0.0, 9.0)];
        let crossed = seen(&run);
        assert_eq!(crossed[0].0, "stranger");
        assert!(crossed.iter().all(|(class, _)| class != "nortp"), "{crossed:?}");
    }
}
