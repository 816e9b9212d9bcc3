//! Guide 3: whether the PBX is tested from outside of its network, and what STUN tells of where
//! we are. An answer of STUN says nothing of the PBX, and what is wrong with it never fails it.

use std::net::{IpAddr, SocketAddr};

use super::scope::{Scope, scope};
use crate::check::Judgement;
use crate::record::{Cause, Observation, StunAnswer, StunAsked, Vantage, What};

/// From where a party reaches the PBX, as far as it is known. `own` is its address on this
/// machine, `pbx` the one that requests are sent to.
pub fn vantage(seen: &[Observation], party: &str, own: SocketAddr, pbx: SocketAddr) -> Vantage {
    let asked = asked(seen, party);
    let seen_at = seen.iter().filter(|o| o.party == party).find_map(|o| match &o.what {
        What::SeenAt { address } => Some(address.clone()),
        _ => None,
    });
    Vantage {
        own: own.to_string(),
        stun_server: asked.map(|asked| asked.server.clone()),
        mapped: asked.and_then(|asked| match &asked.answer {
            StunAnswer::Mapped { address, .. } => Some(address.clone()),
            StunAnswer::Failed { .. } => None,
        }),
        seen: seen_at,
        pbx: pbx.to_string(),
    }
}

/// What the party's STUN server was asked first, and answered.
fn asked<'a>(seen: &'a [Observation], party: &str) -> Option<&'a StunAsked> {
    seen.iter().filter(|o| o.party == party).find_map(|o| match &o.what {
        What::StunAsked(asked) => Some(asked),
        _ => None,
    })
}

/// Whether STUN told the party its public address (guide 3.1).
pub fn stun(seen: &[Observation], party: &str, vantage: &Vantage) -> Judgement {
    let expected = "STUN tells the softphone its public address";
    let Some(asked) = asked(seen, party) else {
        let none = "the profile names no softphone.stun_server";
        return match &vantage.seen {
            Some(seen) if host(seen) != host(&vantage.own) => {
                let observed = format!("{none}, though the PBX sees {} as {seen}", vantage.own);
                Judgement::unsupported(Cause::StunUnanswered, expected, observed)
            }
            // STUN could tell nothing else.
            Some(_) => Judgement::pass(expected, format!("{none}; the PBX sees us as we are")),
            None => Judgement::unsupported(Cause::StunUnanswered, expected, none),
        };
    };
    let told = match &asked.answer {
        StunAnswer::Mapped { address, took_ms } => {
            format!("{} sees {} as {address} after {took_ms:.1} ms", asked.server, asked.own)
        }
        StunAnswer::Failed { reason } => format!("{} told nothing: {reason}", asked.server),
    };
    if asked.from_strangers > 0 {
        let observed = format!(
            "{told}; {} came from {}, which nobody had asked",
            if asked.from_strangers == 1 { "an answer" } else { "answers" },
            asked.strangers.join(", ")
        );
        return Judgement::warn(Cause::StunStranger, expected, observed);
    }
    match asked.answer {
        StunAnswer::Mapped { .. } => Judgement::pass(expected, told),
        StunAnswer::Failed { .. } => Judgement::warn(Cause::StunUnanswered, expected, told),
    }
}

/// Whether the test is made from outside of the PBX's network. `embedded` tells that the PBX is
/// the reference PBX of this process, where nobody expects otherwise.
pub fn from_outside(vantage: &Vantage, embedded: bool) -> Judgement {
    let expected = "the PBX is tested from outside of its network";
    let words = in_words(vantage);
    let (Some(own), Some(pbx)) = (host(&vantage.own), host(&vantage.pbx)) else {
        return Judgement::inconclusive(Cause::HarnessFault, expected, words);
    };
    let inside = |why: &str| {
        Judgement::warn(
            Cause::TestedFromInside,
            expected,
            format!("tested from inside: {why}; {words}"),
        )
    };
    if own == pbx || (own.is_loopback() && pbx.is_loopback()) {
        let observed = format!("tested on one machine, without firewall or router; {words}");
        return if embedded {
            Judgement::pass(expected, observed)
        } else {
            Judgement::note(Cause::TestedFromInside, expected, observed)
        };
    }
    let mapped = vantage.mapped.as_deref().and_then(host);
    if mapped == Some(pbx) {
        return inside("we leave through the address at which the PBX is reached");
    }
    if scope(pbx) == Scope::Global {
        return Judgement::pass(expected, words);
    }
    let translated = vantage.seen.as_deref().and_then(host).is_some_and(|seen| seen != own);
    if translated {
        let observed = format!("a private address of the PBX, through a translation; {words}");
        return Judgement::note(Cause::TestedFromInside, expected, observed);
    }
    inside("the PBX was reached at a private address")
}

/// All addresses in a line.
fn in_words(vantage: &Vantage) -> String {
    let mut words = vec![format!("own address {}", vantage.own)];
    if let (Some(server), Some(mapped)) = (&vantage.stun_server, &vantage.mapped) {
        words.push(format!("{mapped} by STUN of {server}"));
    }
    if let Some(seen) = &vantage.seen {
        words.push(format!("{seen} to the PBX"));
    }
    words.push(format!("PBX at {}", vantage.pbx));
    words.join(", ")
}

fn host(address: &str) -> Option<IpAddr> {
    address.parse::<SocketAddr>().ok().map(|address| address.ip())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Verdict;

    fn at(what: What) -> Observation {
        Observation { at: 1.0, party: "Softphone".into(), call_id: String::new(), what }
    }

    fn asked(answer: StunAnswer, strangers: usize) -> Observation {
        at(What::StunAsked(StunAsked {
            server: "192.0.2.9:3478".into(),
            own: "10.0.0.2:5070".into(),
            answer,
            strangers: (0..strangers.min(1)).map(|_| "198.51.100.66:9".to_owned()).collect(),
            from_strangers: strangers,
        }))
    }

    fn mapped(address: &str) -> StunAnswer {
        StunAnswer::Mapped { address: address.into(), took_ms: 12.0 }
    }

    fn seen_at(address: &str) -> Observation {
        at(What::SeenAt { address: address.into() })
    }

    fn judge(seen: &[Observation], own: &str, pbx: &str) -> [Judgement; 2] {
        let vantage = vantage(seen, "Softphone", own.parse().unwrap(), pbx.parse().unwrap());
        [stun(seen, "Softphone", &vantage), from_outside(&vantage, false)]
    }

    #[test]
    fn what_stun_tells_and_what_it_does_not() {
        let of = |seen: &[Observation]| {
            let [judged, _] = judge(seen, "10.0.0.2:5070", "192.0.2.1:5060");
            (judged.verdict, judged.cause)
        };
        let right = asked(mapped("203.0.113.1:40000"), 0);
        assert_eq!(of(&[right]), (Verdict::Pass, None));
        let strange = asked(mapped("203.0.113.1:40000"), 2);
        assert_eq!(of(std::slice::from_ref(&strange)), (Verdict::Warn, Some(Cause::StunStranger)));
        let [judged, _] = judge(&[strange], "10.0.0.2:5070", "192.0.2.1:5060");
        assert!(judged.observed.contains("answers came from 198.51.100.66:9"), "{judged:?}");
        let failed = || StunAnswer::Failed { reason: "no answer after 5 s".into() };
        assert_eq!(of(&[asked(failed(), 1)]).1, Some(Cause::StunStranger));
        assert_eq!(of(&[asked(failed(), 0)]), (Verdict::Warn, Some(Cause::StunUnanswered)));
        assert_eq!(of(&[]), (Verdict::Unsupported, Some(Cause::StunUnanswered)));
        assert_eq!(of(&[seen_at("10.0.0.2:5070")]), (Verdict::Pass, None));
        let translated = seen_at("203.0.113.1:40000");
        assert_eq!(of(&[translated]), (Verdict::Unsupported, Some(Cause::StunUnanswered)));
    }

    #[test]
    fn inside_and_outside_are_told_apart() {
        let of = |seen: &[Observation], own: &str, pbx: &str| {
            let [_, judged] = judge(seen, own, pbx);
            judged.verdict
        };
        let behind = [asked(mapped("203.0.113.1:40000"), 0)];
        assert_eq!(of(&behind, "10.0.0.2:5070", "192.0.2.1:5060"), Verdict::Pass);
        assert_eq!(of(&[], "198.51.100.2:5070", "192.0.2.1:5060"), Verdict::Pass);
        // Behind the same router, by the address that it hides both behind.
        assert_eq!(of(&behind, "10.0.0.2:5070", "203.0.113.1:5060"), Verdict::Warn);
        assert_eq!(of(&behind, "10.0.0.2:5070", "10.0.0.1:5060"), Verdict::Warn);
        let translated = [seen_at("10.9.0.1:40000")];
        assert_eq!(of(&translated, "10.0.0.2:5070", "10.9.0.7:5060"), Verdict::Note);
        assert_eq!(of(&[], "127.0.0.20:5070", "127.0.0.10:5060"), Verdict::Note);
        assert_eq!(of(&[], "192.0.2.1:5070", "192.0.2.1:5060"), Verdict::Note);
    }

    #[test]
    fn the_reference_pbx_is_nobodys_network() {
        let here =
            Vantage { own: "127.0.0.1:1".into(), pbx: "127.0.0.1:2".into(), ..Vantage::default() };
        let judged = from_outside(&here, true);
        assert_eq!(judged.verdict, Verdict::Pass);
        assert!(judged.observed.starts_with("tested on one machine"), "{}", judged.observed);
    }
}
