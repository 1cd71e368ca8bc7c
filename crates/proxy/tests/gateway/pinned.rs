//! Apps that trust no authority but their maker's: learnt from what the client says and from nothing else, for a while,
//! and only where the policy passes them on.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use tokio_rustls::TlsConnector;
use usher_events::event::{Event, What};
use usher_policy::decision::{NotRead, Note};
use usher_proxy::limits::{HANDSHAKE_TIME, JUDGED_AGAIN_EVERY};

use crate::client::Wire;
use crate::events::line;
use crate::origin::{Origin, page};
use crate::rig::{PATIENCE, POLICY, Rig};
use crate::trust::{self, Kind};

/// Where a member of staff is, whose apps may refuse the school's certificate.
const STAFF: &str = "127.0.0.4";

async fn site() -> Origin {
    Origin::https1(trust::site(Kind::Good, &["lava.example"], &["http/1.1"]), |_| page("hello")).await
}

/// A gateway at which a member of staff has used a browser that takes the school's certificate.
async fn rig(origin: &Origin) -> Rig {
    let rig = Rig::with(&[("lava.example:443", origin.address), ("other.example:443", origin.address)]).await;
    rig.people.arrive(STAFF, "staff");
    browse(&rig, STAFF).await;
    rig
}

async fn browse(rig: &Rig, device: &str) {
    let stream = rig.tunnel_from(device, "other.example:443").await;
    rig.tls(stream, "other.example", &["http/1.1"]).await.unwrap();
}

/// An app that trusts this configuration's roots asks for a page.
async fn app(rig: &Rig, device: &str, config: ClientConfig) -> Result<String, String> {
    let stream = rig.tunnel_from(device, "lava.example:443").await;
    let name = ServerName::try_from("lava.example").unwrap();
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let stream = tokio::time::timeout(PATIENCE, handshake).await.expect("an end of the handshake");
    let mut wire = Wire::new(stream.map_err(|error| error.to_string())?);
    wire.send("GET / HTTP/1.1\r\nHost: lava.example\r\n\r\n").await;
    Ok(wire.answer().await.text())
}

/// What trusts the site's own authority only.
fn pinning() -> ClientConfig {
    trust::client(trust::root(), &["http/1.1"])
}

/// What refuses every certificate, for this reason.
fn refusing(why: CertificateError) -> ClientConfig {
    let mut config = pinning();
    config.dangerous().set_certificate_verifier(Arc::new(Refusing(why)));
    config
}

#[derive(Debug)]
struct Refusing(CertificateError);

impl ServerCertVerifier for Refusing {
    fn verify_server_cert(
        &self,
        _leaf: &CertificateDer<'_>,
        _chain: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Err(self.0.clone().into())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _leaf: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _leaf: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }
}

/// Why a tunnel was passed on unread, if it was.
fn not_read(event: &Event) -> Option<NotRead> {
    event.decision()?.trail.iter().find_map(|passed| match &passed.note {
        Note::NotRead(why) => Some(why.clone()),
        _ => None,
    })
}

/// Whether what went before taught the gateway anything about the site: an app is passed on then.
async fn has_learnt(rig: &Rig, device: &str) -> bool {
    app(rig, device, pinning()).await.is_ok()
}

#[tokio::test]
async fn an_app_that_refuses_the_schools_certificate_is_passed_on_for_an_hour_and_it_is_written_down() {
    let origin = site().await;
    let rig = rig(&origin).await;
    app(&rig, STAFF, pinning()).await.unwrap_err();
    assert_eq!(app(&rig, STAFF, pinning()).await.unwrap(), "hello");
    rig.clock.set(usher_types::clock::Clock::now(rig.clock.as_ref()).plus_minutes(60));
    app(&rig, STAFF, pinning()).await.unwrap_err();
    let events = rig.events(5).await;
    let lines: Vec<String> = events.iter().map(line).collect();
    assert_eq!(lines[1], "CONNECT lava.example:443 Allow Unknown Inspect 200 CertificateRefused");
    assert_eq!(lines[2], "CONNECT lava.example:443 Allow Unknown Splice 200 StillOpen");
    assert_eq!(lines[4], "CONNECT lava.example:443 Allow Unknown Inspect 200 CertificateRefused");
    let Some(NotRead::Pinned(until)) = not_read(&events[2]) else { panic!("{:?}", events[2].decision()) };
    assert_eq!(until, events[1].at.plus_minutes(60));
    let What::Tunnel(tunnel) = &events[2].what else { panic!("a tunnel") };
    assert_eq!(tunnel.facts.refused.map(|refused| refused.at), Some(events[1].at));
}

/// Somebody else sits down at the device while an app's connection is open: what is theirs is read.
#[tokio::test]
async fn a_tunnel_that_was_passed_on_for_one_person_ends_when_another_comes() {
    let origin = site().await;
    let rig = rig(&origin).await;
    app(&rig, STAFF, pinning()).await.unwrap_err();
    let stream = rig.tunnel_from(STAFF, "lava.example:443").await;
    let name = ServerName::try_from("lava.example").unwrap();
    let mut wire = Wire::new(TlsConnector::from(Arc::new(pinning())).connect(name, stream).await.unwrap());
    wire.send("GET / HTTP/1.1\r\nHost: lava.example\r\n\r\n").await;
    assert_eq!(wire.answer().await.text(), "hello");
    rig.people.arrive(STAFF, "pupil.y4");
    tokio::time::pause();
    tokio::time::advance(JUDGED_AGAIN_EVERY * 2).await;
    tokio::time::resume();
    assert_eq!(wire.rest().await, b"");
    assert_eq!(rig.lines(4).await[3], "ended 200 Usher");
}

#[tokio::test]
async fn it_is_learnt_for_one_device_and_nobody_else() {
    let origin = site().await;
    let rig = rig(&origin).await;
    app(&rig, STAFF, pinning()).await.unwrap_err();
    rig.people.arrive("127.0.0.5", "staff");
    browse(&rig, "127.0.0.5").await;
    assert!(!has_learnt(&rig, "127.0.0.5").await, "another member of staff");
    rig.events(4).await;
}

/// A pupil's program could say so of any site; the policy does not name pupils, so nothing follows from it.
#[tokio::test]
async fn a_pupil_gains_nothing_by_refusing() {
    let origin = site().await;
    let rig = rig(&origin).await;
    browse(&rig, "127.0.0.1").await;
    for _ in 0..3 {
        app(&rig, "127.0.0.1", pinning()).await.unwrap_err();
    }
    rig.events(5).await;
}

/// A device without the school's certificate refuses everything; that is not an app's doing.
#[tokio::test]
async fn a_device_that_never_took_a_certificate_is_not_passed_on() {
    let origin = site().await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    rig.people.arrive(STAFF, "staff");
    for _ in 0..3 {
        app(&rig, STAFF, pinning()).await.unwrap_err();
    }
    rig.events(3).await;
}

/// 42, 43, 46 and 48 say that our certificate is not trusted; 44, 45 and 51 say something else about it.
#[tokio::test]
async fn peers_case_5_which_alerts_of_a_client_teach() {
    for (why, teaches) in [
        (CertificateError::NotValidForName, true),
        (CertificateError::InvalidPurpose, true),
        (CertificateError::ApplicationVerificationFailure, false),
        (CertificateError::Other(rustls::OtherError(Arc::new(std::fmt::Error))), true),
        (CertificateError::UnknownIssuer, true),
        (CertificateError::Revoked, false),
        (CertificateError::Expired, false),
        (CertificateError::BadSignature, false),
    ] {
        let origin = site().await;
        let rig = rig(&origin).await;
        app(&rig, STAFF, refusing(why.clone())).await.unwrap_err();
        assert_eq!(has_learnt(&rig, STAFF).await, teaches, "{why:?}");
    }
}

/// A client that goes away in the middle may have any reason.
#[tokio::test]
async fn a_client_that_leaves_or_is_torn_down_teaches_nothing() {
    let origin = site().await;
    let rig = rig(&origin).await;
    for torn in [false, true] {
        let mut stream = rig.tunnel_from(STAFF, "lava.example:443").await;
        let name = ServerName::try_from("lava.example").unwrap();
        let mut hello = Vec::new();
        let mut client = rustls::ClientConnection::new(Arc::new(pinning()), name).unwrap();
        client.write_tls(&mut hello).unwrap();
        stream.write_all(&hello).await.unwrap();
        // The first byte of the server's hello is here; what follows is left unread, which tears the connection down.
        stream.read_u8().await.unwrap();
        if !torn {
            stream.shutdown().await.unwrap();
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await.unwrap();
        }
        drop(stream);
    }
    let lines = rig.lines(3).await;
    assert!(lines[1..].iter().all(|line| line.ends_with("ClientLeft")), "{lines:?}");
    assert!(!has_learnt(&rig, STAFF).await);
}

/// What a site does wrong is told on a page, and the app's word beside it counts for nothing.
#[tokio::test]
async fn peers_case_5_no_fault_of_a_site_teaches() {
    for alert in [None, Some(0), Some(40), Some(42), Some(46), Some(48), Some(70)] {
        let broken = Origin::raw(move |mut stream, _| async move {
            // One byte read and the rest left unread: the connection is torn down.
            stream.read_u8().await.unwrap();
            if let Some(alert) = alert {
                let mut hello = vec![0; 4];
                stream.read_exact(&mut hello).await.unwrap();
                let length = usize::from(u16::from_be_bytes([hello[2], hello[3]]));
                stream.read_exact(&mut vec![0; length]).await.unwrap();
                // None at all is an orderly end in the middle of the handshake.
                if alert > 0 {
                    stream.write_all(&[21, 3, 3, 0, 2, 2, alert]).await.unwrap();
                }
                stream.shutdown().await.unwrap();
            }
        })
        .await;
        let other = site().await;
        let rig =
            Rig::with(&[("lava.example:443", broken.address), ("other.example:443", other.address)]).await;
        rig.people.arrive(STAFF, "staff");
        browse(&rig, STAFF).await;
        // A browser gets a page that says so.
        let stream = rig.tunnel_from(STAFF, "lava.example:443").await;
        let mut wire = Wire::new(rig.tls(stream, "lava.example", &["http/1.1"]).await.unwrap());
        wire.send("GET / HTTP/1.1\r\nHost: lava.example\r\n\r\n").await;
        let said = wire.answer().await.text();
        assert!(said.starts_with("upstream: "), "{alert:?}: {said}");
        // An app says that it does not trust the certificate the page would come with.
        app(&rig, STAFF, pinning()).await.unwrap_err();
        app(&rig, STAFF, pinning()).await.unwrap_err();
        let lines = rig.lines(5).await;
        assert!(lines.iter().all(|line| !line.contains("Splice")), "{alert:?}: {lines:?}");
    }
}

/// A site that never ends its handshake is no site in order.
#[tokio::test]
async fn peers_case_5_a_site_that_stands_still_teaches_nothing() {
    let taken = Arc::new(Notify::new());
    let broken = {
        let taken = Arc::clone(&taken);
        Origin::raw(move |mut stream, _| {
            let taken = Arc::clone(&taken);
            async move {
                stream.read_u8().await.unwrap();
                taken.notify_one();
                std::future::pending::<()>().await;
            }
        })
        .await
    };
    let other = site().await;
    let rig = Rig::with(&[("lava.example:443", broken.address), ("other.example:443", other.address)]).await;
    rig.people.arrive(STAFF, "staff");
    browse(&rig, STAFF).await;
    for _ in 0..2 {
        let wait = async {
            taken.notified().await;
            tokio::time::pause();
            tokio::time::advance(HANDSHAKE_TIME).await;
            tokio::time::resume();
        };
        let (refused, ()) = tokio::join!(app(&rig, STAFF, pinning()), wait);
        refused.unwrap_err();
    }
    let lines = rig.lines(3).await;
    assert!(lines[1..].iter().all(|line| line.ends_with("Inspect 200 CertificateRefused")), "{lines:?}");
}

/// What is shut is decrypted to show why. An app that refuses that is not let through, not even when it is opened later.
#[tokio::test]
async fn what_is_shut_is_never_learnt() {
    let origin = site().await;
    let rig = rig(&origin).await;
    let shut =
        "\n[[rule]]\nid = \"no-lava\"\nwhy = \"Hot.\"\nverdict = \"block\"\npages = [\"lava.example\"]\n";
    rig.publish(&format!("{POLICY}{shut}"));
    for _ in 0..3 {
        app(&rig, STAFF, pinning()).await.unwrap_err();
    }
    rig.publish(POLICY);
    assert!(!has_learnt(&rig, STAFF).await);
    rig.publish(&format!("{POLICY}{shut}"));
    assert!(!has_learnt(&rig, STAFF).await, "learnt just now, and shut since");
    let lines = rig.lines(6).await;
    assert!(lines.iter().all(|line| !line.contains("Splice")), "{lines:?}");
    assert_eq!(lines[5], "CONNECT lava.example:443 Block Rule(\"no-lava\") Inspect 200 CertificateRefused");
}
