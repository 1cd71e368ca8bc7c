//! "Someone sent me something nasty" (INC-21): do not answer, keep a copy, block, tell. An adult of the class hears at once; the
//! copy is kept with a case, which the head and the safeguarding lead read as any report of a pupil's.

use askama::Template;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use usher_records::case::nine::Nine;
use usher_records::case::rules::Class;
use usher_records::case::thread::{Evidence, Involved, Opening, Origin, Part, Party};
use usher_records::case::{By, act};
use usher_records::change::Stored;
use usher_records::person::Person;
use usher_records::told::What;
use usher_types::role::PersonKind;

use super::fault::Answer;
use super::report::{self, Asked};
use super::tell::{keep, thanks};
use crate::app::{App, AppFault};
use crate::extract::form::{FormParts, parts_of_portal_form};
use crate::extract::portal::AtDevice;
use crate::pages::case::{self, file};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

/// The longest text kept, in characters: some three pages.
const LONGEST_CHARS: usize = 6_000;
/// The kind of case it becomes.
const KIND: &str = "hurtful-message";

#[derive(Template)]
#[template(path = "portal/nasty.html")]
struct NastyPage {
    f: Frame,
    errors: Errors,
    words: String,
    /// All of it, to be read aloud.
    spoken: String,
}

/// A child whom the school knows here; everybody else tells in other ways.
fn child(device: &AtDevice) -> Option<&Person> {
    device.person.as_deref().filter(|person| person.kind == PersonKind::Pupil)
}

/// Shows what to do, with its form, or the thanks.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(asked): Query<Asked>) -> Response {
    if child(&device).is_none() {
        return Redirect::to("/tell").into_response();
    }
    if asked.is_sent() {
        return thanks(&app, &device, "nasty-thanks");
    }
    form(&app, &device, String::new(), Errors::none())
}

fn form(app: &App, device: &AtDevice, words: String, errors: Errors) -> Response {
    let f = Frame::portal(app, device, "nasty-title");
    let steps = (1..=4).map(|step| f.says.of("nasty-step", step));
    let spoken: Vec<String> =
        std::iter::once(f.says.t("nasty-opening")).chain(steps).chain([f.says.t("nasty-never")]).collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    with_status(status, &NastyPage { f, errors, words, spoken: spoken.join(" ") })
}

/// Tells an adult, and keeps the copy.
pub(super) async fn send(State(app): State<App>, request: Request) -> Result<Response, Response> {
    let (mut parts, body) = request.into_parts();
    let device = <AtDevice as FromRequestParts<App>>::from_request_parts(&mut parts, &app).await?;
    let mut sent = parts_of_portal_form(&app, &device, parts, body).await?;
    told(&app, &device, &mut sent).await.map_err(IntoResponse::into_response)
}

async fn told(app: &App, device: &AtDevice, sent: &mut FormParts) -> Answer {
    let Some(child) = child(device) else { return Ok(Redirect::to("/tell").into_response()) };
    let words: String = file::text(sent, "words").chars().take(LONGEST_CHARS).collect();
    let says = Frame::portal(app, device, "nasty-title").says;
    let chose = sent.get("copy").is_some_and(|bytes| !bytes.is_empty());
    let copy = file::of(sent, "copy", says.t("nasty-shows"));
    let faulty = if chose && copy.is_none() {
        Some(("copy", "nasty-too-large"))
    } else if words.is_empty() && copy.is_none() {
        Some(("words", "nasty-nothing"))
    } else {
        None
    };
    if let Some((field, key)) = faulty {
        return Ok(form(app, device, words, Errors::of(field, says.t(key))));
    }
    let details = format!("{} {words}", says.t("nasty-got")).trim().to_owned();
    let opening = Opening {
        origin: Origin::PupilReport,
        kind: KIND.to_owned(),
        severity: device.school.settings.cases.kind(KIND).map_or(1, |kind| kind.severity),
        class: Class::Ordinary,
        people: vec![Involved { who: Party::Person(child.id), part: Part::Affected }],
        nine: Nine { details: details.clone(), ..Nine::default() },
        rule: None,
        area: None,
    };
    // Somebody hears of it, whatever becomes of the copy.
    keep(app, device, child.id, What::TellSomeone, None, &details).await?;
    if case::is_read(&report::here(app, device).await?, &device.school.settings, &opening, Vec::new()) {
        open(app, device, By { person: child.id, at: device.at }, &opening, copy).await?;
    } else if copy.is_some() {
        return Ok(form(app, device, words, Errors::of("copy", says.t("nasty-nobody-keeps"))));
    }
    Ok(Redirect::to("/nasty?sent=yes").into_response())
}

async fn open(
    app: &App,
    device: &AtDevice,
    by: By,
    opening: &Opening,
    copy: Option<(Evidence, Vec<u8>)>,
) -> Result<(), AppFault> {
    let Some((mut evidence, bytes)) = copy else {
        case::open(app, opening, by, &device.actor()).await??;
        return Ok(());
    };
    // Sealed first: a child whose copy cannot be kept tries again, and must not have opened a case by then.
    let sealed = file::seal(app, &bytes).await?;
    evidence.sealed = Some(sealed);
    let keeps = async {
        let case = case::open(app, opening, by, &device.actor()).await??;
        let kept = act::keep(&Stored { value: case, version: 1 }, by, evidence)?;
        app.commit(&kept, &device.actor()).await
    };
    match keeps.await {
        Ok(()) => Ok(()),
        Err(fault) => Err(file::unkept(app, sealed, fault).await),
    }
}
