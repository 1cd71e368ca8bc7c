//! Somebody's activity, behind a reason (MON-02, MON-04, DP-20). The look is in the journal before anything is shown,
//! and the reason lasts for [`LOOK_MINUTES`].

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use usher_policy::access::{Act, Who, may_look_at};
use usher_policy::verdict::Verdict;
use usher_records::disclosure::Disclosure;
use usher_records::look::{self, LOOK_MINUTES, Look};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_reports::document;
use usher_reports::names::Names;
use usher_reports::period::Period;
use usher_reports::person::{
    LAST_READ_SECONDS, LONGEST_READ_SECONDS, PersonActivity, PersonFold, Row as Seen,
};

use super::find;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, around, file};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Field, Fields};
use crate::pages::desk::paper::{csv_line, letterhead, print as to_pdf};
use crate::view::errors::Errors;
use crate::view::fault::denied_page;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{page, with_status};

/// Days one look may cover at a time: half a term is read week by week.
const MOST_DAYS: i32 = 14;

#[derive(Template)]
#[template(path = "desk/people/reason.html")]
struct ReasonPage {
    f: Frame,
    d: Around,
    errors: Errors,
    action: String,
    back: String,
    name: String,
    reason: Field,
}

#[derive(Template)]
#[template(path = "desk/people/activity.html")]
struct ActivityPage {
    f: Frame,
    d: Around,
    address: String,
    back: String,
    why: String,
    ends: String,
    dates: Vec<Field>,
    query: String,
    sites: Vec<Site>,
    method: String,
    names_only: Option<String>,
    short: bool,
    days: Vec<Day>,
    parts: Option<String>,
}

struct Site {
    name: String,
    visible: bool,
    minutes: String,
    opened: u32,
    refused: u32,
}

struct Day {
    name: String,
    /// Something of it is kept in short form only.
    short: bool,
    rows: Vec<Row>,
}

struct Row {
    time: String,
    times: Option<String>,
    lead: Option<String>,
    address: String,
    visible: bool,
    refused: bool,
    decided: String,
    reason: String,
    found: Vec<String>,
    known: bool,
    /// The event a case can be opened about, where it is kept whole.
    event: Option<String>,
}

/// The days asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Days {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// Somebody whose activity may be seen, or the answer for whoever may not.
enum Allowed {
    Yes(Box<Person>, Option<Look>),
    No(Response),
}

/// Finds the person and an open look of this reader at them.
async fn allowed(app: &App, desk: &AtDesk, id: &str) -> Result<Allowed, AppFault> {
    let person = find(app, id).await?.value;
    if let Err(denied) = may_look_at(&desk.who(), &Who::of(&person)) {
        return Ok(Allowed::No(denied_page(app, desk, denied)));
    }
    // The school may want fewer readers than the table of rights allows.
    if !desk.person.roles.has_any(&desk.school.settings.reports.activity_seen_by) {
        return Err(Refusal::NotInThisSchool.into());
    }
    let looks = app.books.find::<Look>("person", person.id).await?;
    let mine = looks.into_iter().map(|stored| stored.value);
    let open =
        mine.filter(|look| look.by == desk.person.id && look.is_open(desk.at)).max_by_key(|look| look.at);
    Ok(Allowed::Yes(Box::new(person), open))
}

/// Asks for a reason, or shows what it opened.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(days): Query<Days>,
) -> Result<Response, AppFault> {
    match allowed(&app, &desk, &id).await? {
        Allowed::No(answer) => Ok(answer),
        Allowed::Yes(person, None) => Ok(ask(&app, &desk, &person, "", Errors::none())),
        Allowed::Yes(person, Some(look)) => timeline(&app, &desk, &person, &look, &days).await,
    }
}

fn ask(app: &App, desk: &AtDesk, person: &Person, reason: &str, errors: Errors) -> Response {
    let here = format!("/people/{}/activity", person.id);
    let (f, d) = around(app, desk, &here, "activity-reason-title");
    let reason =
        Fields::new(&f.says, &errors).area("reason", reason, 3).labelled(f.says.t("activity-reason"));
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let back = format!("/people/{}", person.id);
    with_status(status, &ReasonPage { action: here, back, name: person.name(), reason, f, d, errors })
}

/// A reason as given.
#[derive(Debug, Deserialize)]
pub(super) struct Reason {
    #[serde(default)]
    reason: String,
}

/// Keeps the look; only then is anything shown.
pub(super) async fn look(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Reason>,
) -> Result<Response, AppFault> {
    let (desk, given) = (form.from, form.value);
    let person = match allowed(&app, &desk, &id).await? {
        Allowed::No(answer) => return Ok(answer),
        Allowed::Yes(person, _) => person,
    };
    match look::look(app.new_id(), desk.person.id, person.id, &given.reason, desk.at) {
        Ok((_, change)) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(Redirect::to(&format!("/people/{}/activity", person.id)).into_response())
        }
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, "/people", "people-title").says;
            let errors = Errors::of("reason", says.t(refusal.words()));
            Ok(ask(&app, &desk, &person, &given.reason, errors))
        }
    }
}

fn period(desk: &AtDesk, days: &Days) -> Period {
    let today = Clock::at(desk).today();
    let to: Date = days.to.parse().ok().filter(|day| *day <= today).unwrap_or(today);
    let from: Date = days.from.parse().ok().filter(|day| *day <= to).unwrap_or(to);
    let earliest = to.checked_sub((MOST_DAYS - 1).days()).unwrap_or(to);
    let after = to.tomorrow().unwrap_or(to);
    let zone = desk.school.zone.clone();
    Period { from: zone.start_of(from.max(earliest)), until: zone.start_of(after), zone }
}

async fn read(app: &App, desk: &AtDesk, person: &Person, period: Period) -> Result<PersonActivity, AppFault> {
    let people = app.books.values().await?;
    let groups = app.books.values().await?;
    let disclosed: Vec<Disclosure> =
        app.books.find("person", person.id).await?.into_iter().map(|stored| stored.value).collect();
    let names = Names::of(&people, &groups).with_disclosed(&disclosed);
    let (activity, words) = (Arc::clone(&app.activity), Arc::clone(&app.words));
    let (school, person) = (app.books.school(), person.clone());
    let sees_people = desk.may(Act::SeePeople).is_ok();
    let work = move || {
        let fold = PersonFold::new(period, &person, &names, &words);
        let fold = if sees_people { fold.naming(&names) } else { fold };
        usher_activity::person::fold(activity.as_ref(), school, fold)
    };
    Ok(tokio::task::spawn_blocking(work).await.map_err(|_stopped| AppFault::NotFound)??)
}

async fn timeline(
    app: &App,
    desk: &AtDesk,
    person: &Person,
    look: &Look,
    days: &Days,
) -> Result<Response, AppFault> {
    let period = period(desk, days);
    let (first, last) = period.ends();
    let activity = read(app, desk, person, period).await?;
    let here = format!("/people/{}/activity", person.id);
    let (f, d) = around(app, desk, &here, "people-title");
    let f = Frame { title: f.says.t1("report-person-title", "name", person.name()), ..f };
    let none = Errors::none();
    let fields = Fields::new(&f.says, &none);
    let dates = vec![
        fields.date("from", first.to_string()).labelled(f.says.t("activity-from")),
        fields.date("to", last.to_string()).labelled(f.says.t("activity-to")),
    ];
    let some = |key: &str, count: u32| (count > 0).then(|| f.says.n(key, "count", count));
    let view = ActivityPage {
        back: format!("/people/{}", person.id),
        why: look.reason.clone(),
        ends: Clock::at(desk).time(look.at.plus_minutes(LOOK_MINUTES)),
        dates,
        query: format!("from={first}&to={last}"),
        sites: sites(&f.says, &activity),
        method: f.says.t2(
            "report-person-method",
            ("longest", &(LONGEST_READ_SECONDS / 60)),
            ("last", &(LAST_READ_SECONDS / 60)),
        ),
        names_only: some("report-person-names-only", activity.names_only),
        short: activity.short > 0,
        days: by_day(&f.says, &activity),
        parts: some("report-person-parts", activity.parts),
        address: here,
        f,
        d,
    };
    Ok(page(&view))
}

fn sites(says: &Says, activity: &PersonActivity) -> Vec<Site> {
    let site = |site: &usher_reports::person::Site| Site {
        name: site.name.clone(),
        visible: site.visible,
        minutes: says.n("report-about-minutes", "minutes", site.minutes),
        opened: site.rows - site.refused,
        refused: site.refused,
    };
    activity.sites.iter().map(site).collect()
}

fn by_day(says: &Says, activity: &PersonActivity) -> Vec<Day> {
    let zone = &activity.period.zone;
    let mut days: Vec<Day> = Vec::new();
    for seen in &activity.rows {
        let local = zone.local(seen.at);
        let weekday = local.date().strftime("%A").to_string();
        let day = says.t2("report-person-day", ("weekday", &weekday), ("date", &local.spoken_date()));
        let row = row(says, seen, local.spoken_time());
        match days.last_mut() {
            Some(known) if known.name == day => {
                known.short |= seen.short;
                known.rows.push(row);
            }
            _ => days.push(Day { name: day, short: seen.short, rows: vec![row] }),
        }
    }
    days
}

fn row(says: &Says, seen: &Seen, time: String) -> Row {
    let search = seen
        .search
        .as_ref()
        .map(|search| says.t2("report-searched", ("words", &search.words), ("engine", &search.engine)));
    Row {
        time,
        times: (seen.count > 1).then(|| says.n("report-times", "count", seen.count)),
        lead: search.or_else(|| seen.title.clone()),
        address: seen.address.clone(),
        visible: seen.visible,
        refused: seen.verdict != Verdict::Allow,
        decided: says.t(decided_key(seen.verdict)),
        reason: seen.reason.clone(),
        found: seen.found.clone(),
        known: seen.password_known,
        event: (!seen.short).then(|| seen.event.to_string()),
    }
}

const fn decided_key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "report-happened-opened",
        Verdict::Coach => "report-happened-warned",
        Verdict::Challenge => "report-happened-asked",
        Verdict::Hold => "report-happened-held",
        Verdict::Block => "report-happened-blocked",
    }
}

/// The activity as a table for other programs. Only while a look is open.
pub(super) async fn csv(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(days): Query<Days>,
) -> Result<Response, AppFault> {
    let person = match allowed(&app, &desk, &id).await? {
        Allowed::No(answer) => return Ok(answer),
        Allowed::Yes(person, None) => return Ok(to_reason(&person)),
        Allowed::Yes(person, Some(_)) => person,
    };
    let activity = read(&app, &desk, &person, period(&desk, &days)).await?;
    let says = Frame::desk(&app, &desk, "/people", "people-title").says;
    let zone = &activity.period.zone;
    let head = ["time", "page", "decided"].map(|name| says.t(format!("report-column-{name}")));
    let [when, page, decided] = head;
    let titles =
        [when, page, says.t("activity-column-title"), decided, says.t("column-why"), says.t("column-known")];
    let mut text = csv_line(&titles);
    for seen in &activity.rows {
        let row = row(&says, seen, String::new());
        let local = zone.local(seen.at);
        let time = format!("{} {}", local.date(), local.time());
        let known = if row.known { says.t("report-password-known") } else { String::new() };
        let lead = row.lead.unwrap_or_default();
        let why = std::iter::once(row.reason).chain(row.found).collect::<Vec<_>>().join("; ");
        text.push_str(&csv_line(&[time, row.address, lead, row.decided, why, known]));
    }
    let name = format!("activity-{}-{}.csv", person.id, activity.period.ends().0);
    Ok(file("text/csv; charset=utf-8", &name, text.into_bytes()))
}

/// The activity as a PDF. Only while a look is open.
pub(super) async fn print(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(days): Query<Days>,
) -> Result<Response, AppFault> {
    let (person, look) = match allowed(&app, &desk, &id).await? {
        Allowed::No(answer) => return Ok(answer),
        Allowed::Yes(person, None) => return Ok(to_reason(&person)),
        Allowed::Yes(person, Some(look)) => (person, look),
    };
    let activity = read(&app, &desk, &person, period(&desk, &days)).await?;
    let name = format!("activity-{}-{}", person.id, activity.period.ends().0);
    let document = document::person(&letterhead(&desk, &app.words), &activity, &look.reason);
    to_pdf(&app, &desk, &name, document).await
}

fn to_reason(person: &Person) -> Response {
    Redirect::to(&format!("/people/{}/activity", person.id)).into_response()
}
