//! A site's certificate, verified as always, and refused where the site itself hands over its authority's word that it was
//! taken back (stapled OCSP, RFC 6066, 8; RFC 6960).
//!
//! Only *revoked* counts, and only against the site. So the signature under it is not looked at: nobody but whoever holds
//! the site's key could have put it there, and nothing is ever trusted because of it.

use std::sync::Arc;

use der::Decode as _;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use x509_ocsp::{BasicOcspResponse, CertStatus, OcspResponse};

/// Verifies as the library does, and looks at what is stapled.
#[derive(Debug)]
pub(crate) struct Stapled(pub(crate) Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for Stapled {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.0.verify_server_cert(leaf, chain, name, stapled, now)?;
        if is_revoked(leaf, stapled) == Some(true) {
            return Err(CertificateError::Revoked.into());
        }
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, leaf, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, leaf, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// Whether an answer says that a certificate was taken back; none where it says nothing that can be read.
fn is_revoked(leaf: &CertificateDer<'_>, stapled: &[u8]) -> Option<bool> {
    if stapled.is_empty() {
        return None;
    }
    let leaf = webpki::EndEntityCert::try_from(leaf).ok()?;
    let bytes = OcspResponse::from_der(stapled).ok()?.response_bytes?;
    let answer = BasicOcspResponse::from_der(bytes.response.as_bytes()).ok()?;
    let mut answers = answer.tbs_response_data.responses.iter();
    Some(answers.any(|one| {
        let is_its_own = number(one.cert_id.serial_number.as_bytes()) == number(leaf.serial());
        is_its_own && matches!(one.cert_status, CertStatus::Revoked(_))
    }))
}

/// A serial without the zeros that may stand before it.
fn number(serial: &[u8]) -> &[u8] {
    let zeros = serial.iter().take_while(|&&byte| byte == 0).count();
    serial.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_serial_is_a_number() {
        assert_eq!(number(&[0, 0, 0x81, 0]), number(&[0x81, 0]));
        assert_ne!(number(&[1, 0]), number(&[1]));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let key = rcgen::generate_simple_self_signed(["site.example".to_owned()]).unwrap();
            prop_assert_ne!(is_revoked(key.cert.der(), &bytes), Some(true));
            prop_assert_eq!(is_revoked(&CertificateDer::from(bytes.clone()), &bytes), None);
        }
    }
}
