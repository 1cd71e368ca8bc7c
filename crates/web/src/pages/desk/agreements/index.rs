//! The agreements in force, and how far each is signed.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use usher_records::agreement::AgreementVersion;
use usher_records::person::Person;

use super::read;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::standings;
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Template)]
#[template(path = "desk/agreements/index.html")]
struct Index {
    f: Frame,
    d: Around,
    agreements: Vec<Row>,
    sections: Vec<Part>,
}

struct Row {
    title: String,
    version: String,
    since: String,
    signed: usize,
    asked: usize,
}

struct Part {
    name: String,
    done: String,
    complete: bool,
}

/// Shows them.
pub(super) async fn show(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/agreements", "agreements-title");
    let clock = Clock::at(&desk);
    let mut people = app.books.values::<Person>().await?;
    people.retain(|person| person.is_here(clock.today()));
    let standings = standings::of(&app, &desk, &people).await?;
    let mut versions = app.books.values::<AgreementVersion>().await?;
    versions.retain(|version| version.in_force);
    versions.sort_by_key(|version| version.title.to_lowercase());
    let row = |version: &AgreementVersion| {
        let settings = &desk.school.settings;
        let theirs =
            |person: &&Person| settings.agreement_for(person.kind, person.year) == Some(version.key.as_str());
        let asked: Vec<&Person> = people.iter().filter(theirs).collect();
        let owes = |person: &&&Person| standings.get(&person.id).is_some_and(|at| at.owed().is_some());
        Row {
            title: version.title.clone(),
            version: version.version.clone(),
            since: clock.day(version.published_at),
            signed: asked.len() - asked.iter().filter(owes).count(),
            asked: asked.len(),
        }
    };
    let agreements = versions.iter().map(row).collect();
    let sections = read::everything(&app, &desk).await?;
    let sections = sections
        .iter()
        .filter(|section| section.asked > 0)
        .map(|section| Part {
            name: read::name(&f.says, &section.of),
            done: read::done(&f.says, section),
            complete: section.outstanding.is_empty(),
        })
        .collect();
    Ok(page(&Index { agreements, sections, f, d }))
}
