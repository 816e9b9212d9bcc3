//! The certificates that the PBX presents over TLS (guide 2.4).

use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;

use super::Site;
use super::exchange::failed;
use super::site::PATIENCE;
use crate::agent::AgentError;
use crate::profile::Protocol;
use crate::record::{Answer, CertificateSeen, ProbeFact};
use crate::wire::{Distrust, HandshakeError, Presented, knock, present};

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// Shakes hands with the PBX and notes what it presents. Nothing is done where the
/// profile's protocol is not TLS.
pub async fn ask_certificates(site: &Site) -> Result<(), AgentError> {
    if site.profile().pbx.protocol != Protocol::Tls {
        return Ok(());
    }
    let remote = site.pbx()?;
    let local = site.profile().bridge.bind.ip();
    let host = site.profile().pbx.target().host;
    let stream = match knock(local, remote, PATIENCE).await {
        Ok(stream) => stream,
        Err(error) => {
            site.note(ProbeFact::NoCertificates { answer: failed(&error) });
            return Ok(());
        }
    };
    let own = site.own_certificate()?;
    let answer = match present(stream, host, site.trust(), own.as_ref(), PATIENCE).await {
        Ok(presented) => {
            site.note(fact(host, &presented));
            return Ok(());
        }
        Err(HandshakeError::Setup(error)) => return Err(error.into()),
        Err(HandshakeError::Silent(limit)) => {
            Answer::Silent { waited_s: limit.as_secs_f64(), connected: true }
        }
        Err(error @ HandshakeError::Failed(_)) => Answer::NotTls { reason: error.to_string() },
    };
    site.note(ProbeFact::NoCertificates { answer });
    Ok(())
}

fn fact(host: &str, presented: &Presented) -> ProbeFact {
    let distrust = presented.distrust.as_ref().map(|distrust| match distrust {
        Distrust::Expired => "expired".to_owned(),
        Distrust::NotYetValid => "not yet valid".to_owned(),
        Distrust::UnknownIssuer => "of an unknown issuer".to_owned(),
        Distrust::WrongName => "for another name".to_owned(),
        Distrust::Other(why) => why.clone(),
    });
    ProbeFact::Certificates {
        name: host.to_owned(),
        chain: presented.chain.iter().map(|der| seen(der)).collect(),
        distrust,
        unknown_issuer: presented.distrust == Some(Distrust::UnknownIssuer),
        protocol: presented.protocol.clone(),
        cipher: presented.cipher.clone(),
    }
}

fn seen(der: &[u8]) -> CertificateSeen {
    let certificate = match X509Certificate::from_der(der) {
        Ok((_, certificate)) => certificate,
        Err(error) => {
            let problem = Some(format!("cannot be read: {error}"));
            return CertificateSeen { problem, ..CertificateSeen::default() };
        }
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |now| now.as_secs_f64());
    let days_to = |timestamp: i64| (timestamp as f64 - now) / DAY;
    let validity = certificate.validity();
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map(|names| names.value.general_names.iter().filter_map(name).collect());
    let (key, key_bits) = match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => ("RSA", key.key_size()),
        Ok(PublicKey::EC(key)) => ("EC", key.key_size()),
        Ok(PublicKey::DSA(key)) => ("DSA", key.len() * 8),
        _ => ("other", 0),
    };
    CertificateSeen {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        days_until_valid: days_to(validity.not_before.timestamp()),
        days_left: days_to(validity.not_after.timestamp()),
        names: names.unwrap_or_default(),
        key: key.to_owned(),
        key_bits,
        problem: None,
    }
}

/// A name that a certificate is for, as a profile would write it.
fn name(general: &GeneralName<'_>) -> Option<String> {
    match general {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let ip = match bytes.len() {
                4 => <[u8; 4]>::try_from(*bytes).ok().map(IpAddr::from),
                _ => <[u8; 16]>::try_from(*bytes).ok().map(IpAddr::from),
            };
            ip.map(|ip| ip.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_certificate_says_is_read_and_garbage_is_told() {
        let key = rcgen::KeyPair::generate().unwrap();
        let names = vec!["pbx.example.com".to_owned(), "192.0.2.1".to_owned()];
        let made = rcgen::CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
        let read = seen(made.der());
        assert_eq!(read.names, ["pbx.example.com", "192.0.2.1"]);
        assert_eq!((read.key.as_str(), read.key_bits), ("EC", 256));
        assert_eq!(read.subject, read.issuer);
        assert!(read.days_until_valid < 0.0 && read.days_left > 365.0);
        assert!(seen(b"no certificate").problem.is_some());
    }
}
