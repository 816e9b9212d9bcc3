//! Guide 2.6.5: whether the PBX refers to itself by the address at which it was reached.

use std::net::IpAddr;

use super::scope::{Scope, scope};
use crate::check::Judgement;
use crate::check::contact::reached as answered_there;
use crate::record::{Cause, Observation, Place, Presented, Verdict, What};

/// How many addresses a finding names.
const NAMED: usize = 4;

/// How the PBX was reached.
#[derive(Debug, Clone, Copy)]
pub struct ReachedAt<'a> {
    /// The address that requests were sent to.
    pub ip: IpAddr,
    /// The host names that it is known by: SIP proxy and SIP domain of the profile, where
    /// they are no addresses.
    pub names: &'a [String],
    /// Whether over TLS, so that the name of the certificate is expected for SIP.
    pub tls: bool,
}

/// Contact and Record-Route: where ACK, BYE, hold and transfer go.
pub fn names_itself(seen: &[Observation], at: &ReachedAt<'_>) -> Option<Judgement> {
    let places = [Place::Contact, Place::RecordRoute];
    judge(seen, at, &places, Cause::UnreachableContact)
}

/// Via of the PBX's own requests: where answers go that know no better.
pub fn sends_from(seen: &[Observation], at: &ReachedAt<'_>) -> Option<Judgement> {
    judge(seen, at, &[Place::Via], Cause::UnreachableVia)
}

/// `c=` and `o=` of its session descriptions: where media goes.
pub fn wants_media(seen: &[Observation], at: &ReachedAt<'_>) -> Option<Judgement> {
    judge(seen, at, &[Place::Connection, Place::Origin], Cause::UnreachableMediaAddress)
}

/// `None` where the PBX said nothing of the kind.
fn judge(
    seen: &[Observation],
    at: &ReachedAt<'_>,
    places: &[Place],
    cause: Cause,
) -> Option<Judgement> {
    let words: Vec<&str> = places.iter().map(|place| place.word()).collect();
    let by_name = at.names.first().filter(|_| at.tls && places.contains(&Place::Contact));
    let right = by_name.map_or_else(|| at.ip.to_string(), |name| format!("{name} or {}", at.ip));
    let expected = format!("{} of the PBX say {right}, where it was reached", words.join(" and "));
    let told: Vec<(&Observation, &Presented)> = seen
        .iter()
        .filter_map(|o| match &o.what {
            What::Presented(presented) => Some((o, presented)),
            _ => None,
        })
        .filter(|(_, presented)| places.contains(&presented.place))
        .collect();
    if told.is_empty() {
        return None;
    }
    let mut wrong: Vec<(Verdict, String)> = Vec::new();
    for (o, presented) in &told {
        let Some((verdict, why)) = standing(presented, at) else { continue };
        // Whoever answered there can be reached there, from here at least.
        let proved = presented.place == Place::Contact && answered_there(seen, &o.call_id);
        let verdict = if proved { verdict.min(Verdict::Warn) } else { verdict };
        let text = format!("{why}: {}", in_words(presented));
        if !wrong.iter().any(|(_, known)| *known == text) {
            wrong.push((verdict, text));
        }
    }
    let Some(worst) = wrong.iter().map(|(verdict, _)| *verdict).max() else {
        return Some(Judgement::pass(expected, format!("{} of {}", told.len(), told.len())));
    };
    wrong.sort_by_key(|(verdict, _)| std::cmp::Reverse(*verdict));
    let more = wrong.len().saturating_sub(NAMED);
    let mut named: Vec<String> = wrong.into_iter().take(NAMED).map(|(_, text)| text).collect();
    if more > 0 {
        named.push(format!("{more} more"));
    }
    Some(Judgement::of(worst, cause, expected, named.join("; ")))
}

/// What is wrong with it, if anything.
fn standing(presented: &Presented, at: &ReachedAt<'_>) -> Option<(Verdict, &'static str)> {
    let sip = matches!(presented.place, Place::Contact | Place::RecordRoute);
    let Ok(ip) = presented.host.parse::<IpAddr>() else {
        let known = at.names.iter().any(|name| name.eq_ignore_ascii_case(&presented.host));
        return match presented.place {
            Place::Connection => Some((Verdict::Warn, "a host name for media, not an address")),
            Place::Origin => None,
            _ if known => None,
            _ => Some((Verdict::Note, "another host name")),
        };
    };
    // On hold nobody is to send (RFC 3264 §8.4).
    if ip.is_unspecified() {
        return None;
    }
    if ip == at.ip {
        let name_wanted = at.tls && sip && !at.names.is_empty();
        return name_wanted
            .then_some((Verdict::Warn, "an address where the certificate's host name belongs"));
    }
    Some(match presented.place {
        Place::Origin => (Verdict::Note, "another address"),
        Place::Via if scope(ip) < Scope::Global => (Verdict::Warn, "a private address"),
        _ if scope(ip) < scope(at.ip) => {
            (Verdict::Fail, "an address that leads nowhere from outside")
        }
        _ if scope(ip) < Scope::Global => (Verdict::Warn, "a private address"),
        // Relays and nodes of their own are what large PBXs have.
        _ => (Verdict::Note, "another address"),
    })
}

fn in_words(presented: &Presented) -> String {
    let Presented { place, value, message, authenticated, .. } = presented;
    let header = match place {
        Place::Connection | Place::Origin => String::new(),
        place => format!("{}: ", place.word()),
    };
    let when = match authenticated {
        Some(true) => " after authentication",
        Some(false) => " before authentication",
        None => "",
    };
    format!("{header}{value} in {message}{when}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(place: Place, host: &str) -> Observation {
        let presented = Presented {
            place,
            host: host.to_owned(),
            value: format!("<sip:{host}>"),
            message: "200 to INVITE".to_owned(),
            authenticated: Some(true),
        };
        let what = What::Presented(presented);
        Observation { at: 1.0, party: "User A".into(), call_id: "c".into(), what }
    }

    fn verdict(place: Place, host: &str, pbx: &str) -> Verdict {
        let at = ReachedAt { ip: pbx.parse().unwrap(), names: &[], tls: false };
        let seen = [told(place, host)];
        [names_itself(&seen, &at), sends_from(&seen, &at), wants_media(&seen, &at)]
            .into_iter()
            .flatten()
            .map(|judged| judged.verdict)
            .max()
            .unwrap()
    }

    #[test]
    fn private_addresses_are_judged_against_the_address_reached() {
        let public = "203.0.113.5";
        assert_eq!(verdict(Place::Contact, public, public), Verdict::Pass);
        assert_eq!(verdict(Place::Contact, "10.0.0.1", "10.0.0.1"), Verdict::Pass);
        assert_eq!(verdict(Place::Contact, "10.0.0.1", public), Verdict::Fail);
        assert_eq!(verdict(Place::RecordRoute, "100.64.3.1", public), Verdict::Fail);
        assert_eq!(verdict(Place::Connection, "192.168.1.1", public), Verdict::Fail);
        assert_eq!(verdict(Place::Connection, "127.0.0.1", "192.168.1.1"), Verdict::Fail);
        assert_eq!(verdict(Place::Via, "10.0.0.1", public), Verdict::Warn);
        assert_eq!(verdict(Place::Contact, "10.9.0.1", "10.0.0.1"), Verdict::Warn);
        assert_eq!(verdict(Place::Connection, "fd00::1", "2001:db8::1"), Verdict::Fail);
    }

    #[test]
    fn a_relay_of_its_own_hold_and_an_origin_are_no_faults() {
        let public = "203.0.113.5";
        assert_eq!(verdict(Place::Connection, "203.0.113.77", public), Verdict::Note);
        assert_eq!(verdict(Place::Connection, "0.0.0.0", public), Verdict::Pass);
        assert_eq!(verdict(Place::Origin, "10.0.0.1", public), Verdict::Note);
        assert_eq!(verdict(Place::Contact, "sip.example.net", public), Verdict::Note);
    }

    #[test]
    fn header_value_and_message_are_named() {
        let at = ReachedAt { ip: "203.0.113.5".parse().unwrap(), names: &[], tls: false };
        let judged = names_itself(&[told(Place::Contact, "10.0.0.1")], &at).unwrap();
        assert_eq!(judged.cause, Some(Cause::UnreachableContact));
        let named = "Contact: <sip:10.0.0.1> in 200 to INVITE after authentication";
        assert!(judged.observed.contains(named), "{}", judged.observed);
        assert!(names_itself(&[], &at).is_none());
    }

    #[test]
    fn who_answers_at_its_contact_can_be_reached_there() {
        let at = ReachedAt { ip: "203.0.113.5".parse().unwrap(), names: &[], tls: false };
        let mut seen = vec![told(Place::Contact, "10.0.0.1")];
        seen.push(Observation { what: What::HangupAnswered { status: 200 }, ..seen[0].clone() });
        assert_eq!(names_itself(&seen, &at).unwrap().verdict, Verdict::Warn);
    }

    #[test]
    fn over_tls_the_host_name_is_for_sip_and_the_address_for_media() {
        let names = ["pbx.example.com".to_owned()];
        let at = ReachedAt { ip: "203.0.113.5".parse().unwrap(), names: &names, tls: true };
        let sip = |host| names_itself(&[told(Place::Contact, host)], &at).unwrap().verdict;
        assert_eq!(sip("PBX.example.com"), Verdict::Pass);
        assert_eq!(sip("203.0.113.5"), Verdict::Warn);
        let media = |host| wants_media(&[told(Place::Connection, host)], &at).unwrap().verdict;
        assert_eq!(media("203.0.113.5"), Verdict::Pass);
        assert_eq!(media("pbx.example.com"), Verdict::Warn);
    }
}
