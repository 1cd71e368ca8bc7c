//! Laptops and what was given out: disk passwords (ACC-12), the half-termly change (ACC-11), laptops lent until a time (ACC-13),
//! and parents' sign-ins at sites of others (ACC-14). Passwords themselves are nowhere.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::civil::{Date, Time};
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::change::Stored;
use usher_records::device::Device;
use usher_records::issued::{Issued, IssuedNoun, What, issue, take_back};
use usher_records::lending::{self, Lending, LendingNoun};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_records::settings::Lapse;
use usher_types::ids::{self, DeviceId, PersonId};
use usher_types::moment::Moment;
use usher_types::role::PersonKind;

use super::around::{Around, Done, around, lead};
use super::clock::Clock;
use super::field::{Choice, Field, Fields, choosing};
use super::lessons::calendar;
use super::roll::{self, Roll};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::with_status;

/// A change is due this many days before the half-term begins, so that nobody is surprised on its first morning.
const DUE_DAYS: i64 = 14;

/// What those who lend have.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::LendEquipment;
    vec![
        desk_route("/equipment/laptops", act, get(show).post(note)),
        desk_route("/equipment/laptops/lend", act, post(lend)),
        desk_route("/equipment/laptops/lent/{id}/end", act, post(end)),
        desk_route("/equipment/sites", act, get(sites).post(give)),
        desk_route("/equipment/sites/{id}/back", act, post(back)),
    ]
}

#[derive(Template)]
#[template(path = "desk/equipment/laptops.html")]
struct Laptops {
    f: Frame,
    d: Around,
    errors: Errors,
    /// What the half-term asks for, in words.
    rule: String,
    rows: Vec<Row>,
    lent: Vec<LentRow>,
    fields: Vec<Field>,
    lends: bool,
}

struct Row {
    device: String,
    name: String,
    holder: String,
    disk: Option<String>,
    changed: Option<String>,
    due: Option<String>,
}

struct LentRow {
    id: String,
    device: String,
    words: String,
}

async fn show(State(app): State<App>, desk: AtDesk, Query(asked): Query<Done>) -> Result<Response, AppFault> {
    laptops(&app, &desk, &Lent::default(), Errors::none(), asked.done.as_deref()).await
}

async fn laptops(
    app: &App,
    desk: &AtDesk,
    sent: &Lent,
    errors: Errors,
    done: Option<&str>,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/equipment/laptops", "laptops-title");
    let (roll, clock) = (Roll::of(app).await?, Clock::at(desk));
    let issued = app.books.values::<Issued>().await?;
    let mut devices = app.books.values::<Device>().await?;
    devices.sort_by(|one, other| one.name.cmp(&other.name));
    let half_term = HalfTerm::of(app, desk);
    let row = |device: &Device| {
        let holder = device.loan.map(|loan| loan.to)?;
        let staff = roll.person(holder).is_some_and(|person| is_staff(person.kind));
        staff.then(|| Row {
            device: device.id.to_string(),
            name: device.name.clone(),
            holder: roll.name(&f.says, holder),
            disk: latest(&issued, holder, &What::DiskPassword(device.id))
                .map(|entry| said(&f.says, clock, &roll, entry)),
            changed: changed(&issued, device.id, holder).map(|at| clock.day(at)),
            due: half_term.due(changed(&issued, device.id, holder)).map(|date| clock.date(date)),
        })
    };
    let rows: Vec<Row> = devices.iter().filter_map(row).collect();
    let open = app.books.find::<Lending>("open", "yes").await?;
    let lent = open.iter().map(|stored| lent_row(&f.says, clock, &roll, &devices, &stored.value)).collect();
    let lends = desk.school.settings.passwords.lending;
    let fields = lend_fields(&f.says, &errors, sent, &roll, &devices, clock.today());
    let rule = half_term.words(&f.says, clock);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &Laptops { rule, rows, lent, fields, lends, f: f.done(done), d, errors }))
}

const fn is_staff(kind: PersonKind) -> bool {
    !matches!(kind, PersonKind::Pupil | PersonKind::Parent | PersonKind::Visitor)
}

fn latest<'a>(issued: &'a [Issued], to: PersonId, what: &What) -> Option<&'a Issued> {
    let same = |entry: &&Issued| entry.to == to && entry.what == *what && entry.ended.is_none();
    issued.iter().filter(same).max_by_key(|entry| entry.at)
}

/// When a holder last said that they chose a new password for their laptop.
fn changed(issued: &[Issued], device: DeviceId, holder: PersonId) -> Option<Moment> {
    latest(issued, holder, &What::LaptopChanged(device)).map(|entry| entry.at)
}

fn said(says: &Says, clock: Clock<'_>, roll: &Roll, entry: &Issued) -> String {
    says.t2("laptops-issued", ("date", &clock.day(entry.at)), ("name", &roll.name(says, entry.by)))
}

fn lent_row(says: &Says, clock: Clock<'_>, roll: &Roll, devices: &[Device], lending: &Lending) -> LentRow {
    let device = devices.iter().find(|device| device.id == lending.device);
    LentRow {
        id: lending.id.to_string(),
        device: device.map(|device| device.name.clone()).unwrap_or_default(),
        words: says.t2(
            "laptops-lent-until",
            ("name", &roll.name(says, lending.to)),
            ("time", &clock.time(lending.until)),
        ),
    }
}

fn lend_fields(
    says: &Says,
    errors: &Errors,
    sent: &Lent,
    roll: &Roll,
    devices: &[Device],
    today: Date,
) -> Vec<Field> {
    let fields = Fields::new(says, errors);
    let laptops = devices.iter().filter(|device| device.loan.is_some());
    let laptops = laptops.map(|device| Choice::new(device.id, device.name.as_str())).collect();
    let mut staff: Vec<&Person> =
        roll.people().filter(|person| is_staff(person.kind) && person.is_here(today)).collect();
    staff.sort_by_key(|person| person.name());
    let staff = staff.into_iter().map(|person| Choice::new(person.id, person.name())).collect();
    vec![
        fields.select("laptop", choosing(laptops, &sent.laptop)),
        fields.select("borrower", choosing(staff, &sent.borrower)),
        fields.input("lent-until", "time", sent.until.as_str(), "", "govuk-input--width-10"),
    ]
}

/// What the school's half-terms ask of passwords.
struct HalfTerm {
    asked: bool,
    today: Date,
    begun: Option<Date>,
    next: Option<Date>,
    zone: usher_types::moment::Zone,
}

impl HalfTerm {
    fn of(app: &App, desk: &AtDesk) -> Self {
        let snapshot = app.snapshot.load_full();
        let calendar = calendar(snapshot.as_deref());
        let today = Clock::at(desk).today();
        Self {
            asked: desk.school.settings.passwords.lapse == Lapse::HalfTermly,
            today,
            begun: calendar.half_term_begun(today),
            next: calendar.next_half_term(today),
            zone: desk.school.zone.clone(),
        }
    }

    /// By when a change is due; none where none is.
    fn due(&self, changed: Option<Moment>) -> Option<Date> {
        let before = |date: &Date| {
            let from = self.zone.start_of(*date).plus_minutes(-DUE_DAYS * 24 * 60);
            changed.is_none_or(|changed| changed < from)
        };
        let soon = |date: &Date| {
            self.zone.start_of(self.today) >= self.zone.start_of(*date).plus_minutes(-DUE_DAYS * 24 * 60)
        };
        let overdue = self.begun.filter(before);
        overdue.or_else(|| self.next.filter(soon).filter(before)).filter(|_| self.asked)
    }

    fn words(&self, says: &Says, clock: Clock<'_>) -> String {
        match (self.asked, self.next) {
            (false, _) => says.t("laptops-no-lapse"),
            (true, Some(next)) => says.t1("laptops-lapse", "date", clock.date(next)),
            (true, None) => says.t("laptops-no-terms"),
        }
    }
}

/// How many laptops wait for a new password.
pub(super) async fn due(app: &App, desk: &AtDesk) -> Result<usize, AppFault> {
    let half_term = HalfTerm::of(app, desk);
    if !half_term.asked {
        return Ok(0);
    }
    let issued = app.books.values::<Issued>().await?;
    let roll = Roll::of(app).await?;
    let waits = |device: &Device| {
        let Some(loan) = device.loan else { return false };
        let staff = roll.person(loan.to).is_some_and(|person| is_staff(person.kind));
        staff && half_term.due(changed(&issued, device.id, loan.to)).is_some()
    };
    Ok(app.books.values::<Device>().await?.iter().filter(|device| waits(device)).count())
}

/// What is noted of a laptop.
#[derive(Debug, Deserialize)]
struct Noted {
    #[serde(default)]
    what: String,
    #[serde(default)]
    device: String,
}

async fn note(State(app): State<App>, form: DeskForm<Noted>) -> Result<Response, AppFault> {
    let (desk, noted) = (form.from, form.value);
    let device = app.books.get::<Device, _>(roll::id::<ids::Device>(&noted.device)?).await?;
    let device = device.ok_or(AppFault::NotFound)?.value;
    let holder = device.loan.ok_or(Refusal::Gone)?.to;
    let what = match noted.what.as_str() {
        "disk" => What::DiskPassword(device.id),
        "changed" => What::LaptopChanged(device.id),
        _ => return Err(AppFault::NotFound),
    };
    write(&app, &desk, holder, what).await?;
    Ok(lead("/equipment/laptops", "laptop-noted"))
}

async fn write(app: &App, desk: &AtDesk, to: PersonId, what: What) -> Result<(), AppFault> {
    let entry = Issued { id: app.new_id(), to, what, at: desk.at, by: desk.person.id, ended: None };
    let live = app.books.find::<Issued>("to", to).await?;
    app.commit(&issue(&entry, &live)?, &desk.actor()).await
}

/// A laptop to lend until a time of today.
#[derive(Debug, Default, Deserialize)]
struct Lent {
    #[serde(default)]
    laptop: String,
    #[serde(default)]
    borrower: String,
    #[serde(default, rename = "lent-until")]
    until: String,
}

async fn lend(State(app): State<App>, form: DeskForm<Lent>) -> Result<Response, AppFault> {
    let (desk, sent) = (form.from, form.value);
    match lend_it(&app, &desk, &sent).await {
        Ok(()) => Ok(lead("/equipment/laptops", "laptop-lent")),
        Err(AppFault::Refused(refusal)) => {
            let field = if matches!(refusal, Refusal::AlreadySo | Refusal::AddressNeeded) {
                "laptop"
            } else {
                "lent-until"
            };
            let says = Frame::desk(&app, &desk, "/equipment/laptops", "laptops-title").says;
            let errors = Errors::of(field, says.t(refusal.words()));
            laptops(&app, &desk, &sent, errors, None).await
        }
        Err(fault) => Err(fault),
    }
}

async fn lend_it(app: &App, desk: &AtDesk, sent: &Lent) -> Result<(), AppFault> {
    let device = app.books.get::<Device, _>(roll::id::<ids::Device>(&sent.laptop)?).await?;
    let to = app.books.get::<Person, _>(roll::id::<ids::Person>(&sent.borrower)?).await?;
    let (device, to) = (device.ok_or(AppFault::NotFound)?.value, to.ok_or(AppFault::NotFound)?.value);
    // Whoever borrowed it is signed out at its address: without one nobody would be.
    if device.address.is_none() {
        return Err(Refusal::AddressNeeded.into());
    }
    if !is_staff(to.kind) || !to.is_here(Clock::at(desk).today()) {
        return Err(AppFault::NotFound);
    }
    let time: Time = sent.until.trim().parse().map_err(|_no_time| Refusal::EndNeeded)?;
    let lending = Lending {
        id: app.new_id(),
        device: device.id,
        to: to.id,
        by: desk.person.id,
        from: desk.at,
        until: desk.school.zone.moment(Clock::at(desk).today(), time),
        ended_at: None,
    };
    let change = lending::lend(&lending, desk.school.settings.passwords.lending)?;
    app.commit(&change, &desk.actor()).await
}

/// Ends a lending now: its time is moved here, and the job signs out whoever is there as at any other end.
async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = form.from;
    let lending = app.books.get::<Lending, _>(roll::id::<LendingNoun>(&id)?).await?;
    let lending = lending.ok_or(AppFault::NotFound)?;
    let change = lending::shorten(&lending, desk.at)?;
    app.commit(&change, &desk.actor()).await?;
    Ok(lead("/equipment/laptops", "laptop-lending-ended"))
}

#[derive(Template)]
#[template(path = "desk/equipment/sites.html")]
struct Sites {
    f: Frame,
    d: Around,
    errors: Errors,
    rows: Vec<SiteRow>,
    fields: Vec<Field>,
}

struct SiteRow {
    id: String,
    parent: String,
    site: String,
    said: String,
    ended: Option<String>,
}

/// Access given to a parent.
#[derive(Debug, Default, Deserialize)]
struct Given {
    #[serde(default, rename = "parent-known")]
    parent: String,
    #[serde(default)]
    site: String,
}

async fn sites(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Done>,
) -> Result<Response, AppFault> {
    sites_page(&app, &desk, &Given::default(), Errors::none(), asked.done.as_deref()).await
}

async fn sites_page(
    app: &App,
    desk: &AtDesk,
    given: &Given,
    errors: Errors,
    done: Option<&str>,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, "/equipment/sites", "sites-title");
    let (roll, clock) = (Roll::of(app).await?, Clock::at(desk));
    let mut issued = app.books.values::<Issued>().await?;
    issued.sort_by_key(|entry| (entry.ended.is_some(), std::cmp::Reverse(entry.at)));
    let row = |entry: &Issued| match &entry.what {
        What::Site(site) => Some(SiteRow {
            id: entry.id.to_string(),
            parent: roll.name(&f.says, entry.to),
            site: site.clone(),
            said: said(&f.says, clock, &roll, entry),
            ended: entry.ended.map(|(_, at)| f.says.t1("sites-ended", "date", clock.day(at))),
        }),
        What::DiskPassword(_) | What::LaptopChanged(_) => None,
    };
    let fields = Fields::new(&f.says, &errors);
    let fields =
        vec![fields.line("parent-known", given.parent.as_str()), fields.line("site", given.site.as_str())];
    let rows = issued.iter().filter_map(row).collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &Sites { rows, fields, f: f.done(done), d, errors }))
}

async fn give(State(app): State<App>, form: DeskForm<Given>) -> Result<Response, AppFault> {
    let (desk, given) = (form.from, form.value);
    let says = Frame::desk(&app, &desk, "/equipment/sites", "sites-title").says;
    let roll = Roll::of(&app).await?;
    let wanted = given.parent.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let named =
        |person: &&Person| person.kind == PersonKind::Parent && person.name().to_lowercase() == wanted;
    let found: Vec<&Person> = roll.people().filter(named).collect();
    let errors = match found.as_slice() {
        [parent] => {
            let what = What::Site(given.site.trim().to_owned());
            match write(&app, &desk, parent.id, what).await {
                Ok(()) => return Ok(lead("/equipment/sites", "site-given")),
                Err(AppFault::Refused(refusal)) => Errors::of("site", says.t(refusal.words())),
                Err(fault) => return Err(fault),
            }
        }
        [] => Errors::of("parent-known", says.t("sites-no-parent")),
        _ => Errors::of("parent-known", says.t("sites-many-parents")),
    };
    sites_page(&app, &desk, &given, errors, None).await
}

async fn back(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = form.from;
    let entry: Option<Stored<Issued>> = app.books.get(roll::id::<IssuedNoun>(&id)?).await?;
    let change = take_back(&entry.ok_or(AppFault::NotFound)?, desk.person.id, desk.at)?;
    app.commit(&change, &desk.actor()).await?;
    Ok(lead("/equipment/sites", "site-taken-back"))
}
