//! What breaks off on the way: the link, the answer, the server.

use std::sync::atomic::{AtomicBool, Ordering};

use usher_activity::engine::Engine as _;
use usher_activity::question::{Activity as _, Question};
use usher_activity::store::{Delivery, Frame};
use usher_types::ids::Id;

use crate::contract::answers;
use crate::engine::{days, frames, hand_over};
use crate::link::Link;
use crate::play::Played;
use crate::server::{Own, place, school, ticks};

fn delivery(part: &[(u64, Frame)]) -> Delivery {
    let frames = part.iter().map(|(_, frame)| frame.clone()).collect();
    Delivery { node: 1, segment: part[0].0, frames }
}

/// A place by way of a link.
pub(crate) fn by(link: &Link, place: &str) -> String {
    let (before, rest) = place.rsplit_once(':').unwrap();
    let (_, database) = rest.split_once('/').unwrap();
    format!("{before}:{}/{database}", link.port())
}

pub(crate) fn port_of(place: &str) -> u16 {
    place.rsplit_once(':').unwrap().1.split_once('/').unwrap().0.parse().unwrap()
}

#[test]
fn a_delivery_that_is_cut_anywhere_counts_once_when_it_comes_again() {
    let Some(place) = place() else { return };
    let mut played = Played::new();
    played.play(0..1, 400);
    let frames = frames(&played);
    let link = Link::to(port_of(&place));
    let mut far = school(&by(&link, &place), 1);
    // How much a whole delivery sends; the same for each, nearly.
    link.mend();
    hand_over(&mut far, 1, &frames[..40]);
    let whole = link.went();
    assert!(whole > 5_000, "{whole} bytes");
    let (mut failed, mut known) = (0, 40);
    for (step, part) in (1_i64..).zip(frames[40..].chunks(40)) {
        // Everywhere on the way there, also after the last byte; the last times on the way back.
        if step < 7 {
            link.cut_after(whole * step / 7, i64::MAX);
        } else {
            link.cut_after(i64::MAX, (step - 7) * 60);
        }
        failed += u64::from(far.take(&delivery(part)).is_err());
        link.mend();
        let again = far.take(&delivery(part)).unwrap();
        assert!(again == 40 || again == 0, "all of it or nothing: {again}");
        known += 40;
        let all = Question::all(Id::new(1), days(-1), days(20));
        assert_eq!(far.find(&all, usize::MAX).unwrap().len(), known);
    }
    assert!(failed >= 6, "{failed} deliveries broke off");
    answers(&far, &played.events);
}

#[test]
fn the_same_delivery_on_its_way_from_four_sides_at_once_counts_once() {
    let Some(place) = place() else { return };
    let mut played = Played::new();
    played.play(0..1, 300);
    let frames = frames(&played);
    school(&place, 1);
    for part in frames.chunks(100) {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| school(&place, 1).take(&delivery(part)).unwrap());
            }
        });
    }
    answers(&school(&place, 1), &played.events);
}

/// How often the server is killed before it may finish.
const KILLS: u64 = 6;

#[test]
fn a_server_killed_under_load_has_everything_it_acknowledged_and_nothing_twice() {
    let Some(mut own) = Own::start() else { return };
    let place = own.place();
    let mut played = Played::new();
    played.play(0..4, 500);
    let frames = frames(&played);
    let parts: Vec<Delivery> = (1..=4)
        .flat_map(|segment| {
            let mine: Vec<_> = frames.iter().filter(|(of, _)| *of == segment).cloned().collect();
            mine.chunks(25).map(delivery).collect::<Vec<_>>()
        })
        .collect();
    let mut far = school(&place, 1);
    let all = Question::all(Id::new(1), days(-1), days(20));
    let (mut kills, mut acknowledged) = (0, 0);
    let mut parts = parts.iter().peekable();
    while parts.peek().is_some() {
        let over = AtomicBool::new(false);
        // It is killed in the middle of some write: after so many of its own ticks of work, other each time.
        let process = own.process();
        let work = if kills < KILLS { 2 + kills * 3 % 7 } else { u64::MAX / 2 };
        let (far, over, parts) = (&mut far, &over, &mut parts);
        let done = std::thread::scope(|scope| {
            let killer = scope.spawn(move || {
                let begun = ticks(process);
                while ticks(process) < begun.saturating_add(work) && !over.load(Ordering::SeqCst) {
                    std::thread::yield_now();
                }
                if !over.load(Ordering::SeqCst) {
                    kill_at_once(process);
                }
            });
            let mut done = 0;
            while let Some(part) = parts.peek() {
                if far.take(part).is_err() {
                    break;
                }
                done += part.frames.len();
                parts.next();
            }
            over.store(true, Ordering::SeqCst);
            killer.join().unwrap();
            done
        });
        own.kill();
        kills += 1;
        acknowledged += done;
        own.again();
        let found = far.find(&all, usize::MAX).unwrap().len();
        // The delivery that was under way is there whole or not at all.
        assert!(found == acknowledged || found == acknowledged + 25, "{found} of {acknowledged}");
    }
    assert!(kills > KILLS, "it was killed {kills} times");
    answers(&far, &played.events);
}

fn kill_at_once(process: u32) {
    std::process::Command::new("kill").args(["-KILL", &process.to_string()]).status().unwrap();
}
