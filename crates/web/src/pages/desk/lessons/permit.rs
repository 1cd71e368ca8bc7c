//! Quick leave from the lesson's board (PRM-09): a source nobody checked, a device of one's own on the wireless, a call, a
//! school device for pictures. To one child or the class; it ends with the lesson.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use usher_lists::patterns::AddressPattern;
use usher_policy::permission::terms;
use usher_records::change::Stored;
use usher_records::grant::{self, Grant, MakeGrant, Opens, Scope};
use usher_records::group::Group;
use usher_records::lesson::Lesson;
use usher_records::permission::act::{self, By};
use usher_records::permission::matter::Matter;
use usher_records::permission::{Ask, Permission, PermissionNoun, State as Now};
use usher_records::refusal::Refusal;
use usher_records::sealed::Way;
use usher_types::role::PersonKind;

use super::{changed, find};
use crate::app::{App, AppFault};
use crate::extract::desk::AtDesk;
use crate::extract::form::{DeskForm, Pressed};
use crate::pages::desk::address;
use crate::pages::desk::around::{Around, around, lead};
use crate::pages::desk::clock::Clock;
use crate::pages::desk::field::{Choice, Field, Fields, choosing};
use crate::pages::desk::opening::pattern_is_sealed;
use crate::pages::desk::permissions::meaning;
use crate::pages::desk::roll::{self, Roll};
use crate::pages::desk::sealed;
use crate::view::errors::Errors;
use crate::view::frame::Frame;
use crate::view::with_status;

#[derive(Template)]
#[template(path = "desk/lessons/permit.html")]
struct PermitPage {
    f: Frame,
    d: Around,
    errors: Errors,
    address: String,
    until: String,
    fields: Vec<Field>,
    /// What was given in this lesson: its address, what, to whom, and whether it is open.
    given: Vec<(String, String, String, bool)>,
}

/// What is given.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    matter: String,
    #[serde(default)]
    whom: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    reason: String,
}

/// Shows what may be given, and what was.
pub(super) async fn show(
    State(app): State<App>,
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, AppFault> {
    let (lesson, group) = find(&app, roll::id(&id)?).await?;
    form(&app, &desk, (&lesson.value, &group), &Filled::default(), Errors::none()).await
}

async fn form(
    app: &App,
    desk: &AtDesk,
    (lesson, group): (&Lesson, &Group),
    filled: &Filled,
    errors: Errors,
) -> Result<Response, AppFault> {
    let here = format!("/lessons/{}", lesson.id);
    let (f, d) = around(app, desk, &here, "permit-title");
    let roll = Roll::of(app).await?;
    let fields = {
        let fields = Fields::new(&f.says, &errors);
        let matters = Matter::all().filter(|matter| matter.is_quick());
        let matters: Vec<Choice> = matters
            .map(|matter| Choice::new(matter.name(), f.says.of("permission-matter", matter.name())))
            .collect();
        let first = matters.first().map(Choice::value).unwrap_or_default();
        let chosen = if filled.matter.is_empty() { &first } else { &filled.matter };
        vec![
            fields.radios("matter", choosing(matters, chosen)).labelled(f.says.t("permit-what")),
            fields.select("whom", choosing(whom(&f, &roll, desk, group), &filled.whom)),
            fields.line("page", filled.page.as_str()).labelled(f.says.t("permit-page")),
            fields.line("reason", filled.reason.as_str()).labelled(f.says.t("permit-reason")),
        ]
    };
    let given = app.books.find::<Permission>("lesson", lesson.id).await?;
    let given = given
        .iter()
        .map(|one| {
            let words = f.says.of("permission-matter", one.value.ask.matter.name());
            let open = one.value.state(desk.at, Some(lesson)) == Now::Open;
            (format!("{here}/permit/{}/end", one.value.id), words, names(&f, &roll, &one.value), open)
        })
        .collect();
    let until = Clock::at(desk).time(lesson.ends_at);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(with_status(status, &PermitPage { address: here, until, fields, given, f, d, errors }))
}

/// The class, and each of its children.
fn whom(f: &Frame, roll: &Roll, desk: &AtDesk, group: &Group) -> Vec<Choice> {
    let today = Clock::at(desk).today();
    let mut children: Vec<_> = roll
        .people()
        .filter(|person| person.kind == PersonKind::Pupil && person.groups.contains(&group.id))
        .filter(|person| person.is_here(today))
        .map(|person| Choice::new(person.id, person.name()))
        .collect();
    children.sort_by_key(|choice| choice.words().to_lowercase());
    let class = Choice::new("class", f.says.t1("scope-class", "class", &group.name));
    [Choice::new("", f.says.t("permission-choose"))].into_iter().chain(children).chain([class]).collect()
}

fn names(f: &Frame, roll: &Roll, permission: &Permission) -> String {
    let name = |scope: &Scope| match scope {
        Scope::Person(person) | Scope::PupilIn(_, person) => roll.name(&f.says, *person),
        Scope::Group(group) => roll.class_name(&f.says, *group),
        Scope::Lesson(_) | Scope::Kind(_) => f.says.t("permission-whom-lesson"),
    };
    f.says.list(&permission.ask.whom.iter().map(name).collect::<Vec<_>>())
}

/// Gives it.
pub(super) async fn give(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: DeskForm<Filled>,
) -> Result<Response, AppFault> {
    let (desk, filled) = (sent.from, sent.value);
    let (lesson, group) = find(&app, roll::id(&id)?).await?;
    match made(&app, &desk, (&lesson.value, &group), &filled).await? {
        Ok(change) => {
            app.commit(&change, &desk.actor()).await?;
            changed(&app, lesson.value.id, desk.at).await?;
            Ok(lead(&format!("/lessons/{id}/permit"), "permitted"))
        }
        Err(refusal) => {
            let refusal = sealed::noted(&app, &desk, Way::Lesson, refusal).await?;
            let says = Frame::desk(&app, &desk, "/lessons", "permit-title").says;
            let (field, words) = match refusal {
                Refusal::NameNeeded => ("whom", says.t("permission-whom-needed")),
                Refusal::Gone => ("matter", says.t("board-over")),
                Refusal::ReasonNeeded => ("reason", says.t(refusal.words())),
                refusal => ("page", says.t(refusal.words())),
            };
            form(&app, &desk, (&lesson.value, &group), &filled, Errors::of(field, words)).await
        }
    }
}

type Made = Result<usher_records::change::Change, Refusal>;

/// The page of a source, where one is named.
fn source(matter: Matter, typed: &str) -> Result<Option<AddressPattern>, Refusal> {
    if matter != Matter::Source || typed.trim().is_empty() {
        return Ok(None);
    }
    let page = address::typed(typed).ok_or(Refusal::AddressOdd)?;
    if page.query.is_some() { Err(Refusal::HasQuery) } else { Ok(Some(address::page_pattern(&page))) }
}

async fn made(
    app: &App,
    desk: &AtDesk,
    (lesson, group): (&Lesson, &Group),
    filled: &Filled,
) -> Result<Made, AppFault> {
    let Some(matter) = Matter::named(&filled.matter) else { return Ok(Err(Refusal::NotInThisSchool)) };
    // A school that wants two people for it wants it asked for.
    if terms(&desk.school.settings, matter).two_people {
        return Ok(Err(Refusal::TakesTwo));
    }
    let roll = Roll::of(app).await?;
    let today = Clock::at(desk).today();
    let child = filled.whom.parse().ok().and_then(|id| roll.person(id));
    let whom = match child {
        Some(child)
            if child.kind == PersonKind::Pupil
                && child.groups.contains(&group.id)
                && child.is_here(today) =>
        {
            vec![Scope::Person(child.id)]
        }
        _ if filled.whom == "class" => vec![Scope::Group(group.id)],
        _ => Vec::new(),
    };
    let pages = match source(matter, &filled.page) {
        Ok(page) => Vec::from_iter(page),
        Err(refusal) => return Ok(Err(refusal)),
    };
    // To one child or to the class it is the lesson's, and ends with it to the second, whenever that is.
    let scope = whom.iter().map(|one| match one {
        Scope::Person(child) => Scope::PupilIn(lesson.id, *child),
        _ => Scope::Lesson(lesson.id),
    });
    let longest = desk.school.settings.lessons.longest_grant_minutes;
    let grants: Result<Vec<Grant>, Refusal> = scope
        .flat_map(|scope| pages.iter().map(move |page| (scope, page)))
        .map(|(scope, page)| {
            let asked = MakeGrant {
                id: app.new_id(),
                scope,
                opens: Opens::Page,
                page: page.clone(),
                reason: &filled.reason,
                owner: desk.person.id,
                until: desk.at.plus_minutes(i64::from(longest)),
                sealed: pattern_is_sealed(app.snapshot.load().as_deref(), page),
            };
            Ok(grant::make(asked, longest, desk.at)?.0)
        })
        .collect();
    let grants = match grants {
        Ok(grants) => grants,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !pages.is_empty() && meaning::looked_up(app, desk, &roll, (&pages, &whom), &[]).await?.is_risky() {
        return Ok(Err(Refusal::TakesTwo));
    }
    let ask = Ask {
        matter,
        reason: filled.reason.trim().to_owned(),
        details: [].into(),
        whom,
        pages,
        opens: vec![],
        meeting: false,
        categories: vec![],
        periods: vec![],
        sites: vec![],
        lesson: Some(lesson.id),
        from: desk.at,
        until: None,
    };
    let by = By { person: desk.person.id, at: desk.at };
    Ok(act::quick(app.new_id(), ask, lesson, &grants, by).map(|(_, change)| change))
}

/// Ends it before the lesson does.
pub(super) async fn end(
    State(app): State<App>,
    Path((id, permission)): Path<(String, String)>,
    sent: DeskForm<Pressed>,
) -> Result<Response, AppFault> {
    let desk = sent.from;
    let (lesson, _) = find(&app, roll::id(&id)?).await?;
    let found = app.books.get::<Permission, _>(roll::id::<PermissionNoun>(&permission)?).await?;
    let found =
        found.filter(|one| one.value.ask.lesson == Some(lesson.value.id)).ok_or(AppFault::NotFound)?;
    let mut grants: Vec<Stored<Grant>> = Vec::new();
    for grant in found.value.grants() {
        grants.extend(app.books.get::<Grant, _>(*grant).await?);
    }
    let says = Frame::desk(&app, &desk, "/lessons", "permit-title").says;
    let by = By { person: desk.person.id, at: desk.at };
    let change = act::end(&found, &grants, Some(&lesson.value), &says.t("permit-ended-why"), by)?;
    app.commit(&change, &desk.actor()).await?;
    changed(&app, lesson.value.id, desk.at).await?;
    Ok(lead(&format!("/lessons/{id}/permit"), "permission-ended"))
}
