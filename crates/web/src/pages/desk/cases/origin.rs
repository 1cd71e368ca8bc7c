//! What a case begins from: the block, alert or telling somebody pressed "Log an incident" beside, and what of the form it
//! fills in. Only for those who may see that anyway.

use usher_events::event::{Event, What};
use usher_policy::access::{Listener, Who, may_hear};
use usher_policy::decision::Decision;
use usher_policy::facts::Circumstances;
use usher_policy::{alarm, routing};
use usher_records::alert::{Alert, AlertNoun, Whose};
use usher_records::case::nine::Nine;
use usher_records::case::rules;
use usher_records::case::thread::Origin;
use usher_records::lesson::Lesson;
use usher_records::told::{Told, ToldNoun, What as ToldWhat};
use usher_types::ids::{self, EventId, PersonId};

use super::Cabinet;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::{address, opening, roll};

/// Where it begins, as an address or a form has it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asked<'a> {
    pub(super) event: &'a str,
    pub(super) alert: &'a str,
    pub(super) told: &'a str,
    pub(super) person: &'a str,
}

/// What is known from it.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) origin: Origin,
    pub(super) person: Option<PersonId>,
    pub(super) kind: &'static str,
    pub(super) nine: Nine,
}

impl Start {
    /// Whether it begins from what this person told.
    pub(super) fn was_told_by(&self, person: PersonId) -> bool {
        matches!(self.origin, Origin::Told(_)) && self.person == Some(person)
    }
}

/// Reads it; what this person may not see is not there.
pub(super) async fn read(
    app: &App,
    desk: &AtDesk,
    cabinet: &Cabinet,
    asked: Asked<'_>,
) -> Result<Start, AppFault> {
    if !asked.event.is_empty() {
        return of_event(app, desk, cabinet, roll::id::<ids::Event>(asked.event)?).await;
    }
    if !asked.alert.is_empty() {
        return of_alert(app, desk, cabinet, asked.alert).await;
    }
    if !asked.told.is_empty() {
        return of_told(app, desk, asked.told).await;
    }
    let person = if asked.person.is_empty() { None } else { Some(roll::id::<ids::Person>(asked.person)?) };
    Ok(Start { origin: Origin::Report, person, kind: "off-task", nine: Nine::default() })
}

fn who_was(event: &Event) -> Option<&Circumstances> {
    match &event.what {
        What::Web(web) => Some(&web.facts.who),
        What::Tunnel(tunnel) => Some(&tunnel.facts.who),
        What::Malformed(_) | What::Ended(_) | What::SignInFailed(_) | What::System(_) => None,
    }
}

/// What an event fills in: address, room and computer, and which kind it proposes (INC-02, INC-06).
fn filled(app: &App, event: &Event) -> (Nine, &'static str) {
    let page = opening::page_of(event);
    let device = who_was(event).map(|who| &who.device);
    let nine = Nine {
        address: page.as_ref().map(address::shown).unwrap_or_default(),
        room: device.and_then(|device| device.room.clone()).unwrap_or_default(),
        computer: device
            .map(|device| device.name.clone().unwrap_or_else(|| device.address.to_string()))
            .unwrap_or_default(),
        event: Some(event.id),
        ..Nine::default()
    };
    let snapshot = app.snapshot.load_full();
    let kind = match (snapshot.as_deref(), page) {
        (Some(snapshot), Some(page)) => {
            let set = snapshot.categories_of(&page.host, &page.path, page.query.as_deref());
            let names: Vec<String> =
                snapshot.table().names_in(set).map(|name| name.as_str().to_owned()).collect();
            rules::proposed(names.iter().map(String::as_str))
        }
        _ => "off-task",
    };
    (nine, kind)
}

async fn of_event(app: &App, desk: &AtDesk, cabinet: &Cabinet, id: EventId) -> Result<Start, AppFault> {
    let event = opening::event(app, id).await?.ok_or(AppFault::NotFound)?;
    let person = event.person();
    let whose = person.and_then(|id| cabinet.roll.person(id));
    let whose = whose.map(Who::of);
    let in_lesson = who_was(&event).is_some_and(|who| who.lesson.is_some());
    // What was let through is nobody's to log from here: only what was kept shut has the link.
    let refused = event.decision().is_some_and(Decision::is_refusal);
    if !refused || !routing::may_begin_from(&desk.who(), in_lesson, whose.as_ref()) {
        return Err(AppFault::NotFound);
    }
    let (nine, kind) = filled(app, &event);
    Ok(Start { origin: Origin::Block(id), person, kind, nine })
}

async fn of_alert(app: &App, desk: &AtDesk, cabinet: &Cabinet, id: &str) -> Result<Start, AppFault> {
    let alert = app.books.get::<Alert, _>(roll::id::<AlertNoun>(id)?).await?.ok_or(AppFault::NotFound)?.value;
    let person = match alert.whose {
        Whose::Person(person) => Some(person),
        Whose::Device(_) | Whose::Filter(_) | Whose::Nobody => None,
    };
    let about = person.and_then(|id| cabinet.roll.person(id));
    if !alarm::may_read(&desk.school.settings.alarms, &desk.who(), &alert, about) {
        return Err(AppFault::NotFound);
    }
    let event = match alert.events.first() {
        Some(id) => opening::event(app, *id).await?,
        None => None,
    };
    let (nine, kind) = event.map_or((Nine::default(), "sought-unsuitable"), |event| filled(app, &event));
    Ok(Start { origin: Origin::Alert(alert.id), person, kind, nine })
}

async fn of_told(app: &App, desk: &AtDesk, id: &str) -> Result<Start, AppFault> {
    let told = app.books.get::<Told, _>(roll::id::<ToldNoun>(id)?).await?.ok_or(AppFault::NotFound)?.value;
    let lesson = match told.lesson {
        Some(id) => app.books.get::<Lesson, _>(id).await?,
        None => None,
    };
    let mine = lesson.filter(|lesson| lesson.value.adult == desk.person.id).map(|lesson| lesson.value.id);
    let who = desk.who();
    let lessons: Vec<_> = mine.into_iter().collect();
    let listener = Listener { who: &who, classes: &desk.person.groups, lessons: &lessons };
    if !may_hear(listener, &desk.school.settings.contacts, &told) {
        return Err(AppFault::NotFound);
    }
    let event = match told.event {
        Some(id) => opening::event(app, id).await?,
        None => None,
    };
    let (mut nine, _) = event.map_or((Nine::default(), ""), |event| filled(app, &event));
    if nine.address.is_empty() {
        nine.address = told.address.as_ref().map(address::shown).unwrap_or_default();
    }
    nine.details = told.words.clone().unwrap_or_default();
    let kind = match told.what {
        ToldWhat::Accident | ToldWhat::ToldAnAdult => "accident",
        ToldWhat::TellSomeone | ToldWhat::PasswordKnown => "other",
    };
    Ok(Start { origin: Origin::Told(told.id), person: Some(told.person), kind, nine })
}
