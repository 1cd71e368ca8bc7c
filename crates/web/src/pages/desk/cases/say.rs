//! Cases in words: kinds, owners, people, and their rows in the register.

use usher_policy::routing::{CaseAct, Owner};
use usher_records::case::Case;
use usher_records::case::rules::{Class, KindRule, Sort};
use usher_records::case::thread::{Part, Party};
use usher_types::moment::Moment;

use super::Cabinet;
use crate::extract::desk::AtDesk;
use crate::pages::desk::clock::Clock;
use crate::view::says::Says;

/// A kind in words: ours from `locales/`, the school's own as it wrote them.
pub(super) fn kind_words(says: &Says, kind: &KindRule) -> String {
    if kind.title.is_empty() { says.of("case-kind", &kind.name) } else { kind.title.clone() }
}

/// The kind of a case in words.
pub(super) fn kind(desk: &AtDesk, says: &Says, case: &Case) -> String {
    let known = desk.school.settings.cases.kind(case.kind());
    known.map_or_else(|| says.t("case-kind-other"), |kind| kind_words(says, &kind))
}

/// Somebody in a case.
pub(super) fn party(says: &Says, cabinet: &Cabinet, who: &Party) -> String {
    match who {
        Party::Person(person) => cabinet.roll.name(says, *person),
        Party::Outside(name) => says.t1("case-outside", "name", name),
    }
}

/// Those with this part, in words.
pub(super) fn with_part(says: &Says, cabinet: &Cabinet, case: &Case, part: Part) -> Vec<String> {
    let people = case.people().into_iter().filter(|one| one.part == part);
    people.map(|one| party(says, cabinet, &one.who)).collect()
}

/// Whom a case is about, in one line; where nobody broke a rule, who saw it.
pub(super) fn about(says: &Says, cabinet: &Cabinet, case: &Case) -> String {
    let mut names = with_part(says, cabinet, case, Part::Subject);
    if names.is_empty() {
        names = with_part(says, cabinet, case, Part::Affected);
    }
    if names.is_empty() { says.t("case-nobody") } else { says.list(&names) }
}

/// A case in one line: what it is about, and whom.
pub(super) fn line(desk: &AtDesk, says: &Says, cabinet: &Cabinet, case: &Case) -> String {
    says.t2("case-line", ("kind", &kind(desk, says, case)), ("who", &about(says, cabinet, case)))
}

/// The same with its number.
pub(super) fn heading(desk: &AtDesk, says: &Says, cabinet: &Cabinet, case: &Case) -> String {
    format!("{}: {}", says.t1("case-number", "number", case.number), line(desk, says, cabinet, case))
}

/// Whose a case is, in words: the office, and who holds it now.
pub(super) fn owners(desk: &AtDesk, says: &Says, cabinet: &Cabinet, case: &Case) -> String {
    let today = Clock::at(desk).today();
    let names = |owner: Owner| match owner {
        Owner::Office(role) => {
            let holders = cabinet.roll.holders(&[role], today);
            let holders: Vec<String> = holders.iter().map(|person| person.name()).collect();
            (says.of("report-role", role.name()), holders)
        }
        Owner::ClassTeacher => {
            let groups: Vec<_> =
                cabinet.facts(desk, case).about.into_iter().flat_map(|one| one.groups).collect();
            let teaches = |person: &&usher_records::person::Person| {
                person.kind != usher_types::role::PersonKind::Pupil
                    && person.is_here(today)
                    && person.groups.iter().any(|group| groups.contains(group))
            };
            let holders = cabinet.roll.people().filter(teaches).map(|person| person.name()).collect();
            (says.t("case-class-teacher"), holders)
        }
    };
    let owners = cabinet.owners(desk, case).into_iter().map(|owner| {
        let (office, holders) = names(owner);
        if holders.is_empty() {
            office
        } else {
            says.t2("case-owner", ("office", &office), ("names", &says.list(&holders)))
        }
    });
    says.list(&owners.collect::<Vec<_>>())
}

/// A case as the register has it.
pub(in crate::pages::desk) struct RegisterRow {
    pub(in crate::pages::desk) number: String,
    pub(in crate::pages::desk) address: String,
    pub(in crate::pages::desk) at: Moment,
    pub(in crate::pages::desk) person: String,
    pub(in crate::pages::desk) kind: String,
    pub(in crate::pages::desk) texts: Vec<String>,
    pub(in crate::pages::desk) by: String,
    pub(in crate::pages::desk) entered: Option<String>,
}

/// The breaches among the cases that these eyes may see, oldest first: the register is a view of them (INC-01).
pub(in crate::pages::desk) fn register_rows(
    desk: &AtDesk,
    says: &Says,
    cabinet: &Cabinet,
) -> Vec<RegisterRow> {
    let clock = Clock::at(desk);
    let rules = &desk.school.settings.cases;
    let breach = |case: &Case| {
        let sort = rules.sort_of(case.kind());
        // Where it is about nobody yet, those in it were hurt or saw it: the register is no list of victims.
        case.class() == Class::Ordinary
            && !matches!(sort, Sort::Accident | Sort::Complaint)
            && case.subjects().next().is_some()
    };
    let row = |case: &Case| RegisterRow {
        number: says.t1("case-number", "number", case.number),
        address: format!("/cases/{}", case.id),
        at: case.opened_at(),
        person: about(says, cabinet, case),
        kind: kind(desk, says, case),
        texts: texts(says, case),
        by: case.opened_by().map(|person| cabinet.roll.name(says, person)).unwrap_or_default(),
        entered: case.entered().map(|entry| {
            let name = cabinet.roll.name(says, entry.by);
            says.t2("register-entered-by", ("name", &name), ("time", &clock.full(entry.at)))
        }),
    };
    let mine = cabinet.all.iter().map(|stored| &stored.value);
    mine.filter(|case| breach(case) && cabinet.may(desk, CaseAct::See, case)).map(row).collect()
}

/// What the register says of a case: what happened, every correction, and how it ended.
fn texts(says: &Says, case: &Case) -> Vec<String> {
    use usher_records::case::thread::Says as Said;
    let mut texts = vec![case.nine().details.clone()];
    for entry in &case.entries {
        if let Said::Correction { of, text } = &entry.says {
            texts.push(says.t2("case-says-correction", ("number", of), ("text", text)));
        }
    }
    texts.extend(case.outcome().map(|outcome| says.t1("case-outcome", "text", outcome)));
    texts
}
