//! Whether a bundle is whole and its reports say what its record says.

use std::path::Path;

use serde_json::Value;

use crate::cli::folder::PROFILE;
use crate::record::Run;
use crate::report::{clean, outcome, read_json};

use super::BundleError;
use super::archive::{Found, RECORD};
use super::contents::{Contents, MADE_BY};
use super::manifest::{self, MANIFEST};

/// What a bundle shows.
#[derive(Debug)]
pub(in crate::cli) struct Attested {
    /// The run that it is about.
    run: Run,
    /// How many files it has, the manifest among them.
    files: usize,
    has_profile: bool,
    /// Everything that is not as pbxcert makes it; empty for a good bundle.
    pub(in crate::cli) problems: Vec<String>,
}

/// Reads a bundle and compares everything in it. Writes nothing.
///
/// # Errors
/// [`BundleError::Archive`] where nothing can be compared: no archive, no record or
/// manifest in it, or one that another version made.
pub(in crate::cli) fn verify(path: &Path) -> Result<Attested, BundleError> {
    let found = Found::read(path)?;
    compared(&found).map_err(|why| BundleError::Archive { path: path.display().to_string(), why })
}

fn compared(found: &Found) -> Result<Attested, String> {
    let text = |name: &str| found.text(name).ok_or_else(|| format!("it has no {name}"));
    let listed = manifest::read(text(MANIFEST)?)?;
    let run = read_json(text(RECORD)?).map_err(|error| format!("{RECORD}: {error}"))?;
    let made_by = version(text(MADE_BY)?)?;
    let mut problems = Vec::new();
    for (path, digest) in &listed {
        match found.digests.get(path) {
            None => problems.push(format!("{path} is in the manifest and not in the bundle")),
            Some(found) if found != digest => {
                problems.push(format!("{path} was altered: its SHA-256 is not the manifest's"));
            }
            Some(_) => {}
        }
    }
    for path in found.digests.keys() {
        if path != MANIFEST && !listed.contains_key(path) {
            problems.push(format!("{path} is in the bundle and not in the manifest"));
        }
    }
    let contents = Contents::of(&run);
    if found.root != contents.root {
        problems
            .push(format!("its folder is called {}, and this run's {}", found.root, contents.root));
    }
    for path in &contents.refused {
        problems
            .push(format!("the record names a file `{}`, which no run has written", clean(path)));
    }
    for path in contents.evidence.iter().filter(|path| !found.digests.contains_key(*path)) {
        problems.push(format!("{path}, which the record names, is missing"));
    }
    for path in found.digests.keys() {
        if path != MANIFEST && !contents.has_place_for(path) {
            problems.push(format!("{path} belongs to no part of this run"));
        }
    }
    let differing = differing(found, &contents);
    if !differing.is_empty() && made_by != env!("CARGO_PKG_VERSION") {
        return Err(format!(
            "its reports were made by pbxcert {made_by}, and only that renders them alike: use it to verify"
        ));
    }
    problems.extend(differing);
    let profile = found.digests.get(PROFILE);
    if profile.is_some_and(|digest| *digest != run.profile_digest) {
        problems.push(format!(
            "{PROFILE} is not the profile of the run: its SHA-256 is not the record's"
        ));
    }
    Ok(Attested { files: found.digests.len(), has_profile: profile.is_some(), problems, run })
}

/// Reports that say something else than the record, or are missing.
fn differing(found: &Found, contents: &Contents) -> Vec<String> {
    use sha2::{Digest as _, Sha256};
    contents
        .rendered
        .iter()
        .filter_map(|(path, text)| match found.digests.get(path) {
            None => Some(format!("{path} is missing")),
            Some(digest) if *digest != hex::encode(Sha256::digest(text.as_bytes())) => {
                Some(format!("{path} is not what the record renders to"))
            }
            Some(_) => None,
        })
        .collect()
}

fn version(text: &str) -> Result<String, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("{MADE_BY}: {error}"))?;
    match (value["schema"].as_u64(), value["tool_version"].as_str()) {
        (Some(1), Some(version)) => Ok(clean(version).chars().take(40).collect()),
        (Some(schema), _) if schema > 1 => Err(format!(
            "{MADE_BY}: schema {schema}, and this version reads schema 1: use a newer pbxcert"
        )),
        _ => Err(format!("{MADE_BY}: it does not say which version made it")),
    }
}

impl Attested {
    /// What it attests, or what is wrong with it, in words.
    pub(in crate::cli) fn said(&self) -> String {
        let mut lines = Vec::new();
        let run = &self.run;
        if self.problems.is_empty() {
            lines.push(format!(
                "WHOLE: {} files, each with the digest of the manifest, and nothing else.",
                self.files
            ));
            lines.push("The reports are what the record renders to.".to_owned());
            lines.push(if self.has_profile {
                "The profile is the one that the record names; its passwords are masked.".to_owned()
            } else {
                "The profile of the run is not in it.".to_owned()
            });
        } else {
            lines.push("NOT WHOLE: it does not attest anything.".to_owned());
            lines.extend(self.problems.iter().take(50).map(|problem| format!("- {problem}")));
            if self.problems.len() > 50 {
                lines.push(format!("- and {} more", self.problems.len() - 50));
            }
            return lines.join("\n") + "\n";
        }
        lines.push(format!(
            "It attests of {} (profile {}, SHA-256 {}), run with pbxcert {} at {}:",
            clean(&run.pbx_model),
            clean(&run.profile),
            clean(&run.profile_digest),
            clean(&run.tool_version),
            clean(&run.started)
        ));
        lines.push(outcome(run));
        lines.push(
            "A manifest is no signature: it shows that nothing was lost or altered on the way, not who made it."
                .to_owned(),
        );
        lines.join("\n") + "\n"
    }
}
