//! Guide 2.4: a real certificate, complete and in time, in the PBX's own name.
//!
//! Everything that is wrong is told, not only what a verifier stumbles over first. A
//! certificate that is fit for use but ends soon, or whose key is short, warns.

use std::net::IpAddr;

use super::fact::facts;
use crate::check::Judgement;
use crate::profile::Protocol;
use crate::record::{Answer, Cause, CertificateSeen, Observation, ProbeFact};

/// With fewer days left, its renewal is overdue.
const RENEWAL_DAYS: f64 = 14.0;

/// Least bits of a key that are not weak (NIST SP 800-57, CA/Browser Forum).
const RSA_BITS: usize = 2048;
const EC_BITS: usize = 224;

/// Whether the PBX's certificate is as the guide asks.
pub fn certified(seen: &[Observation], protocol: Protocol) -> Vec<Judgement> {
    let expected = "a real certificate for the PBX's host name, with its intermediates, in time";
    if protocol != Protocol::Tls {
        let observed = format!("nothing to judge: the profile's protocol is {}", protocol.word());
        return vec![Judgement::pass(expected, observed)];
    }
    let found = facts(seen).find_map(|fact| match fact {
        ProbeFact::Certificates { name, chain, distrust, unknown_issuer, protocol, cipher } => {
            let shown =
                Shown { name, chain, distrust: distrust.as_deref(), unknown: *unknown_issuer };
            let mut judged = shown.complaints(expected);
            if judged.is_empty() {
                let observed = format!("{}; {protocol}, {cipher}", shown.words());
                judged.push(Judgement::pass(expected, observed));
            }
            Some(judged)
        }
        ProbeFact::NoCertificates { answer } => {
            let observed = match answer {
                Answer::NotTls { reason } => format!("no handshake: {reason}"),
                _ => "nothing was presented: no connection came about".to_owned(),
            };
            let cause = match answer {
                Answer::NotTls { .. } => Cause::NotSip,
                _ => Cause::NoResponse,
            };
            Some(vec![Judgement::inconclusive(cause, expected, observed)])
        }
        _ => None,
    });
    found.unwrap_or_else(|| {
        vec![Judgement::inconclusive(Cause::HarnessFault, expected, "nobody asked for it")]
    })
}

struct Shown<'a> {
    name: &'a str,
    chain: &'a [CertificateSeen],
    distrust: Option<&'a str>,
    unknown: bool,
}

impl Shown<'_> {
    fn complaints(&self, expected: &str) -> Vec<Judgement> {
        let Some(leaf) = self.chain.first() else {
            let observed = "the PBX presented no certificate";
            return vec![Judgement::fail(Cause::CertificateUntrusted, expected, observed)];
        };
        let mut judged = Vec::new();
        let mut fail = |cause, observed| judged.push(Judgement::fail(cause, expected, observed));
        for certificate in self.chain {
            let who = &certificate.subject;
            if let Some(problem) = &certificate.problem {
                fail(Cause::CertificateUntrusted, format!("a certificate {problem}"));
            } else if certificate.days_left < 0.0 {
                let ago = -certificate.days_left;
                fail(Cause::CertificateExpired, format!("‘{who}’ expired {ago:.1} days ago"));
            } else if certificate.days_until_valid > 0.0 {
                let days = certificate.days_until_valid;
                let observed = format!("‘{who}’ becomes valid in {days:.1} days only");
                fail(Cause::CertificateNotYetValid, observed);
            }
        }
        let self_signed = leaf.problem.is_none() && leaf.subject == leaf.issuer;
        if self_signed {
            let observed = format!("‘{}’ is issued by itself: self-signed", leaf.subject);
            fail(Cause::CertificateSelfSigned, observed);
        }
        if leaf.problem.is_none() && !self.is_in_name(leaf) {
            let names = if leaf.names.is_empty() {
                "no name at all".to_owned()
            } else {
                leaf.names.join(", ")
            };
            let observed =
                format!("the PBX is called {}, the certificate is for {names}", self.name);
            fail(Cause::CertificateWrongName, observed);
        }
        if self.unknown && !self_signed {
            let (cause, observed) = self.unknown_issuer();
            fail(cause, observed);
        }
        if let (true, Some(why)) = (judged.is_empty(), self.distrust) {
            let observed = format!("the certificate is not accepted: {why}");
            judged.push(Judgement::fail(Cause::CertificateUntrusted, expected, observed));
        }
        if judged.is_empty() && leaf.days_left < RENEWAL_DAYS {
            let observed = format!("‘{}’ expires in {:.1} days", leaf.subject, leaf.days_left);
            judged.push(Judgement::warn(Cause::CertificateExpiresSoon, expected, observed));
        }
        judged.extend(self.chain.iter().find_map(|certificate| weak(expected, certificate)));
        judged
    }

    /// Nobody who is trusted issued it: the chain breaks off, or ends with somebody unknown.
    fn unknown_issuer(&self) -> (Cause, String) {
        let last = self.chain.last().filter(|last| last.problem.is_none());
        match last {
            Some(root) if root.subject == root.issuer => {
                let observed =
                    format!("‘{}’, who issued it, is trusted by nobody here", root.subject);
                (Cause::CertificateUntrusted, observed)
            }
            Some(last) => {
                let (issuer, subject) = (&last.issuer, &last.subject);
                let presented = self.chain.len();
                let observed = format!(
                    "the certificate of ‘{issuer}’, who issued ‘{subject}’, was neither presented \
                     ({presented} were) nor is it trusted here"
                );
                (Cause::CertificateChainIncomplete, observed)
            }
            None => (Cause::CertificateUntrusted, "its issuer is unknown".to_owned()),
        }
    }

    fn is_in_name(&self, leaf: &CertificateSeen) -> bool {
        leaf.names.iter().any(|name| covers(name, self.name))
    }

    fn words(&self) -> String {
        let Some(leaf) = self.chain.first() else { return String::new() };
        let (names, issuer, left) = (leaf.names.join(", "), &leaf.issuer, leaf.days_left);
        let (key, bits) = (&leaf.key, leaf.key_bits);
        let above = match self.chain.len() {
            1 => "no intermediate".to_owned(),
            count => format!("{} more of its chain", count - 1),
        };
        format!(
            "for {names}, issued by ‘{issuer}’, {key} of {bits} bits, {left:.0} days left; \
             {above} presented"
        )
    }
}

fn weak(expected: &str, certificate: &CertificateSeen) -> Option<Judgement> {
    let least = match certificate.key.as_str() {
        "RSA" => RSA_BITS,
        "EC" => EC_BITS,
        "DSA" => usize::MAX,
        _ => return None,
    };
    let (subject, key, bits) = (&certificate.subject, &certificate.key, certificate.key_bits);
    (bits < least).then(|| {
        let observed = format!("‘{subject}’ has a weak key: {key} of {bits} bits");
        Judgement::warn(Cause::CertificateWeakKey, expected, observed)
    })
}

/// Whether a name of a certificate is that of the host (RFC 6125 §6.4: a wildcard stands for
/// one label).
fn covers(name: &str, host: &str) -> bool {
    if let (Ok(one), Ok(other)) = (name.parse::<IpAddr>(), host.parse::<IpAddr>()) {
        return one == other;
    }
    let bare = host.trim_end_matches('.');
    if name.eq_ignore_ascii_case(bare) {
        return true;
    }
    let below = name.strip_prefix("*.").zip(bare.split_once('.'));
    below.is_some_and(|(suffix, (_, rest))| suffix.eq_ignore_ascii_case(rest))
}

#[cfg(test)]
mod tests {
    use super::super::fact::observed;
    use super::*;
    use crate::record::Verdict;

    fn leaf() -> CertificateSeen {
        CertificateSeen {
            subject: "CN=pbx".into(),
            issuer: "CN=intermediate".into(),
            days_until_valid: -30.0,
            days_left: 60.0,
            names: vec!["pbx.example.com".into(), "*.example.net".into()],
            key: "EC".into(),
            key_bits: 256,
            problem: None,
        }
    }

    fn judge(name: &str, chain: Vec<CertificateSeen>, unknown: bool) -> Vec<Judgement> {
        let fact = ProbeFact::Certificates {
            name: name.into(),
            chain,
            distrust: unknown.then(|| "of an unknown issuer".into()),
            unknown_issuer: unknown,
            protocol: "TLSv1_3".into(),
            cipher: "AES".into(),
        };
        certified(&observed([fact]), Protocol::Tls)
    }

    fn cause(name: &str, chain: Vec<CertificateSeen>, unknown: bool) -> (Verdict, Option<Cause>) {
        let judged = judge(name, chain, unknown);
        assert_eq!(judged.len(), 1, "{judged:?}");
        (judged[0].verdict, judged[0].cause)
    }

    #[test]
    fn each_flaw_is_told_by_its_name() {
        use Verdict::{Fail, Warn};
        let host = "pbx.example.com";
        let passes = judge(host, vec![leaf()], false);
        assert_eq!(passes[0].verdict, Verdict::Pass);
        assert!(passes[0].observed.contains("60 days left"), "{}", passes[0].observed);
        let expired = CertificateSeen { days_left: -2.0, ..leaf() };
        assert_eq!(cause(host, vec![expired], false), (Fail, Some(Cause::CertificateExpired)));
        let early = CertificateSeen { days_until_valid: 2.0, ..leaf() };
        assert_eq!(cause(host, vec![early], false), (Fail, Some(Cause::CertificateNotYetValid)));
        let own = CertificateSeen { issuer: "CN=pbx".into(), ..leaf() };
        assert_eq!(cause(host, vec![own], true), (Fail, Some(Cause::CertificateSelfSigned)));
        let incomplete = cause(host, vec![leaf()], true);
        assert_eq!(incomplete, (Fail, Some(Cause::CertificateChainIncomplete)));
        let root =
            CertificateSeen { subject: "CN=intermediate".into(), names: Vec::new(), ..leaf() };
        let untrusted = cause(host, vec![leaf(), root], true);
        assert_eq!(untrusted, (Fail, Some(Cause::CertificateUntrusted)));
        let other = cause("sip.example.com", vec![leaf()], false);
        assert_eq!(other, (Fail, Some(Cause::CertificateWrongName)));
        let soon = CertificateSeen { days_left: 13.5, ..leaf() };
        assert_eq!(cause(host, vec![soon], false), (Warn, Some(Cause::CertificateExpiresSoon)));
        let short = CertificateSeen { key: "RSA".into(), key_bits: 1024, ..leaf() };
        assert_eq!(cause(host, vec![short], false), (Warn, Some(Cause::CertificateWeakKey)));
        let unread = CertificateSeen { problem: Some("cannot be read".into()), ..leaf() };
        assert_eq!(cause(host, vec![unread], false), (Fail, Some(Cause::CertificateUntrusted)));
    }

    #[test]
    fn a_wildcard_stands_for_one_label_and_addresses_are_compared_as_such() {
        assert!(covers("*.example.net", "pbx.example.net."));
        assert!(!covers("*.example.net", "a.b.example.net"));
        assert!(covers("2001:db8::1", "2001:db8:0::1"));
        assert!(!covers("192.0.2.1", "192.0.2.10"));
    }

    #[test]
    fn without_tls_there_is_nothing_to_judge_and_without_a_handshake_no_verdict() {
        assert_eq!(certified(&[], Protocol::Udp)[0].verdict, Verdict::Pass);
        let answer = Answer::NotTls { reason: "TLS: corrupt message".into() };
        let judged = certified(&observed([ProbeFact::NoCertificates { answer }]), Protocol::Tls);
        assert_eq!(judged[0].verdict, Verdict::Inconclusive);
    }
}
