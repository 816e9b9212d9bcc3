//! What TLS needs to know: whom to trust, what to be called, what to present.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// How rustls begins what it says of a certificate that it refuses.
pub const BAD_CERTIFICATE: &str = "invalid peer certificate";

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
    /// A certificate could not be made.
    #[error("make a certificate: {0}")]
    Generated(String),
    /// Certificate and key do not go together, or the like.
    #[error("set up TLS: {0}")]
    Setup(#[from] rustls::Error),
}

/// A certificate with its intermediates, leaf first, and its private key.
pub struct Certified {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

// The key stays out of every log.
impl std::fmt::Debug for Certified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} certificates and a key", self.chain.len())
    }
}

impl Certified {
    /// Reads two PEM files.
    pub fn read(chain: &Path, key: &Path) -> Result<Self, TlsError> {
        let (chain_pem, key_pem) = (text(chain)?, text(key)?);
        Ok(Self {
            chain: certificates(&chain_pem).map_err(|why| unusable(chain, why))?,
            key: PrivateKeyDer::from_pem_slice(key_pem.as_bytes())
                .map_err(|why| unusable(key, why.to_string()))?,
        })
    }

    /// Takes the texts themselves.
    pub fn from_pem(chain: &str, key: &str) -> Result<Self, TlsError> {
        let made = Path::new("a generated certificate");
        Ok(Self {
            chain: certificates(chain).map_err(|why| unusable(made, why))?,
            key: PrivateKeyDer::from_pem_slice(key.as_bytes())
                .map_err(|why| unusable(made, why.to_string()))?,
        })
    }
}

/// Whose certificates are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust<'a> {
    /// The authorities that this machine trusts.
    Machine,
    /// Those of a PEM file and no other.
    File(&'a Path),
    /// Those of this text and no other.
    Pem(&'a str),
}

impl Trust<'_> {
    pub(super) fn roots(self) -> Result<RootCertStore, TlsError> {
        match self {
            Self::Machine => roots_of_this_machine(),
            Self::File(path) => {
                let pem = text(path)?;
                roots_of(certificates(&pem).map_err(|why| unusable(path, why))?)
            }
            Self::Pem(pem) => {
                let made = Path::new("a generated certificate");
                roots_of(certificates(pem).map_err(|why| unusable(made, why))?)
            }
        }
    }
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
    /// For one end that calls the other `name`. With a certificate of its own it also takes
    /// connections, and shows it to a server that asks.
    pub fn new(name: &str, trust: Trust<'_>, own: Option<&Certified>) -> Result<Self, TlsError> {
        let roots = trust.roots()?;
        let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
        let provider = Arc::new(ring::default_provider());
        let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&versions)?
            .with_root_certificates(roots);
        let client = match own {
            Some(own) => client.with_client_auth_cert(own.chain.clone(), own.key.clone_key())?,
            None => client.with_no_client_auth(),
        };
        let server = own
            .map(|own| {
                ServerConfig::builder_with_provider(provider)
                    .with_protocol_versions(&versions)?
                    .with_no_client_auth()
                    .with_single_cert(own.chain.clone(), own.key.clone_key())
            })
            .transpose()?;
        let name = named(name)?;
        Ok(Self { client: Arc::new(client), server: server.map(Arc::new), name })
    }

    /// The same end with another verifier of what the peer presents. It takes no connections.
    pub(super) fn verified_by(
        name: &str,
        verifier: Arc<dyn ServerCertVerifier>,
        own: Option<&Certified>,
    ) -> Result<Self, TlsError> {
        let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let client = match own {
            Some(own) => client.with_client_auth_cert(own.chain.clone(), own.key.clone_key())?,
            None => client.with_no_client_auth(),
        };
        Ok(Self { client: Arc::new(client), server: None, name: named(name)? })
    }
}

fn named(name: &str) -> Result<ServerName<'static>, TlsError> {
    ServerName::try_from(name.to_owned()).map_err(|_| TlsError::BadName(name.to_owned()))
}

fn text(path: &Path) -> Result<String, TlsError> {
    std::fs::read_to_string(path).map_err(|error| unusable(path, error.to_string()))
}

fn unusable(path: &Path, why: String) -> TlsError {
    TlsError::File { path: path.to_owned(), why }
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<Vec<_>, _>>();
    match read {
        Ok(read) if read.is_empty() => Err("there is no certificate in it".to_owned()),
        Ok(read) => Ok(read),
        Err(error) => Err(error.to_string()),
    }
}

fn roots_of(certificates: Vec<CertificateDer<'static>>) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
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
