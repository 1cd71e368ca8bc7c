//! What opens for somebody right now, and why: where they are signed in, the lesson of their class, what narrows it and
//! what widens it. No page they visited is looked at.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use usher_policy::decide::decide_web;
use usher_policy::decision::{Decision, Reason};
use usher_policy::explain;
use usher_policy::facts::{Subject, WebFacts};
use usher_records::account::Owner;
use usher_records::grant::{Grant, Scope};
use usher_records::person::Person;
use usher_records::sanction::Sanction;
use usher_records::session::{Bound, KnownBy, Session};
use usher_records::unrestricted::Unrestricted;
use usher_types::ids::Id;
use usher_types::role::Reader;
use usher_types::url::{Scheme, WebAddress};

use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::lessons::open_now;
use crate::pages::desk::roll::Roll;
use crate::view::frame::Frame;

/// A page no list knows: what is decided about it tells what holds for pages in general.
const A_PAGE_NOBODY_KNOWS: &str = "a-page-nobody-knows.example";

/// What opens and why.
pub(super) struct Circumstances {
    /// Whether an ordinary page opens.
    pub(super) opens: bool,
    /// Why, in a sentence.
    pub(super) why: String,
    /// Devices they are signed in at.
    pub(super) devices: Vec<String>,
    /// The lesson of their class.
    pub(super) lesson: Option<String>,
    /// Sanctions that hold, and pages and time that are open to them.
    pub(super) narrowed: Vec<String>,
    pub(super) widened: Vec<String>,
}

impl Circumstances {
    /// What holds for somebody now.
    pub(super) async fn of(
        app: &App,
        desk: &AtDesk,
        f: &Frame,
        roll: &Roll,
        person: &Person,
    ) -> Result<Self, AppFault> {
        let says = &f.says;
        let clock = Clock::at(desk);
        let addresses = app.table.devices_of(person.id, desk.at);
        let here = app.table.people().into_iter().find(|(_, subject)| subject.person == Some(person.id));
        let signed_in = !addresses.is_empty();
        let subject = match here {
            Some((_, subject)) if signed_in => subject,
            _ => Arc::new(as_if_signed_in(app, desk, person).await?),
        };
        let address = addresses.first().copied().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let circumstances = app.table.circumstances(subject, address, desk.at);
        let address = WebAddress {
            scheme: Scheme::Https,
            host: usher_types::host::Host::parse(A_PAGE_NOBODY_KNOWS)
                .map_err(|_odd_name| AppFault::NotFound)?,
            port: 443,
            path: "/".into(),
            query: None,
        };
        let facts = WebFacts::page(circumstances, address);
        let snapshot = app.snapshot.load_full();
        let decision = snapshot.as_deref().map(|snapshot| decide_web(snapshot, &facts, desk.at));
        let lesson = open_now(app, desk.at).await?;
        let lesson = lesson.iter().find(|lesson| person.groups.contains(&lesson.group));
        let name = |address: &IpAddr| {
            let device = app.table.circumstances(Arc::clone(&facts.who.subject), *address, desk.at).device;
            device.name.clone().unwrap_or_else(|| address.to_string())
        };
        Ok(Self {
            opens: decision.as_ref().is_some_and(|decision| !decision.is_refusal() || is_unsorted(decision)),
            why: match &decision {
                None => says.t("today-stopped-policy"),
                Some(decision) if decision.is_refusal() && is_unsorted(decision) => {
                    says.t("person-opens-sorted")
                }
                Some(decision) => explain::reason(says.words(), Reader::Adult, decision),
            },
            devices: addresses.iter().map(name).collect(),
            lesson: lesson.map(|lesson| {
                let class = roll.class_name(says, lesson.group);
                says.t2("person-lesson", ("class", &class), ("time", &clock.time(lesson.ends_at)))
            }),
            narrowed: narrowed(app, desk, f, person).await?,
            widened: widened(app, desk, f, person).await?,
        })
    }
}

/// Whether all that was said against the page is that nobody has sorted it: pages that are sorted open.
fn is_unsorted(decision: &Decision) -> bool {
    decision.reason == Reason::Unknown
}

/// The person as decisions would see them, if they signed in now.
async fn as_if_signed_in(app: &App, desk: &AtDesk, person: &Person) -> Result<Subject, AppFault> {
    let session = Session {
        id: Id::new(0),
        account: None,
        owner: Owner::Person(person.id),
        group: None,
        bound: Bound::Desk,
        known_by: KnownBy::Password,
        clause_accepted: true,
        secret: None,
        from: desk.at,
        until: desk.at,
        idle_minutes: 0,
        ended: None,
    };
    Ok(usher_directory::books::subject(&app.books, &desk.school, person, &session, desk.at).await?)
}

async fn narrowed(app: &App, desk: &AtDesk, f: &Frame, person: &Person) -> Result<Vec<String>, AppFault> {
    let clock = Clock::at(desk);
    let sanctions = app.books.find::<Sanction>("person", person.id).await?;
    let holding = sanctions.iter().map(|stored| &stored.value).filter(|sanction| sanction.holds(desk.at));
    Ok(holding
        .map(|sanction| {
            let what = explain::restriction(f.says.words(), Reader::Adult, sanction.restriction);
            let until = f.says.t1("person-until", "time", clock.time(sanction.until));
            format!("{what} {until}")
        })
        .collect())
}

async fn widened(app: &App, desk: &AtDesk, f: &Frame, person: &Person) -> Result<Vec<String>, AppFault> {
    let clock = Clock::at(desk);
    let grants = app.books.find::<Grant>("state", "open").await?;
    let mine =
        grants.iter().map(|stored| &stored.value).filter(|grant| grant.is_open(desk.at)).filter(|grant| {
            match grant.scope {
                Scope::Person(id) => id == person.id,
                Scope::Group(group) => person.groups.contains(&group),
                Scope::Kind(kind) => kind == person.kind,
                Scope::Lesson(_) | Scope::PupilIn(..) => false,
            }
        });
    let mut lines: Vec<String> = mine
        .map(|grant| f.says.t2("person-grant", ("page", &grant.page), ("time", &clock.time(grant.until))))
        .collect();
    let times = app.books.find::<Unrestricted>("person", person.id).await?;
    for time in times.iter().filter(|time| time.value.is_open(desk.at)) {
        lines.push(f.says.t1("today-unrestricted", "time", clock.time(time.value.until)));
    }
    Ok(lines)
}
