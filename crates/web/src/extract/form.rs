//! Forms, read after their token is checked. Nothing of a form that fails is looked at.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::portal::AtDevice;
use crate::security::form::{self, FormFault, Holder};

/// The longest form, in bytes. The longest field is a reason in words.
const LONGEST_FORM_BYTES: usize = 64 * 1024;
/// The name of the hidden field with the token.
pub const TOKEN_FIELD: &str = "_form";

/// A button that sends nothing but itself.
#[derive(Debug, Default, Deserialize)]
pub struct Pressed {}

/// A form sent from a portal page of ours, by whoever it was shown to.
#[derive(Debug)]
pub struct PortalForm<T> {
    /// Whoever sent it.
    pub from: AtDevice,
    /// What it says.
    pub value: T,
}

/// A form sent from a desk page of ours, by whoever it was shown to.
#[derive(Debug)]
pub struct DeskForm<T> {
    /// Whoever sent it.
    pub from: AtDesk,
    /// What it says.
    pub value: T,
}

impl<T: DeserializeOwned> FromRequest<App> for PortalForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let from = <AtDevice as FromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
        let origin = app.places.portal_origin.clone();
        let value = read(app, &parts.headers, body, from.holder(), &origin, from.at).await?;
        Ok(Self { from, value })
    }
}

impl<T: DeserializeOwned> FromRequest<App> for DeskForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let from = <AtDesk as FromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
        let origin = app.places.desk_origin.clone();
        let value = read(app, &parts.headers, body, from.holder(), &origin, from.at).await?;
        Ok(Self { from, value })
    }
}

async fn read<T: DeserializeOwned>(
    app: &App,
    headers: &HeaderMap,
    body: Body,
    holder: Holder<'_>,
    origin: &str,
    at: usher_types::moment::Moment,
) -> Result<T, Response> {
    let bytes = read_body(headers, body).await.map_err(IntoResponse::into_response)?;
    let token = field(&bytes, TOKEN_FIELD).unwrap_or_default();
    form::check(&app.key, holder, &token, headers, origin, at)
        .map_err(|fault: FormFault| fault.into_response())?;
    parse(&bytes).map_err(IntoResponse::into_response)
}

/// One part of a form with files.
#[derive(Debug)]
pub(crate) struct FormPart {
    /// The field's name.
    pub(crate) name: String,
    /// The file's name, where it is one.
    pub(crate) file: Option<String>,
    /// What it holds.
    pub(crate) bytes: Vec<u8>,
}

/// The parts of a form with a file, by name; a file's name is under `<name>-name`. Of several parts with one name the last
/// counts.
pub(crate) type FormParts = BTreeMap<String, Vec<u8>>;

/// Who sent a form with a file, from where it must come, and when.
struct Sender<'a> {
    holder: Holder<'a>,
    origin: &'a str,
    at: usher_types::moment::Moment,
}

/// The parts of a desk's form with a file, after its token is checked.
pub(crate) async fn parts_of_form(
    app: &App,
    desk: &AtDesk,
    parts: Parts,
    body: Body,
) -> Result<FormParts, Response> {
    Ok(by_name(all_parts_of_form(app, desk, parts, body).await?))
}

/// Every part of a desk's form with files, in order, after its token is checked.
pub(crate) async fn all_parts_of_form(
    app: &App,
    desk: &AtDesk,
    parts: Parts,
    body: Body,
) -> Result<Vec<FormPart>, Response> {
    let sender = Sender { holder: desk.holder(), origin: &app.places.desk_origin, at: desk.at };
    checked_parts(app, sender, parts, body).await
}

/// The parts of a portal's form with a file, after its token is checked.
pub(crate) async fn parts_of_portal_form(
    app: &App,
    device: &AtDevice,
    parts: Parts,
    body: Body,
) -> Result<FormParts, Response> {
    let sender = Sender { holder: device.holder(), origin: &app.places.portal_origin, at: device.at };
    Ok(by_name(checked_parts(app, sender, parts, body).await?))
}

fn by_name(parts: Vec<FormPart>) -> FormParts {
    let mut by_name = BTreeMap::new();
    for part in parts {
        if let Some(file) = part.file {
            by_name.insert(format!("{}-name", part.name), file.into_bytes());
        }
        by_name.insert(part.name, part.bytes);
    }
    by_name
}

/// The token stands before all other parts. How long a form may be, its route says.
async fn checked_parts(
    app: &App,
    sender: Sender<'_>,
    parts: Parts,
    body: Body,
) -> Result<Vec<FormPart>, Response> {
    let check = |token: &str, headers: &HeaderMap| {
        form::check(&app.key, sender.holder, token, headers, sender.origin, sender.at)
    };
    let headers = &parts.headers.clone();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        return Err(AppFault::Form("it is not sent as a form with a file".into()).into_response());
    }
    // The route's limit is among the parts.
    let request = Request::from_parts(parts, body);
    let odd = |error: &dyn std::fmt::Display| AppFault::Form(error.to_string()).into_response();
    let mut fields = Multipart::from_request(request, app).await.map_err(|error| odd(&error))?;
    let (mut checked, mut parts) = (false, Vec::new());
    while let Some(field) = fields.next_field().await.map_err(|error| odd(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == TOKEN_FIELD && !checked {
            let token = field.text().await.map_err(|error| odd(&error))?;
            check(&token, headers).map_err(IntoResponse::into_response)?;
            checked = true;
        } else if checked {
            let file = field.file_name().map(str::to_owned);
            let bytes = field.bytes().await.map_err(|error| odd(&error))?.to_vec();
            parts.push(FormPart { name, file, bytes });
        } else {
            break;
        }
    }
    if !checked {
        check("", headers).map_err(IntoResponse::into_response)?;
    }
    Ok(parts)
}

/// The bytes of a URL-encoded form.
pub(crate) async fn read_body(headers: &HeaderMap, body: Body) -> Result<bytes::Bytes, AppFault> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(AppFault::Form("it is not sent as a form".into()));
    }
    let limited = Limited::new(body, LONGEST_FORM_BYTES).collect().await;
    limited.map(http_body_util::Collected::to_bytes).map_err(|error| AppFault::Form(error.to_string()))
}

/// Reads a form's fields into `T`. Repeated fields become lists.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppFault> {
    serde_html_form::from_bytes(bytes).map_err(|error| AppFault::Form(error.to_string()))
}

/// One field of a form.
pub(crate) fn field(bytes: &[u8], name: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_html_form::from_bytes(bytes).ok()?;
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}
