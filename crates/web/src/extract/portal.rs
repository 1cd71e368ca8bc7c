//! The portal: whoever is at the device.

use axum::extract::{FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use usher_policy::facts::Circumstances;
use usher_types::moment::Moment;
use usher_types::role::Reader;

use crate::app::{App, Peer};
use crate::security::form::{self, Holder};

/// Whoever is at the device that asks.
#[derive(Debug, Clone)]
pub struct AtDevice {
    /// The device's address.
    pub peer: Peer,
    /// Who, as decisions see them; nobody when nobody is signed in.
    pub who: Circumstances,
    /// Now, the same for the whole request.
    pub at: Moment,
    holder: String,
}

impl AtDevice {
    /// How pages speak to them.
    pub fn reader(&self) -> Reader {
        self.who.subject.reader()
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
        let at = app.now();
        let who = app.table.who(peer.address, at);
        // A form shown before signing in is not one to be sent after, by whoever signed in then.
        let session = who.subject.session.map(|session| session.to_string()).unwrap_or_default();
        let holder = format!("{} {session}", peer.address.to_canonical());
        Ok(Self { peer, who, at, holder })
    }
}

/// Marks a request as coming from a device.
pub fn from_peer(mut request: Request, peer: Peer) -> Request {
    request.extensions_mut().insert(peer);
    request
}
