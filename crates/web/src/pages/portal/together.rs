//! A class signs on one device (AGR-04): a child taps their face, reads or hears the rules, answers the question, says "I
//! will", and the next child taps theirs. The device does nothing else with it, and it ends by itself.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use usher_records::agreement::{AgreementVersion, Answer as Possible, Check};
use usher_records::change::{Actor, Stored};
use usher_records::code::Code;
use usher_records::group::Group;
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_records::signature::Signature;
use usher_records::standing::{self, Known, Standing};
use usher_records::together::{Hand, Together, end, hand_in, take_device};
use usher_types::ids::PersonId;
use usher_types::role::Reader;

use super::agreement::{digest, text};
use super::classes::children_of;
use super::fault::{Answer, PortalFault};
use super::sign_out;
use crate::app::{App, AppFault};
use crate::extract::form::{PortalForm, Pressed};
use crate::extract::portal::AtDevice;
use crate::pages::refreshed::refresh;
use crate::security::asking::CodeOf;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::{markdown, page, with_status};

#[derive(Template)]
#[template(path = "portal/together.html")]
struct CodePage {
    f: Frame,
    errors: Errors,
    typed: String,
}

#[derive(Template)]
#[template(path = "portal/together_names.html")]
struct NamesPage {
    f: Frame,
    class: String,
    /// Each child with where they go on; none where they signed.
    children: Vec<(Option<String>, Person)>,
    signed: usize,
    asked: usize,
    ends: String,
}

#[derive(Template)]
#[template(path = "portal/together_child.html")]
struct ChildPage {
    f: Frame,
    child: Person,
    opening: Option<String>,
    /// Picture, words as HTML, words to hear.
    rules: Vec<(String, String, String)>,
    check: Option<Check>,
    answers: Vec<(String, Possible)>,
    chosen: Option<Possible>,
    /// Whether only the promise is left.
    ready: bool,
    changed: bool,
    declaration: String,
    digest: String,
    answer: Option<usize>,
    action: String,
}

/// The signing that this device has.
async fn here(app: &App, device: &AtDevice) -> Result<Option<Stored<Together>>, AppFault> {
    let found = app.books.find::<Together>("device", device.peer.address.to_canonical()).await?;
    Ok(found.into_iter().find(|one| one.value.is_open(device.at)))
}

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: Option<String>,
}

/// Shows the class, or where the code is typed.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(asked): Query<Asked>) -> Answer {
    match here(&app, &device).await? {
        Some(together) => names(&app, &device, &together.value, asked.done.as_deref()).await,
        None => Ok(code_page(&app, &device, String::new(), Errors::none())),
    }
}

fn code_page(app: &App, device: &AtDevice, typed: String, errors: Errors) -> Response {
    let f = Frame::portal(app, device, "together-code-title");
    let f = f.speaking_to(app, Reader::Adult, "together-code-title");
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    with_status(status, &CodePage { f, errors, typed })
}

/// The code as an adult types it.
#[derive(Debug, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    code: String,
}

/// Takes the code. Whoever was signed in at the device is signed out: nobody browses under another's name meanwhile.
pub(super) async fn begin(State(app): State<App>, form: PortalForm<Typed>) -> Answer {
    let PortalForm { from: device, value: typed } = form;
    let says = Frame::portal(&app, &device, "together-code-title");
    let says = says.speaking_to(&app, Reader::Adult, "together-code-title").says;
    let refused = |key: &str, typed: String| code_page(&app, &device, typed, Errors::of("code", says.t(key)));
    if !app.asking.may_ask(CodeOf::Class, device.peer.address, device.at) {
        return Ok(refused("asked-too-often", typed.code));
    }
    let Ok(code) = Code::parse(&typed.code) else {
        return Ok(refused("paper-code-wrong", typed.code));
    };
    let Some(found) = app.books.find_one::<Together>("code", code.letters()).await? else {
        return Ok(refused("together-code-unknown", typed.code));
    };
    let address = device.peer.address.to_canonical();
    let there = app.books.find::<Together>("device", address).await?;
    let change = match take_device(&found, address, &there, device.at) {
        Ok(change) => change,
        Err(_gone) => return Ok(refused("together-code-unknown", typed.code)),
    };
    sign_out::end_here(&app, &device).await?;
    app.commit(&change, &Actor::Person(found.value.adult)).await?;
    Ok(Redirect::to("/together").into_response())
}

/// The children of the class, as they are shown, with where each stands with their own part.
async fn class(
    app: &App,
    device: &AtDevice,
    together: &Together,
) -> Result<(String, Vec<(Person, Standing)>), PortalFault> {
    let group = app.books.get::<Group, _>(together.group).await?.ok_or(AppFault::NotFound)?.value;
    let versions = app.books.values::<AgreementVersion>().await?;
    let own = device.school.settings.own_part_alone();
    let known = Known::of_own_part(&own, &versions, &device.school.zone);
    let mut all = Vec::new();
    for child in children_of(app, device, &group).await? {
        let signatures = app.books.find::<Signature>("person", child.id).await?;
        let signatures: Vec<Signature> = signatures.into_iter().map(|stored| stored.value).collect();
        let standing = standing::of(&child, &signatures, known, device.at);
        // What is not put out yet cannot be signed.
        let there = |key: &str| versions.iter().any(|version| version.in_force && version.key == key);
        if standing != Standing::NoneAsked && standing.owed().is_none_or(there) {
            all.push((child, standing));
        }
    }
    Ok((group.name, all))
}

const fn is_due(standing: &Standing) -> bool {
    matches!(standing, Standing::Due { .. } | Standing::DueBy { .. })
}

async fn names(app: &App, device: &AtDevice, together: &Together, done: Option<&str>) -> Answer {
    let (class, children) = class(app, device, together).await?;
    let reader = children.first().map_or(Reader::Ks1, |(child, _)| child.reader());
    let f = Frame::portal(app, device, "faces-title").speaking_to(app, reader, "faces-title").done(done);
    let asked = children.len();
    let signed = children.iter().filter(|(_, standing)| !is_due(standing)).count();
    let address =
        |child: &Person, standing: &Standing| is_due(standing).then(|| format!("/together/{}", child.id));
    let children =
        children.into_iter().map(|(child, standing)| (address(&child, &standing), child)).collect();
    let ends = device.school.zone.local(together.ends_at).spoken_time();
    Ok(page(&NamesPage { class, children, signed, asked, ends, f }))
}

#[derive(Debug, Deserialize)]
pub(super) struct Chosen {
    answer: Option<usize>,
    changed: Option<String>,
}

/// A child of the class that signs here.
struct Turn {
    together: Together,
    child: Person,
    standing: Standing,
    current: text::InForce,
}

impl Turn {
    async fn of(app: &App, device: &AtDevice, child: &str) -> Result<Option<Self>, PortalFault> {
        let Some(together) = here(app, device).await? else { return Ok(None) };
        let id: PersonId = child.parse().map_err(|_not_an_id| AppFault::NotFound)?;
        let (_, children) = class(app, device, &together.value).await?;
        let found = children.into_iter().find(|(child, _)| child.id == id);
        let (child, standing) = found.ok_or(AppFault::NotFound)?;
        let key = device.school.settings.agreement_for(child.kind, child.year).ok_or(AppFault::NotFound)?;
        let current = text::in_force(app, key).await?.ok_or(AppFault::NotFound)?;
        Ok(Some(Self { together: together.value, child, standing, current }))
    }
}

/// Shows a child the rules and the question, and after the right answer the promise.
pub(super) async fn child(
    State(app): State<App>,
    device: AtDevice,
    Path(child): Path<String>,
    Query(asked): Query<Chosen>,
) -> Answer {
    let Some(turn) = Turn::of(&app, &device, &child).await? else {
        return Ok(Redirect::to("/together").into_response());
    };
    if !is_due(&turn.standing) {
        return Ok(Redirect::to("/together").into_response());
    }
    Ok(child_page(&app, &device, turn, &asked))
}

fn child_page(app: &App, device: &AtDevice, turn: Turn, asked: &Chosen) -> Response {
    let text = turn.current.text;
    let action = format!("/together/{}", turn.child.id);
    let check = text.head.check.clone();
    let chosen = check.as_ref().zip(asked.answer).and_then(|(check, at)| check.answers.get(at)).cloned();
    let right = chosen.as_ref().is_some_and(|answer| answer.right);
    let answers = check.iter().flat_map(|check| check.answers.iter().cloned().enumerate());
    let answers = answers.map(|(at, answer)| (format!("{action}?answer={at}"), answer)).collect();
    let rules = text.clauses.iter().map(|clause| {
        let picture = clause.picture.clone().unwrap_or_else(|| "star".to_owned());
        (picture, markdown::inline(&clause.text), markdown::words(&clause.text))
    });
    let f = Frame::portal(app, device, "agreement-title");
    let f = f.speaking_to(app, turn.child.reader(), "agreement-title").titled(text.head.title.clone());
    page(&ChildPage {
        rules: rules.collect(),
        opening: text.head.opening.clone(),
        ready: check.is_none() || right,
        check,
        answers,
        chosen,
        changed: asked.changed.is_some(),
        declaration: text.head.declaration.clone(),
        digest: text.digest.to_string(),
        answer: asked.answer.filter(|_| right),
        action,
        child: turn.child,
        f,
    })
}

/// What a child hands in.
#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    digest: String,
    #[serde(default)]
    answer: String,
}

/// Signs. Pressing twice signs once.
pub(super) async fn sign(
    State(app): State<App>,
    Path(child): Path<String>,
    form: PortalForm<Sent>,
) -> Answer {
    let PortalForm { from: device, value: sent } = form;
    let back = Ok(Redirect::to("/together").into_response());
    let Some(turn) = Turn::of(&app, &device, &child).await? else { return back };
    let again = |query: &str| Redirect::to(&format!("/together/{}{query}", turn.child.id)).into_response();
    let Ok(shown) = digest(&sent.digest) else { return Ok(again("?changed=yes")) };
    let hand = Hand {
        id: app.new_id(),
        child: &turn.child,
        standing: &turn.standing,
        shown,
        answer: sent.answer.parse().ok(),
    };
    match hand_in(&turn.together, &hand, &turn.current.text, device.at) {
        Ok((_, change)) => {
            // Nobody signed in here: the change is about the child, and an adult was in the room.
            app.commit(&change, &Actor::Usher("a class on one device".into())).await?;
            refresh(&app, &device.school, turn.child.id, device.at).await?;
            Ok(Redirect::to("/together?done=together-signed").into_response())
        }
        Err(Refusal::AgreementChanged) => Ok(again("?changed=yes")),
        Err(Refusal::CheckWrong) => Ok(again("")),
        Err(Refusal::AlreadySo | Refusal::Gone) => back,
        Err(other) => Err(other.into()),
    }
}

/// The class has finished.
pub(super) async fn finish(State(app): State<App>, form: PortalForm<Pressed>) -> Answer {
    let device = form.from;
    if let Some(together) = here(&app, &device).await? {
        app.commit(&end(&together, device.at)?, &Actor::Person(together.value.adult)).await?;
    }
    Ok(Redirect::to("/?done=together-ended").into_response())
}
