//! What breaks a rule and what may follow, for staff at the desk, and who has not read it yet (INC-22).

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::person::Person;
use usher_records::reading::Reading;
use usher_reports::document::paper;
use usher_types::digest::Digest;
use usher_types::ids::PersonId;
use usher_types::role::PersonKind;

use super::around::{Around, Done, around, lead};
use super::clock::Clock;
use super::field::{Choice, Field, Fields, choosing};
use super::paper::{letterhead, print};
use super::roll::Roll;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::listing::{self, Told};
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::page;

/// What everybody at the desk has; who has not read it, those who see who has signed.
pub(super) fn routes() -> Vec<DeskRoute> {
    vec![
        desk_route("/what-counts", Act::UseDesk, get(show).post(read)),
        desk_route("/what-counts.pdf", Act::UseDesk, get(on_paper)),
        desk_route("/what-counts/unread", Act::SeeSignatures, get(unread)),
    ]
}

#[derive(Template)]
#[template(path = "desk/conduct/show.html")]
struct ConductPage {
    f: Frame,
    d: Around,
    told: Told,
    digest: Option<String>,
    read: Option<String>,
    unread: bool,
}

/// What was shown to whoever pressed.
#[derive(Debug, Deserialize)]
pub(super) struct Pressed {
    #[serde(default)]
    digest: String,
}

/// Shows it.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/what-counts", "conduct-title");
    let listed = listing::of(&desk.school.settings, desk.person.kind);
    let read = listing::read_at(&app, desk.person.id, &listed).await?;
    Ok(page(&ConductPage {
        told: listing::told(&f.says, &listed),
        digest: read.is_none().then(|| listed.digest().to_string()),
        read: read.map(|at| Clock::at(&desk).day(at)),
        unread: desk.may(Act::SeeSignatures).is_ok(),
        f: f.done(done.done.as_deref()),
        d,
    }))
}

/// Keeps that it was read. What changed meanwhile is shown instead.
pub(super) async fn read(State(app): State<App>, form: DeskForm<Pressed>) -> Result<Response, AppFault> {
    let (desk, pressed) = (form.from, form.value);
    let digest = listing::of(&desk.school.settings, desk.person.kind).digest();
    if digest.to_string() != pressed.digest {
        return Ok(lead("/what-counts", "conduct-changed"));
    }
    listing::read(&app, desk.person.id, digest, &desk.actor(), desk.at).await?;
    Ok(lead("/what-counts", "conduct-kept"))
}

/// The same on paper.
pub(super) async fn on_paper(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    let says = Frame::desk(&app, &desk, "/what-counts", "conduct-title").says;
    let told = listing::told(&says, &listing::of(&desk.school.settings, desk.person.kind));
    let document = paper(&letterhead(&desk, &app.words), &listing::on_paper(&says, told));
    print(&app, &desk, "what-counts", document).await
}

#[derive(Template)]
#[template(path = "desk/conduct/unread.html")]
struct UnreadPage {
    f: Frame,
    d: Around,
    search: Vec<Field>,
    /// How many have read it, of how many.
    counted: String,
    names: Vec<String>,
}

/// Whose unread list is asked for: a class by its id, or those who work here.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    group: String,
}

/// Shows who has not read it, a class at a time; first those who work here.
pub(super) async fn unread(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/what-counts/unread", "conduct-unread-title");
    let roll = Roll::of(&app).await?;
    let classes = roll.classes();
    let class = classes.iter().find(|class| class.id.to_string() == asked.group);
    let today = Clock::at(&desk).today();
    let here = roll.people().filter(|person| person.is_here(today) && listing::is_asked(person));
    let asked_for: Vec<&Person> = match class {
        Some(class) => here
            .filter(|person| person.kind == PersonKind::Pupil && person.groups.contains(&class.id))
            .collect(),
        None => here.filter(|person| person.kind != PersonKind::Pupil).collect(),
    };
    let read = readers(&app, &desk, &asked_for).await?;
    let all = asked_for.len();
    let mut left: Vec<&Person> = asked_for.into_iter().filter(|person| !read.contains(&person.id)).collect();
    left.sort_by_key(|person| (person.name().to_lowercase(), person.id));
    let search = {
        let none = Errors::none();
        let fields = Fields::new(&f.says, &none);
        let staff = Choice::new("", f.says.t("conduct-unread-staff"));
        let choices = classes.iter().map(|class| Choice::new(class.id, class.name.clone()));
        let choices = choosing(std::iter::once(staff).chain(choices).collect(), &asked.group);
        vec![fields.select("group", choices).labelled(f.says.t("conduct-unread-who"))]
    };
    let counted = f.says.t2("conduct-unread-count", ("read", &(all - left.len())), ("all", &all));
    let names = left.into_iter().map(Person::name).collect();
    Ok(page(&UnreadPage { search, counted, names, f, d }))
}

/// Those of these people who have read what is shown to them now.
async fn readers(app: &App, desk: &AtDesk, people: &[&Person]) -> Result<BTreeSet<PersonId>, AppFault> {
    let shown = |person: &Person| listing::of(&desk.school.settings, person.kind).digest();
    let digests: BTreeSet<Digest> = people.iter().map(|person| shown(person)).collect();
    let mut read: BTreeSet<(Digest, PersonId)> = BTreeSet::new();
    for digest in digests {
        let readings = app.books.find::<Reading>("digest", digest).await?;
        read.extend(readings.into_iter().map(|stored| (digest, stored.value.person)));
    }
    let has_read = |person: &&&Person| read.contains(&(shown(person), person.id));
    Ok(people.iter().filter(has_read).map(|person| person.id).collect())
}
