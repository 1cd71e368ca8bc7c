//! The authority itself: a key and a self-signed certificate that the school puts on its devices.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256,
};
use rustls::pki_types::CertificateDer;
use time::OffsetDateTime;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use crate::master::{MasterFault, MasterKey, write_private};

/// The authority's certificate, as devices take it.
const CERTIFICATE_FILE: &str = "authority.pem";
/// Its key, sealed under the master key.
const KEY_FILE: &str = "authority.key.sealed";
/// What the key is sealed as.
const KEY_NAME: &str = "usher authority key";

/// How long the authority lasts. Putting it on every device is work, and it never leaves the school.
const AUTHORITY_DAYS: i64 = 3650;
/// Certificates begin this long before now, so that a device whose clock is a little behind takes them.
pub(crate) const BACKDATED_DAYS: i64 = 1;

/// The school's certificate authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pem: String,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("fingerprint", &self.fingerprint()).finish_non_exhaustive()
    }
}

/// Why the authority cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityFault {
    /// A file cannot be read or written.
    #[error("cannot use {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// Its key does not open.
    #[error("the authority's key does not open")]
    Key(#[from] MasterFault),
    /// A certificate cannot be made or read.
    #[error("cannot {doing}")]
    Certificate {
        /// What was being done.
        doing: &'static str,
        /// The library's words.
        #[source]
        source: rcgen::Error,
    },
    /// Only one of the certificate and its key is there.
    #[error(
        "{0} is missing while its other half is there; put both back from a back-up, or remove both to begin anew"
    )]
    Half(PathBuf),
}

impl Authority {
    /// The authority in this folder, made on first use.
    ///
    /// # Errors
    /// When its files cannot be used, one of them is missing, or its key does not open.
    pub fn load_or_make(
        folder: &Path,
        master: &MasterKey,
        school: &str,
        at: Moment,
    ) -> Result<Self, AuthorityFault> {
        let (certificate_file, key_file) = (folder.join(CERTIFICATE_FILE), folder.join(KEY_FILE));
        match (certificate_file.exists(), key_file.exists()) {
            (true, true) => Self::load(&certificate_file, &key_file, master),
            (false, false) => Self::make(&certificate_file, &key_file, master, school, at),
            (true, false) => Err(AuthorityFault::Half(key_file)),
            (false, true) => Err(AuthorityFault::Half(certificate_file)),
        }
    }

    fn load(certificate_file: &Path, key_file: &Path, master: &MasterKey) -> Result<Self, AuthorityFault> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|source| AuthorityFault::File { path: path.to_owned(), source })
        };
        let pem = String::from_utf8_lossy(&read(certificate_file)?).into_owned();
        let key = master.open(KEY_NAME, &read(key_file)?)?;
        let fault = |doing| move |source| AuthorityFault::Certificate { doing, source };
        let key = KeyPair::try_from(key.as_slice()).map_err(fault("read the authority's key"))?;
        let certificate = first_certificate(&pem).ok_or(AuthorityFault::Certificate {
            doing: "read the authority's certificate",
            source: rcgen::Error::CouldNotParseCertificate,
        })?;
        let issuer =
            Issuer::from_ca_cert_der(&certificate, key).map_err(fault("read the authority's certificate"))?;
        Ok(Self { issuer, certificate, pem })
    }

    fn make(
        certificate_file: &Path,
        key_file: &Path,
        master: &MasterKey,
        school: &str,
        at: Moment,
    ) -> Result<Self, AuthorityFault> {
        let fault = |source| AuthorityFault::Certificate { doing: "make the authority", source };
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(fault)?;
        let mut parameters = CertificateParams::default();
        let mut name = DistinguishedName::new();
        name.push(DnType::OrganizationName, school);
        name.push(DnType::CommonName, format!("{school} – Usher web filter"));
        parameters.distinguished_name = name;
        // It may sign sites' certificates and nothing that signs further.
        parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        parameters.key_usages =
            vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
        (parameters.not_before, parameters.not_after) = validity(at, AUTHORITY_DAYS);
        let made = parameters.self_signed(&key).map_err(fault)?;
        let write = |path: &Path, bytes: &[u8]| {
            write_private(path, bytes)
                .map_err(|source| AuthorityFault::File { path: path.to_owned(), source })
        };
        write(key_file, &master.seal(KEY_NAME, key.serialized_der())?)?;
        write(certificate_file, made.pem().as_bytes())?;
        let issuer = Issuer::new(parameters, key);
        Ok(Self { issuer, certificate: made.der().clone(), pem: made.pem() })
    }

    pub(crate) const fn issuer(&self) -> &Issuer<'static, KeyPair> {
        &self.issuer
    }

    /// The certificate, DER.
    pub const fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// The certificate, PEM: what `usher ca export` writes for devices.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// When the certificate runs out.
    pub fn until(&self) -> Moment {
        let read = x509_parser::parse_x509_certificate(&self.certificate);
        // One that cannot be read counts as run out long ago, so that the health page says so.
        let seconds = read.map_or(0, |(_, certificate)| certificate.validity().not_after.timestamp());
        Moment::from_unix_ms(seconds.saturating_mul(1000))
    }

    /// The SHA-256 of its public key, as browsers pin it.
    pub fn key_digest(&self) -> Digest {
        let read = x509_parser::parse_x509_certificate(&self.certificate);
        read.map_or_else(
            |_broken| self.fingerprint(),
            |(_, certificate)| Digest::of(certificate.public_key().raw),
        )
    }

    /// The SHA-256 of the certificate, as devices show it.
    pub fn fingerprint(&self) -> Digest {
        Digest::of(&self.certificate)
    }
}

/// From a little before `at` until `days` after.
pub(crate) fn validity(at: Moment, days: i64) -> (OffsetDateTime, OffsetDateTime) {
    let now = OffsetDateTime::from_unix_timestamp(at.unix_ms() / 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    (now - time::Duration::days(BACKDATED_DAYS), now + time::Duration::days(days))
}

fn first_certificate(pem: &str) -> Option<CertificateDer<'static>> {
    use rustls::pki_types::pem::PemObject;
    CertificateDer::from_pem_slice(pem.as_bytes()).ok()
}
