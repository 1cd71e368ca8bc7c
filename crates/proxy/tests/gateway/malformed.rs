//! Requests that two readers could read differently, and requests that are too much: a clear refusal, and an event.

use usher_proxy::limits::{FIELD_NAME_BYTES, HEAD_BYTES, HEAD_FIELDS, TARGET_BYTES};

use crate::origin::{Origin, page};
use crate::rig::Rig;

/// A request with these fields to the site that must not hear of it.
fn post(fields: &str) -> String {
    format!("POST http://plain.example/ HTTP/1.1\r\nHost: plain.example\r\n{fields}\r\n\r\nhello")
}

fn line(line: &str) -> String {
    format!("{line}\r\nHost: plain.example\r\n\r\n")
}

#[tokio::test]
async fn each_is_refused_with_its_fault_and_one_event_and_the_connection_ends() {
    let cases = [
        ("TwoLengths", post("Content-Length: 5\r\nTransfer-Encoding: chunked")),
        ("TwoLengths", post("Transfer-Encoding: chunked\r\nContent-Length: 5")),
        ("LengthUnclear", post("Content-Length: 5\r\nContent-Length: 5")),
        ("LengthUnclear", post("Content-Length: 5\r\nContent-Length: 6")),
        ("LengthUnclear", post("Content-Length: 5, 5")),
        ("LengthUnclear", post("Content-Length: +5")),
        ("LengthUnclear", post("Content-Length: -1")),
        ("LengthUnclear", post("Content-Length: 99999999999999999999")),
        ("CodingUnclear", post("Transfer-Encoding: gzip, chunked")),
        ("CodingUnclear", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")),
        ("NotHttp", post("Transfer-Encoding: \x0bchunked")),
        ("NotHttp", post("Transfer-Encoding : chunked")),
        ("NotHttp", post("Content-Length : 5")),
        ("NotHttp", post("X: a\r\n Content-Length: 5")),
        ("NotHttp", post("X: a\nContent-Length: 5")),
        ("NotHttp", post("X: a\rContent-Length: 5")),
        ("NotHttp", post("X: a\0b")),
        ("NotHttp", "GET http://plain.example/ HTTP/1.1\nHost: plain.example\n\n".into()),
        ("NotHttp", line("GET http://plain.example/ HTTP/1.1 ")),
        ("NotHttp", line("GET http://plain.example/ HTTP/3.0")),
        ("NotHttp", "\x16\x03\x01\x02\x00\x01\x00\x01\n\n".into()),
        ("HostDiffers", line("GET http://other.example/ HTTP/1.1")),
        ("HostDiffers", line("GET http://plain.example:8080/ HTTP/1.1")),
        ("HostUnclear", post("Host: plain.example")),
        ("HostUnclear", "GET http://plain.example/ HTTP/1.1\r\n\r\n".into()),
        ("HostUnclear", "GET http://plain.example/ HTTP/1.1\r\nHost: a b\r\n\r\n".into()),
        ("TargetUnclear", line("GET https://plain.example/ HTTP/1.1")),
        ("TargetUnclear", line("GET ftp://plain.example/ HTTP/1.1")),
        ("TargetUnclear", line("GET http:///x HTTP/1.1")),
        ("TargetUnclear", line("OPTIONS * HTTP/1.1")),
        ("TargetUnclear", line("GET http://plain.example/a%5c..%5Cb HTTP/1.1")),
        ("TargetUnclear", line("CONNECT plain.example HTTP/1.1")),
        ("TargetUnclear", line("CONNECT u@plain.example:443 HTTP/1.1")),
        ("Method", line("TRACE http://plain.example/ HTTP/1.1")),
        ("TooManyFields", post(&"X: y\r\n".repeat(HEAD_FIELDS))),
        ("HeadTooLarge", post(&format!("X: {}", "y".repeat(HEAD_BYTES)))),
        ("HeadTooLarge", post(&format!("{}: y", "x".repeat(FIELD_NAME_BYTES + 1)))),
        ("HeadTooLarge", line(&format!("GET http://plain.example/{} HTTP/1.1", "x".repeat(TARGET_BYTES)))),
    ];
    let origin = Origin::http1(|_| page("never")).await;
    for (fault, request) in cases {
        let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
        let mut wire = rig.wire().await;
        wire.send(&request).await;
        let answer = wire.answer().await;
        let shown: String = request.chars().take(120).collect();
        assert_eq!((answer.status, answer.text()), (400, format!("malformed: {fault}")), "{shown:?}");
        assert_eq!(wire.rest().await, b"", "nothing after it is read: {shown:?}");
        assert_eq!(rig.lines(1).await, [format!("malformed {fault} 400")], "{shown:?}");
    }
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn a_body_that_goes_wrong_ends_its_own_request() {
    let origin = Origin::http1(|_| page("never")).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let mut wire = rig.wire().await;
    let head =
        "POST http://plain.example/ HTTP/1.1\r\nHost: plain.example\r\nTransfer-Encoding: chunked\r\n\r\n";
    wire.send(format!("{head}5\r\nhelloXX0\r\n\r\nGET http://games.example/ HTTP/1.1\r\n\r\n")).await;
    wire.rest().await;
    let lines = rig.lines(1).await;
    assert!(lines[0].starts_with("POST http://plain.example/ Allow Unknown"), "{lines:?}");
    assert!(lines[0].ends_with("ClientLeft"), "{lines:?}");
    assert!(origin.seen().is_empty(), "the site never gets it whole");
}

#[tokio::test]
async fn inside_a_tunnel_it_is_the_same() {
    let site = crate::trust::site(crate::trust::Kind::Good, &["plain.example"], &["h2", "http/1.1"]);
    let origin = Origin::https1(site, |_| page("never")).await;
    let rig = Rig::with(&[("plain.example:443", origin.address)]).await;
    let tls = crate::trust::site(crate::trust::Kind::Good, &["two.example"], &["h2"]);
    let two = Origin::http2(tls, false, |_| http::Response::default()).await;
    let rig_two = Rig::with(&[("two.example:443", two.address)]).await;
    // The rig's sites prefer HTTP/2 where the client does; this client speaks HTTP/1.1 only.
    let mut wire = rig.https("plain.example").await;
    wire.send("POST / HTTP/1.1\r\nHost: plain.example\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")
        .await;
    assert_eq!(wire.answer().await.text(), "malformed: LengthUnclear");
    assert_eq!(rig.lines(2).await[1], "malformed LengthUnclear 400");
    let mut http2 = rig_two.https2("two.example").await;
    let mut many = http::Request::get("https://two.example/");
    for number in 0..HEAD_FIELDS + 1 {
        many = many.header(format!("x-{number}"), "y");
    }
    let many = many.body(http_body_util::Full::default()).unwrap();
    assert_eq!(http2.send_request(many).await.unwrap().status(), 400);
    let large = http::Request::get("https://two.example/").header("x", "y".repeat(HEAD_BYTES + 1));
    let large = large.body(http_body_util::Full::default()).unwrap();
    assert_eq!(http2.send_request(large).await.unwrap().status(), 400);
    let lines = rig_two.lines(3).await;
    assert_eq!(lines[1..], ["malformed TooManyFields 400", "malformed HeadTooLarge 400"]);
}
