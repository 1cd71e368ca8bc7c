//! The children's rules that go to parents at the start of each school year (AGR-13): who was sent them, what became of it, and whom
//! the office gives paper.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use usher_policy::access::Act;
use usher_records::agreement::AgreementText;
use usher_records::change::Stored;
use usher_records::refusal::Refusal;
use usher_records::rules_sent::{self, RulesSent, RulesSentNoun, Stands};
use usher_reports::document;

use super::version;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Field, Fields};
use crate::pages::desk::paper::{letterhead, print as to_pdf};
use crate::pages::desk::roll::{self, Roll};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::page;
use crate::view::says::Says;

/// Parents shown at once; a name finds the others.
const MOST_SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "desk/agreements/sent.html")]
struct Page {
    f: Frame,
    d: Around,
    /// Whether the school asks for it at all.
    asked: bool,
    /// The year in words; none when nothing has been sent yet.
    year: Option<String>,
    search: Field,
    rows: Vec<Row>,
    more: usize,
    counts: String,
    paper: usize,
    printed: usize,
    gives: bool,
}

struct Row {
    id: String,
    name: String,
    children: String,
    tone: &'static str,
    icon: &'static str,
    state: String,
    paper: bool,
}

/// What the list is narrowed by, and what was just done.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    done: Option<String>,
}

/// Those of the latest year in which any were sent.
async fn latest(app: &App) -> Result<Vec<Stored<RulesSent>>, AppFault> {
    let mut all = app.books.all::<RulesSent>().await?;
    let year = all.iter().map(|sent| sent.value.year).max();
    all.retain(|sent| Some(sent.value.year) == year);
    Ok(all)
}

/// Shows them; whoever is to be given paper comes first.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Query(asked): Query<Asked>,
) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/agreements/sent", "sent-title");
    let (roll, clock, all) = (Roll::of(&app).await?, Clock::at(&desk), latest(&app).await?);
    let gone = all.iter().filter(|sent| matches!(sent.value.stands(), Stands::Gone(_))).count();
    let paper = all.iter().filter(|sent| sent.value.wants_paper()).count();
    let wanted = asked.q.trim().to_lowercase();
    let mut rows: Vec<Row> = all
        .iter()
        .map(|sent| row(&f.says, &roll, clock, &sent.value))
        .filter(|row| {
            row.name.to_lowercase().contains(&wanted) || row.children.to_lowercase().contains(&wanted)
        })
        .collect();
    rows.sort_by_key(|row| (!row.paper, row.name.to_lowercase()));
    let more = rows.len().saturating_sub(MOST_SHOWN);
    rows.truncate(MOST_SHOWN);
    let none = Errors::none();
    let view = Page {
        asked: desk.school.settings.agreements.rules_to_parents,
        year: all.first().map(|sent| clock.date(sent.value.year)),
        search: Fields::new(&f.says, &none).short("q", &asked.q).labelled(f.says.t("people-search")),
        counts: f.says.terms("sent-counts", &[("all", &all.len()), ("gone", &gone), ("paper", &paper)]),
        rows,
        more,
        paper,
        printed: all.iter().filter(|sent| sent.value.is_printed()).count(),
        gives: desk.may(Act::EnterPaper).is_ok(),
        f: f.done(asked.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

fn names(says: &Says, roll: &Roll, sent: &RulesSent) -> String {
    let names: Vec<String> = sent.children.iter().map(|child| roll.name(says, *child)).collect();
    says.list(&names)
}

fn row(says: &Says, roll: &Roll, clock: Clock<'_>, sent: &RulesSent) -> Row {
    let (tone, icon, state) = match sent.stands() {
        Stands::Waiting => ("wait", "clock", says.t("sent-waiting")),
        Stands::Gone(at) => ("go", "check", says.t1("sent-gone", "time", clock.full(at))),
        Stands::Failed(why, at) => {
            ("stop", "triangle-alert", says.t2("sent-failed", ("why", &why), ("time", &clock.full(at))))
        }
        Stands::Paper => ("wait", "file-text", says.t("sent-paper")),
        Stands::Printed(by, at) => {
            let name = roll.name(says, by);
            ("wait", "printer", says.t2("sent-printed", ("name", &name), ("time", &clock.full(at))))
        }
        Stands::Given(by, at) => {
            let name = roll.name(says, by);
            ("go", "check", says.t2("sent-given", ("name", &name), ("time", &clock.full(at))))
        }
    };
    Row {
        id: sent.id.to_string(),
        name: roll.name(says, sent.parent),
        children: names(says, roll, sent),
        tone,
        icon,
        state,
        paper: sent.wants_paper(),
    }
}

/// Notes for whom sheets are printed, and leads to them.
pub(super) async fn print(State(app): State<App>, form: DeskForm<Pressed>) -> Result<Response, AppFault> {
    let desk = form.from;
    for sent in latest(&app).await? {
        if let Some(change) = rules_sent::print(&sent, desk.person.id, desk.at) {
            app.commit(&change, &desk.actor()).await?;
        }
    }
    Ok(Redirect::to("/agreements/sent/paper.pdf").into_response())
}

/// The sheets that are printed and not given yet.
pub(super) async fn sheets(State(app): State<App>, desk: AtDesk) -> Result<Response, AppFault> {
    let says = Frame::desk(&app, &desk, "/agreements/sent", "sent-title").says;
    let roll = Roll::of(&app).await?;
    let mut letters: Vec<(String, String, Vec<AgreementText>)> = Vec::new();
    for sent in latest(&app).await?.into_iter().filter(|sent| sent.value.is_printed()) {
        let mut texts = Vec::new();
        for digest in &sent.value.texts {
            texts.extend(version::text(&app, *digest).await?);
        }
        letters.push((roll.name(&says, sent.value.parent), names(&says, &roll, &sent.value), texts));
    }
    letters.sort_by(|one, other| one.0.cmp(&other.0));
    if letters.is_empty() {
        return Ok(lead("/agreements/sent", "sent-no-paper"));
    }
    let letters: Vec<(String, String, Vec<&AgreementText>)> = letters
        .iter()
        .map(|(name, children, texts)| (name.clone(), children.clone(), texts.iter().collect()))
        .collect();
    let document = document::rules_home(&letterhead(&desk, &app.words), &letters);
    to_pdf(&app, &desk, "rules-for-parents", document).await
}

/// Who was given paper: one parent, or all whose sheet was printed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    sent: String,
}

/// Notes that they were.
pub(super) async fn given(State(app): State<App>, form: DeskForm<Given>) -> Result<Response, AppFault> {
    let (desk, given) = (form.from, form.value);
    let mut all = latest(&app).await?;
    if given.sent.is_empty() {
        all.retain(|sent| sent.value.is_printed());
    } else {
        let id = roll::id::<RulesSentNoun>(&given.sent)?;
        all.retain(|sent| sent.value.id == id);
    }
    if all.is_empty() {
        return Err(Refusal::AlreadySo.into());
    }
    for sent in all {
        let change = rules_sent::given(&sent, desk.person.id, desk.at)?;
        app.commit(&change, &desk.actor()).await?;
    }
    Ok(lead("/agreements/sent", "sent-given"))
}
