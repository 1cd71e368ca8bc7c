//! Permissions in words.

use usher_records::grant::{Opens, Scope};
use usher_records::permission::matter::{Detail, Matter};
use usher_records::permission::{Ask, Entry, Permission, Says as Said};
use usher_types::ids::PersonId;

use super::Shelf;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::opening::category;
use crate::pages::desk::roll::Roll;
use crate::view::says::Says;

/// What a matter is called.
pub(super) fn matter(says: &Says, matter: Matter) -> String {
    says.of("permission-matter", matter.name())
}

/// What is asked about, in a few words: `Install something: Scratch`.
pub(in crate::pages::desk) fn title(says: &Says, permission: &Permission) -> String {
    let ask = &permission.ask;
    let first =
        [Detail::What, Detail::Data, Detail::Wanted].into_iter().find_map(|one| ask.details.get(&one));
    let pages = || ask.pages.first().map(ToString::to_string);
    match first.cloned().or_else(pages) {
        Some(what) => says.t2("permission-title", ("matter", &matter(says, ask.matter)), ("what", &what)),
        None => matter(says, ask.matter),
    }
}

/// What a detail is called: a matter may have a word of its own for it.
pub(super) fn detail(says: &Says, matter: Matter, detail: Detail) -> String {
    let own = format!("permission-detail-{}-{}", matter.name(), detail.name());
    let find = |key: &str| says.words().find(says.reader(), key, &[]);
    find(&own).unwrap_or_else(|| says.of("permission-detail", detail.name()))
}

/// For whom it is.
pub(super) fn whom(says: &Says, roll: &Roll, ask: &Ask) -> Vec<String> {
    let name = |scope: &Scope| match scope {
        Scope::Person(person) | Scope::PupilIn(_, person) => roll.name(says, *person),
        Scope::Group(group) => roll.class_name(says, *group),
        Scope::Kind(kind) => says.t(format!("report-kinds-{}", kind.name())),
        Scope::Lesson(_) => says.t("permission-whom-lesson"),
    };
    ask.whom.iter().map(name).collect()
}

/// Everything that was told, each with its name.
pub(super) fn facts(
    says: &Says,
    shelf: &Shelf<'_>,
    permission: &Permission,
    clock: Clock<'_>,
) -> Vec<(String, String)> {
    let ask = &permission.ask;
    let mut facts: Vec<(String, String)> = Detail::ALL
        .into_iter()
        .filter_map(|one| Some((detail(says, ask.matter, one), ask.details.get(&one)?.clone())))
        .collect();
    let mut add = |key: &str, values: Vec<String>| {
        if !values.is_empty() {
            facts.push((says.t(key), says.list(&values)));
        }
    };
    add("permission-fact-whom", whom(says, shelf.roll, ask));
    add("permission-fact-pages", ask.pages.iter().map(ToString::to_string).collect());
    let opens = ask.opens.iter().filter_map(|opens| match opens {
        Opens::SignUp => Some(says.t("permission-opens-sign-up")),
        Opens::Picture => Some(says.t("permission-opens-picture")),
        Opens::Page | Opens::Files => None,
    });
    let meeting = ask.meeting.then(|| says.t("permission-opens-meeting"));
    add("permission-fact-opens", opens.chain(meeting).collect());
    add("permission-fact-category", ask.categories.iter().map(|one| category(says, one.as_str())).collect());
    add("permission-fact-sites", ask.sites.iter().map(ToString::to_string).collect());
    add("permission-fact-periods", ask.periods.iter().map(|one| says.of("period", one.name())).collect());
    if ask.from > permission.asked_at() {
        add("permission-fact-from", vec![clock.time(ask.from)]);
    }
    let until = permission.until(shelf.lesson(permission));
    add(
        "permission-fact-until",
        vec![until.map_or_else(|| says.t("permission-no-end"), |until| clock.time(until))],
    );
    facts
}

/// An entry: what was done, by whom, and the words that go with it.
pub(super) fn entry(says: &Says, roll: &Roll, entry: &Entry) -> (String, String, Option<String>) {
    let by = |person: Option<PersonId>| {
        person.map_or_else(|| says.t("permission-by-usher"), |person| roll.name(says, person))
    };
    let (key, words) = match &entry.says {
        Said::Asked => ("permission-did-asked", None),
        Said::Agreed(words) => ("permission-did-agreed", Some(words)),
        Said::Given { words, .. } => ("permission-did-given", Some(words)),
        Said::Refused(words) => ("permission-did-refused", Some(words)),
        Said::Ended(why) => ("permission-did-ended", Some(why)),
        Said::Lapsed => ("permission-did-lapsed", None),
    };
    (says.t(key), by(entry.by), words.filter(|words| !words.is_empty()).cloned())
}
