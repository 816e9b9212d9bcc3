//! The roles that the guide's steps speak of, and who talks to whom.

/// A role of a scenario. Which account or number plays it, the lease says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role {
    /// The first Teams user.
    UserA,
    /// The second Teams user.
    UserB,
    /// The first external number.
    External1,
    /// The second external number.
    External2,
    /// Another PBX user's phone.
    DeskPhone,
    /// The desk phone of a Teams user, on the same extension (guide 2.6.2).
    SecondDevice,
    /// The softphone of guide 3, with a Teams user's account.
    Softphone,
}

impl Role {
    /// Name in the record.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::UserA => "User A",
            Self::UserB => "User B",
            Self::External1 => "External 1",
            Self::External2 => "External 2",
            Self::DeskPhone => "Desk phone",
            Self::SecondDevice => "Teams user's desk phone",
            Self::Softphone => "Softphone",
        }
    }

    /// The Teams user of a phrase.
    pub(super) fn user(name: &str) -> Option<Self> {
        [Self::UserA, Self::UserB].into_iter().find(|role| role.name() == name)
    }

    /// The external number of a phrase: "an" is the first, "another" the second.
    pub(super) fn external(article: &str) -> Self {
        if article.eq_ignore_ascii_case("another") { Self::External2 } else { Self::External1 }
    }

    /// Whether it has a number of the outside.
    pub(super) const fn is_external(self) -> bool {
        matches!(self, Self::External1 | Self::External2)
    }

    /// Whether it is a user of the bridge.
    pub(super) const fn is_teams(self) -> bool {
        matches!(self, Self::UserA | Self::UserB)
    }
}

/// Two parties that should hear each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Talk {
    /// Who called, or was transferred.
    pub(super) caller: Role,
    /// Who was called.
    pub(super) callee: Role,
}

impl Talk {
    /// The Teams user who acts in it: User A if both are Teams users.
    pub(super) fn teams(self) -> Option<Role> {
        let mut teams: Vec<Role> =
            [self.caller, self.callee].into_iter().filter(|role| role.is_teams()).collect();
        teams.sort_unstable();
        teams.first().copied()
    }

    /// The party at the other end.
    pub(super) fn other(self, role: Role) -> Role {
        if role == self.caller { self.callee } else { self.caller }
    }

    /// Both.
    pub(super) fn both(self) -> [Role; 2] {
        [self.caller, self.callee]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_a_acts_for_teams_where_both_are_teams_users() {
        let talk = Talk { caller: Role::UserB, callee: Role::UserA };
        assert_eq!(talk.teams(), Some(Role::UserA));
        let outside = Talk { caller: Role::External1, callee: Role::External2 };
        assert_eq!(outside.teams(), None);
        assert_eq!(outside.other(Role::External1), Role::External2);
    }
}
