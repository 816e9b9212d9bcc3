//! Finding the folders of runs below the folders that somebody named.

use std::path::{Path, PathBuf};

/// The record that makes a folder the folder of a run.
pub(super) const RECORD: &str = "run.json";

/// What was found, and what could not be looked at, each in words with a remedy.
#[derive(Debug, Default)]
pub(super) struct FoundRuns {
    /// Folders with a record, each once, in the order of the arguments and below one
    /// argument by name.
    pub(super) folders: Vec<PathBuf>,
    pub(super) complaints: Vec<String>,
}

impl FoundRuns {
    /// Looks at every named folder: it is a run's, or runs lie below it at any depth.
    pub(super) fn below(named: &[PathBuf]) -> Self {
        let mut found = Self::default();
        let mut seen = Vec::new();
        for path in named {
            let mut folders = Vec::new();
            walk(path, true, &mut folders, &mut found.complaints);
            for folder in folders {
                // One folder may be named twice, or by two ways.
                let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
                if !seen.contains(&real) {
                    seen.push(real);
                    found.folders.push(folder);
                }
            }
        }
        found
    }
}

/// Goes into folders, not through links: they may lead in circles.
fn walk(path: &Path, named: bool, folders: &mut Vec<PathBuf>, complaints: &mut Vec<String>) {
    let record = path.join(RECORD);
    if record.is_file() {
        folders.push(path.to_owned());
        return;
    }
    let entries = std::fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut below: Vec<PathBuf> = match entries {
        Ok(entries) => entries
            .into_iter()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .map(|entry| entry.path())
            .collect(),
        Err(error) => {
            complaints.push(format!(
                "{} cannot be read: {error}\n  name the folder of a run, with its {RECORD}, or one with runs below it",
                path.display()
            ));
            return;
        }
    };
    below.sort();
    let (runs, said) = (folders.len(), complaints.len());
    for folder in below {
        walk(&folder, false, folders, complaints);
    }
    if named && folders.len() == runs && complaints.len() == said {
        complaints.push(format!(
            "{} cannot be read, and no folder below {} has a {RECORD}\n  name the folder of a run, or one with runs below it",
            record.display(),
            path.display()
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(root: &Path, name: &str) {
        std::fs::create_dir_all(root.join(name)).unwrap();
        std::fs::write(root.join(name).join(RECORD), "{}").unwrap();
    }

    #[test]
    fn runs_are_found_at_any_depth_each_once_and_in_order() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for name in ["b/2", "b/1", "a/x/y/1", "c"] {
            run(root, name);
        }
        run(root, "c/6.1");
        std::fs::create_dir(root.join("empty")).unwrap();
        std::os::unix::fs::symlink(root, root.join("a/circle")).unwrap();
        let found = FoundRuns::below(&[root.to_owned(), root.join("a/../b/1")]);
        let names: Vec<_> = found
            .folders
            .iter()
            .map(|folder| folder.strip_prefix(root).unwrap().to_str().unwrap())
            .collect();
        assert_eq!(names, ["a/x/y/1", "b/1", "b/2", "c"]);
        assert!(found.complaints.is_empty(), "{:?}", found.complaints);
    }

    #[test]
    fn what_holds_no_run_is_named() {
        let root = tempfile::tempdir().unwrap();
        let missing = root.path().join("missing");
        let found = FoundRuns::below(&[root.path().to_owned(), missing]);
        assert!(found.folders.is_empty());
        assert!(found.complaints[0].contains("no folder below"), "{:?}", found.complaints);
        assert!(found.complaints[1].contains("missing cannot be read"), "{:?}", found.complaints);
    }
}
