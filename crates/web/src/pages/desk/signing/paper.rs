//! "I have paper": a slip's code, typed or read by a hand scanner that types; or photos and scans of slips.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use usher_records::code::Code;
use usher_records::slip::Slip;
use usher_reports::document::CODE_BEGINS;

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, Done, around};
use crate::pages::desk::field::{Field, Fields};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/signing/paper.html")]
struct Page {
    f: Frame,
    d: Around,
    errors: Errors,
    code: Field,
    files: Field,
}

/// Shows both ways.
pub(super) async fn show(State(app): State<App>, desk: AtDesk, Query(asked): Query<Done>) -> Response {
    shown(&app, &desk, "", Errors::none(), asked.done.as_deref())
}

pub(super) fn shown(app: &App, desk: &AtDesk, typed: &str, errors: Errors, done: Option<&str>) -> Response {
    let (f, d) = around(app, desk, "/agreements/paper", "paper-title");
    let fields = Fields::new(&f.says, &errors);
    let more = "autocomplete=\"off\" spellcheck=\"false\" autocapitalize=\"characters\" autofocus";
    let code = fields.input("code", "text", typed, more, "govuk-input--width-20");
    let accept = "multiple accept=\"image/png,image/jpeg,application/pdf\"";
    let files = fields.input("files", "file", "", accept, "govuk-input--width-20");
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    with_status(status, &Page { code, files, f: f.done(done), d, errors })
}

/// A code as it was typed.
#[derive(Debug, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    code: String,
}

/// Leads to the slip with this code.
pub(super) async fn find(State(app): State<App>, form: DeskForm<Typed>) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value.code);
    let says = Frame::desk(&app, &desk, "/agreements/paper", "paper-title").says;
    let wrong = match read(&typed) {
        None => "paper-code-wrong",
        Some(code) => match by_code(&app, &code).await? {
            Some(slip) => {
                return Ok(Redirect::to(&format!("/agreements/paper/{}", slip.value.id)).into_response());
            }
            None => "paper-code-unknown",
        },
    };
    Ok(shown(&app, &desk, &typed, Errors::of("code", says.t(wrong)), None))
}

/// A code as it is typed, or as it stands in the square.
pub(super) fn read(text: &str) -> Option<Code> {
    let text = text.trim();
    let upper = text.to_ascii_uppercase();
    Code::parse(upper.strip_prefix(CODE_BEGINS).unwrap_or(&upper)).ok()
}

/// The slip with this code.
pub(super) async fn by_code(
    app: &App,
    code: &Code,
) -> Result<Option<usher_records::change::Stored<Slip>>, AppFault> {
    Ok(app.books.find_one::<Slip>("code", code.letters()).await?)
}
