//! A code for a token (RFC 6749, 4.1.3; OpenID Connect Core, 3.1.3): between the service's server and this one.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use usher_records::change::{Actor, Stored};
use usher_records::school::School;
use usher_records::service::Service;
use usher_records::service::consent::Told;
use usher_records::service::entry::{Entry, Redeemed, Shown, TOKEN_MINUTES, redeem};
use usher_records::session::Session;
use usher_store::store::StoreError;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use super::browser::InBrowser;
use super::proof;
use super::written::{id_token, open_to_all, problem};
use crate::app::{App, AppFault, Peer};
use crate::extract::form::read_body;
use crate::security::asking::CodeOf;
use crate::security::{base64, cookie};

#[derive(Serialize)]
struct Token {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    id_token: String,
    scope: String,
}

/// Gives it.
pub(super) async fn give(State(app): State<App>, request: Request<Body>) -> Result<Response, AppFault> {
    let (parts, body) = request.into_parts();
    let invalid = || problem(StatusCode::BAD_REQUEST, "invalid_request");
    let Ok(bytes) = read_body(&parts.headers, body).await else { return Ok(invalid()) };
    let Ok(form) = serde_html_form::from_bytes::<Vec<(String, String)>>(&bytes) else { return Ok(invalid()) };
    let at = app.now();
    let Some(service) = proof::of(&app, &parts.headers, &form).await? else {
        let asks = parts.extensions.get::<Peer>().map(|peer| peer.address);
        // Secrets are too long to be guessed; this keeps a guesser from making work.
        let often = asks.is_some_and(|address| !app.asking.may_ask(CodeOf::ServiceSecret, address, at));
        return Ok(unknown(often));
    };
    let field = |name: &str| {
        let mut all = form.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        (all.next().unwrap_or_default(), all.next().is_some())
    };
    let wanted = ["grant_type", "code", "redirect_uri", "code_verifier"].map(field);
    if wanted.iter().any(|(value, twice)| value.is_empty() || *twice) {
        return Ok(invalid());
    }
    let [(grant, _), (code, _), (returns, _), (verifier, _)] = wanted;
    if grant != "authorization_code" {
        return Ok(problem(StatusCode::BAD_REQUEST, "unsupported_grant_type"));
    }
    let challenge = base64::encode_for_addresses(Digest::of(verifier.as_bytes()).as_bytes());
    let shown = Shown { service: service.id, returns, challenge: &challenge };
    let token = redeemed(&app, &service, code, shown, at).await?;
    let refused = || problem(StatusCode::BAD_REQUEST, "invalid_grant");
    Ok(open_to_all(token.map_or_else(refused, |token| Json(token).into_response())))
}

fn unknown(often: bool) -> Response {
    let status = if often { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNAUTHORIZED };
    let mut response = problem(status, "invalid_client");
    let asks = HeaderValue::from_static("Basic realm=\"services\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, asks);
    response
}

async fn redeemed(
    app: &App,
    service: &Service,
    code: &str,
    shown: Shown<'_>,
    at: Moment,
) -> Result<Option<Token>, AppFault> {
    let code = Digest::of(code.as_bytes());
    let Some(entry) = app.books.find_one::<Entry>("code", code).await? else { return Ok(None) };
    let token = cookie::new_secret()
        .ok_or_else(|| AppFault::Store(StoreError::Unreadable { what: "randomness".into() }))?;
    let actor = Actor::Usher("services".into());
    match redeem(&entry, shown, Digest::of(token.as_bytes()), at) {
        Redeemed::Token(change) => match app.books.commit(&change, &actor, at).await {
            Ok(_) => {}
            // The same code at the same moment: it came twice.
            Err(StoreError::Conflict { .. }) => {
                call_off(app, code, shown, at).await?;
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        },
        Redeemed::Twice(change) => {
            app.commit(&change, &actor).await?;
            return Ok(None);
        }
        Redeemed::Refused => return Ok(None),
    }
    let entry = entry.value;
    // Whatever happened to the person in between counts.
    let Some(person) = still_in(app, service, &entry, at).await? else { return Ok(None) };
    let Some(person) = person.person else { return Ok(None) };
    Ok(Some(Token {
        access_token: token,
        token_type: "Bearer",
        expires_in: TOKEN_MINUTES * 60,
        id_token: id_token(app, service, &person, &entry, at).await?,
        scope: scope(&entry.asked.told),
    }))
}

async fn call_off(app: &App, code: Digest, shown: Shown<'_>, at: Moment) -> Result<(), AppFault> {
    let Some(entry) = app.books.find_one::<Entry>("code", code).await? else { return Ok(()) };
    if let Redeemed::Twice(change) = redeem(&entry, shown, code, at) {
        app.commit(&change, &Actor::Usher("services".into())).await?;
    }
    Ok(())
}

fn scope(told: &[Told]) -> String {
    let words = told.iter().map(|one| match one {
        Told::Profile => "profile",
        Told::Email => "email",
    });
    std::iter::once("openid").chain(words).collect::<Vec<_>>().join(" ")
}

/// Whoever signed in, if they still may and did not sign out.
pub(super) async fn still_in(
    app: &App,
    service: &Service,
    entry: &Entry,
    at: Moment,
) -> Result<Option<InBrowser>, AppFault> {
    let school: School = usher_directory::books::school(&app.books).await?;
    let session: Option<Stored<Session>> = app.books.get(entry.session).await?;
    let Some(session) = session.filter(|session| session.value.holds(at)) else { return Ok(None) };
    let found = InBrowser::of(app, session, entry.code, &school, at).await?;
    Ok(found.filter(|one| one.may_enter(service, &school, at).is_ok()))
}
