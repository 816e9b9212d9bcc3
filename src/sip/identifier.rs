//! Random identifiers: branches, tags, Call-IDs.

/// A Via branch with the magic cookie (RFC 3261 §8.1.1.7).
pub fn new_branch() -> String {
    format!("z9hG4bK{:016x}", rand::random::<u64>())
}

/// A From or To tag (RFC 3261 §19.3).
pub fn new_tag() -> String {
    format!("{:012x}", rand::random::<u64>() >> 16)
}

/// A Call-ID.
pub fn new_call_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}
