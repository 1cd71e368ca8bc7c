//! The list.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use usher_records::service::{Audience, Service};
use usher_types::role::Year;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, Done, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::roll::Roll;
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

#[derive(Template)]
#[template(path = "desk/services/index.html")]
struct Index {
    f: Frame,
    d: Around,
    rows: Vec<Row>,
    ended: Vec<(String, String)>,
}

struct Row {
    address: String,
    name: String,
    audience: String,
    owner: String,
    review: String,
    overdue: bool,
}

/// For whom, in words.
pub(super) fn audience(says: &Says, audience: &Audience) -> String {
    let kinds: Vec<String> = audience.kinds.iter().map(|kind| says.of("report-kinds", kind.name())).collect();
    let years: Vec<String> = audience.years.iter().copied().map(Year::label).collect();
    let kinds = says.list(&kinds);
    if years.is_empty() {
        kinds
    } else {
        says.t2("services-years", ("kinds", &kinds), ("years", &says.list(&years)))
    }
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/services", "services-title");
    let (roll, clock) = (Roll::of(&app).await?, Clock::at(&desk));
    let mut all = app.books.values::<Service>().await?;
    all.sort_by_key(|service| service.details.name.to_lowercase());
    let (live, over): (Vec<_>, Vec<_>) = all.into_iter().partition(|service| service.ended.is_none());
    let row = |service: Service| Row {
        address: format!("/services/{}", service.id),
        audience: audience(&f.says, &service.details.audience),
        owner: roll.name(&f.says, service.details.owner),
        review: clock.date(service.details.review),
        overdue: service.details.review < clock.today(),
        name: service.details.name,
    };
    let view = Index {
        rows: live.into_iter().map(row).collect(),
        ended: over.into_iter().map(|one| (format!("/services/{}", one.id), one.details.name)).collect(),
        f: f.clone().done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}
