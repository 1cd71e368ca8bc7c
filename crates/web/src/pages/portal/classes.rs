//! The youngest sign in without typing: their class, their picture, their picture password. Classes that share one
//! sign-in give the password a grown-up types.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use usher_directory::sign_in::{Ask, Place, Secret};
use usher_records::account::Account;
use usher_records::group::Group;
use usher_records::person::Person;
use usher_records::picture::{FACES, PICTURES};
use usher_types::SecretString;
use usher_types::ids::{GroupId, PersonId};
use usher_types::role::{PersonKind, Reader};

use super::enter;
use super::fault::{Answer, PortalFault};
use super::then::Then;
use crate::app::{App, AppFault};
use crate::extract::form::PortalForm;
use crate::extract::portal::AtDevice;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::{page, with_status};

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    then: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/classes.html")]
struct ClassesPage {
    f: Frame,
    /// Where each leads.
    classes: Vec<(String, Group)>,
    then: Then,
}

#[derive(Template)]
#[template(path = "portal/faces.html")]
struct FacesPage {
    f: Frame,
    class: Group,
    /// Where each leads.
    children: Vec<(String, Person)>,
    then: Then,
}

#[derive(Template)]
#[template(path = "portal/shared.html")]
struct SharedPage {
    f: Frame,
    class: Group,
    errors: Errors,
    then: Then,
}

#[derive(Template)]
#[template(path = "portal/pictures.html")]
struct PicturesPage {
    f: Frame,
    class: GroupId,
    person: Person,
    pictures: [&'static str; 16],
    /// Chosen so far, in order.
    chosen: Vec<String>,
    /// How many are asked.
    all: usize,
    /// `1 of 3 chosen`.
    so_far: String,
    back: String,
    errors: Errors,
    then: Then,
}

/// Shows the classes whose children need not type.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(asked): Query<Asked>) -> Answer {
    let mut classes: Vec<Group> = app.books.values::<Group>().await?;
    classes.retain(|class| signs_in_here(&device, class));
    classes.sort_by(|one, other| (one.year, &one.name).cmp(&(other.year, &other.name)));
    let then = Then::read(&app, asked.then.as_deref());
    let classes =
        classes.into_iter().map(|class| (then.to(&format!("/classes/{}", class.id)), class)).collect();
    Ok(page(&ClassesPage { f: young(&app, &device, "classes-title"), classes, then }))
}

/// Shows a class: its children, or the place for the password they share.
pub(super) async fn group(
    State(app): State<App>,
    device: AtDevice,
    Path(group): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let class = class(&app, &device, &group).await?;
    let then = Then::read(&app, asked.then.as_deref());
    if shares(&device, &class) {
        return Ok(shared_page(&app, &device, class, Errors::none(), then));
    }
    let children = children_of(&app, &device, &class).await?;
    let f = young(&app, &device, "faces-title");
    let address = |child: &Person| then.to(&format!("/classes/{}/{}", class.id, child.id));
    let children = children.into_iter().map(|child| (address(&child), child)).collect();
    Ok(page(&FacesPage { f, class, children, then }))
}

#[derive(Debug, Deserialize)]
pub(super) struct Shared {
    #[serde(default)]
    password: String,
    clause: Option<String>,
    then: Option<String>,
}

/// Signs a class in with the password it shares (ACC-02).
pub(super) async fn enter_shared(
    State(app): State<App>,
    Path(group): Path<String>,
    form: PortalForm<Shared>,
) -> Answer {
    let PortalForm { from: device, value: sent } = form;
    let class = class(&app, &device, &group).await?;
    let then = Then::read(&app, sent.then.as_deref());
    let year = class.year.filter(|_| shares(&device, &class)).ok_or(AppFault::NotFound)?;
    let account = app.books.find_one::<Account>("year", year.number()).await?;
    let ask = Ask {
        username: account.map(|account| account.value.username.as_str().to_owned()).unwrap_or_default(),
        secret: Secret::Password(SecretString::from(sent.password)),
        address: device.peer.address,
        place: Place::Device,
        group: Some(class.id),
        clause_accepted: sent.clause.is_some(),
    };
    match enter::enter(&app, &device, ask).await {
        Ok(signed_in) => Ok(enter::onward(&signed_in.subject, false, &then).into_response()),
        Err(fault) => {
            let says = young(&app, &device, "shared-title").says;
            let errors = Errors::of("password", enter::words(&says, &device, fault)?);
            Ok(shared_page(&app, &device, class, errors, then))
        }
    }
}

/// Shows a child the pictures of a picture password.
pub(super) async fn pictures(
    State(app): State<App>,
    device: AtDevice,
    Path((group, person)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Answer {
    let (class, person) = child(&app, &device, &group, &person).await?;
    let then = Then::read(&app, asked.then.as_deref());
    Ok(pictures_page(&app, &device, class.id, person, (Vec::new(), Errors::none()), then))
}

#[derive(Debug, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    chosen: Vec<String>,
    picture: Option<String>,
    again: Option<String>,
    then: Option<String>,
}

/// Takes one more picture. Whether they are right is said when all are chosen, and only for all together.
pub(super) async fn choose(
    State(app): State<App>,
    Path((group, person)): Path<(String, String)>,
    form: PortalForm<Chosen>,
) -> Answer {
    let PortalForm { from: device, value: sent } = form;
    let (class, person) = child(&app, &device, &group, &person).await?;
    let then = Then::read(&app, sent.then.as_deref());
    let all = usize::from(device.school.settings.passwords.pictures);
    let mut chosen = if sent.again.is_some() { Vec::new() } else { sent.chosen };
    chosen.extend(sent.picture);
    chosen.retain(|name| PICTURES.contains(&name.as_str()));
    if chosen.len() < all {
        return Ok(pictures_page(&app, &device, class.id, person, (chosen, Errors::none()), then));
    }
    let account = app.books.find_one::<Account>("owner", person.id).await?;
    let ask = Ask {
        username: account.map(|account| account.value.username.as_str().to_owned()).unwrap_or_default(),
        secret: Secret::Pictures(chosen),
        address: device.peer.address,
        place: Place::Device,
        group: None,
        clause_accepted: false,
    };
    match enter::enter(&app, &device, ask).await {
        Ok(signed_in) => Ok(enter::onward(&signed_in.subject, false, &then).into_response()),
        Err(fault) => {
            let says = young(&app, &device, "pictures-title").says;
            let errors = Errors::of("pictures", enter::words(&says, &device, fault)?);
            Ok(pictures_page(&app, &device, class.id, person, (Vec::new(), errors), then))
        }
    }
}

fn young(app: &App, device: &AtDevice, title: &str) -> Frame {
    Frame::portal(app, device, title).speaking_to(app, Reader::Ks1, title)
}

fn shared_page(app: &App, device: &AtDevice, class: Group, errors: Errors, then: Then) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = young(app, device, "shared-title");
    with_status(status, &SharedPage { f, class, errors, then })
}

fn pictures_page(
    app: &App,
    device: &AtDevice,
    class: GroupId,
    person: Person,
    (chosen, errors): (Vec<String>, Errors),
    then: Then,
) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let all = usize::from(device.school.settings.passwords.pictures);
    let f = young(app, device, "pictures-title");
    let so_far = f.says.t2("pictures-so-far", ("number", &chosen.len()), ("all", &all));
    let back = then.to(&format!("/classes/{class}"));
    let pictures = PICTURES;
    with_status(status, &PicturesPage { f, class, person, pictures, chosen, all, so_far, back, errors, then })
}

/// Whether a class's children sign in from its tile.
fn signs_in_here(device: &AtDevice, class: &Group) -> bool {
    let sign_in = &device.school.settings.sign_in;
    class.current
        && class
            .year
            .is_some_and(|year| sign_in.picture_years.contains(&year) || sign_in.shared_years.contains(&year))
}

fn shares(device: &AtDevice, class: &Group) -> bool {
    class.year.is_some_and(|year| device.school.settings.sign_in.shared_years.contains(&year))
}

async fn class(app: &App, device: &AtDevice, id: &str) -> Result<Group, PortalFault> {
    let id: GroupId = id.parse().map_err(|_not_an_id| AppFault::NotFound)?;
    let class = app.books.get::<Group, _>(id).await?.map(|class| class.value);
    Ok(class.filter(|class| signs_in_here(device, class)).ok_or(AppFault::NotFound)?)
}

/// The children of a class who are on roll, by their first name.
pub(super) async fn children_of(
    app: &App,
    device: &AtDevice,
    class: &Group,
) -> Result<Vec<Person>, PortalFault> {
    let today = device.school.zone.local(device.at).date();
    let found = app.books.find::<Person>("group", class.id).await?;
    let mut children: Vec<Person> = found.into_iter().map(|stored| stored.value).collect();
    children.retain(|person| person.kind == PersonKind::Pupil && person.is_here(today));
    children.sort_by_key(Person::short_name);
    // Every child has a picture: one without their own gets the same one every day.
    for (place, child) in children.iter_mut().enumerate() {
        child.picture.get_or_insert_with(|| {
            FACES.get(place % FACES.len()).map_or_else(|| "star".to_owned(), |face| (*face).to_owned())
        });
    }
    Ok(children)
}

async fn child(
    app: &App,
    device: &AtDevice,
    group: &str,
    person: &str,
) -> Result<(Group, Person), PortalFault> {
    let class = class(app, device, group).await?;
    let id: PersonId = person.parse().map_err(|_not_an_id| AppFault::NotFound)?;
    let uses_pictures = !shares(device, &class);
    let children = children_of(app, device, &class).await?;
    let child = children.into_iter().find(|child| child.id == id && uses_pictures);
    Ok((class, child.ok_or(AppFault::NotFound)?))
}
