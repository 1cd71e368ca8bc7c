//! What answers say and carry: read before they go on, refused with a page while there is still one to show.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use usher_events::event::{Event, What};
use usher_policy::facts::WebFacts;
use usher_proxy::limits::RECORDED_OPEN_AFTER;
use usher_scan::features::Unread;
use usher_scan::kind::Kind;
use usher_scan::phrase::book::PhraseBook;
use usher_scan::phrase::own;

use crate::client::{Wire, get};
use crate::events::outcome;
use crate::origin::{Origin, Stream, answer, file, page, program, read_head};
use crate::rig::{POLICY, Rig};

const ABOUT_GAMES: &str = "<html><title>Wins</title><body>How to get a loot box after every boss fight.";

fn facts(event: &Event) -> &WebFacts {
    let What::Web(web) = &event.what else { panic!("{event:?}") };
    &web.facts
}

fn reason(event: &Event) -> String {
    let What::Web(web) = &event.what else { panic!("{event:?}") };
    format!("{:?} {:?}", web.decision.verdict, web.decision.reason)
}

#[tokio::test]
async fn a_page_about_a_closed_subject_is_refused_with_a_page_and_its_words_are_named() {
    let origin = Origin::http1(|_| page(ABOUT_GAMES)).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let answer = rig.get("http://plain.example/").await;
    assert_eq!(answer.status, 403);
    assert!(!answer.text().contains("loot"), "{}", answer.text());
    let events = rig.events(1).await;
    assert_eq!(reason(&events[0]), "Block Says(games, 120)");
    let says = facts(&events[0]).carried.as_ref().unwrap().says.as_ref().unwrap();
    assert_eq!(says.subjects[0].phrases.len(), 2);
}

#[tokio::test]
async fn a_lesson_about_the_same_passes_and_the_score_is_kept() {
    let text = format!("{ABOUT_GAMES} A maths lesson about odds.");
    let body = text.clone();
    let origin = Origin::http1(move |_| page(&body)).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let answer = rig.get("http://plain.example/").await;
    assert_eq!((answer.status, answer.text()), (200, text));
    let events = rig.events(1).await;
    let says = facts(&events[0]).carried.as_ref().unwrap().says.as_ref().unwrap();
    assert_eq!(says.subjects[0].score, 40);
    assert_eq!(outcome(&events[0]).title.as_deref(), Some("Wins"));
}

#[tokio::test]
async fn adults_without_a_limit_read_what_they_like() {
    let origin = Origin::http1(|_| page(ABOUT_GAMES)).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    rig.people.arrive("127.0.0.1", "staff");
    assert_eq!(rig.get("http://plain.example/").await.status, 200);
    rig.events(1).await;
}

#[tokio::test]
async fn web_19_faiths_and_people_are_learnt_about_and_hostile_words_are_shut_and_written_down() {
    let origin = Origin::http1(|seen| {
        page(if seen.head.contains("/diwali") {
            "<title>Diwali</title><p>Diwali is the festival of lights. Hindus, Sikhs and Jains light diyas and share sweets. \
             Some families are Muslim, some are Jewish, some have two mums; some of us use a wheelchair."
        } else {
            "<title>The truth</title><p>Filthy immigrants are vermin. Deport them all. They are subhuman scum; \
             the white race is superior."
        })
    })
    .await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    rig.publish(&format!(
        "{POLICY}\n[[category]]\nname = \"hate\"\nverdict = \"block\"\nwhy = \"Nobody is less.\"\n"
    ));
    rig.phrases.store(Arc::new(PhraseBook::compile(&own::built_in().unwrap())));
    assert_eq!(rig.get("http://plain.example/diwali").await.status, 200);
    assert_eq!(rig.get("http://plain.example/forum").await.status, 403);
    let events = rig.events(2).await;
    let shut = reason(&events[1]);
    assert!(shut.starts_with("Block Says(hate, "), "{shut}");
}

#[tokio::test]
async fn codings_hide_no_words_and_pass_on_as_they_came() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(ABOUT_GAMES.as_bytes()).unwrap();
    let zstd = zstd::encode_all(ABOUT_GAMES.as_bytes(), 1).unwrap();
    let harmless = zstd::encode_all(&b"<p>Volcanoes"[..], 1).unwrap();
    let coded = [("gzip", gzip.finish().unwrap()), ("zstd", zstd), ("zstd", harmless.clone())];
    let origin = Origin::http1(move |seen| {
        let number: usize = seen.line()[5..6].parse().unwrap();
        let (coding, body) = &coded[number];
        file(&format!("Content-Type: text/html\r\nContent-Encoding: {coding}\r\n"), body)
    })
    .await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    for number in 0..2 {
        assert_eq!(rig.get(&format!("http://plain.example/{number}")).await.status, 403, "{number}");
    }
    let answer = rig.get("http://plain.example/2").await;
    assert_eq!((answer.status, answer.body), (200, harmless));
    rig.events(3).await;
}

/// A site that tells a story piece by piece; each waits until it is told to go on.
async fn story() -> (Origin, Arc<Notify>) {
    let go_on = Arc::new(Notify::new());
    let gate = Arc::clone(&go_on);
    let origin = Origin::raw(move |mut stream: Stream, _| {
        let gate = Arc::clone(&gate);
        async move {
            read_head(&mut stream).await;
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
            stream.write_all(head.as_bytes()).await.unwrap();
            for line in [
                "data: Here is a story about a boss fight\n\n",
                "data: with a loot box in it\n\n",
                "data: and more\n\n",
            ] {
                let chunk = format!("{:x}\r\n{line}\r\n", line.len());
                if stream.write_all(chunk.as_bytes()).await.is_err() {
                    return;
                }
                gate.notified().await;
            }
        }
    })
    .await;
    (origin, go_on)
}

/// What it tells first.
async fn beginning(wire: &mut Wire) {
    wire.send(get("http://plain.example/chat")).await;
    assert!(wire.head().await.unwrap().starts_with("HTTP/1.1 200"));
    let first = wire.exactly(40).await;
    assert!(String::from_utf8_lossy(&first).contains("data: Here is a story"), "it is not held back");
}

/// Nothing harmful of the rest comes.
async fn is_cut(wire: &mut Wire) {
    let rest = String::from_utf8_lossy(&wire.rest().await).into_owned();
    assert!(!rest.contains("loot box") && !rest.contains("more"), "{rest}");
}

#[tokio::test]
async fn a_reply_that_turns_harmful_midway_is_cut() {
    let (origin, go_on) = story().await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let mut wire = rig.wire().await;
    beginning(&mut wire).await;
    go_on.notify_one();
    is_cut(&mut wire).await;
    let events = rig.events(1).await;
    assert_eq!(reason(&events[0]), "Block Says(games, 120)");
}

#[tokio::test]
async fn a_reply_that_is_cut_after_it_was_recorded_says_why_at_its_end() {
    let (origin, go_on) = story().await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let mut wire = rig.wire().await;
    beginning(&mut wire).await;
    tokio::time::pause();
    tokio::time::advance(RECORDED_OPEN_AFTER).await;
    tokio::time::resume();
    rig.until(|events, _| events.len() == 1).await;
    go_on.notify_one();
    is_cut(&mut wire).await;
    let events = rig.events(2).await;
    assert_eq!(reason(&events[0]), "Allow Unknown", "as it was when it was written");
    let What::Ended(ended) = &events[1].what else { panic!("{:?}", events[1]) };
    let turned = ended.turned.as_ref().unwrap();
    assert_eq!(format!("{:?}", turned.web.decision.reason), "Says(games, 120)");
    assert_eq!(turned.judged_at, events[0].at);
}

/// Else whoever counts what was said would count it twice.
#[tokio::test]
async fn a_reply_that_stays_open_to_its_reader_is_written_down_once() {
    let (origin, go_on) = story().await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    rig.people.arrive("127.0.0.1", "staff");
    let mut wire = rig.wire().await;
    beginning(&mut wire).await;
    tokio::time::pause();
    tokio::time::advance(RECORDED_OPEN_AFTER).await;
    tokio::time::resume();
    rig.until(|events, _| events.len() == 1).await;
    go_on.notify_one();
    // The second piece is there, so it was judged.
    while !String::from_utf8_lossy(&wire.exactly(1).await).contains('w') {}
    drop(wire);
    let events = rig.events(2).await;
    let What::Ended(ended) = &events[1].what else { panic!("{:?}", events[1]) };
    assert_eq!(ended.turned, None);
}

#[tokio::test]
async fn web_07_programs_are_refused_by_what_they_are_whatever_they_are_called() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("homework/photo.jpg", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(&program()).unwrap();
    let zip = zip.finish().unwrap().into_inner();
    let origin = Origin::http1(move |seen| match seen.line() {
        "GET /setup.exe HTTP/1.1" => file("Content-Type: application/octet-stream\r\n", &program()),
        "GET /photo.jpg HTTP/1.1" => file("Content-Type: image/jpeg\r\n", &program()),
        "GET /homework.zip HTTP/1.1" => file("Content-Type: application/zip\r\n", &zip),
        other => panic!("{other}"),
    })
    .await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    for path in ["setup.exe", "photo.jpg", "homework.zip"] {
        let answer = rig.get(&format!("http://plain.example/{path}")).await;
        assert_eq!(answer.status, 403, "{path}");
    }
    let events = rig.events(3).await;
    for event in &events {
        assert_eq!(reason(event), "Block Carries(\"no-programs\")");
    }
    let file = facts(&events[2]).carried.as_ref().unwrap().file.clone().unwrap();
    assert_eq!(file.within, Some((Kind::Pe, "homework/photo.jpg".to_owned())));
}

#[tokio::test]
async fn a_large_download_is_held_on_disk_and_comes_out_as_it_went_in() {
    let body: Vec<u8> =
        (0..3_000_000_u32).flat_map(|number| (number.wrapping_mul(2_654_435_761)).to_le_bytes()).collect();
    let sent = body.clone();
    let origin = Origin::http1(move |_| file("Content-Type: application/octet-stream\r\n", &sent)).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let answer = rig.get("http://plain.example/data.bin").await;
    assert_eq!(answer.status, 200);
    assert!(answer.body == body, "{} of {} bytes", answer.body.len(), body.len());
    rig.events(1).await;
}

#[tokio::test]
async fn half_a_file_shows_nothing_of_what_the_whole_is() {
    let origin = Origin::http1(|_| {
        answer(
            "206 Partial Content",
            "Content-Type: application/zip\r\nContent-Range: bytes 5-9/10\r\n",
            "Z\u{1}abc",
        )
    })
    .await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    assert_eq!(rig.get("http://plain.example/a.zip").await.status, 403);
    let events = rig.events(1).await;
    assert_eq!(
        facts(&events[0]).carried.as_ref().unwrap().file.as_ref().unwrap().unread,
        Some(Unread::Partial)
    );
}

#[tokio::test]
async fn a_slow_page_is_not_kept_back_for_ever() {
    let origin = Origin::raw(|mut stream: Stream, _| async move {
        read_head(&mut stream).await;
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<p>Wait";
        stream.write_all(head.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(60)).await;
    })
    .await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let mut wire = rig.wire().await;
    wire.send(get("http://plain.example/")).await;
    assert!(wire.head().await.unwrap().starts_with("HTTP/1.1 200"));
    assert_eq!(wire.exactly(7).await, b"<p>Wait");
}

#[tokio::test]
async fn web_05_a_card_number_does_not_leave_for_pupils_and_goes_as_it_is_for_staff() {
    let origin = Origin::http1(|_| page("thanks")).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    let body = "name=gift&number=4111+1111+1111+1111&cvv=123";
    let post = format!(
        "POST http://plain.example/pay HTTP/1.1\r\nHost: plain.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = rig.ask(&post).await;
    assert_eq!(answer.status, 403);
    let events = rig.events(1).await;
    assert_eq!(reason(&events[0]), "Hold Leaving(\"no-cards\", CardNumber)");
    assert_eq!(origin.seen(), [], "nothing of it left");
    rig.people.arrive("127.0.0.1", "staff");
    assert_eq!(rig.ask(&post).await.text(), "thanks");
    rig.events(2).await;
    assert_eq!(origin.seen()[0].body, body.as_bytes());
}

#[tokio::test]
async fn a_page_that_looks_like_something_else_is_read_as_the_page_a_browser_would_show() {
    let disguises: [&[u8]; 4] = [b"GIF89a", b"<!-- \x01\x02 -->", b"<!-- %PDF-1.7 -->", b"wOFF"];
    for disguise in disguises {
        let body = [disguise, ABOUT_GAMES.as_bytes()].concat();
        let origin = Origin::http1(move |_| file("Content-Type: text/html\r\n", &body)).await;
        let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
        assert_eq!(rig.get("http://plain.example/").await.status, 403, "{}", disguise.escape_ascii());
        rig.events(1).await;
    }
}

#[tokio::test]
async fn a_program_is_no_event_stream_and_no_text_however_slowly_it_begins() {
    for kind in ["text/event-stream", "application/octet-stream"] {
        let origin = Origin::raw(move |mut stream: Stream, _| async move {
            read_head(&mut stream).await;
            let body = program();
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&body[..1]).await.unwrap();
            tokio::time::sleep(Duration::from_millis(2_500)).await;
            let _left = stream.write_all(&body[1..]).await;
        })
        .await;
        let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
        let mut wire = rig.wire().await;
        wire.send(get("http://plain.example/latest").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
            .await;
        let all = wire.rest().await;
        assert!(!all.windows(2).any(|two| two == b"MZ"), "{kind}: {}", all.escape_ascii());
        let events = rig.events(1).await;
        assert!(reason(&events[0]).starts_with("Block "), "{kind}: {}", reason(&events[0]));
    }
}

#[tokio::test]
async fn what_would_be_saved_is_looked_into_whatever_it_begins_with() {
    let sent = [
        ("filename=\"game;.hta\"", b"GIF89a<script language=vbscript>".to_vec()),
        ("filename=\"run.bat\"", b"GIF89a\r\n@echo off\r\n".to_vec()),
    ];
    for (name, body) in sent {
        let fields = format!("Content-Type: image/gif\r\nContent-Disposition: attachment; {name}\r\n");
        let origin = Origin::http1(move |_| file(&fields, &body)).await;
        let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
        rig.get("http://plain.example/").await;
        let events = rig.events(1).await;
        assert!(facts(&events[0]).carried.as_ref().is_some_and(|carried| carried.file.is_some()), "{name}");
    }
}

#[tokio::test]
async fn codings_on_several_lines_are_all_undone() {
    let gzip = |bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    };
    let body = gzip(&gzip(ABOUT_GAMES.as_bytes()));
    let fields = "Content-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\n";
    let origin = Origin::http1(move |_| file(fields, &body)).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    assert_eq!(rig.get("http://plain.example/").await.status, 403);
    let events = rig.events(1).await;
    assert_eq!(reason(&events[0]), "Block Says(games, 120)");
}

#[tokio::test]
async fn web_26_a_form_in_an_address_and_one_of_another_method_are_read_too() {
    let origin = Origin::http1(|_| page("thanks")).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    assert_eq!(rig.get("http://plain.example/pay?number=4111111111111111").await.status, 403);
    let body = "number=4111111111111111";
    let query = format!(
        "QUERY http://plain.example/pay HTTP/1.1\r\nHost: plain.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert_eq!(rig.ask(&query).await.status, 403);
    rig.events(2).await;
    assert_eq!(origin.seen(), []);
}
