//! One request: why the page was kept shut, what would open, and the answer in words.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_events::event::{Event, What};
use usher_lists::patterns::AddressPattern;
use usher_policy::access::Act;
use usher_policy::decide::decide_web;
use usher_policy::decision::{Decision, Reason};
use usher_policy::explain;
use usher_policy::facts::WebFacts;
use usher_records::change::{Change, Stored};
use usher_records::grant::{self, Grant, MakeGrant, Opens, Scope};
use usher_records::group::Group;
use usher_records::refusal::Refusal;
use usher_records::request::{self, UnblockRequest};
use usher_records::sealed::Way;
use usher_scan::features::SentKind;
use usher_types::ids;
use usher_types::role::Reader;

use super::second::{self, Waits};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::DeskForm;
use crate::pages::desk::address;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::lessons::{open_now, start};
use crate::pages::desk::opening::{self, Answered};
use crate::pages::desk::permissions::meaning::{self, Told};
use crate::pages::desk::roll::{self, Roll};
use crate::pages::desk::sealed;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/requests/answer.html")]
struct AnswerPage {
    f: Frame,
    d: Around,
    errors: Errors,
    action: String,
    name: String,
    class: Option<String>,
    page: String,
    when: String,
    wrote: Option<String>,
    why: Option<Why>,
    now: Option<bool>,
    subjects: Vec<String>,
    sealed: bool,
    done: Option<(bool, String)>,
    /// A yes that waits for a second person.
    waits: Option<Waits>,
    /// What each way to open it would open.
    told: Option<Told>,
    fields: Vec<Field>,
}

/// The decision, explained.
struct Why {
    reason: String,
    entry: Option<(String, String)>,
    flip: String,
    trail: Vec<String>,
}

/// An answer as sent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    answer: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    words: String,
}

/// Shows the request.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let request = read(&app, &desk, &id).await?;
    let page = address::page_pattern(&request.value.address).to_string();
    let reason = request.value.reason.clone().unwrap_or_default();
    let filled = Filled { page, reason, ..Filled::default() };
    form(&app, &desk, &request, &filled, Errors::none()).await
}

async fn find(app: &App, id: &str) -> Result<Stored<UnblockRequest>, AppFault> {
    let request = app.books.get::<UnblockRequest, _>(roll::id::<ids::Request>(id)?).await?;
    request.ok_or(AppFault::NotFound)
}

async fn form(
    app: &App,
    desk: &AtDesk,
    request: &Stored<UnblockRequest>,
    filled: &Filled,
    errors: Errors,
) -> Result<Response, AppFault> {
    let request = &request.value;
    let (f, d) = around(app, desk, "/requests", "request-title");
    let roll = Roll::of(app).await?;
    let snapshot = app.snapshot.load_full();
    let event = opening::event(app, request.event).await?;
    let person = roll.person(request.person);
    let name = roll.name(&f.says, request.person);
    let group = person.and_then(|person| roll.class_of(person));
    let asker = Asker { request, name: &name, class: group };
    let fields = fields(app, desk, &f, asker, filled, &errors).await?;
    let waits = second::waits(app, desk, (&f, &roll), request).await?;
    // What a site is about is for those who decide on it.
    let decides = request.answer.is_none() && desk.may(Act::AnswerRequests).is_ok();
    let told = if decides { Some(told(app, desk, (&f, &roll), request).await?) } else { None };
    let page = AnswerPage {
        waits,
        told,
        action: format!("/requests/{}", request.id),
        class: group.map(|group| group.name.clone()),
        name,
        page: address::shown(&request.address),
        when: Clock::at(desk).time(request.asked_at),
        wrote: request.reason.clone(),
        why: event.as_ref().and_then(Event::decision).map(|decision| why(app, desk, &f, decision)),
        now: event.as_ref().and_then(|event| opens_now(app, desk, event)),
        subjects: snapshot
            .as_deref()
            .map(|snapshot| opening::subjects(snapshot, &f.says, &request.address))
            .unwrap_or_default(),
        sealed: snapshot.as_deref().is_some_and(|snapshot| opening::is_sealed(snapshot, &request.address)),
        done: request.answer.as_ref().map(|answer| (answer.grant.is_some(), answer.words.clone())),
        fields,
        f,
        d,
        errors,
    };
    let status = if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &page))
}

/// What would open: what is known of the whole site, and what hangs on the page alone, which is what is proposed.
async fn told(
    app: &App,
    desk: &AtDesk,
    (f, roll): (&Frame, &Roll),
    request: &UnblockRequest,
) -> Result<Told, AppFault> {
    let (page, site) = (address::page_pattern(&request.address), address::site_pattern(&request.address));
    let whom = meaning::reaches(app, desk, roll, &[Scope::Person(request.person)]).await?;
    let met = meaning::met(app, request).await?;
    let alone = meaning::told(&f.says, &meaning::of(app, &[page], &met, &whom)?);
    let all = meaning::told(&f.says, &meaning::of(app, &[site], &met, &whom)?);
    Ok(Told { pages: all.pages, risks: alone.risks })
}

/// The decision in words: why, by which entry, what would have turned it, and what was asked before.
fn why(app: &App, desk: &AtDesk, f: &Frame, decision: &Decision) -> Why {
    let words = f.says.words();
    let snapshot = app.snapshot.load_full();
    let title = |id: &str| {
        let lists = snapshot.as_deref().map(|snapshot| snapshot.library().artefact().lists())?;
        lists.iter().find(|list| list.origin.id.as_str() == id).map(|list| list.origin.title.clone())
    };
    Why {
        reason: explain::reason(words, Reader::Adult, decision),
        entry: decision.matched.as_ref().map(|matched| {
            (title(&matched.list).unwrap_or_else(|| matched.list.clone()), matched.entry.clone())
        }),
        flip: explain::flip(words, decision),
        trail: decision
            .trail
            .iter()
            .map(|passed| explain::passed(words, &desk.school.zone, passed))
            .collect(),
    }
}

/// Whether the same page would open to the same person in a lesson now. None when it cannot be asked.
fn opens_now(app: &App, desk: &AtDesk, event: &Event) -> Option<bool> {
    let snapshot = app.snapshot.load_full()?;
    let What::Web(web) = &event.what else { return None };
    let facts: &WebFacts = &web.facts;
    Some(!decide_web(&snapshot, facts, desk.at).is_refusal())
}

/// Whoever asks, and what for.
#[derive(Clone, Copy)]
struct Asker<'a> {
    request: &'a UnblockRequest,
    name: &'a str,
    class: Option<&'a Group>,
}

async fn fields(
    app: &App,
    desk: &AtDesk,
    f: &Frame,
    Asker { request, name, class }: Asker<'_>,
    filled: &Filled,
    errors: &Errors,
) -> Result<Vec<Field>, AppFault> {
    let fields = Fields::new(&f.says, errors);
    let (one, all) = (
        address::page_pattern(&request.address).to_string(),
        address::site_pattern(&request.address).to_string(),
    );
    let mut pages = vec![
        Choice::new(&one, f.says.t1("open-this-page", "page", &one)).hint(f.says.t("open-this-page-hint")),
    ];
    let folder = address::folder_pattern(&request.address).map(|folder| folder.to_string());
    if let Some(folder) = folder.filter(|folder| *folder != one && *folder != all) {
        pages.push(
            Choice::new(&folder, f.says.t1("open-this-folder", "page", &folder))
                .hint(f.says.t("open-this-folder-hint")),
        );
    }
    if one != all {
        pages.push(
            Choice::new(&all, f.says.t1("open-this-site", "site", &all))
                .hint(f.says.t("open-this-site-hint")),
        );
    }
    let mut scopes = vec![Choice::new("person", f.says.t1("scope-person", "name", name))];
    if let Some(class) = class {
        let open = open_now(app, desk.at).await?.into_iter().find(|lesson| lesson.group == class.id);
        if let Some(lesson) = open {
            let time = Clock::at(desk).time(lesson.ends_at);
            let words = f.says.t2("scope-lesson", ("class", &class.name), ("time", &time));
            scopes.push(Choice::new(format!("lesson:{}", lesson.id), words));
        }
        let words = f.says.t1("scope-class", "class", &class.name);
        scopes.push(Choice::new(format!("class:{}", class.id), words));
    }
    let longest = desk.school.settings.lessons.longest_grant_minutes;
    let ends = start::ends_within(app, desk, &f.says, longest);
    // The shortest time is proposed.
    let first =
        ends.iter().map(Choice::value).min_by_key(|end| start::read_end(end, desk.at)).unwrap_or_default();
    let chosen =
        |value: &str, usual: &str| if value.is_empty() { usual.to_owned() } else { value.to_owned() };
    Ok(vec![
        fields.radios("page", choosing(pages, &filled.page)),
        fields.radios("scope", choosing(scopes, &chosen(&filled.scope, "person"))),
        fields.radios("until", choosing(ends, &chosen(&filled.until, &first))),
        fields.line("reason", &filled.reason),
        fields.area("words", &filled.words, 3),
    ])
}

/// Answers it.
pub(super) async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    asked: DeskForm<Filled>,
) -> Result<Response, AppFault> {
    let (desk, filled) = (asked.from, asked.value);
    let request = read(&app, &desk, &id).await?;
    let says = Frame::desk(&app, &desk, "/requests", "request-title").says;
    let said = |usual: &str| {
        let words = filled.words.trim();
        if words.is_empty() { says.t(usual) } else { words.to_owned() }
    };
    let opens = asked_to_open(&app, &request.value).await?;
    let act = opens.as_ref().map_or(Act::AnswerRequests, |opens| answering(*opens));
    let refused = match &opens {
        _ if desk.may(act).is_err() => Some(Refusal::NotYours),
        Err(refusal) if filled.answer == "yes" => Some(refusal.clone()),
        _ => None,
    };
    if let Some(refusal) = refused {
        let errors = Errors::of("page", says.t(refusal.words()));
        return form(&app, &desk, &request, &filled, errors).await;
    }
    if filled.answer == "confirm" {
        return match second::confirm(&app, &desk, &request, &filled.words).await? {
            Ok(()) => Ok(lead("/requests", "asked-yes")),
            Err(refusal) => {
                let refusal = sealed::noted(&app, &desk, Way::Request, refusal).await?;
                let errors = Errors::of("second", says.t(refusal.words()));
                form(&app, &desk, &request, &filled, errors).await
            }
        };
    }
    if filled.answer == "aside" {
        app.commit(&request::set_aside(&request)?, &desk.actor()).await?;
        return Ok(lead(&format!("/requests/{id}"), "asked-aside"));
    }
    if filled.answer != "yes" {
        let words = said("answer-usual-no");
        opening::answer(&app, &desk, &request, Answered { grant: None, words, confirms: None }).await?;
        return Ok(lead("/requests", "asked-no"));
    }
    match make(&app, &desk, &request.value, &filled, opens.unwrap_or_default()).await? {
        // A second yes to what waits for another's would go round them.
        Ok(_) if request.value.proposed.is_some() => Ok(lead(&format!("/requests/{id}"), "asked-second")),
        Ok(grant) => {
            let words = said("answer-usual-yes");
            let meant = second::meant(&app, &desk, &request.value, &grant.0).await?;
            if grant.0.opens == Opens::Page && meant.is_risky() {
                return second::propose(&app, &desk, &request, (grant.0, words, meant)).await;
            }
            opening::answer(&app, &desk, &request, Answered { grant: Some(grant), words, confirms: None })
                .await?;
            Ok(lead("/requests", "asked-yes"))
        }
        Err(refusal) => {
            let refusal = sealed::noted(&app, &desk, Way::Request, refusal).await?;
            let field = match refusal {
                Refusal::EndNeeded | Refusal::TooLong => "until",
                Refusal::ReasonNeeded => "reason",
                _ => "page",
            };
            let errors = Errors::of(field, says.t(refusal.words()));
            form(&app, &desk, &request, &filled, errors).await
        }
    }
}

/// What a yes would open: the page, or what its block was about. Opening the page would not let through what was kept
/// back for what it is.
async fn asked_to_open(app: &App, request: &UnblockRequest) -> Result<Result<Opens, Refusal>, AppFault> {
    let event = opening::event(app, request.event).await?;
    Ok(match event.as_ref().and_then(Event::decision).map(|decision| &decision.reason) {
        Some(Reason::Carries(_)) => Ok(Opens::Files),
        Some(Reason::Leaving(_, SentKind::SignUp | SentKind::Picture)) => Err(Refusal::NeedsProject),
        Some(Reason::Leaving(..) | Reason::Malware(_) | Reason::Unscanned(_)) => Err(Refusal::NothingToOpen),
        _ => Ok(Opens::Page),
    })
}

/// Those requests this person may read: whoever answers for pages reads all, whoever releases files those for files. A technician
/// needs to know nothing of what else children ask for.
pub(in crate::pages::desk) async fn readable(
    app: &App,
    desk: &AtDesk,
    requests: Vec<UnblockRequest>,
) -> Result<Vec<UnblockRequest>, AppFault> {
    if desk.may(Act::AnswerRequests).is_ok() {
        return Ok(requests);
    }
    let mut found = Vec::new();
    for request in requests {
        if may_read(app, desk, &request).await? {
            found.push(request);
        }
    }
    Ok(found)
}

async fn may_read(app: &App, desk: &AtDesk, request: &UnblockRequest) -> Result<bool, AppFault> {
    if desk.may(Act::AnswerRequests).is_ok() {
        return Ok(true);
    }
    Ok(asked_to_open(app, request).await?.is_ok_and(|opens| desk.may(answering(opens)).is_ok()))
}

/// A request this person may read; to anybody else there is none.
async fn read(app: &App, desk: &AtDesk, id: &str) -> Result<Stored<UnblockRequest>, AppFault> {
    let request = find(app, id).await?;
    if may_read(app, desk, &request.value).await? { Ok(request) } else { Err(AppFault::NotFound) }
}

/// Whose act it is to say yes: programs are the technician's, pages a leader's.
const fn answering(opens: Opens) -> Act {
    match opens {
        Opens::Files => Act::ReleaseFiles,
        Opens::Page | Opens::SignUp | Opens::Picture => Act::AnswerRequests,
    }
}

async fn make(
    app: &App,
    desk: &AtDesk,
    request: &UnblockRequest,
    filled: &Filled,
    opens: Opens,
) -> Result<Result<(Grant, Change), Refusal>, AppFault> {
    let scope = match filled.scope.split_once(':') {
        Some(("lesson", id)) => {
            let lesson = roll::id::<ids::Lesson>(id)?;
            let roll = Roll::of(app).await?;
            let theirs = |group| roll.person(request.person).is_some_and(|one| one.groups.contains(&group));
            let open = open_now(app, desk.at).await?;
            let open = open.into_iter().any(|open| open.id == lesson && theirs(open.group));
            if !open {
                return Ok(Err(Refusal::Gone));
            }
            Scope::Lesson(lesson)
        }
        Some(("class", id)) => {
            let class = roll::id::<ids::Group>(id)?;
            let roll = Roll::of(app).await?;
            let theirs = roll.person(request.person).is_some_and(|person| person.groups.contains(&class));
            if !theirs {
                return Ok(Err(Refusal::NotYours));
            }
            Scope::Group(class)
        }
        _ => Scope::Person(request.person),
    };
    let Ok(page) = filled.page.parse::<AddressPattern>() else { return Ok(Err(Refusal::AddressOdd)) };
    // What is opened is one of those that were offered.
    let folder = address::folder_pattern(&request.address);
    let mut offered = [address::page_pattern(&request.address), address::site_pattern(&request.address)]
        .into_iter()
        .chain(folder);
    if !offered.any(|one| one == page) {
        return Ok(Err(Refusal::AddressOdd));
    }
    let Some(until) = start::read_end(&filled.until, desk.at) else { return Ok(Err(Refusal::EndNeeded)) };
    let sealed = opening::pattern_is_sealed(app.snapshot.load().as_deref(), &page);
    let asked = MakeGrant {
        id: app.new_id(),
        scope,
        opens,
        page,
        reason: &filled.reason,
        owner: desk.person.id,
        until,
        sealed,
    };
    Ok(grant::make(asked, desk.school.settings.lessons.longest_grant_minutes, desk.at))
}
