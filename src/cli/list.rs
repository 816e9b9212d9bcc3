//! `pbxcert list` and `run --dry-run`: the plan, and nothing sent.

use std::fmt::Write as _;
use std::path::Path;

use super::args::ListArgs;
use super::{Console, Exit, UsageError};
use crate::runner::{Plan, Selection, built_in, from_folder};
use crate::steps::phrase_list;

/// Shows every scenario that the arguments select.
pub(super) fn list(args: &ListArgs, console: &Console) -> Result<Exit, UsageError> {
    if args.phrases {
        for phrase in phrase_list() {
            console.out(&format!("{phrase}\n"));
        }
        return Ok(Exit::Passed);
    }
    let plan = read_plan(args.features.as_deref(), &args.only, args.tags.as_deref())?;
    console.out(&shown(&plan, args.steps));
    Ok(Exit::Passed)
}

/// Reads the plan that the arguments name.
pub(super) fn read_plan(
    features: Option<&Path>,
    only: &[String],
    tags: Option<&str>,
) -> Result<Plan, UsageError> {
    let wrong = |error: crate::runner::PlanError| UsageError(error.to_string());
    let selection = Selection::parse(only, tags).map_err(wrong)?;
    let files = match features {
        Some(folder) => from_folder(folder).map_err(wrong)?,
        None => built_in(),
    };
    Plan::read(&files, selection, features.is_none()).map_err(wrong)
}

/// One line for each scenario, with its steps if wanted.
pub(super) fn shown(plan: &Plan, steps: bool) -> String {
    let mut out = String::new();
    for planned in &plan.scenarios {
        let mut needs = vec!["2 users".to_owned()];
        match planned.need.externals {
            0 => {}
            1 => needs.push("1 external number".to_owned()),
            n => needs.push(format!("{n} external numbers")),
        }
        if planned.need.desk_phone {
            needs.push("an extension".to_owned());
        }
        let _ = writeln!(
            out,
            "{:<7} {}\n        needs {}",
            planned.clause,
            planned.title,
            needs.join(", ")
        );
        if steps {
            for step in &planned.steps {
                let _ = writeln!(out, "          {step}");
            }
        }
    }
    out
}
