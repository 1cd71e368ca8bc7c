//! One service: what to enter at its end, who signed in, its secret, its end.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use usher_records::service::entry::Entry;
use usher_records::service::{self, ReturnAddress, Service};
use usher_store::store::StoreError;

use super::index::audience;
use super::stored;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::pages::desk::around::{Around, Done, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::roll::Roll;
use crate::security::cookie;
use crate::view::frame::Frame;
use crate::view::page;

/// Sign-ins shown, newest first: a few lessons of a class. All of them are in the journal.
const MOST_SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "desk/services/show.html")]
struct Show {
    f: Frame,
    d: Around,
    base: String,
    issuer: String,
    id: String,
    /// Its secret, this once.
    secret: Option<String>,
    keeps_secret: bool,
    returns: Vec<ReturnAddress>,
    after: Vec<ReturnAddress>,
    audience: String,
    told: String,
    owner: String,
    review: String,
    overdue: bool,
    ended: Option<String>,
    entries: Vec<(String, String)>,
    more: bool,
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let service = stored(&app, &id).await?.value;
    view(&app, &desk, &service, None, done.done.as_deref()).await
}

/// Shows it with its secret, which the books do not know.
pub(super) async fn with_secret(
    app: &App,
    desk: &AtDesk,
    service: &Service,
    secret: Option<String>,
) -> Result<Response, AppFault> {
    view(app, desk, service, secret, Some("service-saved")).await
}

async fn view(
    app: &App,
    desk: &AtDesk,
    service: &Service,
    secret: Option<String>,
    done: Option<&str>,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/services", "services-title");
    let (roll, clock) = (Roll::of(app).await?, Clock::at(desk));
    let mut entries: Vec<Entry> = app
        .books
        .find::<Entry>("service", service.id)
        .await?
        .into_iter()
        .map(|stored| stored.value)
        .collect();
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.id)));
    let entry = |entry: &Entry| (roll.name(&f.says, entry.person), clock.full(entry.at));
    let details = &service.details;
    let ended = service.ended.map(|(by, at)| {
        f.says.t2("services-ended-by", ("name", &roll.name(&f.says, by)), ("day", &clock.day(at)))
    });
    Ok(page(&Show {
        base: format!("/services/{}", service.id),
        issuer: app.places.portal_origin.clone(),
        id: service.id.to_string(),
        secret,
        keeps_secret: service.secret.is_some(),
        returns: details.returns.clone(),
        after: details.after.clone(),
        audience: audience(&f.says, &details.audience),
        told: f.says.t(if details.email { "services-told-email" } else { "services-told" }),
        owner: roll.name(&f.says, details.owner),
        review: clock.date(details.review),
        overdue: details.review < clock.today(),
        ended,
        more: entries.len() > MOST_SHOWN,
        entries: entries.iter().take(MOST_SHOWN).map(entry).collect(),
        f: f.clone().done(done).titled(details.name.clone()),
        d,
    }))
}

/// Makes a new secret and shows it this once.
pub(super) async fn renew(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let (desk, service) = (sent.from, stored(&app, &id).await?);
    let secret = cookie::new_secret()
        .ok_or_else(|| AppFault::Store(StoreError::Unreadable { what: "randomness".into() }))?;
    let change = service::renew_secret(&service, cookie::digest(&secret), desk.person.id, desk.at)?;
    app.commit(&change, &desk.actor()).await?;
    with_secret(&app, &desk, &service.value, Some(secret)).await
}

/// Ends it.
pub(super) async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let (desk, service) = (sent.from, stored(&app, &id).await?);
    app.commit(&service::end(&service, desk.person.id, desk.at)?, &desk.actor()).await?;
    Ok(lead(&format!("/services/{}", service.value.id), "service-ended"))
}

/// Takes its end back.
pub(super) async fn take_up(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let (desk, service) = (sent.from, stored(&app, &id).await?);
    app.commit(&service::take_up(&service)?, &desk.actor()).await?;
    Ok(lead(&format!("/services/{}", service.value.id), "service-taken-up"))
}
