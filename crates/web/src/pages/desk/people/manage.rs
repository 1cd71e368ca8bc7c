//! What whoever manages people does: a new first password, closing and opening an account, offices, the leaving date.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use serde::Deserialize;
use usher_directory::passphrase;
use usher_policy::access::may_manage;
use usher_policy::facts::Subject;
use usher_records::account::{self, Account, Hashed, State as AccountState};
use usher_records::change::Stored;
use usher_records::device::Device;
use usher_records::disclosure::Disclosure;
use usher_records::equipment::{self, ReturnList};
use usher_records::person::{self, Person};
use usher_records::picture::secret_text;
use usher_records::refusal::{self, Refusal};
use usher_types::SecretString;
use usher_types::role::{PersonKind, Role, Roles};

use super::find;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::password::{end_sessions, unavailable};
use crate::view::fault::denied_page;
use crate::view::frame::Frame;
use crate::view::page;

/// A first password, until it has been shown.
struct First {
    username: String,
    /// The password; or the pictures' names, in order.
    secret: String,
    pictures: bool,
}

#[derive(Template)]
#[template(path = "desk/people/issued.html")]
struct Issued {
    f: Frame,
    d: Around,
    name: String,
    address: String,
    username: String,
    secret: String,
    pictures: Vec<String>,
}

async fn account_of(app: &App, person: &Person) -> Result<Stored<Account>, AppFault> {
    app.books.find_one::<Account>("owner", person.id).await?.ok_or(AppFault::NotFound)
}

/// Makes a new first password, which must be changed at the next sign-in, and ends every sign-in of the account.
pub(super) async fn password(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = form.from;
    let person = find(&app, &id).await?.value;
    if let Err(denied) = may_manage(&desk.who(), person.roles) {
        return Ok(denied_page(&app, &desk, denied));
    }
    let account = account_of(&app, &person).await?;
    let passwords = &desk.school.settings.passwords;
    let by_pictures = person.kind == PersonKind::Pupil
        && person.year.is_some_and(|year| desk.school.settings.sign_in.picture_years.contains(&year));
    let secret = if by_pictures {
        let pictures = passphrase::pictures(passwords.pictures).map_err(unavailable)?;
        secret_text(&pictures, passwords.pictures).ok_or(Refusal::Gone)?
    } else {
        let rule = if person.kind == PersonKind::Pupil { &passwords.pupils } else { &passwords.adults };
        passphrase::password(rule).map_err(unavailable)?
    };
    let hash = app.sign_in.passwords().hash(SecretString::from(secret.clone())).await.map_err(unavailable)?;
    let hashed = if by_pictures { Hashed::Pictures(hash) } else { Hashed::Password(hash) };
    let known = app.books.find::<Disclosure>("account", account.value.id).await?;
    let change = account::set_secret(&account, &known, hashed, !by_pictures, desk.at);
    app.commit(&change, &desk.actor()).await?;
    app.presence.forget();
    end_sessions(&app, &account.value, None, desk.actor(), desk.at).await?;
    let number = app.ids.next(desk.at);
    let first = First { username: account.value.username.to_string(), secret, pictures: by_pictures };
    app.desk.once.keep(number, desk.session.id, first, desk.at);
    Ok(Redirect::to(&format!("/people/{}/password/{number}", person.id)).into_response())
}

/// Shows a first password, once.
pub(super) async fn issued(
    State(app): State<App>,
    desk: AtDesk,
    Path((id, number)): Path<(String, u64)>,
) -> Result<Response, AppFault> {
    let person = find(&app, &id).await?.value;
    let address = format!("/people/{}", person.id);
    let Some(first) = app.desk.once.take::<First>(number, desk.session.id, desk.at) else {
        return Ok(lead(&address, "password-shown-before"));
    };
    let (f, d) = around(&app, &desk, &address, "issued-title");
    let pictures: Vec<String> =
        if first.pictures { first.secret.split(' ').map(str::to_owned).collect() } else { Vec::new() };
    let (username, secret) = (first.username, first.secret);
    Ok(page(&Issued { name: person.name(), address, username, secret, pictures, f, d }))
}

/// Whether an account is to open, and why not.
#[derive(Debug, Deserialize)]
pub(super) struct Door {
    #[serde(default)]
    state: String,
    #[serde(default)]
    reason: String,
}

/// Closes or opens an account (ACC-16).
pub(super) async fn account(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Door>,
) -> Result<Response, AppFault> {
    let (desk, door) = (form.from, form.value);
    let person = find(&app, &id).await?.value;
    if let Err(denied) = may_manage(&desk.who(), person.roles) {
        return Ok(denied_page(&app, &desk, denied));
    }
    let account = account_of(&app, &person).await?;
    let back = format!("/people/{}", person.id);
    match (door.state.as_str(), account.value.state) {
        ("open", AccountState::Closed { .. }) => {
            app.commit(&account::reopen(&account), &desk.actor()).await?;
            Ok(lead(&back, "account-opened"))
        }
        ("closed", AccountState::Open) => {
            let why = refusal::reason(&door.reason)?;
            app.commit(&account::close(&account, desk.at, why), &desk.actor()).await?;
            app.presence.forget();
            end_sessions(&app, &account.value, None, desk.actor(), desk.at).await?;
            Ok(lead(&back, "account-closed"))
        }
        _ => Err(Refusal::AlreadySo.into()),
    }
}

/// Offices as ticked.
#[derive(Debug, Deserialize)]
pub(super) struct Offices {
    #[serde(default)]
    roles: Vec<String>,
}

/// Changes somebody's offices. Nobody gives or takes an office that carries rights they do not have themselves.
pub(super) async fn roles(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Offices>,
) -> Result<Response, AppFault> {
    let (desk, asked) = (form.from, form.value);
    let before = find(&app, &id).await?;
    let named = |role: &Role| asked.roles.iter().any(|name| name == role.name());
    let roles: Roles = Role::ALL.into_iter().filter(named).collect();
    let touched: Roles = before.value.roles.iter().chain(roles.iter()).collect();
    if let Err(denied) = may_manage(&desk.who(), touched) {
        return Ok(denied_page(&app, &desk, denied));
    }
    if matches!(before.value.kind, PersonKind::Pupil | PersonKind::Parent | PersonKind::Visitor) {
        return Err(Refusal::NotInThisSchool.into());
    }
    let after = Person { roles, ..before.value.clone() };
    app.commit(&person::change(&before, &after), &desk.actor()).await?;
    app.table.update(after.id, |subject| Subject { roles, ..subject.clone() });
    Ok(lead(&format!("/people/{}", after.id), "roles-changed"))
}

/// A leaving date, empty for none.
#[derive(Debug, Deserialize)]
pub(super) struct LastDay {
    #[serde(default)]
    left: String,
}

/// Sets somebody's leaving date; from that day on, nothing opens for them. When it has come, what they have to bring
/// back is listed in the same change (ACC-16).
pub(super) async fn leave(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<LastDay>,
) -> Result<Response, AppFault> {
    let (desk, asked) = (form.from, form.value);
    let before = find(&app, &id).await?;
    if let Err(denied) = may_manage(&desk.who(), before.value.roles) {
        return Ok(denied_page(&app, &desk, denied));
    }
    let left: Option<Date> = match asked.left.trim() {
        "" => None,
        day => Some(day.parse().map_err(|_not_a_day| Refusal::EndNeeded)?),
    };
    let after = Person { left, ..before.value.clone() };
    let today = desk.school.zone.local(desk.at).date();
    let mut change = person::change(&before, &after);
    let devices = app.books.all::<Device>().await?;
    let list = app.books.find_one::<ReturnList>("leaver", after.id).await?;
    let listed = equipment::on_leaving(app.new_id(), &after, list.as_ref(), &devices, today, desk.at);
    change.writes.extend(listed.map(|(_, write)| write));
    app.commit(&change, &desk.actor()).await?;
    if !after.is_here(today)
        && let Some(account) = app.books.find_one::<Account>("owner", after.id).await?
    {
        app.presence.forget();
        end_sessions(&app, &account.value, None, desk.actor(), desk.at).await?;
    }
    Ok(lead(&format!("/people/{}", after.id), "leave-changed"))
}
