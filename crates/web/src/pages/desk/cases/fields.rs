//! Choices that several forms of a case offer.

use usher_lists::category::Area;
use usher_records::case::rules::{KindRule, Sort};
use usher_records::person::Person;
use usher_types::role::PersonKind;

use super::Cabinet;
use super::say::kind_words;
use crate::extract::desk::AtDesk;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, choosing};
use crate::view::says::Says;

/// Every kind a case may be of, pupils' first.
pub(super) fn kinds(desk: &AtDesk, says: &Says, chosen: &str) -> Vec<Choice> {
    let mut kinds: Vec<_> = desk.school.settings.cases.kinds().collect();
    let place = |sort: Sort| match sort {
        Sort::Pupil => 0,
        Sort::Accident => 1,
        Sort::Complaint => 2,
        Sort::Other => 3,
        Sort::Staff => 4,
    };
    kinds.sort_by_key(|kind| place(kind.sort));
    let choice = |kind: &KindRule| Choice::new(&kind.name, kind_words(says, kind));
    choosing(kinds.iter().map(choice).collect(), chosen)
}

/// The four areas of risk (KC-05), and before them what none chosen means.
pub(super) fn areas(says: &Says, none: &'static str, chosen: &str) -> Vec<Choice> {
    let none = Choice::new("", says.t(none));
    let areas = Area::ALL.map(|area| Choice::new(area.name(), says.of("case-area", area.name())));
    choosing(std::iter::once(none).chain(areas).collect(), chosen)
}

/// Everybody who is here: those of one's own classes first, then pupils by class, then the others by name.
pub(super) fn people(desk: &AtDesk, says: &Says, cabinet: &Cabinet, chosen: &str) -> Vec<Choice> {
    let today = Clock::at(desk).today();
    let mut people: Vec<&Person> = cabinet.roll.people().filter(|person| person.is_here(today)).collect();
    let mine = |person: &Person| person.groups.iter().any(|group| desk.person.groups.contains(group));
    people.sort_by_key(|person| {
        let pupil = person.kind == PersonKind::Pupil;
        (!(pupil && mine(person)), !pupil, person.year, person.name().to_lowercase(), person.id)
    });
    let choice = |person: &&Person| {
        let words = match cabinet.roll.class_of(person) {
            Some(class) if person.kind == PersonKind::Pupil => {
                says.t2("case-person-class", ("name", &person.name()), ("class", &class.name))
            }
            _ => says.t2(
                "case-person-class",
                ("name", &person.name()),
                ("class", &says.of("kind", person.kind.name())),
            ),
        };
        Choice::new(person.id, words)
    };
    let nobody = Choice::new("", says.t("case-person-none"));
    choosing(std::iter::once(nobody).chain(people.iter().map(choice)).collect(), chosen)
}

/// Adults of the school who may use the desk.
pub(super) fn staff(desk: &AtDesk, says: &Says, cabinet: &Cabinet, chosen: &str) -> Vec<Choice> {
    let today = Clock::at(desk).today();
    let adult = |person: &&Person| {
        !matches!(person.kind, PersonKind::Pupil | PersonKind::Parent | PersonKind::Visitor)
            && person.is_here(today)
    };
    let mut people: Vec<&Person> = cabinet.roll.people().filter(adult).collect();
    people.sort_by_key(|person| (person.name().to_lowercase(), person.id));
    let nobody = Choice::new("", says.t("case-person-none"));
    let choices = people.iter().map(|person| Choice::new(person.id, person.name()));
    choosing(std::iter::once(nobody).chain(choices).collect(), chosen)
}
