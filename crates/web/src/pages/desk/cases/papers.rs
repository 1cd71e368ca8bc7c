//! A case on paper: the incident form with its nine fields (INC-02), the entry for the safeguarding record (EXT-02), the
//! letter home (INC-05), and the package of a referral (MON-10).

use std::collections::BTreeSet;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use usher_policy::explain;
use usher_policy::routing::CaseAct;
use usher_records::case::Case;
use usher_records::case::thread::{Says as Said, Terms};
use usher_records::person::Person;
use usher_reports::document::{Document, Paper, PaperSection, paper};
use usher_types::ids::PersonId;
use usher_types::role::{PersonKind, Reader};

use super::entry::{Teller, opens_again, pounds};
use super::{Cabinet, say};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::clock::Clock;
use crate::pages::desk::paper::{letterhead, print};
use crate::view::frame::Frame;
use crate::view::says::Says;

/// Names shorter than this are not looked for inside other words or sentences: too many words are as short.
const SHORTEST_NAME: usize = 3;

fn says(app: &App, desk: &AtDesk) -> Says {
    Frame::desk(app, desk, "/cases", "cases-title").says
}

/// The incident form: nine fields, as many as the school's own paper has.
pub(super) async fn form(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let cabinet = Cabinet::of(&app).await?;
    let case = &cabinet.find(&desk, &id, CaseAct::See)?.value;
    let document = sheet(&app, &desk, &cabinet, case, FORM);
    print(&app, &desk, &format!("incident-{}", case.number), document).await
}

/// A paper that begins with the nine fields.
#[derive(Clone, Copy)]
struct Sheet {
    title: &'static str,
    /// Whether the thread follows them.
    thread: bool,
    /// What is to be written by hand at its end.
    lines: &'static [&'static str],
}

const FORM: Sheet = Sheet {
    title: "case-paper-form-title",
    thread: false,
    lines: &["report-sign-signature", "report-sign-date"],
};
const HAND_OVER: Sheet = Sheet {
    title: "case-paper-hand-over-title",
    thread: true,
    lines: &["case-entered-by", "report-sign-date"],
};
/// The digest of every file is in the thread; the files themselves go beside it.
const PACKAGE: Sheet = Sheet { title: "case-package-title", thread: true, lines: &[] };

fn sheet(app: &App, desk: &AtDesk, cabinet: &Cabinet, case: &Case, sheet: Sheet) -> Document {
    let says = says(app, desk);
    let fields = PaperSection { rows: nine(desk, &says, cabinet, case), ..PaperSection::default() };
    let thread = sheet.thread.then(|| thread(desk, &says, cabinet, case));
    let made = Paper {
        title: says.t(sheet.title),
        mark: says.t("report-confidential"),
        lead: vec![line(desk, &says, cabinet, case)],
        sections: std::iter::once(fields).chain(thread).collect(),
        lines: sheet.lines.iter().map(|key| says.t(*key)).collect(),
    };
    paper(&letterhead(desk, &app.words), &made)
}

fn line(desk: &AtDesk, says: &Says, cabinet: &Cabinet, case: &Case) -> String {
    let line = says.t2(
        "case-line",
        ("kind", &say::kind(desk, says, case)),
        ("who", &say::about(says, cabinet, case)),
    );
    format!("{}: {line}", says.t1("case-number", "number", case.number))
}

/// The nine fields in the order of the form.
fn nine(desk: &AtDesk, says: &Says, cabinet: &Cabinet, case: &Case) -> Vec<(String, String)> {
    let nine = case.nine();
    let files: Vec<String> = case.evidence().map(|(_, evidence)| evidence.name.clone()).collect();
    let kept = (!files.is_empty()).then(|| says.t1("case-files-kept", "files", says.list(&files)));
    let evidence: Vec<String> =
        [Some(nine.evidence.clone()), kept].into_iter().flatten().filter(|text| !text.is_empty()).collect();
    let passed = if nine.passed_to.is_empty() {
        say::owners(desk, says, cabinet, case)
    } else {
        nine.passed_to.clone()
    };
    let actions: Vec<String> = std::iter::once(nine.action.clone())
        .filter(|text| !text.is_empty())
        .chain(done(desk, says, cabinet, case))
        .collect();
    let reporter = case.opened_by().map(|person| cabinet.roll.name(says, person)).unwrap_or_default();
    let rows = [
        ("case-field-date", Clock::at(desk).full(case.opened_at())),
        ("case-field-reporter", reporter),
        ("case-field-address", nine.address.clone()),
        ("field-evidence", evidence.join("\n")),
        ("case-field-room", nine.room.clone()),
        ("field-computer", nine.computer.clone()),
        ("field-details", nine.details.clone()),
        ("field-passed", passed),
        ("case-field-action", actions.join("\n")),
    ];
    rows.map(|(key, value)| (says.t(key), value)).to_vec()
}

/// What was done so far, in sentences.
fn done(desk: &AtDesk, says: &Says, cabinet: &Cabinet, case: &Case) -> Vec<String> {
    let teller = Teller { desk, says, cabinet };
    let told = case.entries.iter().filter_map(|entry| match &entry.says {
        Said::Support(text) | Said::Closed(text) => Some(text.clone()),
        Said::Decided { step, text, .. } => {
            let step = step.map(|step| says.of("case-step", step.name()));
            Some(step.map_or_else(|| text.clone(), |step| format!("{step}: {text}")))
        }
        Said::Narrowed { terms, until, .. } => Some(teller.terms(terms, Some(*until)).join(" ")),
        Said::Parents { .. } => Some(teller.tell(case, entry).what),
        _ => None,
    });
    told.collect()
}

/// The entry for the safeguarding record, as text to paste.
pub(super) fn hand_over_text(desk: &AtDesk, says: &Says, cabinet: &Cabinet, case: &Case) -> String {
    let mut text = vec![line(desk, says, cabinet, case)];
    let rows = nine(desk, says, cabinet, case).into_iter().filter(|(_, value)| !value.is_empty());
    text.extend(rows.map(|(name, value)| format!("{name}: {}", value.replace('\n', " "))));
    text.extend(case.outcome().map(|outcome| says.t1("case-outcome", "text", outcome)));
    text.join("\n")
}

/// The same as a PDF.
pub(super) async fn hand_over(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let cabinet = Cabinet::of(&app).await?;
    let case = &cabinet.find(&desk, &id, CaseAct::See)?.value;
    let document = sheet(&app, &desk, &cabinet, case, HAND_OVER);
    print(&app, &desk, &format!("hand-over-{}", case.number), document).await
}

/// The whole thread, an entry a row.
fn thread(desk: &AtDesk, says: &Says, cabinet: &Cabinet, case: &Case) -> PaperSection {
    let teller = Teller { desk, says, cabinet };
    let clock = Clock::at(desk);
    let row = |entry: &usher_records::case::thread::Entry| {
        let told = teller.tell(case, entry);
        let name = cabinet.roll.name(says, entry.by);
        let text: Vec<String> = std::iter::once(told.what).chain(told.lines).chain([name]).collect();
        (format!("{}. {}", entry.number, clock.full(entry.at)), text.join("\n"))
    };
    let costs = (case.cost() > 0).then(|| says.t1("case-costs-sum", "pounds", pounds(case.cost())));
    PaperSection {
        heading: says.t("case-thread"),
        rows: case.entries.iter().map(row).collect(),
        texts: costs.into_iter().collect(),
    }
}

/// What is handed to an agency.
pub(super) async fn package(
    app: &App,
    desk: &AtDesk,
    cabinet: &Cabinet,
    case: &Case,
) -> Result<Vec<u8>, AppFault> {
    app.pdf(sheet(app, desk, cabinet, case, PACKAGE), desk.at).await
}

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
    let another = says.t("case-letter-another-child");
    let clean = |text: &str| others.without(text, &another);
    let day = Clock::at(desk).day(case.opened_at());
    let mut did: Vec<String> = Vec::new();
    for entry in &case.entries {
        match &entry.says {
            Said::Support(text) => did.push(clean(text)),
            Said::Decided { text, .. } => did.push(clean(text)),
            Said::Narrowed { terms, until, .. } if terms.person == child.id => {
                did.push(narrowed(desk, says, terms, *until));
            }
            _ => {}
        }
    }
    if did.is_empty() {
        did.push(says.t("case-letter-nothing-yet"));
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

fn narrowed(desk: &AtDesk, says: &Says, terms: &Terms, until: usher_types::moment::Moment) -> String {
    let what = explain::restriction(says.words(), Reader::Adult, terms.restriction);
    let ends = opens_again(desk, says, until);
    format!("{what} {ends}")
}

/// Names that must not be in a letter: the full names of every other pupil, and every name of the others in the case.
struct Others(Vec<String>);

impl Others {
    fn of(cabinet: &Cabinet, case: &Case, child: &Person) -> Self {
        let in_case = case.people().into_iter().filter_map(|one| one.who.person()).collect();
        Self::among(cabinet.roll.people(), &in_case, child)
    }

    fn among<'a>(
        people: impl Iterator<Item = &'a Person>,
        in_case: &BTreeSet<PersonId>,
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
        Self(all)
    }

    fn without(&self, text: &str, another: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, name| replace_words(&text, name, another))
    }
}

fn names(person: &Person) -> Vec<String> {
    let known = person.known_as.clone().unwrap_or_default();
    vec![person.name(), person.given.clone(), known, person.family.clone()]
}

/// A text with every whole occurrence of `name` replaced, whatever its case.
fn replace_words(text: &str, name: &str, by: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let wanted: Vec<String> = name.chars().map(|letter| letter.to_lowercase().to_string()).collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        let found = letters.get(at..at + wanted.len()).is_some_and(|part| {
            part.iter().zip(&wanted).all(|(one, other)| one.to_lowercase().to_string() == *other)
        });
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
        let others = Others::among(people.into_iter(), &in_case, &ada);
        let text = "Ada Bell and Max looked at it; Grace Stone told Zoe Lamb. Max Bell shut it with grace.";
        let clean = others.without(text, "another child");
        assert_eq!(
            clean,
            "Ada Bell and another child looked at it; another child told another child. another child shut it \
             with grace."
        );
    }

    #[test]
    fn whole_names_are_replaced_and_words_that_hold_them_are_not() {
        let replace = |text, name| replace_words(text, name, "another child");
        assert_eq!(
            replace("Ada told Max, and MAX told maximum.", "Max"),
            "Ada told another child, and another child told maximum."
        );
        assert_eq!(replace("Max’s screen", "Max"), "another child’s screen");
        assert_eq!(replace("", "Max"), "");
    }
}
