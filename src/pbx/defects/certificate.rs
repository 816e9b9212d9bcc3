//! Defects of the certificate that the PBX presents over TLS (guide 2.4): they show only where
//! the profile's protocol is TLS.

use super::row::Row;
use super::{Defect, Defects};
use crate::record::Cause;

/// Where the flaw is named, and where its first registration fails.
const REFUSED: &[&str] = &["2.4", "3", "6.1"];

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        Defect::CertificateExpired,
        "certificate-expired",
        "presents a certificate that expired yesterday",
        REFUSED,
        Cause::CertificateExpired,
    )
    .also(&[Cause::CertificateUntrusted])
    .seen("guide 2.4: the renewal of this certificate should be managed")
    .encrypted(),
    Row::new(
        Defect::CertificateNotYetValid,
        "certificate-not-yet-valid",
        "presents a certificate that becomes valid tomorrow",
        REFUSED,
        Cause::CertificateNotYetValid,
    )
    .also(&[Cause::CertificateUntrusted])
    .seen("PBXs and authorities whose clocks are wrong")
    .encrypted(),
    Row::new(
        Defect::CertificateSelfSigned,
        "certificate-self-signed",
        "presents a certificate that it signed itself",
        REFUSED,
        Cause::CertificateSelfSigned,
    )
    .also(&[Cause::CertificateUntrusted])
    .seen("guide 2.4; ast_tls_cert and the certificates that FreeSWITCH makes at its first start")
    .encrypted(),
    Row::new(
        Defect::CertificateWithoutChain,
        "certificate-without-chain",
        "presents its own certificate without the intermediate one",
        REFUSED,
        Cause::CertificateChainIncomplete,
    )
    .also(&[Cause::CertificateUntrusted])
    .seen("guide 2.4: be sure to publish the required intermediate certificates")
    .encrypted(),
    Row::new(
        Defect::CertificateOfStranger,
        "certificate-of-stranger",
        "presents a chain that ends with an authority that nobody knows",
        REFUSED,
        Cause::CertificateUntrusted,
    )
    .seen("PBXs with an authority of their own, as for their maker's desk phones")
    .encrypted(),
    Row::new(
        Defect::CertificateWrongName,
        "certificate-wrong-name",
        "presents a certificate for another host",
        REFUSED,
        Cause::CertificateWrongName,
    )
    .also(&[Cause::CertificateUntrusted])
    .seen("guide 2.6.5: PBXs that are reached by address, or under their internal name")
    .encrypted(),
    Row::new(
        Defect::CertificateWeakKey,
        "certificate-weak-key",
        "presents an old root of 1024 bits in its chain",
        &["2.4"],
        Cause::CertificateWeakKey,
    )
    .seen("chains that were copied from older files")
    .encrypted(),
    Row::new(
        Defect::CertificateExpiresSoon,
        "certificate-expires-soon",
        "presents a certificate for five more days",
        &["2.4"],
        Cause::CertificateExpiresSoon,
    )
    .seen("guide 2.4: renewals that are done by hand")
    .encrypted(),
];

/// What is wrong with the certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pbx) enum Flaw {
    /// Nothing.
    None,
    /// Over since yesterday.
    Expired,
    /// Valid from tomorrow on.
    NotYetValid,
    /// Of its own.
    SelfSigned,
    /// The intermediate is not presented.
    WithoutChain,
    /// Another authority's.
    OfStranger,
    /// For another host.
    WrongName,
    /// With a root of 1024 bits.
    WeakKey,
    /// For five days.
    ExpiresSoon,
}

impl Defects {
    /// What is wrong with the certificate.
    pub(in crate::pbx) fn flaw(&self) -> Flaw {
        let all = [
            (Defect::CertificateExpired, Flaw::Expired),
            (Defect::CertificateNotYetValid, Flaw::NotYetValid),
            (Defect::CertificateSelfSigned, Flaw::SelfSigned),
            (Defect::CertificateWithoutChain, Flaw::WithoutChain),
            (Defect::CertificateOfStranger, Flaw::OfStranger),
            (Defect::CertificateWrongName, Flaw::WrongName),
            (Defect::CertificateWeakKey, Flaw::WeakKey),
            (Defect::CertificateExpiresSoon, Flaw::ExpiresSoon),
        ];
        let found = all.into_iter().find(|(defect, _)| self.has(*defect));
        found.map_or(Flaw::None, |(_, flaw)| flaw)
    }
}
