//! What is pressed on a page that stood in for another: told, by accident, please open this, go on.
//!
//! Those pages live at other sites' addresses, so what is sent carries a signed reference instead of a form token; see
//! [`crate::pages::refusal::reference`].

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_events::event::Event;
use usher_lists::patterns::AddressPattern;
use usher_policy::access::Act;
use usher_policy::decide::decide_web;
use usher_policy::decision::Reason;
use usher_policy::facts::WebFacts;
use usher_policy::verdict::Verdict;
use usher_records::grant::{self, MakeGrant, Opens, Scope};
use usher_records::refusal::Refusal;
use usher_records::request::{self, UnblockRequest};
use usher_records::told::{Told, What};
use usher_types::role::Reader;

use super::fault::{Answer, PortalFault};
use super::tell::{self, ThanksPage};
use crate::app::{App, AppFault};
use crate::extract::form::{parse, read_body};
use crate::extract::portal::AtDevice;
use crate::live::Note;
use crate::pages::refusal::reference::{Checked, Press, Reference};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::{page, with_status};

/// How long "go on" holds. Long enough to read, short enough to be asked again.
const GO_ON_MINUTES: u16 = 30;
/// The longest reason kept, in characters.
const LONGEST_REASON_CHARS: usize = 1_000;

#[derive(Debug, Default, Deserialize)]
struct Sent {
    #[serde(default)]
    reason: String,
    /// For a shared sign-in: which child of the class.
    face: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/ask.html")]
struct AskPage {
    f: Frame,
    errors: Errors,
    reference: Reference,
    reason: String,
}

/// A button that was pressed, checked.
struct Pressed {
    device: AtDevice,
    reference: Reference,
    checked: Checked,
    sent: Sent,
}

async fn read(app: &App, request: Request, press: Press) -> Result<Pressed, PortalFault> {
    let (mut parts, body) = request.into_parts();
    let device = <AtDevice as FromRequestParts<App>>::from_request_parts(&mut parts, app).await;
    let device = device.map_err(PortalFault::Said)?;
    let bytes = read_body(&parts.headers, body).await?;
    let reference: Reference = parse(&bytes)?;
    let checked = reference
        .check(&app.key, press, &device.session_text())
        .filter(|_| reference.came_from_its_page(&parts.headers, &app.places.portal_origin))
        .ok_or(PortalFault::OldPage)?;
    if !device.who.subject.is_somebody() {
        return Err(PortalFault::SignInFirst);
    }
    Ok(Pressed { device, reference, checked, sent: parse(&bytes)? })
}

/// "I told a grown-up" (WEB-13).
pub(super) async fn told(State(app): State<App>, request: Request) -> Answer {
    let pressed = read(&app, request, Press::Told).await?;
    keep_told(&app, pressed, ("/told", What::ToldAnAdult), "told-thanks").await
}

/// "I came here by accident" (WEB-15).
pub(super) async fn accident(State(app): State<App>, request: Request) -> Answer {
    let pressed = read(&app, request, Press::Accident).await?;
    keep_told(&app, pressed, ("/accident", What::Accident), "accident-thanks").await
}

async fn keep_told(
    app: &App,
    pressed: Pressed,
    (action, what): (&'static str, What),
    thanks: &str,
) -> Answer {
    let Pressed { device, reference, checked, sent } = pressed;
    let Some(person) = tell::teller(app, &device, sent.face.as_deref()).await? else {
        return tell::face_page(app, &device, (action, Some(reference)), &tell::Sent::default()).await;
    };
    // Pressing twice, or going back and pressing again, is one telling.
    let earlier = app.books.find::<Told>("event", checked.event).await?;
    if !earlier.iter().any(|told| told.value.person == person && told.value.what == what) {
        tell::keep(app, &device, person, what, Some(&checked), "").await?;
    }
    Ok(tell::thanks(app, &device, thanks))
}

/// "Please open this."
pub(super) async fn ask(State(app): State<App>, request: Request) -> Answer {
    let Pressed { device, reference, checked, sent } = read(&app, request, Press::Ask).await?;
    let Some(person) = device.person.clone() else {
        return Ok(tell::thanks(&app, &device, "ask-teacher"));
    };
    AtDevice::may(&person, Act::AskUnblock)?;
    let reason: String = sent.reason.trim().chars().take(LONGEST_REASON_CHARS).collect();
    let asked = UnblockRequest {
        id: app.new_id(),
        person: person.id,
        event: checked.event,
        address: checked.address,
        lesson: device.who.lesson.map(|lesson| lesson.lesson),
        reason: Some(reason.clone()).filter(|reason| !reason.is_empty()),
        asked_at: device.at,
        proposed: None,
        answer: None,
    };
    let adult = device.reader() == Reader::Adult;
    let change = match request::ask(asked.clone(), adult) {
        Ok(change) => change,
        Err(refusal) => {
            let f = Frame::portal(&app, &device, "ask-title");
            let errors = Errors::of("reason", f.says.t(refusal.words()));
            let page = AskPage { f, errors, reference, reason };
            return Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    match app.commit(&change, &device.actor()).await {
        Ok(()) => {
            app.live.tell(Note::Asked(Arc::new(asked)));
            Ok(tell::thanks(&app, &device, "ask-thanks"))
        }
        Err(AppFault::Refused(Refusal::AlreadySo)) => Ok(tell::thanks(&app, &device, "ask-already")),
        Err(fault) => Err(fault.into()),
    }
}

/// "Go on": the page was shown with a word first, and they go on. Opens the site to this one person for half an hour,
/// and only where the policy still says that a word first is enough.
pub(super) async fn go_on(State(app): State<App>, request: Request) -> Answer {
    let Pressed { device, checked, .. } = read(&app, request, Press::GoOn).await?;
    let person = device.person.clone().ok_or(PortalFault::Denied)?;
    let snapshot = app.snapshot.load_full().ok_or(PortalFault::OldPage)?;
    let address = &checked.address;
    let facts = WebFacts::page(device.who.clone(), address.clone());
    // A word first can be about what the page said, which its address alone does not tell.
    let by_words = coached_by_words(&app, &checked).await?;
    match decide_web(&snapshot, &facts, device.at).verdict {
        verdict @ (Verdict::Coach | Verdict::Allow) if verdict == Verdict::Coach || by_words => {
            let f = Frame::portal(&app, &device, "coach-title");
            let asked = MakeGrant {
                id: app.new_id(),
                scope: Scope::Person(person.id),
                opens: Opens::Page,
                page: AddressPattern::of_host(address.host.clone()),
                reason: &f.says.t("coach-reason"),
                owner: person.id,
                until: device.at.plus_minutes(i64::from(GO_ON_MINUTES)),
                sealed: snapshot.is_sealed(&address.host, &address.path, address.query.as_deref()),
            };
            let (_, change) = grant::make(asked, GO_ON_MINUTES, device.at)?;
            app.commit(&change, &device.actor()).await?;
            Ok(gone_on(&app, &device, &checked))
        }
        // Pressed twice: it is open already.
        Verdict::Coach | Verdict::Allow => Ok(gone_on(&app, &device, &checked)),
        Verdict::Challenge | Verdict::Hold | Verdict::Block => Err(PortalFault::OldPage),
    }
}

/// Whether the page was shown with a word first because of what it says.
async fn coached_by_words(app: &App, checked: &Checked) -> Result<bool, PortalFault> {
    let (activity, id) = (Arc::clone(&app.activity), checked.event);
    let read = tokio::task::spawn_blocking(move || activity.event(id)).await;
    let event = read.map_err(|_stopped| PortalFault::OldPage)?.map_err(AppFault::from)?;
    let decision = event.as_ref().and_then(Event::decision);
    Ok(decision.is_some_and(|decision| {
        decision.verdict == Verdict::Coach && matches!(decision.reason, Reason::Says(..))
    }))
}

fn gone_on(app: &App, device: &AtDevice, checked: &Checked) -> Response {
    let f = Frame::portal(app, device, "coach-title");
    let text = f.says.n("coach-text", "minutes", GO_ON_MINUTES);
    let on = f.says.t1("go-on-to", "site", checked.address.host.to_string());
    let on = Some((checked.address.to_string(), on));
    page(&ThanksPage { f, picture: "thumb", spoken: text.clone(), lines: vec![text], on })
}
