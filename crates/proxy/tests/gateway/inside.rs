//! Inspected tunnels: the protocol mirrored, requests judged one by one, names that differ seen by the rules.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use usher_policy::facts::Mismatch;
use usher_proxy::limits::{CONNECTIONS, JUDGED_AGAIN_EVERY, TUNNEL_STILL_TIME};

use crate::client::Wire;
use crate::events::{bytes, line};
use crate::origin::{Origin, page};
use crate::rig::{POLICY, Rig};
use crate::trust::{self, Kind};

fn get(uri: &str) -> Request<Full<Bytes>> {
    Request::get(uri).body(Full::default()).unwrap()
}

#[tokio::test]
async fn http1_passes_and_a_refused_page_inside_is_a_page() {
    let origin = Origin::https1(trust::site(Kind::Good, &["lava.example"], &["http/1.1"]), |seen| {
        page(&String::from_utf8_lossy(&seen.body))
    })
    .await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    let mut wire = rig.https("lava.example").await;
    for _ in 0..3 {
        wire.send("POST /x HTTP/1.1\r\nHost: lava.example\r\nContent-Length: 3\r\n\r\nhot").await;
        assert_eq!(wire.answer().await.text(), "hot");
    }
    let mut blocked = rig.https("games.example").await;
    blocked.send("GET / HTTP/1.1\r\nHost: games.example\r\n\r\n").await;
    assert_eq!(blocked.answer().await.text(), "refused: Category(games) https://games.example/");
    let events = rig.events(6).await;
    assert_eq!(line(&events[0]), "CONNECT lava.example:443 Allow Unknown Inspect 200 Complete");
    assert_eq!(line(&events[1]), "POST https://lava.example/x Allow Unknown 200 Complete");
    assert_eq!(bytes(&events[1]), (3, 3));
    assert_eq!(line(&events[4]), "CONNECT games.example:443 Block Category(games) Inspect 200 Complete");
    assert_eq!(line(&events[5]), "GET https://games.example/ Block Category(games) 403 Complete");
    assert_eq!(origin.connections(), 1, "one connection carries the tunnel");
}

#[tokio::test]
async fn http2_passes_and_every_stream_has_its_event() {
    let site = trust::site(Kind::Good, &["lava.example"], &["h2", "http/1.1"]);
    let origin = Origin::http2(site, false, |_| Response::new(Full::from("hello"))).await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    let http2 = rig.https2("lava.example").await;
    let streams = (0..20).map(|number| {
        let mut http2 = http2.clone();
        async move {
            let answer = http2.send_request(get(&format!("https://lava.example/{number}"))).await.unwrap();
            assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "hello");
        }
    });
    futures_util::future::join_all(streams).await;
    let events = rig.events(21).await;
    assert!(events[1..].iter().all(|event| bytes(event) == (0, 5) && line(event).ends_with("200 Complete")));
    assert_eq!(origin.connections(), 1);
}

/// What the site speaks is what the client is offered; what neither offers is not invented.
#[tokio::test]
async fn protocols_are_mirrored_both_ways() {
    for (speaks, offers, agreed) in [
        (&["h2", "http/1.1"][..], &["h2", "http/1.1"][..], Some("h2")),
        (&["http/1.1"], &["h2", "http/1.1"], Some("http/1.1")),
        (&["h2", "http/1.1"], &["http/1.1"], Some("http/1.1")),
        (&["h2"], &["h2"], Some("h2")),
        (&[], &["h2", "http/1.1"], Some("http/1.1")),
        (&["http/1.1"], &[], None),
    ] {
        let origin = Origin::https1(trust::site(Kind::Good, &["lava.example"], speaks), |_| page("")).await;
        let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
        let stream = rig.tunnel("lava.example:443").await;
        let stream = rig.tls(stream, "lava.example", offers).await.unwrap();
        let inside =
            stream.get_ref().1.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
        assert_eq!(inside.as_deref(), agreed, "{speaks:?} and {offers:?}");
        rig.events(1).await;
    }
}

#[tokio::test]
async fn a_spliced_tunnel_is_not_opened_and_its_bytes_are_counted() {
    let origin = Origin::raw(|stream, _| crate::origin::echo(stream)).await;
    let rig = Rig::with(&[("bank.example:443", origin.address)]).await;
    let site = trust::site(Kind::Good, &["bank.example"], &[]);
    let bank = Origin::https1(site, |_| page("balance")).await;
    let rig_bank = Rig::with(&[("bank.example:443", bank.address)]).await;
    // The client trusts the site's own authority and nothing else: it is the site's certificate that comes.
    let config = std::sync::Arc::new(trust::client(trust::root(), &[]));
    let name = rustls::pki_types::ServerName::try_from("bank.example").unwrap();
    let stream = rig_bank.tunnel("bank.example:443").await;
    let mut wire = Wire::new(tokio_rustls::TlsConnector::from(config).connect(name, stream).await.unwrap());
    wire.send("GET / HTTP/1.1\r\nHost: bank.example\r\n\r\n").await;
    assert_eq!(wire.answer().await.text(), "balance");
    drop(wire);
    let lines = rig_bank.lines(2).await;
    assert_eq!(lines[0], "CONNECT bank.example:443 Allow Unknown Splice 200 StillOpen");
    // What is no TLS is copied as it is, and counted to the byte.
    let mut wire = Wire::new(rig.tunnel("bank.example:443").await);
    wire.send("SSH-2.0-x\r\n").await;
    assert_eq!(wire.exactly(11).await, b"SSH-2.0-x\r\n");
    drop(wire);
    let events = rig.events(2).await;
    assert_eq!(bytes(&events[1]), (11, 11));
}

/// The name on the outside, in the hello and inside are separate facts; none of them leads the connection elsewhere.
#[tokio::test]
async fn names_that_differ_are_seen_and_judged() {
    let names = ["outside.example", "hello.example"];
    let origin = Origin::https1(trust::site(Kind::Good, &names, &["http/1.1"]), |_| page("hello")).await;
    let rig = Rig::with(&[("outside.example:443", origin.address)]).await;
    let stream = rig.tunnel("outside.example:443").await;
    let mut wire = Wire::new(rig.tls(stream, "hello.example", &["http/1.1"]).await.unwrap());
    for (host, status) in [("hello.example", 200), ("inside.example", 200), ("games.example", 403)] {
        wire.send(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
        assert_eq!(wire.answer().await.status, status, "{host}");
    }
    let stream = rig.tunnel("games.example:443").await;
    let mut wire = Wire::new(rig.tls(stream, "hello.example", &["http/1.1"]).await.unwrap());
    wire.send("GET / HTTP/1.1\r\nHost: hello.example\r\n\r\n").await;
    assert_eq!(wire.answer().await.status, 403, "the name outside is judged as well");
    let found: Vec<Vec<Mismatch>> =
        rig.events(6).await.iter().map(|event| event.decision().unwrap().mismatches.clone()).collect();
    assert_eq!(found[0], [Mismatch::ServerName]);
    assert_eq!(found[1], [Mismatch::ServerName]);
    assert_eq!(found[2], [Mismatch::ServerName, Mismatch::HostHeader, Mismatch::Certificate]);
    assert_eq!(found[4], [Mismatch::ServerName]);
}

/// What is not allowed any more stops, and its end says whose doing that was.
#[tokio::test]
async fn an_open_tunnel_is_judged_again() {
    let origin = Origin::raw(|stream, _| crate::origin::echo(stream)).await;
    let rig = Rig::with(&[("open.example:22", origin.address)]).await;
    let mut wire = Wire::new(rig.tunnel("open.example:22").await);
    wire.send("SSH-2.0-x\r\n").await;
    wire.exactly(11).await;
    rig.publish(&POLICY.replace("pupils = \"allow\"", "pupils = \"block\""));
    tokio::time::pause();
    tokio::time::advance(JUDGED_AGAIN_EVERY).await;
    tokio::time::resume();
    assert_eq!(wire.rest().await, b"");
    assert_eq!(rig.lines(2).await[1], "ended 200 Usher");
}

/// A tunnel is a connection as long as it is open, and it is not open for ever.
#[tokio::test]
async fn a_tunnel_takes_its_place_until_it_ends_and_ends_when_nothing_moves() {
    let origin = Origin::raw(|stream, _| crate::origin::echo(stream)).await;
    let rig = Rig::with(&[("open.example:22", origin.address)]).await;
    // One place is the listener's own, for whoever comes next.
    let free = CONNECTIONS - 1;
    let mut wire = Wire::new(rig.tunnel("open.example:22").await);
    wire.send("SSH-2.0-x\r\n").await;
    wire.exactly(11).await;
    assert_eq!(rig.room.available_permits(), free - 1);
    tokio::time::pause();
    // Twice, because timers are rounded up to the next millisecond.
    tokio::time::advance(2 * JUDGED_AGAIN_EVERY).await;
    // The tunnel notices that something moved before it waits.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    tokio::time::advance(TUNNEL_STILL_TIME + 2 * JUDGED_AGAIN_EVERY).await;
    tokio::time::resume();
    assert_eq!(wire.rest().await, b"");
    assert_eq!(rig.lines(2).await[1], "ended 200 Upstream(TimedOut)");
    while rig.room.available_permits() < free {
        tokio::task::yield_now().await;
    }
}
