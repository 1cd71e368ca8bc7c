//! Private time at work, to the person themselves (PRM-07, WEB-23): the limit, what the school allows, how it is counted, and
//! their own items with a place to answer. Whoever it is handed on to sees it after that.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use usher_policy::private_use::{is_bound, reader};
use usher_records::change::{Mail, Stored};
use usher_records::permission::Permission;
use usher_records::permission::matter::{Detail, Matter};
use usher_records::person::Person;
use usher_records::private_use::{self, PrivateTime, PrivateTimeNoun};
use usher_records::refusal::Refusal;
use usher_types::ids::Id;

use super::fault::{Answer, PortalFault};
use crate::app::{App, AppFault};
use crate::extract::form::PortalForm;
use crate::extract::portal::AtDevice;
use crate::pages::desk::private_use::{Item, item, limits};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::with_status;

/// Items shown; a year of them would be a talk with the head long before.
const MOST_ITEMS: usize = 20;

#[derive(Template)]
#[template(path = "portal/private_use.html")]
struct PrivatePage {
    f: Frame,
    errors: Errors,
    limits: Vec<String>,
    kinds: String,
    /// To whom items are handed on.
    who: String,
    allowed: Vec<Allowed>,
    items: Vec<Own>,
}

/// A use on the list.
struct Allowed {
    what: String,
    about: Option<String>,
    facts: String,
}

/// One of their own items.
struct Own {
    id: String,
    item: Item,
    sites: Vec<String>,
    /// By when they can answer before it is handed on; none once it was.
    until: Option<String>,
    /// What was typed and not taken.
    typed: String,
    /// Whether what is wrong is wrong here.
    wrong: bool,
    /// The name by which what is wrong leads to its field.
    field: String,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Done {
    done: Option<String>,
}

/// What is handed in.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    item: String,
    #[serde(default)]
    words: String,
}

/// Shows it.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(done): Query<Done>) -> Answer {
    let person = bound(&device).ok_or_else(|| refused(&device))?;
    shown(&app, &device, &person, (&Sent::default(), Errors::none()), done.done.as_deref()).await
}

/// Whoever is at the device, if the limit is for them.
fn bound(device: &AtDevice) -> Option<Arc<Person>> {
    device.person.clone().filter(|person| is_bound(person.kind))
}

/// Why whoever is at the device has nothing here.
const fn refused(device: &AtDevice) -> PortalFault {
    if device.person.is_some() { PortalFault::Denied } else { PortalFault::SignInFirst }
}

async fn shown(
    app: &App,
    device: &AtDevice,
    person: &Person,
    (sent, errors): (&Sent, Errors),
    done: Option<&str>,
) -> Answer {
    let f = Frame::portal(app, device, "private-title").done(done);
    let zone = &device.school.zone;
    let rules = &device.school.settings.private_use;
    let mut items = app.books.find::<PrivateTime>("person", person.id).await.map_err(AppFault::from)?;
    items.sort_by_key(|stored| std::cmp::Reverse((stored.value.from, stored.value.at)));
    let own = |stored: &Stored<PrivateTime>| {
        let kept = &stored.value;
        let id = kept.id.to_string();
        let here = sent.item == id;
        Own {
            typed: if here { sent.words.clone() } else { String::new() },
            wrong: here,
            field: if here { "words".to_owned() } else { format!("words-{id}") },
            item: item(&f.says, zone, kept),
            sites: kept
                .sites
                .iter()
                .map(|one| f.says.t2("private-site", ("site", &one.site), ("minutes", &one.minutes)))
                .collect(),
            until: kept.handed.is_none().then(|| zone.local(kept.due.plus_minutes(-1)).spoken_date()),
            id,
        }
    };
    let list =
        app.books.find::<Permission>("matter", Matter::PrivateUse.name()).await.map_err(AppFault::from)?;
    let standing = list.iter().map(|stored| &stored.value).filter(|one| one.was_in_force(device.at));
    let mut uses = Vec::new();
    for one in standing {
        let by = match one.decision().and_then(|entry| entry.by) {
            Some(by) => usher_directory::books::person(&app.books, by).await?.name(),
            None => String::new(),
        };
        uses.push(allowed(&f.says, device, one, &by));
    }
    let kinds: Vec<String> = rules.categories.iter().map(|one| f.says.of("category", one)).collect();
    let page = PrivatePage {
        limits: limits(&f.says, rules, app.snapshot.load().as_deref()),
        kinds: f.says.list(&kinds),
        who: f.says.of("report-role", reader(person).name()),
        allowed: uses,
        items: items.iter().take(MOST_ITEMS).map(own).collect(),
        f: f.clone(),
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &page))
}

fn allowed(says: &Says, device: &AtDevice, permission: &Permission, by: &str) -> Allowed {
    let ask = &permission.ask;
    let zone = &device.school.zone;
    let kinds = ask.categories.iter().map(|one| says.of("category", one));
    let about: Vec<String> = kinds.chain(ask.sites.iter().map(ToString::to_string)).collect();
    let periods: Vec<String> = ask.periods.iter().map(|one| says.of("period", one.name())).collect();
    let when = if periods.is_empty() { says.t("private-any-time") } else { says.list(&periods) };
    let until = ask.until.map(|until| zone.local(until).spoken_date());
    let until = until.map_or_else(|| says.t("permission-no-end"), |day| says.t1("private-until", "day", day));
    let decided = permission.decision().map(|entry| zone.local(entry.at).spoken_date()).unwrap_or_default();
    Allowed {
        what: ask.details.get(&Detail::What).cloned().unwrap_or_default(),
        about: (!about.is_empty()).then(|| says.t1("private-about", "about", says.list(&about))),
        facts: says
            .terms("private-facts", &[("when", &when), ("until", &until), ("day", &decided), ("name", &by)]),
    }
}

/// Answers an item, which hands it on.
pub(super) async fn answer(State(app): State<App>, form: PortalForm<Sent>) -> Answer {
    let PortalForm { from: device, value: sent } = form;
    let person = bound(&device).ok_or_else(|| refused(&device))?;
    let id: Id<PrivateTimeNoun> = sent.item.parse().map_err(|_odd| AppFault::NotFound)?;
    let kept = app.books.get::<PrivateTime, _>(id).await.map_err(AppFault::from)?;
    let kept = kept.filter(|kept| kept.value.person == person.id).ok_or(AppFault::NotFound)?;
    let says = Frame::portal(&app, &device, "private-title").says;
    let today = device.school.zone.local(device.at).date();
    let role = reader(&person);
    let readers = app.books.find::<Person>("role", role.name()).await.map_err(AppFault::from)?;
    let link = format!("{}/private-use/{}", app.places.desk_origin, kept.value.id);
    let mail = |one: &Person| Mail {
        to: one.id.into(),
        subject: says.t("private-mail-handed-subject"),
        text: format!("{}\n", says.t2("private-mail-answered", ("name", &person.name()), ("link", &link))),
        attachment: None,
    };
    let here = readers.iter().map(|one| &one.value).filter(|one| one.is_here(today) && one.id != person.id);
    let mails = here.map(mail).collect();
    match private_use::answer(&kept, &sent.words, device.at, mails) {
        Ok(change) => {
            app.commit(&change, &device.actor()).await?;
            Ok(Redirect::to("/private-use?done=private-answered").into_response())
        }
        Err(refusal) => {
            let key = match refusal {
                Refusal::ReasonNeeded => "private-answer-empty",
                _ => refusal.words(),
            };
            let errors = Errors::of("words", says.t(key));
            shown(&app, &device, &person, (&sent, errors), None).await
        }
    }
}
