//! Sites that fail, each in its own way: the page and the event say whose fault it was.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use usher_proxy::limits::{ANSWER_TIME, HANDSHAKE_TIME};

use crate::client::get;
use crate::origin::{Origin, page, read_head};
use crate::rig::Rig;
use crate::trust::{self, Kind};

#[tokio::test]
async fn sites_that_are_not_there_get_a_truthful_page() {
    let gone = tokio::net::TcpListener::bind("127.0.77.1:0").await.unwrap().local_addr().unwrap();
    let rig = Rig::with(&[("gone.example:80", gone), ("gone.example:443", gone)]).await;
    let answer = rig.get("http://gone.example/").await;
    assert_eq!((answer.status, answer.text().as_str()), (502, "upstream: Unreachable http://gone.example/"));
    assert_eq!(rig.get("http://name.invalid/").await.text(), "upstream: NoSuchName http://name.invalid/");
    let mut wire = rig.https("gone.example").await;
    wire.send("GET / HTTP/1.1\r\nHost: gone.example\r\n\r\n").await;
    assert_eq!(wire.answer().await.text(), "upstream: Unreachable https://gone.example/");
    let mut raw = crate::client::Wire::new(rig.tunnel("gone.example:443").await);
    raw.send("SSH-2.0-x\r\n").await;
    assert_eq!(raw.rest().await, b"");
    assert_eq!(
        rig.lines(5).await,
        [
            "GET http://gone.example/ Allow Unknown 502 Upstream(Unreachable)",
            "GET http://name.invalid/ Allow Unknown 502 Upstream(NoSuchName)",
            "CONNECT gone.example:443 Allow Unknown Inspect 200 Complete",
            "GET https://gone.example/ Allow Unknown 502 Upstream(Unreachable)",
            "CONNECT gone.example:443 Allow Unknown Splice 200 Upstream(Unreachable)",
        ]
    );
}

#[tokio::test]
async fn sites_that_break_off_or_speak_nonsense_are_told_apart() {
    let bytes: [(&'static [u8], &str); 5] = [
        (b"", "502 Upstream(BrokeOff)"),
        (b"what do you want?\r\n\r\n", "502 Upstream(Protocol)"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "200 Upstream(BrokeOff)"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nOtters", "200 Complete"),
        // A coding nobody asked for, which would be lost on the way.
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "502 Upstream(Protocol)"),
    ];
    for (bytes, went) in bytes {
        let origin = Origin::raw(move |mut stream, _| async move {
            read_head(&mut stream).await;
            stream.write_all(bytes).await.unwrap();
        })
        .await;
        let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
        let mut wire = rig.wire().await;
        wire.send(get("http://plain.example/")).await;
        assert!(wire.head().await.unwrap().starts_with(&format!("HTTP/1.1 {}", &went[..3])));
        let lines = rig.lines(1).await;
        assert_eq!(lines, [format!("GET http://plain.example/ Allow Unknown {went}")]);
    }
}

/// RFC 9110, 9.2.2: asked again where that is the same as asking once, and only then.
#[tokio::test]
async fn a_kept_connection_that_a_site_closes_under_a_request_costs_nobody_their_page() {
    for (again, status) in [(get("http://plain.example/2"), "200"), (post("http://plain.example/2"), "502")] {
        // Its first connection answers once, takes the next request, and is closed.
        let origin = Origin::raw(|mut stream, number| async move {
            read_head(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
            read_head(&mut stream).await;
            if number > 1 {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
            }
        })
        .await;
        let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
        assert_eq!(rig.get("http://plain.example/1").await.status, 200);
        let mut wire = rig.wire().await;
        wire.send(again).await;
        assert!(wire.head().await.unwrap().starts_with(&format!("HTTP/1.1 {status}")));
        assert_eq!(origin.connections(), if status == "200" { 2 } else { 1 });
        rig.events(2).await;
    }
}

fn post(address: &str) -> String {
    get(address).replacen("GET", "POST", 1).replacen("\r\n", "\r\nContent-Length: 0\r\n", 1)
}

#[tokio::test]
async fn a_site_that_never_answers_is_given_up() {
    let asked = Arc::new(Notify::new());
    let origin = {
        let asked = Arc::clone(&asked);
        Origin::raw(move |mut stream, _| {
            let asked = Arc::clone(&asked);
            async move {
                read_head(&mut stream).await;
                asked.notify_one();
                std::future::pending::<()>().await;
            }
        })
        .await
    };
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let mut wire = rig.wire().await;
    wire.send(get("http://plain.example/")).await;
    asked.notified().await;
    tokio::time::pause();
    tokio::time::advance(ANSWER_TIME).await;
    tokio::time::resume();
    assert_eq!(wire.answer().await.text(), "upstream: TimedOut http://plain.example/");
    assert_eq!(rig.lines(1).await, ["GET http://plain.example/ Allow Unknown 502 Upstream(TimedOut)"]);
}

/// However long an upload takes, as long as it moves: the site's time begins when it has all of it.
#[tokio::test]
async fn a_slow_upload_is_not_the_sites_fault() {
    let begun = Arc::new(Notify::new());
    let origin = {
        let begun = Arc::clone(&begun);
        Origin::raw(move |mut stream, _| {
            let begun = Arc::clone(&begun);
            async move {
                read_head(&mut stream).await;
                let mut body = [0; 9];
                stream.read_exact(&mut body[..4]).await.unwrap();
                begun.notify_one();
                stream.read_exact(&mut body[4..]).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthere").await.unwrap();
            }
        })
        .await
    };
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let mut wire = rig.wire().await;
    let head = "POST http://plain.example/ HTTP/1.1\r\nHost: plain.example\r\nContent-Length: 9\r\n\r\n";
    wire.send(format!("{head}half")).await;
    begun.notified().await;
    tokio::time::pause();
    tokio::time::advance(ANSWER_TIME).await;
    tokio::time::resume();
    wire.send("more.").await;
    assert_eq!(wire.answer().await.text(), "there");
    assert_eq!(rig.lines(1).await, ["POST http://plain.example/ Allow Unknown 200 Complete"]);
}

#[tokio::test]
async fn a_site_that_never_shakes_hands_is_given_up() {
    let taken = Arc::new(Notify::new());
    let origin = {
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
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    let stream = rig.tunnel("lava.example:443").await;
    let ask = async {
        let mut wire =
            crate::client::Wire::new(rig.tls(stream, "lava.example", &["http/1.1"]).await.unwrap());
        wire.send("GET / HTTP/1.1\r\nHost: lava.example\r\n\r\n").await;
        wire.answer().await.text()
    };
    let wait = async {
        taken.notified().await;
        tokio::time::pause();
        tokio::time::advance(HANDSHAKE_TIME).await;
        tokio::time::resume();
    };
    let (text, ()) = tokio::join!(ask, wait);
    assert_eq!(text, "upstream: TimedOut https://lava.example/");
    assert_eq!(rig.lines(2).await[1], "GET https://lava.example/ Allow Unknown 502 Upstream(TimedOut)");
}

/// A bad certificate is a page with its reason. Nothing is ever sent to such a site.
#[tokio::test]
async fn bad_certificates_are_pages_and_never_a_way_through() {
    for (kind, name, fault) in [
        (Kind::Expired, "lava.example", "Expired"),
        (Kind::NotYet, "lava.example", "NotYetValid"),
        (Kind::SelfSigned, "lava.example", "UnknownIssuer"),
        (Kind::UnknownIssuer, "lava.example", "UnknownIssuer"),
        (Kind::Good, "other.example", "WrongName"),
    ] {
        let origin = Origin::https1(trust::site(kind, &[name], &["h2", "http/1.1"]), |_| page("never")).await;
        let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
        let mut wire = rig.https("lava.example").await;
        for _ in 0..2 {
            wire.send("GET / HTTP/1.1\r\nHost: lava.example\r\n\r\n").await;
            let text = wire.answer().await.text();
            assert_eq!(text, format!("upstream: Certificate({fault}) https://lava.example/"), "{kind:?}");
        }
        let lines = rig.lines(3).await;
        assert!(lines[1].ends_with(&format!("502 Upstream(Certificate({fault}))")), "{lines:?}");
        assert_eq!(origin.seen(), []);
    }
}
