//! The register of personal data breaches (DPR-12): each with its hours left, and what was decided.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::breach::{self, Body, Breach, BreachNoun, Decided, Other};
use usher_records::refusal::Refusal;
use usher_types::moment::Moment;

use super::around::{Around, Done, around, lead};
use super::clock::Clock;
use super::field::{Choice, Field, Fields, choosing};
use super::roll::{self, Roll};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::{page, with_status};

/// Breaches shown that are decided: a school has a few in a year.
const MOST_DECIDED: usize = 100;
/// Fewer hours left than this is urgent: a school day.
const URGENT_MINUTES: i64 = 24 * 60;

/// What those who read the violations register have.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::ReadRegister;
    vec![
        desk_route("/breaches", act, get(index)),
        desk_route("/breaches/new", act, get(form).post(note)),
        desk_route("/breaches/{id}", act, get(show)),
        desk_route("/breaches/{id}/decide", act, post(decide)),
        desk_route("/breaches/{id}/tell", act, post(tell)),
    ]
}

#[derive(Template)]
#[template(path = "desk/breaches/index.html")]
struct Index {
    f: Frame,
    d: Around,
    open: Vec<Row>,
    decided: Vec<Row>,
}

struct Row {
    address: String,
    what: String,
    whose: String,
    found: String,
    tone: &'static str,
    /// Hours left, or what was decided.
    stands: String,
    /// Who else is still to be thought of.
    left: Option<String>,
    why: Option<String>,
    by: String,
}

#[derive(Template)]
#[template(path = "desk/breaches/new.html")]
struct New {
    f: Frame,
    d: Around,
    errors: Errors,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "desk/breaches/show.html")]
struct Show {
    f: Frame,
    d: Around,
    errors: Errors,
    row: Row,
    /// While it is open.
    fields: Vec<Field>,
    /// Who else was told, or need not be, and why.
    others: Vec<(String, String, String)>,
    /// While somebody is left.
    other_fields: Vec<Field>,
}

fn row(f: &Frame, desk: &AtDesk, roll: &Roll, breach: &Breach) -> Row {
    let (says, clock) = (&f.says, Clock::at(desk));
    let minutes = breach.due().seconds_since(desk.at) / 60;
    let (tone, stands) = match &breach.decided {
        Some(decided) => (if breach.is_settled() { "go" } else { "wait" }, said(f, desk, roll, decided)),
        None if minutes <= 0 => ("stop", says.t1("breach-over", "when", clock.full(breach.due()))),
        None => {
            let tone = if minutes < URGENT_MINUTES { "stop" } else { "wait" };
            (tone, says.n("breach-left", "hours", minutes / 60))
        }
    };
    Row {
        address: format!("/breaches/{}", breach.id),
        what: breach.what.clone(),
        whose: breach.whose.clone(),
        found: clock.full(breach.found),
        tone,
        stands,
        left: left(f, breach),
        why: breach.decided.as_ref().map(|decided| decided.why.clone()),
        by: says.t1("register-by", "name", roll.name(says, breach.by)),
    }
}

/// Whether somebody was told, and who says so.
fn said(f: &Frame, desk: &AtDesk, roll: &Roll, decided: &Decided) -> String {
    let key = if decided.told { "breach-told" } else { "breach-not-told" };
    let (name, day) = (roll.name(&f.says, decided.by), Clock::at(desk).full(decided.at));
    f.says.t2(key, ("name", &name), ("day", &day))
}

/// Those about whom nothing is decided yet, in words.
fn left(f: &Frame, breach: &Breach) -> Option<String> {
    let names: Vec<String> = breach.left().map(|body| f.says.of("breach-body", body.name())).collect();
    (!names.is_empty()).then(|| f.says.t1("breach-others-left", "names", f.says.list(&names)))
}

async fn index(State(app): State<App>, desk: AtDesk, Query(done): Query<Done>) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/breaches", "breaches-title");
    let roll = Roll::of(&app).await?;
    let mut all = app.books.values::<Breach>().await?;
    all.sort_by_key(|breach| std::cmp::Reverse((breach.found, breach.id)));
    let (decided, mut open): (Vec<_>, Vec<_>) = all.iter().partition(|breach| breach.is_settled());
    // Whose time is over first comes first.
    open.reverse();
    let view = Index {
        open: open.into_iter().map(|breach| row(&f, &desk, &roll, breach)).collect(),
        decided: decided.into_iter().take(MOST_DECIDED).map(|breach| row(&f, &desk, &roll, breach)).collect(),
        f: f.clone().done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

/// A breach as typed.
#[derive(Debug, Default, Deserialize)]
struct Typed {
    #[serde(default, rename = "breach-what")]
    what: String,
    #[serde(default, rename = "breach-whose")]
    whose: String,
    #[serde(default, rename = "breach-day")]
    day: String,
    #[serde(default, rename = "breach-time")]
    time: String,
}

async fn form(State(app): State<App>, desk: AtDesk) -> Response {
    let now = desk.school.zone.local(desk.at);
    let (day, time) = (now.date().to_string(), now.time().strftime("%H:%M").to_string());
    shown(&app, &desk, &Typed { day, time, ..Typed::default() }, Errors::none())
}

fn shown(app: &App, desk: &AtDesk, typed: &Typed, errors: Errors) -> Response {
    let (f, d) = around(app, desk, "/breaches", "breach-new-title");
    let fields = Fields::new(&f.says, &errors);
    let fields = vec![
        fields.area("breach-what", &typed.what, 4),
        fields.area("breach-whose", &typed.whose, 2),
        fields.date("breach-day", &typed.day),
        fields.input("breach-time", "time", &typed.time, "", "govuk-input--width-5"),
    ];
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    with_status(status, &New { f, d, errors, fields })
}

async fn note(State(app): State<App>, form: DeskForm<Typed>) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let says = Frame::desk(&app, &desk, "/breaches", "breach-new-title").says;
    let found: Option<Moment> = desk.school.zone.parse(&format!("{}T{}", typed.day, typed.time)).ok();
    let Some(found) = found else {
        return Ok(shown(&app, &desk, &typed, Errors::of("breach-day", says.t("breach-day-missing"))));
    };
    let breach = Breach {
        id: app.new_id(),
        what: typed.what.clone(),
        whose: typed.whose.clone(),
        found,
        by: desk.person.id,
        at: desk.at,
        decided: None,
        others: Vec::new(),
    };
    match breach::note(&breach) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/breaches", "breach-noted"))
        }
        Err(refusal) => {
            let (field, key) = match refusal {
                Refusal::NameNeeded => ("breach-whose", "breach-whose-missing"),
                Refusal::MeetingOdd => ("breach-day", "breach-day-odd"),
                _ => ("breach-what", "breach-what-missing"),
            };
            Ok(shown(&app, &desk, &typed, Errors::of(field, says.t(key))))
        }
    }
}

/// What is decided, as typed.
#[derive(Debug, Default, Deserialize)]
struct Choosing {
    #[serde(default, rename = "breach-told")]
    told: String,
    #[serde(default, rename = "breach-why")]
    why: String,
    #[serde(default, rename = "breach-body")]
    body: String,
    #[serde(default, rename = "breach-other-told")]
    other_told: String,
    #[serde(default, rename = "breach-other-why")]
    other_why: String,
}

/// What a choice of the two says; none where none is made.
fn yes_or_no(chosen: &str) -> Option<bool> {
    match chosen {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

async fn show(State(app): State<App>, desk: AtDesk, Path(id): Path<String>) -> Result<Response, AppFault> {
    one(&app, &desk, &id, &Choosing::default(), Errors::none()).await
}

async fn one(
    app: &App,
    desk: &AtDesk,
    id: &str,
    typed: &Choosing,
    errors: Errors,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/breaches", "breach-title");
    let id = roll::id::<BreachNoun>(id)?;
    let breach = app.books.get::<Breach, _>(id).await?.ok_or(AppFault::NotFound)?.value;
    let told = |chosen: &str| {
        let told = ["yes", "no"].map(|name| Choice::new(name, f.says.of("breach-choice", name)));
        choosing(told.into(), chosen)
    };
    let made = Fields::new(&f.says, &errors);
    let fields = match breach.decided {
        None => {
            vec![made.radios("breach-told", told(&typed.told)), made.area("breach-why", &typed.why, 3)]
        }
        Some(_) => Vec::new(),
    };
    let bodies: Vec<Choice> =
        breach.left().map(|body| Choice::new(body.name(), f.says.of("breach-body", body.name()))).collect();
    let other_fields = if bodies.is_empty() {
        Vec::new()
    } else {
        vec![
            made.select("breach-body", choosing(bodies, &typed.body)),
            made.radios("breach-other-told", told(&typed.other_told)),
            made.area("breach-other-why", &typed.other_why, 3),
        ]
    };
    let roll = Roll::of(app).await?;
    let other = |other: &Other| {
        let name = f.says.of("breach-body", other.body.name());
        (name, said(&f, desk, &roll, &other.decided), other.decided.why.clone())
    };
    let others = breach.others.iter().map(other).collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let row = row(&f, desk, &roll, &breach);
    Ok(with_status(status, &Show { f, d, errors, row, fields, others, other_fields }))
}

async fn decide(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Choosing>,
) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let says = Frame::desk(&app, &desk, "/breaches", "breach-title").says;
    let number = roll::id::<BreachNoun>(&id)?;
    let breach = app.books.get::<Breach, _>(number).await?.ok_or(AppFault::NotFound)?;
    let Some(told) = yes_or_no(&typed.told) else {
        let errors = Errors::of("breach-told", says.t("breach-told-missing"));
        return one(&app, &desk, &id, &typed, errors).await;
    };
    match breach::decide(&breach, told, &typed.why, (desk.person.id, desk.at)) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/breaches", "breach-decided"))
        }
        Err(Refusal::AlreadySo) => Ok(lead(&format!("/breaches/{id}"), "breach-decided-before")),
        Err(refusal) => {
            one(&app, &desk, &id, &typed, Errors::of("breach-why", says.t(refusal.words()))).await
        }
    }
}

/// Notes whether one of the others was told (CY-16).
async fn tell(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Choosing>,
) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let says = Frame::desk(&app, &desk, "/breaches", "breach-title").says;
    let breach = app.books.get::<Breach, _>(roll::id::<BreachNoun>(&id)?).await?.ok_or(AppFault::NotFound)?;
    let body = Body::named(&typed.body).ok_or(AppFault::NotFound)?;
    let Some(told) = yes_or_no(&typed.other_told) else {
        let errors = Errors::of("breach-other-told", says.t("breach-told-missing"));
        return one(&app, &desk, &id, &typed, errors).await;
    };
    match breach::tell(&breach, body, (told, &typed.other_why), (desk.person.id, desk.at)) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead(&format!("/breaches/{id}"), "breach-decided"))
        }
        Err(Refusal::AlreadySo) => Ok(lead(&format!("/breaches/{id}"), "breach-decided-before")),
        Err(refusal) => {
            one(&app, &desk, &id, &typed, Errors::of("breach-other-why", says.t(refusal.words()))).await
        }
    }
}
