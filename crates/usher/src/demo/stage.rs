//! What the invented school's people do besides asking for pages, done the way the pages do it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;
use tokio::sync::broadcast::{self, error::RecvError};
use usher_demo::play::act::{Opening, Place};
use usher_demo::play::stage::{Declined, Stage};
use usher_demo::school::{DemoSchool, DemoSecret};
use usher_directory::sign_in::{Ask, Place as For, Secret};
use usher_events::event::{Event, What};
use usher_records::change::Actor;
use usher_records::group::Group;
use usher_records::lesson::{self, Lesson, LessonList, Mode, OpenLesson};
use usher_records::session::{self, EndReason, Session};
use usher_records::told::{self, Told};
use usher_types::ids::{EventId, GroupId, PersonId};
use usher_types::moment::Moment;
use usher_types::url::WebAddress;
use usher_web::app::App;
use usher_web::live::Note;

use crate::server::clock::SchoolClock;

/// How long a child's page may take to be on the disk before it is told about.
const EVENT_TIME: Duration = Duration::from_secs(5);

/// The running server as a stage.
#[derive(Debug)]
pub(super) struct OnServer<'a> {
    app: &'a App,
    school: &'a DemoSchool,
    clock: Arc<SchoolClock>,
    pages: Mutex<Pages>,
}

/// The last page each person was refused, by address.
#[derive(Debug)]
struct Pages {
    events: broadcast::Receiver<Arc<Event>>,
    last: HashMap<(PersonId, String), EventId>,
}

impl<'a> OnServer<'a> {
    pub(super) fn new(app: &'a App, school: &'a DemoSchool, clock: Arc<SchoolClock>) -> Self {
        let pages = Mutex::new(Pages { events: app.spool.live(), last: HashMap::new() });
        Self { app, school, clock, pages }
    }

    async fn close(&self, id: usher_types::ids::SessionId, at: Moment, by: PersonId) -> Result<(), Declined> {
        let found = self.app.books.get::<Session, _>(id).await.map_err(declined)?;
        if let Some(open) = found.filter(|open| open.value.ended.is_none()) {
            let change = session::end(&open, EndReason::SignedOut, at);
            self.app.commit(&change, &Actor::Person(by)).await.map_err(declined)?;
        }
        Ok(())
    }

    async fn take_lessons(&self, at: Moment) -> Result<(), Declined> {
        let open = self.app.books.find::<Lesson>("open", "yes").await.map_err(declined)?;
        let open: Vec<Lesson> = open.into_iter().map(|stored| stored.value).collect();
        self.app.table.set_lessons(&open, at);
        Ok(())
    }
}

fn declined(error: impl std::fmt::Display) -> Declined {
    Declined(error.to_string())
}

#[async_trait]
impl Stage for OnServer<'_> {
    async fn set_clock(&self, at: Moment) {
        self.clock.forward_to(at);
    }

    async fn sign_in(&self, place: Place) -> Result<(), Declined> {
        let account = self.school.account_of(place.person).ok_or_else(|| Declined("no account".into()))?;
        let secret = match &account.secret {
            Some(secret @ DemoSecret::Password(_)) => Secret::Password(secret.text().to_owned().into()),
            Some(secret @ DemoSecret::Pictures(_)) => {
                Secret::Pictures(secret.text().split(' ').map(str::to_owned).collect())
            }
            None => return Err(Declined("no secret".into())),
        };
        let ask = Ask {
            username: account.username.to_string(),
            secret,
            address: place.device,
            place: For::Device,
            group: None,
            clause_accepted: true,
        };
        let last_here = self.app.table.last_at(place.device);
        let signed = self.app.sign_in.sign_in(ask, last_here, self.app.now()).await.map_err(declined)?;
        for other in signed.ended.iter().filter(|other| other.bound != signed.session.bound) {
            self.app.table.end(other.id, EndReason::Elsewhere);
        }
        self.app.table.sign_in(signed.session, signed.subject);
        self.app.live.tell(Note::Presence);
        Ok(())
    }

    async fn sign_out(&self, place: Place) -> Result<(), Declined> {
        let at = self.app.now();
        let session = self.app.table.session_at(place.device, at);
        let session = session.ok_or_else(|| Declined("nobody is signed in there".into()))?;
        self.app.table.sign_out(session.id);
        self.app.live.tell(Note::Presence);
        self.close(session.id, at, place.person).await
    }

    async fn open_lesson(&self, asked: Opening) -> Result<(), Declined> {
        let (books, at) = (&self.app.books, self.app.now());
        let group = books.get::<Group, _>(asked.group).await.map_err(declined)?;
        let list = match asked.mode {
            Mode::Normal => None,
            Mode::ListOnly(id) => books.get::<LessonList, _>(id).await.map_err(declined)?,
        };
        let earlier = books.find::<Lesson>("group", asked.group).await.map_err(declined)?;
        let open = OpenLesson {
            id: self.app.new_id(),
            group: asked.group,
            adult: asked.teacher,
            room: group.and_then(|group| group.value.room),
            list: list.as_ref().map(|list| &list.value),
            ends_at: at.plus_minutes(i64::from(asked.minutes)),
        };
        let (lesson, change) = lesson::open(open, &earlier, asked.minutes, at).map_err(declined)?;
        self.app.commit(&change, &Actor::Person(asked.teacher)).await.map_err(declined)?;
        self.take_lessons(at).await?;
        self.app.live.tell(Note::Lesson(lesson.into()));
        Ok(())
    }

    async fn end_lesson(&self, teacher: PersonId, group: GroupId) -> Result<(), Declined> {
        let at = self.app.now();
        let lessons = self.app.books.find::<Lesson>("group", group).await.map_err(declined)?;
        let open = lessons.iter().find(|lesson| lesson.value.is_open(at));
        let open = open.ok_or_else(|| Declined("no lesson is open".into()))?;
        let change = lesson::end(open, at).map_err(declined)?;
        self.app.commit(&change, &Actor::Person(teacher)).await.map_err(declined)?;
        self.take_lessons(at).await
    }

    async fn tell(&self, place: Place, page: &str) -> Result<(), Declined> {
        let address = WebAddress::parse(page).map_err(declined)?;
        let mut pages = self.pages.lock().await;
        let event = tokio::time::timeout(EVENT_TIME, pages.last(place.person, &address));
        let event = event.await.map_err(|_late| Declined(format!("no event of {address} is on the disk")))?;
        drop(pages);
        let at = self.app.now();
        let lesson = self.app.table.who(place.device, at).lesson;
        let told = Told {
            id: self.app.new_id(),
            person: place.person,
            what: told::What::ToldAnAdult,
            event: Some(event),
            address: Some(address),
            group: lesson.map(|lesson| lesson.group),
            lesson: lesson.map(|lesson| lesson.lesson),
            words: None,
            at,
            seen: None,
        };
        self.app.commit(&told::tell(&told), &Actor::Person(place.person)).await.map_err(declined)?;
        self.app.live.tell(Note::Told(told.into()));
        Ok(())
    }
}

impl Pages {
    /// The last event of this person at this address; waits until it is on the disk.
    async fn last(&mut self, person: PersonId, address: &WebAddress) -> EventId {
        let wanted = (person, without_marks(address));
        loop {
            while let Ok(event) = self.events.try_recv() {
                self.keep(&event);
            }
            if let Some(found) = self.last.get(&wanted) {
                return *found;
            }
            match self.events.recv().await {
                Ok(event) => self.keep(&event),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return std::future::pending().await,
            }
        }
    }

    fn keep(&mut self, event: &Event) {
        if let (What::Web(web), Some(person)) = (&event.what, event.person()) {
            self.last.insert((person, without_marks(&web.facts.address)), event.id);
        }
    }
}

/// An address without what the player adds to tell requests apart.
fn without_marks(address: &WebAddress) -> String {
    format!("{}{}", address.origin(), address.path)
}
