//! TLS as the cases speak it: it trusts anybody, for it is the other side that is tried, and remembers who it was shown.

use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{EchConfig, EchMode};
use rustls::crypto::aws_lc_rs::hpke::ALL_SUPPORTED_SUITES;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, EchConfigListBytes, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// The version of encrypted hellos (RFC 9849).
const ECH_VERSION: u16 = 0xfe0d;
/// X25519 with HKDF-SHA256 (RFC 9180, 7.1).
const X25519: u16 = 0x0020;
/// HKDF-SHA256 and AES-128-GCM (RFC 9180, 7.2 and 7.3).
const KDF_AEAD: [u16; 2] = [1, 1];
/// A key of nobody's, a valid one all the same: whoever gets a hello sealed for it cannot open it.
const NOBODYS_KEY: [u8; 32] = [9; 32];

/// A configuration, and the certificate it was shown.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) config: ClientConfig,
    pub(crate) shown: Arc<Shown>,
}

/// The first certificate a handshake showed.
#[derive(Debug)]
pub(crate) struct Shown {
    provider: Arc<CryptoProvider>,
    issuer: Mutex<Option<Vec<u8>>>,
}

impl Shown {
    /// Who the certificate is from, as the bytes of the name; none before there is one.
    pub(crate) fn issuer(&self) -> Option<Vec<u8>> {
        self.issuer.lock().ok()?.clone()
    }
}

/// A client that offers these protocols, with or without the server name, hidden or not.
pub(crate) fn client(protocols: &[&str], names: bool, shows: Option<&str>) -> Result<Client, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let shown = Arc::new(Shown { provider: Arc::clone(&provider), issuer: Mutex::new(None) });
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = match shows {
        Some(shows) => {
            let list = EchConfigListBytes::from(ech_list(shows));
            builder.with_ech(EchMode::Enable(EchConfig::new(list, ALL_SUPPORTED_SUITES)?))?
        }
        None => builder.with_safe_default_protocol_versions()?,
    };
    let verifier: Arc<dyn ServerCertVerifier> = Arc::clone(&shown) as Arc<dyn ServerCertVerifier>;
    let mut config = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    config.enable_sni = names;
    Ok(Client { config, shown })
}

/// Who a certificate is from, as the bytes of the name.
pub(crate) fn issuer_of(certificate: &[u8]) -> Option<Vec<u8>> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    Some(certificate.issuer().as_raw().to_vec())
}

/// Whose a certificate is, as the bytes of the name.
pub(crate) fn subject_of(certificate: &[u8]) -> Option<Vec<u8>> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    Some(certificate.subject().as_raw().to_vec())
}

/// A list with one configuration for hiding names behind `shows` (RFC 9849, 4).
fn ech_list(shows: &str) -> Vec<u8> {
    let two = |number: usize| u16::try_from(number).unwrap_or(u16::MAX).to_be_bytes();
    let mut contents = vec![1];
    contents.extend(X25519.to_be_bytes());
    contents.extend(two(NOBODYS_KEY.len()));
    contents.extend(NOBODYS_KEY);
    contents.extend(two(4));
    contents.extend(KDF_AEAD.iter().flat_map(|id| id.to_be_bytes()));
    contents.push(0);
    contents.push(u8::try_from(shows.len()).unwrap_or(u8::MAX));
    contents.extend(shows.as_bytes());
    contents.extend(two(0));
    let mut list = two(contents.len() + 4).to_vec();
    list.extend(ECH_VERSION.to_be_bytes());
    list.extend(two(contents.len()));
    list.extend(contents);
    list
}

impl ServerCertVerifier for Shown {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Ok(mut issuer) = self.issuer.lock() {
            *issuer = issuer_of(certificate);
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hello_that_hides_its_name_shows_only_the_other() {
        let client = client(&["http/1.1"], true, Some("shown.example")).unwrap();
        let name = ServerName::try_from("hidden.example").unwrap();
        let mut connection = rustls::ClientConnection::new(Arc::new(client.config), name).unwrap();
        let mut hello = Vec::new();
        connection.write_tls(&mut hello).unwrap();
        let has = |wanted: &[u8]| hello.windows(wanted.len()).any(|window| window == wanted);
        assert!(has(b"shown.example") && !has(b"hidden.example"));
        assert!(has(&ECH_VERSION.to_be_bytes()));
    }
}
