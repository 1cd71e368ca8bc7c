//! A report by a pupil of what somebody did (INC-20), and a complaint by a parent or anybody else (INC-16). Each becomes a case
//! at once: about an adult of the school it is the head's, a complaint is the head's and the computing lead's.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use usher_policy::routing::{self, Named};
use usher_records::case::By;
use usher_records::case::nine::Nine;
use usher_records::case::rules::{Class, Sort};
use usher_records::case::thread::{Involved, Opening, Origin, Part, Party};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_types::role::PersonKind;

use super::fault::{Answer, PortalFault};
use super::tell::thanks;
use crate::app::{App, AppFault};
use crate::extract::form::PortalForm;
use crate::extract::portal::AtDevice;
use crate::pages::case;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

/// The longest text kept, in characters: some three pages.
const LONGEST_CHARS: usize = 6_000;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    sent: Option<String>,
}

impl Asked {
    /// Whether it was sent just now.
    pub(super) const fn is_sent(&self) -> bool {
        self.sent.is_some()
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    /// Which adult of the school it is about; empty for a child or nobody in particular.
    #[serde(default)]
    who: String,
    #[serde(default)]
    words: String,
}

#[derive(Template)]
#[template(path = "portal/report.html")]
struct ReportPage {
    f: Frame,
    nobody: bool,
    errors: Errors,
    /// Adults of the school a pupil may mean; none for whoever complains.
    adults: Vec<(String, String, bool)>,
    words: String,
}

/// Shows the form, or the thanks.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(asked): Query<Asked>) -> Answer {
    if asked.is_sent() {
        return Ok(thanks(&app, &device, "report-thanks"));
    }
    form(&app, &device, &Sent::default(), Errors::none()).await
}

fn is_pupil(device: &AtDevice) -> bool {
    device.person.as_ref().is_some_and(|person| person.kind == PersonKind::Pupil)
}

/// Everybody who is here.
pub(super) async fn here(app: &App, device: &AtDevice) -> Result<Vec<Person>, AppFault> {
    let today = device.school.zone.local(device.at).date();
    let mut all = app.books.values::<Person>().await?;
    all.retain(|person| person.is_here(today));
    Ok(all)
}

/// Adults of the school, by name.
async fn adults(app: &App, device: &AtDevice) -> Result<Vec<Person>, AppFault> {
    let adult = |person: &Person| {
        let kind = person.kind;
        matches!(kind, PersonKind::Staff | PersonKind::Supply | PersonKind::Student | PersonKind::Volunteer)
    };
    let mut all = here(app, device).await?;
    all.retain(adult);
    all.sort_by_key(|person| (person.name().to_lowercase(), person.id));
    Ok(all)
}

async fn form(app: &App, device: &AtDevice, sent: &Sent, errors: Errors) -> Answer {
    let title = if is_pupil(device) { "report-title" } else { "report-complain-title" };
    let adults = if is_pupil(device) { adults(app, device).await? } else { Vec::new() };
    let choice = |person: &Person| {
        let id = person.id.to_string();
        let chosen = id == sent.who;
        (id, person.name(), chosen)
    };
    let page = ReportPage {
        f: Frame::portal(app, device, title),
        nobody: device.person.is_none(),
        adults: adults.iter().map(choice).collect(),
        words: sent.words.clone(),
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &page))
}

/// Opens the case.
pub(super) async fn send(State(app): State<App>, form: PortalForm<Sent>) -> Answer {
    let PortalForm { from: device, value: sent } = form;
    let Some(reporter) = device.person.clone() else { return Err(PortalFault::SignInFirst) };
    let again = async |field, key| {
        let says = Frame::portal(&app, &device, "report-title").says;
        self::form(&app, &device, &sent, Errors::of(field, says.t(key))).await
    };
    let (opening, about) = opening(&app, &device, &reporter, &sent).await?;
    if !case::is_read(&here(&app, &device).await?, &device.school.settings, &opening, about) {
        return again("words", "report-nobody-reads").await;
    }
    let by = By { person: reporter.id, at: device.at };
    match case::open(&app, &opening, by, &device.actor()).await? {
        Ok(_) => Ok(Redirect::to("/report?sent=yes").into_response()),
        Err(_) => again("words", "report-no-words").await,
    }
}

/// What the case says, and those it is about.
async fn opening(
    app: &App,
    device: &AtDevice,
    reporter: &Person,
    sent: &Sent,
) -> Result<(Opening, Vec<Named>), PortalFault> {
    let details: String = sent.words.trim().chars().take(LONGEST_CHARS).collect();
    let nine = Nine { details, ..Nine::default() };
    let involved = |person, part| Involved { who: Party::Person(person), part };
    if reporter.kind != PersonKind::Pupil {
        let people = vec![involved(reporter.id, Part::Affected)];
        let kind = "complaint".to_owned();
        let opening = Opening {
            origin: Origin::Complaint,
            kind,
            severity: 1,
            class: Class::Ordinary,
            people,
            nine,
            rule: None,
            area: None,
        };
        return Ok((opening, vec![Named::of(reporter)]));
    }
    let mut people = vec![involved(reporter.id, Part::Affected)];
    let mut about = Vec::new();
    if !sent.who.is_empty() {
        let adults = adults(app, device).await?;
        let meant = adults.into_iter().find(|person| person.id.to_string() == sent.who);
        let meant = meant.ok_or(AppFault::Refused(Refusal::Gone))?;
        people.push(involved(meant.id, Part::Subject));
        about.push(Named::of(&meant));
    }
    let class = routing::class_of("other", Sort::Other, &about, Class::Ordinary);
    let kind = "other".to_owned();
    let opening = Opening {
        origin: Origin::PupilReport,
        kind,
        severity: 2,
        class,
        people,
        nine,
        rule: None,
        area: None,
    };
    Ok((opening, about))
}
