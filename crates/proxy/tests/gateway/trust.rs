//! Certificates of sites: good ones of an authority the gateway trusts, and every bad kind.

use std::sync::{Arc, LazyLock};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, RevokedCertParams, SanType, SerialNumber,
};
use rustls::pki_types::{
    CertificateDer, CertificateRevocationListDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime,
};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// What is wrong with a site's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Good,
    Expired,
    NotYet,
    SelfSigned,
    UnknownIssuer,
}

struct Ca {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pem: String,
}

static TRUSTED: LazyLock<Ca> = LazyLock::new(|| ca("Trusted sites"));
static UNKNOWN: LazyLock<Ca> = LazyLock::new(|| ca("Nobody's sites"));

fn ca(name: &str) -> Ca {
    let key = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = parameters.self_signed(&key).unwrap();
    let (pem, certificate) = (certificate.pem(), certificate.der().clone());
    Ca { issuer: Issuer::new(parameters, key), certificate, pem }
}

/// The authority that signs good sites.
pub(crate) fn root() -> CertificateDer<'static> {
    TRUSTED.certificate.clone()
}

/// The same as a file has it.
pub(crate) fn root_pem() -> &'static str {
    &TRUSTED.pem
}

/// A list of the authority that signs good sites, taking back the certificate with this serial; signed by it, or by
/// somebody else in its name.
pub(crate) fn taken_back(serial: u64, is_forged: bool) -> CertificateRevocationListDer<'static> {
    let now = time::OffsetDateTime::from_unix_timestamp(i64::try_from(UnixTime::now().as_secs()).unwrap());
    let (now, day) = (now.unwrap(), time::Duration::days(1));
    let revoked = RevokedCertParams {
        serial_number: SerialNumber::from(serial),
        revocation_time: now - day,
        reason_code: None,
        invalidity_date: None,
    };
    let list = CertificateRevocationListParams {
        // Out of date: it counts all the same.
        this_update: now - day * 9,
        next_update: now - day * 2,
        crl_number: SerialNumber::from(1_u64),
        issuing_distribution_point: None,
        revoked_certs: vec![revoked],
        key_identifier_method: rcgen::KeyIdMethod::Sha256,
    };
    let forger = ca("Trusted sites");
    let issuer = if is_forged { &forger.issuer } else { &TRUSTED.issuer };
    list.signed_by(issuer).unwrap().into()
}

/// An authority's word on the certificate with this serial, as a site staples it (RFC 6960, 4.2.1); unsigned.
pub(crate) fn word_on(serial: u64, is_revoked: bool) -> Vec<u8> {
    // Nothing of it is longer than 255 bytes.
    let value = |tag: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).unwrap();
        let head = if length < 128 { vec![tag, length] } else { vec![tag, 0x81, length] };
        [&head[..], content].concat()
    };
    let time = value(0x18, b"20261120000000Z");
    let number = serial.to_be_bytes();
    let number = &number[usize::try_from(serial.leading_zeros() / 8).unwrap()..];
    let hash = [&value(0x06, &[0x2b, 14, 3, 2, 26])[..], &[5, 0]].concat();
    let hash = value(0x30, &hash);
    let id = [&hash[..], &value(4, &[1; 20]), &value(4, &[2; 20]), &value(2, number)].concat();
    let status = if is_revoked { value(0xa1, &time) } else { value(0x80, b"") };
    let single = value(0x30, &[&value(0x30, &id)[..], &status, &time].concat());
    let responder = value(0xa2, &value(4, &[3; 20]));
    let said = value(0x30, &[&responder[..], &time, &value(0x30, &single)].concat());
    let signature = value(0x30, &value(0x06, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]));
    let basic = value(0x30, &[&said[..], &signature, &[3, 2, 0, 0]].concat());
    let kind = value(0x06, &[0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1]);
    let bytes = value(0x30, &[&kind[..], &value(4, &basic)].concat());
    value(0x30, &[&[0x0a, 1, 0][..], &value(0xa0, &bytes)].concat())
}

/// What a site with these names speaks TLS with.
pub(crate) fn site(kind: Kind, names: &[&str], protocols: &[&str]) -> Arc<ServerConfig> {
    numbered(kind, names, protocols, None, Vec::new())
}

/// The same, with a certificate of this serial and this stapled to it.
pub(crate) fn numbered(
    kind: Kind,
    names: &[&str],
    protocols: &[&str],
    serial: Option<u64>,
    stapled: Vec<u8>,
) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::default();
    parameters.serial_number = serial.map(SerialNumber::from);
    parameters.subject_alt_names = names
        .iter()
        .map(|name| match name.parse() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName((*name).try_into().unwrap()),
        })
        .collect();
    let now = time::OffsetDateTime::from_unix_timestamp(i64::try_from(UnixTime::now().as_secs()).unwrap());
    let (now, day) = (now.unwrap(), time::Duration::days(1));
    (parameters.not_before, parameters.not_after) = match kind {
        Kind::Expired => (now - day * 9, now - day),
        Kind::NotYet => (now + day, now + day * 9),
        Kind::Good | Kind::SelfSigned | Kind::UnknownIssuer => (now - day, now + day * 9),
    };
    let certificate = match kind {
        Kind::SelfSigned => parameters.self_signed(&key),
        Kind::UnknownIssuer => parameters.signed_by(&key, &UNKNOWN.issuer),
        Kind::Good | Kind::Expired | Kind::NotYet => parameters.signed_by(&key, &TRUSTED.issuer),
    };
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert_with_ocsp(vec![certificate.unwrap().der().clone()], key, stapled)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    Arc::new(config)
}

/// What a client that trusts `root` speaks TLS with.
pub(crate) fn client(root: CertificateDer<'static>, protocols: &[&str]) -> ClientConfig {
    client_of(root, protocols, rustls::DEFAULT_VERSIONS)
}

/// The same, in these versions of TLS.
pub(crate) fn client_of(
    root: CertificateDer<'static>,
    protocols: &[&str],
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(root).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    config
}
