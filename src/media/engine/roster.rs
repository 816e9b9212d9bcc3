//! What changes seldom and is read all the time.

/// A value that its readers keep a copy of: they look whether it has changed, and only then copy
/// it. So two threads that go through hundreds of legs need not count references for each other.
#[derive(Debug, Clone)]
pub(crate) struct Roster<T> {
    kept: T,
    changes: u64,
}

impl<T: Clone> Roster<T> {
    /// With its first value.
    pub(crate) const fn new(kept: T) -> Self {
        Self { kept, changes: 0 }
    }

    /// The value, to be read.
    pub(crate) const fn kept(&self) -> &T {
        &self.kept
    }

    /// The value, to be changed: every copy is stale from now on.
    pub(crate) const fn change(&mut self) -> &mut T {
        self.changes += 1;
        &mut self.kept
    }

    /// Brings a copy, once a clone of it, up to date.
    pub(crate) fn renew(&self, copy: &mut Self) {
        if copy.changes != self.changes {
            self.clone_into(copy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_what_it_was_until_it_is_renewed() {
        let mut roster = Roster::new(vec![1]);
        let mut copy = roster.clone();
        roster.change().push(2);
        assert_eq!(copy.kept(), &[1]);
        roster.renew(&mut copy);
        assert_eq!(copy.kept(), &[1, 2]);
    }
}
