//! Whether a certificate is true: its code says whose initials, which version and when, and nothing more.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use usher_records::agreement::AgreementVersion;
use usher_records::code::Code;
use usher_records::signature::Signature;
use usher_types::role::Reader;

use super::fault::Answer;
use crate::app::{App, AppFault};
use crate::desk::codes;
use crate::extract::portal::AtDevice;
use crate::security::asking::CodeOf;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "portal/verify.html")]
struct VerifyPage {
    f: Frame,
    errors: Errors,
    typed: String,
    /// What is true: in a sentence.
    truth: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    code: String,
}

/// Shows the form, and what a code says.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(asked): Query<Asked>) -> Answer {
    let f = Frame::portal(&app, &device, "verify-title").speaking_to(&app, Reader::Adult, "verify-title");
    let mut errors = Errors::none();
    let mut truth = None;
    let mut status = StatusCode::OK;
    if !asked.code.trim().is_empty() {
        match Code::parse(&asked.code) {
            Err(_typed_wrong) => errors.add("code", f.says.t("paper-code-wrong")),
            // Only a code that can be one is looked up, and only so often.
            Ok(_) if !app.asking.may_ask(CodeOf::Certificate, device.peer.address, device.at) => {
                status = StatusCode::TOO_MANY_REQUESTS;
                errors.add("code", f.says.t("asked-too-often"));
            }
            Ok(code) => match find(&app, &code).await? {
                None => errors.add("code", f.says.t("verify-unknown")),
                Some((signature, title)) => {
                    let day = device.school.zone.local(signature.at).spoken_date();
                    let what = f.says.t2("verify-what", ("title", &title), ("version", &signature.version));
                    let who =
                        f.says.t2("verify-true", ("initials", &initials(&signature.name)), ("day", &day));
                    truth = Some(format!("{who} {what}"));
                }
            },
        }
    }
    if status == StatusCode::OK && !errors.is_empty() {
        status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(with_status(status, &VerifyPage { f, errors, typed: asked.code, truth }))
}

/// The signature whose certificate has this code, and its agreement's title.
async fn find(app: &App, code: &Code) -> Result<Option<(Signature, String)>, AppFault> {
    let signatures = app.books.values::<Signature>().await?;
    let of = |signature: &Signature| codes::of_certificate(&app.vault, signature.id) == *code;
    let Some(signature) = signatures.into_iter().find(of) else { return Ok(None) };
    let versions = app.books.find::<AgreementVersion>("digest", signature.digest).await?;
    let title = versions.into_iter().next().map(|version| version.value.title);
    let title = title.unwrap_or_else(|| signature.agreement.clone());
    Ok(Some((signature, title)))
}

/// `A B` of `Ada Bell`.
fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|part| part.chars().next())
        .map(String::from)
        .collect::<Vec<_>>()
        .join(" ")
}
