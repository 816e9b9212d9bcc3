//! Names of files in a bundle: such as no file system, shell or `sha256sum` misreads.

/// Longest path in a bundle.
const LONGEST: usize = 200;

/// Whether a relative path stays where it belongs: plain characters, and no part that is
/// hidden, empty or leads upwards.
pub(super) fn is_plain(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    path.len() <= LONGEST
        && path.split('/').all(|part| {
            part.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
                && part.chars().all(plain)
        })
}

/// A text as one part of a plain path.
pub(super) fn part(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(60) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    if out.is_empty() { "run".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_paths_stay_where_they_belong() {
        for good in ["run.json", "7.1.4a/user-a-1.wav", "6.2-2/wire.pcap"] {
            assert!(is_plain(good), "{good}");
        }
        let long = "x".repeat(201);
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            ".hidden",
            "a/./b",
            "a\\b",
            "a b",
            "é",
            "a\nb",
            "-rf",
            &long,
        ] {
            assert!(!is_plain(bad), "{bad:?}");
        }
    }

    #[test]
    fn any_text_makes_a_part() {
        assert_eq!(part("reference-2026-11-24T13:00:00Z"), "reference-2026-11-24T13-00-00Z");
        assert_eq!(part("../../etc"), "etc");
        assert_eq!(part("\u{1b}"), "run");
        assert!(is_plain(&part(&"é../x".repeat(99))));
    }
}
