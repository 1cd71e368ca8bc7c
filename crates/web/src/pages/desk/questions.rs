//! Questions about agreements (AGR-10): those that reach whoever is here, and replying, which closes them.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use usher_policy::access::Act;
use usher_policy::questions::{Asked, Asker, may_answer, readers};
use usher_records::change::{Mail, Stored};
use usher_records::person::Person;
use usher_records::question::{self, Question, QuestionNoun};
use usher_types::ids::GroupId;
use usher_types::role::PersonKind;

use super::around::{Around, Done, around, lead};
use super::clock::Clock;
use super::field::{Field, Fields};
use super::roll::{self, Roll};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::{page, with_status};

/// Answered questions shown; more are in the journal.
const MOST_ANSWERED: usize = 50;

/// What everybody at the desk has; which questions are theirs, policy says.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::UseDesk;
    vec![desk_route("/questions", act, get(index)), desk_route("/questions/{id}", act, get(show).post(reply))]
}

#[derive(Template)]
#[template(path = "desk/questions/index.html")]
struct Index {
    f: Frame,
    d: Around,
    waiting: Vec<Row>,
    answered: Vec<Row>,
}

struct Row {
    address: String,
    who: String,
    agreement: String,
    words: String,
    when: String,
}

#[derive(Template)]
#[template(path = "desk/questions/show.html")]
struct Show {
    f: Frame,
    d: Around,
    errors: Errors,
    action: String,
    row: Row,
    reply: Option<(String, String)>,
    field: Field,
}

/// Somebody's classes; a parent's are those of their children.
pub(in crate::pages) fn groups_of(everybody: &[&Person], person: &Person) -> Vec<GroupId> {
    if person.kind != PersonKind::Parent {
        return person.groups.clone();
    }
    let children = everybody.iter().filter(|other| person.children.contains(&other.id));
    children.flat_map(|child| child.groups.clone()).collect()
}

/// Does something with a question and who asked it, as policy judges them.
fn asked<T>(everybody: &[&Person], question: &Question, judge: impl FnOnce(Asked<'_>) -> T) -> T {
    let asks = everybody.iter().find(|person| person.id == question.person);
    let groups = asks.map(|person| groups_of(everybody, person)).unwrap_or_default();
    let asker = asks.map(|person| Asker { person: person.id, kind: person.kind, groups: &groups });
    judge(Asked { person: question.person, asker, reached: &question.reached })
}

/// Whether a question is for whoever is here.
fn is_mine(desk: &AtDesk, everybody: &[&Person], question: &Question) -> bool {
    let today = Clock::at(desk).today();
    asked(everybody, question, |asked| may_answer(&desk.who(), everybody, asked, today))
}

/// Questions that wait for this person's reply; the head's own item is for those that reach nobody else.
pub(super) async fn waiting(app: &App, desk: &AtDesk, roll: &Roll) -> Result<Vec<Question>, AppFault> {
    let everybody: Vec<&Person> = roll.people().collect();
    let found = app.books.find::<Question>("state", "waiting").await?;
    let today = Clock::at(desk).today();
    let reaches = |question: &Question| {
        let reads = |asked: Asked<'_>| {
            readers(&everybody, asked, today).iter().any(|person| person.id == desk.person.id)
        };
        asked(&everybody, question, reads)
    };
    let mut mine: Vec<Question> = found.into_iter().map(|kept| kept.value).filter(reaches).collect();
    mine.sort_by_key(|question| (question.at, question.id));
    Ok(mine)
}

fn row(f: &Frame, roll: &Roll, clock: Clock<'_>, question: &Question) -> Row {
    let kind = roll.person(question.person).map(|person| f.says.of("report-kind", person.kind.name()));
    let name = roll.name(&f.says, question.person);
    Row {
        address: format!("/questions/{}", question.id),
        who: kind.map_or_else(|| name.clone(), |kind| format!("{name}, {kind}")),
        agreement: question.agreement.clone(),
        words: question.words.clone(),
        when: clock.time(question.at),
    }
}

async fn index(State(app): State<App>, desk: AtDesk, Query(done): Query<Done>) -> Result<Response, AppFault> {
    let (f, d) = around(&app, &desk, "/questions", "questions-title");
    let (roll, clock) = (Roll::of(&app).await?, Clock::at(&desk));
    let everybody: Vec<&Person> = roll.people().collect();
    let mut all = app.books.values::<Question>().await?;
    all.retain(|question| is_mine(&desk, &everybody, question));
    all.sort_by_key(|question| (question.at, question.id));
    let (waiting, answered): (Vec<_>, Vec<_>) = all.iter().partition(|question| question.reply.is_none());
    let rows =
        |questions: Vec<&Question>| questions.into_iter().map(|one| row(&f, &roll, clock, one)).collect();
    let view = Index {
        waiting: rows(waiting),
        answered: rows(answered.into_iter().rev().take(MOST_ANSWERED).collect()),
        f: f.clone().done(done.done.as_deref()),
        d,
    };
    Ok(page(&view))
}

async fn stored(app: &App, desk: &AtDesk, roll: &Roll, id: &str) -> Result<Stored<Question>, AppFault> {
    let id = roll::id::<QuestionNoun>(id)?;
    let found = app.books.get::<Question, _>(id).await?.ok_or(AppFault::NotFound)?;
    let everybody: Vec<&Person> = roll.people().collect();
    // What is not for these eyes is not there.
    if is_mine(desk, &everybody, &found.value) { Ok(found) } else { Err(AppFault::NotFound) }
}

async fn show(State(app): State<App>, desk: AtDesk, Path(id): Path<String>) -> Result<Response, AppFault> {
    let roll = Roll::of(&app).await?;
    let question = stored(&app, &desk, &roll, &id).await?.value;
    Ok(one(&app, &desk, &roll, &question, ("", Errors::none())))
}

fn one(
    app: &App,
    desk: &AtDesk,
    roll: &Roll,
    question: &Question,
    (words, errors): (&str, Errors),
) -> Response {
    let (f, d) = around(app, desk, "/questions", "questions-title");
    let clock = Clock::at(desk);
    let reply = question.reply.as_ref().map(|reply| {
        let by = roll.name(&f.says, reply.by);
        (f.says.t2("question-reply-by", ("name", &by), ("day", &clock.full(reply.at))), reply.words.clone())
    });
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = Show {
        action: format!("/questions/{}", question.id),
        row: row(&f, roll, clock, question),
        reply,
        field: Fields::new(&f.says, &errors).area("question-reply", words, 6),
        f,
        d,
        errors,
    };
    with_status(status, &view)
}

/// A reply as sent.
#[derive(Debug, Default, Deserialize)]
struct Sent {
    #[serde(default, rename = "question-reply")]
    words: String,
}

async fn reply(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Sent>,
) -> Result<Response, AppFault> {
    let (desk, sent) = (form.from, form.value);
    let roll = Roll::of(&app).await?;
    let question = stored(&app, &desk, &roll, &id).await?;
    let says = Frame::desk(&app, &desk, "/questions", "questions-title").says;
    match question::reply(&question, desk.person.id, &sent.words, desk.at) {
        Ok(change) => {
            let mail = Mail {
                to: question.value.person.into(),
                subject: says.t1("question-reply-subject", "agreement", &question.value.agreement),
                text: says.t2(
                    "question-reply-text",
                    ("name", &desk.person.name()),
                    ("words", &sent.words.trim()),
                ),
                attachment: None,
            };
            app.commit(&change.mailing(mail), &desk.actor()).await?;
            Ok(lead("/questions", "question-replied"))
        }
        Err(refusal) => {
            let key = match refusal {
                usher_records::refusal::Refusal::ReasonNeeded => "question-empty",
                _ => refusal.words(),
            };
            let errors = Errors::of("question-reply", says.t(key));
            Ok(one(&app, &desk, &roll, &question.value, (&sent.words, errors)))
        }
    }
}
