//! Who of the profile's pool a scenario may use, so that scenarios run side by side
//! without getting into each other's way.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::profile::Profile;

/// What a scenario needs, as its tags say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// External numbers; `@external-2` asks for two.
    pub externals: usize,
    /// Whether it needs another extension's phone (`@desk-phone`).
    pub desk_phone: bool,
}

impl Need {
    /// Reads the tags of a scenario and its feature, without the `@`.
    pub fn from_tags<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        let mut need = Self { externals: 1, desk_phone: false };
        for tag in tags {
            if let Some(count) = tag.strip_prefix("external-").and_then(|n| n.parse().ok()) {
                need.externals = count;
            }
            need.desk_phone |= tag == "desk-phone";
        }
        need
    }

    /// What the profile lacks for it, in words.
    pub fn lacking_in(&self, profile: &Profile) -> Option<String> {
        let numbers = profile.external.numbers.len();
        if numbers < self.externals {
            return Some(format!("{} external numbers; it has {numbers}", self.externals));
        }
        (self.desk_phone && profile.extensions.is_empty())
            .then(|| "an extension besides the Teams users, under `extensions`".to_owned())
    }
}

#[derive(Debug, Default)]
struct Free {
    pairs: Vec<usize>,
    externals: Vec<usize>,
    extensions: Vec<usize>,
}

#[derive(Debug, Default)]
struct Shared {
    free: Mutex<Free>,
    returned: Notify,
}

/// The pool of a run; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Pool(Arc<Shared>);

/// What a scenario has for itself. It goes back on drop.
#[derive(Debug)]
pub struct Lease {
    pool: Pool,
    pair: usize,
    externals: Vec<usize>,
    extension: Option<usize>,
}

impl Pool {
    /// Everybody of the profile. Users are leased in pairs, User A and User B.
    pub fn of(profile: &Profile) -> Self {
        let count = |n: usize| (0..n).rev().collect();
        let free = Free {
            pairs: count(profile.users.len() / 2),
            externals: count(profile.external.numbers.len()),
            extensions: count(profile.extensions.len()),
        };
        Self(Arc::new(Shared { free: Mutex::new(free), returned: Notify::new() }))
    }

    /// Waits until all that is needed is free at once.
    pub async fn lease(&self, need: Need) -> Lease {
        loop {
            let returned = self.0.returned.notified();
            if let Some(lease) = self.try_lease(need) {
                return lease;
            }
            returned.await;
        }
    }

    fn try_lease(&self, need: Need) -> Option<Lease> {
        let mut free = self.0.free.lock().unwrap_or_else(PoisonError::into_inner);
        let short = free.pairs.is_empty()
            || free.externals.len() < need.externals
            || (need.desk_phone && free.extensions.is_empty());
        if short {
            return None;
        }
        let pair = free.pairs.pop()?;
        let rest = free.externals.len() - need.externals;
        let mut externals = free.externals.split_off(rest);
        externals.reverse();
        let extension = if need.desk_phone { free.extensions.pop() } else { None };
        Some(Lease { pool: self.clone(), pair, externals, extension })
    }
}

impl Lease {
    /// Index of User A (0) or User B (1) in the profile.
    pub fn user(&self, role: usize) -> usize {
        2 * self.pair + role
    }

    /// Index of the n-th external number in the profile.
    pub fn external(&self, n: usize) -> Option<usize> {
        self.externals.get(n).copied()
    }

    /// Index of the extension phone in the profile.
    pub fn extension(&self) -> Option<usize> {
        self.extension
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut free = self.pool.0.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.pairs.push(self.pair);
        free.externals.append(&mut self.externals);
        free.extensions.extend(self.extension);
        drop(free);
        self.pool.0.returned.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(pairs: usize, externals: usize) -> Pool {
        let free = Free {
            pairs: (0..pairs).collect(),
            externals: (0..externals).collect(),
            extensions: vec![0],
        };
        Pool(Arc::new(Shared { free: Mutex::new(free), returned: Notify::new() }))
    }

    #[tokio::test]
    async fn all_or_nothing_and_back_on_drop() {
        let pool = pool(2, 3);
        let two = Need { externals: 2, desk_phone: true };
        let first = pool.lease(two).await;
        assert!(pool.try_lease(two).is_none(), "one number and no extension are left");
        assert!(pool.try_lease(Need { externals: 1, desk_phone: false }).is_some());
        let waiting = pool.lease(two);
        let give_back = async move { drop(first) };
        let (second, ()) = tokio::join!(waiting, give_back);
        assert_ne!(second.external(0), second.external(1));
    }

    #[test]
    fn tags_tell_the_need() {
        let need = Need::from_tags(["guide-7.1.1", "external-2"]);
        assert_eq!(need, Need { externals: 2, desk_phone: false });
        assert!(Need::from_tags(["desk-phone"]).desk_phone);
    }
}
