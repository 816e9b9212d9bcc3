//! `pbxcert explain`: what a clause asks for, what a cause means.

use std::fmt::Write as _;

use super::args::ExplainArgs;
use super::list::read_plan;
use super::{Console, Exit, UsageError};
use crate::check::advice;
use crate::record::{Cause, Paragraph, Tested};

/// Explains a cause by its row of the table, a clause by its scenarios.
pub(super) fn explain(args: &ExplainArgs, console: &Console) -> Result<Exit, UsageError> {
    let subject = args.subject.trim().to_lowercase();
    if let Ok(cause) = serde_json::from_value::<Cause>(subject.clone().into()) {
        let row = advice(cause);
        let clause = match row.clause {
            "" => String::new(),
            clause if clause.starts_with("B.") => format!(" (beyond the guide, {clause})"),
            clause => format!(" (guide {clause})"),
        };
        let width = console.style().width.clamp(40, 100);
        let text = format!("{cause}{clause}\n{}.\n\n{}\n", row.meaning, row.remedy);
        let wrapped: Vec<String> = text.lines().map(|line| textwrap::fill(line, width)).collect();
        console.out(&format!("{}\n", wrapped.join("\n")));
        return Ok(Exit::Passed);
    }
    let paragraph = Paragraph::numbered(&subject);
    let mut out = String::new();
    if let Some(paragraph) = paragraph {
        let _ = writeln!(out, "{} {}", paragraph.number, paragraph.title);
        let words = paragraph.in_words();
        if !words.is_empty() {
            let _ = writeln!(out, "  {words}");
        }
        if paragraph.tested != Tested::Scenario {
            console.out(&out);
            return Ok(Exit::Passed);
        }
    }
    let plan = read_plan(None, std::slice::from_ref(&subject), None).map_err(|_| {
        UsageError(format!(
            "`{}` is neither a clause of the guide nor a cause\n  `pbxcert list` shows the \
             clauses; a finding names its cause",
            args.subject
        ))
    })?;
    for planned in &plan.scenarios {
        let _ = writeln!(out, "{} {}", planned.clause, planned.title);
        for step in &planned.steps {
            let _ = writeln!(out, "  {step}");
        }
    }
    console.out(&out);
    Ok(Exit::Passed)
}
