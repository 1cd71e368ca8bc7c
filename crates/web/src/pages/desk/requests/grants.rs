//! Pages that are open to somebody until a time, each with its owner, its reason and its end.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use usher_records::grant::{self, Grant, Scope};
use usher_records::lesson::Lesson;
use usher_types::ids;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::roll::{self, Roll};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::page;

/// Grants shown that are over; older ones are in the journal.
const MOST_OVER: usize = 100;

#[derive(Template)]
#[template(path = "desk/requests/grants.html")]
struct Grants {
    f: Frame,
    d: Around,
    search: Vec<Field>,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    page: String,
    whom: String,
    reason: String,
    owner: String,
    until: String,
    open: bool,
}

/// What the list is narrowed by.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    done: Option<String>,
}

/// Shows the list.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/grants", "grants-title");
    let roll = Roll::of(&app).await?;
    let clock = Clock::at(&desk);
    let over = asked.state == "over";
    let mut grants = app.books.values::<Grant>().await?;
    grants.retain(|grant| grant.is_over(desk.at) == over);
    grants.sort_by_key(|grant| grant.until);
    if over {
        grants.reverse();
        grants.truncate(MOST_OVER);
    }
    let wanted = asked.q.trim().to_lowercase();
    let mut rows = Vec::new();
    for grant in grants {
        let row = Row {
            id: grant.id.to_string(),
            page: grant.page.to_string(),
            whom: whom(&app, &f, &roll, grant.scope).await?,
            owner: roll.name(&f.says, grant.owner),
            until: clock.time(grant.ended_at.unwrap_or(grant.until)),
            open: !grant.is_over(desk.at),
            reason: grant.reason,
        };
        let text = format!("{} {} {} {}", row.page, row.whom, row.owner, row.reason).to_lowercase();
        if text.contains(&wanted) {
            rows.push(row);
        }
    }
    let none = Errors::none();
    let fields = Fields::new(&f.says, &none);
    let states =
        vec![Choice::new("open", f.says.t("grants-open")), Choice::new("over", f.says.t("grants-over"))];
    let state = if over { "over" } else { "open" };
    let search = vec![
        fields.select("state", choosing(states, state)),
        fields.short("q", asked.q).labelled(f.says.t("grants-search")),
    ];
    let f = f.done(asked.done.as_deref());
    Ok(page(&Grants { search, rows, f, d }))
}

pub(super) async fn whom(app: &App, f: &Frame, roll: &Roll, scope: Scope) -> Result<String, AppFault> {
    Ok(match scope {
        Scope::Person(person) | Scope::PupilIn(_, person) => roll.name(&f.says, person),
        Scope::Group(group) => roll.class_name(&f.says, group),
        Scope::Kind(kind) => f.says.t(format!("report-kinds-{}", kind.name())),
        Scope::Lesson(id) => {
            let lesson = app.books.get::<Lesson, _>(id).await?;
            let class = lesson.map(|lesson| roll.class_name(&f.says, lesson.value.group));
            f.says.t1("grant-lesson", "class", class.unwrap_or_default())
        }
    })
}

/// Takes a grant back.
pub(super) async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    asked: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let grant = app.books.get::<Grant, _>(roll::id::<ids::Grant>(&id)?).await?.ok_or(AppFault::NotFound)?;
    app.commit(&grant::end(&grant, asked.from.at)?, &asked.from.actor()).await?;
    Ok(lead("/grants", "page-taken-back"))
}
