//! Every permission somebody may see: what waits for them first. The software register is this list, narrowed (PRM-01).

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::permission::matter::Matter;
use usher_records::permission::{Permission, State as Now};
use usher_records::request::UnblockRequest;

use super::{Shelf, say};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::roll::Roll;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::page;

/// Rows shown; what is older is found by a search.
const MOST_ROWS: usize = 100;
/// What the list may be narrowed to.
const SHOWN: [&str; 5] = ["me", "waits", "open", "done", "all"];

#[derive(Template)]
#[template(path = "desk/permissions/index.html")]
struct Index {
    f: Frame,
    d: Around,
    search: Vec<Field>,
    rows: Vec<Row>,
    more: bool,
    none: String,
    /// Pages people ask for, where this person sees them: how many wait.
    requests: Option<String>,
    unrestricted: bool,
}

struct Row {
    address: String,
    title: String,
    who: String,
    facts: Vec<(String, String)>,
    reason: String,
    tone: &'static str,
    state: String,
    mine: bool,
}

/// What the list is narrowed by.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    matter: String,
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
    let (f, d) = around(&app, &desk, "/permissions", "permissions-title");
    let roll = Roll::of(&app).await?;
    let mut all = app.books.values::<Permission>().await?;
    all.sort_by_key(|permission| std::cmp::Reverse(permission.asked_at()));
    let shelf = Shelf::of(&app, &desk, &roll, &all).await?;
    let me = |permission: &Permission| shelf.decides(permission) || waits_of(&shelf, &desk, permission);
    let state = match asked.state.as_str() {
        chosen if SHOWN.contains(&chosen) => chosen,
        // Whoever has nothing to decide comes to see what is open.
        _ if all.iter().any(&me) => "me",
        _ => "open",
    };
    let matter = Matter::named(&asked.matter);
    let wanted = asked.q.trim().to_lowercase();
    let clock = Clock::at(&desk);
    let mut rows = Vec::new();
    for permission in all.iter().filter(|one| matter.is_none_or(|matter| one.ask.matter == matter)) {
        let now = shelf.state(permission);
        let fits = match state {
            "me" => me(permission),
            "waits" => now.waits(),
            "open" => matches!(now, Now::Open | Now::Begins),
            "done" => matches!(now, Now::Refused | Now::Ended | Now::Over),
            _ => true,
        };
        if fits && shelf.sees(permission) {
            let row = row(&f, &shelf, clock, permission);
            if row.is_about(&wanted) {
                rows.push(row);
            }
        }
    }
    let more = rows.len() > MOST_ROWS;
    rows.truncate(MOST_ROWS);
    let requests = requests(&app, &desk, &f).await?;
    let none = f.says.of("permissions-none", state);
    let search = search(&f, state, &asked);
    let unrestricted = desk.may(Act::OpenUnrestricted).is_ok();
    let f = f.done(asked.done.as_deref());
    Ok(page(&Index { search, rows, more, none, requests, unrestricted, f, d }))
}

/// Whether it is what whoever looks asked for, and waits.
fn waits_of(shelf: &Shelf<'_>, desk: &AtDesk, permission: &Permission) -> bool {
    permission.asker() == Some(desk.person.id) && shelf.state(permission).waits()
}

fn search(f: &Frame, state: &str, asked: &Asked) -> Vec<Field> {
    let none = Errors::none();
    let fields = Fields::new(&f.says, &none);
    let states = SHOWN.map(|name| Choice::new(name, f.says.of("permissions-show", name)));
    let any = Choice::new("", f.says.t("permissions-any"));
    let matters = Matter::all().map(|matter| Choice::new(matter.name(), say::matter(&f.says, matter)));
    vec![
        fields.select("state", choosing(states.to_vec(), state)),
        fields.select("matter", choosing(std::iter::once(any).chain(matters).collect(), &asked.matter)),
        fields.short("q", asked.q.as_str()).labelled(f.says.t("permissions-search")),
    ]
}

fn row(f: &Frame, shelf: &Shelf<'_>, clock: Clock<'_>, permission: &Permission) -> Row {
    let says = &f.says;
    let state = shelf.state(permission);
    let asker = permission.asker().map(|asker| shelf.roll.name(says, asker)).unwrap_or_default();
    Row {
        address: format!("/permissions/{}", permission.id),
        title: say::title(says, permission),
        who: says.t2("permission-asked-by", ("name", &asker), ("time", &clock.time(permission.asked_at()))),
        facts: say::facts(says, shelf, permission, clock),
        reason: permission.ask.reason.clone(),
        tone: tone(state),
        state: says.of("permission-state", state.name()),
        mine: shelf.decides(permission),
    }
}

/// The colour of a state.
pub(super) const fn tone(state: Now) -> &'static str {
    match state {
        Now::Waits | Now::WaitsForSecond => "wait",
        Now::Open | Now::Begins => "go",
        Now::Refused => "stop",
        Now::Ended | Now::Over => "info",
    }
}

impl Row {
    fn is_about(&self, wanted: &str) -> bool {
        let facts = self.facts.iter().map(|(_, value)| value.as_str());
        let text: Vec<&str> =
            [self.title.as_str(), &self.who, &self.reason].into_iter().chain(facts).collect();
        text.join(" ").to_lowercase().contains(wanted)
    }
}

async fn requests(app: &App, desk: &AtDesk, f: &Frame) -> Result<Option<String>, AppFault> {
    if desk.may(Act::SeeRequests).is_err() {
        return Ok(None);
    }
    let waiting = app.books.find::<UnblockRequest>("state", "waiting").await?.len();
    Ok(Some(f.says.n("permissions-requests", "count", waiting)))
}
