//! What others' users suffered from, each named after the thread it was told in; beside what concerns one part only.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use usher_policy::facts::Mismatch;
use usher_policy::presence::CredentialFault;
use usher_proxy::limits::{CONNECTIONS, LINGER_STILL_TIME};

use crate::client::Wire;
use crate::events::line;
use crate::origin::{Io, Origin, page};
use crate::rig::{Known, Rig};
use crate::trust::{self, Kind};

fn ask(uri: &str) -> Request<Full<Bytes>> {
    Request::get(uri).body(Full::default()).unwrap()
}

/// A tunnel opened to an open name carries nothing of a shut one: not by the hello, not where nothing is decrypted.
#[tokio::test]
async fn gh_aw_firewall_8878_a_tunnel_to_an_open_name_carries_no_shut_one() {
    let names = ["lava.example", "games.example", "bank.example"];
    let origin = Origin::https1(trust::site(Kind::Good, &names, &["http/1.1"]), |_| page("never")).await;
    let rig = Rig::with(&[("lava.example:443", origin.address), ("bank.example:443", origin.address)]).await;
    for outside in ["lava.example:443", "bank.example:443"] {
        let stream = rig.tunnel(outside).await;
        let mut wire = Wire::new(rig.tls(stream, "games.example", &["http/1.1"]).await.unwrap());
        wire.send("GET / HTTP/1.1\r\nHost: games.example\r\n\r\n").await;
        assert!(wire.answer().await.text().starts_with("refused: Category(games)"), "{outside}");
    }
    let events = rig.events(4).await;
    let lines: Vec<String> = events.iter().map(line).collect();
    assert_eq!(lines[0], "CONNECT lava.example:443 Block Category(games) Inspect 200 Complete");
    assert_eq!(lines[2], "CONNECT bank.example:443 Block Category(games) Inspect 200 Complete");
    assert_eq!(events[0].decision().unwrap().mismatches, [Mismatch::ServerName]);
    assert_eq!(origin.connections(), 0);
}

/// A browser puts requests for every name of a certificate on one connection. Each is judged by its own.
#[tokio::test]
async fn gh_aw_firewall_8878_one_connection_for_two_names_crosses_no_decision() {
    let site = trust::site(Kind::Good, &["lava.example", "games.example"], &["h2"]);
    let origin = Origin::http2(site, false, |_| Response::new(Full::from("hello"))).await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    let mut http2 = rig.https2("lava.example").await;
    for (name, status) in [("lava", 200), ("games", 403), ("lava", 200)] {
        let answer = http2.send_request(ask(&format!("https://{name}.example/"))).await.unwrap();
        assert_eq!(answer.status(), status, "{name}");
        answer.into_body().collect().await.unwrap();
    }
    let events = rig.events(4).await;
    assert_eq!(line(&events[2]), "GET https://games.example/ Block Category(games) 403 Complete");
    assert_eq!(events[2].decision().unwrap().mismatches, [Mismatch::HostHeader]);
    assert_eq!(origin.seen().len(), 2);
}

/// Passes a client's hello on as two records, each in two segments; everything after it as it comes.
async fn cut(tunnel: impl Io + 'static, at: usize) -> tokio::io::DuplexStream {
    let (near, far) = tokio::io::duplex(64 * 1024);
    tokio::spawn(async move {
        let (mut from, mut to) = tokio::io::split(far);
        let (mut answers, mut tunnel) = tokio::io::split(tunnel);
        let back = tokio::spawn(async move { tokio::io::copy(&mut answers, &mut to).await });
        let mut head = [0; 5];
        from.read_exact(&mut head).await.unwrap();
        let mut hello = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
        from.read_exact(&mut hello).await.unwrap();
        for part in [&hello[..at], &hello[at..]] {
            let length = u16::try_from(part.len()).unwrap().to_be_bytes();
            let record = [&head[..3], &length, part].concat();
            for segment in [&record[..3], &record[3..]] {
                tunnel.write_all(segment).await.unwrap();
                tunnel.flush().await.unwrap();
                tokio::task::yield_now().await;
            }
        }
        let _gone = tokio::io::copy(&mut from, &mut tunnel).await;
        back.abort();
    });
    near
}

/// With a post-quantum key a hello is longer than a segment, and some clients cut it into records.
#[tokio::test]
async fn haproxy_3148_a_large_hello_in_two_records_and_four_segments_is_read() {
    let origin =
        Origin::https1(trust::site(Kind::Good, &["lava.example"], &["http/1.1"]), |_| page("hello")).await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    for (number, at) in [1, 3, 4, 5, 60, 200, 1_000].into_iter().enumerate() {
        let tunnel = cut(rig.tunnel("lava.example:443").await, at).await;
        let stream = rig.tls(Box::new(tunnel), "lava.example", &["http/1.1"]).await.unwrap();
        let mut wire = Wire::new(stream);
        wire.send("GET / HTTP/1.1\r\nHost: lava.example\r\n\r\n").await;
        assert_eq!(wire.answer().await.text(), "hello", "cut at {at}");
        rig.events(2 * number + 2).await;
    }
}

/// Offering HTTP/2 to a browser whose site does not speak it breaks WebSockets; so the site is asked first.
#[tokio::test]
async fn redwood_51_a_site_of_http_1_is_never_promised_as_http_2() {
    let origin = Origin::tls_raw(
        trust::site(Kind::Good, &["talk.example"], &["http/1.1"]),
        |mut stream, _| async move {
            let head = crate::origin::read_head(&mut stream).await.unwrap().to_lowercase();
            assert!(head.contains("upgrade: websocket"), "{head}");
            let switch =
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
            stream.write_all(switch.as_bytes()).await.unwrap();
            crate::origin::echo(stream).await;
        },
    )
    .await;
    let rig = Rig::with(&[("talk.example:443", origin.address)]).await;
    let stream = rig.tunnel("talk.example:443").await;
    let stream = rig.tls(stream, "talk.example", &["h2", "http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    let mut wire = Wire::new(stream);
    wire.send(
        "GET /x HTTP/1.1\r\nHost: talk.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    )
    .await;
    assert!(wire.head().await.unwrap().starts_with("HTTP/1.1 101"));
    wire.send(b"\x81\x85mask.....").await;
    assert_eq!(wire.exactly(11).await, b"\x81\x85mask.....");
    drop(wire);
    rig.events(3).await;
}

/// A site that speaks nothing but HTTP/2 is reached by whoever does, and told truthfully to whoever does not.
#[tokio::test]
async fn squid_1668_a_site_of_http_2_only_is_reached() {
    let site = trust::site(Kind::Good, &["lava.example"], &["h2"]);
    let origin = Origin::http2(site, false, |_| Response::new(Full::from("hello"))).await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    let mut http2 = rig.https2("lava.example").await;
    let answer = http2.send_request(ask("https://lava.example/")).await.unwrap();
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "hello");
    let mut old = rig.https("lava.example").await;
    old.send("GET / HTTP/1.1\r\nHost: lava.example\r\n\r\n").await;
    let said = old.answer().await.text();
    assert_eq!(said, "upstream: Tls https://lava.example/");
    let lines = rig.lines(4).await;
    assert_eq!(lines[3], "GET https://lava.example/ Allow Unknown 502 Upstream(Tls)");
}

/// A site that agrees to no protocol and speaks HTTP/2 all the same is no HTTP/1.1: a page says so.
#[tokio::test]
async fn squid_1668_a_site_that_speaks_http_2_unasked_is_told_truthfully() {
    let site = trust::site(Kind::Good, &["lava.example"], &[]);
    let origin = Origin::http2(site, false, |_| Response::new(Full::from("hello"))).await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    let mut wire = rig.https("lava.example").await;
    wire.send("GET / HTTP/1.1\r\nHost: lava.example\r\n\r\n").await;
    let said = wire.answer().await.text();
    assert!(said.starts_with("upstream: "), "{said}");
    rig.events(2).await;
}

/// A WebSocket over HTTP/2 to a site that speaks nothing else and takes none is refused with a status and written down.
#[tokio::test]
async fn rama_932_a_websocket_a_site_cannot_take_fails_and_does_not_hang() {
    let site = trust::site(Kind::Good, &["talk.example"], &["h2"]);
    let origin = Origin::http2(site, false, |_| Response::new(Full::default())).await;
    let rig = Rig::with(&[("talk.example:443", origin.address)]).await;
    let mut http2 = rig.https2("talk.example").await;
    assert_eq!(http2.send_request(ask("https://talk.example/")).await.unwrap().status(), 200);
    let mut wish = Request::connect("https://talk.example/x").body(Full::<Bytes>::default()).unwrap();
    wish.extensions_mut().insert(hyper::ext::Protocol::from_static("websocket"));
    assert_eq!(http2.send_request(wish).await.unwrap().status(), 502);
    let lines = rig.lines(3).await;
    assert_eq!(lines[2], "GET https://talk.example/x Allow Unknown 502 Upstream(Tls)");
}

/// Nothing in an answer says that there is another way to the site.
#[tokio::test]
async fn goproxy_232_no_answer_offers_quic() {
    let offers = "Alt-Svc: h3=\":443\"; ma=86400\r\nAlternate-Protocol: 443:quic\r\n";
    let plain = Origin::http1(move |_| crate::origin::answer("200 OK", offers, "hello")).await;
    let site = trust::site(Kind::Good, &["lava.example"], &["h2"]);
    let h2 = Origin::http2(site, false, |_| {
        Response::builder()
            .header("alt-svc", "h3=\":443\", h2=\"elsewhere.example:443\"")
            .header("alternate-protocol", "443:quic")
            .body(Full::from("hello"))
            .unwrap()
    })
    .await;
    let rig = Rig::with(&[("plain.example:80", plain.address), ("lava.example:443", h2.address)]).await;
    let answer = rig.get("http://plain.example/").await;
    assert_eq!((answer.field("alt-svc"), answer.field("alternate-protocol")), (None, None));
    let mut http2 = rig.https2("lava.example").await;
    let answer = http2.send_request(ask("https://lava.example/")).await.unwrap();
    assert!(
        !answer.headers().contains_key("alt-svc") && !answer.headers().contains_key("alternate-protocol")
    );
    answer.into_body().collect().await.unwrap();
    rig.events(3).await;
}

/// The length of an upload that a client sends to its end before it reads anything.
const LARGE: usize = 50 * 1024 * 1024;

/// Sends a head and all of a large body, and only then reads the answer.
async fn upload(wire: &mut Wire, head: &str) -> u16 {
    wire.send(format!("{head}Content-Length: {LARGE}\r\n\r\n")).await;
    let piece = vec![b'x'; 1024 * 1024];
    for _ in 0..LARGE / piece.len() {
        wire.send(&piece).await;
    }
    wire.answer().await.status
}

/// A tool asks with wrong credentials and sends all of a large file before it looks at the answer.
#[tokio::test]
async fn peers_case_7_a_late_407_reaches_a_client_that_reads_only_when_it_has_sent_everything() {
    let origin = Origin::http1(|_| page("never")).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    rig.people.knows("pupil.y4", Known::AtOnce(Err(CredentialFault::Wrong)));
    let head = "POST http://plain.example/ HTTP/1.1\r\nHost: plain.example\r\n\
                Proxy-Authorization: Basic cHVwaWwueTQ6b3R0ZXI6bGFtcA==\r\n";
    assert_eq!(upload(&mut rig.wire().await, head).await, 407);
    assert_eq!(origin.connections(), 0);
    rig.events(1).await;
}

/// The same with a page that says why, plain and inside a tunnel.
#[tokio::test]
async fn a_refusal_reaches_whoever_uploads_to_a_shut_site() {
    let rig = Rig::with(&[]).await;
    let head = "POST http://games.example/ HTTP/1.1\r\nHost: games.example\r\n";
    assert_eq!(upload(&mut rig.wire().await, head).await, 403);
    let head = "POST / HTTP/1.1\r\nHost: games.example\r\n";
    assert_eq!(upload(&mut rig.https("games.example").await, head).await, 403);
    rig.events(3).await;
}

/// A client that neither sends the rest nor goes away does not keep its place.
#[tokio::test]
async fn an_upload_that_stands_still_after_its_answer_gives_its_place_back() {
    let rig = Rig::with(&[]).await;
    let free = CONNECTIONS - 1;
    let mut wire = rig.wire().await;
    let head = "POST http://games.example/ HTTP/1.1\r\nHost: games.example\r\n";
    wire.send(format!("{head}Content-Length: {LARGE}\r\n\r\nhalf")).await;
    assert_eq!(wire.answer().await.status, 403);
    assert_eq!(wire.rest().await, b"", "the answer is closed at once");
    rig.events(1).await;
    assert_eq!(rig.room.available_permits(), free - 1, "the rest may still come");
    tokio::time::pause();
    tokio::time::advance(LINGER_STILL_TIME).await;
    tokio::time::resume();
    while rig.room.available_permits() < free {
        tokio::task::yield_now().await;
    }
}
