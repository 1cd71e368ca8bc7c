//! Reports that were issued, and who has opened them (FM-47).

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use usher_records::report::IssuedReport;
use usher_types::moment::Moment;
use usher_types::role::Role;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, Done, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::roll::Roll;
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Template)]
#[template(path = "desk/reports/index.html")]
struct Index {
    f: Frame,
    d: Around,
    rows: Vec<Row>,
}

struct Row {
    address: String,
    period: String,
    items: u32,
    made: String,
    /// Each reader, and when they opened it.
    readers: Vec<(String, Option<String>)>,
    /// Who it went to because nobody opened it.
    passed: Vec<String>,
    mine: bool,
}

/// Shows the list, latest first.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/reports", "reports-title");
    let roll = Roll::of(&app).await?;
    let clock = Clock::at(&desk);
    let mut reports = app.books.values::<IssuedReport>().await?;
    reports.sort_by_key(|report| std::cmp::Reverse(report.from));
    let row = |report: &IssuedReport| {
        let opened =
            |reader| report.opened.iter().find(|(who, _)| *who == reader).map(|(_, at)| clock.time(*at));
        Row {
            address: format!("/reports/{}", report.id),
            period: period(&f, clock, report),
            items: report.items,
            made: clock.time(report.made_at),
            readers: report.readers.iter().map(|who| (roll.name(&f.says, *who), opened(*who))).collect(),
            passed: report.passed_on.iter().map(|(role, at)| passed(&f, clock, *role, *at)).collect(),
            mine: report.readers.contains(&desk.person.id) && opened(desk.person.id).is_none(),
        }
    };
    let rows = reports.iter().map(row).collect();
    let f = f.done(done.done.as_deref());
    Ok(page(&Index { rows, f, d }))
}

fn passed(f: &Frame, clock: Clock<'_>, role: Role, at: Moment) -> String {
    let office = f.says.t(format!("report-role-{}", role.name()));
    f.says.t2("reports-passed-on", ("office", &office), ("time", &clock.time(at)))
}

/// `23 November 2026 to 29 November 2026`.
pub(super) fn period(f: &Frame, clock: Clock<'_>, report: &IssuedReport) -> String {
    let last = Moment::from_unix_ms(report.until.unix_ms() - 1);
    f.says.t2("report-period", ("first", &clock.day(report.from)), ("last", &clock.day(last)))
}
