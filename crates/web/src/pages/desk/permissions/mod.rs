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

use std::collections::{BTreeMap, BTreeSet};

use axum::routing::{get, post};
use usher_policy::access::{Act, Who};
use usher_policy::permission::{may_decide, may_see, terms};
use usher_records::change::Stored;
use usher_records::grant::Grant;
use usher_records::lesson::Lesson;
use usher_records::permission::rules::Terms;
use usher_records::permission::{Permission, PermissionId, PermissionNoun, State};
use usher_types::ids::{LessonId, PersonId};

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::clock::Clock;
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
    /// Those of which nothing is open any more: what they opened was taken back one by one.
    taken_back: BTreeSet<PermissionId>,
}

impl<'a> Shelf<'a> {
    /// For these permissions.
    pub(super) async fn of(
        app: &App,
        desk: &'a AtDesk,
        roll: &'a Roll,
        permissions: impl IntoIterator<Item = &Permission>,
    ) -> Result<Self, AppFault> {
        let (mut lessons, mut taken_back) = (BTreeMap::new(), BTreeSet::new());
        for permission in permissions {
            if let Some(id) = permission.ask.lesson
                && !lessons.contains_key(&id)
                && let Some(lesson) = app.books.get::<Lesson, _>(id).await?
            {
                lessons.insert(id, lesson.value);
            }
            let lesson = permission.ask.lesson.and_then(|id| lessons.get(&id));
            if matches!(permission.state(desk.at, lesson), State::Open | State::Begins)
                && nothing_open(app, desk, permission).await?
            {
                taken_back.insert(permission.id);
            }
        }
        Ok(Self { desk, roll, lessons, taken_back })
    }

    fn lesson(&self, permission: &Permission) -> Option<&Lesson> {
        permission.ask.lesson.and_then(|id| self.lessons.get(&id))
    }

    fn state(&self, permission: &Permission) -> State {
        if self.taken_back.contains(&permission.id) {
            return State::Ended;
        }
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
        self.state(permission).waits() && self.may_decide(permission, &self.desk.who())
    }

    /// Whether somebody may. With the first of two gone from the books nobody knows their office: it is asked for anew.
    fn may_decide(&self, permission: &Permission, who: &Who) -> bool {
        let first = permission.first().map(|first| self.who(first));
        if first == Some(None) {
            return false;
        }
        may_decide(who, permission, first.flatten().as_ref(), &self.terms(permission))
    }

    /// Whether somebody who is here could say the second yes after whoever looks.
    fn has_second(&self, permission: &Permission) -> bool {
        let (today, first) = (Clock::at(self.desk).today(), self.desk.who());
        let mut here = self.roll.people().filter(|person| person.is_here(today));
        here.any(|person| may_decide(&Who::of(person), permission, Some(&first), &self.terms(permission)))
    }

    /// Those who are here and may decide, by name.
    fn deciders(&self, permission: &Permission) -> Vec<String> {
        let today = Clock::at(self.desk).today();
        let here = self.roll.people().filter(|person| person.is_here(today));
        let may = here.filter(|person| self.may_decide(permission, &Who::of(person)));
        let mut names: Vec<String> = may.map(usher_records::person::Person::name).collect();
        names.sort();
        names
    }
}

/// Whether it opened something, and all of it is over.
async fn nothing_open(app: &App, desk: &AtDesk, permission: &Permission) -> Result<bool, AppFault> {
    for grant in permission.grants() {
        let grant = app.books.get::<Grant, _>(*grant).await?;
        if grant.is_some_and(|grant| !grant.value.is_over(desk.at)) {
            return Ok(false);
        }
    }
    Ok(!permission.grants().is_empty())
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
