//! `manifest.sha256`, in the form that `sha256sum --check` reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::name::is_plain;

/// Its name in the bundle.
pub(super) const MANIFEST: &str = "manifest.sha256";

/// Digests by path, in hexadecimal.
pub(super) type Digests = BTreeMap<String, String>;

/// One line for each file, by path.
pub(super) fn write(digests: &Digests) -> String {
    let mut out = String::new();
    for (path, digest) in digests {
        let _ = writeln!(out, "{digest}  {path}");
    }
    out
}

/// Reads what [`write`] wrote; else the first line that it cannot have written.
pub(super) fn read(text: &str) -> Result<Digests, String> {
    let mut digests = Digests::new();
    for (n, line) in text.lines().enumerate() {
        let wrong = |what: &str| Err(format!("{MANIFEST}:{}: {what}", n + 1));
        let Some((digest, path)) = line.split_once("  ") else {
            return wrong("no digest and path with two blanks between them");
        };
        let is_digest = digest.len() == 64
            && digest.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
        if !is_digest {
            return wrong("no SHA-256 in lower-case hexadecimal");
        }
        if !is_plain(path) {
            return wrong("a path that no bundle has");
        }
        if digests.insert(path.to_owned(), digest.to_owned()).is_some() {
            return wrong("a path that is listed already");
        }
    }
    Ok(digests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read_and_nothing_else() {
        let digest = "0123456789abcdef".repeat(4);
        let digests = Digests::from([("a".to_owned(), digest.clone())]);
        assert_eq!(read(&write(&digests)).unwrap(), digests);
        let bad = [
            format!("{digest} a"),
            format!("{}  a", digest.to_uppercase()),
            format!("{digest}  ../a"),
            format!("{digest}  a\n{digest}  a"),
            "x".to_owned(),
        ];
        for text in &bad {
            assert!(read(text).unwrap_err().starts_with("manifest.sha256:"), "{text}");
        }
    }
}
