//! Which addresses the school's tunnel gives to devices away from school (MON-15).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_records::change::Stored;
use usher_records::off_site::{self, ranges};
use usher_records::refusal::Refusal;
use usher_records::school::School;

use super::ADDRESS;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::field::{Field, Fields};
use crate::pages::desk::signed::untrue;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/monitoring/off_site.html")]
struct Show {
    f: Frame,
    d: Around,
    errors: Errors,
    fields: Vec<Field>,
}

/// Ranges as typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default, rename = "off-site-tunnels")]
    tunnels: String,
    #[serde(default, rename = "off-site-why")]
    why: String,
}

/// Shows the form.
pub(super) async fn form(State(app): State<App>, desk: AtDesk) -> Response {
    let tunnels = &desk.school.settings.off_site.tunnels;
    let tunnels = tunnels.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    shown(&app, &desk, &Typed { tunnels, why: String::new() }, Errors::none())
}

fn shown(app: &App, desk: &AtDesk, typed: &Typed, errors: Errors) -> Response {
    let (f, d) = around(app, desk, ADDRESS, "off-site-title");
    let fields = Fields::new(&f.says, &errors);
    let fields =
        vec![fields.area("off-site-tunnels", &typed.tunnels, 3), fields.line("off-site-why", &typed.why)];
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    with_status(status, &Show { f, d, errors, fields })
}

/// Keeps them.
pub(super) async fn keep(State(app): State<App>, form: DeskForm<Typed>) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let before: Option<Stored<School>> = app.books.get(app.books.school()).await?;
    let before = before.ok_or(AppFault::NotFound)?;
    match ranges(&typed.tunnels).and_then(|tunnels| off_site::set(&before, tunnels, &typed.why)) {
        Ok(change) => {
            let says = Frame::desk(&app, &desk, ADDRESS, "off-site-title").says;
            if let Some(why) = untrue(&app, &desk, &says, &change).await? {
                return Ok(shown(&app, &desk, &typed, Errors::of("off-site-tunnels", why)));
            }
            app.commit(&change, &desk.actor()).await?;
            Ok(lead(ADDRESS, "off-site-kept"))
        }
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, ADDRESS, "off-site-title").says;
            let field = if refusal == Refusal::ReasonNeeded { "off-site-why" } else { "off-site-tunnels" };
            let key = if refusal == Refusal::AddressOdd { "off-site-odd" } else { refusal.words() };
            Ok(shown(&app, &desk, &typed, Errors::of(field, says.t(key))))
        }
    }
}
