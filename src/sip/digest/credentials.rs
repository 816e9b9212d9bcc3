//! Who we say we are.

use std::fmt;

/// User name and password for digest. Neither `Debug` nor anything else shows the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The authentication user name, which may differ from the SIP user.
    pub username: String,
    /// A realm to answer with instead of the challenge's.
    pub realm_override: Option<String>,
    password: String,
}

impl Credentials {
    /// Credentials that answer with whatever realm is asked for.
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self { username: username.into(), realm_override: None, password: password.into() }
    }

    pub(super) fn password(&self) -> &str {
        &self.password
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .field("realm_override", &self.realm_override)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_not_shown() {
        let shown = format!("{:?}", Credentials::new("alice", "s3cret"));
        assert!(shown.contains("alice") && !shown.contains("s3cret"));
    }
}
