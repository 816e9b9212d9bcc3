//! `Scheme name=value, name="value", …`: the syntax of challenges and credentials.

use crate::sip::split::split_outside;

/// One scheme with its directives; values are the raw text between the quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Directives {
    pub(super) scheme: String,
    list: Vec<(String, String)>,
}

impl Directives {
    /// Reads a header value; several challenges in one value give several entries.
    pub(super) fn parse_all(value: &str) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for piece in split_outside(value, b',') {
            let (name, written) = piece.split_once('=').unwrap_or((piece, ""));
            let mut name = name.trim();
            // `Digest realm=…`: a word before the name begins a new scheme.
            if let Some((scheme, first)) = name.split_once(char::is_whitespace) {
                all.push(Self { scheme: scheme.to_owned(), list: Vec::new() });
                name = first.trim();
            } else if written.is_empty() && !name.is_empty() && all.is_empty() {
                all.push(Self { scheme: name.to_owned(), list: Vec::new() });
                continue;
            }
            if let Some(last) = all.last_mut()
                && !name.is_empty()
            {
                last.list.push((name.to_owned(), inner(written).to_owned()));
            }
        }
        all
    }

    pub(super) fn is_digest(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("Digest")
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.list.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }
}

/// The text between the quotes, escapes kept; an unquoted value as it is.
fn inner(written: &str) -> &str {
    let written = written.trim();
    match written.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').unwrap_or(rest),
        None => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_in_quotes_and_several_schemes() {
        let all = Directives::parse_all(
            r#"Digest realm="a, b", nonce = "n=1==", qop="auth,auth-int",stale=TRUE , Basic realm="x",Digest realm="c\"d""#,
        );
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].get("Realm"), Some("a, b"));
        assert_eq!(all[0].get("nonce"), Some("n=1=="));
        assert_eq!(all[0].get("qop"), Some("auth,auth-int"));
        assert_eq!(all[0].get("stale"), Some("TRUE"));
        assert!(!all[1].is_digest());
        assert_eq!(all[2].get("realm"), Some(r#"c\"d"#));
    }

    #[test]
    fn rubbish_gives_nothing_or_a_bare_scheme() {
        assert!(Directives::parse_all("").is_empty());
        assert!(Directives::parse_all(",,=,").is_empty());
        assert_eq!(Directives::parse_all("Negotiate").len(), 1);
    }
}
