//! Asking for leave: what for, then the form of the matter.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use usher_policy::permission::{may_ask, terms};
use usher_records::permission::act::{self, By};
use usher_records::permission::matter::Matter;
use usher_records::refusal::Refusal;
use usher_records::sealed::Way;
use usher_types::role::Role;

use super::filled::Filled;
use super::form::{field_of, fields};
use super::{Shelf, say};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::field::Field;
use crate::pages::desk::opening::pattern_is_sealed;
use crate::pages::desk::roll::Roll;
use crate::pages::desk::sealed;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{page, with_status};

#[derive(Template)]
#[template(path = "desk/permissions/choose.html")]
struct ChoosePage {
    f: Frame,
    d: Around,
    /// Address, title and what it is for.
    matters: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "desk/permissions/new.html")]
struct NewPage {
    f: Frame,
    d: Around,
    errors: Errors,
    action: String,
    text: String,
    deciders: String,
    fields: Vec<Field>,
}

/// Shows what leave may be asked for.
pub(super) async fn choose(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/permissions/new", "permission-new-title");
    let who = desk.who();
    let matters = Matter::all()
        .filter(|matter| may_ask(&who, *matter))
        .map(|matter| {
            let text = f.says.of("permission-text", matter.name());
            (format!("/permissions/new/{}", matter.name()), say::matter(&f.says, matter), text)
        })
        .collect();
    Ok(page(&ChoosePage { matters, f, d }))
}

fn matter_of(desk: &AtDesk, name: &str) -> Result<Matter, AppFault> {
    Matter::named(name).filter(|matter| may_ask(&desk.who(), *matter)).ok_or(AppFault::NotFound)
}

/// Shows the form.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(matter): Path<String>,
) -> Result<Response, AppFault> {
    let roll = Roll::of(&app).await?;
    form(&app, &desk, &roll, matter_of(&desk, &matter)?, &Filled::default(), Errors::none())
}

fn form(
    app: &App,
    desk: &AtDesk,
    roll: &Roll,
    matter: Matter,
    filled: &Filled,
    errors: Errors,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/permissions/new", "permission-new-title");
    let f = {
        let title = say::matter(&f.says, matter);
        f.titled(title)
    };
    let fields = fields(desk, (&f.says, &errors), roll, matter, filled);
    let deciders = offices(&f.says, &terms(&desk.school.settings, matter).deciders);
    let text = f.says.of("permission-text", matter.name());
    let action = format!("/permissions/new/{}", matter.name());
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &NewPage { action, text, deciders, fields, f, d, errors }))
}

/// Offices in a row.
pub(super) fn offices(says: &Says, roles: &[Role]) -> String {
    says.list(&roles.iter().map(|role| says.of("report-role", role.name())).collect::<Vec<_>>())
}

/// Asks.
pub(super) async fn ask(
    State(app): State<App>,
    Path(matter): Path<String>,
    sent: DeskForm<Filled>,
) -> Result<Response, AppFault> {
    let (desk, filled) = (sent.from, sent.value);
    let matter = matter_of(&desk, &matter)?;
    let roll = Roll::of(&app).await?;
    let by = By { person: desk.person.id, at: desk.at };
    let terms = terms(&desk.school.settings, matter);
    let asked = filled.ask(&desk, &roll, matter).and_then(|asked| {
        let snapshot = app.snapshot.load();
        if asked.pages.iter().any(|page| pattern_is_sealed(snapshot.as_deref(), page)) {
            return Err(("pages", Refusal::Sealed));
        }
        act::ask(app.new_id(), asked, &terms, by).map_err(|refusal| match place(&refusal) {
            "pages" if matter == Matter::PrivateUse => ("sites", refusal),
            field => (field, refusal),
        })
    });
    let asked = match asked {
        Ok((permission, change)) => {
            let shelf = Shelf::of(&app, &desk, &roll, [&permission]).await?;
            let nobody = shelf.deciders(&permission).is_empty();
            if nobody { Err(("reason", Refusal::NobodyDecides)) } else { Ok((permission, change)) }
        }
        refused => refused,
    };
    match asked {
        Ok((permission, change)) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead(&format!("/permissions/{}", permission.id), "permission-asked"))
        }
        Err((field, refusal)) => {
            let refusal = sealed::noted(&app, &desk, Way::Permission, refusal).await?;
            let says = Frame::desk(&app, &desk, "/permissions/new", "permission-new-title").says;
            let words = match &refusal {
                Refusal::TooLong => says.n("permission-too-long", "days", terms.longest_days),
                Refusal::NameNeeded => says.t("permission-whom-needed"),
                refusal => says.t(refusal.words()),
            };
            form(&app, &desk, &roll, matter, &filled, Errors::of(field, words))
        }
    }
}

/// The field a refusal is about.
const fn place(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::DetailNeeded(detail) => field_of(*detail),
        Refusal::NameNeeded | Refusal::TooManyNames => "whom",
        Refusal::HasQuery | Refusal::AddressOdd | Refusal::TooWide | Refusal::Sealed => "pages",
        Refusal::EndNeeded | Refusal::TooLong => "until",
        _ => "reason",
    }
}
