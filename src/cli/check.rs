//! `pbxcert check`: a profile without a network.

use super::args::CheckArgs;
use super::{Console, Exit};
use crate::profile::Profile;

/// Checks every profile; all complaints of all of them are shown.
pub(super) fn check(args: &CheckArgs, console: &Console) -> Exit {
    let mut worst = Exit::Passed;
    for path in &args.profiles {
        match Profile::load(path) {
            Ok(profile) => {
                let style = console.error_style();
                console.error(&profile.warnings.render(style.width, style.color));
                let what = if profile.is_embedded() {
                    "the built-in reference PBX".to_owned()
                } else {
                    format!(
                        "{} users, {} extensions, {} external numbers",
                        profile.users.len(),
                        profile.extensions.len(),
                        profile.external.numbers.len()
                    )
                };
                console.out(&format!("{}: {}, {what}: valid\n", path.display(), profile.name));
            }
            Err(error) => {
                let style = console.error_style();
                console.error(&error.render(style.width, style.color));
                worst = Exit::Usage;
            }
        }
    }
    worst
}
