//! The school's policy, to be read by everybody (POL-01): each sentence with what carries it out, and a page about each of
//! those in plain words. Children read it in their own.

use askama::Template;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use usher_policy::access::Act;
use usher_policy::ledger::{Control, Level, controls};
use usher_records::held::HeldBook;
use usher_records::translation::pieces::heading_name;
use usher_types::role::Reader;

use super::agreement::language::{Beside, Languages, languages};
use super::agreement::text;
use super::fault::Answer;
use crate::app::{App, AppFault};
use crate::extract::portal::AtDevice;
use crate::pages::desk::password::unavailable;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{markdown, page};

/// The agreement's key of the policy for adults, and for children.
const POLICY: &str = "policy";
const FOR_CHILDREN: &str = "policy-pupil";

/// Whether an agreement is the policy, which everybody may read.
pub(super) fn is_policy(key: &str) -> bool {
    [POLICY, FOR_CHILDREN].contains(&key)
}

#[derive(Template)]
#[template(path = "portal/policy.html")]
struct PolicyPage {
    f: Frame,
    version: Option<String>,
    opening: Option<String>,
    clauses: Vec<Clause>,
    /// Whether a child reads it, who may want the grown-ups' as well.
    whole: bool,
    languages: Languages,
    /// Which of the two it is.
    key: &'static str,
}

struct Clause {
    id: String,
    heading: Option<String>,
    number: u16,
    html: String,
    /// Its heading and its words in the language it is read in.
    heading_beside: Option<Beside>,
    other: Option<Beside>,
    kept_by: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "portal/control.html")]
struct ControlPage {
    f: Frame,
    what: Option<String>,
    level: String,
    conditions: Vec<String>,
    held: Option<String>,
    place: Option<(&'static str, String)>,
}

/// How it is to be read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    lang: Option<String>,
}

/// Shows the policy.
pub(super) async fn show(State(app): State<App>, device: AtDevice, Query(asked): Query<Asked>) -> Answer {
    let f = Frame::portal(&app, &device, "policy-link");
    let key = if f.to_child() { FOR_CHILDREN } else { POLICY };
    let known = controls().map_err(unavailable)?;
    let Some(current) = text::in_force(&app, key).await? else {
        let empty = PolicyPage {
            f,
            version: None,
            opening: None,
            clauses: Vec::new(),
            whole: false,
            languages: Languages::default(),
            key,
        };
        return Ok(page(&empty));
    };
    let address =
        |lang: Option<&str>| lang.map_or("/policy".to_owned(), |lang| format!("/policy?lang={lang}"));
    let languages = languages(&app, &current.text, asked.lang.as_deref(), address).await?;
    let chosen = languages.chosen.as_ref();
    let (mut heading, mut clauses) = (None, Vec::new());
    for clause in &current.text.clauses {
        let opens = clause.heading != heading;
        heading.clone_from(&clause.heading);
        let mut kept_by: Vec<(String, String)> = Vec::new();
        for control in clause.keeps.iter().filter_map(|id| known.iter().find(|one| one.id == *id)) {
            let words = named(&f.says, control);
            if kept_by.iter().all(|(_, there)| *there != words) {
                kept_by.push((format!("/policy/control/{}", control.id), words));
            }
        }
        clauses.push(Clause {
            id: clause.id.clone(),
            heading: clause.heading.clone().filter(|_| opens),
            number: clause.number,
            html: markdown::inline(&clause.text),
            heading_beside: chosen.map(|chosen| chosen.beside(&heading_name(&clause.id))),
            other: chosen.map(|chosen| chosen.clause(&clause.id)),
            kept_by,
        });
    }
    let version = f.says.t1("agreement-version", "version", &current.version.version);
    let (whole, opening) = (f.to_child(), current.text.head.opening);
    let f = f.titled(current.text.head.title);
    Ok(page(&PolicyPage { f, version: Some(version), opening, clauses, whole, languages, key }))
}

/// What a control is called: to adults what it does, to children what sort of thing it is.
fn named(says: &Says, control: &Control) -> String {
    if says.reader() == Reader::Adult { control.title.clone() } else { family(says, control) }
}

/// What a control is part of, in a sentence for whoever reads.
fn family(says: &Says, control: &Control) -> String {
    says.t(format!("policy-family-{}", control.id.split('.').next().unwrap_or_default()))
}

/// Where a reader sees more of what a control is part of.
fn place(says: &Says, control: &Control) -> Option<(&'static str, String)> {
    let (address, key) = match control.id.split('.').next().unwrap_or_default() {
        "seen" => ("/notice", "notice-link"),
        "tell" => ("/tell", "policy-tell"),
        "case" => ("/rules/sanctions", "sanctions-link"),
        "agreement" if control.id == "agreement.question" => ("/questions", "question-mine"),
        "agreement" if control.id == "agreement.home-guide" => ("/home-guide", "home-guide-link"),
        "agreement" | "duty" => ("/agreement", "home-agreement"),
        _ => return None,
    };
    Some((address, says.t(key)))
}

/// Whether the policy in force, for adults or for children, names a control.
async fn is_named(app: &App, id: &str) -> Result<bool, AppFault> {
    for key in [POLICY, FOR_CHILDREN] {
        let current = text::in_force(app, key).await?;
        let clauses = current.iter().flat_map(|current| &current.text.clauses);
        if clauses.flat_map(|clause| &clause.keeps).any(|kept| kept == id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Shows one control in plain words.
pub(super) async fn control(State(app): State<App>, device: AtDevice, Path(id): Path<String>) -> Answer {
    let known = controls().map_err(unavailable)?;
    let control = known.iter().find(|control| control.id == id).ok_or(AppFault::NotFound)?;
    if !is_named(&app, &id).await? {
        return Err(AppFault::NotFound.into());
    }
    let f = Frame::portal(&app, &device, "policy-link");
    let adult = !f.to_child();
    let book = app.books.get::<HeldBook, _>(app.books.school()).await?;
    let turn = book.and_then(|book| book.value.of(&id)?.turns.last().copied());
    // What fails now is for those who see the ledger, and where a control ends for those who work at the desk.
    let may = |act| device.person.as_ref().is_some_and(|person| AtDevice::may(person, act).is_ok());
    let held = turn.filter(|_| adult && may(Act::SeeLedger) && control.level != Level::Inform).map(|turn| {
        let key = if turn.holds { "policy-holds" } else { "policy-holds-not" };
        f.says.t1(key, "day", device.school.zone.local(turn.at).spoken_date())
    });
    let condition = |condition: &usher_policy::ledger::Condition| {
        f.says.t(format!("ledger-condition-{}", condition.name()))
    };
    let shown = ControlPage {
        what: adult.then(|| family(&f.says, control)),
        level: f.says.t(format!("policy-level-{}", control.level.name())),
        conditions: if adult && may(Act::UseDesk) {
            control.conditions.iter().map(condition).collect()
        } else {
            Vec::new()
        },
        held,
        place: place(&f.says, control),
        f: f.clone().titled(named(&f.says, control)),
    };
    Ok(page(&shown))
}
