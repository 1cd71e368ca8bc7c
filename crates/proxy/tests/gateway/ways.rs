//! The ways a plain request can go, and the one event at the end of each.

use usher_policy::presence::CredentialFault;
use usher_testkit::facts;

use crate::client::get;
use crate::events::{bytes, line};
use crate::origin::{Origin, answer, page};
use crate::rig::{Known, Rig};

/// `pupil.y4:otter:lamp` as Basic credentials.
const CREDENTIALS: &str = "Proxy-Authorization: Basic cHVwaWwueTQ6b3R0ZXI6bGFtcA==\r\n";

#[tokio::test]
async fn an_allowed_page_passes_and_is_recorded_complete() {
    let origin = Origin::http1(|_| page("<title>Volcanoes</title>")).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let answer = rig.get("http://plain.example/hello?x=1").await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "<title>Volcanoes</title>"));
    let events = rig.events(1).await;
    assert_eq!(line(&events[0]), "GET http://plain.example/hello?x=1 Allow Unknown 200 Complete");
    assert_eq!(bytes(&events[0]), (0, 24));
    assert_eq!(origin.seen()[0].line(), "GET /hello?x=1 HTTP/1.1");
}

#[tokio::test]
async fn a_blocked_page_is_a_page_and_its_site_hears_nothing() {
    let origin = Origin::http1(|_| page("never")).await;
    let rig = Rig::with(&[("games.example:80", origin.address)]).await;
    let answer = rig.get("http://games.example/").await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().starts_with("refused: Category(games)"), "{}", answer.text());
    let events = rig.events(1).await;
    assert_eq!(line(&events[0]), "GET http://games.example/ Block Category(games) 403 Complete");
    assert_eq!(bytes(&events[0]), (0, answer.body.len() as u64));
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

#[tokio::test]
async fn pipelined_requests_are_answered_in_order_and_a_bad_one_after_them() {
    let origin = Origin::http1(|seen| page(seen.line())).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let mut wire = rig.wire().await;
    let requests: String = (0..3).map(|number| get(&format!("http://plain.example/{number}"))).collect();
    wire.send(requests + "GET bad\n\n").await;
    for number in 0..3 {
        assert_eq!(wire.answer().await.text(), format!("GET /{number} HTTP/1.1"));
    }
    assert_eq!(wire.answer().await.text(), "malformed: NotHttp");
    assert_eq!(wire.rest().await, b"");
    assert_eq!(rig.lines(4).await[3], "malformed NotHttp 400");
}

#[tokio::test]
async fn bodies_pass_in_either_coding_and_are_counted() {
    let origin = Origin::http1(|seen| page(&String::from_utf8_lossy(&seen.body))).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let mut wire = rig.wire().await;
    for (fields, body) in
        [("Content-Length: 5", "hello"), ("Transfer-Encoding: chunked", "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")]
    {
        let head = "POST http://plain.example/ HTTP/1.1\r\nHost: plain.example\r\n";
        wire.send(format!("{head}{fields}\r\n\r\n{body}")).await;
        assert_eq!(wire.answer().await.text(), "hello");
    }
    assert!(rig.events(2).await.iter().all(|event| bytes(event) == (5, 5)));
}

#[tokio::test]
async fn answers_without_bodies_end_at_once() {
    let origin = Origin::http1(|seen| match seen.line() {
        "HEAD / HTTP/1.1" => answer("200 OK", "", "hello")[..38].to_vec(),
        _ => b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec(),
    })
    .await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let mut wire = rig.wire().await;
    wire.send(get("http://plain.example/").replace("GET", "HEAD")).await;
    assert!(wire.head().await.unwrap().to_lowercase().contains("content-length: 5"));
    wire.send(get("http://plain.example/x")).await;
    assert_eq!(wire.answer().await.status, 304);
    wire.send(get("http://games.example/").replace("GET", "HEAD")).await;
    assert!(wire.head().await.unwrap().starts_with("HTTP/1.1 403"));
    assert!(rig.events(3).await.iter().all(|event| bytes(event) == (0, 0)));
}

/// They are dropped (docs/capabilities.md), and the answer comes.
#[tokio::test]
async fn interim_answers_do_not_come_in_the_way_of_the_answer() {
    let origin = Origin::http1(|_| {
        let hints = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n";
        [&hints[..], b"HTTP/1.1 102 Processing\r\n\r\n", &answer("200 OK", "", "hello")].concat()
    })
    .await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let answer = rig.get("http://plain.example/").await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "hello"));
    assert_eq!(rig.lines(1).await, ["GET http://plain.example/ Allow Unknown 200 Complete"]);
}

#[tokio::test]
async fn own_pages_are_answered_here_under_any_of_their_names() {
    let rig = Rig::with(&[]).await;
    let answer = rig.get("http://usher.internal/portal?x").await;
    assert_eq!(answer.text(), "own page GET /portal?x from 127.0.0.1, 0 bytes");
    let post = "POST /sign-in HTTP/1.1\r\nHost: gateway:3128\r\nContent-Length: 3\r\n\r\na=b";
    assert_eq!(rig.ask(post).await.text(), "own page POST /sign-in from 127.0.0.1, 3 bytes");
    let events = rig.events(2).await;
    assert_eq!(line(&events[0]), "GET http://usher.internal/portal?x Allow OwnPage 200 Complete");
    assert_eq!(line(&events[1]), "POST http://usher.internal/sign-in Allow OwnPage 200 Complete");
    assert_eq!([bytes(&events[0]), bytes(&events[1])], [(0, 46), (3, 46)]);
    // A page that stays open is recorded when it opens.
    let mut wire = rig.wire().await;
    wire.send(get("http://usher.internal/live")).await;
    assert!(wire.head().await.unwrap().starts_with("HTTP/1.1 200"));
    rig.events(3).await;
}

#[tokio::test]
async fn nobody_is_asked_to_sign_in() {
    let rig = Rig::with(&[]).await;
    rig.people.arrive("127.0.0.1", "nobody");
    assert_eq!(rig.get("http://plain.example/").await.text(), "refused: SignIn http://plain.example/");
    assert_eq!(rig.lines(1).await, ["GET http://plain.example/ Challenge SignIn 403 Complete"]);
}

#[tokio::test]
async fn credentials_say_who_whatever_device_it_is() {
    let origin = Origin::http1(|_| page("hello")).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    rig.people.arrive("127.0.0.1", "nobody");
    let request = get("http://plain.example/").replace("Accept", &format!("{CREDENTIALS}Accept"));
    let refused = rig.ask(&request).await;
    assert_eq!((refused.status, refused.text().as_str()), (407, "credentials: Wrong"));
    assert!(refused.field("proxy-authenticate").unwrap().starts_with("Basic realm="));
    rig.people.knows("pupil.y4", Known::AtOnce(Ok(facts::subject("pupil.y4"))));
    assert_eq!(rig.ask(&request).await.text(), "hello");
    assert!(origin.seen()[0].field("proxy-authorization").is_none(), "a site never sees them");
    rig.people.knows("pupil.y4", Known::AtOnce(Err(CredentialFault::Wrong)));
    let connect =
        format!("CONNECT plain.example:443 HTTP/1.1\r\nHost: plain.example:443\r\n{CREDENTIALS}\r\n");
    assert_eq!(rig.ask(&connect).await.status, 407);
    let lines = rig.lines(3).await;
    assert_eq!(lines[0], "GET http://plain.example/ Challenge SignIn 407 Complete");
    assert_eq!(lines[1], "GET http://plain.example/ Allow Unknown 200 Complete");
    assert_eq!(lines[2], "CONNECT plain.example:443 Challenge SignIn Terminate 407 Complete");
}
