//! No event, no traffic; and no traffic before there is something to decide with.

use usher_events::sink::SinkClosed;

use crate::client::get;
use crate::origin::{Origin, page};
use crate::rig::Rig;

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
    let mut wire = crate::client::Wire::new(rig.tunnel("plain.example:80").await);
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
