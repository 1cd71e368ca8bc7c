//! The agreements in force, and how far each is signed.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use usher_records::agreement::AgreementVersion;
use usher_records::person::Person;

use super::{read, version};
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
    address: String,
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
    // What nobody is asked to sign, as the policy itself, is not counted here.
    let audiences = &desk.school.settings.agreements.audiences;
    versions.retain(|version| version.in_force && audiences.iter().any(|one| one.agreement == version.key));
    versions.sort_by_key(|version| version.title.to_lowercase());
    let row = |one: &AgreementVersion| {
        let settings = &desk.school.settings;
        let theirs =
            |person: &&Person| settings.agreement_for(person.kind, person.year) == Some(one.key.as_str());
        let asked: Vec<&Person> = people.iter().filter(theirs).collect();
        let owes = |person: &&&Person| standings.get(&person.id).is_some_and(|at| at.owed().is_some());
        Row {
            address: version::address(one.id),
            title: one.title.clone(),
            version: one.version.clone(),
            since: clock.day(one.published_at),
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
