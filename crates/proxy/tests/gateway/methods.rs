//! Every method of a request: each goes on as it was written where the page is open, and none is a way around a page that
//! is shut.

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};

use crate::client::Wire;
use crate::events::line;
use crate::origin::{Origin, answer, page};
use crate::rig::Rig;
use crate::trust::{self, Kind};

/// The methods of IANA's registry (RFC 9110, 16.1.1) but CONNECT, which is a tunnel, PRI, which nobody may ask with, and TRACE,
/// which is refused. `*` is reserved, and a name like any other to whoever passes it on.
const METHODS: [&str; 38] = [
    "*",
    "ACL",
    "BASELINE-CONTROL",
    "BIND",
    "CHECKIN",
    "CHECKOUT",
    "COPY",
    "DELETE",
    "GET",
    "HEAD",
    "LABEL",
    "LINK",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MKREDIRECTREF",
    "MKWORKSPACE",
    "MOVE",
    "OPTIONS",
    "ORDERPATCH",
    "PATCH",
    "POST",
    "PROPFIND",
    "PROPPATCH",
    "PUT",
    "QUERY",
    "REBIND",
    "REPORT",
    "SEARCH",
    "UNBIND",
    "UNCHECKOUT",
    "UNLINK",
    "UNLOCK",
    "UPDATE",
    "UPDATEREDIRECTREF",
    "VERSION-CONTROL",
];
/// Names nobody registered: methods know upper and lower case, and may be anything that is one word.
const MADE_UP: [&str; 3] = ["get", "X-Homework!", "M-SEARCH"];

/// Asks with a method, and gives the status. What answers HEAD has no body.
async fn ask(rig: &Rig, method: &str, host: &str) -> u16 {
    let mut wire = rig.wire().await;
    wire.send(format!("{method} http://{host}/dav HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"))
        .await;
    let head = wire.head().await.unwrap_or_else(|| panic!("{method}: an answer"));
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_method_goes_on_as_it_was_written_and_none_goes_around_a_shut_page() {
    let origin = Origin::http1(|seen| {
        if seen.line().starts_with("HEAD ") { answer("200 OK", "", "") } else { page("hello") }
    })
    .await;
    let sites = ["plain.example:80", "games.example:80"];
    let rig = Rig::with(&sites.map(|site| (site, origin.address))).await;
    let methods: Vec<&str> = METHODS.into_iter().chain(MADE_UP).collect();
    for method in &methods {
        assert_eq!(ask(&rig, method, "plain.example").await, 200, "{method}");
        assert_eq!(ask(&rig, method, "games.example").await, 403, "{method}");
    }
    let seen: Vec<String> = origin.seen().iter().map(|seen| seen.line().to_owned()).collect();
    let wanted: Vec<String> = methods.iter().map(|method| format!("{method} /dav HTTP/1.1")).collect();
    assert_eq!(seen, wanted, "each once, as it was written, and of the open page alone");
    let events = rig.lines(2 * methods.len()).await;
    for (pair, method) in events.chunks(2).zip(&methods) {
        assert_eq!(pair[0], format!("{method} http://plain.example/dav Allow Unknown 200 Complete"));
        assert_eq!(pair[1], format!("{method} http://games.example/dav Block Category(games) 403 Complete"));
    }
}

#[tokio::test]
async fn inside_a_tunnel_of_http_2_it_is_the_same() {
    let names = ["lava.example", "games.example"];
    let site = trust::site(Kind::Good, &names, &["h2", "http/1.1"]);
    let origin = Origin::http2(site, false, |request| {
        Response::new(Full::from(if request.method() == Method::HEAD { "" } else { "hello" }))
    })
    .await;
    let rig = Rig::with(&[("lava.example:443", origin.address)]).await;
    let mut http2 = rig.https2("lava.example").await;
    let methods: Vec<&str> = METHODS.into_iter().chain(MADE_UP).collect();
    for method in &methods {
        for (host, status) in [("lava.example", 200), ("games.example", 403)] {
            let request = Request::builder()
                .method(Method::from_bytes(method.as_bytes()).unwrap())
                .uri(format!("https://{host}/dav"))
                .body(Full::<Bytes>::default())
                .unwrap();
            let answer = http2.send_request(request).await.unwrap();
            assert_eq!(answer.status(), status, "{method} {host}");
            answer.into_body().collect().await.unwrap();
        }
    }
    let seen: Vec<String> = origin.seen().iter().map(|seen| seen.line().to_owned()).collect();
    let wanted: Vec<String> =
        methods.iter().map(|method| format!("{method} https://lava.example/dav HTTP/2")).collect();
    assert_eq!(seen, wanted);
    let events = rig.events(2 * methods.len() + 1).await;
    assert_eq!(line(&events[1]), "* https://lava.example/dav Allow Unknown 200 Complete");
}

/// What is no word is no method. TRACE, and its like TRACK, would have a site repeat what it was sent, cookies among it.
#[tokio::test]
async fn what_is_no_method_goes_nowhere_and_is_written_down() {
    let origin = Origin::http1(|_| page("never")).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let odd = ["TRACE", "TRACK", "G(T", "GET,POST", "G\u{e4}T", "GET\t", ""];
    for (count, method) in odd.into_iter().enumerate() {
        let mut wire = Wire::new(rig.connect().await);
        wire.send(format!("{method} http://plain.example/ HTTP/1.1\r\nHost: plain.example\r\n\r\n")).await;
        let all = String::from_utf8_lossy(&wire.rest().await).into_owned();
        assert!(all.starts_with("HTTP/1.1 400 "), "{method:?}: {all}");
        let lines = rig.lines(count + 1).await;
        assert!(lines[count].starts_with("malformed "), "{method:?}: {lines:?}");
    }
    assert_eq!(origin.connections(), 0);
}
