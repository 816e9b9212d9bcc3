//! The profile that `pbxcert init` writes.

/// A commented profile to start from. It passes the check once its three environment
/// variables are set.
pub const fn template() -> &'static str {
    include_str!("template.yaml")
}
