//! Who of the profile's pool a scenario may use, so that scenarios run side by side
//! without getting into each other's way.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::profile::Profile;

/// Which users a scenario needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Users {
    /// None (`@probe`).
    #[default]
    Nobody,
    /// User A and User B.
    Pair,
    /// All of the profile at once (`@all-users`).
    Everyone,
}

/// What a scenario needs, as its tags say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Need {
    /// Which users of the profile.
    pub users: Users,
    /// External numbers; `@external-2` asks for two, `@all-externals` for
    /// [`Need::ALL_EXTERNALS`].
    pub externals: usize,
    /// Whether it needs another extension's phone (`@desk-phone`).
    pub desk_phone: bool,
    /// Whether it wants an external number of another country than the PBX's, if the profile has
    /// one (`@external-abroad`).
    pub abroad: bool,
    /// Whether it wants a user with a desk phone on the same extension, if the profile has one
    /// (`@shared-extension`).
    pub shared_extension: bool,
}

impl Need {
    /// As many external numbers as the profile has, and two at least.
    pub const ALL_EXTERNALS: usize = usize::MAX;

    /// Reads the tags of a scenario and its feature, without the `@`.
    pub fn from_tags<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        let mut need = Self { users: Users::Pair, externals: 1, ..Self::default() };
        for tag in tags {
            if tag == "probe" {
                need = Self::default();
            }
            if let Some(count) = tag.strip_prefix("external-").and_then(|n| n.parse().ok()) {
                need.externals = count;
            }
            if tag == "all-externals" {
                need.externals = Self::ALL_EXTERNALS;
            }
            need.abroad |= tag == "external-abroad";
            need.desk_phone |= tag == "desk-phone";
            need.shared_extension |= tag == "shared-extension";
            if tag == "all-users" {
                need.users = Users::Everyone;
            }
        }
        need
    }

    /// Whether it can run beside all others.
    pub fn is_nobody(&self) -> bool {
        self.users == Users::Nobody && self.externals == 0 && !self.desk_phone
    }

    /// What the profile lacks for it, in words.
    pub fn lacking_in(&self, profile: &Profile) -> Option<String> {
        let numbers = profile.external.numbers.len();
        let least = if self.externals == Self::ALL_EXTERNALS { 2 } else { self.externals };
        if numbers < least {
            return Some(format!("{least} external numbers; it has {numbers}"));
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
    /// Pairs with a user who has a desk phone besides.
    with_desk: Vec<usize>,
    /// External numbers of another country.
    abroad: Vec<usize>,
    /// How many external numbers there are.
    all_externals: usize,
    /// How many pairs there are.
    pairs: usize,
    returned: Notify,
}

/// The pool of a run; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Pool(Arc<Shared>);

/// What a scenario has for itself. It goes back on drop.
#[derive(Debug)]
pub struct Lease {
    pool: Pool,
    pair: Option<usize>,
    /// All other pairs, for who needs everyone.
    others: Vec<usize>,
    externals: Vec<usize>,
    extension: Option<usize>,
}

impl Pool {
    /// Everybody of the profile, but no more than `pairs` pairs of users: User A and User B.
    pub fn of(profile: &Profile, pairs: usize) -> Self {
        let count = |n: usize| (0..n).rev().collect();
        let has_desk = |pair: &usize| {
            profile.users.iter().skip(2 * pair).take(2).any(|u| u.desk_phone.is_some())
        };
        // If not all pairs play, one with a desk phone must not be left out.
        let mut playing: Vec<usize> = (0..profile.users.len() / 2).collect();
        playing.sort_by_key(|pair| !has_desk(pair));
        playing.truncate(pairs);
        playing.sort_unstable_by(|one, other| other.cmp(one));
        let with_desk = playing.iter().copied().filter(has_desk).collect();
        let pairs = playing.len();
        let free = Free {
            pairs: playing,
            externals: count(profile.external.numbers.len()),
            extensions: count(profile.extensions.len()),
        };
        let all_externals = free.externals.len();
        let numbers = profile.external.numbers.iter().enumerate();
        let abroad = numbers.filter(|(_, number)| profile.pbx.is_abroad(number));
        let abroad = abroad.map(|(index, _)| index).collect();
        let (free, returned) = (Mutex::new(free), Notify::new());
        Self(Arc::new(Shared { free, with_desk, abroad, all_externals, pairs, returned }))
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

    /// Which of the free pairs the scenario takes.
    fn suitable(&self, free: &[usize], need: Need) -> Option<usize> {
        let with_desk = &self.0.with_desk;
        if need.shared_extension && !with_desk.is_empty() {
            return free.iter().rposition(|pair| with_desk.contains(pair));
        }
        free.len().checked_sub(1)
    }

    fn try_lease(&self, need: Need) -> Option<Lease> {
        let mut free = self.0.free.lock().unwrap_or_else(PoisonError::into_inner);
        let abroad = |index: &usize| self.0.abroad.contains(index);
        let wants_abroad = need.abroad && !self.0.abroad.is_empty();
        let externals = match need.externals {
            Need::ALL_EXTERNALS => self.0.all_externals,
            some => some,
        };
        let short = (wants_abroad && !free.externals.iter().any(abroad))
            || (need.users != Users::Nobody && free.pairs.is_empty())
            || (need.users == Users::Everyone && free.pairs.len() < self.0.pairs)
            || free.externals.len() < externals
            || (need.desk_phone && free.extensions.is_empty());
        if short {
            return None;
        }
        let pair = match need.users {
            Users::Nobody => None,
            Users::Pair | Users::Everyone => {
                let suitable = self.suitable(&free.pairs, need)?;
                Some(free.pairs.remove(suitable))
            }
        };
        let others = match need.users {
            Users::Everyone => std::mem::take(&mut free.pairs),
            Users::Nobody | Users::Pair => Vec::new(),
        };
        if wants_abroad && let Some(at) = free.externals.iter().position(abroad) {
            let number = free.externals.remove(at);
            free.externals.push(number);
        }
        let rest = free.externals.len() - externals;
        let mut externals = free.externals.split_off(rest);
        externals.reverse();
        let extension = if need.desk_phone { free.extensions.pop() } else { None };
        Some(Lease { pool: self.clone(), pair, others, externals, extension })
    }
}

impl Lease {
    /// Index of User A (0) or User B (1) in the profile.
    pub fn user(&self, role: usize) -> Option<usize> {
        Some(2 * self.pair? + role)
    }

    /// Index of the n-th external number in the profile.
    pub fn external(&self, n: usize) -> Option<usize> {
        self.externals.get(n).copied()
    }

    /// Indices of all its external numbers in the profile.
    pub fn externals(&self) -> &[usize] {
        &self.externals
    }

    /// Index of the extension phone in the profile.
    pub fn extension(&self) -> Option<usize> {
        self.extension
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut free = self.pool.0.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.pairs.append(&mut self.others);
        free.pairs.extend(self.pair);
        free.externals.append(&mut self.externals);
        free.extensions.extend(self.extension);
        drop(free);
        self.pool.0.returned.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two users and nothing else.
    const PAIR: Need = Need {
        users: Users::Pair,
        externals: 0,
        abroad: false,
        desk_phone: false,
        shared_extension: false,
    };

    fn pool(pairs: usize, externals: usize) -> Pool {
        let free = Free {
            pairs: (0..pairs).collect(),
            externals: (0..externals).collect(),
            extensions: vec![0],
        };
        Pool(Arc::new(Shared {
            free: Mutex::new(free),
            with_desk: vec![0],
            abroad: vec![1],
            all_externals: externals,
            pairs,
            returned: Notify::new(),
        }))
    }

    #[tokio::test]
    async fn all_or_nothing_and_back_on_drop() {
        let pool = pool(2, 3);
        let two = Need { externals: 2, desk_phone: true, ..PAIR };
        let first = pool.lease(two).await;
        assert!(pool.try_lease(two).is_none(), "one number and no extension are left");
        assert!(pool.try_lease(Need { externals: 1, ..PAIR }).is_some());
        let waiting = pool.lease(two);
        let give_back = async move { drop(first) };
        let (second, ()) = tokio::join!(waiting, give_back);
        assert_ne!(second.external(0), second.external(1));
    }

    #[tokio::test]
    async fn who_needs_everyone_waits_for_all_and_keeps_all() {
        let pool = pool(2, 2);
        let everyone = Need { users: Users::Everyone, ..PAIR };
        let one = pool.lease(PAIR).await;
        assert!(pool.try_lease(everyone).is_none(), "a pair is out");
        drop(one);
        let all = pool.lease(everyone).await;
        assert!(pool.try_lease(PAIR).is_none(), "nobody is left");
        drop(all);
        assert!(pool.try_lease(everyone).is_some());
    }

    #[tokio::test]
    async fn who_wants_a_desk_phone_gets_the_pair_that_has_one() {
        let pool = pool(2, 2);
        let shared = Need { shared_extension: true, ..PAIR };
        let lease = pool.lease(shared).await;
        assert_eq!(lease.user(0), Some(0));
        assert!(pool.try_lease(shared).is_none(), "the other pair has none");
    }

    #[tokio::test]
    async fn who_wants_a_number_from_abroad_gets_it_first() {
        let pool = pool(2, 3);
        let need = Need { externals: 2, abroad: true, ..PAIR };
        let lease = pool.lease(need).await;
        assert_eq!(lease.external(0), Some(1));
        assert!(pool.try_lease(Need { externals: 1, ..need }).is_none(), "it is taken");
        assert!(pool.try_lease(Need { externals: 1, ..PAIR }).is_some());
    }

    #[tokio::test]
    async fn who_takes_all_external_numbers_waits_for_every_one() {
        let pool = pool(2, 3);
        let all = Need::from_tags(["all-externals"]);
        let one = pool.lease(Need { externals: 1, ..PAIR }).await;
        assert!(pool.try_lease(all).is_none(), "one is out");
        drop(one);
        assert_eq!(pool.lease(all).await.externals().len(), 3);
    }

    #[test]
    fn tags_tell_the_need() {
        let need = Need::from_tags(["guide-7.1.1", "external-2"]);
        assert_eq!(need, Need { externals: 2, ..PAIR });
        assert!(Need::from_tags(["desk-phone"]).desk_phone);
        assert!(Need::from_tags(["readiness", "probe"]).is_nobody());
    }
}
