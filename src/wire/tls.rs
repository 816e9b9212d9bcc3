//! What TLS needs to know: whom to trust, what to be called, what to present.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file with certificates or a key is of no use.
    #[error("read {path}: {why}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// This machine trusts nobody.
    #[error("find any certificate authority that this machine trusts: {0}")]
    NoRoots(String),
    /// What the peer is called is no name.
    #[error("use {0} as the name of a TLS server")]
    BadName(String),
    /// Certificate and key do not go together, or the like.
    #[error("set up TLS: {0}")]
    Setup(#[from] rustls::Error),
}

/// Certificates and key of one end, PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certified {
    /// The certificate and its intermediates, leaf first.
    pub chain: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// What one end of a TLS connection needs.
#[derive(Debug, Clone)]
pub struct Tls {
    pub(super) client: Arc<ClientConfig>,
    /// Without a certificate we take no connections.
    pub(super) server: Option<Arc<ServerConfig>>,
    /// Whom we expect at the other end.
    pub(super) name: ServerName<'static>,
}

impl Tls {
    /// For a harness or PBX that calls `name`. Trusts the authorities of `ca`, or those of
    /// this machine. With a certificate of its own it also takes connections, and shows it
    /// to a server that asks.
    pub fn new(name: &str, ca: Option<&Path>, own: Option<&Certified>) -> Result<Self, TlsError> {
        let roots = match ca {
            Some(path) => roots_of(path)?,
            None => roots_of_this_machine()?,
        };
        let own = own.map(loaded).transpose()?;
        let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
        let provider = Arc::new(ring::default_provider());
        let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&versions)?
            .with_root_certificates(roots);
        let client = match &own {
            Some((chain, key)) => client.with_client_auth_cert(chain.clone(), key.clone_key())?,
            None => client.with_no_client_auth(),
        };
        let server = own
            .map(|(chain, key)| {
                ServerConfig::builder_with_provider(provider)
                    .with_protocol_versions(&versions)?
                    .with_no_client_auth()
                    .with_single_cert(chain, key)
            })
            .transpose()?;
        let name = ServerName::try_from(name.to_owned())
            .map_err(|_| TlsError::BadName(name.to_owned()))?;
        Ok(Self { client: Arc::new(client), server: server.map(Arc::new), name })
    }
}

fn unusable(path: &Path) -> impl Fn(rustls::pki_types::pem::Error) -> TlsError + '_ {
    move |error| TlsError::File { path: path.to_owned(), why: error.to_string() }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unusable(path))?;
    if read.is_empty() {
        return Err(TlsError::File {
            path: path.to_owned(),
            why: "there is no certificate in it".to_owned(),
        });
    }
    Ok(read)
}

fn loaded(
    own: &Certified,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
    let key = PrivateKeyDer::from_pem_file(&own.key).map_err(unusable(&own.key))?;
    Ok((certificates(&own.chain)?, key))
}

fn roots_of(path: &Path) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots.add(certificate)?;
    }
    Ok(roots)
}

fn roots_of_this_machine() -> Result<RootCertStore, TlsError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(found.certs);
    if taken == 0 {
        let why: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
        return Err(TlsError::NoRoots(why.join("; ")));
    }
    Ok(roots)
}
