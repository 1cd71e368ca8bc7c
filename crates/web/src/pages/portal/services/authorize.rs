//! Somebody comes from a service, and goes back with a code: signed in here, told what it will know, allowed (OpenID Connect Core,
//! 3.1.2).

use axum::body::Body;
use axum::extract::{self, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use usher_directory::books;
use usher_directory::sign_in::{Ask, Place, Secret, SignInFault};
use usher_policy::service::{Refused, must_sign_in_again};
use usher_records::change::{Actor, Stored};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_records::service::consent::{self, Consent, covers, give};
use usher_records::service::entry::{Entry, enter};
use usher_records::session::EndReason;
use usher_store::store::StoreError;
use usher_types::SecretString;
use usher_types::digest::Digest;
use usher_types::role::Reader;

use super::asked::{self, Fault, Request};
use super::browser::{self, InBrowser};
use super::show::{Shown, nobody};
use crate::app::{App, AppFault, Peer};
use crate::extract::form::{TOKEN_FIELD, field, parse, read_body};
use crate::pages::portal::fault::Answer;
use crate::security::asking::CodeOf;
use crate::security::cookie;
use crate::security::form::{self, Holder};
use crate::view::frame::Frame;

/// What a page of ours sends along: the request it was shown for.
#[derive(Debug, Deserialize)]
struct Sent {
    #[serde(default)]
    ask: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
}

/// How far somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// They come from the service.
    Came,
    /// They typed their password just now.
    SignedIn,
    /// They said yes to what it will know.
    Agreed,
}

/// They come.
pub(super) async fn begin(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    extract::Extension(peer): extract::Extension<Peer>,
    headers: HeaderMap,
) -> Answer {
    come(&app, peer, &headers, &query.unwrap_or_default()).await
}

/// They come, and what is asked for stands in a form of the service's (OpenID Connect Core, 3.1.2.1). It changes nothing by itself.
pub(super) async fn begin_sent(State(app): State<App>, request: extract::Request<Body>) -> Answer {
    let (parts, body) = request.into_parts();
    let peer = parts.extensions.get::<Peer>().copied();
    let bytes = read_body(&parts.headers, body).await?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match peer {
        Some(peer) => come(&app, peer, &parts.headers, &text).await,
        None => Ok(StatusCode::BAD_REQUEST.into_response()),
    }
}

async fn come(app: &App, peer: Peer, headers: &HeaderMap, text: &str) -> Answer {
    let school = books::school(&app.books).await?;
    let shown = Shown { app, school: &school, at: app.now() };
    let request = match asked::read(app, text).await {
        Ok(request) => request,
        Err(fault) => return Ok(at_fault(shown, fault)),
    };
    let found = InBrowser::find(app, headers, &school, shown.at).await?;
    Ok(go_on(shown, &request, peer, found, Step::Came).await?)
}

fn at_fault(shown: Shown<'_>, fault: Fault) -> Response {
    match fault {
        Fault::NobodyKnown => shown.lost(StatusCode::BAD_REQUEST, "service-unknown"),
        Fault::Told(back, error) => Redirect::to(&back.error(shown.app, error)).into_response(),
        Fault::App(fault) => fault.into_response(),
    }
}

/// Whether somebody else is signed in at the device now: the next child at a shared computer is not the one before.
fn is_anothers(app: &App, peer: Peer, found: &InBrowser, at: usher_types::moment::Moment) -> bool {
    let here = app.table.who(peer.address, at).subject;
    here.is_somebody() && here.person != found.person.as_ref().map(|person| person.id)
}

/// The next thing that is due: the password, a no, what it will know, or the way back with a code.
async fn go_on(
    shown: Shown<'_>,
    request: &Request,
    peer: Peer,
    found: Option<InBrowser>,
    step: Step,
) -> Result<Response, AppFault> {
    let Shown { app, school, at } = shown;
    let told = |error: &str| Redirect::to(&request.back().error(app, error)).into_response();
    let again =
        |one: &InBrowser| must_sign_in_again(one.session.value.from, request.fresh, step != Step::Came, at);
    let Some(found) = found.filter(|one| !again(one) && !is_anothers(app, peer, one, at)) else {
        if request.service.ended.is_some() {
            return Ok(shown.no(request, Reader::Ks2, Refused::Ended));
        }
        let page = || shown.sign_in(request, peer, String::new(), None);
        return Ok(if request.silent { told("login_required") } else { page() });
    };
    let person = match found.may_enter(&request.service, school, at) {
        Ok(person) => person,
        Err(_refused) if request.silent => return Ok(told("access_denied")),
        Err(refused) => {
            let reader = found.person.as_ref().map_or(Reader::Ks2, Person::reader);
            return Ok(shown.no(request, reader, refused));
        }
    };
    let key = consent::of(person.id, request.service.id);
    let before: Option<Stored<Consent>> = app.books.find_one("of", key).await?;
    let covered = covers(before.as_ref().map(|before| &before.value), &request.asked.told);
    if step != Step::Agreed && (!covered || request.says_again) {
        let page = || shown.agree(request, person, found.holder());
        return Ok(if request.silent { told("consent_required") } else { page() });
    }
    if !covered {
        agreed(shown, request, person, before.as_ref()).await?;
    }
    if !app.asking.may_ask(CodeOf::ServiceEntry, person.id, at) {
        return Ok(shown.lost(StatusCode::TOO_MANY_REQUESTS, "service-often"));
    }
    code(shown, request, &found, person).await
}

async fn agreed(
    shown: Shown<'_>,
    request: &Request,
    person: &Person,
    before: Option<&Stored<Consent>>,
) -> Result<(), AppFault> {
    let Shown { app, at, .. } = shown;
    let (service, told) = (request.service.id, request.asked.told.clone());
    let consent = Consent { id: app.new_id(), person: person.id, service, told, at };
    match give(consent, before) {
        Ok(change) => match app.commit(&change, &Actor::Person(person.id)).await {
            // Pressed twice: it was said.
            Ok(()) | Err(AppFault::Refused(Refusal::AlreadySo | Refusal::Conflict)) => Ok(()),
            Err(fault) => Err(fault),
        },
        Err(_said) => Ok(()),
    }
}

/// A code, in the books before it is on its way.
async fn code(
    shown: Shown<'_>,
    request: &Request,
    found: &InBrowser,
    person: &Person,
) -> Result<Response, AppFault> {
    let Shown { app, at, .. } = shown;
    let code = new_secret()?;
    let entry = Entry {
        id: app.new_id(),
        service: request.service.id,
        person: person.id,
        session: found.session.value.id,
        signed_in: found.session.value.from,
        asked: request.asked.clone(),
        code: Digest::of(code.as_bytes()),
        at,
        used: None,
        revoked: None,
    };
    app.commit(&enter(&entry), &Actor::Person(person.id)).await?;
    Ok(Redirect::to(&request.back().code(app, &code)).into_response())
}

fn new_secret() -> Result<String, AppFault> {
    cookie::new_secret().ok_or_else(|| AppFault::Store(StoreError::Unreadable { what: "randomness".into() }))
}

/// They type who they are.
pub(super) async fn sign_in(State(app): State<App>, request: extract::Request<Body>) -> Answer {
    let (parts, body) = request.into_parts();
    let Some(peer) = parts.extensions.get::<Peer>().copied() else {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    };
    let school = books::school(&app.books).await?;
    let shown = Shown { app: &app, school: &school, at: app.now() };
    let sent = match read(shown, &parts.headers, body, &nobody(peer)).await {
        Ok(sent) => sent,
        Err(answer) => return Ok(answer),
    };
    let request = match asked::read(&app, &sent.ask).await {
        Ok(request) => request,
        Err(fault) => return Ok(at_fault(shown, fault)),
    };
    let secret = new_secret()?;
    let digest = cookie::digest(&secret);
    let ask = Ask {
        username: sent.username.clone(),
        secret: Secret::Password(SecretString::from(sent.password)),
        address: peer.address,
        place: Place::Services(digest),
        group: None,
        clause_accepted: false,
    };
    let signed = match app.sign_in.sign_in(ask, None, shown.at).await {
        Ok(signed) => signed,
        Err(SignInFault::Shared) => return Ok(shown.no(&request, Reader::Ks2, Refused::Shared)),
        Err(fault) => {
            let words = wrong(shown, fault)?;
            return Ok(shown.sign_in(&request, peer, sent.username, Some(words)));
        }
    };
    if let Some(old) = InBrowser::find(&app, &parts.headers, &school, shown.at).await? {
        browser::end(&app, &old.session, EndReason::Replaced, shown.at).await?;
    }
    app.desk.last_used.touch(&signed.session, shown.at);
    let session = Stored { value: signed.session, version: 1 };
    let found = InBrowser::of(&app, session, digest, &school, shown.at).await?;
    let mut response = go_on(shown, &request, peer, found, Step::SignedIn).await?;
    if let Some(value) = browser::set(Some(&secret)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// Why nobody was signed in, in words.
fn wrong(shown: Shown<'_>, fault: SignInFault) -> Result<String, AppFault> {
    let says =
        Frame::for_services(shown.app, shown.school, Reader::Ks2, String::new(), "service-no-title").says;
    Ok(match fault {
        SignInFault::Wrong | SignInFault::Elsewhere => says.t("sign-in-wrong"),
        SignInFault::Resting(until) => {
            says.t1("sign-in-resting", "time", shown.school.zone.local(until).spoken_time())
        }
        SignInFault::Closed => says.t("service-no-closed-any"),
        SignInFault::Store(error) => return Err(error.into()),
        other => return Err(AppFault::Store(StoreError::Unreadable { what: other.to_string() })),
    })
}

/// They say yes to what it will know.
pub(super) async fn agree(State(app): State<App>, request: extract::Request<Body>) -> Answer {
    let (parts, body) = request.into_parts();
    let Some(peer) = parts.extensions.get::<Peer>().copied() else {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    };
    let school = books::school(&app.books).await?;
    let shown = Shown { app: &app, school: &school, at: app.now() };
    let found = InBrowser::find(&app, &parts.headers, &school, shown.at).await?;
    let holder = found.as_ref().map_or_else(|| nobody(peer), |found| found.holder().to_owned());
    let sent = match read(shown, &parts.headers, body, &holder).await {
        Ok(sent) => sent,
        Err(answer) => return Ok(answer),
    };
    let request = match asked::read(&app, &sent.ask).await {
        // It was shown; it is not silent any more.
        Ok(request) => Request { silent: false, ..request },
        Err(fault) => return Ok(at_fault(shown, fault)),
    };
    Ok(go_on(shown, &request, peer, found, Step::Agreed).await?)
}

async fn read(shown: Shown<'_>, headers: &HeaderMap, body: Body, holder: &str) -> Result<Sent, Response> {
    let bytes = read_body(headers, body).await.map_err(IntoResponse::into_response)?;
    let token = field(&bytes, TOKEN_FIELD).unwrap_or_default();
    let (app, origin) = (shown.app, &shown.app.places.portal_origin);
    form::check(&app.key, Holder(holder), &token, headers, origin, shown.at)
        .map_err(IntoResponse::into_response)?;
    parse(&bytes).map_err(IntoResponse::into_response)
}
