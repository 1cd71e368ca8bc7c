//! The desk: whoever holds the cookie.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use usher_policy::access::{Act, Denied, Permit, Who, may};
use usher_records::account::{Account, State};
use usher_records::change::Actor;
use usher_records::person::Person;
use usher_records::school::School;
use usher_records::session::{self, Bound, EndReason, Session};
use usher_reports::names::Audience;
use usher_types::digest::Digest;
use usher_types::moment::Moment;

use crate::app::{App, AppFault};
use crate::security::cookie;
use crate::security::form::{self, Holder};

/// Somebody signed in at the desk.
#[derive(Debug, Clone)]
pub struct AtDesk {
    /// Who.
    pub person: Arc<Person>,
    /// Their session.
    pub session: Arc<Session>,
    /// The school.
    pub school: Arc<School>,
    /// Now, the same for the whole request.
    pub at: Moment,
    /// Whether a new password must be set before anything else.
    pub must_change: bool,
    holder: String,
}

impl AtDesk {
    /// Who, as the table of rights sees them.
    pub fn who(&self) -> Who {
        Who::of(&self.person)
    }

    /// Leave to do one thing.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn may(&self, act: Act) -> Result<Permit, Denied> {
        let permit = may(&self.who(), act)?;
        // Of those who may, the school names its readers.
        if act == Act::ReadWeeklyReport && self.weekly_parts().is_empty() {
            return Err(Denied(act));
        }
        Ok(permit)
    }

    /// What of the weekly report they may see: the report where the school names them, and what is for their eyes alone.
    pub fn weekly_parts(&self) -> Vec<Audience> {
        let roles = self.person.roles;
        Audience::seen_by(roles, roles.has_any(&self.school.settings.reports.weekly_to))
    }

    /// Who did it, for the journal.
    pub fn actor(&self) -> Actor {
        Actor::Person(self.person.id)
    }

    /// Whom forms are signed for.
    pub fn holder(&self) -> Holder<'_> {
        Holder(&self.holder)
    }

    /// The token of a form shown to them now.
    pub fn token(&self, app: &App) -> String {
        form::token(&app.key, self.holder(), self.at)
    }

    /// Finds whoever holds a cookie secret. A sign-in left alone for longer than its limit ends here (ACC-10).
    ///
    /// # Errors
    /// When the books fail.
    pub async fn find(app: &App, secret: Digest) -> Result<Option<Self>, AppFault> {
        let at = app.now();
        let Some(session) = app.books.find_one::<Session>("secret", secret).await? else { return Ok(None) };
        if !session.value.holds(at) || session.value.bound != Bound::Desk {
            return Ok(None);
        }
        if !app.desk.last_used.touch(&session.value, at) {
            let over = session::end(&session, EndReason::Idle, at);
            app.commit(&over, &Actor::Usher("idle limit".into())).await?;
            return Ok(None);
        }
        let school = usher_directory::books::school(&app.books).await?;
        let (Some(person), Some(account)) = (session.value.person(), session.value.account) else {
            return Ok(None);
        };
        let person = usher_directory::books::person(&app.books, person).await?;
        let account = app.books.get::<Account, _>(account).await?.map(|account| account.value);
        let open = account.as_ref().is_some_and(|account| account.state == State::Open);
        if !open || !person.is_here(school.zone.local(at).date()) {
            return Ok(None);
        }
        Ok(Some(Self {
            person: Arc::new(person),
            session: Arc::new(session.value),
            school: Arc::new(school),
            at,
            must_change: account.is_some_and(|account| account.must_change),
            holder: secret.to_string(),
        }))
    }
}

impl FromRequestParts<App> for AtDesk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        // The guard in front of every route has found them already.
        if let Some(found) = parts.extensions.get::<Self>() {
            return Ok(found.clone());
        }
        let encrypted = app.places.desk_origin.starts_with("https://");
        let secret = cookie::secret(&parts.headers, encrypted).map(cookie::digest);
        let found = match secret {
            Some(secret) => Self::find(app, secret).await.map_err(IntoResponse::into_response)?,
            None => None,
        };
        found.ok_or_else(|| {
            // What was to be sent cannot be sent again; what was to be read can.
            let path = parts.uri.path_and_query().filter(|_| parts.method == Method::GET);
            let then = path.map_or("/", |path| path.as_str());
            Redirect::to(&format!("/sign-in?then={}", form_value(then))).into_response()
        })
    }
}

/// A text as the value of a parameter.
fn form_value(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
