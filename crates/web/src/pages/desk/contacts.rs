//! Contact cards of bodies outside of the school (EXT-10): what they say now is what the next letter, disclosure and report
//! uses. Where there is no card, the address in the school's settings file holds.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::change::Stored;
use usher_records::contact::{self, Body, Card, Reach};
use usher_records::refusal::Refusal;
use usher_records::settings::Contacts;
use usher_types::email::EmailAddress;

use super::around::{Around, Done, around, lead};
use super::clock::Clock;
use super::field::{Field, Fields};
use super::roll::Roll;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{page, with_status};

/// Whoever sees the settings sees the cards; whoever looks after the lists, and so writes to these bodies, writes them.
pub(super) fn routes() -> Vec<DeskRoute> {
    vec![
        desk_route("/contacts", Act::SeeSettings, get(index)),
        desk_route("/contacts/{body}", Act::ManageLists, get(show).post(save)),
    ]
}

#[derive(Template)]
#[template(path = "desk/contacts/index.html")]
struct Index {
    f: Frame,
    d: Around,
    rows: Vec<Row>,
    changes: bool,
}

struct Row {
    address: String,
    body: String,
    lines: Vec<String>,
    saved: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/contacts/card.html")]
struct CardPage {
    f: Frame,
    d: Around,
    errors: Errors,
    action: String,
    fields: Vec<Field>,
}

/// A card as sent.
#[derive(Debug, Default, Deserialize)]
struct Filled {
    #[serde(default)]
    name: String,
    #[serde(default)]
    mail: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    note: String,
}

async fn stored(app: &App, body: Body) -> Result<Option<Stored<Card>>, AppFault> {
    Ok(app.books.find::<Card>("body", body.name()).await?.into_iter().next())
}

/// How a body is reached now: by its card; without one, as the settings say.
pub(super) async fn reach(
    app: &App,
    says: &Says,
    contacts: &Contacts,
    body: Body,
) -> Result<Option<Reach>, AppFault> {
    if let Some(card) = stored(app, body).await? {
        return Ok(Some(card.value.reach));
    }
    let (name, mail) = match body {
        Body::Provider => (says.t("site-outside-provider"), contacts.provider_mail.clone()),
        Body::Authority => (contacts.authority.clone(), contacts.authority_mail.clone()),
        _ => return Ok(None),
    };
    Ok(Some(Reach { name, mail, ..Reach::default() }))
}

/// Shows every body with how it is reached.
async fn index(State(app): State<App>, desk: AtDesk, Query(done): Query<Done>) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/contacts", "contacts-title");
    let (roll, clock) = (Roll::of(&app).await?, Clock::at(&desk));
    let mut rows = Vec::new();
    for body in Body::ALL {
        let card = stored(&app, body).await?;
        let reach = reach(&app, &f.says, &desk.school.settings.contacts, body).await?;
        rows.push(Row {
            address: format!("/contacts/{}", body.name()),
            body: f.says.of("contact-body", body.name()),
            lines: reach.map(lines).unwrap_or_default(),
            saved: card.map(|card| {
                let (by, at) = card.value.saved;
                f.says.t2("contact-saved", ("name", &roll.name(&f.says, by)), ("time", &clock.time(at)))
            }),
        });
    }
    let changes = desk.may(Act::ManageLists).is_ok();
    Ok(page(&Index { rows, changes, f: f.done(done.done.as_deref()), d }))
}

fn lines(reach: Reach) -> Vec<String> {
    let mail = reach.mail.map(|mail| mail.to_string()).unwrap_or_default();
    let lines = [reach.name, mail, reach.phone, reach.address, reach.note];
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

async fn show(State(app): State<App>, desk: AtDesk, Path(body): Path<String>) -> Result<Response, AppFault> {
    let body = Body::named(&body).ok_or(AppFault::NotFound)?;
    let says = Frame::desk(&app, &desk, "/contacts", "contacts-title").says;
    let reach = reach(&app, &says, &desk.school.settings.contacts, body).await?.unwrap_or_default();
    let filled = Filled {
        name: reach.name,
        mail: reach.mail.map(|mail| mail.to_string()).unwrap_or_default(),
        phone: reach.phone,
        address: reach.address,
        note: reach.note,
    };
    Ok(form(&app, &desk, body, &filled, Errors::none()))
}

fn form(app: &App, desk: &AtDesk, body: Body, filled: &Filled, errors: Errors) -> Response {
    let (f, d) = around(app, desk, "/contacts", "contacts-title");
    let fields = {
        let fields = Fields::new(&f.says, &errors);
        vec![
            fields.line("name", filled.name.as_str()).labelled(f.says.t("contact-name")),
            fields.input("mail", "email", filled.mail.as_str(), "", "").labelled(f.says.t("contact-mail")),
            fields
                .input("phone", "tel", filled.phone.as_str(), "", "govuk-input--width-10")
                .labelled(f.says.t("contact-phone")),
            fields.area("address", filled.address.as_str(), 3).labelled(f.says.t("contact-address")),
            fields.area("note", filled.note.as_str(), 2).labelled(f.says.t("contact-note")),
        ]
    };
    let title = f.says.of("contact-body", body.name());
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let action = format!("/contacts/{}", body.name());
    with_status(status, &CardPage { action, fields, f: f.titled(title), d, errors })
}

async fn save(
    State(app): State<App>,
    Path(body): Path<String>,
    sent: DeskForm<Filled>,
) -> Result<Response, AppFault> {
    let (desk, filled) = (sent.from, sent.value);
    let body = Body::named(&body).ok_or(AppFault::NotFound)?;
    let says = Frame::desk(&app, &desk, "/contacts", "contacts-title").says;
    let text = |text: &str| text.trim().to_owned();
    let mail = text(&filled.mail);
    let mail = match EmailAddress::parse(&mail) {
        Ok(mail) => Some(mail),
        Err(_) if mail.is_empty() => None,
        Err(_odd) => {
            return Ok(form(&app, &desk, body, &filled, Errors::of("mail", says.t("contact-mail-odd"))));
        }
    };
    let reach = Reach {
        name: text(&filled.name),
        mail,
        phone: text(&filled.phone),
        address: text(&filled.address),
        note: text(&filled.note),
    };
    let card = Card { id: app.new_id(), body, reach, saved: (desk.person.id, desk.at) };
    match contact::save(card, stored(&app, body).await?.as_ref()) {
        Ok(change) => app.commit(&change, &desk.actor()).await?,
        // It says so already: nothing is lost.
        Err(Refusal::AlreadySo) => {}
        Err(refusal) => {
            return Ok(form(&app, &desk, body, &filled, Errors::of("name", says.t(refusal.words()))));
        }
    }
    Ok(lead("/contacts", "contact-saved"))
}
