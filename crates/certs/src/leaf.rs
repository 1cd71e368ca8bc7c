//! Leaf certificates: what an inspected site is shown with.
//!
//! Leafs have a key of their own, made anew at every start and never the authority's; a serial nobody else has; the
//! host as their only name; and less than half a year to live, because browsers refuse long ones.

use std::sync::Arc;

use quick_cache::sync::Cache;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, SanType, SerialNumber,
};
use rustls::crypto::aws_lc_rs::sign::any_ecdsa_type;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SigningKey};
use usher_types::host::Host;
use usher_types::moment::Moment;

use crate::authority::{Authority, BACKDATED_DAYS, validity};

/// How long a leaf lasts after it is made. With back-dating it stays far below the 200 days browsers allow.
const LEAF_DAYS: i64 = 90;
/// A leaf with less than this to live is made anew.
const RENEWED_BEFORE_DAYS: i64 = 7;
/// Leafs kept. A school sees a few thousand sites a day; one is about 1 KiB.
const KEPT: usize = 10_000;
/// Random bytes of a serial (RFC 5280, 4.1.2.2 allows 20 octets; CAs use at least 8 of randomness).
const SERIAL_BYTES: usize = 16;
/// The longest common name (RFC 5280, appendix A: ub-common-name).
const COMMON_NAME_CHARS: usize = 64;

/// Mints leafs and keeps them.
pub struct Minter {
    authority: Arc<Authority>,
    key: KeyPair,
    signing: Arc<dyn SigningKey>,
    kept: Cache<Host, Kept>,
}

impl std::fmt::Debug for Minter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Minter")
            .field("authority", &self.authority)
            .field("kept", &self.kept.len())
            .finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct Kept {
    leaf: Arc<CertifiedKey>,
    good_from: Moment,
    good_until: Moment,
}

/// A leaf could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make a certificate for {host}")]
pub struct LeafFault {
    host: Host,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl Minter {
    /// A minter for this authority, with a fresh leaf key.
    ///
    /// # Errors
    /// When the machine cannot make a key.
    pub fn new(authority: Arc<Authority>) -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signing = any_ecdsa_type(&der).map_err(|_foreign| rcgen::Error::CouldNotParseKeyPair)?;
        Ok(Self { authority, key, signing, kept: Cache::new(KEPT) })
    }

    /// The leaf for `host`, made if need be. Asked for by many at once, it is made once.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn leaf(&self, host: &Host, at: Moment) -> Result<Arc<CertifiedKey>, LeafFault> {
        let good = |kept: &Kept| kept.good_from <= at && at < kept.good_until;
        let kept = self.kept.get_or_insert_with(host, || self.mint(host, at))?;
        if good(&kept) {
            return Ok(kept.leaf);
        }
        let renewed = self.mint(host, at)?;
        self.kept.insert(host.clone(), renewed.clone());
        Ok(renewed.leaf)
    }

    fn mint(&self, host: &Host, at: Moment) -> Result<Kept, LeafFault> {
        let fault = |source: rcgen::Error| LeafFault { host: host.clone(), source: Box::new(source) };
        let mut parameters = CertificateParams::default();
        parameters.subject_alt_names = vec![match host {
            Host::Name(name) => SanType::DnsName(name.as_str().try_into().map_err(fault)?),
            Host::Ip(address) => SanType::IpAddress(*address),
        }];
        let mut name = DistinguishedName::new();
        let text = host.to_string();
        if text.chars().count() <= COMMON_NAME_CHARS {
            name.push(DnType::CommonName, text);
        }
        parameters.distinguished_name = name;
        parameters.is_ca = IsCa::ExplicitNoCa;
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        parameters.use_authority_key_identifier_extension = true;
        parameters.serial_number = Some(serial().map_err(fault)?);
        (parameters.not_before, parameters.not_after) = validity(at, LEAF_DAYS);
        let made = parameters.signed_by(&self.key, self.authority.issuer()).map_err(fault)?;
        let chain = vec![made.der().clone(), self.authority.certificate().clone()];
        Ok(Kept {
            leaf: Arc::new(CertifiedKey::new(chain, Arc::clone(&self.signing))),
            good_from: at.plus_minutes(-BACKDATED_DAYS * 24 * 60),
            good_until: at.plus_minutes((LEAF_DAYS - RENEWED_BEFORE_DAYS) * 24 * 60),
        })
    }
}

/// A serial: positive, and so long that two are never the same.
fn serial() -> Result<SerialNumber, rcgen::Error> {
    let mut bytes = [0_u8; SERIAL_BYTES];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_unspecified| rcgen::Error::RingUnspecified)?;
    if let Some(first) = bytes.first_mut() {
        // Positive, and of full length.
        *first = (*first & 0x7f) | 0x40;
    }
    Ok(SerialNumber::from_slice(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::master::MasterKey;
    use std::collections::BTreeSet;
    use x509_parser::prelude::*;

    const NOW: Moment = Moment::from_unix_ms(1_795_000_000_000);

    fn minter(folder: &std::path::Path) -> Minter {
        let master = MasterKey::load_or_make(&folder.join("master.key")).unwrap();
        let authority = Authority::load_or_make(folder, &master, "Rowan Hill Primary", NOW).unwrap();
        Minter::new(Arc::new(authority)).unwrap()
    }

    fn host(text: &str) -> Host {
        Host::parse(text).unwrap()
    }

    #[test]
    fn a_leaf_is_what_browsers_take() {
        let folder = tempfile::tempdir().unwrap();
        let minter = minter(folder.path());
        let leaf = minter.leaf(&host("games.example"), NOW).unwrap();
        let (_, leaf) = X509Certificate::from_der(&leaf.cert[0]).unwrap();
        let (_, authority) = X509Certificate::from_der(minter.authority.certificate()).unwrap();
        leaf.verify_signature(Some(authority.public_key())).unwrap();
        let days = (leaf.validity().not_after.timestamp() - leaf.validity().not_before.timestamp()) / 86_400;
        assert!(days < 180, "{days} days");
        assert!(!leaf.is_ca() && authority.is_ca());
        let names = leaf.subject_alternative_name().unwrap().unwrap();
        assert_eq!(names.value.general_names, [GeneralName::DNSName("games.example")]);
        assert_ne!(leaf.public_key().raw, authority.public_key().raw, "leafs have their own key");
    }

    #[test]
    fn addresses_get_an_address_name_and_long_names_no_common_name() {
        let folder = tempfile::tempdir().unwrap();
        let minter = minter(folder.path());
        let leaf = minter.leaf(&host("[2001:db8::1]"), NOW).unwrap();
        let (_, leaf) = X509Certificate::from_der(&leaf.cert[0]).unwrap();
        let names = leaf.subject_alternative_name().unwrap().unwrap();
        assert!(matches!(names.value.general_names[0], GeneralName::IPAddress(bytes) if bytes.len() == 16));
        let long = format!("{}.example", ["abcdefghij"; 9].join("."));
        let leaf = minter.leaf(&host(&long), NOW).unwrap();
        let (_, leaf) = X509Certificate::from_der(&leaf.cert[0]).unwrap();
        assert_eq!(leaf.subject().iter_common_name().count(), 0);
    }

    #[test]
    fn serials_are_unique_and_leafs_are_kept_until_they_age() {
        let folder = tempfile::tempdir().unwrap();
        let minter = minter(folder.path());
        let serials: BTreeSet<Vec<u8>> = (0..100)
            .map(|number| {
                let leaf = minter.leaf(&host(&format!("site-{number}.example")), NOW).unwrap();
                X509Certificate::from_der(&leaf.cert[0]).unwrap().1.raw_serial().to_vec()
            })
            .collect();
        assert_eq!(serials.len(), 100);
        let one = minter.leaf(&host("games.example"), NOW).unwrap();
        let same = minter.leaf(&host("games.example"), NOW.plus_minutes(60)).unwrap();
        assert!(Arc::ptr_eq(&one, &same));
        let later = minter.leaf(&host("games.example"), NOW.plus_minutes(85 * 24 * 60)).unwrap();
        assert!(!Arc::ptr_eq(&one, &later));
        let clock_set_back = minter.leaf(&host("games.example"), NOW.plus_minutes(-3 * 24 * 60)).unwrap();
        assert!(!Arc::ptr_eq(&later, &clock_set_back));
    }

    #[test]
    fn the_authority_is_made_once_and_its_key_is_not_readable() {
        let folder = tempfile::tempdir().unwrap();
        let first = minter(folder.path()).authority.fingerprint();
        let again = minter(folder.path()).authority.fingerprint();
        assert_eq!(first, again);
        let sealed = std::fs::read(folder.path().join("authority.key.sealed")).unwrap();
        assert!(KeyPair::try_from(sealed.as_slice()).is_err());
        std::fs::remove_file(folder.path().join("authority.key.sealed")).unwrap();
        let master = MasterKey::load_or_make(&folder.path().join("master.key")).unwrap();
        let half = Authority::load_or_make(folder.path(), &master, "x", NOW).unwrap_err();
        assert!(half.to_string().contains("missing"), "{half}");
    }

    /// A browser that sees one serial twice under one issuer shows neither page.
    #[test]
    fn g3_157_no_two_leafs_share_a_serial_over_restarts_and_nodes() {
        let folder = tempfile::tempdir().unwrap();
        let serials: BTreeSet<Vec<u8>> = (0..4)
            .flat_map(|_start| {
                let minter = minter(folder.path());
                ["a.example", "b.example", "192.0.2.1"].map(|name| {
                    let leaf = minter.leaf(&host(name), NOW).unwrap();
                    X509Certificate::from_der(&leaf.cert[0]).unwrap().1.raw_serial().to_vec()
                })
            })
            .collect();
        assert_eq!(serials.len(), 12);
    }

    /// Browsers count from the first day a leaf is good, which is before the day it is made.
    #[test]
    fn mitmproxy_8142_a_leaf_lives_less_than_200_days_from_its_backdated_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let minter = minter(folder.path());
        for name in ["lava.example", "192.0.2.1", "xn--bcher-kva.example"] {
            let leaf = minter.leaf(&host(name), NOW).unwrap();
            let validity = X509Certificate::from_der(&leaf.cert[0]).unwrap().1.validity().clone();
            let begins = validity.not_before.timestamp();
            assert!(begins < NOW.unix_ms() / 1000, "a clock a little behind takes it");
            assert!((validity.not_after.timestamp() - begins) / 86_400 < 200);
        }
    }
}
