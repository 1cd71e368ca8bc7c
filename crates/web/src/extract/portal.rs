//! The portal: whoever is at the device.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use usher_policy::access::{Act, Denied, Permit, Who, may};
use usher_policy::facts::Circumstances;
use usher_records::change::Actor;
use usher_records::person::Person;
use usher_records::school::School;
use usher_types::moment::Moment;
use usher_types::role::{Reader, Year};

use crate::app::{App, AppFault, Peer};
use crate::security::form::{self, Holder};

/// What opens only after a new password is set, where one must be. Asking for help never waits.
const AFTER_A_PASSWORD: [&str; 4] = ["/clause", "/agreement", "/questions", "/parents"];

/// Whoever is at the device that asks.
#[derive(Debug, Clone)]
pub struct AtDevice {
    /// The device's address.
    pub peer: Peer,
    /// Who, as decisions see them; nobody when nobody is signed in.
    pub who: Circumstances,
    /// The person; none for nobody and for shared accounts.
    pub person: Option<Arc<Person>>,
    /// The school.
    pub school: Arc<School>,
    /// Now, the same for the whole request.
    pub at: Moment,
    holder: String,
}

impl AtDevice {
    /// Finds whoever is at a device now.
    ///
    /// # Errors
    /// When the books fail.
    pub async fn find(app: &App, peer: Peer) -> Result<Self, AppFault> {
        let at = app.now();
        let who = app.table.who(peer.address, at);
        // A form shown before signing in is not one to be sent after, by whoever signed in then.
        let session = who.subject.session.map(|session| session.to_string()).unwrap_or_default();
        let holder = format!("{} {session}", peer.address.to_canonical());
        let school = Arc::new(usher_directory::books::school(&app.books).await?);
        let person = match who.subject.person {
            Some(id) => Some(Arc::new(usher_directory::books::person(&app.books, id).await?)),
            None => None,
        };
        Ok(Self { peer, who, person, school, at, holder })
    }

    /// How pages speak to them.
    pub fn reader(&self) -> Reader {
        // Before a new password is set, decisions know nobody; the page knows whom it asks.
        let person = self.person.as_ref().filter(|_| self.who.subject.must_set_password());
        person.map_or_else(|| self.who.subject.reader(), |person| Reader::of(person.kind, person.year))
    }

    /// The name pages show: the person's, or the year of a shared account.
    pub fn name(&self) -> Option<String> {
        let person = self.person.as_ref().map(|person| person.name());
        person.or_else(|| self.who.subject.year.map(Year::label))
    }

    /// Whether somebody may do one thing.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn may(person: &Person, act: Act) -> Result<Permit, Denied> {
        may(&Who::of(person), act)
    }

    /// Who did it, for the journal.
    pub fn actor(&self) -> Actor {
        let person = self.person.as_ref();
        person.map_or_else(|| Actor::Usher("shared sign-in".into()), |person| Actor::Person(person.id))
    }

    /// The session they are known by, as text; empty for nobody.
    pub fn session_text(&self) -> String {
        self.who.subject.session.map(|session| session.to_string()).unwrap_or_default()
    }

    /// Whom forms are signed for.
    pub fn holder(&self) -> Holder<'_> {
        Holder(&self.holder)
    }

    /// The token of a form shown to them now.
    pub fn token(&self, app: &App) -> String {
        form::token(&app.key, self.holder(), self.at)
    }
}

impl FromRequestParts<App> for AtDevice {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let peer = parts.extensions.get::<Peer>().copied();
        // The listener and the gateway both say where a request comes from; without it there is nobody to answer.
        let peer = peer.ok_or_else(|| StatusCode::BAD_REQUEST.into_response())?;
        let device = Self::find(app, peer).await.map_err(IntoResponse::into_response)?;
        let path = parts.uri.path();
        let waits = path == "/" || AFTER_A_PASSWORD.iter().any(|own| path.starts_with(own));
        if device.who.subject.must_set_password() && waits {
            let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
            return Err(Redirect::to(&format!("/password{query}")).into_response());
        }
        Ok(device)
    }
}

/// Marks a request as coming from a device.
pub fn from_peer(mut request: Request, peer: Peer) -> Request {
    request.extensions_mut().insert(peer);
    request
}
