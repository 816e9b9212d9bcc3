//! The indicator that the guide shows against every user (5.2): green where the registration
//! works, red with the brief reason where it does not.

use crate::record::{Run, Scenario, What};

use super::clean;
use super::clean::short;

/// Brief is brief.
const REASON: usize = 120;

/// A Teams user's indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// SIP username.
    pub account: String,
    /// The user's name, or the role that it played.
    pub name: String,
    /// Why it is red; `None` for green.
    pub reason: Option<String>,
}

/// The indicators of all Teams users that tried to register, by account. One failure makes it
/// red, however often it succeeded besides.
pub fn registrations(run: &Run) -> Vec<Registration> {
    let mut found: Vec<Registration> = Vec::new();
    // Where all users register they have their own names (guide 2.6.1, and B.6).
    let of_all = |scenario: &Scenario| matches!(scenario.clause.as_str(), "2.6.1" | "B.6.1");
    let (named, others): (Vec<&Scenario>, Vec<&Scenario>) =
        run.scenarios.iter().partition(|scenario| of_all(scenario));
    for scenario in named.iter().chain(&others) {
        let own_names = of_all(scenario);
        let is_user = |name: &str| own_names || matches!(name, "User A" | "User B");
        for party in scenario.parties.iter().filter(|party| is_user(&party.name)) {
            let Some(reason) = outcome(scenario, &party.name) else { continue };
            let account = clean(&party.account);
            match found.iter_mut().find(|known| known.account == account) {
                Some(known) => known.reason = known.reason.take().or(reason),
                None => found.push(Registration { account, name: clean(&party.name), reason }),
            }
        }
    }
    found.sort_by(|one, other| one.account.cmp(&other.account));
    found
}

/// All indicators in a line: how many are green, and which are red; empty if none registered.
pub(super) fn in_a_line(run: &Run) -> String {
    let all = registrations(run);
    let red: Vec<String> = all
        .iter()
        .filter_map(|user| Some((user, user.reason.as_ref()?)))
        .map(|(user, reason)| format!("{} {}: {reason}", user.account, user.name))
        .collect();
    match (all.len(), red.len()) {
        (0, _) => String::new(),
        (all, 0) => format!("SIP registration: green for all of {all} users"),
        (all, n) => {
            let green = all - n;
            format!(
                "SIP registration: green for {green} of {all} users, red for {}",
                red.join("; ")
            )
        }
    }
}

/// What became of the party's registrations; `None` if it tried none.
fn outcome(scenario: &Scenario, party: &str) -> Option<Option<String>> {
    let mut tried = None;
    for o in scenario.observations.iter().filter(|o| o.party == party) {
        match &o.what {
            What::Registered { bound: true, .. } => {
                tried.get_or_insert(None);
            }
            What::Registered { .. } => return Some(Some("200, but no binding".to_owned())),
            What::RegistrationFailed { status, reason, .. } => {
                let status = status.map_or_else(String::new, |status| format!("{status} "));
                return Some(Some(short(&format!("{status}{reason}"), REASON)));
            }
            _ => {}
        }
    }
    tried
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Observation, Party, RegistrationFailure};

    fn scenario(clause: &str, name: &str, account: &str, what: Option<What>) -> Scenario {
        let party = Party { name: name.into(), account: account.into(), ..Party::default() };
        let observed =
            |what| Observation { at: 1.0, party: name.into(), call_id: String::new(), what };
        Scenario {
            clause: clause.into(),
            parties: vec![party],
            observations: what.map(observed).into_iter().collect(),
            ..Scenario::default()
        }
    }

    fn registered() -> What {
        let listed = Vec::new();
        let (asked_s, granted_s) = (3600, 3600);
        What::Registered { asked_s, granted_s, server: None, bound: true, listed }
    }

    fn refused() -> What {
        What::RegistrationFailed {
            failure: RegistrationFailure::Refused,
            status: Some(403),
            reason: "Forbidden".into(),
            challenged: true,
        }
    }

    #[test]
    fn one_failure_makes_a_user_red_and_its_own_name_is_shown() {
        let run = Run {
            scenarios: vec![
                scenario("6.1", "User A", "1002", Some(refused())),
                scenario("6.1", "User B", "1001", Some(registered())),
                scenario("2.6.1", "Ann", "1002", Some(registered())),
                scenario("6.3", "Desk phone", "1101", Some(refused())),
                scenario("6.4", "User A", "1003", None),
            ],
            ..Run::default()
        };
        let shown: Vec<(String, String, Option<String>)> =
            registrations(&run).into_iter().map(|r| (r.account, r.name, r.reason)).collect();
        let red = Some("403 Forbidden".to_owned());
        let expected = [
            ("1001".to_owned(), "User B".to_owned(), None),
            ("1002".to_owned(), "Ann".to_owned(), red),
        ];
        assert_eq!(shown, expected);
        let line = "SIP registration: green for 1 of 2 users, red for 1002 Ann: 403 Forbidden";
        assert_eq!(in_a_line(&run), line);
        assert_eq!(in_a_line(&Run::default()), "");
    }
}
