//! What belongs into the bundle of a run, as its record says: nothing else goes in, and
//! nothing else is accepted.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::folder::{PROFILE, UNCLAIMED};
use crate::record::Run;
use crate::report::{RENDERINGS, SCENARIO_RENDERINGS, scenario_folder};

use super::name::{self, is_plain};

/// Says which version made the bundle, and so which renders its reports again.
pub(super) const MADE_BY: &str = "bundle.json";

/// The files of a bundle by path, below its folder.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Name of the one folder that everything lies in.
    pub(super) root: String,
    /// Files that are functions of the record, the record among them.
    pub(super) rendered: BTreeMap<String, String>,
    /// Files that the record names: captures and recordings.
    pub(super) evidence: BTreeSet<String>,
    /// Names in the record that cannot be those of evidence.
    pub(super) refused: Vec<String>,
}

impl Contents {
    /// Files that a run may have left.
    pub(super) const OPTIONAL: [&'static str; 2] = [PROFILE, UNCLAIMED];

    pub(super) fn of(run: &Run) -> Self {
        let mut contents = Self {
            root: name::part(&format!("{}-{}", run.profile, run.started)),
            ..Self::default()
        };
        for rendering in RENDERINGS {
            contents.rendered.insert(rendering.name.to_owned(), (rendering.render)(run));
        }
        for scenario in &run.scenarios {
            let Some(folder) = scenario_folder(scenario) else { continue };
            for rendering in SCENARIO_RENDERINGS {
                let path = format!("{folder}/{}", rendering.name);
                contents.rendered.insert(path, (rendering.render)(run, scenario));
            }
        }
        let named = run.scenarios.iter().flat_map(|scenario| {
            let found = scenario.findings.iter().flat_map(|finding| &finding.evidence);
            scenario.evidence.iter().map(|file| &file.path).chain(found)
        });
        for path in named {
            if contents.rendered.contains_key(path) || contents.evidence.contains(path) {
                continue;
            }
            if is_plain(path) && path.contains('/') {
                contents.evidence.insert(path.clone());
            } else {
                contents.refused.push(path.clone());
            }
        }
        contents
    }

    /// Whether a file of this path can be in the bundle.
    pub(super) fn has_place_for(&self, path: &str) -> bool {
        self.rendered.contains_key(path)
            || self.evidence.contains(path)
            || path == MADE_BY
            || Self::OPTIONAL.contains(&path)
    }
}
