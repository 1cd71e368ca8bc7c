//! The plan, what is not seen, and what is seen of which device: as a page, on paper and as a table.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use usher_policy::access::Act;
use usher_policy::coverage::Known;
use usher_records::monitoring::Way;
use usher_reports::document;
use usher_reports::monitoring::{TellLimit, TellPlace, TellRow, Told};

use super::{ADDRESS, Books, seen, stored, written};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, Done, around, file};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::paper::{csv_line, letterhead, print as to_pdf};
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

#[derive(Template)]
#[template(path = "desk/monitoring/index.html")]
struct Index {
    f: Frame,
    d: Around,
    told: Told,
    ways: [String; 3],
    open: String,
    /// Whether some limit has no answer.
    lacks: bool,
    places: Vec<(TellPlace, String)>,
    limits: Vec<(TellLimit, String)>,
    tunnels: String,
    writes: bool,
    keeps_network: bool,
}

/// Everything the page says.
async fn told(app: &App, desk: &AtDesk) -> Result<Told, AppFault> {
    let books = Books::of(app).await?;
    let policy = seen::policy(app).await?;
    let traffic = seen::traffic(app, desk, &policy).await?;
    let settings = &desk.school.settings;
    let known = Known { policy: &policy, settings, devices: &books.devices, traffic: &traffic };
    let plan = stored(app).await?.map(|stored| stored.value);
    Ok(books.teller(app, desk).told(plan.as_ref(), &books.places(), known))
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, ADDRESS, "monitoring-title");
    let told = told(&app, &desk).await?;
    let lacking = told.limits.iter().filter(|limit| limit.answer.is_none()).count();
    let ranges: Vec<String> = desk.school.settings.off_site.tunnels.iter().map(ToString::to_string).collect();
    let tunnels = if ranges.is_empty() {
        f.says.t("monitoring-no-tunnel")
    } else {
        f.says.t1("monitoring-tunnels", "ranges", ranges.join(", "))
    };
    let address = |place: &TellPlace| {
        let query = [("place", written(&place.place))];
        format!("{ADDRESS}/watch?{}", serde_html_form::to_string(query).unwrap_or_default())
    };
    let view = Index {
        ways: ways(&f.says),
        open: f.says.n("monitoring-open", "count", lacking),
        lacks: lacking > 0,
        places: told.places.iter().map(|place| (place.clone(), address(place))).collect(),
        limits: told
            .limits
            .iter()
            .map(|limit| (limit.clone(), format!("{ADDRESS}/limits/{}", limit.limit.name())))
            .collect(),
        tunnels,
        writes: desk.may(Act::KeepMonitoring).is_ok(),
        keeps_network: desk.may(Act::KeepNetwork).is_ok(),
        told,
        f: f.clone().done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

fn ways(says: &Says) -> [String; 3] {
    Way::ALL.map(|way| says.of("monitoring-way", way.name()))
}

/// The plan as a PDF.
pub(super) async fn print(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    let document = document::monitoring(&letterhead(&desk, &app.words), &told(&app, &desk).await?);
    to_pdf(&app, &desk, &format!("monitoring-plan-{}", Clock::at(&desk).today()), document).await
}

/// The plan as tables for other programs, one below the other.
pub(super) async fn csv(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    let says = Frame::desk(&app, &desk, ADDRESS, "monitoring-title").says;
    let text = table(&says, &told(&app, &desk).await?);
    let name = format!("monitoring-plan-{}.csv", Clock::at(&desk).today());
    Ok(file("text/csv; charset=utf-8", &name, text.into_bytes()))
}

fn table(says: &Says, told: &Told) -> String {
    let [in_person, web_log, device] = ways(says);
    let mut text = csv_line(&[says.t("monitoring-column-place"), in_person, web_log, device]);
    for place in &told.places {
        let none = if place.said { "monitoring-not-so" } else { "monitoring-unsaid" };
        let [one, two, three] = place.ways.clone().map(|way| way.unwrap_or_else(|| says.t(none)));
        text.push_str(&csv_line(&[place.name.clone(), one, two, three]));
    }
    let head = ["limit", "fact", "answer", "who", "again"];
    text.push_str(&csv_line(&head.map(|column| says.of("monitoring-column", column))));
    told.limits.iter().for_each(|limit| text.push_str(&csv_line(&limit_line(says, limit))));
    let head = ["device", "count", "last", "filtered", "logged", "decrypted", "identified", "unseen"];
    text.push_str(&csv_line(&head.map(|column| says.of("monitoring-column", column))));
    told.grid.iter().for_each(|row| text.push_str(&csv_line(&grid_line(row))));
    let head = ["shared", "identified"].map(|column| says.of("monitoring-column", column));
    text.push_str(&csv_line(&head));
    let shared = told.accounts.iter().chain(&told.of_many);
    shared.for_each(|(name, whose)| text.push_str(&csv_line(&[name.clone(), whose.clone()])));
    text
}

fn limit_line(says: &Says, limit: &TellLimit) -> [String; 5] {
    let [what, who, again] = match &limit.answer {
        Some(answer) => [answer.what.clone(), answer.who.clone(), answer.again.clone()],
        None => [says.t("monitoring-no-answer"), String::new(), String::new()],
    };
    [limit.name.clone(), limit.fact.clone(), what, who, again]
}

fn grid_line(row: &TellRow) -> [String; 8] {
    [
        &row.name,
        &row.devices,
        &row.last,
        &row.filtered,
        &row.logged,
        &row.decrypted,
        &row.identified,
        &row.unseen,
    ]
    .map(Clone::clone)
}
