//! Whoever signed in to services in this browser: known by a cookie, not by their device, because these pages are reached from outside,
//! where a whole household, or everybody behind one server, has one address.

use axum::http::{HeaderMap, HeaderValue, header};
use usher_directory::books;
use usher_policy::facts::Restricted;
use usher_policy::service::{Asking, Refused, may_enter};
use usher_records::account::Account;
use usher_records::change::{Actor, Stored};
use usher_records::person::Person;
use usher_records::school::School;
use usher_records::service::Service;
use usher_records::session::{self, Bound, EndReason, Session};
use usher_records::standing::Standing;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use crate::app::{App, AppFault};
use crate::security::cookie;

/// The cookie. A service sends people here from its own site, so it goes along with that (`Lax`); our forms have tokens.
const NAME: &str = "__Host-usher-services";

/// Somebody signed in in this browser.
#[derive(Debug)]
pub(super) struct InBrowser {
    /// Their sign-in.
    pub(super) session: Stored<Session>,
    account: Account,
    /// Who; none for a year group, which is let in nowhere.
    pub(super) person: Option<Person>,
    standing: Standing,
    restrictions: Vec<Restricted>,
    holder: String,
}

/// The secret in a request's cookies.
pub(super) fn secret(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == NAME).then_some(value)
    })
}

/// The header that keeps a secret until the browser closes, or with none forgets it.
pub(super) fn set(secret: Option<&str>) -> Option<HeaderValue> {
    let (value, ends) = secret.map_or(("", "; Max-Age=0"), |secret| (secret, ""));
    HeaderValue::from_str(&format!("{NAME}={value}; Path=/; HttpOnly; SameSite=Lax; Secure{ends}")).ok()
}

impl InBrowser {
    /// Whoever sent this cookie, if their sign-in still holds. One left alone for longer than its limit ends here (ACC-10).
    pub(super) async fn find(
        app: &App,
        headers: &HeaderMap,
        school: &School,
        at: Moment,
    ) -> Result<Option<Self>, AppFault> {
        let Some(digest) = secret(headers).map(cookie::digest) else { return Ok(None) };
        let Some(session) = app.books.find_one::<Session>("secret", digest).await? else { return Ok(None) };
        if session.value.bound != Bound::Services || !session.value.holds(at) {
            return Ok(None);
        }
        if !app.desk.last_used.touch(&session.value, at) {
            let over = session::end(&session, EndReason::Idle, at);
            app.commit(&over, &Actor::Usher("idle limit".into())).await?;
            return Ok(None);
        }
        Self::of(app, session, digest, school, at).await
    }

    /// Whoever holds a sign-in.
    pub(super) async fn of(
        app: &App,
        session: Stored<Session>,
        secret: Digest,
        school: &School,
        at: Moment,
    ) -> Result<Option<Self>, AppFault> {
        let Some(account) = session.value.account else { return Ok(None) };
        let Some(account) = app.books.get::<Account, _>(account).await? else { return Ok(None) };
        let person = match session.value.person() {
            Some(id) => app.books.get::<Person, _>(id).await?.map(|person| person.value),
            None => None,
        };
        let (mut standing, mut restrictions) = (Standing::NoneAsked, Vec::new());
        if let Some(person) = &person {
            standing = books::standing(&app.books, school, person, at).await?;
            restrictions = books::restrictions(&app.books, person.id, at).await?;
        }
        let holder = format!("services {secret}");
        Ok(Some(Self { session, account: account.value, person, standing, restrictions, holder }))
    }

    /// Whom forms are signed for.
    pub(super) fn holder(&self) -> &str {
        &self.holder
    }

    /// Whether they may sign in to a service.
    pub(super) fn may_enter<'a>(
        &'a self,
        service: &'a Service,
        school: &School,
        at: Moment,
    ) -> Result<&'a Person, Refused> {
        may_enter(Asking {
            service,
            account: &self.account,
            person: self.person.as_ref(),
            standing: &self.standing,
            restrictions: &self.restrictions,
            today: school.zone.local(at).date(),
            at,
        })
    }
}

/// Ends a sign-in.
pub(super) async fn end(
    app: &App,
    session: &Stored<Session>,
    why: EndReason,
    at: Moment,
) -> Result<(), AppFault> {
    app.desk.last_used.forget(session.value.id);
    let actor = session.value.person().map_or_else(|| Actor::Usher("services".into()), Actor::Person);
    app.commit(&session::end(session, why, at), &actor).await
}
