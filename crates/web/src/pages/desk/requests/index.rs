//! Requests: those that wait, those that were answered.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use usher_records::request::UnblockRequest;

use super::answer::readable;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::address;
use crate::pages::desk::around::{Around, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::roll::Roll;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::page;

/// Answered requests shown; older ones are found by searching.
const MOST_ANSWERED: usize = 100;

#[derive(Template)]
#[template(path = "desk/requests/index.html")]
struct Index {
    f: Frame,
    d: Around,
    search: Vec<Field>,
    answered: bool,
    rows: Vec<Row>,
}

struct Row {
    address: String,
    name: String,
    class: String,
    page: String,
    when: String,
    wrote: Option<String>,
    answer: Option<(bool, String, String)>,
    /// Whether a yes waits for a second person.
    second: bool,
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
    let (f, d) = around(&app, &desk, "/requests", "requests-title");
    let roll = Roll::of(&app).await?;
    let clock = Clock::at(&desk);
    let answered = asked.state == "answered";
    let state = if answered { "answered" } else { "waiting" };
    let found = app.books.find::<UnblockRequest>("state", state).await?;
    let found = found.into_iter().map(|stored| stored.value).collect();
    let mut requests = readable(&app, &desk, found).await?;
    let wanted = asked.q.trim().to_lowercase();
    let mut rows = Vec::new();
    // Whoever has waited longest comes first; of what is done, the latest.
    requests.sort_by_key(|request| request.asked_at);
    if answered {
        requests.reverse();
    }
    for request in requests {
        let row = row(&f, &roll, clock, &request);
        let text = format!("{} {} {}", row.name, row.class, row.page).to_lowercase();
        if text.contains(&wanted) && (!answered || rows.len() < MOST_ANSWERED) {
            rows.push(row);
        }
    }
    let none = Errors::none();
    let fields = Fields::new(&f.says, &none);
    let states = vec![
        Choice::new("waiting", f.says.t("requests-waiting")),
        Choice::new("answered", f.says.t("requests-answered")),
    ];
    let search = vec![
        fields.select("state", choosing(states, state)),
        fields.short("q", asked.q).labelled(f.says.t("requests-search")),
    ];
    let f = f.done(asked.done.as_deref());
    Ok(page(&Index { search, answered, rows, f, d }))
}

fn row(f: &Frame, roll: &Roll, clock: Clock<'_>, request: &UnblockRequest) -> Row {
    let person = roll.person(request.person);
    let class = person.and_then(|person| roll.class_of(person)).map(|group| group.name.clone());
    let kind = person.map(|person| f.says.t(format!("report-kind-{}", person.kind.name())));
    Row {
        address: format!("/requests/{}", request.id),
        name: roll.name(&f.says, request.person),
        class: class.or(kind).unwrap_or_default(),
        page: address::shown(&request.address),
        when: clock.time(request.asked_at),
        wrote: request.reason.clone(),
        second: request.proposed.is_some() && request.answer.is_none(),
        answer: request.answer.as_ref().map(|answer| {
            let by = f.says.t2(
                "requests-answered-by",
                ("name", &roll.name(&f.says, answer.by)),
                ("time", &clock.time(answer.at)),
            );
            (answer.grant.is_some(), answer.words.clone(), by)
        }),
    }
}
