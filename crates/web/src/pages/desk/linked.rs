//! The register of the school's other policies (POL-04): each with its editions and when it is looked at again. The document
//! opens at `/policies/<name>`, at the desk and at the portal, so that a clause or an entry may cite it.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::change::Stored;
use usher_records::linked_policy::{self, Edition, LinkedPolicy, LinkedPolicyNoun};
use usher_records::refusal::Refusal;
use usher_records::register::CitedPolicy;
use usher_types::digest::Digest;

use super::around::{Around, Done, around, lead, pdf};
use super::clock::Clock;
use super::field::{Choice, Field, Fields, choosing};
use super::people::percent;
use super::roll;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::parts_of_form;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{page, with_status};

/// The largest document: a scanned policy of fifty pages is a quarter of it. It lives in the books, which are backed up whole.
const LARGEST_BYTES: usize = 8 * 1024 * 1024;
/// The form around it: a token, some lines of text, what multipart adds.
const LARGEST_FORM: usize = LARGEST_BYTES + 64 * 1024;

/// What everybody at the desk reads, and what those have who keep the register.
pub(super) fn routes() -> Vec<DeskRoute> {
    let (read, keep) = (Act::UseDesk, Act::KeepPolicies);
    let bring = get(form).post(bring).layer(DefaultBodyLimit::max(LARGEST_FORM));
    let renew = get(renewing).post(renew).layer(DefaultBodyLimit::max(LARGEST_FORM));
    vec![
        desk_route("/policies", read, get(index)),
        desk_route("/policies/{name}", read, get(open)),
        desk_route("/linked-policies/new", keep, bring),
        desk_route("/linked-policies/{id}/edition", keep, renew),
    ]
}

/// The school's other policies, for a form that cites one; empty when there are none.
pub(super) fn choices(says: &Says, mut all: Vec<LinkedPolicy>, chosen: &str) -> Vec<Choice> {
    if all.is_empty() {
        return Vec::new();
    }
    all.sort_by_key(|policy| policy.title.to_lowercase());
    let none = Choice::new("", says.t("register-no-policy"));
    let choices = all.iter().map(|policy| Choice::new(&policy.name, &policy.title));
    choosing(std::iter::once(none).chain(choices).collect(), chosen)
}

/// A policy that is cited: its words, and where that edition of it opens.
pub(super) fn cited(says: &Says, cited: &CitedPolicy) -> (String, String) {
    let words = says.t2("register-policy", ("title", &cited.title), ("version", &cited.version));
    (words, format!("/policies/{}?version={}", cited.name, percent(&cited.version)))
}

#[derive(Template)]
#[template(path = "desk/linked/index.html")]
struct Index {
    f: Frame,
    d: Around,
    rows: Vec<Row>,
    keeps: bool,
}

struct Row {
    id: String,
    name: String,
    title: String,
    version: String,
    review: String,
    overdue: bool,
    earlier: Vec<String>,
}

#[derive(Template)]
#[template(path = "desk/linked/new.html")]
struct New {
    f: Frame,
    d: Around,
    errors: Errors,
    action: String,
    fields: Vec<Field>,
}

async fn index(State(app): State<App>, desk: AtDesk, Query(done): Query<Done>) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/policies", "linked-title");
    let clock = Clock::at(&desk);
    let mut all = app.books.values::<LinkedPolicy>().await?;
    all.sort_by_key(|policy| policy.title.to_lowercase());
    let row = |policy: LinkedPolicy| {
        let (latest, earlier) = policy.editions.split_last()?;
        Some(Row {
            id: policy.id.to_string(),
            version: latest.version.clone(),
            review: clock.date(latest.review),
            overdue: latest.review < clock.today(),
            earlier: earlier.iter().rev().map(|edition| edition.version.clone()).collect(),
            name: policy.name.clone(),
            title: policy.title.clone(),
        })
    };
    let view = Index {
        rows: all.into_iter().filter_map(row).collect(),
        keeps: desk.may(Act::KeepPolicies).is_ok(),
        f: f.done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

/// Which edition.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    version: Option<String>,
}

/// Opens the stored document: the latest edition, or the one asked for.
async fn open(
    State(app): State<App>,
    _desk: AtDesk,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let found = app.books.find_one::<LinkedPolicy>("name", &name).await?.ok_or(AppFault::NotFound)?.value;
    let edition = match &asked.version {
        Some(version) => found.edition(version),
        None => found.latest(),
    };
    let edition = edition.ok_or(AppFault::NotFound)?;
    let bytes = app.books.store().blob(app.books.school(), edition.document).await?;
    Ok(pdf(&format!("{}-{}", found.name, edition.version), bytes.ok_or(AppFault::NotFound)?))
}

/// A policy, or an edition of one, as typed.
#[derive(Debug, Default)]
struct Typed {
    title: String,
    version: String,
    review: String,
}

async fn form(State(app): State<App>, desk: AtDesk) -> Response {
    shown(&app, &desk, None, &Typed::default(), Errors::none())
}

async fn stored(app: &App, id: &str) -> Result<Stored<LinkedPolicy>, AppFault> {
    let id = roll::id::<LinkedPolicyNoun>(id)?;
    app.books.get::<LinkedPolicy, _>(id).await?.ok_or(AppFault::NotFound)
}

async fn renewing(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let policy = stored(&app, &id).await?.value;
    Ok(shown(&app, &desk, Some(&policy), &Typed::default(), Errors::none()))
}

fn shown(app: &App, desk: &AtDesk, policy: Option<&LinkedPolicy>, typed: &Typed, errors: Errors) -> Response {
    let (f, d) = around(app, desk, "/policies", "linked-new-title");
    let fields = Fields::new(&f.says, &errors);
    let mut all = Vec::new();
    if policy.is_none() {
        all.push(fields.line("linked-name", &typed.title));
    }
    all.push(fields.short("linked-version", &typed.version));
    all.push(fields.date("linked-review", &typed.review));
    all.push(fields.input("linked-file", "file", "", "accept=\"application/pdf\"", "govuk-input--width-20"));
    let (action, f) = match policy {
        Some(policy) => {
            let title = f.says.t1("linked-renew-title", "title", &policy.title);
            (format!("/linked-policies/{}/edition", policy.id), f.titled(title))
        }
        None => ("/linked-policies/new".to_owned(), f),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    with_status(status, &New { action, fields: all, f, d, errors })
}

async fn bring(State(app): State<App>, request: Request) -> Result<Response, Response> {
    let (desk, sent) = sent(&app, request).await?;
    kept(&app, &desk, None, sent).await.map_err(IntoResponse::into_response)
}

async fn renew(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    let (desk, sent) = sent(&app, request).await?;
    let policy = stored(&app, &id).await.map_err(IntoResponse::into_response)?;
    kept(&app, &desk, Some(&policy), sent).await.map_err(IntoResponse::into_response)
}

async fn sent(app: &App, request: Request) -> Result<(AtDesk, BTreeMap<String, Vec<u8>>), Response> {
    let (mut parts, body) = request.into_parts();
    let desk = <AtDesk as FromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
    let sent = parts_of_form(app, &desk, parts, body).await?;
    Ok((desk, sent))
}

async fn kept(
    app: &App,
    desk: &AtDesk,
    policy: Option<&Stored<LinkedPolicy>>,
    mut sent: BTreeMap<String, Vec<u8>>,
) -> Result<Response, AppFault> {
    let bytes = sent.remove("linked-file").unwrap_or_default();
    let mut field = |name: &str| {
        let bytes = sent.remove(name).unwrap_or_default();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    };
    let typed = Typed {
        title: field("linked-name"),
        version: field("linked-version"),
        review: field("linked-review"),
    };
    let says = Frame::desk(app, desk, "/policies", "linked-title").says;
    let again = |field, key: &str| {
        let errors = Errors::of(field, says.t(key));
        Ok(shown(app, desk, policy.map(|stored| &stored.value), &typed, errors))
    };
    let Ok(review) = typed.review.parse::<Date>() else {
        return again("linked-review", "reviews-day-missing");
    };
    if !bytes.starts_with(b"%PDF-") || bytes.len() > LARGEST_BYTES {
        return again("linked-file", "linked-file-odd");
    }
    let edition = Edition {
        version: typed.version.clone(),
        review,
        document: Digest::of(&bytes),
        by: desk.person.id,
        at: desk.at,
    };
    let today = Clock::at(desk).today();
    let change = match policy {
        Some(policy) => linked_policy::renew(policy, edition, today),
        None => linked_policy::bring(app.new_id(), &typed.title, edition, today),
    };
    match change {
        Ok(change) => {
            app.books.store().put_blob(app.books.school(), &bytes).await?;
            match app.commit(&change, &desk.actor()).await {
                Ok(()) => Ok(lead("/policies", "linked-kept")),
                Err(AppFault::Refused(Refusal::AlreadySo)) => again("linked-name", "linked-there"),
                Err(fault) => Err(fault),
            }
        }
        Err(Refusal::EndNeeded) => again("linked-review", "linked-review-past"),
        Err(Refusal::NameNeeded) => again("linked-name", "linked-name-missing"),
        Err(Refusal::AlreadySo) => again("linked-version", "linked-version-there"),
        Err(refusal) => again("linked-version", refusal.words()),
    }
}
