//! The letter home (INC-05): the facts and what was done, and no other child's name.

use std::collections::BTreeSet;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use usher_policy::explain;
use usher_policy::routing::CaseAct;
use usher_records::case::Case;
use usher_records::case::thread::{Entry, Party, Says as Said, Terms};
use usher_records::person::Person;
use usher_reports::document::{Paper, PaperSection, paper};
use usher_types::ids::PersonId;
use usher_types::moment::Moment;
use usher_types::role::{PersonKind, Reader};

use super::Cabinet;
use super::entry::opens_again;
use super::papers::says;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::paper::{letterhead, print};
use crate::view::says::Says;

/// Names shorter than this are not looked for inside other words or sentences: too many words are as short.
const SHORTEST_NAME: usize = 3;

/// Whose parents a letter goes to.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Whose {
    #[serde(default)]
    person: String,
}

/// The letter home, with the facts and what was done, and no other child's name.
pub(super) async fn letter(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(whose): Query<Whose>,
) -> Result<Response, AppFault> {
    let cabinet = Cabinet::of(&app).await?;
    let case = &cabinet.find(&desk, &id, CaseAct::See)?.value;
    let child = child_of(&cabinet, case, &whose.person).ok_or(AppFault::NotFound)?;
    let made = letter_to(&desk, &says(&app, &desk), &cabinet, case, child);
    let document = paper(&letterhead(&desk, &app.words), &made);
    print(&app, &desk, &format!("letter-{}", case.number), document).await
}

/// The child a letter is about: the one asked for, or the first pupil in the case.
fn child_of<'a>(cabinet: &'a Cabinet, case: &Case, asked: &str) -> Option<&'a Person> {
    let asked: Option<PersonId> = asked.parse().ok();
    let people = case.people().into_iter().filter_map(|one| one.who.person());
    let mut pupils =
        people.filter_map(|id| cabinet.roll.person(id)).filter(|person| person.kind == PersonKind::Pupil);
    pupils.find(|person| asked.is_none_or(|asked| asked == person.id))
}

fn letter_to(desk: &AtDesk, says: &Says, cabinet: &Cabinet, case: &Case, child: &Person) -> Paper {
    let others = Others::of(cabinet, case, child);
    let (another, else_) = (says.t("case-letter-another-child"), says.t("case-letter-somebody-else"));
    let clean = |text: &str| others.without(text, &another, &else_);
    let day = Clock::at(desk).day(case.opened_at());
    let mut did: Vec<String> = case
        .entries
        .iter()
        .filter_map(|entry| told_home(case, entry, child))
        .map(|told| match told {
            ToldHome::Text(text) => clean(text),
            ToldHome::Narrowed(terms, until) => narrowed(desk, says, terms, until),
        })
        .collect();
    if did.is_empty() {
        let several = case.subjects().count() > 1;
        did.push(says.t(if several { "case-letter-by-word" } else { "case-letter-nothing-yet" }));
    }
    let texts = [
        vec![
            says.t1("case-letter-dear", "child", child.name()),
            says.t2("case-letter-what", ("child", &child.name()), ("day", &day)),
            clean(&case.nine().details),
            says.t("case-letter-did"),
        ],
        did,
        vec![says.t("case-letter-talk"), says.t1("case-letter-from", "name", desk.person.name())],
    ]
    .concat();
    Paper {
        title: says.t("case-paper-letter-title"),
        sections: vec![PaperSection { texts, ..PaperSection::default() }],
        lines: vec![says.t("report-sign-signature"), says.t("report-sign-date")],
        ..Paper::default()
    }
}

/// What a letter tells of an entry.
#[derive(Debug, PartialEq, Eq)]
enum ToldHome<'a> {
    Text(&'a str),
    Narrowed(&'a Terms, Moment),
}

/// What is told of an entry to a child's family. Where the case is about several, what was done may have been done for another
/// child, and only what names this one is told.
fn told_home<'a>(case: &Case, entry: &'a Entry, child: &Person) -> Option<ToldHome<'a>> {
    match &entry.says {
        Said::Support(text) | Said::Decided { text, .. } => {
            (case.subjects().count() <= 1).then_some(ToldHome::Text(text))
        }
        Said::Narrowed { terms, until, .. } if terms.person == child.id => {
            Some(ToldHome::Narrowed(terms, *until))
        }
        _ => None,
    }
}

fn narrowed(desk: &AtDesk, says: &Says, terms: &Terms, until: Moment) -> String {
    let what = explain::restriction(says.words(), Reader::Adult, terms.restriction);
    let ends = opens_again(desk, says, until);
    format!("{what} {ends}")
}

/// Names that must not be in a letter: the full names of every other pupil, every name of the others in the case, and those
/// of people from outside.
struct Others {
    pupils: Vec<String>,
    /// As they were written, which may be words and no name: “A neighbour”.
    outside: Vec<String>,
    /// The words of those that begin like a name. Only written so are they taken out: a family may be called Will.
    parts: Vec<String>,
}

impl Others {
    fn of(cabinet: &Cabinet, case: &Case, child: &Person) -> Self {
        let people = case.people();
        let in_case = people.iter().filter_map(|one| one.who.person()).collect();
        let outside = people.iter().filter_map(|one| match &one.who {
            Party::Outside(name) => Some(name.as_str()),
            Party::Person(_) => None,
        });
        Self::among(cabinet.roll.people(), &in_case, outside, child)
    }

    fn among<'a>(
        people: impl Iterator<Item = &'a Person>,
        in_case: &BTreeSet<PersonId>,
        outside: impl Iterator<Item = &'a str>,
        child: &Person,
    ) -> Self {
        let own: BTreeSet<String> = names(child).into_iter().map(|name| name.to_lowercase()).collect();
        let mut all: Vec<String> = Vec::new();
        let others = people.filter(|person| person.id != child.id);
        for person in others.filter(|person| person.kind == PersonKind::Pupil) {
            all.push(person.name());
            all.push(format!("{} {}", person.given, person.family));
            if in_case.contains(&person.id) {
                all.extend(names(person));
            }
        }
        all.retain(|name| name.chars().count() >= SHORTEST_NAME && !own.contains(&name.to_lowercase()));
        // Longer names first, so that no half of one is left.
        all.sort_by_key(|name| std::cmp::Reverse(name.chars().count()));
        all.dedup();
        let mut outside: Vec<String> = outside.map(|name| name.trim().to_owned()).collect();
        outside.sort_by_key(|name| std::cmp::Reverse(name.chars().count()));
        let words = outside.iter().flat_map(|name| name.split_whitespace());
        let is_name = |word: &&str| {
            word.chars().count() >= SHORTEST_NAME
                && word.chars().next().is_some_and(char::is_uppercase)
                && !own.contains(&word.to_lowercase())
        };
        let parts = words.filter(is_name).map(str::to_owned).collect();
        Self { pupils: all, outside, parts }
    }

    fn without(&self, text: &str, another: &str, else_: &str) -> String {
        let any_case = |one: char, other: char| one.to_lowercase().eq(other.to_lowercase());
        let text = self
            .pupils
            .iter()
            .fold(text.to_owned(), |text, name| replace_words(&text, name, another, any_case));
        let text = self.outside.iter().fold(text, |text, name| replace_words(&text, name, else_, any_case));
        self.parts
            .iter()
            .fold(text, |text, name| replace_words(&text, name, else_, |one, other| one == other))
    }
}

fn names(person: &Person) -> Vec<String> {
    let known = person.known_as.clone().unwrap_or_default();
    vec![person.name(), person.given.clone(), known, person.family.clone()]
}

/// A text with every whole occurrence of `name` replaced, by what counts as the same letter.
fn replace_words(text: &str, name: &str, by: &str, same: impl Fn(char, char) -> bool) -> String {
    let letters: Vec<char> = text.chars().collect();
    let wanted: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        let found = letters
            .get(at..at + wanted.len())
            .is_some_and(|part| part.iter().zip(&wanted).all(|(one, other)| same(*one, *other)));
        let edge = |index: Option<usize>| {
            index.and_then(|index| letters.get(index)).is_none_or(|letter| !letter.is_alphanumeric())
        };
        if found && !wanted.is_empty() && edge(at.checked_sub(1)) && edge(Some(at + wanted.len())) {
            out.push_str(by);
            at += wanted.len();
        } else {
            out.push(*letter);
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inc_05_no_other_childs_name_is_in_a_letter() {
        use usher_testkit::school::pupil;
        let (ada, max) = (pupil(71, "Ada Bell", 4, 30), pupil(72, "Max Bell", 4, 30));
        let (grace, zoe) = (pupil(73, "Grace Stone", 4, 30), pupil(74, "Zoe Lamb", 5, 31));
        let people = [&ada, &max, &grace, &zoe];
        let in_case = [ada.id, max.id].into_iter().collect();
        let outside = ["Will Ash", "A neighbour"];
        let others = Others::among(people.into_iter(), &in_case, outside.into_iter(), &ada);
        let clean = |text| others.without(text, "another child", "somebody else");
        assert_eq!(
            clean("Will Ash rang a neighbour, and Will will ring again. Ash trees stand there."),
            "somebody else rang somebody else, and somebody else will ring again. somebody else trees stand there."
        );
        let text = "Ada Bell and Max looked at it; Grace Stone told Zoe Lamb. Max Bell shut it with grace.";
        let clean = clean(text);
        assert_eq!(
            clean,
            "Ada Bell and another child looked at it; another child told another child. another child shut it \
             with grace."
        );
    }

    #[test]
    fn inc_05_where_a_case_is_about_several_a_family_is_told_only_what_names_their_child() {
        use usher_records::case::thread::{Entry, Involved, Opening, Origin, Part};
        use usher_records::case::{By, nine::Nine, open, rules::Class};
        use usher_records::sanction::Restriction;
        use usher_testkit::school::pupil;
        use usher_types::ids::Id;

        let by = By { person: Id::new(7), at: Moment::from_unix_ms(0) };
        let about = |people: &[u64]| {
            let involved = |id: &u64| Involved { who: Party::Person(Id::new(*id)), part: Part::Subject };
            let opening = Opening {
                origin: Origin::Report,
                kind: "off-task".into(),
                severity: 1,
                class: Class::Ordinary,
                people: people.iter().map(involved).collect(),
                nine: Nine { details: "Went to a shop in maths".into(), ..Nine::default() },
                rule: None,
                area: None,
            };
            open(Id::new(5), 1, opening, by).unwrap().0
        };
        let entry = |says| Entry { number: 2, by: by.person, at: by.at, says };
        let support = entry(Said::Support("We talked with Max".into()));
        let decided = entry(Said::Decided {
            step: None,
            text: "He stays in at break".into(),
            why: "It was the second time".into(),
            heavier: None,
        });
        let terms = Terms {
            person: Id::new(72),
            restriction: Restriction::NoWeb,
            school_days: 1,
            reason: "Again".into(),
            heavier: None,
        };
        let narrowed = entry(Said::Narrowed { sanction: Id::new(9), terms, until: by.at, confirms: None });
        let (ada, max) = (pupil(71, "Ada Bell", 4, 30), pupil(72, "Max Hill", 4, 30));
        let told = |case: &Case, child: &Person| {
            [&support, &decided, &narrowed].map(|entry| told_home(case, entry, child).is_some())
        };
        let (one, both) = (about(&[72]), about(&[71, 72]));
        assert_eq!(told(&one, &max), [true, true, true]);
        assert_eq!(told(&both, &max), [false, false, true]);
        assert_eq!(told(&both, &ada), [false, false, false]);
    }

    #[test]
    fn whole_names_are_replaced_and_words_that_hold_them_are_not() {
        let any_case = |one: char, other: char| one.to_lowercase().eq(other.to_lowercase());
        let replace = |text, name| replace_words(text, name, "another child", any_case);
        assert_eq!(
            replace("Ada told Max, and MAX told maximum.", "Max"),
            "Ada told another child, and another child told maximum."
        );
        assert_eq!(replace("Max’s screen", "Max"), "another child’s screen");
        assert_eq!(replace("", "Max"), "");
    }
}
