//! Who looked at whose web use, when and why (MON-04): for the head and the chair of governors.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::look::Look;

use super::around::{Around, around};
use super::clock::Clock;
use super::field::{Field, Fields};
use super::roll::Roll;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::page;

/// Looks shown; older ones are found by searching.
const MOST_SHOWN: usize = 200;

/// What readers of the journal have.
pub(super) fn routes() -> Vec<DeskRoute> {
    vec![desk_route("/looks", Act::ReadJournal, get(show))]
}

#[derive(Template)]
#[template(path = "desk/looks.html")]
struct Looks {
    f: Frame,
    d: Around,
    search: Field,
    rows: Vec<Row>,
}

struct Row {
    when: String,
    by: String,
    person: String,
    reason: String,
}

/// What the list is narrowed by.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/looks", "looks-title");
    let roll = Roll::of(&app).await?;
    let clock = Clock::at(&desk);
    let wanted = asked.q.trim().to_lowercase();
    let mut looks = app.books.values::<Look>().await?;
    looks.sort_by_key(|look| std::cmp::Reverse((look.at, look.id)));
    let rows = looks.into_iter().map(|look| Row {
        when: clock.time(look.at),
        by: roll.name(&f.says, look.by),
        person: roll.name(&f.says, look.person),
        reason: look.reason,
    });
    let fits =
        |row: &Row| format!("{} {} {}", row.by, row.person, row.reason).to_lowercase().contains(&wanted);
    let rows = rows.filter(fits).take(MOST_SHOWN).collect();
    let none = Errors::none();
    let search = Fields::new(&f.says, &none).short("q", asked.q).labelled(f.says.t("looks-search"));
    Ok(page(&Looks { search, rows, f, d }))
}
