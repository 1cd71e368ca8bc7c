//! One lesson: the live board, and what can be done with the lesson as a whole.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use usher_records::lesson::UNDO_SECONDS;

use super::board::Board;
use super::{find, start};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, Done, around};
use crate::pages::desk::field::Field;
use crate::pages::desk::roll;
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Template)]
#[template(path = "desk/lessons/show.html")]
struct Show {
    f: Frame,
    d: Around,
    address: String,
    open: bool,
    list: Option<String>,
    /// Where the class signs on one device.
    together: String,
    board: String,
    extend: Field,
    add: Field,
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (lesson, group) = find(&app, roll::id(&id)?).await?;
    let lesson = lesson.value;
    let here = format!("/lessons/{}", lesson.id);
    let (f, mut d) = around(&app, &desk, &here, "lessons-title");
    let title = match &lesson.room {
        Some(room) => f.says.t2("lesson-title-room", ("class", &group.name), ("room", room)),
        None => f.says.t1("lesson-title", "class", &group.name),
    };
    let ended_now = lesson.ended_at.is_some_and(|at| desk.at.seconds_since(at) <= UNDO_SECONDS);
    if ended_now && desk.at < lesson.ends_at {
        d.undo = Some((format!("{here}/resume"), f.says.t("lesson-undo-end")));
    }
    let f = Frame { title, ..f }.done(done.done.as_deref());
    let open = lesson.is_open(desk.at);
    let list = match lesson.mode {
        usher_records::lesson::Mode::ListOnly(id) => Some(format!("/lists-for-lessons/{id}")),
        usher_records::lesson::Mode::Normal => None,
    };
    let together = format!("/together/{}", group.id);
    let mut board = Board::of(&app, lesson, group).await?;
    board.read_events(&app).await?;
    let board = board.html(&app, &f, &desk, desk.at).await?;
    let (extend, add) = start::fields_in_lesson(&app, &desk, &f.says);
    Ok(page(&Show { address: here, open, list, together, board, extend, add, f, d }))
}
