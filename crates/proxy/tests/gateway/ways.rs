//! The ways a request can go, and the one event at the end of each.

use crate::client::get;
use crate::origin::{Origin, page};
use crate::rig::Rig;

#[tokio::test]
async fn an_allowed_page_passes_and_is_recorded_complete() {
    let origin = Origin::http1(|_| page("<title>Volcanoes</title>")).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let answer = rig.get("http://plain.example/hello?x=1").await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "<title>Volcanoes</title>"));
    assert_eq!(rig.lines(1).await, ["GET http://plain.example/hello?x=1 Allow Unknown 200 Complete"]);
    assert_eq!(origin.seen()[0].line(), "GET /hello?x=1 HTTP/1.1");
}

#[tokio::test]
async fn a_blocked_page_is_a_page_and_its_site_hears_nothing() {
    let origin = Origin::http1(|_| page("never")).await;
    let rig = Rig::with(&[("games.example:80", origin.address)]).await;
    let answer = rig.get("http://games.example/").await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().starts_with("refused: Category(games)"), "{}", answer.text());
    assert_eq!(rig.lines(1).await, ["GET http://games.example/ Block Category(games) 403 Complete"]);
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn kept_connections_carry_many_requests_on_both_sides() {
    let origin = Origin::http1(|_| page("hello")).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let mut wire = rig.wire().await;
    for _ in 0..10 {
        wire.send(get("http://plain.example/")).await;
        assert_eq!(wire.answer().await.text(), "hello");
    }
    rig.events(10).await;
    assert_eq!(origin.connections(), 1);
}
