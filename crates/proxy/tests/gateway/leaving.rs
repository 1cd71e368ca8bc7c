//! Clients that go away, at every stage: each leaves exactly one event that says so.

use std::sync::Arc;

use tokio::sync::Notify;
use usher_testkit::facts;

use crate::client::get;
use crate::events::{bytes, line};
use crate::origin::{Origin, Stream, read_head};
use crate::rig::{Known, Rig};

/// A site that says when it has a head, and then does nothing more but what `then` does.
async fn silent(then: &'static [u8]) -> (Origin, Arc<Notify>) {
    let asked = Arc::new(Notify::new());
    let told = Arc::clone(&asked);
    let origin = Origin::raw(move |mut stream: Stream, _| {
        let told = Arc::clone(&told);
        async move {
            read_head(&mut stream).await;
            tokio::io::AsyncWriteExt::write_all(&mut stream, then).await.unwrap();
            told.notify_one();
            std::future::pending::<()>().await;
        }
    })
    .await;
    (origin, asked)
}

#[tokio::test]
async fn while_credentials_are_checked() {
    let rig = Rig::with(&[]).await;
    let gate = Arc::new(Notify::new());
    rig.people.knows("pupil.y4", Known::Later(gate, Ok(facts::subject("pupil.y4"))));
    for request in [
        "GET http://plain.example/ HTTP/1.1\r\nHost: plain.example\r\n",
        "CONNECT plain.example:443 HTTP/1.1\r\nHost: plain.example:443\r\n",
    ] {
        let mut wire = rig.wire().await;
        wire.send(format!("{request}Proxy-Authorization: Basic cHVwaWwueTQ6b3R0ZXI6bGFtcA==\r\n\r\n")).await;
        rig.until(|_, open| open == 1).await;
        drop(wire);
        rig.until(|_, open| open == 0).await;
    }
    assert_eq!(
        rig.lines(2).await,
        [
            "GET http://plain.example/ Challenge SignIn 0 ClientLeft",
            "CONNECT plain.example:443 Challenge SignIn Terminate 0 ClientLeft"
        ]
    );
}

#[tokio::test]
async fn while_the_site_thinks() {
    let (origin, asked) = silent(b"").await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let mut wire = rig.wire().await;
    wire.send(get("http://plain.example/")).await;
    asked.notified().await;
    drop(wire);
    assert_eq!(rig.lines(1).await, ["GET http://plain.example/ Allow Unknown 0 ClientLeft"]);
}

#[tokio::test]
async fn in_the_middle_of_an_answer() {
    let (origin, asked) =
        silent(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nhalf").await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let mut wire = rig.wire().await;
    wire.send(get("http://plain.example/")).await;
    asked.notified().await;
    wire.head().await.unwrap();
    assert_eq!(wire.exactly(4).await, b"half");
    drop(wire);
    let events = rig.events(1).await;
    assert_eq!(line(&events[0]), "GET http://plain.example/ Allow Unknown 200 ClientLeft");
    assert_eq!(bytes(&events[0]), (0, 4));
}

#[tokio::test]
async fn in_the_middle_of_its_own_request() {
    let (origin, asked) = silent(b"").await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let mut wire = rig.wire().await;
    let head = "POST http://plain.example/ HTTP/1.1\r\nHost: plain.example\r\nContent-Length: 9\r\n\r\n";
    wire.send(format!("{head}half")).await;
    asked.notified().await;
    drop(wire);
    let events = rig.events(1).await;
    assert!(line(&events[0]).ends_with("ClientLeft"), "{}", line(&events[0]));
    assert_eq!(bytes(&events[0]).0, 4);
}

#[tokio::test]
async fn before_and_during_the_hello() {
    let rig = Rig::with(&[]).await;
    drop(rig.tunnel("plain.example:443").await);
    rig.events(1).await;
    let mut half = rig.tunnel("plain.example:443").await;
    tokio::io::AsyncWriteExt::write_all(&mut half, b"\x16\x03\x01\x02\x00").await.unwrap();
    drop(half);
    let lines = rig.lines(2).await;
    assert!(lines.iter().all(|line| line.ends_with("200 ClientLeft")), "{lines:#?}");
}

#[tokio::test]
async fn by_resetting_one_stream_of_many() {
    let site = crate::trust::site(crate::trust::Kind::Good, &["lava.example"], &["h2"]);
    let origin = Origin::http2(site, false, |_| http::Response::default()).await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    let mut http2 = rig.https2("lava.example").await;
    let gate = Arc::new(Notify::new());
    origin.hold(Arc::clone(&gate));
    let request =
        || http::Request::get("https://lava.example/").body(http_body_util::Full::default()).unwrap();
    let mut left = Box::pin(http2.send_request(request()));
    let mut stays = Box::pin(http2.send_request(request()));
    tokio::select! {
        _ = &mut left => panic!("it is held"),
        _ = &mut stays => panic!("it is held"),
        () = rig.until(|_, open| open == 2) => {}
    }
    drop(left);
    rig.until(|events, open| open == 1 && events.len() == 2).await;
    gate.notify_waiters();
    gate.notify_one();
    assert_eq!(stays.await.unwrap().status(), 200);
    let lines = rig.lines(3).await;
    assert_eq!(lines[1], "GET https://lava.example/ Allow Unknown 0 ClientLeft");
    assert_eq!(lines[2], "GET https://lava.example/ Allow Unknown 200 Complete");
}
