//! Unrestricted time for oneself (WEB-21): a reason, an end, a register entry and a notice to the head, all before the
//! first page.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use usher_policy::access::Act;
use usher_policy::facts::Subject;
use usher_records::change::{Mail, Stored};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_records::register::Entry;
use usher_records::unrestricted::{self, OpenUnrestricted, Unrestricted};
use usher_store::store::StoreError;
use usher_types::moment::Moment;
use usher_types::role::Role;

use super::around::{Around, Done, around, lead};
use super::clock::Clock;
use super::field::{Field, Fields, choosing};
use super::lessons::start;
use super::roll::Roll;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::live::Note;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

/// Two people who write in the register at once both get a number; the slower one tries again this often.
const TRIES: u32 = 3;

/// What those who may open unrestricted time have.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::OpenUnrestricted;
    vec![
        desk_route("/unrestricted", act, get(show).post(open)),
        desk_route("/unrestricted/end", act, post(end)),
    ]
}

#[derive(Template)]
#[template(path = "desk/unrestricted.html")]
struct UnrestrictedPage {
    f: Frame,
    d: Around,
    errors: Errors,
    allowed: bool,
    heads: Vec<String>,
    number: u32,
    open: Option<Open>,
    fields: Vec<Field>,
}

/// Time that is open now.
struct Open {
    reason: String,
    until: String,
    minutes: i64,
    until_ms: i64,
}

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    until: String,
}

/// Shows it: what is open, or what will happen.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    form(&app, &desk, Filled::default(), Errors::none(), done.done.as_deref()).await
}

async fn form(
    app: &App,
    desk: &AtDesk,
    filled: Filled,
    errors: Errors,
    done: Option<&str>,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/unrestricted", "unrestricted-title");
    let rule = desk.school.settings.unrestricted;
    let clock = Clock::at(desk);
    let open = open_now(app, desk).await?.map(|time| Open {
        until: clock.time(time.value.until),
        minutes: clock.minutes_until(time.value.until),
        until_ms: time.value.until.unix_ms(),
        reason: time.value.reason,
    });
    let fields = {
        let fields = Fields::new(&f.says, &errors);
        let ends = start::ends_within(app, desk, &f.says, rule.longest_minutes);
        vec![
            fields.line("reason", filled.reason).labelled(f.says.t("unrestricted-reason")),
            fields.radios("until", choosing(ends, &filled.until)),
        ]
    };
    let heads = heads(app, desk).await?.iter().map(Person::name).collect();
    let number = next_number(app).await?;
    let f = f.done(done);
    let page = UnrestrictedPage { allowed: rule.allowed, heads, number, open, fields, f, d, errors };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &page))
}

async fn open_now(app: &App, desk: &AtDesk) -> Result<Option<Stored<Unrestricted>>, AppFault> {
    let mine = app.books.find::<Unrestricted>("person", desk.person.id).await?;
    Ok(mine.into_iter().find(|time| time.value.is_open(desk.at)))
}

/// Those who hold the head's office and are here.
async fn heads(app: &App, desk: &AtDesk) -> Result<Vec<Person>, AppFault> {
    let roll = Roll::of(app).await?;
    let heads = roll.holders(&[Role::Headteacher], Clock::at(desk).today());
    Ok(heads.into_iter().cloned().collect())
}

/// The register's next number: it counts without gaps.
pub(super) async fn next_number(app: &App) -> Result<u32, AppFault> {
    let entries = app.books.values::<Entry>().await?;
    Ok(entries.iter().map(|entry| entry.number).max().unwrap_or(0).saturating_add(1))
}

/// Whether somebody else took the register's number meanwhile.
pub(super) fn number_taken(error: &StoreError) -> bool {
    matches!(error, StoreError::Taken { key: "number", .. })
}

/// Opens it.
pub(super) async fn open(State(app): State<App>, form: DeskForm<Filled>) -> Result<Response, AppFault> {
    let (desk, filled) = (form.from, form.value);
    let says = Frame::desk(&app, &desk, "/unrestricted", "unrestricted-title").says;
    let Some(until) = start::read_end(&filled.until, desk.at) else {
        let errors = Errors::of("until", says.t("until-missing"));
        return self::form(&app, &desk, filled, errors, None).await;
    };
    let notices = notices(&app, &desk, &filled.reason, until).await?;
    let mut tries = 0;
    loop {
        tries += 1;
        let clock = Clock::at(&desk);
        let entry_text = entry_text(&app, &desk, &filled.reason, until);
        let asked = OpenUnrestricted {
            id: app.new_id(),
            entry: (app.new_id(), next_number(&app).await?),
            person: desk.person.id,
            reason: &filled.reason,
            until,
            entry_text,
            notices: notices.clone(),
        };
        let opened = match unrestricted::open(asked, desk.school.settings.unrestricted, desk.at) {
            Ok(opened) => opened,
            Err(refusal @ (Refusal::ReasonNeeded | Refusal::EndNeeded | Refusal::TooLong)) => {
                let field = if refusal == Refusal::ReasonNeeded { "reason" } else { "until" };
                let errors = Errors::of(field, says.t(refusal.words()));
                return self::form(&app, &desk, filled, errors, None).await;
            }
            Err(refusal) => return Err(refusal.into()),
        };
        let (time, _, change) = opened;
        match app.books.commit(&change, &desk.actor(), desk.at).await {
            Ok(_) => {
                let open = Some((time.id, time.until));
                app.table.update(desk.person.id, |subject| Subject { unrestricted: open, ..subject.clone() });
                app.live.tell(Note::Presence);
                tracing::info!(person = %desk.person.id, until = %clock.full(time.until), "unrestricted time");
                return Ok(lead("/unrestricted", "unrestricted-opened"));
            }
            Err(error) if number_taken(&error) && tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn entry_text(app: &App, desk: &AtDesk, reason: &str, until: Moment) -> String {
    let says = Frame::desk(app, desk, "/unrestricted", "unrestricted-title").says;
    let clock = Clock::at(desk);
    let span = says.t2("unrestricted-span", ("from", &clock.full(desk.at)), ("until", &clock.full(until)));
    let who = says.t2("unrestricted-entry", ("name", &desk.person.name()), ("span", &span));
    format!("{who} {}", reason.trim())
}

/// A mail to everybody who holds the head's office.
async fn notices(app: &App, desk: &AtDesk, reason: &str, until: Moment) -> Result<Vec<Mail>, AppFault> {
    let says = Frame::desk(app, desk, "/unrestricted", "unrestricted-title").says;
    let subject = says.t1("unrestricted-mail-subject", "name", desk.person.name());
    let text = entry_text(app, desk, reason, until);
    let text = says.t2("unrestricted-mail", ("entry", &text), ("school", &desk.school.name));
    let mail = |head: &Person| Mail {
        to: head.id.into(),
        subject: subject.clone(),
        text: text.clone(),
        attachment: None,
    };
    Ok(heads(app, desk).await?.iter().map(mail).collect())
}

/// Ends it now.
pub(super) async fn end(State(app): State<App>, form: DeskForm<Pressed>) -> Result<Response, AppFault> {
    let desk = form.from;
    let time = open_now(&app, &desk).await?.ok_or(Refusal::AlreadySo)?;
    app.commit(&unrestricted::end(&time, desk.at)?, &desk.actor()).await?;
    app.table.update(desk.person.id, |subject| Subject { unrestricted: None, ..subject.clone() });
    app.live.tell(Note::Presence);
    Ok(lead("/unrestricted", "unrestricted-ended"))
}
