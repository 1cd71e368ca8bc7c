//! The demonstration's own certificate authority and the certificates of its sites, the bad ones included.
//!
//! It is nobody else's: it lies in the demonstration's folder, its key readable by its owner only, and it vouches for
//! names under `.example`, which no real site can have (RFC 2606).

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P256_SHA256,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::sites::SiteFault;
use crate::sites::catalogue::{Shows, Site, Speaks};

/// The authority's certificate in the folder.
const CERTIFICATE_FILE: &str = "demo-sites.pem";
/// Its key.
const KEY_FILE: &str = "demo-sites.key";

/// Certificates hold for any year the demonstration may be played in.
const GOOD_YEARS: [i32; 2] = [2020, 2060];
/// The years of the one that ran out.
const EXPIRED_YEARS: [i32; 2] = [2018, 2019];

/// Vouches for the sites.
pub(super) struct SiteAuthority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pem: String,
}

impl SiteAuthority {
    /// The authority in this folder, made on first use.
    pub(super) fn load_or_make(folder: &Path) -> Result<Self, SiteFault> {
        let (certificate, key) = (folder.join(CERTIFICATE_FILE), folder.join(KEY_FILE));
        if certificate.exists() && key.exists() {
            Self::load(&certificate, &key)
        } else {
            Self::make(&certificate, &key)
        }
    }

    fn load(certificate: &Path, key: &Path) -> Result<Self, SiteFault> {
        use rustls::pki_types::pem::PemObject;
        let read = |path: &Path| std::fs::read_to_string(path).map_err(|source| file_fault(path, source));
        let (pem, key) = (read(certificate)?, read(key)?);
        let key = KeyPair::from_pem(&key)?;
        let issuer = Issuer::from_ca_cert_pem(&pem, key)?;
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes());
        let certificate = certificate.map_err(|_not_pem| rcgen::Error::CouldNotParseCertificate)?;
        Ok(Self { issuer, certificate, pem })
    }

    fn make(certificate_file: &Path, key_file: &Path) -> Result<Self, SiteFault> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name = named("Demonstration web sites (invented)");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        // Whoever puts it on a real device by mistake trusts it with nothing real.
        parameters.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("example".into())],
            excluded_subtrees: Vec::new(),
        });
        (parameters.not_before, parameters.not_after) = years(GOOD_YEARS);
        let made = parameters.self_signed(&key)?;
        write_private(key_file, key.serialize_pem().as_bytes())
            .map_err(|source| file_fault(key_file, source))?;
        std::fs::write(certificate_file, made.pem())
            .map_err(|source| file_fault(certificate_file, source))?;
        Ok(Self { issuer: Issuer::new(parameters, key), certificate: made.der().clone(), pem: made.pem() })
    }

    /// The certificate, PEM.
    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    /// How a site shakes hands: its certificate, good or bad, and the versions of HTTP it speaks.
    pub(super) fn handshake(&self, site: &Site) -> Result<Arc<ServerConfig>, SiteFault> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let chain = self.chain(site, &key)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = match site.speaks() {
            Speaks::Both => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            Speaks::Http1 => vec![b"http/1.1".to_vec()],
            Speaks::Http2 => vec![b"h2".to_vec()],
        };
        Ok(Arc::new(config))
    }

    fn chain(&self, site: &Site, key: &KeyPair) -> Result<Vec<CertificateDer<'static>>, SiteFault> {
        let shows = site.shows();
        let name = if shows == Shows::WrongName { "another-name.example" } else { site.name };
        let mut parameters = CertificateParams::new(vec![name.to_owned()])?;
        parameters.distinguished_name = named(name);
        parameters.is_ca = IsCa::ExplicitNoCa;
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let held = if shows == Shows::Expired { EXPIRED_YEARS } else { GOOD_YEARS };
        (parameters.not_before, parameters.not_after) = years(held);
        if shows == Shows::SelfSigned {
            return Ok(vec![parameters.self_signed(key)?.der().clone()]);
        }
        parameters.use_authority_key_identifier_extension = true;
        let leaf = parameters.signed_by(key, &self.issuer)?;
        Ok(vec![leaf.der().clone(), self.certificate.clone()])
    }
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

fn years([from, until]: [i32; 2]) -> (time::OffsetDateTime, time::OffsetDateTime) {
    (rcgen::date_time_ymd(from, 1, 1), rcgen::date_time_ymd(until, 1, 1))
}

fn file_fault(path: &Path, source: std::io::Error) -> SiteFault {
    SiteFault::File { path: PathBuf::from(path), source }
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)
}
