//! Evidence (INC-03): a file with what it shows, its digest, length, time and uploader. Where what was seen may be illegal,
//! nothing is uploaded and the page says what to do.

use askama::Template;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use usher_policy::routing::CaseAct;
use usher_records::case::thread::{Entry, Says as Said};
use usher_records::case::{Case, act};
use usher_records::refusal::Refusal;
use usher_types::digest::Digest;

use super::{Cabinet, by};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{FormParts, parts_of_form};
use crate::pages::case::file;
use crate::pages::desk::around::{self, Around, around, lead};
use crate::pages::desk::field::{Field, Fields};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/cases/evidence.html")]
struct Page {
    f: Frame,
    d: Around,
    errors: Errors,
    back: String,
    action: String,
    illegal: bool,
    rules: Vec<String>,
    fields: Vec<Field>,
}

/// Shows the form, or what to do instead.
pub(super) async fn form(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let cabinet = Cabinet::of(&app).await?;
    let case = &cabinet.find(&desk, &id, CaseAct::See)?.value;
    Ok(shown(&app, &desk, &id, case.may_be_illegal(), Errors::none()))
}

fn shown(app: &App, desk: &AtDesk, id: &str, illegal: bool, errors: Errors) -> Response {
    let (f, d) = around(app, desk, "/cases/evidence", "case-do-evidence");
    let fields = {
        let fields = Fields::new(&f.says, &errors);
        vec![
            fields.tick("illegal", false),
            fields.line("shows", ""),
            fields
                .input(
                    "kept",
                    "file",
                    "",
                    "accept=\"image/*,application/pdf,text/plain\"",
                    "govuk-input--width-20",
                )
                .labelled(f.says.t("case-evidence-label")),
        ]
    };
    let rules = (1..=5).map(|line| f.says.of("case-illegal-rule", line)).collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let back = format!("/cases/{id}");
    with_status(
        status,
        &Page { action: format!("{back}/evidence"), back, illegal, rules, fields, f, d, errors },
    )
}

/// Keeps the file. A ticked box closes the upload: what came is not looked at and not kept.
pub(super) async fn upload(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    let (mut parts, body) = request.into_parts();
    let desk = <AtDesk as FromRequestParts<App>>::from_request_parts(&mut parts, &app).await?;
    let mut sent = parts_of_form(&app, &desk, parts, body).await?;
    keep(&app, &desk, &id, &mut sent).await.map_err(IntoResponse::into_response)
}

async fn keep(app: &App, desk: &AtDesk, id: &str, sent: &mut FormParts) -> Result<Response, AppFault> {
    let cabinet = Cabinet::of(app).await?;
    let case = cabinet.find(desk, id, CaseAct::See)?;
    let says = Frame::desk(app, desk, "/cases", "cases-title").says;
    if sent.contains_key("illegal") || case.value.may_be_illegal() {
        sent.clear();
        if !case.value.may_be_illegal() {
            let told = says.t1("case-illegal-ticked", "name", desk.person.name());
            app.commit(&act::may_be_illegal(case, by(desk), &told)?, &desk.actor()).await?;
        }
        return Ok(shown(app, desk, id, true, Errors::none()));
    }
    let shows = file::text(sent, "shows");
    let Some((mut evidence, bytes)) = file::of(sent, "kept", shows) else {
        let errors = Errors::of("kept", says.t("case-evidence-size"));
        return Ok(shown(app, desk, id, false, errors));
    };
    let sealed = file::seal(app, &bytes).await?;
    evidence.sealed = Some(sealed);
    let kept = match act::keep(case, by(desk), evidence) {
        Ok(change) => app.commit(&change, &desk.actor()).await,
        Err(refusal) => Err(refusal.into()),
    };
    if let Err(fault) = kept {
        return Err(file::unkept(app, sealed, fault).await);
    }
    Ok(lead(&format!("/cases/{}", case.value.id), "case-evidence-kept"))
}

/// A file that may be saved.
pub(super) struct Kept {
    /// Its own digest.
    pub(super) digest: Digest,
    /// The digest it lies under, where it is sealed.
    sealed: Option<Digest>,
    /// The name it is saved by.
    pub(super) name: String,
}

/// What may be saved of an entry, with its name. From when something may be illegal on, no file is: saving makes a copy.
pub(super) fn kept(case: &Case, entry: &Entry) -> Option<Kept> {
    match &entry.says {
        Said::Evidence(_) if case.may_be_illegal() => None,
        Said::Evidence(evidence) => {
            Some(Kept { digest: evidence.digest, sealed: evidence.sealed, name: evidence.name.clone() })
        }
        Said::Referred(disclosed) => Some(Kept {
            digest: disclosed.package,
            sealed: disclosed.sealed,
            name: format!("case-{}-package.pdf", case.number),
        }),
        _ => None,
    }
}

/// A file that is kept with a case, or the package of a referral; always as something to save, never to show.
pub(super) async fn download(
    State(app): State<App>,
    desk: AtDesk,
    Path((id, number)): Path<(String, u32)>,
) -> Result<Response, AppFault> {
    let cabinet = Cabinet::of(&app).await?;
    let case = &cabinet.find(&desk, &id, CaseAct::See)?.value;
    let entry = case.entries.iter().find(|entry| entry.number == number).ok_or(AppFault::NotFound)?;
    if matches!(entry.says, Said::Evidence(_)) && case.may_be_illegal() {
        return Err(Refusal::MayBeIllegal.into());
    }
    let kept = kept(case, entry).ok_or(AppFault::NotFound)?;
    let bytes = file::open(&app, kept.digest, kept.sealed).await?;
    Ok(around::file("application/octet-stream", &kept.name, bytes))
}
