//! What a callee is shown.

use super::accounts::Accounts;
use super::dial_plan::{Destination, Party};

/// The header in which trunks and PBXs vouch for who is calling (RFC 3325 §9.1).
pub(super) const ASSERTED: &str = "P-Asserted-Identity";

/// What a leg says of who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// User part of From and P-Asserted-Identity.
    pub(super) number: String,
    /// Display name.
    pub(super) display: Option<String>,
}

/// Who calls: the party, and what an outside caller showed of itself.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) party: Party,
    /// Number and name that the trunk gave, for an outside party.
    pub(super) given: Option<Shown>,
}

/// What `destination` sees: inside callers by extension to the inside and by direct number
/// (else by `main_number`) to the outside, outside callers by their own number everywhere.
pub(super) fn shown(
    accounts: &Accounts,
    main_number: &str,
    caller: &Caller,
    destination: &Destination,
) -> Shown {
    match caller.party {
        Party::Account(index) => {
            let account = accounts.get(index);
            let number = match destination {
                Destination::Account { .. } => account.map(|a| a.extension.clone()),
                Destination::Outside { .. } => account.and_then(|a| a.number.clone()),
            };
            Shown {
                number: number.unwrap_or_else(|| main_number.to_owned()),
                display: account.map(|a| a.name.clone()),
            }
        }
        Party::Outside => caller
            .given
            .clone()
            .unwrap_or_else(|| Shown { number: main_number.to_owned(), display: None }),
    }
}

impl Shown {
    /// A From value without tag, or a P-Asserted-Identity (RFC 3325 §9.1).
    pub(super) fn name_addr(&self, host: &str) -> String {
        let uri = format!("<sip:{}@{host}>", self.number);
        match &self.display {
            Some(name) => {
                let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
                format!("\"{quoted}\" {uri}")
            }
            None => uri,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Config;
    use super::*;

    #[test]
    fn the_number_shown_depends_on_who_sees_it() {
        let accounts = Accounts::of(&Config::builtin().unwrap());
        let inside = Destination::Account { index: 1, direct: false };
        let outside = Destination::Outside { number: "+441632960201".to_owned() };
        let see =
            |party, given, to| shown(&accounts, "+44100", &Caller { party, given }, to).number;
        assert_eq!(see(Party::Account(0), None, &inside), "1001");
        assert_eq!(see(Party::Account(0), None, &outside), "+441632960101");
        assert_eq!(see(Party::Account(16), None, &outside), "+44100", "a desk phone has no number");
        let given = Some(Shown { number: "+4477".to_owned(), display: None });
        assert_eq!(see(Party::Outside, given, &inside), "+4477");
    }

    #[test]
    fn quotes_in_a_name_are_escaped() {
        let shown = Shown { number: "1".to_owned(), display: Some("a \"b\"".to_owned()) };
        assert_eq!(shown.name_addr("h"), "\"a \\\"b\\\"\" <sip:1@h>");
    }
}
