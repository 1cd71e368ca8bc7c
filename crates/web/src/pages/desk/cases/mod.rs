//! Cases: those this person may see, one of them as a thread, the incident form, and what is done with it. Who may see and do
//! what, `policy::routing` says; a case that is not for these eyes is not there.

mod behaviour;
mod entry;
mod evidence;
mod fields;
mod index;
mod letter;
mod new;
mod origin;
mod papers;
mod say;
mod show;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use usher_policy::access::Act;
use usher_policy::routing::{self, CaseAct, Facts, Named, Owner};
use usher_records::case::rules::{Class, Sort};
use usher_records::case::thread::{Origin, Part, Party};
use usher_records::case::{By, Case, CaseNoun};
use usher_records::change::Stored;
use usher_records::linked_policy::LinkedPolicy;
use usher_records::person::Person;
use usher_types::ids::{PersonId, SanctionId};

use super::clock::Clock;
use super::roll::{self, Roll};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::case::file;
use crate::routes::{DeskRoute, desk_route};

pub(super) use self::index::waiting;
pub(super) use self::say::{RegisterRow, register_rows};

/// What everybody at the desk has; which cases are theirs, policy says.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::UseDesk;
    let upload = get(evidence::form).post(evidence::upload).layer(DefaultBodyLimit::max(file::LARGEST_FORM));
    vec![
        desk_route("/cases", act, get(index::show)),
        desk_route("/cases/new", act, get(new::show).post(new::open)),
        desk_route("/cases/behaviour", act, get(behaviour::show)),
        desk_route("/cases/behaviour.csv", act, post(behaviour::export)),
        desk_route("/cases/{id}", act, get(show::show)),
        desk_route("/cases/{id}/form.pdf", act, get(papers::form)),
        desk_route("/cases/{id}/hand-over.pdf", act, get(papers::hand_over)),
        desk_route("/cases/{id}/letter.pdf", act, get(letter::letter)),
        desk_route("/cases/{id}/custody.pdf", act, get(papers::custody)),
        desk_route("/cases/{id}/evidence", act, upload),
        desk_route("/cases/{id}/kept/{number}", act, get(evidence::download)),
        desk_route("/cases/{id}/do/{step}", act, get(steps::show).post(steps::carry_out)),
    ]
}

/// Every case and everybody in them, read once for a page.
pub(in crate::pages::desk) struct Cabinet {
    pub(super) roll: Arc<Roll>,
    pub(super) all: Vec<Stored<Case>>,
    /// Which of them, by their place, are about somebody.
    about: BTreeMap<PersonId, Vec<usize>>,
    /// The school's other policies, which an entry may cite.
    pub(super) policies: Vec<LinkedPolicy>,
}

impl Cabinet {
    pub(in crate::pages::desk) async fn of(app: &App) -> Result<Self, AppFault> {
        Self::with(app, Arc::new(Roll::of(app).await?)).await
    }

    /// The same where a page has read everybody already.
    async fn with(app: &App, roll: Arc<Roll>) -> Result<Self, AppFault> {
        let mut all = app.books.all::<Case>().await?;
        all.sort_by_key(|stored| stored.value.number);
        let mut about: BTreeMap<PersonId, Vec<usize>> = BTreeMap::new();
        for (place, stored) in all.iter().enumerate() {
            for person in stored.value.subjects().filter_map(Party::person) {
                about.entry(person).or_default().push(place);
            }
        }
        let policies = app.books.values::<LinkedPolicy>().await?;
        Ok(Self { roll, all, about, policies })
    }

    /// Somebody as routing sees them; none for whom the school no longer keeps.
    fn named(&self, person: PersonId) -> Option<Named> {
        self.roll.person(person).map(Named::of)
    }

    /// Those a case is about; where nobody broke a rule, those who saw it.
    fn about(&self, case: &Case) -> Vec<Named> {
        let of = |part: Part| {
            let people = case.people().into_iter().filter(move |one| one.part == part);
            people.filter_map(|one| one.who.person()).filter_map(|id| self.named(id)).collect::<Vec<_>>()
        };
        let subjects = of(Part::Subject);
        if subjects.is_empty() { of(Part::Affected) } else { subjects }
    }

    /// What is known of a case when it is asked whose it is and who may see it.
    pub(super) fn facts(&self, desk: &AtDesk, case: &Case) -> Facts {
        let about = self.about(case);
        Facts {
            class: case.class(),
            sort: desk.school.settings.cases.sort_of(case.kind()),
            severity: case.severity(),
            earlier: self.earlier(desk, case, &about),
            opened_by: case.opened_by(),
            from_pupil: case.origin() == Origin::PupilReport,
            shared_with: case.shared_with(),
            about,
        }
    }

    /// How many ordinary cases of pupils there were before about the same people.
    fn earlier(&self, desk: &AtDesk, case: &Case, about: &[Named]) -> usize {
        let rules = &desk.school.settings.cases;
        let places: BTreeSet<usize> =
            about.iter().filter_map(|named| self.about.get(&named.person)).flatten().copied().collect();
        let earlier = places.into_iter().filter_map(|place| self.all.get(place)).map(|stored| &stored.value);
        let counts = |earlier: &Case| {
            earlier.number < case.number
                && earlier.class() == Class::Ordinary
                && rules.sort_of(earlier.kind()) == Sort::Pupil
        };
        earlier.filter(|earlier| counts(earlier)).count()
    }

    /// Whether this person may do this with a case.
    pub(super) fn may(&self, desk: &AtDesk, act: CaseAct, case: &Case) -> bool {
        let facts = self.facts(desk, case);
        routing::may_do(&desk.who(), &desk.person.groups, &desk.school.settings, act, &facts)
    }

    /// Whose a case is.
    fn owners(&self, desk: &AtDesk, case: &Case) -> Vec<Owner> {
        routing::owners(&desk.school.settings, &self.facts(desk, case))
    }

    /// Cases for these eyes, newest first.
    pub(super) fn mine(&self, desk: &AtDesk) -> Vec<&Stored<Case>> {
        let see = |stored: &&Stored<Case>| self.may(desk, CaseAct::See, &stored.value);
        self.all.iter().rev().filter(see).collect()
    }

    /// A case, by the id in an address, for whoever may do this with it.
    fn find(&self, desk: &AtDesk, id: &str, act: CaseAct) -> Result<&Stored<Case>, AppFault> {
        let id = roll::id::<CaseNoun>(id)?;
        let found = self.all.iter().find(|stored| stored.value.id == id);
        found.filter(|stored| self.may(desk, act, &stored.value)).ok_or(AppFault::NotFound)
    }

    /// Everybody who is here.
    fn here(&self, desk: &AtDesk) -> impl Iterator<Item = &Person> {
        let today = Clock::at(desk).today();
        self.roll.people().filter(move |person| person.is_here(today))
    }
}

/// Who adds to a case, now.
fn by(desk: &AtDesk) -> By {
    By { person: desk.person.id, at: desk.at }
}

/// The gateway knows of a narrowing that began or ended at once, and not only when it next looks (INC-08).
async fn narrowed(app: &App, desk: &AtDesk, person: PersonId) -> Result<(), AppFault> {
    let now = usher_directory::books::restrictions(&app.books, person, desk.at).await?;
    app.table.update(person, |subject| usher_policy::facts::Subject {
        restrictions: now.clone(),
        ..subject.clone()
    });
    // Whoever signs in on each request is asked for anew, with what holds now.
    app.presence.forget();
    app.live.tell(crate::live::Note::Presence);
    Ok(())
}

/// A sanction's id out of a form.
fn sanction_id(text: &str) -> Result<SanctionId, AppFault> {
    roll::id::<usher_types::ids::Sanction>(text)
}
