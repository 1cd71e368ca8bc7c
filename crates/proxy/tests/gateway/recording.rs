//! No event, no traffic; and no traffic before there is something to decide with.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use usher_events::sink::SinkClosed;
use usher_proxy::limits::{DRAIN_TIME, H2_STREAMS, REQUESTS_PER_CLIENT};

use crate::client::{Wire, get};
use crate::origin::{Origin, page};
use crate::rig::Rig;
use crate::trust::{self, Kind};

#[tokio::test]
async fn a_full_sink_makes_requests_wait_and_none_is_lost() {
    let origin = Origin::http1(|_| page("hello")).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    rig.sink.fill_up();
    let mut wires = Vec::new();
    for _ in 0..3 {
        let mut wire = rig.wire().await;
        wire.send(get("http://plain.example/")).await;
        wires.push(wire);
    }
    // They were read, and wait for their places.
    rig.sink.waiting(3).await;
    assert_eq!(origin.connections(), 0);
    rig.sink.make_room();
    for mut wire in wires {
        assert_eq!(wire.answer().await.text(), "hello");
    }
    rig.events(3).await;
}

/// A client that opens ever more and takes no answer holds its share of places; the others do not notice.
#[tokio::test]
async fn one_client_takes_no_more_than_its_share_of_places() {
    let lava = trust::site(Kind::Good, &["lava.example"], &["h2"]);
    let never = Origin::http2(lava, false, |_| http::Response::default()).await;
    let plain = Origin::http1(|_| page("hello")).await;
    let rig = Rig::with(&[("lava.example:443", never.address), ("plain.example:80", plain.address)]).await;
    let gate = Arc::new(Notify::new());
    never.hold(Arc::clone(&gate));
    let mut answers = tokio::task::JoinSet::new();
    let tunnels = REQUESTS_PER_CLIENT / H2_STREAMS as usize + 1;
    let mut senders = Vec::new();
    for _ in 0..tunnels {
        senders.push(rig.https2("lava.example").await);
    }
    for sender in &senders {
        for _ in 0..H2_STREAMS {
            let mut sender = sender.clone();
            answers.spawn(async move {
                let request =
                    http::Request::get("https://lava.example/").body(http_body_util::Full::default());
                sender.send_request(request.unwrap()).await.unwrap().status()
            });
        }
    }
    rig.until(|_, open| open == REQUESTS_PER_CLIENT).await;
    let mut other = Wire::new(rig.connect_from("127.0.0.2").await);
    other.send(get("http://plain.example/")).await;
    assert_eq!(other.answer().await.text(), "hello");
    assert_eq!(rig.sink.open_places(), REQUESTS_PER_CLIENT);
    let all = tunnels * (H2_STREAMS as usize + 1) + 1;
    while !answers.is_empty() {
        gate.notify_waiters();
        if let Ok(answer) = tokio::time::timeout(Duration::from_millis(50), answers.join_next()).await {
            assert_eq!(answer.unwrap().unwrap(), 200);
        }
    }
    rig.events(all).await;
}

#[tokio::test]
async fn a_closed_sink_is_said_truthfully_and_nothing_goes_through() {
    let origin = Origin::http1(|_| page("never")).await;
    let rig = Rig::with(&[("plain.example:80", origin.address), ("bank.example:443", origin.address)]).await;
    rig.sink.close(SinkClosed::DiskFull);
    let answer = rig.get("http://plain.example/").await;
    assert_eq!((answer.status, answer.text().as_str()), (503, "unrecorded: DiskFull"));
    assert_eq!(answer.field("connection"), Some("close"));
    let connect = "CONNECT bank.example:443 HTTP/1.1\r\nHost: bank.example:443\r\n\r\n";
    assert_eq!(rig.ask(connect).await.status, 503);
    assert_eq!((origin.connections(), rig.events(0).await.len()), (0, 0));
}

#[tokio::test]
async fn without_a_policy_nothing_goes_through_and_that_is_recorded() {
    let origin = Origin::http1(|_| page("never")).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    rig.unpublish();
    let answer = rig.get("http://plain.example/").await;
    assert_eq!((answer.status, answer.text().as_str()), (503, "unrecorded: Stopping"));
    let mut wire = Wire::new(rig.tunnel("plain.example:80").await);
    wire.send("GET / HTTP/1.1\r\n\r\n").await;
    assert_eq!(wire.rest().await, b"");
    assert_eq!(
        rig.lines(2).await,
        [
            "GET http://plain.example/ Block Unknown 503 Usher",
            "CONNECT plain.example:80 Block Unknown Terminate 200 Complete"
        ]
    );
    assert_eq!(origin.connections(), 0);
}

/// Idle connections end at once; what is open may finish for a while, and is then cut off and recorded.
#[tokio::test]
async fn what_is_open_when_the_gateway_stops_has_its_end() {
    let origin = Origin::raw(|stream, _| crate::origin::echo(stream)).await;
    let mut rig = Rig::with(&[("open.example:22", origin.address)]).await;
    let mut idle = rig.wire().await;
    idle.send(get("http://games.example/")).await;
    idle.answer().await;
    let mut tunnel = Wire::new(rig.tunnel("open.example:22").await);
    tunnel.send("SSH-2.0-x\r\n").await;
    tunnel.exactly(11).await;
    rig.stop();
    assert_eq!(idle.rest().await, b"");
    tunnel.send("more").await;
    tunnel.exactly(4).await;
    tokio::time::pause();
    tokio::time::advance(DRAIN_TIME).await;
    tokio::time::resume();
    rig.stopped().await;
    assert_eq!(tunnel.rest().await, b"");
    assert_eq!(rig.lines(3).await[2], "ended 200 Usher");
}
