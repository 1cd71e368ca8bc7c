//! Why speaking TLS to a site failed, as a page can say it.

use rustls::{CertificateError, Error};
use usher_events::event::{CertificateFault, UpstreamFault};

/// What an IO error of a TLS handshake means.
pub(crate) fn of(error: &std::io::Error) -> UpstreamFault {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match inner {
        Some(Error::InvalidCertificate(why)) => UpstreamFault::Certificate(certificate(why)),
        // A list of revoked certificates that its issuer did not sign: nobody can say that this one is not on it.
        Some(Error::InvalidCertRevocationList(_)) => UpstreamFault::Certificate(CertificateFault::Other),
        Some(Error::NoCertificatesPresented) => UpstreamFault::Certificate(CertificateFault::Other),
        Some(_) => UpstreamFault::Tls,
        None => UpstreamFault::BrokeOff,
    }
}

const fn certificate(why: &CertificateError) -> CertificateFault {
    match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateFault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateFault::NotYetValid
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::WrongName
        }
        CertificateError::UnknownIssuer => CertificateFault::UnknownIssuer,
        CertificateError::Revoked => CertificateFault::Revoked,
        _ => CertificateFault::Other,
    }
}
