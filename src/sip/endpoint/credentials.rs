//! PLACEHOLDER
/// Username and password of a digest account.
#[derive(Clone)]
pub struct Credentials {
    /// Username.
    pub username: String,
    /// Password.
    pub password: String,
}
