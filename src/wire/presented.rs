//! What a TLS server presents, kept whatever it is, and what the authorities that are
//! trusted make of it.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::unverified::AnyCertificate;
use super::{Certified, Tls, TlsError, Trust};

/// Why a certificate is not trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    /// Its time is over.
    Expired,
    /// Its time has not begun.
    NotYetValid,
    /// No trusted authority has issued it, as far as the chain tells.
    UnknownIssuer,
    /// It is for another name.
    WrongName,
    /// Anything else, in words.
    Other(String),
}

/// The end of a handshake.
#[derive(Debug, Clone)]
pub struct Presented {
    /// Certificates as they came, DER, the server's own first.
    pub chain: Vec<Vec<u8>>,
    /// What is to be said against them; `None` if they are trusted.
    pub distrust: Option<Distrust>,
    /// Version of TLS.
    pub protocol: String,
    /// Cipher suite.
    pub cipher: String,
}

/// No handshake.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// On our side.
    #[error(transparent)]
    Setup(#[from] TlsError),
    /// The server does not speak TLS, or not with us.
    #[error("TLS: {0}")]
    Failed(io::Error),
    /// It never answered.
    #[error("no TLS handshake within {:.0} s", .0.as_secs_f64())]
    Silent(Duration),
}

type Kept = Option<(Vec<Vec<u8>>, Option<Distrust>)>;

#[derive(Debug)]
struct Keeping {
    trusted: Arc<WebPkiServerVerifier>,
    any: AnyCertificate,
    kept: Mutex<Kept>,
}

impl ServerCertVerifier for Keeping {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.trusted.verify_server_cert(leaf, others, name, ocsp, now);
        let chain = std::iter::once(leaf).chain(others).map(|der| der.to_vec()).collect();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((chain, verified.err().map(|error| distrust(&error))));
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.any.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.any.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.any.supported_verify_schemes()
    }
}

fn distrust(error: &rustls::Error) -> Distrust {
    match error {
        rustls::Error::InvalidCertificate(error) => match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                Distrust::Expired
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Distrust::NotYetValid
            }
            CertificateError::UnknownIssuer => Distrust::UnknownIssuer,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Distrust::WrongName
            }
            other => Distrust::Other(format!("{other:?}")),
        },
        other => Distrust::Other(other.to_string()),
    }
}

/// Shakes hands over a connection with the server of that name, whatever it presents, and
/// hangs up.
pub async fn present(
    stream: TcpStream,
    name: &str,
    trust: Trust<'_>,
    own: Option<&Certified>,
    limit: Duration,
) -> Result<Presented, HandshakeError> {
    let roots = Arc::new(trust.roots()?);
    let provider = Arc::new(ring::default_provider());
    let trusted = WebPkiServerVerifier::builder_with_provider(roots, provider)
        .build()
        .map_err(|error| TlsError::NoRoots(error.to_string()))?;
    let keeping = Arc::new(Keeping { trusted, any: AnyCertificate::new(), kept: Mutex::default() });
    let verifier: Arc<dyn ServerCertVerifier> = keeping.clone();
    let tls = Tls::verified_by(name, verifier, own)?;
    let connector = TlsConnector::from(Arc::clone(&tls.client));
    let shaken = tokio::time::timeout(limit, connector.connect(tls.name.clone(), stream)).await;
    let stream =
        shaken.map_err(|_| HandshakeError::Silent(limit))?.map_err(HandshakeError::Failed)?;
    let (_, connection) = stream.get_ref();
    let protocol =
        connection.protocol_version().and_then(|version| version.as_str().map(str::to_owned));
    let cipher = connection.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite()));
    let kept = keeping.kept.lock().unwrap_or_else(PoisonError::into_inner).take();
    let (chain, distrust) = kept.unwrap_or_default();
    Ok(Presented {
        chain,
        distrust,
        protocol: protocol.unwrap_or_default(),
        cipher: cipher.unwrap_or_default(),
    })
}
