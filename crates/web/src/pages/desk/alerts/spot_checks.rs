//! Spot checks: whoever is told of alerts looks at a few searches that raised none, and says which should have (UM-04).

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use usher_activity::question::Question;
use usher_policy::accuracy::{self, Misses};
use usher_policy::alarm;
use usher_records::alert::Alert;
use usher_records::change::Stored;
use usher_records::spot_check::{self, Drawn, SpotCheck, SpotCheckId};
use usher_reports::quiet_searches::QuietSearches;
use usher_types::ids::EventId;
use usher_types::moment::Moment;
use usher_types::role::Reader;
use usher_words::Value;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields};
use crate::pages::desk::roll::Roll;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

const ADDRESS: &str = "/alerts/spot-checks";

#[derive(Template)]
#[template(path = "desk/alerts/spot-checks.html")]
struct Index {
    f: Frame,
    d: Around,
    due: bool,
    open: Option<String>,
    misses: Option<String>,
    done: Vec<String>,
}

#[derive(Template)]
#[template(path = "desk/alerts/spot-check.html")]
struct Show {
    f: Frame,
    d: Around,
    action: String,
    span: String,
    searches: Option<Field>,
    ended: Option<String>,
}

/// Those that should have raised an alert.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    overlooked: Vec<String>,
}

/// Whether one is due that this person may do.
pub(in crate::pages::desk) async fn due(app: &App, desk: &AtDesk) -> Result<bool, AppFault> {
    if !may(desk) {
        return Ok(false);
    }
    let checks = app.books.values::<SpotCheck>().await?;
    Ok(spot_check::is_due(&checks, desk.school.set_up_at, desk.at))
}

/// What was missed, in words; none before the first check is done.
pub(super) fn misses(says: &Says, checks: &[SpotCheck]) -> Option<String> {
    accuracy::misses(checks).map(|Misses { looked, missed, least, most }| {
        let values = [
            ("looked", Value::from(looked)),
            ("missed", Value::from(missed)),
            ("least", Value::from(least.to_string())),
            ("most", Value::from(most.to_string())),
        ];
        says.words().say(Reader::Adult, "spot-checks-misses", &values)
    })
}

/// Those who are told of pupils' alerts.
fn may(desk: &AtDesk) -> bool {
    alarm::may_drill(&desk.school.settings.alarms, &desk.who())
}

/// To whoever may not, there are none.
fn must(desk: &AtDesk) -> Result<(), AppFault> {
    if may(desk) { Ok(()) } else { Err(AppFault::NotFound) }
}

pub(super) async fn index(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    must(&desk)?;
    let (f, d) = around(&app, &desk, ADDRESS, "spot-checks-title");
    let (roll, clock) = (Roll::of(&app).await?, Clock::at(&desk));
    let mut all = app.books.values::<SpotCheck>().await?;
    all.sort_by_key(|check| std::cmp::Reverse((check.at, check.id)));
    let open = all.iter().find(|check| check.done.is_none());
    let view = Index {
        due: spot_check::is_due(&all, desk.school.set_up_at, desk.at),
        open: open.map(|check| format!("{ADDRESS}/{}", check.id)),
        misses: misses(&f.says, &all),
        done: all.iter().filter_map(|check| ended(&f.says, &roll, clock, check)).collect(),
        f: f.clone().done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

/// A check that is done: who, when, and what came of it.
fn ended(says: &Says, roll: &Roll, clock: Clock<'_>, check: &SpotCheck) -> Option<String> {
    let done = check.done?;
    let (name, day) = (roll.name(says, done.by), clock.day(done.at));
    let values = [
        ("name", Value::from(&name)),
        ("day", Value::from(&day)),
        ("looked", Value::from(done.looked)),
        ("missed", Value::from(done.missed)),
    ];
    Some(says.words().say(Reader::Adult, "spot-check-ended", &values))
}

/// Draws the searches and begins.
pub(super) async fn begin(State(app): State<App>, form: DeskForm<Typed>) -> Result<Response, AppFault> {
    let desk = form.from;
    must(&desk)?;
    let earlier = app.books.values::<SpotCheck>().await?;
    let id: SpotCheckId = app.new_id();
    let from = spot_check::next_from(&earlier, desk.school.set_up_at, desk.at);
    let (quiet, drawn) = draw(&app, id, (from, desk.at)).await?;
    let (by, at) = (desk.person.id, desk.at);
    let check = SpotCheck { id, from, until: at, quiet, drawn, by, at, done: None };
    match spot_check::begin(&check, &earlier) {
        Ok(change) => app.commit(&change, &desk.actor()).await?,
        // A colleague began one meanwhile: theirs is the one to look at.
        Err(_open) => return Ok(lead(ADDRESS, "spot-check-open")),
    }
    Ok(Redirect::to(&format!("{ADDRESS}/{id}")).into_response())
}

/// Draws from the events, off the runtime: they are read from the disk.
async fn draw(
    app: &App,
    id: SpotCheckId,
    (from, until): (Moment, Moment),
) -> Result<(u64, Vec<Drawn>), AppFault> {
    let alerts = app.books.values::<Alert>().await?;
    let (activity, school) = (Arc::clone(&app.activity), app.books.school());
    let work = move || {
        let told: BTreeSet<EventId> = alerts.into_iter().flat_map(|alert| alert.events).collect();
        let mut fold = QuietSearches::new(id.number(), &told);
        activity.scan(&Question::all(school, from, until), &mut |event| {
            fold.add(&event);
            ControlFlow::Continue(())
        })?;
        Ok::<_, AppFault>(fold.finish())
    };
    tokio::task::spawn_blocking(work).await.map_err(|_stopped| AppFault::NotFound)?
}

async fn find(app: &App, id: &str) -> Result<Stored<SpotCheck>, AppFault> {
    let id: SpotCheckId = id.parse().map_err(|_odd| AppFault::NotFound)?;
    app.books.get::<SpotCheck, _>(id).await?.ok_or(AppFault::NotFound)
}

pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    must(&desk)?;
    let check = find(&app, &id).await?.value;
    let (f, d) = around(&app, &desk, ADDRESS, "spot-check-title");
    let (roll, clock) = (Roll::of(&app).await?, Clock::at(&desk));
    let quiet = usize::try_from(check.quiet).unwrap_or(usize::MAX);
    let values = [
        ("from", Value::from(clock.day(check.from))),
        ("until", Value::from(clock.day(check.until))),
        ("count", Value::from(quiet)),
    ];
    let span = f.says.words().say(Reader::Adult, "spot-check-span", &values);
    let boxes = |check: &SpotCheck| {
        let choice = |drawn: &Drawn| {
            let year = drawn.year.map(|year| f.says.t1("report-who-shared-year", "year", year.label()));
            let when = clock.time(drawn.at);
            let hint = year.map_or_else(|| when.clone(), |year| f.says.list(&[year, when.clone()]));
            Choice::new(drawn.event, &*drawn.words).hint(hint)
        };
        let none = Errors::none();
        Fields::new(&f.says, &none).boxes("overlooked", check.drawn.iter().map(choice).collect())
    };
    let view = Show {
        action: format!("{ADDRESS}/{}", check.id),
        span,
        searches: (!check.drawn.is_empty()).then(|| boxes(&check)),
        ended: ended(&f.says, &roll, clock, &check),
        f: f.clone(),
        d,
    };
    Ok(page(&view))
}

/// They were looked at. What should have raised an alert does so now, and is told as any other.
pub(super) async fn finish(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Typed>,
) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    must(&desk)?;
    let check = find(&app, &id).await?;
    let missed: Vec<EventId> = typed.overlooked.iter().filter_map(|event| event.parse().ok()).collect();
    let change = spot_check::finish(&check, &missed, (desk.person.id, desk.at), || app.new_id())?;
    app.commit(&change, &desk.actor()).await?;
    Ok(lead(ADDRESS, "spot-check-done"))
}
