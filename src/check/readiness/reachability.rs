//! Guide 2.3 and 5.2: the PBX's name has an address, and the PBX answers there over the
//! protocol of the profile. What else answers is only told.

use std::fmt::Write as _;

use super::fact::facts;
use super::topology::topology;
use crate::check::Judgement;
use crate::profile::Protocol;
use crate::record::{Answer, Cause, NameFailure, Observation, ProbeFact, SourcePort};

/// Whether the PBX's host has an address for the bridge, which knows no names but those
/// of DNS.
pub fn resolved(seen: &[Observation]) -> Judgement {
    let expected = "the PBX's host has an address";
    let found = facts(seen).find_map(|fact| match fact {
        ProbeFact::Resolved { host, literal: true, .. } => {
            Some(Judgement::pass(expected, format!("{host} is an address itself")))
        }
        ProbeFact::Resolved { host, records, address, .. } => {
            let records = records.join(", ");
            Some(Judgement::pass(expected, format!("{host}: {records}; asked is {address}")))
        }
        ProbeFact::Unresolved { host, failure, reason, known_here } => {
            let host = printable(host);
            let what = match failure {
                NameFailure::NoSuchName => "does not exist",
                NameFailure::NoAddress => "has no address",
                NameFailure::TimedOut => "cannot be looked up: DNS is silent",
                NameFailure::Failed => "cannot be looked up",
            };
            let observed = format!("{host} {what} ({reason})");
            Some(match known_here {
                None => Judgement::fail(Cause::UnresolvedName, expected, observed),
                Some(address) => Judgement::warn(
                    Cause::UnresolvedName,
                    "the PBX's host has an address that everybody can look up",
                    format!("{observed}; only this machine knows it, as {address}"),
                ),
            })
        }
        _ => None,
    });
    found.unwrap_or_else(|| {
        Judgement::inconclusive(Cause::HarnessFault, expected, "nobody looked it up")
    })
}

fn printable(host: &str) -> String {
    host.chars().filter(|c| !c.is_control()).take(253).collect()
}

/// Whether the PBX answers over the profile's protocol.
pub fn reached(seen: &[Observation], protocol: Protocol) -> Vec<Judgement> {
    let own = protocol.word().to_uppercase();
    let expected = format!("the PBX answers over {own}, the profile's protocol");
    let of_own: Vec<Asked<'_>> = asked(seen).filter(|asked| asked.transport == own).collect();
    if of_own.is_empty() {
        let nothing = "nobody asked";
        return vec![Judgement::inconclusive(Cause::HarnessFault, expected, nothing)];
    }
    let observed = format!("{own} {}", words(&of_own));
    let answered = |method: &str| of_own.iter().any(|a| a.method == method && a.is_response());
    let judgement = if answered("REGISTER") {
        let path = facts(seen).find_map(|fact| match fact {
            ProbeFact::Path(path) => Some(format!("; {}", topology(path))),
            _ => None,
        });
        let others = others(seen, &own);
        Judgement::pass(expected, format!("{observed}{}{others}", path.unwrap_or_default()))
    } else {
        let rude = of_own
            .iter()
            .any(|asked| matches!(asked.answer, Answer::NotSip { .. } | Answer::NotTls { .. }));
        let cause = if rude { Cause::NotSip } else { Cause::NoResponse };
        Judgement::fail(cause, expected, format!("{observed}{}", others(seen, &own)))
    };
    vec![judgement]
}

/// One request and what came of it.
struct Asked<'a> {
    transport: &'a str,
    remote: &'a str,
    method: &'a str,
    from: SourcePort,
    answer: &'a Answer,
}

impl Asked<'_> {
    fn is_response(&self) -> bool {
        matches!(self.answer, Answer::Response { .. })
    }
}

fn asked(seen: &[Observation]) -> impl Iterator<Item = Asked<'_>> {
    facts(seen).filter_map(|fact| match fact {
        ProbeFact::Asked { transport, remote, method, from, answer } => {
            Some(Asked { transport, remote, method, from: *from, answer })
        }
        _ => None,
    })
}

/// The other protocols in a few words each.
fn others(seen: &[Observation], own: &str) -> String {
    let mut text = String::new();
    for transport in ["UDP", "TCP", "TLS"].into_iter().filter(|transport| *transport != own) {
        let of_it: Vec<Asked<'_>> = asked(seen).filter(|a| a.transport == transport).collect();
        let Some(first) = of_it.first() else { continue };
        let best = of_it.iter().find(|asked| asked.is_response()).unwrap_or(first);
        let _ = write!(text, "; {transport} at {}: {}", best.remote, answer(best.answer));
    }
    text
}

/// What came of the requests over one protocol; those that had the same fate together.
fn words(asked: &[Asked<'_>]) -> String {
    let Some(remote) = asked.first().map(|asked| asked.remote) else { return String::new() };
    let mut parts: Vec<String> = Vec::new();
    for from in [SourcePort::Bridge, SourcePort::Another] {
        let here: Vec<&Asked<'_>> = asked.iter().filter(|asked| asked.from == from).collect();
        if here.is_empty() {
            continue;
        }
        let each = here.iter().map(|asked| format!("{} {}", asked.method, answer(asked.answer)));
        let each = each.collect::<Vec<_>>().join(", ");
        parts.push(match from {
            SourcePort::Bridge => format!("from the bridge's port: {each}"),
            SourcePort::Another => format!("from another port: {each}"),
        });
    }
    format!("at {remote}, {}", parts.join("; "))
}

fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Response { status, reason, took_ms } => {
            format!("{status} {reason} after {took_ms:.1} ms")
        }
        Answer::Silent { waited_s, connected: false } => {
            format!("no response received after {waited_s:.0} s")
        }
        Answer::Silent { waited_s, connected: true } => {
            format!("connected, but no response received after {waited_s:.0} s")
        }
        // What ICMP said has the words already.
        Answer::Refused { reason } if reason.starts_with("nobody listens") => reason.clone(),
        Answer::Refused { reason } => format!("nobody listens there ({reason})"),
        Answer::Unreachable { reason } => format!("cannot be reached ({reason})"),
        Answer::NotTls { reason } => format!("connected, but it does not speak TLS ({reason})"),
        Answer::Closed => "connected, and the connection was closed without an answer".to_owned(),
        Answer::NotSip { problem } => format!("answered, but not as SIP ({problem})"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fact::observed;
    use super::*;
    use crate::record::Verdict;

    fn asked(transport: &str, method: &str, answer: Answer) -> ProbeFact {
        ProbeFact::Asked {
            transport: transport.into(),
            remote: "192.0.2.1:5060".into(),
            method: method.into(),
            from: SourcePort::Another,
            answer,
        }
    }

    fn response(status: u16) -> Answer {
        Answer::Response { status, reason: "Reason".into(), took_ms: 1.25 }
    }

    fn silent() -> Answer {
        Answer::Silent { waited_s: 5.0, connected: false }
    }

    fn judge(facts: Vec<ProbeFact>) -> Judgement {
        reached(&observed(facts), Protocol::Udp).remove(0)
    }

    #[test]
    fn any_response_to_register_will_do_and_the_others_are_listed() {
        let judged = judge(vec![
            asked("UDP", "OPTIONS", silent()),
            asked("UDP", "REGISTER", response(401)),
            asked("TCP", "OPTIONS", Answer::Refused { reason: "refused".into() }),
        ]);
        assert_eq!(judged.verdict, Verdict::Pass);
        assert!(
            judged.observed.contains("REGISTER 401 Reason after 1.2 ms"),
            "{}",
            judged.observed
        );
        assert!(judged.observed.contains("TCP at 192.0.2.1:5060: nobody listens"));
    }

    #[test]
    fn silence_refusal_and_gibberish_are_told_apart() {
        let of = |answer: Answer| {
            judge(vec![asked("UDP", "OPTIONS", response(200)), asked("UDP", "REGISTER", answer)])
        };
        let judged = of(silent());
        assert_eq!((judged.verdict, judged.cause), (Verdict::Fail, Some(Cause::NoResponse)));
        assert!(judged.observed.contains("no response received after 5 s"), "{}", judged.observed);
        let judged = of(Answer::NotSip { problem: "HTTP".into() });
        assert_eq!(judged.cause, Some(Cause::NotSip));
        let judged = of(Answer::NotTls { reason: "TLS: corrupt".into() });
        assert_eq!(judged.cause, Some(Cause::NotSip));
        assert!(judged.observed.contains("does not speak TLS"), "{}", judged.observed);
        let judged = of(Answer::Refused { reason: "ICMP".into() });
        assert!(judged.observed.contains("nobody listens there"), "{}", judged.observed);
        let only_tcp = judge(vec![
            asked("UDP", "REGISTER", silent()),
            asked("TCP", "REGISTER", response(401)),
        ]);
        assert_eq!(only_tcp.verdict, Verdict::Fail);
        assert!(only_tcp.observed.contains("TCP at 192.0.2.1:5060: 401"), "{}", only_tcp.observed);
    }

    #[test]
    fn a_name_is_judged_by_what_dns_says() {
        let unresolved = |failure, known: Option<&str>| {
            resolved(&observed([ProbeFact::Unresolved {
                host: "pbx.example.com".into(),
                failure,
                reason: "NXDOMAIN".into(),
                known_here: known.map(str::to_owned),
            }]))
        };
        let judged = unresolved(NameFailure::NoSuchName, None);
        assert_eq!((judged.verdict, judged.cause), (Verdict::Fail, Some(Cause::UnresolvedName)));
        assert!(judged.observed.contains("does not exist"), "{}", judged.observed);
        let silent = unresolved(NameFailure::TimedOut, None);
        assert!(silent.observed.contains("DNS is silent"), "{}", silent.observed);
        assert_eq!(unresolved(NameFailure::Failed, Some("10.0.0.1:5060")).verdict, Verdict::Warn);
        let found = ProbeFact::Resolved {
            host: "pbx.example.com".into(),
            literal: false,
            records: vec!["A 192.0.2.1".into()],
            address: "192.0.2.1:5060".into(),
        };
        assert_eq!(resolved(&observed([found])).verdict, Verdict::Pass);
        assert_eq!(resolved(&[]).verdict, Verdict::Inconclusive);
    }
}
