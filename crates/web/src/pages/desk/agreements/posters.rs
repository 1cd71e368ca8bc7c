//! The rules on the wall (AGR-13): the poster to print, and in which rooms it hangs.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use usher_records::device::Device;
use usher_records::group::Group;
use usher_records::poster::{self, Hangs, Poster};
use usher_records::settings::Audience;
use usher_reports::document;
use usher_types::digest::Digest;
use usher_types::role::{PersonKind, Year};

use super::version;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::paper::{letterhead, print as to_pdf};
use crate::pages::desk::roll::Roll;
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Template)]
#[template(path = "desk/agreements/posters.html")]
struct Page {
    f: Frame,
    d: Around,
    /// Posters to print: the agreement's key and title.
    print: Vec<(String, String)>,
    without: usize,
    rooms: Vec<Row>,
}

struct Row {
    room: String,
    tone: &'static str,
    icon: &'static str,
    state: String,
    /// Whether something hangs there that could be gone.
    up: bool,
    current: bool,
}

/// Rooms with a wall that children see: those of classes, and those where devices stand.
async fn rooms(app: &App) -> Result<Vec<(String, Option<Year>)>, AppFault> {
    let groups = app.books.values::<Group>().await?;
    let classes = groups.into_iter().filter(|group| group.current && group.year.is_some());
    let mut rooms: Vec<(String, Option<Year>)> =
        classes.map(|group| (group.room.unwrap_or(group.name), group.year)).collect();
    let of_devices = app.books.values::<Device>().await?.into_iter().filter_map(|device| device.room);
    for room in of_devices.collect::<BTreeSet<_>>() {
        if rooms.iter().all(|(known, _)| *known != room) {
            rooms.push((room, None));
        }
    }
    rooms.sort();
    rooms.dedup_by(|one, other| one.0 == other.0);
    Ok(rooms)
}

/// What children sign, by key, title and digest of the words in force.
async fn texts(app: &App, desk: &AtDesk) -> Result<Vec<(String, String, Digest)>, AppFault> {
    let of_pupils = |audience: &&Audience| audience.kinds.contains(&PersonKind::Pupil);
    let mut found = Vec::new();
    for audience in desk.school.settings.agreements.audiences.iter().filter(of_pupils) {
        if let Some(version) = super::drafts::in_force(app, &audience.agreement).await? {
            found.push((version.value.key, version.value.title, version.value.digest));
        }
    }
    Ok(found)
}

/// Shows them.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/agreements/posters", "posters-title");
    let posters = app.books.values::<Poster>().await?;
    let (texts, roll, clock) = (texts(&app, &desk).await?, Roll::of(&app).await?, Clock::at(&desk));
    let digests: Vec<Digest> = texts.iter().map(|(.., digest)| *digest).collect();
    let row = |(room, _): (String, Option<Year>)| {
        let (tone, icon, key, poster) = match poster::hangs(&posters, &room, &digests) {
            Hangs::Now(poster) => ("go", "check", "posters-now", Some(poster)),
            Hangs::Old(poster) => ("wait", "clock", "posters-old", Some(poster)),
            Hangs::Nothing => ("stop", "x", "posters-nothing", None),
        };
        let name = poster.map(|poster| roll.name(&f.says, poster.by)).unwrap_or_default();
        let day = poster.map(|poster| clock.day(poster.at)).unwrap_or_default();
        let state = f.says.t2(key, ("name", &name), ("day", &day));
        Row { room, tone, icon, state, up: poster.is_some(), current: tone == "go" }
    };
    let mut rooms: Vec<Row> = rooms(&app).await?.into_iter().map(row).collect();
    // What is to be done comes first.
    rooms.sort_by_key(|row| row.current);
    let view = Page {
        print: texts.into_iter().map(|(key, title, _)| (key, title)).collect(),
        without: rooms.iter().filter(|row| !row.current).count(),
        rooms,
        f: f.clone().done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

/// A room, and whether the rules hang there.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Noted {
    #[serde(default)]
    room: String,
    #[serde(default)]
    up: String,
}

/// Notes that they do, or not any more.
pub(super) async fn note(State(app): State<App>, form: DeskForm<Noted>) -> Result<Response, AppFault> {
    let (desk, noted) = (form.from, form.value);
    let rooms = rooms(&app).await?;
    let texts = texts(&app, &desk).await?;
    let year = rooms.iter().find(|(room, _)| *room == noted.room).and_then(|(_, year)| *year);
    let key = desk.school.settings.agreement_for(PersonKind::Pupil, year);
    let theirs = texts.iter().find(|(of, ..)| Some(of.as_str()) == key).or_else(|| texts.last());
    let poster = Poster {
        id: app.new_id(),
        room: noted.room,
        text: theirs.map(|(.., digest)| *digest).filter(|_| noted.up == "yes"),
        by: desk.person.id,
        at: desk.at,
    };
    let names: Vec<String> = rooms.into_iter().map(|(room, _)| room).collect();
    let digests: Vec<Digest> = texts.iter().map(|(.., digest)| *digest).collect();
    let change = poster::note(&poster, &app.books.values::<Poster>().await?, &names, &digests)?;
    app.commit(&change, &desk.actor()).await?;
    Ok(lead("/agreements/posters", "poster-noted"))
}

/// The poster of what children sign, from the words in force.
pub(super) async fn print(
    State(app): State<App>,
    desk: AtDesk,
    Path(key): Path<String>,
) -> Result<Response, AppFault> {
    let texts = texts(&app, &desk).await?;
    let (.., digest) = texts.into_iter().find(|(of, ..)| *of == key).ok_or(AppFault::NotFound)?;
    let text = version::text(&app, digest).await?.ok_or(AppFault::NotFound)?;
    let document = document::poster(&letterhead(&desk, &app.words), &text);
    to_pdf(&app, &desk, &format!("poster-{key}"), document).await
}
