//! The violations register (INC-01): entries that only grow, corrections beside what they correct, each with the rule it is
//! about (AGR-20), printed by the term.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::civil::Date;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::change::Stored;
use usher_records::linked_policy::LinkedPolicy;
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_records::register::{self, CitedPolicy, Entry, EntryKind, Written};
use usher_reports::document::{Paper, PaperSection, paper};
use usher_types::calendar::SchoolCalendar;
use usher_types::ids;
use usher_types::moment::Moment;

use super::around::{Around, around, lead};
use super::cases::{Cabinet, RegisterRow, register_rows};
use super::clock::Clock;
use super::field::{Choice, Field, Fields, choosing};
use super::lessons::calendar;
use super::linked;
use super::paper::{letterhead, print as to_pdf};
use super::roll::{self, Roll};
use super::rules::{self, Rules};
use super::unrestricted::{next_number, number_taken};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::says::Says;
use crate::view::{page, with_status};

/// What readers of the register have.
pub(super) fn routes() -> Vec<DeskRoute> {
    let read = Act::ReadRegister;
    vec![
        desk_route("/register", read, get(show)),
        desk_route("/register.pdf", read, get(print)),
        desk_route("/register/new/{person}", read, get(new_form).post(write)),
        desk_route("/register/{id}/entered", read, post(entered)),
        desk_route("/register/{id}/correct", read, get(correct_form).post(correct)),
    ]
}

#[derive(Template)]
#[template(path = "desk/register.html")]
struct Register {
    f: Frame,
    d: Around,
    search: Vec<Field>,
    term: String,
    rows: Vec<Row>,
    cases: Vec<CaseRow>,
    pdf: String,
}

struct CaseRow {
    row: RegisterRow,
    when: String,
}

struct Row {
    id: String,
    number: u32,
    when: String,
    kind: &'static str,
    person: String,
    text: String,
    by: String,
    head: Option<String>,
    entered: Option<String>,
    corrects: Option<u32>,
    rule: Option<(String, String)>,
    policy: Option<(String, String)>,
}

/// What the register is narrowed by.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    term: String,
    #[serde(default)]
    entered: String,
    #[serde(default)]
    done: Option<String>,
}

/// Shows the register.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/register", "register-title");
    let roll = Roll::of(&app).await?;
    let mut entries = app.books.values::<Entry>().await?;
    entries.sort_by_key(|entry| entry.number);
    let calendar = calendar(app.snapshot.load().as_deref());
    let term = term(&calendar, &asked.term);
    let rows = entries
        .iter()
        .filter(|entry| asked.entered.is_empty() || entry.entered.is_some() == (asked.entered == "yes"))
        .filter(|entry| term.is_none_or(|(first, last, _)| within(&desk, entry.at, first, last)))
        .map(|entry| row(&f, &desk, &roll, entry, &entries))
        .collect();
    let none = Errors::none();
    let fields = Fields::new(&f.says, &none);
    let all = Choice::new("", f.says.t("register-all-terms"));
    let terms = calendar.terms.iter().map(|term| Choice::new(term.first, &term.name));
    let states = vec![
        Choice::new("", f.says.t("register-any")),
        Choice::new("no", f.says.t("register-not-entered")),
        Choice::new("yes", f.says.t("register-entered")),
    ];
    let search = vec![
        fields.select("term", choosing(std::iter::once(all).chain(terms).collect(), &asked.term)),
        fields.select("entered", choosing(states, &asked.entered)),
    ];
    let cabinet = Cabinet::of(&app).await?;
    let cases = case_rows(&desk, &f.says, &cabinet, term, &asked.entered);
    let pdf = format!("/register.pdf?term={}", term.map(|(first, ..)| first.to_string()).unwrap_or_default());
    let term = term.map_or_else(|| f.says.t("register-all-terms"), |(_, _, name)| name.to_owned());
    let f = f.done(asked.done.as_deref());
    Ok(page(&Register { search, term, rows, cases, pdf, f, d }))
}

/// The cases of a term as the register has them.
fn case_rows(
    desk: &AtDesk,
    says: &Says,
    cabinet: &Cabinet,
    term: Option<(Date, Date, &str)>,
    entered: &str,
) -> Vec<CaseRow> {
    let clock = Clock::at(desk);
    register_rows(desk, says, cabinet)
        .into_iter()
        .filter(|row| entered.is_empty() || row.entered.is_some() == (entered == "yes"))
        .filter(|row| term.is_none_or(|(first, last, _)| within(desk, row.at, first, last)))
        .map(|row| CaseRow { when: clock.full(row.at), row })
        .collect()
}

/// The register of a term on paper: every entry, every case, every correction (INC-01).
async fn print(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, _) = around(&app, &desk, "/register", "register-title");
    let roll = Roll::of(&app).await?;
    let mut entries = app.books.values::<Entry>().await?;
    entries.sort_by_key(|entry| entry.number);
    let calendar = calendar(app.snapshot.load().as_deref());
    let term = term(&calendar, &asked.term);
    let cabinet = Cabinet::of(&app).await?;
    let not_entered = |entered: Option<String>| entered.unwrap_or_else(|| f.says.t("register-not-entered"));
    let of_cases = case_rows(&desk, &f.says, &cabinet, term, "").into_iter().map(|case| {
        let row = case.row;
        let by = f.says.t1("register-by", "name", &row.by);
        let mut lines = vec![format!("{} · {}", row.kind, row.person)];
        lines.extend(row.texts);
        lines.extend([by, not_entered(row.entered)]);
        (format!("{}\n{}", row.number, case.when), lines.join("\n"))
    });
    let shown = entries
        .iter()
        .filter(|entry| term.is_none_or(|(first, last, _)| within(&desk, entry.at, first, last)));
    let of_entries = shown.map(|entry| {
        let row = row(&f, &desk, &roll, entry, &entries);
        let corrects = row.corrects.map(|number| f.says.t1("register-corrects", "number", number));
        let rule = row.rule.map(|(name, _)| name);
        let first = format!("{} · {}", f.says.t(row.kind), row.person);
        let by = f.says.t1("register-by", "name", &row.by);
        let lines = [Some(first), corrects, rule, Some(row.text), Some(by), Some(not_entered(row.entered))];
        let lines: Vec<String> = lines.into_iter().flatten().collect();
        (format!("{}\n{}", row.number, row.when), lines.join("\n"))
    });
    let rows: Vec<(String, String)> = of_entries.chain(of_cases).collect();
    let none = rows.is_empty().then(|| f.says.t("register-none"));
    let made = Paper {
        title: f.says.t("register-title"),
        mark: f.says.t("report-confidential"),
        lead: vec![term.map_or_else(|| f.says.t("register-all-terms"), |(_, _, name)| name.to_owned())],
        sections: vec![PaperSection { rows, texts: none.into_iter().collect(), ..PaperSection::default() }],
        lines: Vec::new(),
    };
    let document = paper(&letterhead(&desk, &app.words), &made);
    to_pdf(&app, &desk, "register", document).await
}

/// The term whose first day is named, with its last day and name.
fn term<'a>(calendar: &'a SchoolCalendar, first: &str) -> Option<(Date, Date, &'a str)> {
    let first: Date = first.parse().ok()?;
    let term = calendar.term_on(first)?;
    Some((term.first, term.last, &term.name))
}

fn within(desk: &AtDesk, at: Moment, first: Date, last: Date) -> bool {
    let date = desk.school.zone.local(at).date();
    first <= date && date <= last
}

fn row(f: &Frame, desk: &AtDesk, roll: &Roll, entry: &Entry, all: &[Entry]) -> Row {
    let clock = Clock::at(desk);
    let corrected = |id| all.iter().find(|other| other.id == id).map(|other| other.number);
    Row {
        id: entry.id.to_string(),
        number: entry.number,
        when: clock.full(entry.at),
        kind: match entry.kind {
            EntryKind::Unrestricted => "register-kind-unrestricted",
            EntryKind::Breach => "register-kind-breach",
            EntryKind::Correction => "register-kind-correction",
        },
        person: roll.name(&f.says, entry.person),
        text: entry.text.clone(),
        by: roll.name(&f.says, entry.by),
        head: entry.head_told_at.map(|at| clock.full(at)),
        entered: entry.entered.map(|(by, at)| {
            f.says.t2("register-entered-by", ("name", &roll.name(&f.says, by)), ("time", &clock.full(at)))
        }),
        corrects: entry.corrects.and_then(corrected),
        rule: entry.rule.as_ref().map(|rule| rules::shown(&f.says, rule)),
        policy: entry.policy.as_ref().map(|cited| linked::cited(&f.says, cited)),
    }
}

async fn find(app: &App, id: &str) -> Result<Stored<Entry>, AppFault> {
    app.books.get::<Entry, _>(roll::id::<ids::Entry>(id)?).await?.ok_or(AppFault::NotFound)
}

/// Notes that an entry is in the safeguarding record.
pub(super) async fn entered(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let entry = find(&app, &id).await?;
    let change = register::mark_entered(&entry, form.from.person.id, form.from.at)?;
    app.commit(&change, &form.from.actor()).await?;
    Ok(lead("/register", "register-entered"))
}

#[derive(Template)]
#[template(path = "desk/register-write.html")]
struct WritePage {
    f: Frame,
    d: Around,
    errors: Errors,
    back: String,
    action: String,
    /// What stands above the form: whom it is about, or the entry it corrects.
    heading: String,
    earlier: Option<String>,
    text: String,
    fields: Vec<Field>,
    button: String,
}

/// An entry, or a correction of one, as sent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    text: String,
    #[serde(default)]
    rule: String,
    #[serde(default, rename = "entry-policy")]
    policy: String,
}

/// What is written: an entry about somebody, or a correction of an entry.
#[expect(clippy::large_enum_variant, reason = "one is made for a page that is shown")]
enum Writing {
    New(Person),
    Correction(Entry, Option<Person>),
}

impl Writing {
    /// Whose rules it can name; of somebody who is no longer kept there are none.
    async fn rules(&self, app: &App, desk: &AtDesk) -> Result<Option<Rules>, AppFault> {
        match self {
            Self::New(person) | Self::Correction(_, Some(person)) => {
                Ok(Some(Rules::of(app, desk, person).await?))
            }
            Self::Correction(_, None) => Ok(None),
        }
    }

    fn page(
        &self,
        f: Frame,
        d: Around,
        (choices, policies, text): (Vec<Choice>, Vec<Choice>, &str),
        errors: Errors,
    ) -> WritePage {
        let label = match self {
            Self::New(_) => "register-new-label",
            Self::Correction(..) => "register-correct-label",
        };
        let fields = Fields::new(&f.says, &errors);
        let mut shown = vec![fields.area("text", text, 5).labelled(f.says.t(label))];
        if !choices.is_empty() {
            shown.push(fields.select("rule", choices));
        }
        if !policies.is_empty() {
            shown.push(fields.select("entry-policy", policies));
        }
        let (back, action, heading, earlier, text, button) = match self {
            Self::New(person) => (
                format!("/people/{}", person.id),
                format!("/register/new/{}", person.id),
                f.says.t1("register-new-about", "name", person.name()),
                None,
                f.says.t("register-new-text"),
                f.says.t("register-new-button"),
            ),
            Self::Correction(entry, _) => (
                "/register".to_owned(),
                format!("/register/{}/correct", entry.id),
                f.says.t1("register-entry-number", "number", entry.number),
                Some(entry.text.clone()),
                f.says.t("register-correct-text"),
                f.says.t("register-correct-button"),
            ),
        };
        WritePage { back, action, heading, earlier, text, fields: shown, button, f, d, errors }
    }
}

async fn form(
    app: &App,
    desk: &AtDesk,
    writing: &Writing,
    filled: &Filled,
    error: Option<(&'static str, &'static str)>,
) -> Result<Response, AppFault> {
    let title = match writing {
        Writing::New(_) => "register-new-title",
        Writing::Correction(..) => "register-correct-title",
    };
    let (f, d) = around(app, desk, "/register", title);
    let rules = writing.rules(app, desk).await?;
    let choices = rules.map(|rules| rules.choices(&f.says, &filled.rule)).unwrap_or_default();
    let errors = error.map_or_else(Errors::none, |(field, key)| Errors::of(field, f.says.t(key)));
    let policies = policies(app, &f.says, &filled.policy).await?;
    let page = writing.page(f, d, (choices, policies, &filled.text), errors);
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &page))
}

/// The school's other policies, to cite one (POL-04); empty when there are none.
async fn policies(app: &App, says: &Says, chosen: &str) -> Result<Vec<Choice>, AppFault> {
    Ok(linked::choices(says, app.books.values::<LinkedPolicy>().await?, chosen))
}

/// Writes it, or shows the form again with what is wrong.
async fn keep(app: &App, desk: &AtDesk, writing: &Writing, filled: &Filled) -> Result<Response, AppFault> {
    let rule = match writing.rules(app, desk).await? {
        Some(rules) => rules.chosen(&filled.rule),
        None => Ok(None),
    };
    let Ok(rule) = rule else {
        return form(app, desk, writing, filled, Some(("rule", "register-rule-gone"))).await;
    };
    let entry = (app.new_id(), next_number(app).await?);
    let policy = app.books.find_one::<LinkedPolicy>("name", &filled.policy).await?;
    let policy = policy.and_then(|policy| CitedPolicy::of(&policy.value));
    let written = Written { entry, text: &filled.text, rule, policy, by: desk.person.id, at: desk.at };
    let (change, done) = match writing {
        Writing::New(person) => (register::enter(person.id, written), "register-written"),
        Writing::Correction(entry, _) => (register::correct(entry, written), "register-corrected"),
    };
    match change {
        Ok(change) => match app.books.commit(&change, &desk.actor(), desk.at).await {
            Ok(_) => Ok(lead("/register", done)),
            Err(error) if number_taken(&error) => Err(Refusal::Conflict.into()),
            Err(error) => Err(error.into()),
        },
        Err(refusal) => form(app, desk, writing, filled, Some(("text", refusal.words()))).await,
    }
}

async fn about(app: &App, id: &str) -> Result<Writing, AppFault> {
    let person = app.books.get::<Person, _>(roll::id::<ids::Person>(id)?).await?;
    Ok(Writing::New(person.ok_or(AppFault::NotFound)?.value))
}

async fn correcting(app: &App, id: &str) -> Result<Writing, AppFault> {
    let entry = find(app, id).await?.value;
    let person = app.books.get::<Person, _>(entry.person).await?;
    Ok(Writing::Correction(entry, person.map(|stored| stored.value)))
}

/// Shows the form for an entry about somebody.
pub(super) async fn new_form(
    State(app): State<App>,
    desk: AtDesk,
    Path(person): Path<String>,
) -> Result<Response, AppFault> {
    form(&app, &desk, &about(&app, &person).await?, &Filled::default(), None).await
}

/// Adds an entry about somebody.
pub(super) async fn write(
    State(app): State<App>,
    Path(person): Path<String>,
    sent: DeskForm<Filled>,
) -> Result<Response, AppFault> {
    keep(&app, &sent.from, &about(&app, &person).await?, &sent.value).await
}

/// Shows the form for a correction.
pub(super) async fn correct_form(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let writing = correcting(&app, &id).await?;
    let rule = match &writing {
        Writing::Correction(Entry { rule: Some(rule), .. }, _) => format!("{}:{}", rule.version, rule.clause),
        _ => String::new(),
    };
    form(&app, &desk, &writing, &Filled { rule, ..Filled::default() }, None).await
}

/// Adds a correction as another entry.
pub(super) async fn correct(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: DeskForm<Filled>,
) -> Result<Response, AppFault> {
    keep(&app, &sent.from, &correcting(&app, &id).await?, &sent.value).await
}
