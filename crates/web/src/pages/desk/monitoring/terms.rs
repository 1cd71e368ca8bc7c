//! What the school changed after each term's themes (UM-12).

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::ToSpan as _;
use serde::Deserialize;
use usher_activity::question::{By, Question};
use usher_policy::access::Act;
use usher_records::term_change::{self, TermChange};
use usher_types::calendar::Term;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Field, Fields};
use crate::pages::desk::roll::Roll;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{page, with_status};

/// Where they are.
const ADDRESS: &str = "/monitoring/terms";
/// Themes that are shown: what was found most, and no table of everything.
const MOST_THEMES: usize = 3;

#[derive(Template)]
#[template(path = "desk/monitoring/terms.html")]
struct Terms {
    f: Frame,
    d: Around,
    due: Option<String>,
    writes: bool,
    rows: Vec<Row>,
}

struct Row {
    term: String,
    themes: String,
    changed: String,
    by: String,
}

#[derive(Template)]
#[template(path = "desk/monitoring/term.html")]
struct New {
    f: Frame,
    d: Around,
    errors: Errors,
    term: String,
    themes: String,
    field: Field,
}

/// The term that waits for an entry.
pub(in crate::pages::desk) async fn due(app: &App, desk: &AtDesk) -> Result<Option<Term>, AppFault> {
    let Some(snapshot) = app.snapshot.load_full() else { return Ok(None) };
    let kept = app.books.values::<TermChange>().await?;
    let began = desk.school.zone.local(desk.school.set_up_at).date();
    let terms = &snapshot.document.calendar.terms;
    Ok(term_change::due(terms, &kept, began, Clock::at(desk).today()).cloned())
}

pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, ADDRESS, "term-changes-title");
    let (roll, clock) = (Roll::of(&app).await?, Clock::at(&desk));
    let mut kept = app.books.values::<TermChange>().await?;
    kept.sort_by_key(|entry| std::cmp::Reverse(entry.term.last));
    let row = |entry: &TermChange| Row {
        term: named(&f.says, clock, &entry.term),
        themes: themes(&f.says, &entry.themes),
        changed: entry.changed.clone(),
        by: f.says.t1("register-by", "name", roll.name(&f.says, entry.by)),
    };
    let view = Terms {
        due: due(&app, &desk).await?.map(|term| f.says.t1("term-changes-due", "term", &term.name)),
        writes: desk.may(Act::KeepMonitoring).is_ok(),
        rows: kept.iter().map(row).collect(),
        f: f.clone().done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

fn named(says: &Says, clock: Clock<'_>, term: &Term) -> String {
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("term", &term.name), ("first", &clock.date(term.first)), ("last", &clock.date(term.last))];
    says.terms("term-changes-term", &values)
}

fn themes(says: &Says, themes: &[(String, u64)]) -> String {
    let line = |(theme, count): &(String, u64)| {
        says.t2("term-changes-theme", ("theme", &says.of("report-theme", theme)), ("count", count))
    };
    let lines: Vec<String> = themes.iter().map(line).collect();
    if lines.is_empty() { says.t("term-changes-no-themes") } else { lines.join(", ") }
}

/// What was found most in a term.
async fn found(app: &App, desk: &AtDesk, term: &Term) -> Result<Vec<(String, u64)>, AppFault> {
    let (zone, activity) = (&desk.school.zone, Arc::clone(&app.activity));
    let (from, until) = (zone.start_of(term.first), zone.start_of(term.last.saturating_add(1.days())));
    let asked = Question::all(app.books.school(), from, until);
    let work = move || activity.counts(&asked, &By::Theme);
    let counts = tokio::task::spawn_blocking(work).await.map_err(|_stopped| AppFault::NotFound)??;
    let mut found: Vec<(String, u64)> =
        counts.into_iter().map(|(theme, figures)| (theme, figures.found)).collect();
    found.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    found.truncate(MOST_THEMES);
    Ok(found)
}

/// What was changed, as typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default, rename = "term-changed")]
    changed: String,
}

pub(super) async fn form(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    match due(&app, &desk).await? {
        Some(term) => shown(&app, &desk, &term, "", Errors::none()).await,
        None => Ok(Redirect::to(ADDRESS).into_response()),
    }
}

async fn shown(
    app: &App,
    desk: &AtDesk,
    term: &Term,
    changed: &str,
    errors: Errors,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, ADDRESS, "term-changes-new");
    let found = found(app, desk, term).await?;
    let field = Fields::new(&f.says, &errors).area("term-changed", changed, 5);
    let (term, themes) = (named(&f.says, Clock::at(desk), term), themes(&f.says, &found));
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &New { f, d, errors, term, themes, field }))
}

pub(super) async fn keep(State(app): State<App>, form: DeskForm<Typed>) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let Some(term) = due(&app, &desk).await? else { return Ok(Redirect::to(ADDRESS).into_response()) };
    let entry = TermChange {
        id: app.new_id(),
        themes: found(&app, &desk, &term).await?,
        changed: typed.changed.clone(),
        by: desk.person.id,
        at: desk.at,
        term: term.clone(),
    };
    let earlier = app.books.values::<TermChange>().await?;
    match term_change::keep(&entry, &earlier, Clock::at(&desk).today()) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead(ADDRESS, "term-change-kept"))
        }
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, ADDRESS, "term-changes-new").says;
            let errors = Errors::of("term-changed", says.t(refusal.words()));
            shown(&app, &desk, &term, &typed.changed, errors).await
        }
    }
}
