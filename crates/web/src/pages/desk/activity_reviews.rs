//! Leaders look through a fair sample of the school's web use and sign it (MON-05).

use std::ops::ControlFlow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use jiff::civil::Date;
use serde::Deserialize;
use usher_activity::question::Question;
use usher_policy::access::Act;
use usher_records::activity_review::{self, ActivityReview, ActivityReviewId};
use usher_reports::activity_sample::{Drawn, SampleFold};
use usher_reports::names::Names;
use usher_types::moment::Moment;

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

/// All of them.
const ADDRESS: &str = "/activity-reviews";
/// What one review looks back over at most: a long term. What is older was not looked at, and the page says from when it was.
const MOST_MINUTES: i64 = 120 * 24 * 60;

/// What leaders have.
pub(super) fn routes() -> Vec<DeskRoute> {
    vec![
        desk_route("/activity-reviews", Act::ReviewActivity, get(index).post(begin)),
        desk_route("/activity-reviews/{id}", Act::ReviewActivity, get(show).post(sign)),
    ]
}

#[derive(Template)]
#[template(path = "desk/activity-reviews/index.html")]
struct Index {
    f: Frame,
    d: Around,
    due: String,
    overdue: bool,
    open: Option<String>,
    rows: Vec<Row>,
}

struct Row {
    address: String,
    span: String,
    signed: String,
    comments: String,
}

#[derive(Template)]
#[template(path = "desk/activity-reviews/show.html")]
struct Show {
    f: Frame,
    d: Around,
    errors: Errors,
    action: String,
    span: String,
    counts: String,
    days: Vec<(String, Vec<Line>)>,
    signed: Option<(String, String)>,
    comments: Field,
}

struct Line {
    time: String,
    who: String,
    page: String,
    refused: bool,
    why: String,
}

/// What leaders signed.
#[derive(Debug, Default, Deserialize)]
struct Typed {
    #[serde(default)]
    comments: String,
}

/// The day a review was due, where it is past.
pub(super) async fn overdue(app: &App, desk: &AtDesk) -> Result<Option<Date>, AppFault> {
    let due = due(desk, &app.books.values::<ActivityReview>().await?);
    Ok((due < Clock::at(desk).today()).then_some(due))
}

fn due(desk: &AtDesk, reviews: &[ActivityReview]) -> Date {
    let (school, every) = (&desk.school, desk.school.settings.reports.review_every_days);
    activity_review::due(reviews, school.set_up_at, every, &school.zone)
}

async fn index(State(app): State<App>, desk: AtDesk, Query(done): Query<Done>) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, ADDRESS, "activity-reviews-title");
    let (roll, clock) = (Roll::of(&app).await?, Clock::at(&desk));
    let mut all = app.books.values::<ActivityReview>().await?;
    all.sort_by_key(|review| std::cmp::Reverse((review.at, review.id)));
    let day = due(&desk, &all);
    let overdue = day < clock.today();
    let key = if overdue { "activity-reviews-overdue" } else { "activity-reviews-due" };
    let row = |review: &ActivityReview| {
        let signed = review.signed.as_ref()?;
        let by = roll.name(&f.says, signed.by);
        Some(Row {
            address: format!("{ADDRESS}/{}", review.id),
            span: span(&f, clock, review),
            signed: f.says.t2("activity-review-signed", ("name", &by), ("date", &clock.day(signed.at))),
            comments: signed.comments.clone(),
        })
    };
    let open = all.iter().find(|review| review.signed.is_none());
    let view = Index {
        due: f.says.t1(key, "day", clock.date(day)),
        overdue,
        open: open.map(|review| format!("{ADDRESS}/{}", review.id)),
        rows: all.iter().filter_map(row).collect(),
        f: f.clone().done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

fn span(f: &Frame, clock: Clock<'_>, review: &ActivityReview) -> String {
    let (from, until) = (clock.day(review.from), clock.day(review.until));
    f.says.t2("activity-review-span", ("from", &from), ("until", &until))
}

/// Draws the sample and begins.
async fn begin(State(app): State<App>, form: DeskForm<Typed>) -> Result<Response, AppFault> {
    let desk = form.from;
    let earlier = app.books.values::<ActivityReview>().await?;
    let id: ActivityReviewId = app.new_id();
    let longest = desk.at.plus_minutes(-MOST_MINUTES);
    let from = activity_review::next_from(&earlier, desk.school.set_up_at).max(longest);
    let drawn = draw(&app, id, from, desk.at).await?;
    let review = ActivityReview {
        id,
        from,
        until: desk.at,
        opened: drawn.opened,
        refused: drawn.refused,
        sample: drawn.sample,
        by: desk.person.id,
        at: desk.at,
        signed: None,
    };
    match activity_review::begin(&review, &earlier) {
        Ok(change) => app.commit(&change, &desk.actor()).await?,
        // A colleague began one meanwhile: theirs is the one to read.
        Err(_open) => return Ok(lead(ADDRESS, "activity-review-open")),
    }
    Ok(Redirect::to(&format!("{ADDRESS}/{id}")).into_response())
}

/// Draws from the events, off the runtime: they are read from the disk.
async fn draw(app: &App, id: ActivityReviewId, from: Moment, until: Moment) -> Result<Drawn, AppFault> {
    let (people, groups) = (app.books.values().await?, app.books.values().await?);
    let (activity, words, school) = (Arc::clone(&app.activity), Arc::clone(&app.words), app.books.school());
    let work = move || {
        let names = Names::of(&people, &groups);
        let mut fold = SampleFold::new(id.number(), &names, &words);
        activity.scan(&Question::all(school, from, until), &mut |event| {
            fold.add(&event);
            ControlFlow::Continue(())
        })?;
        Ok::<_, AppFault>(fold.finish())
    };
    tokio::task::spawn_blocking(work).await.map_err(|_stopped| AppFault::NotFound)?
}

async fn show(State(app): State<App>, desk: AtDesk, Path(id): Path<String>) -> Result<Response, AppFault> {
    let review = find(&app, &id).await?.value;
    shown(&app, &desk, &review, "", Errors::none()).await
}

async fn find(app: &App, id: &str) -> Result<usher_records::change::Stored<ActivityReview>, AppFault> {
    let id: ActivityReviewId = id.parse().map_err(|_odd| AppFault::NotFound)?;
    app.books.get::<ActivityReview, _>(id).await?.ok_or(AppFault::NotFound)
}

async fn shown(
    app: &App,
    desk: &AtDesk,
    review: &ActivityReview,
    typed: &str,
    errors: Errors,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, ADDRESS, "activity-review-title");
    let (roll, clock) = (Roll::of(app).await?, Clock::at(desk));
    let mut days: Vec<(String, Vec<Line>)> = Vec::new();
    for seen in &review.sample {
        let who = match (&seen.class, seen.adult) {
            (Some(class), _) => class.clone(),
            (None, true) => f.says.t("rate-adults"),
            (None, false) => f.says.t("rate-other-pupils"),
        };
        let line = Line {
            time: desk.school.zone.local(seen.at).spoken_time(),
            who,
            page: seen.page.clone(),
            refused: seen.refused,
            why: seen.why.clone(),
        };
        let day = clock.day(seen.at);
        match days.last_mut() {
            Some((known, lines)) if *known == day => lines.push(line),
            _ => days.push((day, vec![line])),
        }
    }
    let signed = review.signed.as_ref().map(|signed| {
        let by = roll.name(&f.says, signed.by);
        let words = f.says.t2("activity-review-signed", ("name", &by), ("date", &clock.day(signed.at)));
        (words, signed.comments.clone())
    });
    let view = Show {
        action: format!("{ADDRESS}/{}", review.id),
        span: span(&f, clock, review),
        counts: f.says.t2("activity-review-counts", ("opened", &review.opened), ("refused", &review.refused)),
        days,
        signed,
        comments: Fields::new(&f.says, &errors)
            .area("comments", typed, 5)
            .labelled(f.says.t("activity-review-comments")),
        f,
        d,
        errors,
    };
    let status = if view.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &view))
}

async fn sign(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Typed>,
) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let review = find(&app, &id).await?;
    match activity_review::sign(&review, &typed.comments, desk.person.id, desk.at) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead(ADDRESS, "activity-review-signed"))
        }
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, ADDRESS, "activity-review-title").says;
            let errors = Errors::of("comments", says.t(refusal.words()));
            shown(&app, &desk, &review.value, &typed.comments, errors).await
        }
    }
}
