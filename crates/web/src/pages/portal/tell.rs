//! "Tell someone" (WEB-14), and an adult's "I came here by accident" (WEB-15). No blame in either.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::person::Person;
use usher_records::told::{self, Told, What};
use usher_types::ids::PersonId;
use usher_types::role::{PersonKind, Reader};

use super::fault::{Answer, PortalFault};
use crate::app::{App, AppFault};
use crate::extract::form::PortalForm;
use crate::extract::portal::AtDevice;
use crate::live::Note;
use crate::pages::refusal::reference::{Checked, Reference};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::{page, with_status};

/// The longest text kept, in characters: some three pages.
const LONGEST_CHARS: usize = 6_000;

/// What the youngest can tell with one press: words' key and picture.
const CHOICES: [(&str, &str); 3] = [("saw", "eye"), ("unkind", "speech"), ("help", "hand")];

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    sent: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    /// One of [`CHOICES`].
    choice: Option<String>,
    /// For adults: `accident` or `worry`.
    about: Option<String>,
    #[serde(default)]
    words: String,
    /// For a shared sign-in: which child of the class.
    face: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/tell.html")]
struct TellPage {
    f: Frame,
    nobody: bool,
    errors: Errors,
    choices: [(&'static str, &'static str); 3],
    words: String,
    about: String,
}

/// Which child of a class it is, where the sign-in does not say.
#[derive(Template)]
#[template(path = "portal/tell_face.html")]
struct FacePage {
    f: Frame,
    children: Vec<Person>,
    action: &'static str,
    reference: Option<Reference>,
    choice: String,
    words: String,
}

/// Thank you, and what happens now.
#[derive(Template)]
#[template(path = "portal/thanks.html")]
pub(super) struct ThanksPage {
    pub(super) f: Frame,
    pub(super) picture: &'static str,
    pub(super) lines: Vec<String>,
    /// All of it, to be read aloud.
    pub(super) spoken: String,
    /// Where to go on: address and words.
    pub(super) on: Option<(String, String)>,
}

/// Shows where to tell, or the thanks.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(asked): Query<Asked>) -> Response {
    if asked.sent.is_some() {
        return thanks(&app, &device, "tell-thanks");
    }
    tell_page(&app, &device, &Sent::default(), Errors::none())
}

/// Keeps what was told.
pub(super) async fn tell(State(app): State<App>, form: PortalForm<Sent>) -> Answer {
    let PortalForm { from: device, value: sent } = form;
    if !device.who.subject.is_somebody() {
        return Err(PortalFault::SignInFirst);
    }
    let Some(person) = teller(&app, &device, sent.face.as_deref()).await? else {
        return face_page(&app, &device, ("/tell", None), &sent).await;
    };
    let says = Frame::portal(&app, &device, "tell-title").says;
    let chosen = CHOICES.iter().find(|(name, _)| sent.choice.as_deref() == Some(name));
    let chosen = chosen.map(|(name, _)| says.t(format!("tell-choice-{name}")));
    let what = match (device.reader(), sent.about.as_deref()) {
        (Reader::Adult, Some("accident")) => What::Accident,
        (Reader::Adult, Some("worry")) | (Reader::Ks1 | Reader::Ks2, _) => What::TellSomeone,
        (Reader::Adult, _) => {
            let errors = Errors::of("about", says.t("tell-no-about"));
            return Ok(tell_page(&app, &device, &sent, errors));
        }
    };
    let words = [chosen.unwrap_or_default(), sent.words.trim().to_owned()];
    let words = words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ");
    keep(&app, &device, person, what, None, &words).await?;
    Ok(Redirect::to("/tell?sent=yes").into_response())
}

/// Keeps what somebody told, and tells the live pages.
pub(super) async fn keep(
    app: &App,
    device: &AtDevice,
    person: PersonId,
    what: What,
    about: Option<&Checked>,
    words: &str,
) -> Result<(), AppFault> {
    let words: String = words.chars().take(LONGEST_CHARS).collect();
    let told = Told {
        id: app.new_id(),
        person,
        what,
        event: about.map(|about| about.event),
        address: about.map(|about| about.address.clone()),
        group: device.who.subject.groups.first().copied(),
        lesson: device.who.lesson.map(|lesson| lesson.lesson),
        words: Some(words).filter(|words| !words.is_empty()),
        at: device.at,
        seen: None,
    };
    app.commit(&told::tell(&told), &device.actor()).await?;
    app.live.tell(Note::Told(Arc::new(told)));
    Ok(())
}

/// Who tells: whoever is signed in, or the child of the class that pressed their picture. None when that is not known
/// yet.
pub(super) async fn teller(
    app: &App,
    device: &AtDevice,
    face: Option<&str>,
) -> Result<Option<PersonId>, PortalFault> {
    if let Some(person) = &device.person {
        AtDevice::may(person, Act::Tell)?;
        return Ok(Some(person.id));
    }
    let face: Option<PersonId> = face.and_then(|face| face.parse().ok());
    let class = classmates(app, device).await?;
    Ok(class.into_iter().map(|child| child.id).find(|id| Some(*id) == face))
}

/// Asks which child of the class it is.
pub(super) async fn face_page(
    app: &App,
    device: &AtDevice,
    (action, reference): (&'static str, Option<Reference>),
    sent: &Sent,
) -> Answer {
    let children = classmates(app, device).await?;
    if children.is_empty() {
        // Nobody can be named: the words on the page are all there is, and they say to go to a grown-up.
        return Ok(thanks(app, device, "tell-go"));
    }
    let f = Frame::portal(app, device, "tell-face-title");
    let (choice, words) = (sent.choice.clone().unwrap_or_default(), sent.words.clone());
    Ok(page(&FacePage { f, children, action, reference, choice, words }))
}

async fn classmates(app: &App, device: &AtDevice) -> Result<Vec<Person>, AppFault> {
    let Some(group) = device.who.subject.groups.first() else { return Ok(Vec::new()) };
    let today = device.school.zone.local(device.at).date();
    let found = app.books.find::<Person>("group", group).await?;
    let mut children: Vec<Person> = found.into_iter().map(|stored| stored.value).collect();
    children.retain(|person| person.kind == PersonKind::Pupil && person.is_here(today));
    children.sort_by_key(Person::short_name);
    Ok(children)
}

/// A page that thanks; its words are `<key>-title` and `<key>-text`.
pub(super) fn thanks(app: &App, device: &AtDevice, key: &str) -> Response {
    let f = Frame::portal(app, device, format!("{key}-title"));
    let text = f.says.t(format!("{key}-text"));
    let spoken = format!("{} {text}", f.title);
    page(&ThanksPage { f, picture: "kind", lines: vec![text], spoken, on: None })
}

fn tell_page(app: &App, device: &AtDevice, sent: &Sent, errors: Errors) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = TellPage {
        f: Frame::portal(app, device, "tell-title"),
        nobody: !device.who.subject.is_somebody(),
        errors,
        choices: CHOICES,
        words: sent.words.clone(),
        about: sent.about.clone().unwrap_or_default(),
    };
    with_status(status, &page)
}
