//! What the reference PBX shows over TLS: a certificate from files, or one that it makes
//! for itself at the start, from an authority that lives as long as the process.

use std::net::{IpAddr, SocketAddr};

use ::time::{Duration, OffsetDateTime};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use super::config::TlsConfig;
use super::defects::Flaw;
use crate::wire::{Certified, Tls, TlsError, Trust};

/// Its TLS side.
pub(super) struct Identity {
    pub(super) listen: SocketAddr,
    pub(super) tls: Tls,
    /// The authority that it made, PEM.
    pub(super) authority: Option<String>,
}

impl Identity {
    /// For a PBX at this address. A flaw is in what it makes for itself.
    pub(super) fn of(config: &TlsConfig, ip: IpAddr, flaw: Flaw) -> Result<Self, TlsError> {
        let listen = SocketAddr::new(ip, config.port);
        let name = ip.to_string();
        if let (Some(chain), Some(key)) = (&config.certificate_file, &config.key_file) {
            let own = Certified::read(chain, key)?;
            // It calls nobody over a connection that it would open itself but who is in
            // the certificate's own file.
            let tls = Tls::new(&name, Trust::File(chain), Some(&own))?;
            return Ok(Self { listen, tls, authority: None });
        }
        let made = |error: rcgen::Error| TlsError::Generated(error.to_string());
        let (authority, chain, key) = generate(&name, flaw).map_err(made)?;
        let own = Certified::from_pem(&chain, &key)?;
        let tls = Tls::new(&name, Trust::Pem(&authority), Some(&own))?;
        Ok(Self { listen, tls, authority: Some(authority) })
    }
}

/// A root of 1024 bits, whose key nobody has.
const WEAK_ROOT: &str = concat!(
    "-----BEGIN CERTIFICATE-----\n",
    "MIICNjCCAZ+gAwIBAgIUEINBFKNxWUn0HGMs2WvyF6ZwnAkwDQYJKoZIhvcNAQEL\n",
    "BQAwLTEQMA4GA1UECgwHRXhhbXBsZTEZMBcGA1UEAwwQRXhhbXBsZSBPbGQgUm9v\n",
    "dDAeFw0yNjExMjQyMzIwNDJaFw00NjExMTkyMzIwNDJaMC0xEDAOBgNVBAoMB0V4\n",
    "YW1wbGUxGTAXBgNVBAMMEEV4YW1wbGUgT2xkIFJvb3QwgZ8wDQYJKoZIhvcNAQEB\n",
    "BQADgY0AMIGJAoGBAMAuqTSv/jYWNrryuAkY7kPF74P2nk8o8mrqRnUfgAYPsqYk\n",
    "XBsW+csHOyOD4729Q/LYOfTduxVlV73mnyEvrrVwtx+82ps+X6v/ua9zEjg5FIvw\n",
    "Pd6TUVZu2cEJcye/bCD5RAh9DCuHwoegKyT3EFVa1mKPdZFscXcGyHL342uFAgMB\n",
    "AAGjUzBRMB0GA1UdDgQWBBSkUncbIQZfiPMDRzU4CSzAARsKXjAfBgNVHSMEGDAW\n",
    "gBSkUncbIQZfiPMDRzU4CSzAARsKXjAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3\n",
    "DQEBCwUAA4GBALTFuZ6yh/ETccMlrzTBaZ8ecgRHHvcuy/tgPa5sJK8PtLkUzKF5\n",
    "pX3ps07d9zukPs5UO+QXfH1rjW+RDzoLtCQrre14PCJZpUgvdnZMgMLoKftERNEc\n",
    "SEivQHHe0yAv5vHwpF2ToynNqEctimiQ+YGWTxpCgh6WMogdbyrUCJvV\n",
    "-----END CERTIFICATE-----\n",
);

/// An authority's certificate, and a certificate for the name with its chain and its key, all
/// PEM.
fn generate(name: &str, flaw: Flaw) -> Result<(String, String, String), rcgen::Error> {
    let (root, authority) = make_authority("pbxcert reference authority")?;
    let (trusted, issuer, above) = match flaw {
        Flaw::WithoutChain => {
            let (_, intermediate) = make_intermediate(&authority)?;
            (root, intermediate, String::new())
        }
        Flaw::OfStranger => {
            let (stranger, issuer) = make_authority("pbxcert stranger")?;
            (root, issuer, stranger)
        }
        Flaw::WeakKey => (root, authority, WEAK_ROOT.to_owned()),
        _ => (root, authority, String::new()),
    };
    let key = KeyPair::generate()?;
    let names: &[&str] = match flaw {
        Flaw::WrongName => &["pbx.example.com"],
        _ => &[name, "localhost"],
    };
    let mut params =
        CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())?;
    params.distinguished_name.push(DnType::CommonName, "pbxcert reference PBX");
    let now = OffsetDateTime::now_utc();
    match flaw {
        Flaw::Expired => params.not_after = now - Duration::days(1),
        Flaw::NotYetValid => params.not_before = now + Duration::days(1),
        Flaw::ExpiresSoon => params.not_after = now + Duration::days(5),
        _ => {}
    }
    let leaf = match flaw {
        Flaw::SelfSigned => params.self_signed(&key)?,
        _ => params.signed_by(&key, &issuer)?,
    };
    Ok((trusted, format!("{}{above}", leaf.pem()), key.serialize_pem()))
}

type Authority = Issuer<'static, KeyPair>;

fn make_authority(name: &str) -> Result<(String, Authority), rcgen::Error> {
    let key = KeyPair::generate()?;
    let params = of_authority(name)?;
    Ok((params.self_signed(&key)?.pem(), Issuer::new(params, key)))
}

fn make_intermediate(above: &Authority) -> Result<(String, Authority), rcgen::Error> {
    let key = KeyPair::generate()?;
    let params = of_authority("pbxcert intermediate authority")?;
    Ok((params.signed_by(&key, above)?.pem(), Issuer::new(params, key)))
}

fn of_authority(name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // What rcgen puts there by itself.
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}
