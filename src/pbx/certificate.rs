//! What the reference PBX shows over TLS: a certificate from files, or one that it makes
//! for itself at the start, from an authority that lives as long as the process.

use std::net::{IpAddr, SocketAddr};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use super::config::TlsConfig;
use crate::wire::{Certified, Tls, TlsError, Trust};

/// Its TLS side.
pub(super) struct Identity {
    pub(super) listen: SocketAddr,
    pub(super) tls: Tls,
    /// The authority that it made, PEM.
    pub(super) authority: Option<String>,
}

impl Identity {
    /// For a PBX at this address.
    pub(super) fn of(config: &TlsConfig, ip: IpAddr) -> Result<Self, TlsError> {
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
        let (authority, chain, key) = generate(&name).map_err(made)?;
        let own = Certified::from_pem(&chain, &key)?;
        let tls = Tls::new(&name, Trust::Pem(&authority), Some(&own))?;
        Ok(Self { listen, tls, authority: Some(authority) })
    }
}

/// An authority's certificate, and a certificate for the name with its key, all PEM.
fn generate(name: &str) -> Result<(String, String, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "pbxcert reference authority");
    let authority = params.self_signed(&key)?.pem();
    let issuer = Issuer::new(params, key);
    let leaf_key = KeyPair::generate()?;
    let names = vec![name.to_owned(), "localhost".to_owned()];
    let leaf = CertificateParams::new(names)?.signed_by(&leaf_key, &issuer)?;
    Ok((authority, leaf.pem(), leaf_key.serialize_pem()))
}
