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

/// Every `.feature` file of a folder, by the clause that its name begins with.
pub fn from_folder(folder: &Path) -> Result<Vec<FeatureFile>, PlanError> {
    let failed = |source| PlanError::Folder { folder: folder.to_owned(), source };
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .map_err(failed)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "feature"))
        .collect();
    paths.sort_by_key(|path| (order(path), path.clone()));
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

/// The numbers that a file's name begins with: 4.1.1.10 comes after 4.1.1.8, as in the guide;
/// what is beyond the guide (`beyond_1_…`) comes after it.
fn order(path: &Path) -> (bool, Vec<u32>) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beyond = name.strip_prefix("beyond_");
    let numbers = beyond.unwrap_or(&name).split('_').map_while(|part| part.parse().ok());
    (beyond.is_some(), numbers.collect())
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
