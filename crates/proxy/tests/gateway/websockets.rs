//! WebSockets, in every way they can come and go.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::rustls::ServerConfig;

use crate::client::Wire;
use crate::events::{bytes, line};
use crate::origin::{Origin, Stream, answer, echo, read_head};
use crate::rig::Rig;
use crate::trust::{self, Kind};

const SWITCH: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                      Alt-Svc: h3=\":443\"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

fn wish(target: &str, host: &str) -> String {
    format!(
        "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
}

/// Agrees to one wish, and sends back what comes.
async fn agree(mut stream: Stream, _: usize) {
    let head = read_head(&mut stream).await.unwrap().to_lowercase();
    assert!(head.contains("upgrade: websocket") && head.contains("sec-websocket-key: "), "{head}");
    stream.write_all(SWITCH.as_bytes()).await.unwrap();
    echo(stream).await;
}

async fn site(protocols: &[&str]) -> Origin {
    Origin::tls_raw(config(protocols), agree).await
}

fn config(protocols: &[&str]) -> std::sync::Arc<ServerConfig> {
    trust::site(Kind::Good, &["talk.example"], protocols)
}

/// Sends bytes both ways on an upgraded connection, and ends it.
async fn talk(mut wire: Wire) {
    let head = wire.head().await.unwrap();
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    assert!(head.to_lowercase().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
    assert!(!head.to_lowercase().contains("alt-svc"), "no other way to the site is offered: {head}");
    wire.send(b"\x81\x85mask.....").await;
    assert_eq!(wire.exactly(11).await, b"\x81\x85mask.....");
}

#[tokio::test]
async fn over_plain_http1_and_inside_a_tunnel() {
    let plain = Origin::raw(agree).await;
    let inside = site(&["http/1.1"]).await;
    let rig = Rig::with(&[("talk.example:80", plain.address), ("talk.example:443", inside.address)]).await;
    let mut wire = rig.wire().await;
    wire.send(wish("http://talk.example/x", "talk.example")).await;
    talk(wire).await;
    let events = rig.events(2).await;
    assert_eq!(line(&events[0]), "GET http://talk.example/x Allow Unknown 101 StillOpen");
    assert_eq!(bytes(&events[1]), (11, 11));
    let mut wire = rig.https("talk.example").await;
    wire.send(wish("/x", "talk.example")).await;
    talk(wire).await;
    let events = rig.events(5).await;
    assert_eq!(line(&events[3]), "GET https://talk.example/x Allow Unknown 101 StillOpen");
    assert_eq!(bytes(&events[4]), (11, 11));
}

#[tokio::test]
async fn over_http2_to_sites_that_take_them_and_to_sites_that_do_not() {
    let new = Origin::http2(config(&["h2", "http/1.1"]), true, |_| Response::new(Full::default())).await;
    let old = mixed(config(&["h2", "http/1.1"])).await;
    for origin in [new, old] {
        let rig = Rig::with(&[("talk.example:443", origin.address)]).await;
        let mut http2 = rig.https2("talk.example").await;
        // The site's settings have come when the first answer has.
        let first = Request::get("https://talk.example/").body(Full::<Bytes>::default()).unwrap();
        assert_eq!(http2.send_request(first).await.unwrap().status(), 200);
        let mut wish = Request::connect("https://talk.example/x").body(Full::<Bytes>::default()).unwrap();
        wish.extensions_mut().insert(hyper::ext::Protocol::from_static("websocket"));
        let answer = http2.send_request(wish).await.unwrap();
        assert_eq!(answer.status(), 200);
        let mut stream = TokioIo::new(hyper::upgrade::on(answer).await.unwrap());
        stream.write_all(b"hello").await.unwrap();
        let mut back = [0; 5];
        stream.read_exact(&mut back).await.unwrap();
        assert_eq!(&back, b"hello");
        stream.shutdown().await.unwrap();
        drop(stream);
        let events = rig.events(4).await;
        assert_eq!(line(&events[2]), "GET https://talk.example/x Allow Unknown 200 StillOpen");
        assert_eq!(bytes(&events[3]), (5, 5));
    }
}

/// A site of both protocols that takes WebSockets only over HTTP/1.1.
async fn mixed(config: std::sync::Arc<ServerConfig>) -> Origin {
    Origin::tls_raw(config, |stream, number| async move {
        if number > 1 {
            return agree(stream, number).await;
        }
        let service = hyper::service::service_fn(async |_| {
            Ok::<_, std::convert::Infallible>(Response::new(Full::<Bytes>::default()))
        });
        let builder = hyper::server::conn::http2::Builder::new(hyper_util::rt::TokioExecutor::new());
        let _gone = builder.serve_connection(TokioIo::new(stream), service).await;
    })
    .await
}

#[tokio::test]
async fn that_are_refused_by_the_policy_or_the_site() {
    let origin = Origin::http1(|_| answer("404 Not Found", "", "no")).await;
    let rig = Rig::with(&[("talk.example:80", origin.address)]).await;
    for (target, host, status) in [
        ("http://talk.example/", "talk.example", StatusCode::NOT_FOUND),
        ("http://games.example/", "games.example", StatusCode::FORBIDDEN),
        ("http://name.invalid/", "name.invalid", StatusCode::BAD_GATEWAY),
    ] {
        let mut wire = rig.wire().await;
        wire.send(wish(target, host)).await;
        let refused = wire.answer().await;
        assert_eq!(refused.status, status.as_u16());
        assert_eq!(wire.rest().await, b"", "what follows was not judged as requests");
    }
    assert_eq!(
        rig.lines(3).await,
        [
            "GET http://talk.example/ Allow Unknown 404 Complete",
            "GET http://games.example/ Block Category(games) 403 Complete",
            "GET http://name.invalid/ Allow Unknown 502 Upstream(NoSuchName)",
        ]
    );
}
