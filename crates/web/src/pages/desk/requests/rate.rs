//! How often what was shut should have been open, this term (FM-43).

use std::ops::ControlFlow;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use usher_activity::question::Question;
use usher_policy::verdict::Verdict;
use usher_records::request::UnblockRequest;
use usher_reports::evidence;
use usher_reports::names::Names;
use usher_reports::overblock::{Count, OverblockFold, Overblocking, Side};
use usher_reports::period::Period;
use usher_reports::plot::{Medium, spark};

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::opening::category;
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

#[derive(Template)]
#[template(path = "desk/requests/rate.html")]
struct Rate {
    f: Frame,
    d: Around,
    from: String,
    all: Option<Row>,
    categories: Vec<Row>,
    classes: Vec<Row>,
    weeks: Vec<Row>,
    picture: String,
}

struct Row {
    name: String,
    refused: u32,
    asked: u32,
    granted: u32,
    rate: String,
}

impl Row {
    fn of(says: &Says, name: String, count: Count) -> Self {
        let rate = count.tenths().map_or_else(
            || says.t("rate-none"),
            |tenths| {
                if tenths % 10 == 0 {
                    (tenths / 10).to_string()
                } else {
                    format!("{}.{}", tenths / 10, tenths % 10)
                }
            },
        );
        Self { name, refused: count.refused, asked: count.asked, granted: count.granted, rate }
    }
}

/// Shows it.
pub(super) async fn show(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/requests/rate", "rate-title");
    let zone = &desk.school.zone;
    let snapshot = app.snapshot.load_full().ok_or(AppFault::NotFound)?;
    let period = evidence::term(&snapshot.document.calendar, zone, desk.at);
    let counted = count(&app, period.clone()).await?;
    let says = &f.says;
    let clock = Clock::at(&desk);
    let mut categories: Vec<Row> = counted
        .categories
        .iter()
        .map(|(name, count)| {
            let words = name.as_deref().map_or_else(|| says.t("rate-other"), |name| category(says, name));
            Row::of(says, words, *count)
        })
        .collect();
    // What was granted most comes first: that is what somebody can do something about.
    categories.sort_by_key(|row| std::cmp::Reverse((row.granted, row.asked, row.refused)));
    let classes =
        counted.sides.iter().map(|(side, count)| Row::of(says, side_words(says, side), *count)).collect();
    let weeks = period.days().step_by(7).zip(&counted.weeks);
    let weeks = weeks.map(|(first, count)| Row::of(says, clock.date(first), *count)).collect();
    let granted: Vec<u32> = counted.weeks.iter().map(|count| count.granted).collect();
    let view = Rate {
        from: clock.day(period.from),
        all: (counted.all != Count::default()).then(|| Row::of(says, String::new(), counted.all)),
        picture: spark(&granted, Medium::Page),
        categories,
        classes,
        weeks,
        f,
        d,
    };
    Ok(page(&view))
}

fn side_words(says: &Says, side: &Side) -> String {
    match side {
        Side::Class(name) => name.clone(),
        Side::OtherPupils => says.t("rate-other-pupils"),
        Side::Adults => says.t("rate-adults"),
        Side::Nobody => says.t("rate-nobody"),
    }
}

/// Counts a term, off the runtime: its refused pages are read from the disk.
async fn count(app: &App, period: Period) -> Result<Overblocking, AppFault> {
    let (people, groups) = (app.books.values().await?, app.books.values().await?);
    let requests = app.books.values::<UnblockRequest>().await?;
    let (activity, school) = (Arc::clone(&app.activity), app.books.school());
    let work = move || {
        let names = Names::of(&people, &groups);
        let mut fold = OverblockFold::new(period.clone(), &names);
        let refused = Some(Verdict::Hold);
        let question = Question { verdict: refused, ..Question::all(school, period.from, period.until) };
        activity.scan(&question, &mut |event| {
            fold.event(&event);
            ControlFlow::Continue(())
        })?;
        for request in requests.iter().filter(|request| period.holds(request.asked_at)) {
            if let Some(event) = activity.event(request.event)? {
                fold.request(request, &event);
            }
        }
        Ok::<_, AppFault>(fold.finish())
    };
    tokio::task::spawn_blocking(work).await.map_err(|_stopped| AppFault::NotFound)?
}
