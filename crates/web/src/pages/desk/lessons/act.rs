//! What a teacher does in a lesson: opens a page for it, answers a child, takes a page back, adds one to the list,
//! moves the end, ends it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_events::event::What;
use usher_lists::patterns::AddressPattern;
use usher_policy::decision::Decision;
use usher_policy::permission::Met;
use usher_records::change::Stored;
use usher_records::grant::{self, Grant, MakeGrant, Opens, Scope};
use usher_records::group::Group;
use usher_records::lesson::{self, Lesson, LessonList, Mode, save_list};
use usher_records::refusal::Refusal;
use usher_records::request::UnblockRequest;
use usher_records::sealed::Way;
use usher_types::ids;
use usher_types::moment::Moment;

use super::{changed, find, lists, start};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::opening::{self, Answered};
use crate::pages::desk::permissions::meaning;
use crate::pages::desk::{address, roll, sealed};
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

/// When a page opened in a lesson shuts again: with the lesson, or earlier if the school wants.
pub(super) fn until(desk: &AtDesk, lesson: &Lesson) -> Moment {
    let longest = i64::from(desk.school.settings.lessons.longest_grant_minutes);
    lesson.ends_at.min(desk.at.plus_minutes(longest))
}

#[derive(Template)]
#[template(path = "desk/lessons/open.html")]
struct OpenPage {
    f: Frame,
    d: Around,
    errors: Errors,
    address: String,
    class: String,
    until: String,
    others: Vec<String>,
    sealed: bool,
    fields: Vec<Field>,
    event: String,
}

/// Which block a page is opened from.
#[derive(Debug, Default, Deserialize)]
pub(super) struct From {
    #[serde(default)]
    event: String,
}

/// A page to open.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    page: String,
    #[serde(default)]
    reason: Option<String>,
    /// The block it is opened from.
    #[serde(default)]
    event: String,
}

/// Shows the choices: this page or the whole site, and why.
pub(super) async fn choose(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
    Query(from): Query<From>,
) -> Result<Response, AppFault> {
    let (lesson, group) = find(&app, roll::id(&id)?).await?;
    let page = refused(&app, lesson.value.id, &from.event).await?.page;
    let filled =
        Filled { page: address::page_pattern(&page).to_string(), reason: None, event: from.event.clone() };
    form(&app, &desk, &lesson.value, &group, &filled, Errors::none()).await
}

/// The page that was refused in this lesson. Nobody asks from here what was opened elsewhere.
async fn refused(app: &App, lesson: ids::LessonId, event: &str) -> Result<Met, AppFault> {
    let event = opening::event(app, roll::id(event)?).await?.ok_or(AppFault::NotFound)?;
    let who = match &event.what {
        What::Web(web) => &web.facts.who,
        What::Tunnel(tunnel) => &tunnel.facts.who,
        _ => return Err(AppFault::NotFound),
    };
    let here = who.lesson.is_some_and(|now| now.lesson == lesson);
    let refused = here && event.decision().is_some_and(Decision::is_block);
    opening::met(&event).filter(|_| refused).ok_or(AppFault::NotFound)
}

async fn form(
    app: &App,
    desk: &AtDesk,
    lesson: &Lesson,
    group: &Group,
    filled: &Filled,
    errors: Errors,
) -> Result<Response, AppFault> {
    let pattern: Option<AddressPattern> = filled.page.parse().ok();
    let page = pattern.as_ref().and_then(address::begins_at).ok_or(AppFault::NotFound)?;
    let here = format!("/lessons/{}", lesson.id);
    let (f, d) = around(app, desk, &here, "open-title");
    let snapshot = app.snapshot.load_full();
    let snapshot = snapshot.as_deref();
    let fields = {
        let fields = Fields::new(&f.says, &errors);
        let (one, all) = (address::page_pattern(&page).to_string(), address::site_pattern(&page).to_string());
        let mut choices = vec![
            Choice::new(&one, f.says.t1("open-this-page", "page", &one))
                .hint(f.says.t("open-this-page-hint")),
        ];
        if one != all {
            choices.push(
                Choice::new(&all, f.says.t1("open-this-site", "site", &all))
                    .hint(f.says.t("open-this-site-hint")),
            );
        }
        let reason = filled.reason.clone().unwrap_or_else(|| usual_reason(&f, group, &filled.page));
        vec![fields.radios("page", choosing(choices, &filled.page)), fields.line("reason", reason)]
    };
    let open = OpenPage {
        address: here,
        class: group.name.clone(),
        until: Clock::at(desk).time(until(desk, lesson)),
        others: snapshot.map(|snapshot| opening::subjects(snapshot, &f.says, &page)).unwrap_or_default(),
        sealed: snapshot.is_some_and(|snapshot| opening::is_sealed(snapshot, &page)),
        fields,
        event: filled.event.clone(),
        f,
        d,
        errors,
    };
    let status = if open.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &open))
}

fn usual_reason(f: &Frame, group: &Group, page: &str) -> String {
    f.says.t2("open-usual-reason", ("class", &group.name), ("page", &page))
}

/// Opens a page for the lesson.
pub(super) async fn open(
    State(app): State<App>,
    Path(id): Path<String>,
    asked: DeskForm<Filled>,
) -> Result<Response, AppFault> {
    let (desk, filled) = (asked.from, asked.value);
    let (lesson, group) = find(&app, roll::id(&id)?).await?;
    let says = Frame::desk(&app, &desk, "/lessons", "open-title").says;
    let met = refused(&app, lesson.value.id, &filled.event).await?;
    // What is opened is one of the two that were offered.
    if ![address::page_pattern(&met.page), address::site_pattern(&met.page)]
        .iter()
        .any(|one| one.to_string() == filled.page)
    {
        return Err(Refusal::AddressOdd.into());
    }
    let made = match make(&app, &desk, &lesson.value, &group, &filled) {
        Ok(made) => alone(&app, &desk, made, &[met]).await?,
        refused => refused,
    };
    match made {
        Ok((_, change)) => {
            app.commit(&change, &desk.actor()).await?;
            changed(&app, lesson.value.id, desk.at).await?;
            Ok(lead(&format!("/lessons/{id}"), "page-opened"))
        }
        Err(Refusal::ReasonNeeded) => {
            let errors = Errors::of("reason", says.t(Refusal::ReasonNeeded.words()));
            form(&app, &desk, &lesson.value, &group, &filled, errors).await
        }
        Err(Refusal::TakesTwo) => {
            let errors = Errors::of("page", says.t(Refusal::TakesTwo.words()));
            form(&app, &desk, &lesson.value, &group, &filled, errors).await
        }
        Err(refusal) => Err(sealed::noted(&app, &desk, Way::Lesson, refusal).await?.into()),
    }
}

type Made = Result<(Grant, usher_records::change::Change), Refusal>;

/// What was made, unless opening it takes two people: then it is for those who answer requests.
async fn alone(
    app: &App,
    desk: &AtDesk,
    made: (Grant, usher_records::change::Change),
    met: &[Met],
) -> Result<Made, AppFault> {
    let roll = roll::Roll::of(app).await?;
    let grant = &made.0;
    let opens = (std::slice::from_ref(&grant.page), std::slice::from_ref(&grant.scope));
    let risky = meaning::looked_up(app, desk, &roll, opens, met).await?.is_risky();
    Ok(if risky { Err(Refusal::TakesTwo) } else { Ok(made) })
}

fn make(app: &App, desk: &AtDesk, lesson: &Lesson, group: &Group, filled: &Filled) -> Made {
    if !lesson.is_open(desk.at) {
        return Err(Refusal::Gone);
    }
    let page: AddressPattern = filled.page.parse().map_err(|_not_a_pattern| Refusal::AddressOdd)?;
    let frame = Frame::desk(app, desk, "/lessons", "open-title");
    let usual = usual_reason(&frame, group, &filled.page);
    let snapshot = app.snapshot.load_full();
    let sealed = opening::pattern_is_sealed(snapshot.as_deref(), &page);
    let asked = MakeGrant {
        id: app.new_id(),
        scope: Scope::Lesson(lesson.id),
        opens: Opens::Page,
        page,
        reason: filled.reason.as_deref().unwrap_or(&usual),
        owner: desk.person.id,
        until: until(desk, lesson),
        sealed,
    };
    grant::make(asked, desk.school.settings.lessons.longest_grant_minutes, desk.at)
}

/// Takes a page of the lesson back.
pub(super) async fn take_back(
    State(app): State<App>,
    Path((id, grant)): Path<(String, String)>,
    asked: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = asked.from;
    let (lesson, _) = find(&app, roll::id(&id)?).await?;
    let grant = app.books.get::<Grant, _>(roll::id::<ids::Grant>(&grant)?).await?;
    let grant = grant.filter(|grant| grant.value.scope == Scope::Lesson(lesson.value.id));
    let change = grant::end(&grant.ok_or(AppFault::NotFound)?, desk.at)?;
    app.commit(&change, &desk.actor()).await?;
    changed(&app, lesson.value.id, desk.at).await?;
    Ok(lead(&format!("/lessons/{id}"), "page-taken-back"))
}

#[derive(Template)]
#[template(path = "desk/lessons/answer.html")]
struct AnswerPage {
    f: Frame,
    d: Around,
    errors: Errors,
    address: String,
    name: String,
    page: String,
    fields: Vec<Field>,
}

/// An answer to a child.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Reply {
    #[serde(default)]
    answer: String,
    #[serde(default)]
    words: Option<String>,
}

/// Shows the answer in full, for words of one's own.
pub(super) async fn reply_form(
    State(app): State<App>,
    desk: AtDesk,
    Path((id, request)): Path<(String, String)>,
) -> Result<Response, AppFault> {
    let (lesson, group) = find(&app, roll::id(&id)?).await?;
    let request = asked_in(&app, &lesson.value, &request).await?;
    let here = format!("/lessons/{id}");
    let (f, d) = around(&app, &desk, &here, "answer-title");
    let errors = Errors::none();
    let time = Clock::at(&desk).time(until(&desk, &lesson.value));
    let fields = {
        let fields = Fields::new(&f.says, &errors);
        let choices = vec![
            Choice::new("yes", f.says.t2("board-open", ("class", &group.name), ("time", &time))),
            Choice::new("no", f.says.t("board-not-now")),
        ];
        vec![
            fields.radios("answer", choosing(choices, "no")),
            fields.area("words", f.says.t("answer-usual-no"), 3),
        ]
    };
    let roll = roll::Roll::of(&app).await?;
    let name = roll.name(&f.says, request.value.person);
    let page = address::shown(&request.value.address);
    let address = format!("{here}/answer/{}", request.value.id);
    Ok(crate::view::page(&AnswerPage { name, page, address, fields, f, d, errors }))
}

async fn asked_in(app: &App, lesson: &Lesson, id: &str) -> Result<Stored<UnblockRequest>, AppFault> {
    let request = app.books.get::<UnblockRequest, _>(roll::id::<ids::Request>(id)?).await?;
    request.filter(|request| request.value.lesson == Some(lesson.id)).ok_or(AppFault::NotFound)
}

/// Answers a child: yes opens the page for the lesson, no says so kindly.
pub(super) async fn reply(
    State(app): State<App>,
    Path((id, request)): Path<(String, String)>,
    asked: DeskForm<Reply>,
) -> Result<Response, AppFault> {
    let (desk, filled) = (asked.from, asked.value);
    let (lesson, group) = find(&app, roll::id(&id)?).await?;
    let request = asked_in(&app, &lesson.value, &request).await?;
    let says = Frame::desk(&app, &desk, "/lessons", "answer-title").says;
    let (grant, usual) = if filled.answer == "yes" {
        if request.value.proposed.is_some() {
            // One of two has said yes already.
            return Ok(lead(&format!("/lessons/{id}"), "asked-takes-two"));
        }
        let page = address::page_pattern(&request.value.address).to_string();
        let reason = request.value.reason.clone();
        let asked = Filled { page, reason, event: String::new() };
        let made = match make(&app, &desk, &lesson.value, &group, &asked) {
            Ok(made) => made,
            Err(refusal) => return Err(sealed::noted(&app, &desk, Way::Lesson, refusal).await?.into()),
        };
        let met = meaning::met(&app, &request.value).await?;
        let Ok(made) = alone(&app, &desk, made, &met).await? else {
            // It stays among the requests, where two people can open it.
            return Ok(lead(&format!("/lessons/{id}"), "asked-takes-two"));
        };
        (Some(made), "answer-usual-yes")
    } else {
        (None, "answer-usual-no")
    };
    let words = filled.words.filter(|words| !words.trim().is_empty()).unwrap_or_else(|| says.t(usual));
    let done = if grant.is_some() { "asked-yes" } else { "asked-no" };
    opening::answer(&app, &desk, &request, Answered { grant, words, confirms: None }).await?;
    changed(&app, lesson.value.id, desk.at).await?;
    Ok(lead(&format!("/lessons/{id}"), done))
}

/// A page to add to the lesson's list.
#[derive(Debug, Deserialize)]
pub(super) struct Added {
    #[serde(default)]
    add: String,
}

/// Adds a page to the list. Whoever adds it in the lesson has it before their eyes, so the list stays checked.
pub(super) async fn add_page(
    State(app): State<App>,
    Path(id): Path<String>,
    asked: DeskForm<Added>,
) -> Result<Response, AppFault> {
    let desk = asked.from;
    let (lesson, _) = find(&app, roll::id(&id)?).await?;
    let Mode::ListOnly(list) = lesson.value.mode else { return Err(AppFault::NotFound) };
    let list = app.books.get::<LessonList, _>(list).await?.ok_or(AppFault::NotFound)?;
    let page: AddressPattern = asked.value.add.parse().map_err(|_not_a_pattern| Refusal::AddressOdd)?;
    if opening::pattern_is_sealed(app.snapshot.load().as_deref(), &page) {
        return Err(sealed::noted(&app, &desk, Way::LessonList, Refusal::Sealed).await?.into());
    }
    if lists::takes_two(&app, std::slice::from_ref(&page))? {
        return Err(Refusal::TakesTwo.into());
    }
    let mut next = list.value.clone();
    if !next.pages.contains(&page) {
        next.pages.push(page);
    }
    next.checked = Some((desk.person.id, desk.at));
    app.commit(&save_list(&next, Some(&list))?, &desk.actor()).await?;
    changed(&app, lesson.value.id, desk.at).await?;
    Ok(lead(&format!("/lessons/{id}"), "page-added"))
}

/// A new end.
#[derive(Debug, Deserialize)]
pub(super) struct Extended {
    #[serde(default)]
    until: String,
}

/// Moves the lesson's end.
pub(super) async fn extend(
    State(app): State<App>,
    Path(id): Path<String>,
    asked: DeskForm<Extended>,
) -> Result<Response, AppFault> {
    let desk = asked.from;
    let (lesson, _) = find(&app, roll::id(&id)?).await?;
    let until = start::read_end(&asked.value.until, desk.at).ok_or(Refusal::EndNeeded)?;
    let longest = desk.school.settings.lessons.longest_minutes;
    app.commit(&lesson::move_end(&lesson, until, longest, desk.at)?, &desk.actor()).await?;
    changed(&app, lesson.value.id, desk.at).await?;
    Ok(lead(&format!("/lessons/{id}"), "lesson-extended"))
}

/// Ends the lesson. For a few seconds it can be taken up again.
pub(super) async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    asked: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = asked.from;
    let (lesson, _) = find(&app, roll::id(&id)?).await?;
    let change = lesson::end(&lesson, desk.at)?;
    app.commit(&change, &desk.actor()).await?;
    changed(&app, lesson.value.id, desk.at).await?;
    Ok(lead(&format!("/lessons/{id}"), "lesson-ended"))
}

/// Takes a lesson up again that was ended by mistake.
pub(super) async fn resume(
    State(app): State<App>,
    Path(id): Path<String>,
    asked: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = asked.from;
    let (lesson, _) = find(&app, roll::id(&id)?).await?;
    app.commit(&lesson::resume(&lesson, desk.at)?, &desk.actor()).await?;
    changed(&app, lesson.value.id, desk.at).await?;
    Ok(lead(&format!("/lessons/{id}"), "lesson-resumed"))
}
