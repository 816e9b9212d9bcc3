//! A run and where its folder lies, which only the caller can know.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, PathBuf};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::record::Run;
use crate::report::clean;

use super::clause_order::natural;

/// A run and its folder.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The run.
    pub run: Run,
    /// Its folder, relative to the folder of the matrix.
    pub folder: PathBuf,
}

impl Placed {
    /// The folder as text, harmless on a terminal; `.` where the matrix lies in it.
    pub(super) fn shown(&self) -> String {
        let shown = clean(&self.folder.to_string_lossy());
        if shown.is_empty() { ".".to_owned() } else { shown }
    }

    /// A relative link to the run's page.
    pub(super) fn page(&self) -> String {
        // The leading `./` keeps a folder `javascript:` from being a scheme.
        let mut out = "./".to_owned();
        for component in self.folder.components() {
            let bytes = match &component {
                Component::Normal(name) => name.as_bytes(),
                Component::ParentDir => b"..",
                _ => continue,
            };
            for byte in bytes {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
                    out.push(char::from(*byte));
                } else {
                    let _ = write!(out, "%{byte:02X}");
                }
            }
            out.push('/');
        }
        out.push_str("index.html");
        out
    }

    /// Earlier runs first; those that began in one second by their folders, which `run`
    /// numbers. A run that does not say when it began is older than any that does.
    pub(super) fn by_age(&self, other: &Self) -> Ordering {
        let began = |one: &Self| OffsetDateTime::parse(&one.run.started, &Rfc3339).ok();
        began(self)
            .cmp(&began(other))
            .then_with(|| natural(&self.folder.to_string_lossy(), &other.folder.to_string_lossy()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn placed(started: &str, folder: &str) -> Placed {
        let run = Run { started: started.to_owned(), ..sample::passing() };
        Placed { run, folder: PathBuf::from(folder) }
    }

    #[test]
    fn links_are_relative_and_have_no_scheme() {
        let page = |folder: &str| placed("", folder).page();
        assert_eq!(page("a/b"), "./a/b/index.html");
        assert_eq!(page("../a b/é#?"), "./../a%20b/%C3%A9%23%3F/index.html");
        assert_eq!(page("javascript:alert(1)"), "./javascript%3Aalert%281%29/index.html");
        assert_eq!(page(""), "./index.html");
        assert_eq!(placed("", "").shown(), ".");
    }

    #[test]
    fn age_is_a_moment_and_no_text() {
        let mut runs = [
            placed("2026-11-24T13:00:00Z", "x-10"),
            placed("2026-11-24T13:00:00Z", "x-2"),
            placed("2026-11-24T13:30:00+01:00", "y"),
            placed("yesterday", "z"),
        ];
        runs.sort_by(Placed::by_age);
        let order: Vec<String> = runs.iter().map(Placed::shown).collect();
        assert_eq!(order, ["z", "y", "x-2", "x-10"]);
    }
}
