//! `pbxcert explain`: what a clause asks for, what a cause means.

use std::fmt::Write as _;

use super::args::ExplainArgs;
use super::list::read_plan;
use super::{Console, Exit, UsageError};
use crate::check::advice;
use crate::record::Cause;

/// Explains a cause by its row of the table, a clause by its scenarios.
pub(super) fn explain(args: &ExplainArgs, console: &Console) -> Result<Exit, UsageError> {
    let subject = args.subject.trim().to_lowercase();
    if let Ok(cause) = serde_json::from_value::<Cause>(subject.clone().into()) {
        let row = advice(cause);
        let clause = match row.clause {
            "" => String::new(),
            clause => format!(" (guide {clause})"),
        };
        let width = console.style().width.clamp(40, 100);
        let text = format!("{cause}{clause}\n{}.\n\n{}\n", row.meaning, row.remedy);
        let wrapped: Vec<String> = text.lines().map(|line| textwrap::fill(line, width)).collect();
        console.out(&format!("{}\n", wrapped.join("\n")));
        return Ok(Exit::Passed);
    }
    let plan = read_plan(None, std::slice::from_ref(&subject), None).map_err(|_| {
        UsageError(format!(
            "`{}` is neither a clause of the plan nor a cause\n  `pbxcert list` shows the \
             clauses; a finding names its cause",
            args.subject
        ))
    })?;
    let mut out = String::new();
    for planned in &plan.scenarios {
        let _ = writeln!(out, "{} {}", planned.clause, planned.title);
        for step in &planned.steps {
            let _ = writeln!(out, "  {step}");
        }
    }
    console.out(&out);
    Ok(Exit::Passed)
}
