//! Signing in at the desk, signing out, and staying signed in.

use askama::Template;
use axum::Json;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use usher_directory::sign_in::{Ask, Place, Secret, SignInFault, SignedIn};
use usher_policy::access::{Act, Who, may};
use usher_records::change::{Actor, Stored};
use usher_records::session::{EndReason, Session, end};
use usher_types::SecretString;
use usher_types::moment::Moment;

use super::around::{lead, own_path};
use super::clock::Clock;
use super::field::{Field, Fields};
use crate::app::{App, AppFault, Peer};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed, TOKEN_FIELD, field, parse, read_body};
use crate::security::cookie;
use crate::security::form::{self, Holder};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/sign-in.html")]
struct SignInPage {
    f: Frame,
    errors: Errors,
    username: Field,
    password: Field,
    then: String,
    portal: String,
}

#[derive(Template)]
#[template(path = "desk/not-yours.html")]
struct NotYours {
    f: Frame,
    name: String,
    portal: String,
}

/// Where to go after signing in, and what was just done.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Then {
    then: Option<String>,
    done: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Filled {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    then: Option<String>,
}

/// Shows the form.
pub(super) async fn show(State(app): State<App>, Query(then): Query<Then>, request: Request) -> Response {
    let Some(peer) = request.extensions().get::<Peer>().copied() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    form_page(&app, peer, Errors::none(), "", &then, StatusCode::OK)
}

fn form_page(
    app: &App,
    peer: Peer,
    errors: Errors,
    username: &str,
    then: &Then,
    status: StatusCode,
) -> Response {
    let token = form::token(&app.key, Holder(&holder(peer)), app.now());
    let f = Frame::outside(app, token, "desk-sign-in-title").done(then.done.as_deref());
    let fields = Fields::new(&f.says, &errors);
    let more = "autocomplete=username spellcheck=false autocapitalize=none";
    let username = fields.input("username", "text", username, more, "govuk-input--width-20");
    let more = "autocomplete=current-password";
    let password = fields.input("password", "password", "", more, "govuk-input--width-20");
    let then = own_path(then.then.as_deref()).to_owned();
    let portal = app.places.portal_origin.clone();
    with_status(status, &SignInPage { username, password, f, errors, then, portal })
}

/// Nobody is signed in yet, so the form is signed for the browser's address.
fn holder(peer: Peer) -> String {
    format!("desk {}", peer.address.to_canonical())
}

/// Signs somebody in. Every sign-in has a cookie of its own; an earlier one in the same browser ends.
pub(super) async fn sign_in(State(app): State<App>, request: Request) -> Result<Response, Response> {
    let (parts, body) = request.into_parts();
    let peer = parts.extensions.get::<Peer>().copied();
    let peer = peer.ok_or_else(|| StatusCode::BAD_REQUEST.into_response())?;
    let filled = read(&app, peer, &parts.headers, body).await?;
    let encrypted = is_encrypted(&app);
    let secret = cookie::new_secret().ok_or_else(|| StatusCode::SERVICE_UNAVAILABLE.into_response())?;
    let ask = Ask {
        username: filled.username.clone(),
        secret: Secret::Password(SecretString::from(filled.password)),
        address: peer.address,
        place: Place::Desk(cookie::digest(&secret)),
        group: None,
        clause_accepted: true,
    };
    let at = app.now();
    let signed = match app.sign_in.sign_in(ask, app.table.last_at(peer.address), at).await {
        Ok(signed) => signed,
        Err(fault) => {
            let then = Then { then: filled.then, done: None };
            return refused(&app, peer, fault, &filled.username, &then).await;
        }
    };
    if let Some(old) = cookie::secret(&parts.headers, encrypted) {
        end_old(&app, old, at).await.map_err(IntoResponse::into_response)?;
    }
    if !may_use_desk(&signed) {
        return not_yours(&app, peer, &signed, at).await.map_err(IntoResponse::into_response);
    }
    let then = if signed.must_change { "/password" } else { own_path(filled.then.as_deref()) };
    let mut response = Redirect::to(then).into_response();
    if let Some(value) = cookie::set(Some(&secret), encrypted) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

async fn read(app: &App, peer: Peer, headers: &HeaderMap, body: Body) -> Result<Filled, Response> {
    let bytes = read_body(headers, body).await.map_err(IntoResponse::into_response)?;
    let token = field(&bytes, TOKEN_FIELD).unwrap_or_default();
    let holder = holder(peer);
    form::check(&app.key, Holder(&holder), &token, headers, &app.places.desk_origin, app.now())
        .map_err(IntoResponse::into_response)?;
    parse(&bytes).map_err(IntoResponse::into_response)
}

async fn refused(
    app: &App,
    peer: Peer,
    fault: SignInFault,
    username: &str,
    then: &Then,
) -> Result<Response, Response> {
    let says = Frame::outside(app, String::new(), "desk-sign-in-title").says;
    let words = match fault {
        SignInFault::Wrong | SignInFault::Elsewhere => says.t("desk-sign-in-wrong"),
        SignInFault::Resting(until) => {
            let school = usher_directory::books::school(&app.books).await;
            let school = school.map_err(|error| AppFault::from(error).into_response())?;
            says.t1("desk-sign-in-resting", "time", Clock::new(&school.zone, app.now()).time(until))
        }
        SignInFault::Closed => says.t("desk-sign-in-closed"),
        SignInFault::Store(error) => return Err(AppFault::from(error).into_response()),
        error => {
            tracing::error!(error = &error as &dyn std::error::Error, "a sign-in could not be checked");
            return Err(StatusCode::SERVICE_UNAVAILABLE.into_response());
        }
    };
    let errors = Errors::of("username", words);
    Ok(form_page(app, peer, errors, username, then, StatusCode::UNPROCESSABLE_ENTITY))
}

fn may_use_desk(signed: &SignedIn) -> bool {
    signed.person.as_ref().is_some_and(|person| may(&Who::of(person), Act::UseDesk).is_ok())
}

/// Parents, pupils and visitors are at the wrong door; they are told which is theirs.
async fn not_yours(app: &App, peer: Peer, signed: &SignedIn, at: Moment) -> Result<Response, AppFault> {
    let stored = Stored { value: signed.session.clone(), version: 1 };
    app.commit(&end(&stored, EndReason::SignedOut, at), &Actor::Usher("desk".into())).await?;
    let token = form::token(&app.key, Holder(&holder(peer)), at);
    let f = Frame::outside(app, token, "desk-not-yours-title");
    let name = signed.person.as_ref().map(|person| person.name()).unwrap_or_default();
    let portal = app.places.portal_origin.clone();
    Ok(with_status(StatusCode::FORBIDDEN, &NotYours { f, name, portal }))
}

async fn end_old(app: &App, old: &str, at: Moment) -> Result<(), AppFault> {
    let found = app.books.find_one::<Session>("secret", cookie::digest(old)).await?;
    if let Some(session) = found {
        app.desk.last_used.forget(session.value.id);
        app.commit(&end(&session, EndReason::Replaced, at), &Actor::Usher("desk".into())).await?;
    }
    Ok(())
}

fn is_encrypted(app: &App) -> bool {
    app.places.desk_origin.starts_with("https://")
}

/// Signs out.
pub(super) async fn sign_out(State(app): State<App>, form: DeskForm<Pressed>) -> Result<Response, AppFault> {
    let desk = form.from;
    let session = app.books.get::<Session, _>(desk.session.id).await?.ok_or(AppFault::NotFound)?;
    app.commit(&end(&session, EndReason::SignedOut, desk.at), &desk.actor()).await?;
    app.desk.last_used.forget(desk.session.id);
    let mut response = lead("/sign-in", "signed-out");
    if let Some(value) = cookie::set(None, is_encrypted(&app)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

#[derive(Debug, Deserialize)]
pub(super) struct Stretch {
    then: Option<String>,
    /// Sent by the script, which stays on its page.
    quiet: Option<String>,
}

/// When the sign-in ends now.
#[derive(Debug, Serialize)]
struct Stretched {
    ends_ms: i64,
    words: String,
}

/// Stays signed in: being asked for anything starts the idle limit again.
pub(super) async fn stretch(State(app): State<App>, form: DeskForm<Stretch>) -> Response {
    let (desk, asked) = (form.from, form.value);
    if asked.quiet.is_none() {
        return lead(own_path(asked.then.as_deref()), "session-stretched");
    }
    Json(stretched(&app, &desk)).into_response()
}

fn stretched(app: &App, desk: &AtDesk) -> Stretched {
    let idle = desk.at.plus_minutes(i64::from(desk.session.idle_minutes));
    let ends = idle.min(desk.session.until);
    let says = Frame::outside(app, String::new(), "desk-sign-in-title").says;
    Stretched {
        ends_ms: ends.unix_ms(),
        words: says.t1("session-warning", "time", Clock::at(desk).time(ends)),
    }
}
