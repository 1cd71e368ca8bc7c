//! Who has still to sign, by class (AGR-09), for the screen and for the teacher's desk.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use usher_policy::access::Act;
use usher_reports::agreements::Section;
use usher_reports::document;

use super::read::{self, Asked};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::Field;
use crate::pages::desk::paper::{letterhead, print as to_pdf};
use crate::pages::desk::signing::last_reminder;
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Template)]
#[template(path = "desk/agreements/outstanding.html")]
struct Outstanding {
    f: Frame,
    d: Around,
    search: Vec<Field>,
    query: String,
    sections: Vec<Part>,
    /// Whether this person may remind.
    reminds: bool,
}

struct Part {
    name: String,
    done: String,
    people: Vec<Owing>,
    /// The section as forms name it.
    value: String,
    /// Who reminded them last.
    reminded: Option<String>,
}

struct Owing {
    address: Option<String>,
    name: String,
    missing: String,
}

/// Shows them.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/agreements/outstanding", "report-outstanding-title");
    let mut all = read::everything(&app, &desk).await?;
    all.retain(|section| section.asked > 0);
    let search = read::search(&f.says, &all, &asked, false);
    let people = desk.may(Act::SeePeople).is_ok();
    let clock = Clock::at(&desk);
    let part = |section: &Section| Part {
        value: read::value(&section.of),
        reminded: None,
        name: read::name(&f.says, &section.of),
        done: read::done(&f.says, section),
        people: section
            .outstanding
            .iter()
            .map(|owing| Owing {
                address: people.then(|| format!("/people/{}", owing.person)),
                name: owing.name.clone(),
                missing: read::missing(&f, clock, owing.missing),
            })
            .collect(),
    };
    let narrowed = read::narrow(all, &asked);
    let mut sections: Vec<Part> =
        narrowed.iter().filter(|section| !section.outstanding.is_empty()).map(part).collect();
    for part in &mut sections {
        part.reminded = last_reminder(&app, &desk, &f.says, &part.value).await?;
    }
    let reminds = desk.may(Act::EnterPaper).is_ok();
    let f = f.done(asked.done.as_deref());
    Ok(page(&Outstanding { search, query: asked.query(), sections, reminds, f, d }))
}

/// The same as a PDF, a page for each class.
pub(super) async fn print(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let sections = read::narrow(read::everything(&app, &desk).await?, &asked);
    let document = document::outstanding(&letterhead(&desk, &app.words), &sections);
    to_pdf(&app, &desk, &format!("still-to-sign-{}", Clock::at(&desk).today()), document).await
}
