//! The summary at the end of a run on a terminal.

use std::fmt::Write as _;

use tabled::builder::Builder;
use tabled::settings::object::{Columns, Rows, Segment};
use tabled::settings::peaker::Priority;
use tabled::settings::{Alignment, Color, Modify, Style as Frame, Width};

use crate::record::{Cause, Run, Scenario, Verdict};

use super::clean::short;
use super::outcome::{counts, times};
use super::{
    Ladder, Section, Style, clean, findings, ladder, load, outcome, registrations, vantage,
};

/// Messages of a ladder on a terminal; the file has all of them.
const LADDER_MESSAGES: usize = 80;

/// The whole summary: who was tested, findings worst first, the table by clause, the
/// counts, and the verdict in the last line.
pub fn summary(run: &Run, style: Style) -> String {
    let mut out = String::new();
    push_wrapped(&mut out, style, "", &heading(run));
    for group in findings::grouped(run) {
        push_finding(&mut out, style, &group);
    }
    if !run.scenarios.is_empty() {
        out.push('\n');
        for line in table(run, style).lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    let load = load::table(run, style);
    if !load.is_empty() {
        let _ = writeln!(out, "\n{load}");
    }
    out.push('\n');
    push_wrapped(&mut out, style, "", &format!("{}; {}", counts(run), times(run)));
    let users = registrations::in_a_line(run);
    if !users.is_empty() {
        push_wrapped(&mut out, style, "", &users);
    }
    let from = vantage::in_a_line(run);
    if !from.is_empty() {
        push_wrapped(&mut out, style, "", &format!("tested from {from}"));
    }
    if run.harness.lateness_p99_ms > 2.0 {
        let lateness = format!(
            "the harness itself sent late: p99 {:.1} ms, worst {:.1} ms",
            run.harness.lateness_p99_ms, run.harness.lateness_max_ms
        );
        push_wrapped(&mut out, style, "", &lateness);
    }
    let worst = if run.interrupted { run.worst().max(Verdict::Inconclusive) } else { run.verdict };
    for line in textwrap::wrap(&outcome(run), style.columns()) {
        let _ = writeln!(out, "{}", style.verdict(worst, style.bold(line)));
    }
    out
}

/// A finding with all its parts, and where else it was made; in one line where it blames
/// nobody or only repeats what another finding says.
fn push_finding(out: &mut String, style: Style, group: &findings::Group<'_>) {
    let (scenario, finding) = group.first;
    let also = group.also();
    let title = format!(
        "{} {} {}",
        finding.verdict.word().to_uppercase(),
        clean(if finding.clause.is_empty() { &scenario.clause } else { &finding.clause }),
        clean(&scenario.title)
    );
    let is_minor = finding.verdict <= Verdict::Note
        || matches!(finding.cause, Cause::EarlierStep | Cause::Interrupted);
    if is_minor {
        let also = if also.is_empty() { also } else { format!("; also {also}") };
        let observed = short(&finding.observed, 400);
        let text = format!("{title}: {observed} ({}){also}", finding.cause);
        let options = textwrap::Options::new(style.columns()).subsequent_indent("  ");
        for line in textwrap::wrap(&text, options) {
            let _ = writeln!(out, "{}", style.verdict(finding.verdict, line));
        }
        return;
    }
    let _ = writeln!(out, "\n{}", style.verdict(finding.verdict, fitted(&title, style)));
    for (label, text) in findings::parts(finding) {
        push_wrapped(out, style, &format!("  {label:<9}"), &text);
    }
    if !also.is_empty() {
        push_wrapped(out, style, "  also     ", &also);
    }
}

/// What is printed under a scenario that failed: its ladder of SIP messages.
pub fn failed_scenario(scenario: &Scenario, style: Style) -> String {
    let title = format!("{} {}", clean(&scenario.clause), clean(&scenario.title));
    let shape = Ladder { width: style.columns(), most: LADDER_MESSAGES };
    format!("{}\n{}", style.bold(fitted(&title, style)), ladder(scenario, shape))
}

fn heading(run: &Run) -> String {
    let mut heading = clean(&run.pbx_model);
    if !run.pbx.address.is_empty() {
        let _ = write!(heading, " at {}", clean(&run.pbx.address));
    }
    if let Some(server) = &run.pbx.server {
        let _ = write!(heading, " ({})", short(server, 200));
    }
    if !run.started.is_empty() {
        let _ = write!(heading, ", {}", clean(&run.started));
    }
    if run.abridged {
        heading.push_str(", abridged");
    }
    heading
}

fn table(run: &Run, style: Style) -> String {
    let mut builder = Builder::default();
    builder.push_record(["clause", "title", "verdict", "time"]);
    let mut verdicts = Vec::new();
    for section in Section::all(run) {
        builder.push_record([section.number.as_str(), section.heading, "", ""]);
        verdicts.push(None);
        for scenario in section.scenarios {
            builder.push_record([
                clean(&scenario.clause),
                clean(&scenario.title),
                scenario.verdict.word().to_owned(),
                format!("{:.1} s", scenario.duration_s),
            ]);
            verdicts.push(Some(scenario.verdict));
        }
    }
    let mut table = builder.build();
    table
        .with(Frame::psql())
        .with(Modify::new(Columns::last()).with(Alignment::right()))
        .with(Modify::new(Segment::all()).with(Alignment::top()))
        .with(Width::wrap(style.columns()).keep_words(true).priority(Priority::max(true)));
    if style.color {
        for (index, verdict) in verdicts.iter().enumerate() {
            let row = index + 1;
            match verdict {
                Some(verdict) => {
                    table.with(Modify::new((row, 2)).with(color(*verdict)));
                }
                None => {
                    table.with(Modify::new(Rows::one(row)).with(Color::BOLD));
                }
            }
        }
    }
    table.to_string()
}

fn color(verdict: Verdict) -> Color {
    match verdict {
        Verdict::Pass => Color::FG_GREEN,
        Verdict::Note => Color::FG_CYAN,
        Verdict::Unsupported => Color::FG_BRIGHT_BLACK,
        Verdict::Warn => Color::FG_YELLOW,
        Verdict::Inconclusive => Color::FG_MAGENTA,
        Verdict::Fail => Color::FG_RED | Color::BOLD,
    }
}

fn push_wrapped(out: &mut String, style: Style, label: &str, text: &str) {
    let indent = " ".repeat(label.len());
    let options =
        textwrap::Options::new(style.columns()).initial_indent(label).subsequent_indent(&indent);
    out.push_str(&textwrap::fill(text, options));
    out.push('\n');
}

/// The text in one line, cut where the terminal ends.
fn fitted(text: &str, style: Style) -> String {
    super::ladder::cut(text, style.columns())
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::report::sample;

    #[test]
    fn findings_come_before_the_table_and_the_verdict_is_last() {
        let text = summary(&sample::failing(), Style::default());
        let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("no {what} in\n{text}"));
        assert!(at("FAIL 7.1.3") < at("WARN 2.6.6"));
        assert!(at("WARN 2.6.6") < at("clause"));
        assert!(at("hold-silent") < at("clause"));
        assert!(text.trim_end().ends_with("FAILED: 1 of 3 scenarios"), "{text}");
        assert!(text.contains("7.1.3/wire.pcap"));
        assert!(text.contains("1 fail, 1 warn, 1 pass"));
    }

    #[test]
    fn lines_fit_and_are_plain_without_colour() {
        for run in [sample::passing(), sample::failing(), sample::interrupted(), sample::hostile()]
        {
            for width in [40, 60, 80, 120] {
                let style = Style { width, color: false };
                let mut text = summary(&run, style);
                for scenario in &run.scenarios {
                    text.push_str(&failed_scenario(scenario, style));
                }
                sample::assert_harmless("summary", &text);
                for line in text.lines() {
                    assert!(line.width() <= width, "{width} columns: {line}\n{text}");
                }
            }
        }
    }

    #[test]
    fn colour_is_only_added_on_request() {
        let style = Style { width: 80, color: true };
        let text = summary(&sample::failing(), style);
        assert!(text.contains("\u{1b}[1;31m"), "{text:?}");
        let hostile = summary(&sample::hostile(), style);
        assert!(!hostile.contains("\u{1b}]0;"), "{hostile:?}");
    }
}
