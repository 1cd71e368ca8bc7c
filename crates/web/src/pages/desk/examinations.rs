//! The register of examinations of files and mail (MON-09): asked for by one, agreed to by another, with what came of it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use usher_policy::access::{Act, Who, may_agree_to_examine, may_examine};
use usher_records::change::{Change, Stored};
use usher_records::examination::{self, Answer, Examination, ExaminationId, State as Stands};
use usher_records::person::Person;
use usher_records::refusal::Refusal;

use super::around::{Around, Done, around, lead};
use super::clock::Clock;
use super::field::{Field, Fields};
use super::people;
use super::roll::Roll;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::fault::denied_page;
use crate::view::frame::Frame;
use crate::view::with_status;

/// All of them.
const ADDRESS: &str = "/examinations";

/// Whoever may examine has.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::ExamineFiles;
    vec![
        desk_route("/examinations", act, get(index)),
        desk_route("/examinations/new/{person}", act, get(form).post(ask)),
        desk_route("/examinations/{id}/answer", act, post(answer)),
        desk_route("/examinations/{id}/over", act, post(over)),
    ]
}

#[derive(Template)]
#[template(path = "desk/examinations/index.html")]
struct Index {
    f: Frame,
    d: Around,
    errors: Errors,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    title: String,
    tone: &'static str,
    state: String,
    reason: String,
    asked: String,
    answered: Option<String>,
    outcome: Option<(String, String)>,
    may_answer: bool,
    words: Option<Field>,
}

#[derive(Template)]
#[template(path = "desk/examinations/new.html")]
struct New {
    f: Frame,
    d: Around,
    errors: Errors,
    action: String,
    back: String,
    fields: Vec<Field>,
}

/// An examination as typed.
#[derive(Debug, Default, Deserialize)]
struct Typed {
    #[serde(default, rename = "exam-place")]
    place: String,
    #[serde(default, rename = "exam-reason")]
    reason: String,
}

/// A second person's answer.
#[derive(Debug, Default, Deserialize)]
struct Said {
    #[serde(default)]
    agree: String,
}

/// What came of one.
#[derive(Debug, Default, Deserialize)]
struct Came {
    #[serde(default, rename = "exam-outcome")]
    words: String,
}

async fn index(State(app): State<App>, desk: AtDesk, Query(done): Query<Done>) -> Result<Response, AppFault> {
    listed(&app, &desk, done.done.as_deref(), None, Errors::none()).await
}

/// The examinations this person may answer as the second.
pub(super) async fn waiting_for(app: &App, desk: &AtDesk, roll: &Roll) -> Result<usize, AppFault> {
    let all = app.books.values::<Examination>().await?;
    Ok(all.iter().filter(|one| one.state() == Stands::Waiting && may_answer(desk, roll, one)).count())
}

fn may_answer(desk: &AtDesk, roll: &Roll, one: &Examination) -> bool {
    let (Some(first), Some(whose)) = (roll.person(one.by), roll.person(one.person)) else { return false };
    may_agree_to_examine(&desk.who(), &Who::of(first), &Who::of(whose)).is_ok()
}

async fn listed(
    app: &App,
    desk: &AtDesk,
    done: Option<&str>,
    typed: Option<(ExaminationId, &str)>,
    errors: Errors,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, ADDRESS, "exams-title");
    let roll = Roll::of(app).await?;
    let mut all = app.books.values::<Examination>().await?;
    // Nobody reads of an examination of their own things; whoever left the books has nobody's rights.
    all.retain(|one| one.person != desk.person.id);
    all.sort_by_key(|one| std::cmp::Reverse((one.at, one.id)));
    let rows = all.iter().map(|one| row(desk, &f, &roll, one, typed, &errors)).collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &Index { rows, f: f.clone().done(done), d, errors }))
}

fn row(
    desk: &AtDesk,
    f: &Frame,
    roll: &Roll,
    one: &Examination,
    typed: Option<(ExaminationId, &str)>,
    errors: &Errors,
) -> Row {
    let (says, clock) = (&f.says, Clock::at(desk));
    let by_at = |key: &str, by, at| says.t2(key, ("name", &roll.name(says, by)), ("time", &clock.time(at)));
    let (tone, key) = match one.state() {
        Stands::Waiting => ("wait", "exam-waiting"),
        Stands::Agreed => ("go", "exam-agreed"),
        Stands::Refused => ("stop", "exam-refused"),
        Stands::Over => ("info", "exam-over"),
    };
    let none = Errors::none();
    let words = || match typed.filter(|(id, _)| *id == one.id) {
        Some((_, typed)) => Fields::new(says, errors).area("exam-outcome", typed, 3),
        None => Fields::new(says, &none).area("exam-outcome", "", 3),
    };
    Row {
        id: one.id.to_string(),
        title: says.t2("exam-of", ("place", &one.place), ("name", &roll.name(says, one.person))),
        tone,
        state: says.t(key),
        reason: one.reason.clone(),
        asked: by_at("exam-asked-by", one.by, one.at),
        answered: one.answer.as_ref().map(|answer| {
            by_at(if answer.agreed { "exam-agreed-by" } else { "exam-refused-by" }, answer.by, answer.at)
        }),
        outcome: one
            .outcome
            .as_ref()
            .map(|outcome| (outcome.words.clone(), by_at("exam-over-by", outcome.by, outcome.at))),
        may_answer: one.state() == Stands::Waiting && may_answer(desk, roll, one),
        words: (one.state() == Stands::Agreed && one.by == desk.person.id).then(words),
    }
}

async fn form(
    State(app): State<App>,
    desk: AtDesk,
    Path(person): Path<String>,
) -> Result<Response, AppFault> {
    let whose = people::find(&app, &person).await?.value;
    if let Err(denied) = may_examine(&desk.who(), &Who::of(&whose)) {
        return Ok(denied_page(&app, &desk, denied));
    }
    Ok(shown(&app, &desk, &whose, &Typed::default(), Errors::none()))
}

fn shown(app: &App, desk: &AtDesk, whose: &Person, typed: &Typed, errors: Errors) -> Response {
    let (f, d) = around(app, desk, ADDRESS, "exam-new-title");
    let f = Frame { title: f.says.t1("exam-new-of", "name", whose.name()), ..f };
    let fields = Fields::new(&f.says, &errors);
    let fields = vec![fields.line("exam-place", &typed.place), fields.area("exam-reason", &typed.reason, 4)];
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (action, back) = (format!("{ADDRESS}/new/{}", whose.id), format!("/people/{}", whose.id));
    with_status(status, &New { action, back, fields, f, d, errors })
}

async fn ask(
    State(app): State<App>,
    Path(person): Path<String>,
    form: DeskForm<Typed>,
) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let whose = people::find(&app, &person).await?.value;
    if let Err(denied) = may_examine(&desk.who(), &Who::of(&whose)) {
        return Ok(denied_page(&app, &desk, denied));
    }
    let asked = Examination {
        id: app.new_id(),
        person: whose.id,
        place: typed.place.clone(),
        reason: typed.reason.clone(),
        by: desk.person.id,
        at: desk.at,
        answer: None,
        outcome: None,
    };
    match examination::ask(&asked) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead(ADDRESS, "exam-asked"))
        }
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, ADDRESS, "exam-new-title").says;
            let (field, key) = match refusal {
                Refusal::NameNeeded => ("exam-place", "exam-place-needed"),
                _ => ("exam-reason", refusal.words()),
            };
            Ok(shown(&app, &desk, &whose, &typed, Errors::of(field, says.t(key))))
        }
    }
}

async fn find(app: &App, desk: &AtDesk, id: &str) -> Result<Stored<Examination>, AppFault> {
    let id: ExaminationId = id.parse().map_err(|_odd| AppFault::NotFound)?;
    let found = app.books.get::<Examination, _>(id).await?;
    found.filter(|one| one.value.person != desk.person.id).ok_or(AppFault::NotFound)
}

async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Said>,
) -> Result<Response, AppFault> {
    let (desk, said) = (form.from, form.value);
    let stored = find(&app, &desk, &id).await?;
    let person = async |id| app.books.get::<Person, _>(id).await?.ok_or(AppFault::NotFound);
    let (first, whose) = (person(stored.value.by).await?.value, person(stored.value.person).await?.value);
    if let Err(denied) = may_agree_to_examine(&desk.who(), &Who::of(&first), &Who::of(&whose)) {
        return Ok(denied_page(&app, &desk, denied));
    }
    let agreed = match said.agree.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(AppFault::NotFound),
    };
    let answer = Answer { by: desk.person.id, at: desk.at, agreed };
    let done = if agreed { "exam-agreed" } else { "exam-refused" };
    keep(&app, &desk, examination::answer(&stored, answer), done).await
}

async fn over(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Came>,
) -> Result<Response, AppFault> {
    let (desk, came) = (form.from, form.value);
    let stored = find(&app, &desk, &id).await?;
    if stored.value.by != desk.person.id {
        return Err(AppFault::NotFound);
    }
    match examination::close(&stored, &came.words, desk.person.id, desk.at) {
        Err(Refusal::ReasonNeeded) => {
            let says = Frame::desk(&app, &desk, ADDRESS, "exams-title").says;
            let errors = Errors::of("exam-outcome", says.t("exam-outcome-needed"));
            listed(&app, &desk, None, Some((stored.value.id, came.words.as_str())), errors).await
        }
        other => keep(&app, &desk, other, "exam-over").await,
    }
}

async fn keep(
    app: &App,
    desk: &AtDesk,
    change: Result<Change, Refusal>,
    done: &'static str,
) -> Result<Response, AppFault> {
    app.commit(&change?, &desk.actor()).await?;
    Ok(lead(ADDRESS, done))
}
