//! A slow reader slows its site down: the gateway keeps no more than its windows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use usher_proxy::limits::RECORDED_OPEN_AFTER;

use crate::client::{Wire, get};
use crate::origin::{Origin, Stream, read_head};
use crate::rig::Rig;
use crate::trust::{self, Kind};

/// More than the buffers of the gateway and all sockets on the way hold.
const LARGE: usize = 96 * 1024 * 1024;
/// What they may hold at most.
const UNDER_WAY: usize = 48 * 1024 * 1024;
const PIECE: usize = 64 * 1024;

/// Sends a large body; tells when nobody takes more for a while, and how much was taken then.
async fn pour(mut stream: impl AsyncWriteExt + Unpin, stuck: Arc<Notify>, poured: Arc<AtomicUsize>) {
    let piece = vec![b'x'; PIECE];
    let mut left = LARGE;
    while left > 0 {
        let writing = stream.write(&piece[..left.min(PIECE)]);
        tokio::pin!(writing);
        let count = tokio::select! {
            biased;
            count = &mut writing => count.unwrap(),
            () = tokio::time::sleep(Duration::from_millis(300)) => {
                stuck.notify_one();
                writing.await.unwrap()
            }
        };
        left -= count;
        poured.fetch_add(count, Ordering::SeqCst);
    }
    stuck.notify_one();
    stream.flush().await.unwrap();
}

async fn site(tls: bool) -> (Origin, Arc<Notify>, Arc<AtomicUsize>) {
    let (stuck, poured) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
    let (told, counted) = (Arc::clone(&stuck), Arc::clone(&poured));
    let serve = move |mut stream: Stream, _| {
        let (told, counted) = (Arc::clone(&told), Arc::clone(&counted));
        async move {
            read_head(&mut stream).await;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            pour(stream, told, counted).await;
        }
    };
    let origin = if tls {
        Origin::tls_raw(trust::site(Kind::Good, &["large.example"], &["http/1.1"]), serve).await
    } else {
        Origin::raw(serve).await
    };
    (origin, stuck, poured)
}

async fn drained(wire: &mut Wire) {
    let mut left = LARGE;
    let mut piece = vec![0; PIECE];
    while left > 0 {
        left -= wire.0.read(&mut piece[..left.min(PIECE)]).await.unwrap();
    }
}

#[tokio::test]
async fn downwards_plain_and_inspected() {
    for tls in [false, true] {
        let (origin, stuck, poured) = site(tls).await;
        let sites = [("large.example:80", origin.address), ("large.example:443", origin.address)];
        let rig = Rig::with(&sites).await;
        let mut wire = if tls { rig.https("large.example").await } else { rig.wire().await };
        let target = if tls {
            "GET / HTTP/1.1\r\nHost: large.example\r\n\r\n".into()
        } else {
            get("http://large.example/")
        };
        wire.send(target).await;
        wire.head().await.unwrap();
        stuck.notified().await;
        let under_way = poured.load(Ordering::SeqCst);
        assert!(under_way < UNDER_WAY, "{under_way} bytes are under way, inspected: {tls}");
        drained(&mut wire).await;
        let events = rig.events(if tls { 2 } else { 1 }).await;
        assert_eq!(crate::events::bytes(events.last().unwrap()), (0, LARGE as u64));
    }
}

/// Who takes no answer has an event like everybody else, and holds no place for it.
#[tokio::test]
async fn a_client_that_stops_reading_is_recorded() {
    let (origin, stuck, _poured) = site(false).await;
    let rig = Rig::with(&[("large.example:80", origin.address)]).await;
    let mut wire = rig.wire().await;
    wire.send(get("http://large.example/")).await;
    stuck.notified().await;
    tokio::time::pause();
    tokio::time::advance(RECORDED_OPEN_AFTER).await;
    tokio::time::resume();
    rig.until(|events, open| (events.len(), open) == (1, 0)).await;
    drop(wire);
    let lines = rig.lines(2).await;
    assert_eq!(lines[0], "GET http://large.example/ Allow Unknown 200 StillOpen");
    assert_eq!(lines[1], "ended 200 ClientLeft");
}

#[tokio::test]
async fn upwards() {
    let go_on = Arc::new(Notify::new());
    let gate = Arc::clone(&go_on);
    let origin = Origin::raw(move |mut stream, _| {
        let gate = Arc::clone(&gate);
        async move {
            read_head(&mut stream).await;
            gate.notified().await;
            let mut wire = Wire::new(stream);
            drained(&mut wire).await;
            wire.send("HTTP/1.1 204 No Content\r\n\r\n").await;
        }
    })
    .await;
    let rig = Rig::with(&[("large.example:80", origin.address)]).await;
    let (mut answers, mut requests) = tokio::io::split(rig.connect().await);
    let head = format!(
        "POST http://large.example/ HTTP/1.1\r\nHost: large.example\r\nContent-Length: {LARGE}\r\n\r\n"
    );
    requests.write_all(head.as_bytes()).await.unwrap();
    let (stuck, poured) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
    let pouring = tokio::spawn(pour(requests, Arc::clone(&stuck), Arc::clone(&poured)));
    stuck.notified().await;
    let under_way = poured.load(Ordering::SeqCst);
    assert!(under_way < UNDER_WAY, "{under_way} bytes are under way");
    go_on.notify_one();
    assert!(read_head(&mut answers).await.unwrap().starts_with("HTTP/1.1 204"));
    pouring.await.unwrap();
    assert_eq!(crate::events::bytes(&rig.events(1).await[0]), (LARGE as u64, 0));
}
