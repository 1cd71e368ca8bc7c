//! Lessons: starting one, seeing it live, opening pages in it, ending it; and the lists prepared for them.

mod act;
mod board;
mod lists;
mod live;
mod permit;
mod show;
pub(super) mod start;

use axum::routing::{get, post};
use usher_policy::access::Act;
use usher_policy::snapshot::Snapshot;
use usher_records::change::Stored;
use usher_records::group::Group;
use usher_records::lesson::Lesson;
use usher_types::calendar::SchoolCalendar;
use usher_types::ids::LessonId;
use usher_types::moment::Moment;

use crate::app::{App, AppFault};
use crate::live::Note;
use crate::routes::{DeskRoute, desk_route};

/// What whoever runs lessons has.
pub(super) fn routes() -> Vec<DeskRoute> {
    let run = Act::RunLessons;
    let grant = Act::GrantInLesson;
    vec![
        desk_route("/lessons", run, get(start::index).post(start::open_lesson)),
        desk_route("/lessons/start/{group}", run, get(start::show)),
        desk_route("/lessons/{id}", run, get(show::show)),
        desk_route("/lessons/{id}/live", run, get(live::watch)),
        desk_route("/lessons/{id}/end", run, post(act::end)),
        desk_route("/lessons/{id}/resume", run, post(act::resume)),
        desk_route("/lessons/{id}/extend", run, post(act::extend)),
        desk_route("/lessons/{id}/add-page", run, post(act::add_page)),
        desk_route("/lessons/{id}/open", grant, get(act::choose).post(act::open)),
        desk_route("/lessons/{id}/take-back/{grant}", grant, post(act::take_back)),
        desk_route("/lessons/{id}/answer/{request}", grant, get(act::reply_form).post(act::reply)),
        desk_route("/lessons/{id}/permit", grant, get(permit::show).post(permit::give)),
        desk_route("/lessons/{id}/permit/{permission}/end", grant, post(permit::end)),
        desk_route("/lists-for-lessons", run, get(lists::index)),
        desk_route("/lists-for-lessons/new", run, get(lists::new).post(lists::create)),
        desk_route("/lists-for-lessons/{id}", run, get(lists::show).post(lists::change)),
    ]
}

/// Every lesson that is open.
pub(super) async fn open_now(app: &App, at: Moment) -> Result<Vec<Lesson>, AppFault> {
    let stored = app.books.find::<Lesson>("open", "yes").await?;
    Ok(stored.into_iter().map(|stored| stored.value).filter(|lesson| lesson.is_open(at)).collect())
}

/// A lesson as it is stored, and its class.
pub(super) async fn find(app: &App, id: LessonId) -> Result<(Stored<Lesson>, Group), AppFault> {
    let lesson = app.books.get::<Lesson, _>(id).await?.ok_or(AppFault::NotFound)?;
    let group = app.books.get::<Group, _>(lesson.value.group).await?.ok_or(AppFault::NotFound)?;
    Ok((lesson, group.value))
}

/// Tells the session table of every open lesson, and live pages of this one.
async fn changed(app: &App, lesson: LessonId, at: Moment) -> Result<(), AppFault> {
    let open = open_now(app, at).await?;
    app.table.set_lessons(&open, at);
    if let Some(stored) = app.books.get::<Lesson, _>(lesson).await? {
        app.live.tell(Note::Lesson(stored.value.into()));
    }
    Ok(())
}

/// The school's terms and bells, as the policy in use has them.
pub(super) fn calendar(snapshot: Option<&Snapshot>) -> SchoolCalendar {
    snapshot.map(|snapshot| snapshot.document.calendar.clone()).unwrap_or_default()
}
