//! TLS sessions taken up again, on both sides. It spares a handshake and nothing else: every tunnel is judged, and every
//! request inside is.

use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, HandshakeKind, SupportedProtocolVersion};
use tokio_rustls::TlsConnector;

use crate::client::Wire;
use crate::origin::{Origin, page};
use crate::rig::{POLICY, Rig};
use crate::trust::{self, Kind};

async fn site() -> Origin {
    let names = ["lava.example", "other.example"];
    Origin::https1(trust::site(Kind::Good, &names, &["http/1.1"]), |_| page("hello")).await
}

/// A browser gets a page over a tunnel of its own; how it shook hands, and what it got.
async fn browse(rig: &Rig, browser: &Arc<ClientConfig>, name: &str) -> (Option<HandshakeKind>, String) {
    let stream = rig.tunnel(&format!("{name}:443")).await;
    let server = ServerName::try_from(name.to_owned()).unwrap();
    let stream = TlsConnector::from(Arc::clone(browser)).connect(server, stream).await.unwrap();
    let kind = stream.get_ref().1.handshake_kind();
    let mut wire = Wire::new(stream);
    wire.send(format!("GET / HTTP/1.1\r\nHost: {name}\r\n\r\n")).await;
    (kind, wire.answer().await.text())
}

#[tokio::test]
async fn a_second_tunnel_takes_up_both_sessions_and_has_its_own_decision_and_event() {
    let origin = site().await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    let browser = Arc::new(trust::client(rig.authority(), &["http/1.1"]));
    let first = browse(&rig, &browser, "lava.example").await;
    assert_ne!(first.0, Some(HandshakeKind::Resumed));
    assert_eq!(origin.resumed(), 0);
    let second = browse(&rig, &browser, "lava.example").await;
    assert_eq!(second, (Some(HandshakeKind::Resumed), "hello".to_owned()));
    assert_eq!((origin.resumed(), origin.connections()), (1, 2), "both sides");
    let lines = rig.lines(4).await;
    assert_eq!(lines[2], "CONNECT lava.example:443 Allow Unknown Inspect 200 Complete");
    assert_eq!(lines[3], "GET https://lava.example/ Allow Unknown 200 Complete");
}

/// A session is no permission: what the policy shuts between two visits is shut, though the browser takes it up again.
#[tokio::test]
async fn a_session_outlives_no_decision() {
    let origin = site().await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    let browser = Arc::new(trust::client(rig.authority(), &["http/1.1"]));
    browse(&rig, &browser, "lava.example").await;
    let shut =
        "\n[[rule]]\nid = \"no-lava\"\nwhy = \"Hot.\"\nverdict = \"block\"\npages = [\"lava.example\"]\n";
    rig.publish(&format!("{POLICY}{shut}"));
    let (kind, text) = browse(&rig, &browser, "lava.example").await;
    assert_eq!(kind, Some(HandshakeKind::Resumed));
    assert!(text.starts_with("refused: Rule(\"no-lava\")"), "{text}");
    assert_eq!(origin.connections(), 1);
    rig.events(4).await;
}

/// A session with one site is none with another, though one server and one certificate serve both.
#[tokio::test]
async fn sessions_are_kept_by_name_on_both_sides() {
    let origin = site().await;
    let both = ["lava.example:443", "other.example:443"].map(|name| (name, origin.address));
    let rig = Rig::with(&both).await;
    let browser = Arc::new(trust::client(rig.authority(), &["http/1.1"]));
    for name in ["lava.example", "other.example"] {
        assert_ne!(browse(&rig, &browser, name).await.0, Some(HandshakeKind::Resumed), "{name}");
    }
    assert_eq!(origin.resumed(), 0);
    rig.events(4).await;
}

/// Older clients take sessions up too, with the tickets of TLS 1.2.
#[tokio::test]
async fn clients_of_tls_1_2_take_sessions_up() {
    let origin = site().await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    let only: [&SupportedProtocolVersion; 1] = [&rustls::version::TLS12];
    let browser = Arc::new(trust::client_of(rig.authority(), &["http/1.1"], &only));
    assert_ne!(browse(&rig, &browser, "lava.example").await.0, Some(HandshakeKind::Resumed));
    assert_eq!(browse(&rig, &browser, "lava.example").await.0, Some(HandshakeKind::Resumed));
    rig.events(4).await;
}
