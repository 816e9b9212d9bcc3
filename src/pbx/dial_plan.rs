//! Who is called when somebody dials something.

use super::accounts::{Accounts, Kind};
use super::config::Numbering;

/// Who a leg of a call belongs to, and so what it may dial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    /// The account of this index: a user or a phone.
    Account(usize),
    /// Somebody outside.
    Outside,
}

/// Where a call goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// To every contact of the account of this index; `direct` if its direct number
    /// was dialled and not its extension.
    Account {
        /// Index of the account.
        index: usize,
        /// Whether it was reached by its direct number.
        direct: bool,
    },
    /// To the trunk.
    Outside {
        /// E.164.
        number: String,
    },
}

/// Routes what `party` dialled; `None` if nobody here has that number. With `direct_only` the
/// outside reaches no extension. Those outside reach
/// the inside only: a trunk that could dial out again would be an open relay.
pub(super) fn route(
    accounts: &Accounts,
    numbering: &Numbering,
    party: Party,
    dialled: &str,
    direct_only: bool,
) -> Option<Destination> {
    let inside = party != Party::Outside || !direct_only;
    if let Some(index) = accounts.by_extension(dialled).filter(|_| inside) {
        return Some(Destination::Account { index, direct: false });
    }
    let number = match party {
        Party::Account(_) => numbering.dialled_outside(dialled)?,
        Party::Outside => numbering.e164(dialled)?,
    };
    if let Some(index) = accounts.by_number(&number) {
        return Some(Destination::Account { index, direct: true });
    }
    let may_dial_out = match party {
        Party::Account(index) => {
            accounts.get(index).is_some_and(|account| account.kind != Kind::Trunk)
        }
        Party::Outside => false,
    };
    may_dial_out.then_some(Destination::Outside { number })
}

#[cfg(test)]
mod tests {
    use super::super::config::Config;
    use super::*;

    #[test]
    fn extensions_numbers_and_the_outside_are_told_apart() {
        let config = Config::builtin().unwrap();
        let accounts = Accounts::of(&config);
        let dial = |party, dialled| route(&accounts, &config.numbers, party, dialled, false);
        let user = Party::Account(0);
        let inside = |index, direct| Some(Destination::Account { index, direct });
        let outside = Some(Destination::Outside { number: "+441632960201".to_owned() });
        assert_eq!(dial(user, "1002"), inside(1, false));
        assert_eq!(dial(user, "1101"), inside(16, false));
        assert_eq!(dial(user, "01632960102"), inside(1, true));
        assert_eq!(dial(user, "+441632960201"), outside);
        assert_eq!(dial(user, "01632960201"), outside);
        assert_eq!(dial(user, "9999"), None);
        assert_eq!(dial(Party::Outside, "441632960101"), inside(0, true));
        assert_eq!(dial(Party::Outside, "+441632960201"), None);
        assert_eq!(dial(Party::Outside, "1001"), inside(0, false));
        let strict = |party| route(&accounts, &config.numbers, party, "1001", true);
        assert_eq!((strict(Party::Outside), strict(user)), (None, inside(0, false)));
    }
}
