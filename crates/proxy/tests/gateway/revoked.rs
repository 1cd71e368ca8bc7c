//! Certificates that were taken back: told on a page, and never a way through; also not by taking up an old session.

use rustls::pki_types::CertificateRevocationListDer;
use usher_proxy::tls::revoked;

use crate::origin::{Origin, page};
use crate::rig::Rig;
use crate::trust::{self, Kind};

/// The serial of the site's certificate.
const SERIAL: u64 = 0x0077_6f72_6e00;

async fn site() -> Origin {
    stapling(Vec::new()).await
}

/// A site that hands this over with its certificate.
async fn stapling(word: Vec<u8>) -> Origin {
    let config = trust::numbered(Kind::Good, &["lava.example"], &["http/1.1"], Some(SERIAL), word);
    Origin::https1(config, |_| page("hello")).await
}

async fn ask(rig: &Rig) -> String {
    let mut wire = rig.https("lava.example").await;
    wire.send("GET / HTTP/1.1\r\nHost: lava.example\r\n\r\n").await;
    wire.answer().await.text()
}

/// Through a file, as a technician has it.
fn from_file(list: &CertificateRevocationListDer<'_>) -> CertificateRevocationListDer<'static> {
    revoked::read(list).unwrap()
}

#[tokio::test]
async fn a_certificate_that_was_taken_back_is_a_page_and_its_session_is_not_taken_up() {
    let origin = site().await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    assert_eq!(ask(&rig).await, "hello");
    assert_eq!(ask(&rig).await, "hello");
    assert_eq!(origin.resumed(), 1, "there is a session to take up");
    rig.site_tls.revoke(vec![from_file(&trust::taken_back(SERIAL, false))]).unwrap();
    assert_eq!(ask(&rig).await, "upstream: Certificate(Revoked) https://lava.example/");
    assert_eq!((origin.resumed(), origin.seen().len()), (1, 2), "nothing was sent to it");
    // Another certificate on the list says nothing of this one, and without lists it is trusted again.
    rig.site_tls.revoke(vec![from_file(&trust::taken_back(SERIAL + 1, false))]).unwrap();
    assert_eq!(ask(&rig).await, "hello");
    let lines = rig.lines(8).await;
    assert_eq!(lines[5], "GET https://lava.example/ Allow Unknown 502 Upstream(Certificate(Revoked))");
}

/// A list that somebody else made in an authority's name shuts its sites rather than opening any.
#[tokio::test]
async fn a_forged_list_opens_nothing() {
    let origin = site().await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    rig.site_tls.revoke(vec![from_file(&trust::taken_back(SERIAL + 1, true))]).unwrap();
    assert_eq!(ask(&rig).await, "upstream: Certificate(Other) https://lava.example/");
    rig.events(2).await;
}

#[test]
fn what_is_no_list_is_refused_when_it_is_read() {
    let list = trust::taken_back(SERIAL, false);
    for bytes in
        [&b""[..], b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", b"x", &list[..list.len() - 1]]
    {
        assert!(revoked::read(bytes).is_err(), "{bytes:?}");
    }
    // A certificate is no list.
    assert!(revoked::read(&trust::root()).is_err());
}

/// What a site itself hands over against itself counts; what it hands over for itself, and what cannot be read, does not.
#[tokio::test]
async fn a_site_that_staples_that_it_was_taken_back_is_a_page() {
    let mut broken = trust::word_on(SERIAL, true);
    broken.truncate(broken.len() - 1);
    for (word, said) in [
        (trust::word_on(SERIAL, true), "upstream: Certificate(Revoked) https://lava.example/"),
        (trust::word_on(SERIAL, false), "hello"),
        (trust::word_on(SERIAL + 1, true), "hello"),
        (broken, "hello"),
    ] {
        let origin = stapling(word).await;
        let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
        assert_eq!(ask(&rig).await, said);
        rig.events(2).await;
    }
}
