//! `pbxcert list` and `run --dry-run`: the plan, and nothing sent.

use std::fmt::Write as _;
use std::path::Path;

use super::args::ListArgs;
use super::{Console, Exit, UsageError};
use crate::record::{PARAGRAPHS, Tested};
use crate::runner::{Plan, Selection, built_in, from_folder};
use crate::steps::{Need, Users, phrase_list};

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
    if plan.built_in && plan.selection.is_all() {
        console.out(&without_scenario());
        let beyond = read_plan(None, &[], Some("@beyond"))?;
        let head = "\nbeyond the guide, run only with --tags @beyond or --only B:\n";
        console.out(&format!("{head}{}", shown(&beyond, args.steps)));
    }
    Ok(Exit::Passed)
}

/// The paragraphs of the guide that no scenario is about, and why.
fn without_scenario() -> String {
    let mut out = String::from("\nwithout a scenario of their own:\n");
    for paragraph in PARAGRAPHS.iter().filter(|paragraph| paragraph.tested != Tested::Scenario) {
        let (number, title) = (paragraph.number, paragraph.title);
        let _ = writeln!(out, "  {number:<8} {title}\n           {}", paragraph.in_words());
    }
    out
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
        let mut needs = Vec::new();
        match planned.need.users {
            Users::Nobody => {}
            Users::Pair => needs.push("2 users".to_owned()),
            Users::Everyone => needs.push("all users".to_owned()),
        }
        match planned.need.externals {
            0 => {}
            1 => needs.push("1 external number".to_owned()),
            Need::ALL_EXTERNALS => needs.push("all external numbers".to_owned()),
            n => needs.push(format!("{n} external numbers")),
        }
        if planned.need.desk_phone {
            needs.push("an extension".to_owned());
        }
        if needs.is_empty() {
            needs.push("nobody".to_owned());
        }
        let _ = writeln!(
            out,
            "{:<8} {}\n         needs {}",
            planned.clause,
            planned.title,
            needs.join(", ")
        );
        if steps {
            for step in &planned.steps {
                let _ = writeln!(out, "           {step}");
            }
        }
    }
    out
}
