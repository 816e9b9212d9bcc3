//! Text for the page: harmless, bounded, and in the forms that links need.

pub(in crate::report) use crate::report::clean::short;

/// A relative link to a file of evidence; `None` where the path leaves the folder of
/// the run. The leading `./` keeps `javascript:` from being a scheme.
pub(super) fn href(path: &str) -> Option<String> {
    if path.is_empty() || path.starts_with('/') || path.split(['/', '\\']).any(|part| part == "..")
    {
        return None;
    }
    let mut out = "./".to_owned();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex::encode_upper([byte]));
        }
    }
    Some(out)
}

/// The anchor of the n-th scenario with this clause: `s-7.1.4a`, `s-6.2-2`.
pub(super) fn anchor(clause: &str, n: usize) -> String {
    let name: String = clause
        .chars()
        .take(24)
        .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' })
        .collect();
    if n <= 1 { format!("s-{name}") } else { format!("s-{name}-{n}") }
}

/// Seconds as people say them: `0.4 ms`, `16 ms`, `7.1 s`, `2 min 22 s`.
pub(in crate::report) fn duration(seconds: f64) -> String {
    if seconds < 0.0005 {
        "< 1 ms".to_owned()
    } else if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1000.0)
    } else if seconds < 120.0 {
        format!("{seconds:.1} s")
    } else {
        let whole = seconds.round() as u64;
        format!("{} min {} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_and_control_characters_are_shown() {
        assert_eq!(short("a\0b", 3), "a␀b");
        assert_eq!(short("abcdef", 4), "abc…");
        assert_eq!(short(&"x".repeat(65536), 10).chars().count(), 10);
    }

    #[test]
    fn links_stay_in_the_folder_and_have_no_scheme() {
        assert_eq!(href("7.1.1/user a.wav").unwrap(), "./7.1.1/user%20a.wav");
        assert_eq!(href("javascript:alert(1)").unwrap(), "./javascript%3Aalert%281%29");
        assert_eq!(href("/etc/passwd"), None);
        assert_eq!(href("a/../../b"), None);
        assert_eq!(href(""), None);
    }

    #[test]
    fn anchors_are_unique_and_plain() {
        assert_eq!(anchor("7.1.4a", 1), "s-7.1.4a");
        assert_eq!(anchor("6.2", 2), "s-6.2-2");
        assert_eq!(anchor("\"><b>", 1), "s----b-");
    }

    #[test]
    fn durations_have_a_fitting_unit() {
        assert_eq!(duration(0.0001), "< 1 ms");
        assert_eq!(duration(0.0164), "16 ms");
        assert_eq!(duration(7.12), "7.1 s");
        assert_eq!(duration(142.6), "2 min 23 s");
    }
}
