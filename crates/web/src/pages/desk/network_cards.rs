//! Network cards seen on the school's network (PRM-03): new ones wait until somebody says that they are ours, asked for, or not
//! ours.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_policy::network_card::may_explain;
use usher_policy::permission::{may_see, terms};
use usher_records::case::nine::Nine;
use usher_records::case::rules::Class;
use usher_records::case::thread::{Opening, Origin};
use usher_records::case::{By, Case};
use usher_records::change::Stored;
use usher_records::device::Device;
use usher_records::network_card::{self, MadeUp, NetworkCard, NetworkCardNoun, What};
use usher_records::permission::{Permission, PermissionNoun};
use usher_records::refusal::{self, Refusal};
use usher_store::store::StoreError;

use super::around::{Around, Done, around, lead};
use super::clock::Clock;
use super::field::{Choice, Field, Fields, choosing};
use super::permissions;
use super::roll::{self, Roll};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::case;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{page, with_status};

/// Cards of each list shown; older ones are found by a search.
const MOST_SHOWN: usize = 100;
/// Days of made-up addresses shown.
const MOST_DAYS: usize = 14;
/// The kind a case about a card begins as, and how weighty: whoever looks into it knows more.
const CASE_KIND: (&str, u8) = ("other", 2);

/// What those who look after the network have.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::KeepNetwork;
    vec![
        desk_route("/network-cards", act, get(index)),
        desk_route("/network-cards/{id}", act, get(show).post(say)),
    ]
}

#[derive(Template)]
#[template(path = "desk/network_cards/index.html")]
struct Index {
    f: Frame,
    d: Around,
    search: Field,
    waiting: Vec<Row>,
    others: Vec<Row>,
    more: bool,
    days: Vec<(String, String)>,
}

struct Row {
    address: String,
    card: String,
    seen: String,
    said: Option<(String, String)>,
    made_up: bool,
}

/// What the lists are narrowed by.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    done: Option<String>,
}

async fn index(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/network-cards", "cards-title");
    let (roll, clock) = (Roll::of(&app).await?, Clock::at(&desk));
    let devices = app.books.values::<Device>().await?;
    let wanted = asked.q.trim().to_lowercase();
    let mut all = app.books.values::<NetworkCard>().await?;
    all.sort_by_key(|card| std::cmp::Reverse((card.at, card.id)));
    let rows = all.iter().map(|card| (card, row(&f.says, clock, &roll, &devices, card)));
    let rows = rows.filter(|(_, row)| row.is_about(&wanted));
    let (waiting, others): (Vec<_>, Vec<_>) = rows.partition(|(card, _)| card.told && card.said.is_none());
    let more = waiting.len() > MOST_SHOWN || others.len() > MOST_SHOWN;
    let shown =
        |rows: Vec<(&NetworkCard, Row)>| rows.into_iter().take(MOST_SHOWN).map(|(_, row)| row).collect();
    let mut days = app.books.values::<MadeUp>().await?;
    days.sort_by_key(|one| std::cmp::Reverse(one.day));
    let day = |one: &MadeUp| (clock.date(one.day), f.says.n("cards-made-up-count", "count", one.cards.len()));
    let none = Errors::none();
    let view = Index {
        search: Fields::new(&f.says, &none).short("q", asked.q.as_str()).labelled(f.says.t("cards-search")),
        waiting: shown(waiting),
        others: shown(others),
        more,
        days: days.iter().take(MOST_DAYS).map(day).collect(),
        f: f.clone().done(asked.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

impl Row {
    fn is_about(&self, wanted: &str) -> bool {
        let said = self.said.as_ref().map(|(what, by)| format!("{what} {by}")).unwrap_or_default();
        format!("{} {} {said}", self.card, self.seen).to_lowercase().contains(wanted)
    }
}

fn row(says: &Says, clock: Clock<'_>, roll: &Roll, devices: &[Device], card: &NetworkCard) -> Row {
    let said = card.said.map(|said| {
        let what = match said.what {
            What::Ours(id) => {
                let device = devices.iter().find(|device| device.id == id);
                says.t1("cards-ours", "device", device.map(|device| device.name.as_str()).unwrap_or_default())
            }
            What::AskedFor(_) => says.t("cards-asked-for"),
            What::NotOurs(_) => says.t("cards-not-ours"),
        };
        let by = says.t2("cards-said-by", ("name", &roll.name(says, said.by)), ("day", &clock.day(said.at)));
        (what, by)
    });
    Row {
        address: format!("/network-cards/{}", card.id),
        card: card.card.to_string(),
        seen: says.t2("cards-seen", ("address", &card.address), ("time", &clock.time(card.at))),
        said,
        made_up: card.card.is_made_up(),
    }
}

#[derive(Template)]
#[template(path = "desk/network_cards/show.html")]
struct Show {
    f: Frame,
    d: Around,
    errors: Errors,
    row: Row,
    /// Where what was said leads, if that is a page.
    leads: Option<String>,
    name: Field,
    leave: Option<Field>,
    details: Field,
}

/// What a card is, as sent.
#[derive(Debug, Default, Deserialize)]
struct Sent {
    #[serde(default)]
    what: String,
    #[serde(default, rename = "card-name")]
    name: String,
    #[serde(default, rename = "card-leave")]
    leave: String,
    #[serde(default, rename = "card-details")]
    details: String,
}

async fn stored(app: &App, id: &str) -> Result<Stored<NetworkCard>, AppFault> {
    let id = roll::id::<NetworkCardNoun>(id)?;
    app.books.get::<NetworkCard, _>(id).await?.ok_or(AppFault::NotFound)
}

async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let card = stored(&app, &id).await?.value;
    one(&app, &desk, &card, &Sent::default(), (Errors::none(), done.done.as_deref())).await
}

/// Leave that may be why the card is there, of what whoever looks may see.
async fn leave(app: &App, desk: &AtDesk) -> Result<Vec<Permission>, AppFault> {
    let mut all = app.books.find::<Permission>("state", "given").await?;
    all.retain(|stored| {
        let permission = &stored.value;
        let state = permission.state(desk.at, None);
        let terms = terms(&desk.school.settings, permission.ask.matter);
        may_explain(permission, state) && may_see(&desk.who(), permission, state, &terms)
    });
    Ok(all.into_iter().map(|stored| stored.value).collect())
}

async fn one(
    app: &App,
    desk: &AtDesk,
    card: &NetworkCard,
    sent: &Sent,
    (errors, done): (Errors, Option<&str>),
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/network-cards", "cards-title");
    let (roll, clock) = (Roll::of(app).await?, Clock::at(desk));
    let devices = app.books.values::<Device>().await?;
    let fields = Fields::new(&f.says, &errors);
    let choice = |permission: &Permission| {
        let asker = permission.asker().map(|asker| roll.name(&f.says, asker)).unwrap_or_default();
        Choice::new(permission.id, format!("{}, {asker}", permissions::title(&f.says, permission)))
    };
    let choices: Vec<Choice> = leave(app, desk).await?.iter().map(choice).collect();
    let leave = (!choices.is_empty()).then(|| fields.select("card-leave", choosing(choices, &sent.leave)));
    let leads = card.said.and_then(|said| match said.what {
        What::Ours(_) => None,
        What::AskedFor(id) => Some(format!("/permissions/{id}")),
        What::NotOurs(id) => Some(format!("/cases/{id}")),
    });
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = Show {
        row: row(&f.says, clock, &roll, &devices, card),
        leads,
        name: fields.short("card-name", sent.name.as_str()),
        leave,
        details: fields.area("card-details", sent.details.as_str(), 3),
        f: f.clone().done(done),
        d,
        errors,
    };
    Ok(with_status(status, &view))
}

async fn say(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Sent>,
) -> Result<Response, AppFault> {
    let (desk, sent) = (form.from, form.value);
    let card = stored(&app, &id).await?;
    let by = (desk.person.id, desk.at);
    let (field, judged) = match sent.what.as_str() {
        "ours" => {
            let name = sent.name.trim();
            let device = app.books.find_one::<Device>("name", name).await?;
            ("card-name", network_card::ours(&card, (app.new_id(), name), device.as_ref(), by))
        }
        "leave" => {
            let chosen = roll::id::<PermissionNoun>(&sent.leave).ok();
            let known = leave(&app, &desk).await?.into_iter().find(|one| Some(one.id) == chosen);
            let judged =
                known.ok_or(Refusal::Gone).and_then(|one| network_card::asked_for(&card, one.id, by));
            ("card-leave", judged)
        }
        "not-ours" => match not_ours(&app, &desk, &card, &sent.details).await {
            Ok(Ok(())) => return Ok(lead("/network-cards", "card-said")),
            Ok(Err(refusal)) => ("card-details", Err(refusal)),
            // Somebody was quicker, and their case is the one.
            Err(AppFault::Refused(Refusal::Conflict)) => {
                return Ok(lead(&format!("/network-cards/{id}"), "card-said-before"));
            }
            Err(fault) => return Err(fault),
        },
        _ => return Err(AppFault::NotFound),
    };
    let says = Frame::desk(&app, &desk, "/network-cards", "cards-title").says;
    let refusal = match judged {
        Ok(change) => match app.commit(&change, &desk.actor()).await {
            Ok(_) => return Ok(lead("/network-cards", "card-said")),
            Err(AppFault::Store(StoreError::Taken { .. })) => Refusal::AlreadySo,
            Err(fault) => return Err(fault),
        },
        Err(refusal) => refusal,
    };
    if card.value.said.is_some() {
        return Ok(lead(&format!("/network-cards/{id}"), "card-said-before"));
    }
    let words = match (&refusal, field) {
        (Refusal::AlreadySo, "card-name") => says.t("card-name-taken"),
        (refusal, _) => says.t(refusal.words()),
    };
    one(&app, &desk, &card.value, &sent, (Errors::of(field, words), None)).await
}

/// Opens the case that looks into it, and marks the card in the same change: pressed twice at once, it opens one.
async fn not_ours(
    app: &App,
    desk: &AtDesk,
    card: &Stored<NetworkCard>,
    details: &str,
) -> Result<Result<(), Refusal>, AppFault> {
    let details = match refusal::reason(details) {
        Ok(details) if card.value.said.is_none() => details,
        Ok(_) => return Ok(Err(Refusal::AlreadySo)),
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (kind, severity) = CASE_KIND;
    let says = Frame::desk(app, desk, "/network-cards", "cards-title").says;
    let found = says.t2("cards-case", ("card", &card.value.card), ("address", &card.value.address));
    let opening = Opening {
        origin: Origin::Report,
        kind: kind.to_owned(),
        severity,
        class: Class::Ordinary,
        people: Vec::new(),
        nine: Nine { computer: found, details: details.to_owned(), ..Nine::default() },
        rule: None,
        area: None,
    };
    let by = By { person: desk.person.id, at: desk.at };
    let mark = |case: &Case| Ok(network_card::not_ours(card, case.id, (by.person, by.at))?.writes);
    Ok(case::open_with(app, &opening, by, &desk.actor(), mark).await?.map(|_| ()))
}
