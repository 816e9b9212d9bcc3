//! Where feature files come from: the binary itself, or a folder that `--features` names.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::PlanError;

include!(concat!(env!("OUT_DIR"), "/features.rs"));

/// A feature file, not yet parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureFile {
    /// Its name, for errors.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The feature files of this version, in the order of the guide.
pub fn built_in() -> Vec<FeatureFile> {
    BUILT_IN
        .iter()
        .map(|(name, text)| FeatureFile { name: format!("features/{name}"), text: (*text).into() })
        .collect()
}

/// Every `.feature` file of a folder, by name.
pub fn from_folder(folder: &Path) -> Result<Vec<FeatureFile>, PlanError> {
    let failed = |source| PlanError::Folder { folder: folder.to_owned(), source };
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .map_err(failed)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "feature"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(&path).map_err(failed)?;
            let text = String::from_utf8(bytes).map_err(|_| {
                failed(std::io::Error::new(
                    std::io::ErrorKind::InvalidData,
                    format!("{} is not UTF-8", path.display()),
                ))
            })?;
            Ok(FeatureFile { name: path.display().to_string(), text })
        })
        .collect()
}

/// SHA-256 over names and texts, hexadecimal: the version of a plan.
pub(super) fn digest(files: &[FeatureFile]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        let name = Path::new(&file.name).file_name().unwrap_or_default();
        hash.update(name.as_encoded_bytes());
        hash.update([0]);
        hash.update(file.text.as_bytes());
        hash.update([0]);
    }
    hex::encode(hash.finalize())
}
