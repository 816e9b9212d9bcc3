//! `summary.md`: the summary for a merge request, a ticket or a wiki.

use std::fmt::Write as _;

use crate::record::{Run, Verdict};

use super::clean::short;
use super::outcome::{counts, times};
use super::{Section, clean, findings, load, outcome, registrations, vantage};

/// Headline, findings worst first, table by clause.
pub fn markdown(run: &Run) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# {}\n", escaped(&run.pbx_model));
    let _ = writeln!(out, "**{}**\n", escaped(&outcome(run)));
    let _ = writeln!(out, "- profile: {}", escaped(&run.profile));
    if !run.pbx.address.is_empty() {
        let server = run.pbx.server.as_deref().unwrap_or("it does not say what it is");
        let server = short(server, 200);
        let _ = writeln!(out, "- PBX: {} ({})", escaped(&run.pbx.address), escaped(&server));
    }
    let _ = writeln!(out, "- started: {}", escaped(&run.started));
    let _ = writeln!(out, "- {}", counts(run));
    let _ = writeln!(out, "- {}", times(run));
    let users = registrations::in_a_line(run);
    if !users.is_empty() {
        let _ = writeln!(out, "- {}", escaped(&users));
    }
    let from = vantage::in_a_line(run);
    if !from.is_empty() {
        let _ = writeln!(out, "- tested from {}", escaped(&from));
    }
    for relaxation in &run.relaxations {
        let _ = writeln!(out, "- relaxed: {}", escaped(relaxation));
    }
    let found = findings::grouped(run);
    if !found.is_empty() {
        out.push_str("\n## Findings\n");
    }
    for group in found {
        let (scenario, finding) = group.first;
        let clause = if finding.clause.is_empty() { &scenario.clause } else { &finding.clause };
        let _ = writeln!(
            out,
            "\n### {} {}: {}\n",
            mark(finding.verdict),
            escaped(clause),
            escaped(&scenario.title)
        );
        for (label, text) in findings::parts(finding) {
            let _ = writeln!(out, "- **{label}**: {}", escaped(&text));
        }
        let also = group.also();
        if !also.is_empty() {
            let _ = writeln!(out, "- **also**: {}", escaped(&also));
        }
    }
    for section in Section::all(run) {
        let _ = writeln!(out, "\n## {}\n", escaped(&section.title()));
        out.push_str("| clause | title | verdict | time |\n|---|---|---|---:|\n");
        for scenario in section.scenarios {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {:.1} s |",
                escaped(&scenario.clause),
                escaped(&scenario.title),
                mark(scenario.verdict),
                scenario.duration_s
            );
        }
    }
    let load = load::of_run(run);
    if !load.is_empty() {
        let _ = writeln!(out, "\n## Load\n\n| load | {} |", load::HEADS.join(" | "));
        let _ = writeln!(out, "|---{}|", "|---:".repeat(load::HEADS.len()));
    }
    for row in load {
        let _ = writeln!(out, "| {} | {} |", row.what, row.cells.join(" | "));
    }
    out.push('\n');
    let _ = writeln!(out, "pbxcert {}", escaped(&run.tool_version));
    out
}

fn mark(verdict: Verdict) -> String {
    match verdict {
        Verdict::Fail | Verdict::Inconclusive => format!("**{verdict}**"),
        _ => verdict.word().to_owned(),
    }
}

/// Text that neither Markdown nor HTML takes for its own.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn findings_come_first_and_clauses_follow() {
        let text = markdown(&sample::failing());
        assert!(text.contains("**FAILED: 1 of 3 scenarios**"), "{text}");
        assert!(text.find("## Findings").unwrap() < text.find("| 7.1.3 |").unwrap());
        assert!(text.contains("| 7.1.3 | Single Outgoing Call 1 | **fail** | 63.0 s |"), "{text}");
    }

    #[test]
    fn hostile_text_makes_no_table_cell_and_no_tag() {
        let text = markdown(&sample::hostile());
        assert!(!text.contains("<script>"), "{text}");
        for line in text.lines().filter(|line| line.starts_with("| ")) {
            assert_eq!(line.replace("\\|", "").matches('|').count(), 5, "{line}");
        }
    }
}
