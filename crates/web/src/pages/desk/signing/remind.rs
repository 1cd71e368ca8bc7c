//! Reminders: a mail to parents who have an address, paper for the others, and who chased whom when (AGR-09).

use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;
use usher_records::change::{Mail, To};
use usher_records::person::Person;
use usher_records::reminder::{Reminder, remind};
use usher_types::ids::PersonId;
use usher_types::role::PersonKind;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::agreements::read;
use crate::pages::desk::around::lead;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::people::percent;
use crate::pages::desk::roll::Roll;
use crate::view::frame::Frame;
use crate::view::says::Says;

/// Whom to remind.
#[derive(Debug, Deserialize)]
pub(in crate::pages::desk) struct Asked {
    #[serde(default)]
    section: String,
}

/// Reminds everybody in one section of the outstanding list.
pub(super) async fn send(State(app): State<App>, form: DeskForm<Asked>) -> Result<Response, AppFault> {
    let (desk, asked) = (form.from, form.value);
    let says = Frame::desk(&app, &desk, "/agreements/outstanding", "report-outstanding-title").says;
    let sections = read::everything(&app, &desk).await?;
    let section = sections.iter().find(|section| read::value(&section.of) == asked.section);
    let missing: Vec<PersonId> =
        section.ok_or(AppFault::NotFound)?.outstanding.iter().map(|outstanding| outstanding.person).collect();
    let (roll, today) = (Roll::of(&app).await?, Clock::at(&desk).today());
    let (mut mails, mut mailed, mut on_paper) = (Vec::new(), Vec::new(), Vec::new());
    for person in missing.iter().filter_map(|id| roll.person(*id)) {
        let readers = readers(&roll, person, today);
        if readers.is_empty() {
            on_paper.push(person.id);
        }
        for reader in readers {
            mailed.push(reader.id);
            mails.push(mail(&app, &desk, &says, reader, person));
        }
    }
    let reminder = Reminder {
        id: app.new_id(),
        section: asked.section.clone(),
        missing,
        mailed,
        on_paper,
        by: desk.person.id,
        at: desk.at,
    };
    let earlier = app.books.find::<Reminder>("section", &asked.section).await?;
    let change = remind(&reminder, mails, &earlier)?;
    app.commit(&change, &desk.actor()).await?;
    let back = format!("/agreements/outstanding?section={}", percent(&asked.section));
    Ok(lead(&back, "reminded"))
}

/// Whom a mail reaches today: a child's parents, an adult themselves.
fn readers<'a>(roll: &'a Roll, person: &'a Person, today: Date) -> Vec<&'a Person> {
    let reachable = |reader: &&Person| reader.email.is_some() && reader.is_here(today);
    if person.kind == PersonKind::Pupil {
        roll.people().filter(|parent| parent.children.contains(&person.id)).filter(reachable).collect()
    } else {
        std::iter::once(person).filter(reachable).collect()
    }
}

fn mail(app: &App, desk: &AtDesk, says: &Says, reader: &Person, about: &Person) -> Mail {
    let key = if reader.id == about.id { "reminder-own-text" } else { "reminder-child-text" };
    let who = ("name", &about.name() as &dyn std::fmt::Display);
    let text = says.t2(key, who, ("place", &app.places.portal_origin));
    Mail {
        to: To::Person(reader.id),
        subject: says.t1("reminder-subject", "school", &desk.school.name),
        text,
        attachment: None,
    }
}

/// Who reminded this section last, when, and how many by which way.
pub(in crate::pages::desk) async fn last(
    app: &App,
    desk: &AtDesk,
    says: &Says,
    section: &str,
) -> Result<Option<String>, AppFault> {
    let earlier = app.books.find::<Reminder>("section", section).await?;
    let Some(latest) = earlier.into_iter().map(|stored| stored.value).max_by_key(|one| one.at) else {
        return Ok(None);
    };
    let roll = Roll::of(app).await?;
    let (mails, papers) = (latest.mailed.len(), latest.on_paper.len());
    let who = says.t2(
        "reminder-last",
        ("name", &roll.name(says, latest.by)),
        ("time", &Clock::at(desk).full(latest.at)),
    );
    Ok(Some(format!("{who} {}", says.t2("reminder-counts", ("mails", &mails), ("papers", &papers)))))
}
