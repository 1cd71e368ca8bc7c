//! What is published while requests are under way: each is decided by what it began with, from its head to its answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use usher_events::event::{Event, What};
use usher_proxy::limits::JUDGED_AGAIN_EVERY;
use usher_scan::phrase::book::PhraseBook;

use crate::client::{Wire, get};
use crate::events::line;
use crate::origin::{Origin, Stream, page, read_head};
use crate::rig::{POLICY, Rig};

const ABOUT_GAMES: &str = "<html><title>Wins</title><body>How to get a loot box after every boss fight.";

/// Generations that are taken into use while requests run.
const RELOADS: usize = 200;
/// Clients that ask all the time meanwhile.
const CLIENTS: usize = 4;
/// Requests are under way in each generation: after so many answers comes the next.
const ANSWERS_A_RELOAD: usize = 5;

/// Everything but a limit for what pages may say.
fn without_limit() -> String {
    POLICY.replace("limits = { pupils = 100 }", "limits = {}")
}

/// A site that has read the request and waits with its answer.
async fn waiting_site(body: &'static str) -> (Origin, Arc<Notify>, Arc<Notify>) {
    let (asked, gate) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tells, waits) = (Arc::clone(&asked), Arc::clone(&gate));
    let origin = Origin::raw(move |mut stream: Stream, _| {
        let (tells, waits) = (Arc::clone(&tells), Arc::clone(&waits));
        async move {
            read_head(&mut stream).await;
            tells.notify_one();
            waits.notified().await;
            stream.write_all(&page(body)).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    })
    .await;
    (origin, asked, gate)
}

fn web(event: &Event) -> &usher_events::event::WebEvent {
    let What::Web(web) = &event.what else { panic!("{event:?}") };
    web
}

/// A page is asked for under one policy, and its answer comes under another: the first decides both.
async fn asked_under(before: &str, after: &str) -> (u16, Event, Rig) {
    let (origin, asked, gate) = waiting_site(ABOUT_GAMES).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    rig.publish(before);
    let first = rig.digest();
    let mut wire = rig.wire().await;
    wire.send(get("http://plain.example/")).await;
    asked.notified().await;
    rig.publish(after);
    assert_ne!(rig.digest(), first);
    gate.notify_one();
    let status = wire.answer().await.status;
    let event = rig.events(1).await.remove(0);
    assert_eq!(event.decision().unwrap().generation, first, "{}", line(&event));
    (status, event, rig)
}

#[tokio::test]
async fn peers_case_10_an_answer_is_decided_by_what_its_request_was_decided_by() {
    let (status, event, _rig) = asked_under(POLICY, &without_limit()).await;
    assert_eq!(status, 403, "the limit it was asked under holds");
    assert_eq!(line(&event), "GET http://plain.example/ Block Says(games, 120) 403 Complete");
    let (status, event, _rig) = asked_under(&without_limit(), POLICY).await;
    assert_eq!(status, 200, "a limit that came later is for the next one");
    assert_eq!(line(&event), "GET http://plain.example/ Allow Unknown 200 Complete");
}

#[tokio::test]
async fn peers_case_10_an_answer_is_read_for_the_phrases_its_request_began_with() {
    let (origin, asked, gate) = waiting_site(ABOUT_GAMES).await;
    let rig = Rig::with(&[("plain.example:80", origin.address)]).await;
    for (phrases, status) in [(None, 403), (Some(PhraseBook::compile(&[])), 403), (None, 200)] {
        let mut wire = rig.wire().await;
        wire.send(get("http://plain.example/")).await;
        asked.notified().await;
        if let Some(book) = phrases {
            rig.phrases.store(Arc::new(book));
        }
        gate.notify_one();
        assert_eq!(wire.answer().await.status, status);
    }
    rig.events(3).await;
}

/// What stays open for hours does not go on by what was in force in the morning, nor keep it in memory.
#[tokio::test]
async fn peers_case_10_an_open_tunnel_keeps_no_generation_and_ends_by_the_one_in_force() {
    let origin = Origin::raw(|stream, _| crate::origin::echo(stream)).await;
    let rig = Rig::with(&[("open.example:22", origin.address)]).await;
    let first = rig.digest();
    let mut wire = Wire::new(rig.tunnel("open.example:22").await);
    wire.send("SSH-2.0-x\r\n").await;
    wire.exactly(11).await;
    rig.publish(&POLICY.replace("pupils = \"allow\"", "pupils = \"block\""));
    assert!(!rig.is_in_use(first), "the tunnel is open, and its first generation is free");
    tokio::time::pause();
    tokio::time::advance(JUDGED_AGAIN_EVERY).await;
    tokio::time::resume();
    assert_eq!(wire.rest().await, b"");
    let events = rig.events(2).await;
    assert_eq!(events[0].decision().unwrap().generation, first);
    assert_eq!(line(&events[1]), "ended 200 Usher");
}

/// What is sent on, whether the answer is shown and what is written down belong to one generation each, whenever the next
/// one comes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn peers_case_10_two_hundred_reloads_mix_no_two_generations_in_a_request() {
    let origin = Origin::http1(|_| page(ABOUT_GAMES)).await;
    let sites = ["restrict.youtube.com:80", "restrictmoderate.youtube.com:80"];
    let rig = Arc::new(Rig::with(&sites.map(|site| (site, origin.address))).await);
    // With the limit, video is restricted strictly; without it, moderately.
    let policies = [
        POLICY.to_owned(),
        format!("{}\n[safe-search]\nyoutube = {{ pupils = \"moderate\" }}", without_limit()),
    ];
    let (done, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let (rig, done, answered) = (Arc::clone(&rig), Arc::clone(&done), Arc::clone(&answered));
        clients.spawn(async move {
            let mut statuses = HashMap::new();
            for number in 0_usize.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                let path = format!("/watch{client}x{number}");
                let answer = rig.get(&format!("http://www.youtube.com{path}")).await;
                statuses.insert(path, answer.status);
                answered.notify_one();
            }
            statuses
        });
    }
    for reload in 0..RELOADS {
        for _ in 0..ANSWERS_A_RELOAD {
            answered.notified().await;
        }
        rig.publish(&policies[reload % 2]);
    }
    done.store(true, Ordering::Relaxed);
    let statuses: HashMap<String, u16> = clients.join_all().await.into_iter().flatten().collect();
    let events = rig.events(statuses.len()).await;
    let seen: HashMap<String, String> = (origin.seen().iter())
        .map(|seen| {
            let path = seen.line().split(' ').nth(1).unwrap().to_owned();
            (path, seen.field("youtube-restrict").unwrap_or_default().to_owned())
        })
        .collect();
    let mut counts: HashMap<(&str, u16), usize> = HashMap::new();
    for event in &events {
        let path = &web(event).facts.address.path;
        let status = statuses[path];
        assert_eq!(web(event).outcome.status, status);
        assert_eq!(web(event).decision.is_refusal(), status == 403, "{}", line(event));
        *counts.entry((&seen[path], status)).or_default() += 1;
    }
    // Head and answer by the one policy, or by the other: never `Strict` and shown, nor `Moderate` and refused.
    let mut kinds: Vec<_> = counts.keys().copied().collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [("Moderate", 200), ("Strict", 403)], "{counts:?}");
    assert_eq!(rig.in_use(), 1, "no generation but the last is kept in memory");
}
