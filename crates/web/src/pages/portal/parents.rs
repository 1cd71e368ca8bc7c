//! Parents and carers: what their children sign, and signing beside them (AGR-07, AGR-08). A parent sees their own
//! children and nobody else's.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::agreement::AgreementText;
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_records::settings::Settings;
use usher_records::signature::{How, Part, Sign, Signature, sign as sign_text};
use usher_types::ids::PersonId;
use usher_types::role::PersonKind;

use super::agreement::digest;
use super::agreement::language::{Languages, languages, read_in};
use super::agreement::shown::{self, Section};
use super::agreement::text::{self, Situation};
use super::fault::{Answer, PortalFault};
use super::notice::holder_of;
use crate::app::{App, AppFault};
use crate::extract::form::PortalForm;
use crate::extract::portal::AtDevice;
use crate::pages::refreshed::refresh;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::{page, with_status};

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
    /// The language a child's agreement is read in.
    lang: Option<String>,
}

/// One child, as the list shows them.
struct Child {
    person: Person,
    year: Option<String>,
    /// When the child signed; none when they have not, or owe it again.
    signed: Option<String>,
    /// When a parent signed beside them, likewise.
    beside: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/parents.html")]
struct ParentsPage {
    f: Frame,
    children: Vec<Child>,
    /// Whether the school asks parents to sign beside their children.
    asked: bool,
    /// Whether the parent's own agreement is to be signed.
    own_due: bool,
}

#[derive(Template)]
#[template(path = "portal/child.html")]
struct ChildPage {
    f: Frame,
    child: Person,
    text: AgreementText,
    sections: Vec<Section>,
    declaration: String,
    digest: String,
    errors: Errors,
    changed: bool,
    asked: bool,
    beside: Option<String>,
    typed_name: String,
    own_name: String,
    questions: String,
    languages: Languages,
}

impl ChildPage {
    /// The piece of the agreement that a parent declares.
    const fn declared(&self) -> &'static str {
        if self.text.head.parent_declaration.is_some() { "parents" } else { "declaration" }
    }

    /// Whether its rules have pictures.
    fn pictures(&self) -> bool {
        self.text.clauses.iter().any(|clause| clause.picture.is_some())
    }
}

/// Shows the children.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(asked): Query<Asked>) -> Answer {
    let parent = parent(&device)?;
    let mut children = Vec::new();
    for id in &parent.children {
        let child = usher_directory::books::person(&app.books, *id).await?;
        children.push(describe(&app, &device, child).await?);
    }
    let own = text::situation(&app, &device, &parent).await?;
    let f = Frame::portal(&app, &device, "parents-title").done(asked.done.as_deref());
    let own_due = own.is_some_and(|own| own.is_due());
    Ok(page(&ParentsPage { f, children, asked: asks_parents(&device.school.settings), own_due }))
}

/// Shows a child's agreement, to read together and sign beside them.
pub(super) async fn child(
    State(app): State<App>,
    device: AtDevice,
    Path(child): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let parent = parent(&device)?;
    let child = own_child(&app, &parent, &child).await?;
    child_page(&app, &device, &parent, child, Tried { lang: asked.lang, ..Tried::default() }).await
}

#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    digest: String,
    discussed: Option<String>,
    #[serde(default)]
    name: String,
    lang: Option<String>,
    #[serde(default, rename = "read-in")]
    read_in: String,
}

/// What was handed in before, where it was not taken.
#[derive(Default)]
struct Tried {
    refusal: Option<Refusal>,
    name: String,
    lang: Option<String>,
}

/// Signs beside a child.
pub(super) async fn sign(
    State(app): State<App>,
    Path(child): Path<String>,
    form: PortalForm<Sent>,
) -> Answer {
    let PortalForm { from: device, value: sent } = form;
    let parent = parent(&device)?;
    AtDevice::may(&parent, Act::SignForChild)?;
    let child = own_child(&app, &parent, &child).await?;
    let situation = text::situation(&app, &device, &child).await?.ok_or(AppFault::NotFound)?;
    match hand_in(&app, &device, &parent, &child, &situation, &sent).await {
        Ok(()) => Ok(Redirect::to("/parents?done=signed-for-child").into_response()),
        Err(PortalFault::App(AppFault::Refused(refusal))) => {
            let tried = Tried { refusal: Some(refusal), name: sent.name, lang: sent.lang };
            child_page(&app, &device, &parent, child, tried).await
        }
        Err(fault) => Err(fault),
    }
}

async fn hand_in(
    app: &App,
    device: &AtDevice,
    parent: &Person,
    child: &Person,
    situation: &Situation,
    sent: &Sent,
) -> Result<(), PortalFault> {
    if !asks_parents(&device.school.settings) {
        return Err(Refusal::NotInThisSchool.into());
    }
    let asked = Sign {
        id: app.new_id(),
        person: parent,
        part: Part::ParentFor(child.id),
        shown: digest(&sent.digest)?,
        answer: None,
        typed_name: Some(&sent.name),
        discussed: sent.discussed.is_some(),
        how: How::OnScreen,
        entered_by: None,
        read_in: read_in(app, situation.current.text.digest, &sent.read_in).await?,
    };
    let (_, change) = sign_text(&asked, &situation.current.text, device.at)?;
    app.commit(&change, &device.actor()).await?;
    // A child who waits at a computer goes on at once.
    Ok(refresh(app, &device.school, child.id, device.at).await?)
}

async fn child_page(app: &App, device: &AtDevice, parent: &Person, child: Person, tried: Tried) -> Answer {
    let situation = text::situation(app, device, &child).await?.ok_or(AppFault::NotFound)?;
    let current = &situation.current.text;
    let f = Frame::portal(app, device, "parents-title");
    let f = f.titled(current.head.title.clone());
    let mut errors = Errors::none();
    let changed = tried.refusal == Some(Refusal::AgreementChanged);
    match &tried.refusal {
        None | Some(Refusal::AgreementChanged) => {}
        Some(Refusal::NotDiscussed) => errors.add("discussed", f.says.t(Refusal::NotDiscussed.words())),
        Some(other) => errors.add("name", f.says.t(other.words())),
    }
    let head = &current.head;
    let status = if tried.refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let address = |lang: Option<&str>| {
        let query = lang.map(|lang| format!("?lang={lang}")).unwrap_or_default();
        format!("/parents/{}{query}", child.id)
    };
    let languages = languages(app, current, tried.lang.as_deref(), address).await?;
    let page = ChildPage {
        sections: shown::beside(shown::sections(current, None), languages.chosen.as_ref()),
        languages,
        declaration: head.parent_declaration.clone().unwrap_or_else(|| head.declaration.clone()),
        digest: current.digest.to_string(),
        changed,
        asked: asks_parents(&device.school.settings),
        beside: beside(app, device, &child, &situation).await?,
        questions: holder_of(app, device, &f.says, device.school.settings.contacts.questions).await?,
        typed_name: tried.name,
        own_name: parent.name(),
        text: current.clone(),
        errors,
        child,
        f,
    };
    Ok(respond(status, &page))
}

fn respond(status: StatusCode, page: &ChildPage) -> Response {
    with_status(status, page)
}

async fn describe(app: &App, device: &AtDevice, child: Person) -> Result<Child, PortalFault> {
    let situation = text::situation(app, device, &child).await?;
    let zone = &device.school.zone;
    let signed = situation
        .as_ref()
        .filter(|situation| !situation.is_due())
        .and_then(|situation| situation.latest.as_ref())
        .map(|signature| zone.local(signature.at).spoken_date());
    let beside = match &situation {
        Some(situation) => beside(app, device, &child, situation).await?,
        None => None,
    };
    Ok(Child { year: child.year.map(usher_types::role::Year::label), person: child, signed, beside })
}

/// When a parent signed beside a child, for the text in force now.
async fn beside(
    app: &App,
    device: &AtDevice,
    child: &Person,
    situation: &Situation,
) -> Result<Option<String>, AppFault> {
    let found = app.books.find::<Signature>("child", child.id).await?;
    let settings = &device.school.settings;
    let versions = app.books.values().await?;
    let signatures: Vec<Signature> = found.into_iter().map(|stored| stored.value).collect();
    let zone = &device.school.zone;
    let known =
        usher_records::standing::Known { settings, versions: &versions, in_place: &[], calendar: None, zone };
    let version = &situation.current.version;
    let answered = usher_records::standing::parent_answered(child.id, &signatures, known, version, device.at);
    let latest = signatures.iter().map(|signature| signature.at).max().filter(|_| answered);
    Ok(latest.map(|at| device.school.zone.local(at).spoken_date()))
}

/// Whether the school asks parents for their part of a child's agreement.
const fn asks_parents(settings: &Settings) -> bool {
    settings.agreements.parent_first || settings.agreements.with_parent
}

/// Whoever is here, as a parent.
#[expect(clippy::result_large_err, reason = "the fault becomes the answer at once, and is made once a page")]
pub(super) fn parent(device: &AtDevice) -> Result<Arc<Person>, PortalFault> {
    let parent = device.person.clone().ok_or(PortalFault::SignInFirst)?;
    if parent.kind == PersonKind::Parent { Ok(parent) } else { Err(PortalFault::Denied) }
}

/// A child of theirs. Anybody else's is not there.
pub(super) async fn own_child(app: &App, parent: &Person, child: &str) -> Result<Person, PortalFault> {
    let id: PersonId = child.parse().map_err(|_not_an_id| AppFault::NotFound)?;
    if !parent.children.contains(&id) {
        return Err(AppFault::NotFound.into());
    }
    Ok(usher_directory::books::person(&app.books, id).await?)
}
