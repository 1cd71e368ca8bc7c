//! What children told and nobody has seen, for those whom it concerns.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use usher_policy::access::{Listener, may_hear};
use usher_records::change::Stored;
use usher_records::lesson::Lesson;
use usher_records::told::{Told, ToldNoun, see};
use usher_types::ids::LessonId;

use super::around::{lead, own_path};
use super::lessons::open_now;
use super::roll;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::live::Note;

/// What waits to be seen by this person, oldest first.
pub(crate) async fn waiting(app: &App, desk: &AtDesk) -> Result<Vec<Told>, AppFault> {
    let lessons = my_lessons(app, desk).await?;
    let waiting = app.books.find::<Told>("state", "waiting").await?;
    let mut mine: Vec<Told> =
        waiting.into_iter().map(|stored| stored.value).filter(|told| hears(desk, &lessons, told)).collect();
    mine.sort_by_key(|told| (told.at, told.id));
    Ok(mine)
}

async fn my_lessons(app: &App, desk: &AtDesk) -> Result<Vec<LessonId>, AppFault> {
    let open = open_now(app, desk.at).await?;
    Ok(open.into_iter().filter(|lesson| lesson.adult == desk.person.id).map(|lesson| lesson.id).collect())
}

/// Whether this person may hear what was told in this lesson.
pub(crate) fn heard_in(desk: &AtDesk, lesson: &Lesson, told: &Told) -> bool {
    let mine = if lesson.adult == desk.person.id { vec![lesson.id] } else { Vec::new() };
    hears(desk, &mine, told)
}

fn hears(desk: &AtDesk, lessons: &[LessonId], told: &Told) -> bool {
    let who = desk.who();
    let listener = Listener { who: &who, classes: &desk.person.groups, lessons };
    may_hear(listener, &desk.school.settings.contacts, told)
}

#[derive(Debug, Deserialize)]
pub(super) struct Seen {
    then: Option<String>,
}

/// Notes that somebody has seen it.
pub(super) async fn seen(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Seen>,
) -> Result<Response, AppFault> {
    let desk = form.from;
    let told: Stored<Told> = app.books.get(roll::id::<ToldNoun>(&id)?).await?.ok_or(AppFault::NotFound)?;
    let lesson = match told.value.lesson {
        Some(id) => app.books.get::<Lesson, _>(id).await?,
        None => None,
    };
    let may_see = match lesson {
        // Its page stays after the lesson is over.
        Some(lesson) => heard_in(&desk, &lesson.value, &told.value),
        None => hears(&desk, &[], &told.value),
    };
    if !may_see {
        return Err(AppFault::NotFound);
    }
    app.commit(&see(&told, desk.person.id, desk.at)?, &desk.actor()).await?;
    if let Some(now) = app.books.get::<Told, _>(told.value.id).await? {
        app.live.tell(Note::Told(Arc::new(now.value)));
    }
    Ok(lead(own_path(form.value.then.as_deref()), "told-seen"))
}
