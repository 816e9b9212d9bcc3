//! `pbxcert init`: a commented profile to start from.

use std::io::Write as _;

use super::args::InitArgs;
use super::{Console, Exit, UsageError};
use crate::profile::{Vendor, template};

/// Writes the template, never over a file unless told to.
pub(super) fn init(args: &InitArgs, console: &Console) -> Result<Exit, UsageError> {
    let text = match &args.vendor {
        Some(name) => {
            Vendor::named(name).map_err(|error| UsageError(format!("--for: {error}")))?.template()
        }
        None => template().to_owned(),
    };
    let path = &args.path;
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    if args.force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        UsageError(match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                format!("{} is there already\n  give another name, or --force", path.display())
            }
            _ => format!("{} cannot be written: {error}", path.display()),
        })
    })?;
    console.out(&format!(
        "{0} is written. Fill it in, then:\n  pbxcert check {0}\n  pbxcert run {0}\n",
        path.display()
    ));
    Ok(Exit::Passed)
}
