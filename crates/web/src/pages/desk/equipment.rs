//! Devices that are lent, and what leavers have to bring back (ACC-16): a list for each, to tick and to print.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use usher_policy::access::Act;
use usher_policy::coverage::{self, Away};
use usher_records::change::Stored;
use usher_records::device::Device;
use usher_records::equipment::{self, ReturnList, ReturnListNoun};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_reports::monitoring::Teller;
use usher_store::store::StoreError;
use usher_types::ids::{self, PersonId};

use super::around::{Around, around, lead, own_path};
use super::clock::Clock;
use super::field::{Choice, Field, Fields, choosing};
use super::monitoring::seen;
use super::roll::{self, Roll};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{page, with_status};

/// Return lists shown at a time; the newest are the ones somebody works on.
const MOST_LISTS: usize = 200;

/// What those who lend have.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::LendEquipment;
    vec![
        desk_route("/equipment", act, get(show).post(add)),
        desk_route("/equipment/{id}/back", act, post(back)),
        desk_route("/equipment/returns/{id}", act, get(list)),
        desk_route("/people/{id}/lend", act, post(lend)),
    ]
}

#[derive(Template)]
#[template(path = "desk/equipment/index.html")]
struct Index {
    f: Frame,
    d: Around,
    errors: Errors,
    search: Field,
    lists: Vec<ListRow>,
    lent: Vec<LentRow>,
    name: Field,
}

struct ListRow {
    address: String,
    name: String,
    left: String,
    state: String,
    waiting: bool,
}

struct LentRow {
    id: String,
    device: String,
    person: String,
    name: String,
    since: String,
    /// When Usher last saw it, and whether it is watched away from school.
    seen: String,
    away: String,
    watched: bool,
}

/// What the page is narrowed by.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    done: Option<String>,
}

async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    index(&app, &desk, &asked, "", Errors::none()).await
}

async fn index(
    app: &App,
    desk: &AtDesk,
    asked: &Asked,
    name: &str,
    errors: Errors,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/equipment", "equipment-title");
    let roll = Roll::of(app).await?;
    let clock = Clock::at(desk);
    let state = if asked.state == "all" { "all" } else { "waiting" };
    let mut lists = app.books.values::<ReturnList>().await?;
    lists.retain(|list| state == "all" || list.is_waiting());
    lists.sort_by_key(|list| std::cmp::Reverse((list.left, list.id)));
    lists.truncate(MOST_LISTS);
    let row = |list: &ReturnList| ListRow {
        address: format!("/equipment/returns/{}", list.id),
        name: roll.name(&f.says, list.person),
        left: clock.date(list.left),
        state: list_state(&f.says, list),
        waiting: list.is_waiting(),
    };
    let lists = lists.iter().map(row).collect();
    let mut devices = app.books.values::<Device>().await?;
    devices.sort_by(|one, other| one.name.cmp(&other.name));
    let policy = seen::policy(app).await?;
    let traffic = seen::traffic(app, desk, &policy).await?;
    let settings = &desk.school.settings;
    let teller = Teller {
        words: &app.words,
        zone: &desk.school.zone,
        today: clock.today(),
        groups: &[],
        accounts: &[],
    };
    let lent = |device: &Device| {
        let loan = device.loan?;
        let away = coverage::away(device, settings) == Some(Away::Tunnelled);
        Some(LentRow {
            id: device.id.to_string(),
            device: device.name.clone(),
            person: format!("/people/{}", loan.to),
            name: roll.name(&f.says, loan.to),
            since: f.says.t2(
                "equipment-since",
                ("date", &clock.day(loan.at)),
                ("name", &roll.name(&f.says, loan.by)),
            ),
            seen: teller.last(traffic.get(&device.name).and_then(|traffic| traffic.last)),
            away: f.says.t(if away { "equipment-away-tunnel" } else { "equipment-away-unwatched" }),
            watched: away,
        })
    };
    let lent = devices.iter().filter_map(lent).collect();
    let states = vec![
        Choice::new("waiting", f.says.t("equipment-waiting")),
        Choice::new("all", f.says.t("equipment-all")),
    ];
    let fields = Fields::new(&f.says, &errors);
    let search = fields.select("state", choosing(states, state));
    let name = fields.short("written", name);
    let f = f.done(asked.done.as_deref());
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &Index { search, lists, lent, name, f, d, errors }))
}

fn list_state(says: &Says, list: &ReturnList) -> String {
    let out = list.items.iter().filter(|item| item.returned.is_none()).count();
    match (list.called_off, list.items.len()) {
        (Some(_), _) => says.t("return-called-off"),
        (None, 0) => says.t("return-nothing-lent"),
        (None, _) => says.n("return-out", "count", out),
    }
}

/// How many people have left and still have something.
pub(super) async fn waiting(app: &App) -> Result<usize, AppFault> {
    let lists = app.books.values::<ReturnList>().await?;
    Ok(lists.iter().filter(|list| list.is_waiting()).count())
}

/// A device to add to those that are lent.
#[derive(Debug, Deserialize)]
struct Added {
    #[serde(default)]
    written: String,
}

async fn add(State(app): State<App>, form: DeskForm<Added>) -> Result<Response, AppFault> {
    let (desk, added) = (form.from, form.value);
    let name = added.written.trim().to_owned();
    let device = Device {
        id: app.new_id(),
        name,
        room: None,
        address: None,
        managed: true,
        loan: None,
        hardware: None,
    };
    let wrong = match equipment::add(&device) {
        Ok(change) => match app.books.commit(&change, &desk.actor(), desk.at).await {
            Ok(_) => return Ok(lead("/equipment", "device-added")),
            Err(StoreError::Taken { .. }) => "equipment-name-taken",
            Err(error) => return Err(error.into()),
        },
        Err(refusal) => refusal.words(),
    };
    let says = Frame::desk(&app, &desk, "/equipment", "equipment-title").says;
    let errors = Errors::of("written", says.t(wrong));
    index(&app, &desk, &Asked::default(), &added.written, errors).await
}

/// A device to lend.
#[derive(Debug, Deserialize)]
struct Lent {
    #[serde(default)]
    device: String,
}

async fn lend(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Lent>,
) -> Result<Response, AppFault> {
    let (desk, lent) = (form.from, form.value);
    let person =
        app.books.get::<Person, _>(roll::id::<ids::Person>(&id)?).await?.ok_or(AppFault::NotFound)?;
    let device = device(&app, &lent.device).await?;
    let today = Clock::at(&desk).today();
    let change = equipment::lend(&device, &person.value, desk.person.id, today, desk.at)?;
    app.commit(&change, &desk.actor()).await?;
    Ok(lead(&format!("/people/{}", person.value.id), "device-lent"))
}

async fn device(app: &App, id: &str) -> Result<Stored<Device>, AppFault> {
    app.books.get::<Device, _>(roll::id::<ids::Device>(id)?).await?.ok_or(AppFault::NotFound)
}

/// Where to go on after something came back.
#[derive(Debug, Deserialize)]
struct Back {
    then: Option<String>,
}

async fn back(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Back>,
) -> Result<Response, AppFault> {
    let (desk, sent) = (form.from, form.value);
    let device = device(&app, &id).await?;
    let to = device.value.loan.ok_or(Refusal::AlreadySo)?.to;
    let list = app.books.find_one::<ReturnList>("leaver", to).await?;
    let change = equipment::take_back(&device, list.as_ref(), desk.person.id, desk.at)?;
    app.commit(&change, &desk.actor()).await?;
    Ok(lead(own_path(sent.then.as_deref()), "device-back"))
}

#[derive(Template)]
#[template(path = "desk/equipment/list.html")]
struct ListPage {
    f: Frame,
    d: Around,
    address: String,
    person: String,
    name: String,
    left: String,
    made: String,
    called_off: bool,
    items: Vec<ItemRow>,
}

struct ItemRow {
    id: String,
    name: String,
    returned: Option<String>,
}

async fn list(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let list = app.books.get::<ReturnList, _>(roll::id::<ReturnListNoun>(&id)?).await?;
    let list = list.ok_or(AppFault::NotFound)?.value;
    let roll = Roll::of(&app).await?;
    let clock = Clock::at(&desk);
    let (f, d) = around(&app, &desk, "/equipment", "return-title");
    let item = |item: &equipment::Item| ItemRow {
        id: item.device.to_string(),
        name: item.name.clone(),
        returned: item.returned.map(|(by, at)| {
            f.says.t2("return-back-by", ("name", &roll.name(&f.says, by)), ("time", &clock.full(at)))
        }),
    };
    let view = ListPage {
        address: format!("/equipment/returns/{}", list.id),
        person: format!("/people/{}", list.person),
        name: roll.name(&f.says, list.person),
        left: clock.date(list.left),
        made: clock.full(list.made_at),
        called_off: list.called_off.is_some(),
        items: list.items.iter().map(item).collect(),
        f: f.done(asked.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

/// What is lent to somebody, and what could be: the part of a person's page for those who lend.
pub(super) struct Loans {
    /// Devices they have: id and name.
    pub(super) lent: Vec<(String, String)>,
    /// The devices that can be lent; none where nothing can.
    pub(super) free: Option<Field>,
    /// Their return list.
    pub(super) list: Option<String>,
}

/// See [`Loans`]; none for those who do not lend.
pub(super) async fn loans(
    app: &App,
    desk: &AtDesk,
    f: &Frame,
    person: &Person,
) -> Result<Option<Loans>, AppFault> {
    if desk.may(Act::LendEquipment).is_err() {
        return Ok(None);
    }
    let devices = app.books.values::<Device>().await?;
    let name = |device: &Device| (device.name.clone(), device.id.to_string());
    let has = |device: &&Device, who: Option<PersonId>| device.loan.map(|loan| loan.to) == who;
    let theirs: BTreeMap<String, String> =
        devices.iter().filter(|device| has(device, Some(person.id))).map(name).collect();
    // What stands in a room is not carried about.
    let free: BTreeMap<String, String> =
        devices.iter().filter(|device| has(device, None) && device.room.is_none()).map(name).collect();
    let stays = person.left.is_none_or(|left| Clock::at(desk).today() < left);
    let none = Errors::none();
    let choices = free.into_iter().map(|(name, id)| Choice::new(id, name)).collect::<Vec<_>>();
    let free = (stays && !choices.is_empty()).then(|| Fields::new(&f.says, &none).select("device", choices));
    let list = app.books.find_one::<ReturnList>("leaver", person.id).await?;
    Ok(Some(Loans {
        lent: theirs.into_iter().map(|(name, id)| (id, name)).collect(),
        free,
        list: list.map(|list| format!("/equipment/returns/{}", list.value.id)),
    }))
}
