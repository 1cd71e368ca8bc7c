//! Lists of certificates that were taken back (CRLs, RFC 5280, 5), as a school's technician puts them into a folder.
//!
//! Owns: reading one. Does not: fetch any, or ask a site's authority over the network (OCSP).

use rustls::pki_types::CertificateRevocationListDer;
use rustls::pki_types::pem::PemObject as _;
use webpki::BorrowedCertRevocationList;

/// Bytes that are no such list, or one that cannot be used: of an old version, or only part of one.
#[derive(Debug, thiserror::Error)]
#[error("it is no list of revoked certificates that can be used")]
pub struct NotAList(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Reads a list, in PEM or in DER. Its signature is checked when a certificate of its issuer is.
///
/// # Errors
/// When it cannot be used.
pub fn read(bytes: &[u8]) -> Result<CertificateRevocationListDer<'static>, NotAList> {
    let list = if bytes.starts_with(b"-----") {
        CertificateRevocationListDer::from_pem_slice(bytes).map_err(|error| NotAList(error.into()))?
    } else {
        CertificateRevocationListDer::from(bytes.to_vec())
    };
    match BorrowedCertRevocationList::from_der(&list) {
        Ok(_) => Ok(list),
        Err(error) => Err(NotAList(error.to_string().into())),
    }
}
