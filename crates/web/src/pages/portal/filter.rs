//! What is filtered at my child's age, from the policy that is in use now.

use askama::Template;
use axum::extract::{Path, State};
use usher_lists::category::{Area, Catalogue};
use usher_policy::decide::decide_web;
use usher_policy::facts::{Circumstances, Device, LessonFacts, Subject, WebFacts};
use usher_policy::snapshot::{GroupIndex, Snapshot};
use usher_policy::verdict::Verdict;
use usher_records::lesson::Mode;
use usher_records::person::Person;
use usher_types::calendar::PeriodKind;
use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_types::url::WebAddress;

use super::fault::Answer;
use super::parents::{own_child, parent};
use crate::app::{App, AppFault};
use crate::extract::portal::AtDevice;
use crate::view::frame::Frame;
use crate::view::page;

/// An address no site can have (RFC 2606): what is decided about it is decided about every page nobody has sorted.
const NOBODYS_PAGE: &str = "https://usher.invalid/";

/// The kinds of pages of one area, by what happens to them.
struct AreaView {
    key: &'static str,
    shut: Vec<String>,
    asks: Vec<String>,
    open: Vec<String>,
}

#[derive(Template)]
#[template(path = "portal/filter.html")]
struct FilterPage {
    f: Frame,
    child: Person,
    areas: Vec<AreaView>,
    /// Whether the web opens only in a lesson an adult has opened.
    lesson_only: bool,
    /// What happens to pages nobody has sorted: `shut`, `asks`, `open`.
    unknown: &'static str,
}

/// Shows it.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Path(child): Path<String>) -> Answer {
    let parent = parent(&device)?;
    let child = own_child(&app, &parent, &child).await?;
    let snapshot = app.snapshot.load_full().ok_or(AppFault::NotFound)?;
    let subject = in_good_standing(&child);
    let group = snapshot.group_of(&subject).ok_or(AppFault::NotFound)?;
    let f = Frame::portal(&app, &device, "filter-title");
    let title = f.says.t1("filter-title", "name", child.known_as.as_deref().unwrap_or(&child.given));
    let areas = areas(&snapshot, group, &f);
    let unknown = unknown(&snapshot, &subject, device.at);
    let lesson_only = needs_lesson(&snapshot, &subject, device.at);
    Ok(page(&FilterPage { f: f.titled(title), child, areas, lesson_only, unknown }))
}

fn areas(snapshot: &Snapshot, group: GroupIndex, f: &Frame) -> Vec<AreaView> {
    let Ok(catalogue) = Catalogue::ours() else { return Vec::new() };
    let keys = [
        (Area::Content, "area-content"),
        (Area::Contact, "area-contact"),
        (Area::Conduct, "area-conduct"),
        (Area::Commerce, "area-commerce"),
    ];
    keys.into_iter()
        .map(|(area, key)| {
            let mut view = AreaView { key, shut: Vec::new(), asks: Vec::new(), open: Vec::new() };
            for entry in catalogue.entries().iter().filter(|entry| entry.area == area) {
                let name = f.says.t(format!("category-{}", entry.name.as_str()));
                match snapshot.category_verdict(&entry.name, group, PeriodKind::Lesson) {
                    Some(Verdict::Allow) => view.open.push(name),
                    Some(Verdict::Block) => view.shut.push(name),
                    Some(_) => view.asks.push(name),
                    // The policy does not name it: pages in it are treated like pages nobody has sorted.
                    None => {}
                }
            }
            view
        })
        .collect()
}

/// The child as the policy sees one who signed everything.
fn in_good_standing(child: &Person) -> Subject {
    Subject {
        person: Some(child.id),
        kind: Some(child.kind),
        year: child.year,
        clause_accepted: true,
        ..Subject::nobody()
    }
}

fn unknown(snapshot: &Snapshot, subject: &Subject, at: Moment) -> &'static str {
    let lesson = LessonFacts {
        lesson: Id::new(0),
        group: Id::new(0),
        adult: Id::new(0),
        mode: Mode::Normal,
        ends_at: at.plus_minutes(60),
    };
    match ask(snapshot, subject, Some(lesson), at) {
        Some(Verdict::Allow) => "open",
        Some(Verdict::Block) | None => "shut",
        Some(_) => "asks",
    }
}

/// Whether nothing opens without a lesson.
fn needs_lesson(snapshot: &Snapshot, subject: &Subject, at: Moment) -> bool {
    ask(snapshot, subject, None, at) == Some(Verdict::Challenge)
}

fn ask(snapshot: &Snapshot, subject: &Subject, lesson: Option<LessonFacts>, at: Moment) -> Option<Verdict> {
    let address = std::net::IpAddr::from([0, 0, 0, 0]);
    let device = Device { address, device: None, name: None, room: None };
    let who = Circumstances { subject: subject.clone().into(), device: device.into(), lesson };
    let facts = WebFacts::page(who, WebAddress::parse(NOBODYS_PAGE).ok()?);
    Some(decide_web(snapshot, &facts, at).verdict)
}
