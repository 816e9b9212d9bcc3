//! Where `${NAME}` in a secret is looked up.

/// A look-up of environment variables, so that tests need not touch the process's own.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The process's environment. A value that is not UTF-8 counts as unset.
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Replaces every `${NAME}` in `text`. `$` without a brace stands for itself. The
/// error carries the name that is not set, or nothing if a brace is not closed.
pub(super) fn expand(text: &str, environment: Environment<'_>) -> Result<String, ExpandError> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        out.push_str(&rest[..start]);
        let after = &rest[start + 2..];
        let end = after.find('}').ok_or(ExpandError::Unclosed)?;
        let name = &after[..end];
        let plain = !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit());
        if !plain {
            return Err(ExpandError::NotAName);
        }
        let value = environment(name).ok_or_else(|| ExpandError::Unset(name.to_owned()))?;
        if value.is_empty() {
            return Err(ExpandError::Empty(name.to_owned()));
        }
        out.push_str(&value);
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

/// Why a `${NAME}` could not be replaced.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ExpandError {
    /// No such variable.
    #[error("environment variable {0} is not set")]
    Unset(String),
    /// The variable is there, but empty.
    #[error("environment variable {0} is empty")]
    Empty(String),
    /// `${` without `}`.
    #[error("`${{` is not closed")]
    Unclosed,
    /// What stands in the braces cannot be a variable. It is not quoted, since it may
    /// be part of a password.
    #[error("what stands between `${{` and `}}` is no name of an environment variable")]
    NotAName,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str) -> Option<String> {
        match name {
            "A" => Some("one".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        }
    }

    #[test]
    fn variables_are_replaced_anywhere() {
        assert_eq!(expand("${A}", &set).unwrap(), "one");
        assert_eq!(expand("x${A}y${A}$z", &set).unwrap(), "xoneyone$z");
        assert_eq!(expand("${B}", &set), Err(ExpandError::Unset("B".to_owned())));
        assert_eq!(expand("${EMPTY}", &set), Err(ExpandError::Empty("EMPTY".to_owned())));
        assert_eq!(expand("${A", &set), Err(ExpandError::Unclosed));
        assert_eq!(expand("${a b}", &set), Err(ExpandError::NotAName));
    }
}
