//! `ladder.svg`: the picture of one scenario as a file of its own, for a ticket, a mail or a
//! viewer that knows no CSS variables. It is light, since most of those print it on white.

use std::sync::LazyLock;

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use crate::record::{Run, Scenario};
use crate::report::{clean, cut};

use super::chart::{Chart, chart};
use super::legend::LEGEND;
use super::raw::Raw;
use super::template::{CHART_STYLE, COLOURS, environment};

/// Width of an entry of the legend, px.
const ENTRY: i32 = 164;
/// Height of a line below the chart, px.
const LINE: i32 = 16;
/// Height of what stands above the chart, px.
const ABOVE: i32 = 100;
/// Narrowest picture, px: the title needs room, too.
const NARROWEST: i32 = 720;

/// An entry of the legend with its place.
#[derive(Debug, Serialize)]
struct Entry {
    class: &'static str,
    name: &'static str,
    x: i32,
    y: i32,
}

/// Ladder and hearing of a scenario as SVG that needs nothing beside it.
pub fn ladder_svg(run: &Run, scenario: &Scenario) -> String {
    render(run, scenario).unwrap_or_else(|error| {
        // Only a fault of our templates leads here; the record is whole.
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><title>No picture could be made: {:?}</title></svg>\n",
            error.kind()
        )
    })
}

fn render(run: &Run, scenario: &Scenario) -> Result<String, minijinja::Error> {
    let mut raw = Raw::new(&Run::default());
    raw.scenario();
    let chart = chart(run, scenario, &mut raw);
    let (width, drawn) = chart.as_ref().map_or((NARROWEST, 0), Chart::size);
    let width = width.max(NARROWEST) + 12;
    let notes = chart.as_ref().map_or_else(Vec::new, |chart| chart.notes().to_vec());
    let below = ABOVE + drawn;
    let first = below + LINE * (notes.len() as i32 + 1);
    let legend = if chart.as_ref().is_some_and(Chart::has_strips) {
        entries(first, width)
    } else {
        Vec::new()
    };
    let height = legend.last().map_or(first, |entry| entry.y + LINE) + 8;
    // Wide letters in a row must fit, too; those of the title are bold.
    let room = |letter: i32| (width / letter) as usize;
    let name = clean(&format!("{} {}", scenario.clause, scenario.title));
    let about = format!(
        "{}: {} · {} · {} · pbxcert {}",
        scenario.verdict, run.pbx_model, run.started, scenario.source, run.tool_version
    );
    environment()?.get_template("alone")?.render(context! {
        alone => true,
        width => width,
        height => height,
        below => below,
        style => Value::from_safe_string(STYLE.clone()),
        name => cut(&name, room(11)),
        about => cut(&clean(&about), room(8)),
        notes => notes,
        legend => Value::from(Serde(&legend)),
        chart => chart.as_ref().map(|chart| Value::from(Serde(chart))),
    })
}

/// The legend in as many columns as fit.
fn entries(y: i32, width: i32) -> Vec<Entry> {
    let across = ((width - 24) / ENTRY).max(1);
    LEGEND
        .iter()
        .zip(0..)
        .map(|((class, name), n)| Entry {
            class,
            name,
            x: 12 + ENTRY * (n % across),
            y: y + (LINE + 4) * (n / across),
        })
        .collect()
}

/// The style of the chart with the light colours in place of their variables.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    let (light, rest) = COLOURS.split_once("@media").unwrap_or_default();
    // The dark colours end with their block; what follows is for both.
    let (_, both) = rest.rsplit_once("\n}\n").unwrap_or_default();
    let mut style = [both, CHART_STYLE].concat();
    for declaration in light.split(';') {
        let named = declaration.find("--").map(|at| &declaration[at..]);
        if let Some((name, value)) = named.and_then(|one| one.split_once(':')) {
            style = style.replace(&format!("var({})", name.trim()), value.trim());
        }
    }
    style
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    /// Names and texts of a document; panics where it is not well-formed.
    fn parsed(svg: &str) -> String {
        use quick_xml::events::Event;
        let mut reader = quick_xml::Reader::from_str(svg);
        let (mut depth, mut text) = (0, String::new());
        loop {
            match reader.read_event().unwrap_or_else(|error| panic!("{error}\n{svg}")) {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Text(part) => text.push_str(&part.decode().unwrap()),
                Event::GeneralRef(_) => text.push('&'),
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(depth, 0, "{svg}");
        text
    }

    #[test]
    fn the_picture_needs_nothing_beside_it() {
        let run = sample::heard();
        let svg = ladder_svg(&run, &run.scenarios[0]);
        let text = parsed(&svg);
        for part in
            ["6.2 User A calls out", "INVITE sdp", "External 1", "a stranger", "Example PBX 7"]
        {
            assert!(text.contains(part), "{part}\n{svg}");
        }
        // Every colour and every pattern is in the file.
        assert!(!svg.contains("var(") && svg.contains(".v-fail { color: #"), "{svg}");
        assert!(!svg.contains("tabindex") && !svg.contains("role=\"button\""), "{svg}");
        for name in ["echo", "stranger", "music", "nortp"] {
            assert!(svg.contains(&format!("id=\"f-{name}\"")), "{name}");
        }
        let outside = svg.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        assert!(!outside.contains("http"), "{svg}");
    }

    #[test]
    fn a_scenario_without_messages_says_so() {
        let svg = ladder_svg(&Run::default(), &Scenario::default());
        assert!(parsed(&svg).contains("No SIP message was seen"), "{svg}");
    }

    #[test]
    fn hostile_text_is_text() {
        let run = sample::hostile();
        let svg = ladder_svg(&run, &run.scenarios[0]);
        assert!(!svg.contains("<script") && !svg.contains("]]>"), "{svg}");
        sample::assert_harmless("ladder.svg", &svg);
        parsed(&svg);
    }
}
