//! The violations register (INC-01): entries that only grow, corrections beside what they correct, printed by the term.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::civil::Date;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::change::Stored;
use usher_records::refusal::Refusal;
use usher_records::register::{self, Entry, EntryKind};
use usher_types::calendar::SchoolCalendar;
use usher_types::ids;
use usher_types::moment::Moment;

use super::around::{Around, around, lead};
use super::clock::Clock;
use super::field::{Choice, Field, Fields, choosing};
use super::lessons::calendar;
use super::roll::{self, Roll};
use super::sign_in::Pressed;
use super::unrestricted::{next_number, number_taken};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::{page, with_status};

/// What readers of the register have.
pub(super) fn routes() -> Vec<DeskRoute> {
    let read = Act::ReadRegister;
    vec![
        desk_route("/register", read, get(show)),
        desk_route("/register/{id}/entered", read, post(entered)),
        desk_route("/register/{id}/correct", read, get(correct_form).post(correct)),
    ]
}

#[derive(Template)]
#[template(path = "desk/register.html")]
struct Register {
    f: Frame,
    d: Around,
    search: Vec<Field>,
    term: String,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    number: u32,
    when: String,
    kind: &'static str,
    person: String,
    text: String,
    by: String,
    head: Option<String>,
    entered: Option<String>,
    corrects: Option<u32>,
}

/// What the register is narrowed by.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    term: String,
    #[serde(default)]
    entered: String,
    #[serde(default)]
    done: Option<String>,
}

/// Shows the register.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/register", "register-title");
    let roll = Roll::of(&app).await?;
    let mut entries = app.books.values::<Entry>().await?;
    entries.sort_by_key(|entry| entry.number);
    let calendar = calendar(app.snapshot.load().as_deref());
    let term = term(&calendar, &asked.term);
    let rows = entries
        .iter()
        .filter(|entry| asked.entered.is_empty() || entry.entered.is_some() == (asked.entered == "yes"))
        .filter(|entry| term.is_none_or(|(first, last, _)| within(&desk, entry.at, first, last)))
        .map(|entry| row(&f, &desk, &roll, entry, &entries))
        .collect();
    let none = Errors::none();
    let fields = Fields::new(&f.says, &none);
    let all = Choice::new("", f.says.t("register-all-terms"));
    let terms = calendar.terms.iter().map(|term| Choice::new(term.first, &term.name));
    let states = vec![
        Choice::new("", f.says.t("register-any")),
        Choice::new("no", f.says.t("register-not-entered")),
        Choice::new("yes", f.says.t("register-entered")),
    ];
    let search = vec![
        fields.select("term", choosing(std::iter::once(all).chain(terms).collect(), &asked.term)),
        fields.select("entered", choosing(states, &asked.entered)),
    ];
    let term = term.map_or_else(|| f.says.t("register-all-terms"), |(_, _, name)| name.to_owned());
    let f = f.done(asked.done.as_deref());
    Ok(page(&Register { search, term, rows, f, d }))
}

/// The term whose first day is named, with its last day and name.
fn term<'a>(calendar: &'a SchoolCalendar, first: &str) -> Option<(Date, Date, &'a str)> {
    let first: Date = first.parse().ok()?;
    let term = calendar.term_on(first)?;
    Some((term.first, term.last, &term.name))
}

fn within(desk: &AtDesk, at: Moment, first: Date, last: Date) -> bool {
    let date = desk.school.zone.local(at).date();
    first <= date && date <= last
}

fn row(f: &Frame, desk: &AtDesk, roll: &Roll, entry: &Entry, all: &[Entry]) -> Row {
    let clock = Clock::at(desk);
    let corrected = |id| all.iter().find(|other| other.id == id).map(|other| other.number);
    Row {
        id: entry.id.to_string(),
        number: entry.number,
        when: clock.full(entry.at),
        kind: match entry.kind {
            EntryKind::Unrestricted => "register-kind-unrestricted",
            EntryKind::Correction => "register-kind-correction",
        },
        person: roll.name(&f.says, entry.person),
        text: entry.text.clone(),
        by: roll.name(&f.says, entry.by),
        head: entry.head_told_at.map(|at| clock.full(at)),
        entered: entry.entered.map(|(by, at)| {
            f.says.t2("register-entered-by", ("name", &roll.name(&f.says, by)), ("time", &clock.full(at)))
        }),
        corrects: entry.corrects.and_then(corrected),
    }
}

async fn find(app: &App, id: &str) -> Result<Stored<Entry>, AppFault> {
    app.books.get::<Entry, _>(roll::id::<ids::Entry>(id)?).await?.ok_or(AppFault::NotFound)
}

/// Notes that an entry is in the safeguarding record.
pub(super) async fn entered(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let entry = find(&app, &id).await?;
    let change = register::mark_entered(&entry, form.from.person.id, form.from.at)?;
    app.commit(&change, &form.from.actor()).await?;
    Ok(lead("/register", "register-entered"))
}

#[derive(Template)]
#[template(path = "desk/correct.html")]
struct CorrectPage {
    f: Frame,
    d: Around,
    errors: Errors,
    action: String,
    number: u32,
    text: String,
    field: Field,
}

/// A correction as sent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    text: String,
}

/// Shows the form for a correction.
pub(super) async fn correct_form(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let entry = find(&app, &id).await?;
    Ok(correcting(&app, &desk, &entry.value, "", Errors::none()))
}

fn correcting(app: &App, desk: &AtDesk, entry: &Entry, text: &str, errors: Errors) -> Response {
    let (f, d) = around(app, desk, "/register", "register-correct-title");
    let field =
        Fields::new(&f.says, &errors).area("text", text, 5).labelled(f.says.t("register-correct-label"));
    let action = format!("/register/{}/correct", entry.id);
    let page = CorrectPage { action, number: entry.number, text: entry.text.clone(), field, f, d, errors };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    with_status(status, &page)
}

/// Adds a correction as another entry.
pub(super) async fn correct(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Filled>,
) -> Result<Response, AppFault> {
    let (desk, filled) = (form.from, form.value);
    let entry = find(&app, &id).await?;
    let next = (app.new_id(), next_number(&app).await?);
    match register::correct(&entry.value, next, &filled.text, desk.person.id, desk.at) {
        Ok(change) => match app.books.commit(&change, &desk.actor(), desk.at).await {
            Ok(_) => Ok(lead("/register", "register-corrected")),
            Err(error) if number_taken(&error) => Err(Refusal::Conflict.into()),
            Err(error) => Err(error.into()),
        },
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, "/register", "register-title").says;
            let errors = Errors::of("text", says.t(refusal.words()));
            Ok(correcting(&app, &desk, &entry.value, &filled.text, errors))
        }
    }
}
