//! The log of reviews of the policy (POL-07): when, with whom, what was decided, when next.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Date;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::refusal::Refusal;
use usher_records::review::{self, Review};

use super::around::{Around, Done, around, lead};
use super::clock::Clock;
use super::field::{Field, Fields};
use super::roll::Roll;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::{page, with_status};

/// What those who see the policy have, and those who keep the log.
pub(super) fn routes() -> Vec<DeskRoute> {
    vec![
        desk_route("/reviews", Act::SeeSettings, get(index)),
        desk_route("/reviews/new", Act::KeepPolicies, get(form).post(keep)),
    ]
}

#[derive(Template)]
#[template(path = "desk/reviews/index.html")]
struct Index {
    f: Frame,
    d: Around,
    overdue: Option<String>,
    next: Option<String>,
    rows: Vec<Row>,
    writes: bool,
}

struct Row {
    day: String,
    consulted: String,
    decisions: String,
    next: String,
    by: String,
}

#[derive(Template)]
#[template(path = "desk/reviews/new.html")]
struct New {
    f: Frame,
    d: Around,
    errors: Errors,
    fields: Vec<Field>,
}

/// The day a review was due, where it is past.
pub(super) async fn overdue(app: &App, desk: &AtDesk) -> Result<Option<Date>, AppFault> {
    Ok(review::overdue(&app.books.values::<Review>().await?, Clock::at(desk).today()))
}

async fn index(State(app): State<App>, desk: AtDesk, Query(done): Query<Done>) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/reviews", "reviews-title");
    let (roll, clock) = (Roll::of(&app).await?, Clock::at(&desk));
    let mut all = app.books.values::<Review>().await?;
    all.sort_by_key(|review| std::cmp::Reverse((review.day, review.at)));
    let overdue = review::overdue(&all, clock.today());
    let row = |review: &Review| Row {
        day: clock.date(review.day),
        consulted: review.consulted.clone(),
        decisions: review.decisions.clone(),
        next: clock.date(review.next),
        by: roll.name(&f.says, review.by),
    };
    let view = Index {
        overdue: overdue.map(|day| f.says.t1("reviews-overdue", "day", clock.date(day))),
        next: review::latest(&all).map(|review| f.says.t1("reviews-next", "day", clock.date(review.next))),
        rows: all.iter().map(row).collect(),
        writes: desk.may(Act::KeepPolicies).is_ok(),
        f: f.clone().done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

/// A review as typed.
#[derive(Debug, Default, Deserialize)]
struct Typed {
    #[serde(default, rename = "review-day")]
    day: String,
    #[serde(default, rename = "review-consulted")]
    consulted: String,
    #[serde(default, rename = "review-decisions")]
    decisions: String,
    #[serde(default, rename = "review-next")]
    next: String,
}

async fn form(State(app): State<App>, desk: AtDesk) -> Response {
    let day = Clock::at(&desk).today().to_string();
    shown(&app, &desk, &Typed { day, ..Typed::default() }, Errors::none())
}

fn shown(app: &App, desk: &AtDesk, typed: &Typed, errors: Errors) -> Response {
    let (f, d) = around(app, desk, "/reviews", "reviews-new-title");
    let fields = Fields::new(&f.says, &errors);
    let fields = vec![
        fields.date("review-day", &typed.day),
        fields.area("review-consulted", &typed.consulted, 3),
        fields.area("review-decisions", &typed.decisions, 5),
        fields.date("review-next", &typed.next),
    ];
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    with_status(status, &New { fields, f, d, errors })
}

async fn keep(State(app): State<App>, form: DeskForm<Typed>) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let says = Frame::desk(&app, &desk, "/reviews", "reviews-new-title").says;
    let mut errors = Errors::none();
    let mut date = |name, text: &str| {
        text.parse::<Date>()
            .map_err(|_odd| errors.add(name, says.t("reviews-day-missing")))
            .unwrap_or_default()
    };
    let (day, next) = (date("review-day", &typed.day), date("review-next", &typed.next));
    if !errors.is_empty() {
        return Ok(shown(&app, &desk, &typed, errors));
    }
    let review = Review {
        id: app.new_id(),
        day,
        consulted: typed.consulted.clone(),
        decisions: typed.decisions.clone(),
        next,
        by: desk.person.id,
        at: desk.at,
    };
    match review::keep(&review, Clock::at(&desk).today()) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead("/reviews", "review-kept"))
        }
        Err(refusal) => {
            let (field, key) = match refusal {
                Refusal::MeetingOdd => ("review-day", refusal.words()),
                Refusal::EndNeeded => ("review-next", "reviews-next-odd"),
                Refusal::NameNeeded => ("review-consulted", "reviews-nobody"),
                _ => ("review-decisions", "reviews-nothing"),
            };
            Ok(shown(&app, &desk, &typed, Errors::of(field, says.t(key))))
        }
    }
}
