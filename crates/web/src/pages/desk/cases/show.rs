//! A case: time runs down, the next step stands on the right.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use usher_policy::explain;
use usher_policy::routing::CaseAct;
use usher_records::case::Case;
use usher_records::case::rules::{Class, RADICALISATION};
use usher_records::case::thread::{Part, Says as Said};
use usher_types::role::Reader;

use super::entry::Teller;
use super::steps::{STEPS, correct_address};
use super::{Cabinet, entry, evidence, say};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::pages::desk::around::{Around, Done, around};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::rules;
use crate::view::frame::Frame;
use crate::view::page;

#[derive(Template)]
#[template(path = "desk/cases/show.html")]
struct Show {
    f: Frame,
    d: Around,
    number: String,
    class: Option<String>,
    owners: String,
    open: bool,
    rows: Vec<Row>,
    people: Vec<(String, String)>,
    facts: Vec<(String, String)>,
    rule: Option<Rule>,
    next: Option<Next>,
    narrowings: Vec<Narrowing>,
    actions: Vec<(String, String)>,
    papers: Vec<(String, String)>,
    illegal: bool,
    entered: Option<String>,
    hand_over: String,
}

struct Row {
    number: u32,
    time: String,
    by: String,
    what: String,
    lines: Vec<String>,
    /// Another policy it cites, and where that opens.
    cites: Option<(String, String)>,
    kept: Option<String>,
    correct: Option<String>,
}

/// The one thing to do next: what and why, and where.
struct Next {
    words: String,
    why: String,
    address: String,
    /// Whether it is a press and not a page of its own.
    press: bool,
}

/// The rule it is about: what it is called, where it stands, and its words there.
struct Rule {
    name: String,
    address: String,
    words: Option<String>,
}

struct Narrowing {
    words: String,
    until: String,
    lift: Option<String>,
}

/// Shows a case.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, AppFault> {
    let cabinet = Cabinet::of(&app).await?;
    let case = &cabinet.find(&desk, &id, CaseAct::See)?.value;
    let (f, d) = around(&app, &desk, "/cases", "cases-title");
    let says = f.says.clone();
    let title = say::line(&desk, &says, &cabinet, case);
    let class = case.class();
    let show = Show {
        number: says.t1("case-number", "number", case.number),
        class: (class != Class::Ordinary).then(|| says.of("case-class", class.name())),
        owners: say::owners(&desk, &says, &cabinet, case),
        open: case.is_open(),
        rows: rows(&desk, &f, &cabinet, case),
        people: people(&f, &cabinet, case),
        facts: facts(&f, case),
        rule: match case.opening().and_then(|opening| opening.rule.as_ref()) {
            Some(cited) => {
                let (name, address) = rules::shown(&says, cited);
                Some(Rule { name, address, words: rules::words(&app, cited).await? })
            }
            None => None,
        },
        next: next(&desk, &f, &cabinet, case),
        narrowings: narrowings(&desk, &f, &cabinet, case),
        actions: actions(&desk, &f, &cabinet, case),
        papers: papers(&f, case),
        illegal: case.may_be_illegal(),
        entered: case.entered().map(|entry| {
            let name = cabinet.roll.name(&says, entry.by);
            says.t2("register-entered-by", ("name", &name), ("time", &Clock::at(&desk).full(entry.at)))
        }),
        hand_over: super::papers::hand_over_text(&desk, &says, &cabinet, case),
        f: f.titled(title).done(done.done.as_deref()),
        d,
    };
    Ok(page(&show))
}

fn rows(desk: &AtDesk, f: &Frame, cabinet: &Cabinet, case: &Case) -> Vec<Row> {
    let teller = Teller { desk, says: &f.says, cabinet };
    let clock = Clock::at(desk);
    let row = |entry: &usher_records::case::thread::Entry| {
        let told = teller.tell(case, entry);
        let kept = evidence::kept(case, entry).is_some();
        Row {
            number: entry.number,
            time: clock.time(entry.at),
            by: cabinet.roll.name(&f.says, entry.by),
            what: told.what,
            lines: told.lines,
            cites: entry::cited(&f.says, entry),
            kept: kept.then(|| format!("/cases/{}/kept/{}", case.id, entry.number)),
            correct: (!matches!(entry.says, Said::Seen)).then(|| correct_address(case, entry.number)),
        }
    };
    case.entries.iter().map(row).collect()
}

fn people(f: &Frame, cabinet: &Cabinet, case: &Case) -> Vec<(String, String)> {
    let people = Part::ALL.into_iter().map(|part| {
        let names = say::with_part(&f.says, cabinet, case, part);
        (f.says.of("case-part", part.name()), f.says.list(&names))
    });
    people.filter(|(_, names)| !names.is_empty()).collect()
}

/// The form's fields that say something.
fn facts(f: &Frame, case: &Case) -> Vec<(String, String)> {
    let nine = case.nine();
    let named = [
        ("case-field-address", &nine.address),
        ("case-field-room", &nine.room),
        ("field-computer", &nine.computer),
        ("field-evidence", &nine.evidence),
        ("field-passed", &nine.passed_to),
    ];
    let known = named.into_iter().filter(|(_, value)| !value.is_empty());
    let area = (f.says.t("field-area"), f.says.of("case-area", case.area().name()));
    let known = known.map(|(key, value)| (f.says.t(key), value.clone()));
    let mut facts: Vec<(String, String)> = std::iter::once(area).chain(known).collect();
    if case.cost() > 0 {
        facts.push((f.says.t("case-costs"), entry::pounds(case.cost())));
    }
    if case.is_held() {
        facts.push((f.says.t("case-held"), f.says.t("case-held-text")));
    }
    facts
}

/// What comes next: the child, then what happened, then a second person, then the end of it.
fn next(desk: &AtDesk, f: &Frame, cabinet: &Cabinet, case: &Case) -> Option<Next> {
    if !case.is_open() {
        return None;
    }
    let may = |act| cabinet.may(desk, act, case);
    let told = case.entries.iter().any(|entry| matches!(entry.says, Said::Parents { .. }));
    let proposed_by_other = case.proposed().is_some_and(|(entry, _)| entry.by != desk.person.id);
    let step = if proposed_by_other && may(CaseAct::Confirm) {
        "confirm"
    } else if !case.support_seen_to() {
        "support"
    } else if !case.looked_into() {
        "note"
    } else if !told && case.subjects().any(|who| who.person().is_some()) && case.class() == Class::Ordinary {
        "parents"
    } else if case.class() == Class::ChildProtection && case.entered().is_none() && may(CaseAct::Class) {
        "entered"
    } else if may(CaseAct::Decide) {
        "close"
    } else {
        return None;
    };
    Some(Next {
        words: f.says.t(format!("case-do-{step}")),
        why: f.says.t(format!("case-next-{step}")),
        address: format!("/cases/{}/do/{step}", case.id),
        press: step == "entered",
    })
}

fn narrowings(desk: &AtDesk, f: &Frame, cabinet: &Cabinet, case: &Case) -> Vec<Narrowing> {
    let may_lift = cabinet.may(desk, CaseAct::Decide, case);
    let holding = case.narrowings().into_iter().filter(|(_, _, until)| desk.at < *until);
    let row = |(id, terms, until): (usher_types::ids::SanctionId, &usher_records::case::thread::Terms, _)| {
        let what = explain::restriction(f.says.words(), Reader::Adult, terms.restriction);
        let name = cabinet.roll.name(&f.says, terms.person);
        Narrowing {
            words: f.says.t2("case-narrowed", ("name", &name), ("what", &what)),
            until: entry::opens_again(desk, &f.says, until),
            lift: may_lift.then(|| format!("/cases/{}/do/lift?sanction={id}", case.id)),
        }
    };
    holding.map(row).collect()
}

/// Whether a case can be one of Prevent's: its kind says so, or it is about a child's safety.
fn is_prevents(case: &Case) -> bool {
    case.kind() == RADICALISATION || case.class() == Class::ChildProtection
}

/// What else this person may do, as links.
fn actions(desk: &AtDesk, f: &Frame, cabinet: &Cabinet, case: &Case) -> Vec<(String, String)> {
    let fits = |step: &str| match step {
        "seen" => case.is_open() && !case.was_seen_by(desk.person.id),
        "check" => case.is_open() && case.kind() == "cyberbullying",
        "confirm" => case.proposed().is_some_and(|(entry, _)| entry.by != desk.person.id),
        "decline" => case.proposed().is_some(),
        "entered" => case.entered().is_none(),
        "reopen" => !case.is_open(),
        "support-later" => case.is_open() && !case.support_seen_to(),
        "lift" | "correct" => false,
        "illegal" => case.is_open() && !case.told_illegal(),
        "prevent" => case.is_open() && is_prevents(case),
        "class" | "share" | "hold" => true,
        _ => case.is_open(),
    };
    let mine = STEPS.into_iter().filter(|(step, act)| fits(step) && cabinet.may(desk, *act, case));
    let mut links: Vec<(String, String)> = mine
        .map(|(step, _)| (format!("/cases/{}/do/{step}", case.id), f.says.t(format!("case-do-{step}"))))
        .collect();
    if case.is_open() && !case.may_be_illegal() {
        links.push((format!("/cases/{}/evidence", case.id), f.says.t("case-do-evidence")));
    }
    links
}

fn papers(f: &Frame, case: &Case) -> Vec<(String, String)> {
    let paper = |file: &str, key: &str| (format!("/cases/{}/{file}.pdf", case.id), f.says.t(key));
    let custody = (!case.custody().is_empty()).then(|| paper("custody", "case-paper-custody"));
    let papers = [
        paper("form", "case-paper-form"),
        paper("letter", "case-paper-letter"),
        paper("hand-over", "case-paper-hand-over"),
    ];
    papers.into_iter().chain(custody).collect()
}
