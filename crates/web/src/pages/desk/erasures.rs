//! Taking a pupil out of what is kept: asked for by one, confirmed by another of another office, called off by anybody who may
//! within a week, with a certificate in the end.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use usher_policy::access::{Act, Who, may_agree_to_erase, may_erase};
use usher_records::account::Account;
use usher_records::alert::Alert;
use usher_records::case::Case;
use usher_records::change::Stored;
use usher_records::erasure::pseudonym::Names;
use usher_records::erasure::{self, Answer, Erasure, ErasureId, Events, Known, State as Stands};
use usher_records::person::Person;
use usher_records::refusal::Refusal;
use usher_reports::document::{self, ErasureNames};
use usher_types::ids::PersonId;

use super::around::{Around, Done, around, lead};
use super::clock::Clock;
use super::field::{Choice, Field, Fields};
use super::paper::{letterhead, print};
use super::people;
use super::roll::Roll;
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::routes::{DeskRoute, desk_route};
use crate::view::errors::Errors;
use crate::view::fault::denied_page;
use crate::view::frame::Frame;
use crate::view::with_status;

/// All of them.
const ADDRESS: &str = "/erasures";

/// Whoever answers for what the school keeps has.
pub(super) fn routes() -> Vec<DeskRoute> {
    let act = Act::EraseSomebody;
    vec![
        desk_route("/erasures", act, get(index)),
        desk_route("/erasures/new/{person}", act, get(form).post(ask)),
        desk_route("/erasures/{id}/answer", act, post(answer)),
        desk_route("/erasures/{id}/call-off", act, post(call_off)),
        desk_route("/erasures/{id}/certificate.pdf", act, get(certificate)),
    ]
}

#[derive(Template)]
#[template(path = "desk/erasures/index.html")]
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
    words: String,
    asked: String,
    answered: Option<String>,
    due: Option<String>,
    hindered: Option<String>,
    may_answer: bool,
    may_call_off: bool,
    certificate: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/erasures/new.html")]
struct New {
    f: Frame,
    d: Around,
    errors: Errors,
    action: String,
    back: String,
    whole: Vec<String>,
    shared: Option<String>,
    fields: Vec<Field>,
}

/// A request as typed.
#[derive(Debug, Default, Deserialize)]
struct Typed {
    #[serde(default, rename = "erasure-reason")]
    reason: String,
    #[serde(default, rename = "erasure-words")]
    words: Vec<String>,
}

/// What asking, answering and showing look at.
struct Now {
    forms: Vec<Person>,
    names: Names,
    accounts: Vec<Account>,
    cases: Vec<Case>,
    alerts: Vec<Alert>,
    erasures: Vec<Erasure>,
}

impl Now {
    async fn of(app: &App, person: PersonId) -> Result<Self, AppFault> {
        let forms: Vec<Person> = app.books.forms(person).await?;
        let accounts = app.books.values::<Account>().await?;
        Ok(Self {
            names: Names::of(&forms, &accounts, &app.books.values::<Person>().await?),
            forms,
            accounts,
            cases: app.books.values::<Case>().await?,
            alerts: app.books.values::<Alert>().await?,
            erasures: app.books.values::<Erasure>().await?,
        })
    }

    fn known(&self, desk: &AtDesk) -> Result<Known<'_>, AppFault> {
        Ok(Known {
            person: self.forms.first().ok_or(AppFault::NotFound)?,
            names: &self.names,
            accounts: &self.accounts,
            cases: &self.cases,
            alerts: &self.alerts,
            erasures: &self.erasures,
            today: Clock::at(desk).today(),
        })
    }
}

/// A second person's answer.
#[derive(Debug, Default, Deserialize)]
struct Said {
    #[serde(default)]
    agree: String,
}

async fn index(State(app): State<App>, desk: AtDesk, Query(done): Query<Done>) -> Result<Response, AppFault> {
    listed(&app, &desk, done.done.as_deref(), Errors::none()).await
}

fn may_answer(desk: &AtDesk, roll: &Roll, one: &Erasure) -> bool {
    let (Some(first), Some(whose)) = (roll.person(one.by), roll.person(one.person)) else { return false };
    may_agree_to_erase(&desk.who(), &Who::of(first), &Who::of(whose)).is_ok()
}

/// The erasures this person may confirm.
pub(super) async fn waiting_for(app: &App, desk: &AtDesk, roll: &Roll) -> Result<usize, AppFault> {
    let all = app.books.values::<Erasure>().await?;
    Ok(all.iter().filter(|one| one.state() == Stands::Waiting && may_answer(desk, roll, one)).count())
}

async fn listed(app: &App, desk: &AtDesk, done: Option<&str>, errors: Errors) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, ADDRESS, "erasures-title");
    let roll = Roll::of(app).await?;
    let mut all = app.books.values::<Erasure>().await?;
    all.sort_by_key(|one| std::cmp::Reverse((one.at, one.id)));
    let mut rows = Vec::new();
    for one in &all {
        let mut row = row(desk, &f, &roll, one);
        if one.state() == Stands::Agreed && !one.has_begun() {
            let now = Now::of(app, one.person).await?;
            let refused = now.known(desk)?.allow(&one.words).err();
            row.hindered = refused.map(|refusal| f.says.t(refusal.words()));
        }
        rows.push(row);
    }
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &Index { rows, f: f.clone().done(done), d, errors }))
}

fn row(desk: &AtDesk, f: &Frame, roll: &Roll, one: &Erasure) -> Row {
    let (says, clock) = (&f.says, Clock::at(desk));
    let by_at = |key: &str, by, at| says.t2(key, ("name", &roll.name(says, by)), ("time", &clock.full(at)));
    let (tone, key) = match one.state() {
        Stands::Waiting => ("wait", "erasure-waiting"),
        Stands::Agreed => ("info", "erasure-agreed"),
        Stands::Refused => ("stop", "erasure-refused"),
        Stands::CalledOff => ("stop", "erasure-called-off"),
        Stands::Lapsed => ("stop", "erasure-lapsed"),
        Stands::Done => ("go", "erasure-done"),
    };
    let answered = one.answer.map(|answer| {
        by_at(if answer.agreed { "erasure-agreed-by" } else { "erasure-refused-by" }, answer.by, answer.at)
    });
    let ended = one.called_off.map(|(by, at)| by_at("erasure-called-off-by", by, at));
    let lapsed = one.lapsed.map(|at| says.t1("erasure-lapsed-at", "time", clock.full(at)));
    let waits = matches!(one.state(), Stands::Waiting | Stands::Agreed) && !one.has_begun();
    let due = one.due().filter(|_due| waits).map(|due| says.t1("erasure-due", "time", clock.full(due)));
    Row {
        id: one.id.to_string(),
        title: roll.name(says, one.person),
        tone,
        state: says.t(key),
        reason: one.reason.clone(),
        asked: by_at("erasure-asked-by", one.by, one.at),
        answered: ended.or(lapsed).or(answered),
        words: one.words.join(" · "),
        due,
        hindered: None,
        may_call_off: waits,
        may_answer: one.state() == Stands::Waiting && may_answer(desk, roll, one),
        certificate: one.done.map(|_done| format!("{ADDRESS}/{}/certificate.pdf", one.id)),
    }
}

async fn form(
    State(app): State<App>,
    desk: AtDesk,
    Path(person): Path<String>,
) -> Result<Response, AppFault> {
    let whose = people::find(&app, &person).await?.value;
    if let Err(denied) = may_erase(&desk.who(), &Who::of(&whose)) {
        return Ok(denied_page(&app, &desk, denied));
    }
    shown(&app, &desk, &whose, &Typed::default(), Errors::none()).await
}

async fn shown(
    app: &App,
    desk: &AtDesk,
    whose: &Person,
    typed: &Typed,
    errors: Errors,
) -> Result<Response, AppFault> {
    let (f, d) = around(app, desk, ADDRESS, "erasure-new-title");
    let f = Frame { title: f.says.t1("erasure-new-of", "name", whose.name()), ..f };
    let names = Now::of(app, whose.id).await?.names;
    let fields = Fields::new(&f.says, &errors);
    let single = names.single.iter().map(|name| Choice::new(name, name).chosen(typed.words.contains(name)));
    let boxes = fields.boxes("erasure-words", single.collect());
    let reason = fields.area("erasure-reason", &typed.reason, 4);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = New {
        action: format!("{ADDRESS}/new/{}", whose.id),
        back: format!("/people/{}", whose.id),
        whole: names.whole,
        shared: (!names.shared.is_empty()).then(|| names.shared.join(" · ")),
        fields: if names.single.is_empty() { vec![reason] } else { vec![boxes, reason] },
        f,
        d,
        errors,
    };
    Ok(with_status(status, &page))
}

async fn ask(
    State(app): State<App>,
    Path(person): Path<String>,
    form: DeskForm<Typed>,
) -> Result<Response, AppFault> {
    let (desk, typed) = (form.from, form.value);
    let whose = people::find(&app, &person).await?.value;
    if let Err(denied) = may_erase(&desk.who(), &Who::of(&whose)) {
        return Ok(denied_page(&app, &desk, denied));
    }
    let now = Now::of(&app, whose.id).await?;
    let asked = Erasure {
        id: app.new_id(),
        person: whose.id,
        code: app.new_id(),
        reason: typed.reason.clone(),
        words: now.names.whole.iter().chain(&typed.words).cloned().collect(),
        by: desk.person.id,
        at: desk.at,
        answer: None,
        called_off: None,
        begun: None,
        lapsed: None,
        events: Events::default(),
        done: None,
    };
    match erasure::ask(&asked, &now.known(&desk)?) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead(ADDRESS, "erasure-asked"))
        }
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, ADDRESS, "erasure-new-title").says;
            let errors = Errors::of("erasure-reason", says.t(refusal.words()));
            shown(&app, &desk, &whose, &typed, errors).await
        }
    }
}

async fn find(app: &App, id: &str) -> Result<Stored<Erasure>, AppFault> {
    let id: ErasureId = id.parse().map_err(|_odd| AppFault::NotFound)?;
    app.books.get::<Erasure, _>(id).await?.ok_or(AppFault::NotFound)
}

async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Said>,
) -> Result<Response, AppFault> {
    let (desk, said) = (form.from, form.value);
    let stored = find(&app, &id).await?;
    let person = async |id| app.books.get::<Person, _>(id).await?.ok_or(AppFault::NotFound);
    let (first, whose) = (person(stored.value.by).await?.value, person(stored.value.person).await?.value);
    if let Err(denied) = may_agree_to_erase(&desk.who(), &Who::of(&first), &Who::of(&whose)) {
        return Ok(denied_page(&app, &desk, denied));
    }
    let agreed = match said.agree.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(AppFault::NotFound),
    };
    let answer = Answer { by: desk.person.id, at: desk.at, agreed };
    let now = Now::of(&app, stored.value.person).await?;
    match erasure::answer(&stored, answer, &now.known(&desk)?) {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            Ok(lead(ADDRESS, if agreed { "erasure-agreed" } else { "erasure-refused" }))
        }
        Err(refusal @ Refusal::AlreadySo) => Err(refusal.into()),
        Err(refusal) => {
            let says = Frame::desk(&app, &desk, ADDRESS, "erasures-title").says;
            listed(&app, &desk, None, Errors::of("erasures", says.t(refusal.words()))).await
        }
    }
}

/// Nothing is lost by not doing it: whoever may ask for it may call it off.
async fn call_off(
    State(app): State<App>,
    Path(id): Path<String>,
    form: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = form.from;
    let stored = find(&app, &id).await?;
    let change = erasure::call_off(&stored, desk.person.id, desk.at)?;
    app.commit(&change, &desk.actor()).await?;
    Ok(lead(ADDRESS, "erasure-called-off"))
}

async fn certificate(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let one = find(&app, &id).await?.value;
    let roll = Roll::of(&app).await?;
    let says = Frame::desk(&app, &desk, ADDRESS, "erasures-title").says;
    let confirmed = one.answer.map(|answer| roll.name(&says, answer.by)).unwrap_or_default();
    let names = ErasureNames { asked: roll.name(&says, one.by), confirmed };
    let document =
        document::erasure(&letterhead(&desk, &app.words), &one, &names).ok_or(AppFault::NotFound)?;
    print(&app, &desk, &format!("erasure-{}", one.code), document).await
}
