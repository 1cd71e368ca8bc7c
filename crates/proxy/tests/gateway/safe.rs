//! Safe search: what the site gets whatever the client sent, which searches are shut, and what pages embed.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use usher_policy::decision::{Adjust, Reason};
use usher_policy::facts::LessonFacts;
use usher_records::lesson::Mode;
use usher_testkit::facts;
use usher_types::ids::Id;

use crate::client::Wire;
use crate::origin::{Origin, page};
use crate::rig::{POLICY, Rig};
use crate::trust::{self, Kind};

/// A pupil in a lesson of this kind is at the tests' address.
fn begin(rig: &Rig, mode: Mode) {
    let mut who = facts::at_device(facts::subject("pupil.y4"));
    let ends_at = usher_types::clock::Clock::now(rig.clock.as_ref()).plus_minutes(30);
    let (lesson, group, adult) = (Id::new(8), Id::new(30), Id::new(1));
    who.lesson = Some(LessonFacts { lesson, group, adult, mode, ends_at });
    rig.people.place("127.0.0.1", who);
}

#[tokio::test]
async fn web_11_a_search_is_safe_whatever_the_client_sent() {
    let origin = Origin::http1(|seen| page(seen.line())).await;
    let rig = Rig::with(&[("forcesafesearch.google.com:80", origin.address)]).await;
    for (sent, got) in [
        ("q=c%61ts", "q=c%61ts&safe=active&ssui=on"),
        ("q=cats&safe=off", "q=cats&safe=active&ssui=on"),
        ("safe=off&q=cats&safe=off&hl=en", "q=cats&hl=en&safe=active&ssui=on"),
        ("%73afe=off&q=cats", "q=cats&safe=active&ssui=on"),
        ("q=cats&safe=active&ssui=on", "q=cats&safe=active&ssui=on"),
    ] {
        let answer = rig.get(&format!("http://www.google.com/search?{sent}")).await;
        assert_eq!(answer.text(), format!("GET /search?{got} HTTP/1.1"), "{sent}");
    }
    assert_eq!(rig.get("http://www.google.com/").await.text(), "GET /?safe=active&ssui=on HTTP/1.1");
    assert_eq!(rig.get("http://www.google.com/maps/a?x").await.text(), "GET /maps/a?x HTTP/1.1");
    let seen = origin.seen();
    assert!(
        seen.iter().all(|seen| seen.field("host") == Some("www.google.com")),
        "it is asked by its own name"
    );
    let events = rig.events(7).await;
    let decision = events[0].decision().unwrap();
    assert_eq!(decision.adjust[0], Adjust::Query("safe".into(), "active".into()), "the event says so");
    assert_eq!(decision.connects_to().unwrap().as_str(), "forcesafesearch.google.com");
}

#[tokio::test]
async fn web_11_cookies_are_set_among_the_others() {
    let origin = Origin::http1(|seen| page(seen.field("cookie").unwrap_or("none"))).await;
    let rig = Rig::with(&[("strict.bing.com:80", origin.address)]).await;
    let head = "GET http://www.bing.com/search?q=cats HTTP/1.1\r\nHost: www.bing.com\r\n";
    for (sent, got) in [
        ("", "SRCHHPGUSR=ADLT=STRICT"),
        ("Cookie: a=1; SRCHHPGUSR=ADLT=OFF; b=2\r\n", "a=1; b=2; SRCHHPGUSR=ADLT=STRICT"),
    ] {
        assert_eq!(rig.ask(&format!("{head}{sent}\r\n")).await.text(), got);
    }
    rig.events(2).await;
}

#[tokio::test]
async fn web_10_video_is_restricted_by_a_field_the_client_cannot_take_out() {
    let strict = Origin::http1(|seen| page(seen.field("youtube-restrict").unwrap_or("none"))).await;
    let moderate = Origin::http1(|seen| page(seen.field("youtube-restrict").unwrap_or("none"))).await;
    let rig = Rig::with(&[
        ("restrict.youtube.com:80", strict.address),
        ("restrictmoderate.youtube.com:80", moderate.address),
    ])
    .await;
    let ask = "GET http://www.youtube.com/watch?v=1 HTTP/1.1\r\nHost: www.youtube.com\r\n\
               YouTube-Restrict: Off\r\nConnection: close, YouTube-Restrict\r\n\r\n";
    assert_eq!(rig.ask(ask).await.text(), "Strict");
    rig.publish(&format!("{POLICY}\n[safe-search]\nyoutube = {{ pupils = \"moderate\" }}"));
    assert_eq!(rig.ask(ask).await.text(), "Moderate");
    assert_eq!((strict.connections(), moderate.connections()), (1, 1));
    rig.events(2).await;
}

#[tokio::test]
async fn staff_search_as_they_like() {
    let origin = Origin::http1(|seen| page(seen.line())).await;
    let rig = Rig::with(&[("www.google.com:80", origin.address), ("startpage.com:80", origin.address)]).await;
    rig.people.arrive("127.0.0.1", "staff");
    let answer = rig.get("http://www.google.com/search?q=cats&safe=off").await;
    assert_eq!(answer.text(), "GET /search?q=cats&safe=off HTTP/1.1");
    assert_eq!(rig.get("http://startpage.com/").await.status, 200);
    assert!(rig.events(2).await.iter().all(|event| event.decision().unwrap().adjust.is_empty()));
}

#[tokio::test]
async fn inside_http2_it_is_the_same() {
    let site = trust::site(Kind::Good, &["www.bing.com"], &["h2", "http/1.1"]);
    let origin = Origin::http2(site, false, |_| Response::new(Full::from("hello"))).await;
    let rig = Rig::with(&[("strict.bing.com:443", origin.address)]).await;
    let mut http2 = rig.https2("www.bing.com").await;
    let request = Request::get("https://www.bing.com/search?q=cats&adlt=off")
        .header("cookie", "a=1")
        .header("cookie", "SRCHHPGUSR=ADLT=OFF")
        .body(Full::<Bytes>::default())
        .unwrap();
    assert_eq!(http2.send_request(request).await.unwrap().status(), 200);
    let seen = origin.seen();
    assert_eq!(seen[0].line(), "GET https://www.bing.com/search?q=cats&adlt=strict HTTP/2");
    assert_eq!(seen[0].field("cookie"), Some("a=1; SRCHHPGUSR=ADLT=STRICT"));
    rig.events(2).await;
}

/// What is not decrypted is led to the address that always searches safely, and sees its own name there.
#[tokio::test]
async fn web_11_a_spliced_tunnel_goes_to_the_safe_address() {
    let site = || trust::site(Kind::Good, &["www.google.com"], &[]);
    let free = Origin::https1(site(), |_| page("free")).await;
    let safe = Origin::https1(site(), |_| page("safe")).await;
    let rig =
        Rig::with(&[("www.google.com:443", free.address), ("forcesafesearch.google.com:443", safe.address)])
            .await;
    rig.publish(&POLICY.replace("[inspection]", "[inspection]\nexcept-sites = [\"google.com\"]"));
    for (who, got) in [("pupil.y4", "safe"), ("staff", "free")] {
        rig.people.arrive("127.0.0.1", who);
        let config = Arc::new(trust::client(trust::root(), &[]));
        let name = rustls::pki_types::ServerName::try_from("www.google.com").unwrap();
        let stream = rig.tunnel("www.google.com:443").await;
        let stream = tokio_rustls::TlsConnector::from(config).connect(name, stream).await.unwrap();
        let mut wire = Wire::new(stream);
        wire.send("GET / HTTP/1.1\r\nHost: www.google.com\r\n\r\n").await;
        assert_eq!(wire.answer().await.text(), got, "{who}");
    }
    let lines = rig.lines(4).await;
    assert!(lines.iter().any(|line| line == "CONNECT www.google.com:443 Allow Unknown Splice 200 StillOpen"));
}

/// An address that must be used and is not there is no reason to use another.
#[tokio::test]
async fn without_its_safe_address_a_service_is_not_reached() {
    let gone = tokio::net::TcpListener::bind("127.0.77.1:0").await.unwrap().local_addr().unwrap();
    let origin = Origin::http1(|_| page("free")).await;
    let rig = Rig::with(&[("pixabay.com:80", origin.address), ("safesearch.pixabay.com:80", gone)]).await;
    assert_eq!(rig.get("http://pixabay.com/").await.text(), "upstream: Unreachable http://pixabay.com/");
    rig.publish(&format!("{POLICY}\n[safe-search]\nimage-search = {{ pupils = \"shut\" }}"));
    assert_eq!(rig.get("http://pixabay.com/").await.text(), "refused: ImageSearch http://pixabay.com/");
    assert_eq!(origin.connections(), 0);
    rig.events(2).await;
}

#[tokio::test]
async fn web_11_engines_that_cannot_be_locked_are_shut_for_pupils() {
    let rig = Rig::with(&[]).await;
    let answer = rig.get("http://www.startpage.com/do/search?q=cats").await;
    let refused = "refused: UnsafeSearch(\"Startpage\") http://www.startpage.com/do/search?q=cats";
    assert_eq!((answer.status, answer.text().as_str()), (403, refused));
    let mut inside = rig.https("www.baidu.com").await;
    inside.send("GET /s?wd=cats HTTP/1.1\r\nHost: www.baidu.com\r\n\r\n").await;
    assert_eq!(inside.answer().await.status, 403);
    rig.events(3).await;
}

#[tokio::test]
async fn web_11_pictures_are_searched_for_in_lessons_only() {
    let origin = Origin::http1(|seen| page(seen.line())).await;
    let rig = Rig::with(&[("strict.bing.com:80", origin.address)]).await;
    rig.publish(&format!("{POLICY}\n[safe-search]\nimage-search = {{ pupils = \"in-lessons\" }}"));
    let pictures = "http://www.bing.com/images/search?q=cats";
    let answer = rig.get(pictures).await;
    assert_eq!(answer.text(), format!("refused: ImageSearchOutsideLesson {pictures}"));
    assert_eq!(rig.get("http://www.bing.com/search?q=cats").await.status, 200);
    begin(&rig, Mode::Normal);
    assert_eq!(rig.get(pictures).await.text(), "GET /images/search?q=cats&adlt=strict HTTP/1.1");
    rig.events(3).await;
}

/// What a page of the lesson embeds comes with it, as far as the policy names it, and says so in its event.
#[tokio::test]
async fn parts_follow_the_page_they_are_part_of() {
    let origin = Origin::http1(|_| page("film")).await;
    let rig = Rig::with(&[("games.example:80", origin.address), ("plain.example:80", origin.address)]).await;
    rig.publish(&format!("{POLICY}\n[embedded]\ncategories = [\"games\"]"));
    begin(&rig, Mode::ListOnly(Id::new(60)));
    let film = "http://games.example/film";
    let ask = |method: &str, address: &str, fields: &str| {
        let host = address.split('/').nth(2).unwrap();
        format!("{method} {address} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n{fields}\r\n")
    };
    let part = "Sec-Fetch-Dest: video\r\n";
    let from = "Referer: https://lesson.example/some/page?secret\r\n";
    for (request, status) in [
        (ask("GET", film, &format!("{part}{from}")), 200),
        (ask("GET", film, &format!("{part}Origin: https://lesson.example\r\n")), 200),
        (ask("GET", film, &format!("{part}Referer: https://other.example/\r\n")), 403),
        (ask("GET", film, &format!("Sec-Fetch-Dest: document\r\n{from}")), 403),
        (ask("GET", film, part), 403),
        (ask("POST", film, &format!("{part}{from}")), 403),
        (ask("GET", "http://plain.example/a.js", &format!("{part}{from}")), 403),
    ] {
        assert_eq!(rig.ask(&request).await.status, status, "{request}");
    }
    let events = rig.events(7).await;
    assert_eq!(events[0].decision().unwrap().reason, Reason::EmbeddedInLessonList(Id::new(60)));
    let usher_events::event::What::Web(web) = &events[0].what else { panic!("a page") };
    let page = web.facts.embedded_in.as_ref().unwrap().to_string();
    assert_eq!(page, "https://lesson.example/", "no more is kept of it");
}
