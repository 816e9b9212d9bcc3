//! Who may register, and with what password.

use rand::distr::{Alphanumeric, SampleString as _};

use super::config::Config;

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A user with an extension and a direct number.
    User,
    /// A desk phone: an extension only.
    Phone,
    /// Stands for the outside world.
    Trunk,
}

/// An account of the reference PBX.
#[derive(Clone)]
pub struct Account {
    /// What it is.
    pub kind: Kind,
    /// Display name.
    pub name: String,
    /// SIP user name, also for digest.
    pub username: String,
    /// Digest password.
    pub password: String,
    /// Internal number; empty for the trunk.
    pub extension: String,
    /// Direct number, E.164.
    pub number: Option<String>,
}

// The password stays out of every log.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} ({})", self.kind, self.name, self.username)
    }
}

/// Length of a generated password.
const GENERATED: usize = 16;

/// All accounts, in the order of the configuration. An account's index never changes.
#[derive(Debug)]
pub(super) struct Accounts(Vec<Account>);

impl Accounts {
    /// Takes the accounts of a configuration and generates the missing passwords.
    pub(super) fn of(config: &Config) -> Self {
        let password = |given: &Option<String>| {
            given.clone().unwrap_or_else(|| Alphanumeric.sample_string(&mut rand::rng(), GENERATED))
        };
        let users = config.users.iter().map(|user| Account {
            kind: Kind::User,
            name: user.name.clone(),
            username: user.username.clone(),
            password: password(&user.password),
            extension: user.extension.clone(),
            number: Some(user.number.clone()),
        });
        let phones = config.phones.iter().map(|phone| Account {
            kind: Kind::Phone,
            name: phone.name.clone(),
            username: phone.username.clone(),
            password: password(&phone.password),
            extension: phone.extension.clone(),
            number: None,
        });
        let trunk = config.trunk.account.iter().map(|account| Account {
            kind: Kind::Trunk,
            name: "Trunk".to_owned(),
            username: account.username.clone(),
            password: password(&account.password),
            extension: String::new(),
            number: None,
        });
        Self(users.chain(phones).chain(trunk).collect())
    }

    pub(super) fn all(&self) -> &[Account] {
        &self.0
    }

    pub(super) fn get(&self, index: usize) -> Option<&Account> {
        self.0.get(index)
    }

    /// The index of the account with this SIP user name.
    pub(super) fn by_username(&self, username: &str) -> Option<usize> {
        self.0.iter().position(|account| account.username == username)
    }

    /// The index of the user or phone with this internal number (or user name: a phone
    /// that calls a SIP address means the same).
    pub(super) fn by_extension(&self, extension: &str) -> Option<usize> {
        let inside = |account: &Account| account.kind != Kind::Trunk;
        self.0
            .iter()
            .position(|a| inside(a) && a.extension == extension)
            .or_else(|| self.0.iter().position(|a| inside(a) && a.username == extension))
    }

    /// The index of the user with this direct number, E.164.
    pub(super) fn by_number(&self, number: &str) -> Option<usize> {
        self.0.iter().position(|account| account.number.as_deref() == Some(number))
    }

    /// The index of the trunk account.
    pub(super) fn trunk(&self) -> Option<usize> {
        self.0.iter().position(|account| account.kind == Kind::Trunk)
    }

    /// The other of each two users that follow each other; whoever has none has himself.
    pub(super) fn neighbour(&self, index: usize) -> usize {
        let is_user = |index: usize| self.0.get(index).is_some_and(|a| a.kind == Kind::User);
        if is_user(index) && is_user(index ^ 1) { index ^ 1 } else { index }
    }

    /// Every user's index.
    pub(super) fn users(&self) -> impl Iterator<Item = usize> + '_ {
        let users = self.0.iter().enumerate().filter(|(_, a)| a.kind == Kind::User);
        users.map(|(index, _)| index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_generated_differ_and_are_not_printed() {
        let accounts = Accounts::of(&Config::builtin().unwrap());
        let [a, b, ..] = accounts.all() else { panic!("no accounts") };
        assert_eq!(a.password.len(), GENERATED);
        assert_ne!(a.password, b.password);
        assert!(!format!("{accounts:?}").contains(&a.password));
    }

    #[test]
    fn neighbours_are_pairs_of_users() {
        let accounts = Accounts::of(&Config::builtin().unwrap());
        assert_eq!(accounts.neighbour(0), 1);
        assert_eq!(accounts.neighbour(15), 14);
        assert_eq!(accounts.neighbour(16), 16, "a desk phone has none");
    }
}
