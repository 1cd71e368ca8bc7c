//! Leave: asked for, decided, open, ended (PRM-01 to PRM-10). Everybody at the desk may ask and has their own; who decides
//! on what is `policy::permission`'s to say.

mod decide;
mod filled;
mod form;
mod index;
pub(super) mod meaning;
mod new;
mod say;
mod show;

use std::collections::BTreeMap;

use axum::routing::{get, post};
use usher_policy::access::{Act, Who};
use usher_policy::permission::{may_decide, may_see, terms};
use usher_records::change::Stored;
use usher_records::lesson::Lesson;
use usher_records::permission::rules::Terms;
use usher_records::permission::{Permission, PermissionNoun, State};
use usher_types::ids::{LessonId, PersonId};

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::roll::{self, Roll};
use crate::routes::{DeskRoute, desk_route};

/// What everybody at the desk has; each page asks what is theirs in it.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::UseDesk;
    vec![
        desk_route("/permissions", act, get(index::show)),
        desk_route("/permissions/new", act, get(new::choose)),
        desk_route("/permissions/new/{matter}", act, get(new::show).post(new::ask)),
        desk_route("/permissions/{id}", act, get(show::show)),
        desk_route("/permissions/{id}/decide", act, post(decide::decide)),
        desk_route("/permissions/{id}/end", act, post(decide::end)),
    ]
}

/// Permissions with what is needed to say what they are now.
pub(super) struct Shelf<'a> {
    desk: &'a AtDesk,
    pub(super) roll: &'a Roll,
    lessons: BTreeMap<LessonId, Lesson>,
}

impl<'a> Shelf<'a> {
    /// For these permissions.
    pub(super) async fn of(
        app: &App,
        desk: &'a AtDesk,
        roll: &'a Roll,
        permissions: impl IntoIterator<Item = &Permission>,
    ) -> Result<Self, AppFault> {
        let mut lessons = BTreeMap::new();
        for id in permissions.into_iter().filter_map(|permission| permission.ask.lesson) {
            if !lessons.contains_key(&id)
                && let Some(lesson) = app.books.get::<Lesson, _>(id).await?
            {
                lessons.insert(id, lesson.value);
            }
        }
        Ok(Self { desk, roll, lessons })
    }

    fn lesson(&self, permission: &Permission) -> Option<&Lesson> {
        permission.ask.lesson.and_then(|id| self.lessons.get(&id))
    }

    fn state(&self, permission: &Permission) -> State {
        permission.state(self.desk.at, self.lesson(permission))
    }

    fn terms(&self, permission: &Permission) -> Terms {
        terms(&self.desk.school.settings, permission.ask.matter)
    }

    fn who(&self, person: PersonId) -> Option<Who> {
        self.roll.person(person).map(Who::of)
    }

    fn sees(&self, permission: &Permission) -> bool {
        may_see(&self.desk.who(), permission, self.state(permission), &self.terms(permission))
    }

    /// Whether whoever looks may decide on it now.
    fn decides(&self, permission: &Permission) -> bool {
        let first = permission.first().and_then(|first| self.who(first));
        self.state(permission).waits()
            && may_decide(&self.desk.who(), permission, first.as_ref(), &self.terms(permission))
    }
}

async fn stored(app: &App, id: &str) -> Result<Stored<Permission>, AppFault> {
    let id = roll::id::<PermissionNoun>(id)?;
    app.books.get::<Permission, _>(id).await?.ok_or(AppFault::NotFound)
}

/// What waits for this person to decide.
pub(super) async fn waiting(app: &App, desk: &AtDesk, roll: &Roll) -> Result<Vec<Permission>, AppFault> {
    let all = app.books.find::<Permission>("state", "waits").await?;
    let all: Vec<Permission> = all.into_iter().map(|stored| stored.value).collect();
    let shelf = Shelf::of(app, desk, roll, &all).await?;
    Ok(all.iter().filter(|permission| shelf.decides(permission)).cloned().collect())
}

/// What this person asked for and was answered since a moment.
pub(super) async fn answered(
    app: &App,
    desk: &AtDesk,
    since: usher_types::moment::Moment,
) -> Result<Vec<Permission>, AppFault> {
    let mine = app.books.find::<Permission>("asker", desk.person.id).await?;
    let fresh = |permission: &Permission| {
        let quick = permission.ask.matter.is_quick();
        !quick && permission.decision().is_some_and(|entry| since <= entry.at)
    };
    Ok(mine.into_iter().map(|stored| stored.value).filter(fresh).collect())
}

pub(super) use say::title;
